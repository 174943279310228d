"""Made-up steps of the demonstration beside tests and figures: meetings, contacts, changes, spread, assessments."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Sequence

from breakthrough.collaborative import Collaborative
from breakthrough.demo.cast import Member, Row
from breakthrough.demo.plots import PLOTS, Plot
from breakthrough.month import Month

_SEED = 20260416  # its own, so that nothing here moves a figure
_STEPS = (
    "team",
    "aim",
    "leader",
    "data_source",
    "test_pull",
    "baseline",
    "process_map",
    "trained",
    "calls_booked",
    "storyboard",
    "family",
)  # of prework, in the order in which teams come to them
_PARTS = 5  # of the attendance check, with two statements each
_SUSTAIN = ("measure", "owner", "train", "written", "leader", "wanted", "cost", "fit", "adapt", "means")
_NEIGHBOURS = ("The sixth form", "The primary next door")


def rows(cast: Sequence[Member], collaborative: Collaborative, until: Month, today: dt.date) -> list[Row]:
    """All of it for every team, up to that day."""
    rng = random.Random(_SEED)  # noqa: S311 - a story that is the same each time
    found: list[Row] = []
    for index, member in enumerate(cast):
        plot = PLOTS[index % len(PLOTS)]
        found.append(_prework(member, plot, rng))
        for form, rows_of in (
            ("event_attendance", _attendance(plot, index, collaborative, today)),
            ("coach_contact", _contacts(member, plot, collaborative, until, today)),
            ("leader_checkin", _answers(plot, collaborative, until)),
            ("change_status", _changes(plot, collaborative, until)),
            ("storyboard", _storyboards(plot, collaborative, today)),
            ("spread_plan", _spread(plot, collaborative, today)),
            ("sustain_check", _sustain(plot, collaborative, today, rng)),
            ("care_assessment", _assessments(plot, collaborative, until, rng)),
        ):
            found += [
                _repeat(member, form, number, row | {f"{form}_complete": "2"})
                for number, row in enumerate(rows_of, start=1)
            ]
    return found


def _repeat(member: Member, form: str, number: int, row: Row) -> Row:
    return {
        "record_id": member.record,
        "redcap_repeat_instrument": form,
        "redcap_repeat_instance": str(number),
        **row,
    }


def _prework(member: Member, plot: Plot, rng: random.Random) -> Row:
    """Teams that move had done nearly everything; the one that fell silent, half."""
    done = len(_STEPS) - (5 if plot.silent else rng.randrange(3))
    row = {f"pw_{step}": "1" if number < done else "0" for number, step in enumerate(_STEPS)}
    return {
        "record_id": member.record,
        "redcap_repeat_instrument": "",
        "redcap_repeat_instance": "",
        **row,
        "pw_importance": str(3 if plot.silent else rng.choice((4, 4, 5))),
        "pw_time": str(rng.choice((2, 3, 4))),
        "pw_leader_support": str(2 if plot.leaderless else rng.choice((3, 4, 5))),
        "pw_data_ease": str(rng.choice((2, 3, 4))),
        "pw_noid": "1",
        "prework_complete": "2",
    }


def _attendance(plot: Plot, index: int, collaborative: Collaborative, today: dt.date) -> Iterator[Row]:
    held = [event for event in sorted(collaborative.calendar.events, key=lambda one: one.date) if event.date <= today]
    for number, event in enumerate(held):
        missed = len(held) - number <= plot.misses
        excused = not missed and (index + 2 * number) % 17 == 5
        row = {"ea_event": event.code, "ea_status": "3" if missed else "4" if excused else "1"}
        if not missed and not excused:
            partly = (index + number) % 7 == 6
            row |= {"ea_status": "2" if partly else "1", "ea_n": str(2 + (index + number) % 4)}
            row |= {"ea_leader": "0" if plot.leaderless else str(int((index + number) % 3 == 0))}
        yield row


def _contacts(member: Member, plot: Plot, collaborative: Collaborative, until: Month, today: dt.date) -> Iterator[Row]:
    """The coach's calls, and the one that solved what the team had asked for."""
    coach = collaborative.coach(member.coach)
    calls = [day for day in (coach.calls if coach else ()) if day <= today]
    for number, day in enumerate(calls):
        if plot.silent and len(calls) - number <= 1:
            flags = {"ct_flag_ack___silent2": "1", "ct_flag_ack___no_test": "1"}
            yield {"ct_date": str(day), "ct_kind": "3", "ct_noid": "1", **flags}  # nobody picked up, so a mail
        else:
            leader = str(int(number % 2 == 0 and not plot.leaderless))
            yield {"ct_date": str(day), "ct_kind": "1", "ct_min": "30", "ct_with___1": leader, "ct_noid": "1"}
    if plot.ask and plot.solved is not None:
        asked = until + -plot.ask_age
        yield {
            "ct_date": str((asked + 1).day(10) + dt.timedelta(days=plot.solved)),
            "ct_kind": "3",
            "ct_ask_ref": str(asked.first),
            "ct_ask_status": "3",
            "ct_noid": "1",
        }


def _answers(plot: Plot, collaborative: Collaborative, until: Month) -> Iterator[Row]:
    """Senior leaders answer every third month, where there is one to be seen."""
    for month in [] if plot.leaderless or plot.silent else list(collaborative.calendar.start.to(until))[2::3]:
        yield {
            "lc_period": str(month.first),
            "lc_read": "1",
            "lc_met_team": "1",
            "lc_barrier_removed": "1" if plot.turn is not None else "0",
            "lc_priority": "4" if plot.turn is not None else "3",
            "lc_decision": "4",
        }


def _changes(plot: Plot, collaborative: Collaborative, until: Month) -> Iterator[Row]:
    """The team's own idea moves on as its tests do; one of another driver is only chosen."""
    months = [month for month in collaborative.calendar.start.to(until) if collaborative.calendar.in_session(month)]
    furthest = 5 if plot.spreads else 4 if plot.cycles >= 3 and plot.turn is not None else 3
    for number, stage in enumerate(range(1, furthest + 1)):
        at = months[min(number + (1 if stage > 3 else 0), len(months) - 1)]
        row = {"cs_change": plot.idea, "cs_period": str(at.first), "cs_stage": str(stage), "cs_by": "1", "cs_noid": "1"}
        yield row | ({"cs_reach_n": str(stage - 1), "cs_reach_d": "4"} if stage >= 3 else {})
    other = next((idea for idea in collaborative.ideas if idea[:2] != plot.idea[:2]), None)
    if other:
        yield {
            "cs_change": other,
            "cs_period": str(months[-1].first),
            "cs_stage": "1",
            "cs_by": "1",
            "cs_noid": "1",
        }


def _storyboards(plot: Plot, collaborative: Collaborative, today: dt.date) -> Iterator[Row]:
    events = [one for one in collaborative.calendar.events if one.kind == "learning_session" and one.date <= today]
    for event in events[: len(events) - (1 if plot.misses else 0)]:
        yield {"sb_event": event.code, "sb_noid": "1"}


def _spread(plot: Plot, collaborative: Collaborative, today: dt.date) -> Iterator[Row]:
    begun = _session_3(collaborative, today)
    if not plot.spreads or begun is None:
        return
    for number, unit in enumerate(_NEIGHBOURS):
        row = {"sp_unit": unit, "sp_change": plot.idea, "sp_size": str(240 + 310 * number), "sp_noid": "1"}
        if number == 0:
            start = str(begun + dt.timedelta(days=14))
            yield row | {"sp_stage": "3", "sp_start_plan": start, "sp_start": start, "sp_data": "1"}
        else:
            yield row | {"sp_stage": "1", "sp_start_plan": str(begun + dt.timedelta(days=60))}


def _sustain(plot: Plot, collaborative: Collaborative, today: dt.date, rng: random.Random) -> Iterator[Row]:
    answers = {f"su_{item}": str(rng.randrange(1, 5)) for item in _SUSTAIN}
    if plot.spreads and _session_3(collaborative, today) is not None:
        yield {"su_change": plot.idea, "su_when": "1", "su_noid": "1", **answers}


def _assessments(plot: Plot, collaborative: Collaborative, until: Month, rng: random.Random) -> Iterator[Row]:
    """At the start and halfway; whoever fell silent has left the second one half done."""
    level = {part: rng.choice((1, 2, 2, 3)) for part in range(1, _PARTS + 1)}
    gain = 1 if plot.process_turn is not None else 0
    start, middle = collaborative.calendar.start, collaborative.calendar.start + 5
    for number, month in enumerate(month for month in (start, middle) if month <= until):
        row = {"ca_profile": "attendance_check", "ca_time": str(number + 1), "ca_date": str(month.day(24))}
        for part in range(1, _PARTS + 1):
            if not (plot.silent and number and part > 2):
                for item in (1, 2):
                    mark = level[part] + number * gain + (item + part) % 2
                    row[f"ca_at_{part}_{item}"] = str(min(mark, 5))
        yield row | {"ca_noid": "1"}


def _session_3(collaborative: Collaborative, today: dt.date) -> dt.date | None:
    held = sorted(one.date for one in collaborative.calendar.events if one.kind == "learning_session")
    return held[2] if len(held) > 2 and held[2] <= today else None
