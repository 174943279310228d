"""Telling a rename from a deletion beside a new record."""

from __future__ import annotations

import pytest

from breakthrough.pull.renames import followed, pairs
from breakthrough.store import proof

NOTHING = proof.fingerprint(())


@pytest.mark.parametrize(
    ("gone", "came", "logged", "expected"),
    [
        pytest.param({"A": "x"}, {"B": "x"}, {}, {"A": "B"}, id="equal contents"),
        pytest.param({"A": "x"}, {"B": "y"}, {}, {}, id="other contents"),
        pytest.param({"A": "x", "C": "y"}, {"B": "y", "D": "x"}, {}, {"A": "D", "C": "B"}, id="two at once"),
        pytest.param({"A": "x", "C": "x"}, {"B": "x"}, {}, {}, id="two that went were alike"),
        pytest.param({"A": "x"}, {"B": "x", "D": "x"}, {}, {}, id="two that came are alike"),
        pytest.param({"A": NOTHING}, {"B": NOTHING}, {}, {}, id="nothing is like nothing"),
        pytest.param({"A": "x"}, {"B": "y"}, {"A": "B"}, {"A": "B"}, id="the log says so"),
        pytest.param({"A": "x"}, {}, {"A": "B"}, {}, id="the log says so, but it never came"),
        pytest.param({}, {"B": "x"}, {"A": "B"}, {}, id="or never was here"),
        pytest.param(
            {"A": "x", "C": "x"}, {"B": "x", "D": "x"}, {"A": "B"}, {"A": "B", "C": "D"}, id="the log leaves one pair"
        ),
    ],
)
def test_pairs(gone: dict[str, str], came: dict[str, str], logged: dict[str, str], expected: dict[str, str]) -> None:
    assert pairs(gone, came, logged) == expected


@pytest.mark.parametrize(
    ("renames", "expected"),
    [
        pytest.param(["AB"], {"A": "B"}, id="once"),
        pytest.param(["AB", "BC"], {"A": "C"}, id="twice"),
        pytest.param(["AB", "BA"], {"A": "A"}, id="and back"),
        pytest.param(["BC", "AB"], {"A": "B", "B": "C"}, id="to a name just given up"),
        pytest.param(["BX", "AB", "BC"], {"A": "C", "B": "X"}, id="and on from there"),
        pytest.param(["AX", "BA", "XB"], {"A": "B", "B": "A"}, id="two change names"),
    ],
)
def test_names_are_followed_in_the_order_in_which_they_were_given(renames: list[str], expected: dict[str, str]) -> None:
    assert followed((one[0], one[1]) for one in renames) == expected
