"""The least that is asked of a project: the fields that measures, reports and recipients are made of, and no others.

Free text is among them only where a report shows it. What REDCap flags as an identifier is refused unless a reason for
it is given. The rooms that read these fields lie above this one, so they are named here, and tests hold both together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from breakthrough.collaborative import Collaborative
from breakthrough.errors import SettingInvalid
from breakthrough.instruments.profiles import ITEM
from breakthrough.redcap.shapes import Layout
from breakthrough.settings import MAIN

# Who takes part, who gets a report, what was tested, how it was rated, what was told and counted.
_OF_REPORTS = (
    "tp_name tp_short tp_status tp_joined tp_left tp_coach tp_type tp_region tp_cohort tp_noid",
    "tr_name tr_email tr_role tr_from tr_to tr_hours tr_qi_before tr_consent_mail tr_reports",
    "tc_aim tc_noid",
    "pd_id pd_title pd_ramp pd_cycle pd_prev pd_change pd_measure pd_kind pd_scale pd_predict pd_predict_num",
    "pd_planned_on pd_start pd_end_plan pd_data_plan pd_end pd_result pd_result_num pd_met pd_act pd_noid",
    "cr_period cr_score cr_why cr_suggest cr_released cr_on cr_noid",
    "mr_period mr_self mr_bright mr_ask mr_ask_of mr_leader_met mr_noid mr_submitted",
    "mm_period mm_submitted",
)
# Who came, what was asked and answered, how far changes have come and gone, what was there before the start. A project
# may do without any of these forms, and then nothing of it is lacking.
_OF_FORMS: Mapping[str, str] = {
    "prework": "pw_team pw_aim pw_leader pw_process_map pw_family pw_data_source pw_test_pull pw_baseline "
    "pw_storyboard pw_trained pw_calls_booked pw_importance pw_time pw_leader_support pw_data_ease",
    "event_attendance": "ea_event ea_date ea_status ea_n ea_leader",
    "coach_contact": "ct_date ct_kind ct_with ct_ask_ref ct_ask_status ct_flag_ack",
    "leader_checkin": "lc_period lc_read lc_met_team lc_barrier_removed lc_priority lc_decision",
    "change_status": "cs_change cs_period cs_stage cs_reach_n cs_reach_d cs_by",
    "spread_plan": "sp_change sp_size sp_stage sp_start_plan sp_start sp_data",
    "sustain_check": "su_change su_when su_measure su_owner su_train su_written su_leader su_wanted su_cost su_fit "
    "su_adapt su_means",
    "storyboard": "sb_event sb_public",
    "closeout": "co_aim_met co_adopted co_best_change co_would_not co_sustain_owner co_next_measure_freq "
    "co_package_text co_pub_ok co_noid",
    "document_upload": "du_type du_driver du_note du_share du_noid",
    "care_assessment": "ca_profile ca_time ca_date",
}
_WITH_ITEMS = frozenset({"care_assessment"})
_REASONS = {
    "tr_email": "reports are sent there",
    "tr_name": "a report is addressed to its reader by name",
}
_WITHOUT_DATA = frozenset({"descriptive", "file"})
_TOLD = 5


@dataclass(frozen=True, slots=True)
class Need:
    """Fields by name. `identifiers` gives, by field, the reason for which one that is flagged may be pulled.

    `optional` gives, by field, the form that a project may do without; `welcome` are fields that are asked for where
    they are, and missed nowhere. Of the forms `items_of`, the items of whatever
    assessments they hold are needed too, which are named as `instruments.profiles` names them.
    """

    fields: frozenset[str]
    identifiers: Mapping[str, str] = field(default_factory=dict)
    optional: Mapping[str, str] = field(default_factory=dict)
    welcome: frozenset[str] = frozenset()
    items_of: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of REDCap for each record: these fields, or, where there are none, all fields of these forms.

    `asked` are the fields as they are kept beside the dictionary, None for all; `lacking` are needed, and REDCap's
    dictionary has them not.
    """

    fields: tuple[str, ...]
    forms: tuple[str, ...]
    asked: frozenset[str] | None
    lacking: tuple[str, ...] = ()


def of(collaborative: Collaborative, project: str = MAIN, identifiers: Mapping[str, str] | None = None) -> Need:
    """What measures and reports of that collaborative need of that project of the deployment.

    `identifiers`: further flagged fields that may be pulled, each with the reason.
    """
    reasons = _REASONS | dict(identifiers or {})
    cases = collaborative.case_fields(project)
    if project != MAIN:
        return Need(cases, reasons)
    named = (name for line in _OF_REPORTS for name in line.split())
    goals = (f"tc_goal_{code}" for code in collaborative.measures)
    states = (f"{code}_st" for code, measure in collaborative.measures.items() if measure.source is None)
    # of case rows a team may say there, too, that it had no cases
    said = frozenset(f"{code}_st" for code, measure in collaborative.measures.items() if measure.source)
    optional = {name: form for form, fields in _OF_FORMS.items() for name in fields.split()}
    fields = cases.union(named, goals, states, collaborative.counts, optional)
    return Need(fields, reasons, optional, said, _WITH_ITEMS)


def request(need: Need | None, dictionary: Sequence[Mapping[str, str]]) -> Request:
    """What to ask of a project with that dictionary; everything where `need` is None.

    The status of each form concerned is asked for as well, since it tells that the form is there. Raises
    SettingInvalid for a field that is flagged as an identifier, without a reason.
    """
    layout = Layout.of(dictionary)
    if need is None:
        return Request((), layout.forms, None)
    held = {row["field_name"]: row for row in dictionary if row["field_type"] not in _WITHOUT_DATA}
    wanted = need.fields | need.welcome | {layout.record_field, *_items(held, need)}
    found = [name for name in held if name in wanted]
    _require_reasons(held, found, need.identifiers)
    forms = {layout.fields[name] for name in found if name != layout.record_field}
    every = {form: f"{form}_complete" for form in layout.forms}
    asked = (*found, *(status for form, status in every.items() if form in forms or status in need.fields))
    return Request(asked, (), frozenset(asked), lacking(need, dictionary))


def lacking(need: Need | None, dictionary: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    """The fields that are needed and not in that dictionary, by name; none of a form that is left out and may be."""
    if need is None:
        return ()
    there = {name for row in dictionary for name in (row["field_name"], f"{row['form_name']}_complete")}
    forms = {row["form_name"] for row in dictionary}
    spared = {name for name, form in need.optional.items() if form not in forms}
    return tuple(sorted(need.fields - there - spared))


def _items(held: Mapping[str, Mapping[str, str]], need: Need) -> set[str]:
    return {name for name, row in held.items() if row["form_name"] in need.items_of and ITEM.fullmatch(name)}


def _require_reasons(held: Mapping[str, Mapping[str, str]], found: Sequence[str], reasons: Mapping[str, str]) -> None:
    flagged = [name for name in found if held[name].get("identifier", "").lower() == "y" and not reasons.get(name)]
    if flagged:
        named = ", ".join(flagged[:_TOLD]) + (" …" if len(flagged) > _TOLD else "")
        raise SettingInvalid(
            f"REDCap flags {named} as identifiers, and no reason is given for pulling them. Nothing was pulled. Take "
            "the flag away in REDCap where it is wrong; otherwise give the reason for each under 'identifiers' of the "
            "project in breakthrough.yaml."
        )
