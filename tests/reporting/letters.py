"""The mails that are no reports of a month: reminders, what waits, the schedule, readers who get no more, a test, drift."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from tests.reporting.world import MARCH, NOW, folk, occasion, world

from breakthrough.collaborative import Collaborative
from breakthrough.content import Content
from breakthrough.instruments.plan import Plan, Step
from breakthrough.reporting import render
from breakthrough.reporting.values import Rendered
from breakthrough.reporting.views import (
    AlertReport,
    DriftReport,
    Preview,
    Reader,
    Reminder,
    ReturnedReport,
    TrialMessage,
    Waiting,
    alert_report,
    drift_report,
    preview,
    reminder,
    returned_report,
    trial_message,
)
from breakthrough.reporting.views.alert import Failing, Over, Silent
from breakthrough.reporting.views.drift import Change, Found
from breakthrough.teams import forms_due
from breakthrough.teams.values import Portfolio

Letter = Reminder | Preview | AlertReport | ReturnedReport | TrialMessage | DriftReport
NAMES = (
    "reminder", "forms", "rating", "preview", "failing", "over", "silent", "returned", "trial", "drift",
)  # fmt: skip
EARLY = dt.datetime(2026, 4, 15, 4, 0, tzinfo=dt.UTC)


def letters(collaborative: Collaborative, typed: str = "") -> dict[str, Letter]:
    """One of each by name. `typed` stands wherever people have written something, a person's and a team's name, say."""
    people = _named(folk(), typed)
    what = _titled(collaborative, typed)
    frame = world(collaborative, drop=[("T001", "2026-03")]).frame
    own, team = people.only("T001"), people.team("T001")
    coach = what.coach("c1")
    assert coach is not None
    late = occasion(now=NOW.replace(day=12))
    before = occasion(month=MARCH + -1, now=NOW.replace(month=2, day=26))
    owed = [one for one in forms_due(own, what, _FORMS) if one.day == dt.date(2026, 3, 5)]
    unrated = replace(people, ratings=())
    found: dict[str, Letter | None] = {
        "reminder": reminder.of_counts(team, what, own, frame[frame["team"] == "T001"], late),
        "forms": reminder.of_forms(team, owed, what, before),
        "rating": reminder.of_ratings(coach, what, unrated, occasion(now=NOW.replace(day=12))),
        "preview": preview(
            _waiting(typed),
            what,
            MARCH,
            NOW,
            code="x",
            until=NOW + dt.timedelta(hours=24),
            unread=["Cedar"],
            attached=3,
        ),
        "failing": alert_report(Failing("pull", EARLY, 4, typed or "It did not answer.", 15), what, MARCH, NOW),
        "over": alert_report(Over("send", EARLY, NOW), what, MARCH, NOW),
        "silent": alert_report(Silent(EARLY, NOW), what, MARCH, NOW),
        "returned": returned_report(_gone(typed), what, MARCH, NOW, "123"),
        "trial": trial_message(what, MARCH, NOW),
        "drift": drift_report(_drift(typed), what, MARCH, NOW),
    }
    assert tuple(found) == NAMES
    return {name: one for name, one in found.items() if one is not None}


def put(letter: Letter, content: Content) -> Rendered:
    """The mail."""
    match letter:
        case Reminder():
            return render.reminder(letter, content)
        case Preview():
            return render.preview(letter, content)
        case AlertReport():
            return render.alert(letter, content)
        case ReturnedReport():
            return render.returned(letter, content)
        case TrialMessage():
            return render.trial(letter, content)
        case DriftReport():
            return render.drift(letter, content)


_FORMS = ("storyboard", "spread_plan", "sustain_check", "closeout")


def _named(people: Portfolio, typed: str) -> Portfolio:
    if not typed:
        return people
    return replace(people, teams=tuple(replace(one, name=typed, short=typed) for one in people.teams))


def _titled(collaborative: Collaborative, typed: str) -> Collaborative:
    if not typed:
        return collaborative
    calendar = collaborative.calendar
    events = tuple(one.model_copy(update={"title": typed}) for one in calendar.events)
    return collaborative.model_copy(
        update={
            "name": typed,
            "notice": typed,
            "calendar": calendar.model_copy(update={"events": events}),
            "coordinator": collaborative.coordinator.model_copy(update={"name": typed}),
            "measures": {code: one.model_copy(update={"name": typed}) for code, one in collaborative.measures.items()},
        }
    )


def _waiting(typed: str) -> tuple[Waiting, ...]:
    return (
        Waiting("team", typed or "Ash", typed or "Absence was 6.9%", 3, doubts=2, new=1),
        Waiting("team", "Birch", "Absence was 8.1%", 2, missing=True, unusable=1),
        Waiting("coach", "June Fairweather", "Begin with Birch", 1, shrunk=True),
        Waiting("leader", "Ash", "Absence was 6.9%", 1),
        Waiting("collaborative", "attendance", "All teams together: 7.2%", 2),
    )


def _gone(typed: str) -> tuple[Reader, ...]:
    return (
        Reader(typed or "Rachel Ford", "Ash", "", "5.1.1"),
        Reader("Omar Reid", typed or "Birch", "", "5.2.1"),
        Reader("Cleo Marsh", "Cedar", "team"),
    )


def _drift(typed: str) -> Found:
    label = typed or "Name of the team"
    steps = (
        Step(
            "change field",
            "tp_name of team_profile",
            f"the label is “{label}”",
            "review",
            "change-field:tp_name:label",
            names=("tp_name", "team_profile"),
        ),
        Step(
            "remove field",
            "tp_old of team_profile",
            "12 records hold a value",
            "loses data",
            "remove-field:tp_old",
            names=("tp_old", "team_profile"),
        ),
        Step(
            "move user",
            "lou out of T001",
            "in the group T001",
            "review",
            "move-user:lou",
            by_hand=True,
            names=("lou", "T001"),
        ),
    )
    change = Change(dt.datetime(2026, 3, 17, 9, 14), typed or "lou", "Edit field")  # noqa: DTZ001 - by the server's clock
    return Found("main", label, Plan(steps, ()), (change,), dt.date(2026, 2, 2), deployed=True, digest="abc")
