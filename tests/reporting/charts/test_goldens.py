"""Every kind of chart as it was when a person last looked at it."""

from __future__ import annotations

import os

import pytest
from tests.reporting.charts import gallery, made
from tests.reporting.draw import likeness

from breakthrough.reporting.draw import png

NAMES = sorted(gallery.scenes())
ANEW = "Look at it; if it is meant, `make goldens` draws it anew"


@pytest.fixture(scope="module", autouse=True)
def _drawn_anew() -> None:
    """What `make goldens` asks for, before anything is compared."""
    if os.environ.get("GOLDENS") == "anew":
        gallery.draw_anew()


def test_there_are_thirty_and_each_has_its_chart() -> None:
    assert len(NAMES) >= 30
    assert sorted(path.stem for path in gallery.FOLDER.glob("*.png")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_chart_looks_as_it_did(name: str) -> None:
    golden = likeness.read((gallery.FOLDER / f"{name}.png").read_bytes())
    found = likeness.compared(golden, likeness.read(png(gallery.scenes()[name])))
    assert found.same, (
        f"{name} differs from its golden near {found.x / 2:.0f}, {found.y / 2:.0f} in drawn units. {ANEW}."
    )


@pytest.mark.parametrize("name", NAMES)
def test_no_words_are_cut_off_and_none_lie_on_others(name: str) -> None:
    scene = gallery.scenes()[name]
    assert made.outside(scene) == []
    assert made.colliding(scene) == []


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith("-phone")])
def test_a_phone_cut_is_as_wide_as_a_phone(name: str) -> None:
    assert gallery.scenes()[name].width == 328
