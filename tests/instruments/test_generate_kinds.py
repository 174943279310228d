"""The monthly form of measures that are more than a share of cases every month."""

from __future__ import annotations

from typing import Any

from tests.instruments.test_generate import CHECK, COUNT
from tests.measures.kinds.sets import of_counts

from breakthrough.instruments import generate
from breakthrough.instruments.field import Field


def _fields(**keys: Any) -> dict[str, Field]:
    return {field.field_name: field for field in generate.filled([COUNT, CHECK], of_counts(**keys))}


def test_a_decimal_count_is_a_number_from_0_and_any_other_a_whole_one() -> None:
    fields = _fields(type="mean", numerator="stay", denominator="seen")
    kinds = {name: fields[name].text_validation_type_or_show_slider_number for name in ("stay", "seen")}
    assert kinds == {"stay": "number", "seen": "integer"}
    assert fields["stay"].text_validation_min == "0"


def test_the_counts_of_an_index_are_asked_with_a_check_for_each_part() -> None:
    parts = [{"numerator": "hit", "denominator": "seen"}, {"numerator": "also", "denominator": "roll"}]
    fields = _fields(parts=parts)
    assert list(fields)[:4] == ["hit", "seen", "also", "roll"]
    assert fields["one_1_ck"].branching_logic == '[seen] <> "" and [hit] > [seen]'
    assert fields["one_2_ck"].branching_logic == '[roll] <> "" and [also] > [roll]'


def test_a_mean_a_median_and_a_count_have_no_check() -> None:
    for keys in (
        {"type": "mean", "numerator": "stay", "denominator": "seen"},
        {"type": "median", "value": "wait"},
        {"type": "count", "numerator": "hit"},
    ):
        assert not [name for name in _fields(**keys) if name.endswith("_ck")]


def test_counts_of_every_version_are_asked() -> None:
    version = {"from": "2026-01", "change": "those seen elsewhere, too", "numerator": "hit + also"}
    fields = _fields(
        numerator="hit", denominator="seen", versions=[{**version, "accepted_by": "Ro", "on": "2025-12-20"}]
    )
    assert list(fields)[:3] == ["hit", "seen", "also"]


def test_the_form_says_in_which_months_and_from_which_sample_a_figure_is_wanted() -> None:
    sampling = {"size": 20, "how": "first 20 charts"}
    row = Field("count", "m", "$name: $plain", field_annotation="Repeated for each count", origin=COUNT.origin)
    what = of_counts(numerator="hit", denominator="seen", every=[10, 1, 5], sampling=sampling)
    field = generate.filled([row], what)[0]
    assert field.section_header == (
        "One: … (Only in the forms for January, May or October, for all months since the last time.) "
        "(A sample: 20 each time (first 20 charts).)"
    )
