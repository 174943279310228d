"""The names that fields have in exports."""

from __future__ import annotations

import pytest
from tests.sandbox.conftest import Api
from tests.sandbox.evidence.conftest import csv

COLUMNS = ("original_field_name", "choice_value", "export_field_name")


def names(api: Api, **parameters: str) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in api.json("exportFieldNames", **parameters)]


# Y1 [R] variables/default, [P] export_field_names doctest: one row a column, each form's block ending in its status;
# neither files nor descriptive fields
def test_every_exported_column_is_listed(wards: Api) -> None:
    assert tuple(wards.json("exportFieldNames")[0]) == COLUMNS
    plain = ("ward_id", "ward_name", "opened", "email", "phone", "sort", "ward_complete", "beds", "falls", "rate")
    assert names(wards) == [
        *((name, "", name) for name in plain),
        ("remarks", "", "remarks"),
        ("safety_complete", "", "safety_complete"),
        ("roles", "1", "roles___1"),
        ("roles", "-2", "roles____2"),
        ("roles", "k>=9", "roles___k__9"),
        ("roles", "mixedCase", "roles___mixedcase"),
        *((name, "", name) for name in ("teaching", "night", "shift", "energy", "people_complete")),
    ]


# Y2 [P] test_export_one_field_name, [A] exportFieldNames(fields=)
@pytest.mark.parametrize(("field", "count"), [("ward_name", 1), ("roles", 4)])
def test_one_field_may_be_asked_for(wards: Api, field: str, count: int) -> None:
    found = names(wards, field=field)
    assert (len(found), {row[0] for row in found}) == (count, {field})


# Y3 [P] test_export_field_names, test_export_field_names_df
def test_pycap_reads_the_names(wards: Api) -> None:
    project = wards.project()
    assert len(project.export_field_names()) == 21
    frame = project.export_field_names(format_type="df")
    assert list(frame.columns) == ["choice_value", "export_field_name"]
    assert csv(wards, "exportFieldNames").startswith("original_field_name,choice_value,export_field_name\nward_id,,")
