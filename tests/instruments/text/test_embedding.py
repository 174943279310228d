from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakthrough.instruments.text import embedding
from breakthrough.instruments.text.embedding import Embed


def test_embedded_fields_are_found_where_they_stand() -> None:
    text = "Height {height} cm, weight {weight:icons} kg"
    assert embedding.found(text) == (Embed("height", False, 7, 15), Embed("weight", True, 27, 41))
    assert text[7:15] == "{height}"
    assert text[27:41] == "{weight:icons}"


@pytest.mark.parametrize("prose", ["{}", "{ name }", "{{ name }}", "{{name}}", "${name}", "{2nd}", "{a:b}", "{a", "a}"])
def test_other_braces_are_left_alone(prose: str) -> None:
    assert embedding.found(prose) == ()


@given(st.text(alphabet=st.sampled_from("{}ab:icons$ \n"), max_size=60))
def test_no_text_is_too_odd_and_every_place_is_right(text: str) -> None:
    for one in embedding.found(text):
        assert text[one.start : one.end] == "{" + one.field + (":icons" if one.icons else "") + "}"
