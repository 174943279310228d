"""Made-up work of a demonstration: PDSA cycles, coach ratings and monthly reports, following each team's plot."""

from __future__ import annotations

import datetime as dt
import random

from breakthrough.demo.cast import Row
from breakthrough.demo.plots import Plot
from breakthrough.demo.scene import Member, Scene
from breakthrough.demo.story import Tested, Tests, Told
from breakthrough.month import Month

_SCALES = ("1", "2", "4", "5")  # pd_scale, growing from cycle to cycle


def cycles(scene: Scene, rng: random.Random) -> list[Row]:
    """The PDSA cycles of every team: ramps that grow, some never studied, some far too big to begin with."""
    rows: list[Row] = []
    for index, member, plot in scene.played:
        for number, begin in enumerate(_beginnings(plot, index, scene.until, rng), start=1):
            rows.append(_cycle(scene, member, plot, number, begin, rng))
    return rows


def others(scene: Scene) -> list[Row]:
    """One small test of each further idea of a team, made early on: a ramp of its own that ended there."""
    rng = random.Random(f"{scene.story.seed} others")  # noqa: S311 - a story that is the same each time
    start = scene.collaborative.calendar.start.first
    rows: list[Row] = []
    for index, member, plot in scene.played:
        for ramp, idea in enumerate(plot.also, start=2):
            one = plot.model_copy(update={"idea": idea, "cycles": 1, "big_first": False, "open_test": False})
            begin = start + dt.timedelta(days=40 * ramp - 20 + 3 * (index % 5))
            number = plot.cycles + ramp - 1
            row = _cycle(scene, member, one, 1, begin, rng)
            row |= {"redcap_repeat_instance": str(number), "pd_id": f"{member.record}-{number}", "pd_ramp": f"R{ramp}"}
            rows.append(row | ({"pd_act": rng.choice(("1", "2", "3"))} if "pd_act" in row else {}))
    return rows


def _beginnings(plot: Plot, index: int, until: Month, rng: random.Random) -> list[dt.date]:
    """The days on which a team's tests begin, the first and the last as the plot has them."""
    days = [until.last - dt.timedelta(days=plot.idle + index % 4)]
    while len(days) < plot.cycles:
        days.insert(0, days[0] - dt.timedelta(days=rng.randrange(30, 42)))
    if plot.begun and plot.cycles == 1:
        return [plot.begun]
    if plot.begun:  # as far apart as they have to be, to end where they would
        apart = (days[-1] - plot.begun) / (plot.cycles - 1)
        return [plot.begun + apart * number for number in range(plot.cycles)]
    return days


def _cycle(scene: Scene, member: Member, plot: Plot, number: int, begin: dt.date, rng: random.Random) -> Row:
    collaborative, tests = scene.collaborative, scene.story.tests
    told, driver = tests.of(plot.idea), collaborative.driver_of(plot.idea)
    measures = [code for code, measure in collaborative.measures.items() if driver and driver.code in measure.drivers]
    last = number == plot.cycles
    step = 4 if plot.big_first and number == 1 else min(number, 4)
    expected = rng.randrange(55, 85)
    ended = begin + dt.timedelta(days=rng.randrange(10, 22))
    row = {
        "record_id": member.record,
        "redcap_repeat_instrument": "pdsa_cycle",
        "redcap_repeat_instance": str(number),
        "pd_id": f"{member.record}-{number}",
        "pd_title": f"{collaborative.ideas[plot.idea].title}: {tests.places[step - 1]}",
        "pd_ramp": "R1",
        "pd_cycle": str(number),
        "pd_prev": f"{member.record}-{number - 1}" if number > 1 else "",
        "pd_change": plot.idea,
        "pd_measure": measures[0] if measures else "",
        "pd_kind": "1",
        "pd_question": told.question,
        "pd_planned_on": str(begin + dt.timedelta(days=6 if plot.poor_log else -4)),
        "pd_start": str(begin),
        "pd_end_plan": str(begin + dt.timedelta(days=14)),
        "pd_scale": _SCALES[step - 1],
        "pd_noid": "1",
        "pdsa_cycle_complete": "2",
    }
    if not plot.poor_log:
        row |= {
            "pd_predict": told.expect.replace("{n}", str(expected)),
            "pd_predict_num": str(expected),
            "pd_data_plan": told.count,
        }
    if (last and plot.open_test) or ended > scene.until.last:
        return row | {"pdsa_cycle_complete": "0"}
    return row | _studied(tests, told, plot, number, (expected, ended), rng)


def _studied(
    tests: Tests, told: Tested, plot: Plot, number: int, planned: tuple[int, dt.date], rng: random.Random
) -> Row:
    """What came out of a test that has ended, and what was decided; of a poor log's last one, half of it."""
    (expected, ended), last = planned, number == plot.cycles
    got = expected + rng.randrange(-12, 10)
    row = {
        "pd_end": str(ended),
        "pd_happened": tests.happened,
        "pd_result": told.found.replace("{n}", str(got)),
        "pd_result_num": str(got),
        "pd_met": "1" if abs(got - expected) <= 4 else "2",
        "pd_learned": rng.choice(tests.learned),
        "pd_act": "2" if number == 1 else ("1" if last else "4"),
        "pd_next": "" if last else tests.following,
    }
    if plot.poor_log and last:
        for field in ("pd_met", "pd_learned", "pd_act"):
            row.pop(field)
    return row


def ratings(scene: Scene, rng: random.Random) -> list[Row]:
    """The coach's rating of each team's live months; the newest is released to the team."""
    told, rows = scene.story.told, list[Row]()
    for _, member, plot in scene.played:
        for number, month in enumerate(scene.live):
            if scene.until - month < plot.silent:
                continue
            score = plot.rating[min(number, len(plot.rating) - 1)]
            rows.append(
                {
                    "record_id": member.record,
                    "redcap_repeat_instrument": "coach_rating",
                    "redcap_repeat_instance": str(number + 1),
                    "cr_period": str(month.first),
                    "cr_coach": member.coach,
                    "cr_score": f"{round(score * 10):02d}",
                    "cr_why": _why(score, told),
                    "cr_suggest": rng.choice(told.suggestions),
                    "cr_risk": "3" if score <= 2.0 and number > 4 else "1",
                    "cr_released": "1",
                    "cr_noid": "1",
                    "cr_on": str((month + 1).day(12)),
                    "coach_rating_complete": "2",
                }
            )
    return rows


def _why(score: float, told: Told) -> str:
    return told.why_high if score >= 3.5 else told.why_middle if score >= 2.5 else told.why_low


def reports(scene: Scene, rng: random.Random) -> list[Row]:
    """Each team's monthly report: its own rating, its story, what it asks for."""
    told, until, rows = scene.story.told, scene.until, list[Row]()
    for _, member, plot in scene.played:
        for number, month in enumerate(scene.live):
            if until - month < plot.silent or (plot.late and month == until):
                continue
            own = min(5.0, plot.rating[min(number, len(plot.rating) - 1)] + plot.self_gap)
            asks = bool(plot.ask) and until - month == plot.ask_age
            rows.append(
                {
                    "record_id": member.record,
                    "redcap_repeat_instrument": "monthly_report",
                    "redcap_repeat_instance": str(number + 1),
                    "mr_period": str(month.first),
                    "mr_self": f"{round(own * 10):02d}",
                    "mr_did": rng.choice(told.did),
                    "mr_learned": rng.choice(told.learned),
                    "mr_ask": plot.ask if asks else "",
                    "mr_ask_of": plot.ask_of if asks else "5",
                    "mr_leader_met": "1" if rng.random() < 0.6 and not plot.leaderless else "0",
                    "mr_meetings": str(rng.randrange(1, 5)),
                    "mr_noid": "0" if plot.unticked else "1",
                    "mr_submitted": str((month + 1).day(rng.randrange(3, 11))),
                    "monthly_report_complete": "2",
                }
            )
    return rows
