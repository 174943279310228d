"""Made-up steps of a demonstration beside tests and figures: meetings, contacts, changes, spread, assessments."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from itertools import chain

from breakthrough.demo import ending
from breakthrough.demo.cast import Row
from breakthrough.demo.plots import Plot
from breakthrough.demo.scene import Member, Scene

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
_SUSTAIN = ("measure", "owner", "train", "written", "leader", "wanted", "cost", "fit", "adapt", "means")


def rows(scene: Scene) -> list[Row]:
    """All of it for every team, up to the scene's day."""
    # a generator of its own, so that nothing here moves a figure
    rng = random.Random(scene.story.seed + 1)  # noqa: S311 - a story that is the same each time
    found: list[Row] = []
    for index, member, plot in scene.played:
        found.append(_prework(member, plot, rng))
        if last := ending.closeout(index, plot, scene):
            found.append(_once(member, last))
        for form, rows_of in (
            ("event_attendance", _attendance(plot, index, scene)),
            ("coach_contact", _contacts(member, plot, scene)),
            ("leader_checkin", _answers(plot, scene)),
            ("change_status", _changes(plot, scene)),
            ("storyboard", chain(_storyboards(plot, scene), ending.storyboards(index, plot, scene))),
            ("spread_plan", _spread(plot, scene)),
            ("sustain_check", chain(_sustain(plot, scene, rng), ending.checks(index, plot, scene))),
            ("care_assessment", _assessments(plot, scene, rng)),
            ("document_upload", ending.documents(index, plot, scene)),
        ):
            found += [
                _repeat(member, form, number, row | {f"{form}_complete": "2"})
                for number, row in enumerate(rows_of, start=1)
            ]
    return found


def _once(member: Member, row: Row) -> Row:
    return {"record_id": member.record, "redcap_repeat_instrument": "", "redcap_repeat_instance": "", **row}


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
    told = {
        **row,
        "pw_importance": str(3 if plot.silent else rng.choice((4, 4, 5))),
        "pw_time": str(rng.choice((2, 3, 4))),
        "pw_leader_support": str(2 if plot.leaderless else rng.choice((3, 4, 5))),
        "pw_data_ease": str(rng.choice((2, 3, 4))),
        "pw_noid": "1",
        "prework_complete": "2",
    }
    return _once(member, told)


def _attendance(plot: Plot, index: int, scene: Scene) -> Iterator[Row]:
    events = sorted(scene.collaborative.calendar.events, key=lambda one: one.date)
    held = [event for event in events if event.date <= scene.today]
    for number, event in enumerate(held):
        missed = len(held) - number <= plot.misses
        excused = not missed and (index + 2 * number) % 17 == 5
        row = {"ea_event": event.code, "ea_status": "3" if missed else "4" if excused else "1"}
        if not missed and not excused:
            partly = (index + number) % 7 == 6
            row |= {"ea_status": "2" if partly else "1", "ea_n": str(2 + (index + number) % 4)}
            row |= {"ea_leader": "0" if plot.leaderless else str(int((index + number) % 3 == 0))}
        yield row


def _contacts(member: Member, plot: Plot, scene: Scene) -> Iterator[Row]:
    """The coach's calls, and the one that solved what the team had asked for."""
    coach = scene.collaborative.coach(member.coach)
    calls = [day for day in (coach.calls if coach else ()) if day <= scene.today]
    for number, day in enumerate(calls):
        if plot.silent and len(calls) - number <= 1:
            flags = {"ct_flag_ack___silent2": "1", "ct_flag_ack___no_test": "1"}
            yield {"ct_date": str(day), "ct_kind": "3", "ct_noid": "1", **flags}  # nobody picked up, so a mail
        else:
            leader = str(int(number % 2 == 0 and not plot.leaderless))
            yield {"ct_date": str(day), "ct_kind": "1", "ct_min": "30", "ct_with___1": leader, "ct_noid": "1"}
    if plot.ask and plot.solved is not None:
        asked = scene.until + -plot.ask_age
        yield {
            "ct_date": str((asked + 1).day(10) + dt.timedelta(days=plot.solved)),
            "ct_kind": "3",
            "ct_ask_ref": str(asked.first),
            "ct_ask_status": "3",
            "ct_noid": "1",
        }


def _answers(plot: Plot, scene: Scene) -> Iterator[Row]:
    """Senior leaders answer every third month, where there is one to be seen."""
    months = list(scene.collaborative.calendar.start.to(scene.until))
    for month in [] if plot.leaderless or plot.silent else months[2::3]:
        yield {
            "lc_period": str(month.first),
            "lc_read": "1",
            "lc_met_team": "1",
            "lc_barrier_removed": "1" if plot.turn is not None else "0",
            "lc_priority": "4" if plot.turn is not None else "3",
            "lc_decision": "4",
        }


def _changes(plot: Plot, scene: Scene) -> Iterator[Row]:
    """The team's own idea moves on as its tests do; one of another driver is only chosen."""
    collaborative, months = scene.collaborative, scene.live
    furthest = 5 if plot.spreads else 4 if plot.cycles >= 3 and plot.turn is not None else 3
    for number, stage in enumerate(range(1, furthest + 1)):
        at = months[min(number + (1 if stage > 3 else 0), len(months) - 1)]
        row = {"cs_change": plot.idea, "cs_period": str(at.first), "cs_stage": str(stage), "cs_by": "1", "cs_noid": "1"}
        yield row | ({"cs_reach_n": str(stage - 1), "cs_reach_d": "4"} if stage >= 3 else {})
    own = collaborative.driver_of(plot.idea)
    other = next((idea for idea in collaborative.ideas if collaborative.driver_of(idea) != own), None)
    if other:
        yield {
            "cs_change": other,
            "cs_period": str(months[-1].first),
            "cs_stage": "1",
            "cs_by": "1",
            "cs_noid": "1",
        }


def _storyboards(plot: Plot, scene: Scene) -> Iterator[Row]:
    sessions = [one for one in scene.collaborative.calendar.events if one.kind == "learning_session"]
    events = [one for one in sessions if one.date <= scene.today]
    for event in events[: len(events) - (1 if plot.misses else 0)]:
        yield {"sb_event": event.code, "sb_noid": "1"}


def _spread(plot: Plot, scene: Scene) -> Iterator[Row]:
    begun = _session_3(scene)
    if not plot.spreads or begun is None:
        return
    for number, place in enumerate(scene.story.spreads_to):
        row = {"sp_unit": place.name, "sp_change": plot.idea, "sp_size": str(place.size), "sp_noid": "1"}
        if number == 0 or scene.closes:
            start = str(begun + dt.timedelta(days=46 * number + 14))
            stage = "4" if number == 0 and scene.closes else "3"
            yield row | {"sp_stage": stage, "sp_start_plan": start, "sp_start": start, "sp_data": str(int(number == 0))}
        else:
            yield row | {"sp_stage": "1", "sp_start_plan": str(begun + dt.timedelta(days=60))}


def _sustain(plot: Plot, scene: Scene, rng: random.Random) -> Iterator[Row]:
    answers = {f"su_{item}": str(rng.randrange(1, 5)) for item in _SUSTAIN}
    if plot.spreads and _session_3(scene) is not None:
        yield {"su_change": plot.idea, "su_when": "1", "su_noid": "1", **answers}


def _assessments(plot: Plot, scene: Scene, rng: random.Random) -> Iterator[Row]:
    """At the start and halfway; whoever fell silent has left the second one half done."""
    profile, start = scene.assessment, scene.collaborative.calendar.start
    if profile is None:
        return
    level = [rng.choice((1, 2, 2, 3)) for _ in profile.parts]
    gain = 1 if plot.process_turn is not None else 0
    for number, month in enumerate(month for month in (start, start + 5) if month <= scene.until):
        row = {"ca_profile": profile.name, "ca_time": str(number + 1), "ca_date": str(month.day(24))}
        for at, part in enumerate(profile.parts, start=1):
            if not (plot.silent and number and at > 2):
                for item in range(1, part.size + 1):
                    mark = level[at - 1] + number * gain + (item + at) % 2
                    row[profile.item(part.code, item)] = str(min(mark, int(profile.scale.greatest)))
        yield row | {"ca_noid": "1"}


def _session_3(scene: Scene) -> dt.date | None:
    held = sorted(one.date for one in scene.collaborative.calendar.events if one.kind == "learning_session")
    return held[2] if len(held) > 2 and held[2] <= scene.today else None
