"""REDCap's smart variables by name: `[record-name]`, `[survey-link:form]`. Servers and modules may add some."""

from __future__ import annotations

EVENTS = frozenset({"event-name", "previous-event-name", "next-event-name", "first-event-name", "last-event-name"})
INSTANCES = frozenset(
    {"current-instance", "previous-instance", "next-instance", "first-instance", "last-instance", "new-instance"}
)
_OF_PEOPLE = (
    "user-name", "user-fullname", "user-email", "user-dag-name", "user-dag-id", "user-dag-label", "user-role-id",
    "user-role-name", "user-role-label",
)  # fmt: skip
_OF_RECORDS = ("record-name", "record-dag-id", "record-dag-name", "record-dag-label")
_OF_FORMS = ("is-form", "is-survey", "form-url", "form-link", "instrument-name", "instrument-label")
_OF_SURVEYS = (
    "survey-url", "survey-link", "survey-queue-url", "survey-queue-link", "survey-base-url", "survey-title",
    "survey-time-started", "survey-date-started", "survey-time-completed", "survey-date-completed", "survey-duration",
    "survey-duration-completed", "survey-access-code", "survey-return-code",
)  # fmt: skip
_OF_EVENTS = (
    "event-id", "event-number", "event-label", "previous-event-label", "next-event-label", "first-event-label",
    "last-event-label", "arm-number", "arm-label",
)  # fmt: skip
_OF_PROJECTS = (
    "project-id", "project-title", "project-status", "project-purpose", "project-irb-number", "data-table",
    "redcap-version", "redcap-version-url", "redcap-base-url", "calendar-url", "calendar-link", "dashboard-url",
    "dashboard-link", "dashboard-access-code", "report-access-code",
)  # fmt: skip
_OF_CHANCE = ("rand-number", "rand-time", "rand-utc-time", "rand-group")  # the last is seen in projects only
_OF_MYCAP = ("mycap-participant-url", "mycap-participant-link", "mycap-participant-code", "mycap-project-code")
_OF_FIGURES = (
    "aggregate-min", "aggregate-max", "aggregate-mean", "aggregate-median", "aggregate-sum", "aggregate-count",
    "aggregate-stdev", "aggregate-unique", "scatter-plot", "line-chart", "bar-chart", "pie-chart", "donut-chart",
    "stats-table",
)  # fmt: skip

SMART = EVENTS.union(
    INSTANCES, _OF_PEOPLE, _OF_RECORDS, _OF_FORMS, _OF_SURVEYS, _OF_EVENTS, _OF_PROJECTS, _OF_CHANCE, _OF_MYCAP,
    _OF_FIGURES,
)  # fmt: skip
