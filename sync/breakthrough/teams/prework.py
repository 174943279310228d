"""What a team did before the first session, and how it looked from there."""

from __future__ import annotations

from collections.abc import Iterable

from breakthrough.entry import Entry
from breakthrough.teams.forms import Form
from breakthrough.teams.records import Prework

STEPS = (
    "team",
    "aim",
    "leader",
    "process_map",
    "family",
    "data_source",
    "test_pull",
    "baseline",
    "storyboard",
    "trained",
    "calls_booked",
)
_FIVE = {str(level): level for level in range(1, 6)}


def prework(forms: Iterable[Entry]) -> dict[str, Prework]:
    """The form of each team, by team. What is not answered with Yes is not done."""
    return {form.team: _prework(form) for form in map(Form, forms)}


def _prework(form: Form) -> Prework:
    return Prework(
        team=form.team,
        done={step: form.ticked(f"pw_{step}") for step in STEPS},
        importance=form.choice("pw_importance", _FIVE),
        time=form.choice("pw_time", _FIVE),
        leader=form.choice("pw_leader_support", _FIVE),
        data=form.choice("pw_data_ease", _FIVE),
        entry=form.key,
    )
