"""Two made-up projects: a classic one about a hospital's wards, a longitudinal one about teams in two arms."""

from __future__ import annotations

from tests.sandbox.conftest import field
from tests.sandbox.evidence.odm import Event, Study, Upload, Visit

PLAN = b"Rails down at night.\n"
PHOTO = bytes(range(256)) * 3

WARD_FIELDS = (
    field("ward_id", "ward", label="Ward ID"),
    field("ward_name", "ward", label="Name of the <b>ward</b>", section_header="Who you are", identifier="y"),
    field("opened", "ward", label="Opened on", validation="date_mdy"),
    field("email", "ward", label="E-mail", validation="email", identifier="y"),
    field("phone", "ward", label="Phone", validation="phone", field_note="With area code"),
    field("sort", "ward", "radio", "Sort of ward", choices="1, Medical | 2, Surgical"),
    field("intro", "safety", "descriptive", "Count the beds first."),
    field(
        "beds",
        "safety",
        label="Beds",
        validation="integer",
        text_validation_min="4",
        text_validation_max="60",
        required_field="y",
    ),
    field("falls", "safety", label="Falls", validation="number"),
    field("rate", "safety", "calc", "Falls per 100 beds", choices="round([falls]/[beds]*100,1)"),
    field("remarks", "safety", "notes", "Remarks", section_header="Anything else?"),
    field("plan", "safety", "file", "Plan"),
    field(
        "roles",
        "people",
        "checkbox",
        "Who helps",
        choices="1, Nurse, day | -2, Porter | k>=9, Kitchen | mixedCase, Visitor",
    ),
    field("teaching", "people", "yesno", "Teaching ward?"),
    field("night", "people", "truefalse", "Open at night"),
    field(
        "shift",
        "people",
        "dropdown",
        "Busiest shift",
        choices="a, Early | b, Late",
        branching_logic='[teaching] = "1"',
        field_annotation="@HIDDEN-PDF\nasked since spring",
    ),
    field("energy", "people", "slider", "Energy", choices="low | middle | high", validation="number"),
)

WARDS = Study(
    title="Wards: falls & rails",
    fields=WARD_FIELDS,
    forms={"ward": "Ward", "safety": "Safety check", "people": "People"},
    dags=("North Wing", "South"),
    roles=(
        {
            "role_name": "Data clerk",
            "unique_role_name": "U-4711CLERKS",
            "lock_record": "0",
            "data_export_tool": "",
            "data_export_instruments": "[ward,1][safety,2][people,0]",
            "data_import_tool": "1",
            "data_logging": "0",
            "file_repository": "1",
            "user_rights": "0",
            "data_access_groups": "0",
            "graphical": "1",
            "reports": "1",
            "design": "0",
            "alerts": "0",
            "calendar": "1",
            "data_entry": "[ward,1][safety,2][people,0]",
            "api_export": "1",
            "api_import": "0",
            "record_create": "1",
            "record_rename": "0",
            "record_delete": "0",
            "participants": "1",
        },
    ),
    reports=(
        {
            "title": "Beds & sorts",
            "unique_report_name": "R-471100BEDS",
            "report_order": "1",
            "combine_checkbox_values": "0",
            "remove_line_breaks_in_values": "1",
            "orderby_field1": "ward_id",
            "orderby_sort1": "ASC",
            "advanced_logic": "",
            "filter_type": "EVENT",
            "redcap_reports_fields": "ward_id,beds,remarks,safety_complete,sort,roles",
            "redcap_reports_filter_dags": "",
            "redcap_reports_filter_events": "",
        },
    ),
    visits=(
        Visit(
            "1",
            "ward",
            {
                "ward_id": "1",
                "redcap_data_access_group": "north_wing",
                "ward_name": "Elm Ward",
                "opened": "2019-05-01",
                "email": "elm@ward.example",
                "phone": "(415) 555-1212",
                "sort": "1",
                "ward_complete": "2",
            },
        ),
        Visit(
            "1",
            "safety",
            {
                "beds": "20",
                "falls": "3",
                "rate": "99.9",
                "remarks": 'Ask "twice".\n\nThen again',
                "plan": Upload("plan.txt", "text/plain", PLAN),
                "safety_complete": "1",
            },
        ),
        Visit(
            "1",
            "people",
            {
                "roles___1": "1",
                "roles____2": "0",
                "roles___k__9": "1",
                "roles___mixedcase": "0",
                "teaching": "1",
                "night": "0",
                "shift": "b",
                "energy": "40",
                "people_complete": "2",
            },
        ),
        Visit(
            "2", "ward", {"ward_id": "2", "ward_name": "Oak Ward", "email": "oak@ward.example", "ward_complete": "0"}
        ),
        Visit("2", "safety", {"beds": "70", "safety_complete": "0"}),
        Visit("10", "ward", {"ward_id": "10", "ward_name": "Åsen, øst", "sort": "2", "ward_complete": "0"}),
    ),
)

TEAM_FIELDS = (
    field("team_id", "enrol", label="Team ID"),
    field("team", "enrol", label="Team"),
    field("joined", "enrol", label="Joined", validation="date_ymd"),
    field("seen_at", "visit_log", label="Seen at", validation="datetime_seconds_ymd"),
    field("photo", "visit_log", "file", "Photo"),
    field("mood", "pulse", "radio", "Mood", choices="1, Low | 2, High"),
    field("contact", "pulse", label="E-mail", validation="email"),
    field("kept", "review", label="Kept promises", validation="integer"),
    field("asked", "review", label="Promises", validation="integer"),
    field("share", "review", "calc", "Share kept", choices="round([kept]/[asked]*100,1)"),
    field("hurdles", "review", "checkbox", "Hurdles", choices="a, Time | b, Money"),
)

_SURVEY = {
    "form_name": "pulse",
    "title": "How is your team?",
    "instructions": "<p>Please answer.</p>\n<p>It takes a minute.</p>",
    "acknowledgement": "<p>Thank you.</p>",
    "question_by_section": "0",
    "survey_enabled": "1",
    "save_and_return": "1",
    "edit_completed_response": "0",
}
_QUEUE = {
    "active": "1",
    "auto_start": "0",
    "condition_surveycomplete_survey_id": "",
    "condition_surveycomplete_event_id": "",
    "condition_andor": "AND",
    "condition_logic": "[team] <> ''",
    "event_id": "start_arm_1",
    "survey_id": "pulse",
}

TEAMS = Study(
    title="Teams",
    fields=TEAM_FIELDS,
    forms={"enrol": "Enrolment", "visit_log": "Visit log", "pulse": "Pulse survey", "review": "Review"},
    events=(
        Event("start_arm_1", "Start", 1, "Coached", ("enrol", "visit_log", "pulse")),
        Event("learning_session_1_arm_1", "Learning session 1", 1, "Coached", ("pulse", "review"), day=30),
        Event("action_period_arm_1", "Action period", 1, "Coached", ("review",), day=60),
        Event("start_arm_2", "Start", 2, "On their own", ("enrol", "pulse")),
        Event("final_review_meeti_arm_2", "Final review meeting of teams", 2, "On their own", ("review",), day=90),
    ),
    repeating=(("start_arm_1", "visit_log", "[seen_at]"), ("action_period_arm_1", "", "")),
    dags=("Hill",),
    surveys=(_SURVEY,),
    queue=(_QUEUE,),
    visits=(
        Visit(
            "1", "enrol", {"team_id": "1", "team": "Ash", "joined": "2025-09-02", "enrol_complete": "2"}, "start_arm_1"
        ),
        Visit("1", "visit_log", {"seen_at": "2025-09-03 10:00:00", "visit_log_complete": "2"}, "start_arm_1"),
        Visit(
            "1",
            "visit_log",
            {"seen_at": "2025-09-04 11:30:00", "photo": Upload("ash.png", "image/png", PHOTO)},
            "start_arm_1",
            instance=2,
        ),
        Visit(
            "1",
            "pulse",
            {
                "pulse_timestamp": "2025-09-05 09:15:30",
                "mood": "2",
                "contact": "ash@team.example",
                "pulse_complete": "2",
            },
            "start_arm_1",
        ),
        Visit(
            "1",
            "pulse",
            {"pulse_timestamp": "[not completed]", "mood": "1", "pulse_complete": "0"},
            "learning_session_1_arm_1",
        ),
        Visit(
            "1",
            "review",
            {"kept": "3", "asked": "4", "hurdles___a": "1", "hurdles___b": "0", "review_complete": "1"},
            "learning_session_1_arm_1",
        ),
        Visit("1", "review", {"kept": "1", "asked": "2", "review_complete": "2"}, "action_period_arm_1"),
        Visit(
            "1",
            "review",
            {"kept": "2", "asked": "2", "review_complete": "0"},
            "action_period_arm_1",
            event_instance=2,
        ),
        Visit("2", "enrol", {"team_id": "2", "team": "Box", "enrol_complete": "1"}, "start_arm_2"),
        Visit("2", "review", {"kept": "5", "asked": "6", "review_complete": "2"}, "final_review_meeti_arm_2"),
        Visit("3", "enrol", {"team_id": "3", "team": "Cob", "enrol_complete": "0"}, "start_arm_1"),
    ),
)
