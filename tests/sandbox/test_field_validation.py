"""The list of validation types that the server has."""

from __future__ import annotations

import pytest
from tests.sandbox.conftest import AddUser, Api

from redcap_sandbox.design.validation import find

SHOWN = {  # those that the designer of a new server offers, as a validation script lists them
    "Date (D-M-Y)", "Date (M-D-Y)", "Date (Y-M-D)", "Datetime (D-M-Y H:M)", "Datetime (M-D-Y H:M)",
    "Datetime (Y-M-D H:M)", "Datetime w/ seconds (D-M-Y H:M:S)", "Datetime w/ seconds (M-D-Y H:M:S)",
    "Datetime w/ seconds (Y-M-D H:M:S)", "Email", "Integer", "Number", "Phone (North America)", "Time (HH:MM:SS)",
    "Time (HH:MM)", "Zipcode (U.S.)",
}  # fmt: skip


def test_each_type_has_a_name_a_label_a_kind_of_data_and_whether_it_is_offered(team: Api) -> None:
    rows = team.json("fieldValidation")
    assert tuple(rows[0]) == ("validation_name", "validation_label", "data_type", "visible")
    assert {row["validation_label"] for row in rows if row["visible"] == 1} == SHOWN
    assert all(find(row["validation_name"]) for row in rows)
    labels = [row["validation_label"] for row in rows]
    assert labels == sorted(labels)
    assert len(set(labels)) == len(labels)


def test_it_comes_in_every_format(team: Api) -> None:
    line = '\nnumber_1dp,"Number (1 decimal place)",number,0\n'
    assert line in team.call("fieldValidation", format="csv").text
    assert (
        "<validation_label><![CDATA[Number (1 decimal place)]]></validation_label>" in team.call("fieldValidation").text
    )


@pytest.mark.parametrize("action", ["import", "delete"])
def test_it_can_only_be_exported(team: Api, action: str) -> None:
    assert team.refusal("fieldValidation", action=action) == (400, 'The value of the parameter "action" is not valid')


def test_it_needs_the_export_right(team: Api, add_user: AddUser) -> None:
    writer = add_user(team, "writer", api_import=1)
    assert writer.refusal("fieldValidation") == (403, "You do not have API Export privileges")
