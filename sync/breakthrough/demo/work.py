"""Made-up work of the demonstration: PDSA cycles, coach ratings and monthly reports, following each team's plot."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence

from breakthrough.collaborative import Collaborative
from breakthrough.demo.cast import Member, Row
from breakthrough.demo.plots import PLOTS, Plot
from breakthrough.month import Month

_SCALES = ("1", "2", "4", "5")  # pd_scale, growing from cycle to cycle
_PLACES = ("one class of Year 9", "two classes of Year 9", "all of Year 9", "all three pilot schools")
_DID = (
    "We tried the test in one class and wrote down what got in the way.",
    "The list came out each Friday. Two schools used it on the Monday.",
    "Most of the month went into getting the codes right at the gate.",
    "We rang every family on the first day and kept a tally of who answered.",
)
_LEARNED = (
    "Calls before ten o'clock are answered; calls after noon are not.",
    "It works when one named person owns the list.",
    "The prediction was too hopeful: half of the causes were about transport.",
    "Pupils liked being asked, and said so.",
)
_SUGGEST = (
    "Try the same test with one more class before you change it.",
    "Write down a number you expect before the next test begins.",
    "Ask your senior leader for two hours each Friday until July.",
    "Bring the Friday list to our next call and let us look at it together.",
)


def cycles(cast: Sequence[Member], collaborative: Collaborative, until: Month, rng: random.Random) -> list[Row]:
    """The PDSA cycles of every team: ramps that grow, some never studied, some far too big to begin with."""
    rows: list[Row] = []
    for index, member in enumerate(cast):
        plot = PLOTS[index % len(PLOTS)]
        for number, begin in enumerate(_beginnings(plot, index, until, rng), start=1):
            rows.append(_cycle(member, plot, number, begin, until, rng, collaborative))
    return rows


def _beginnings(plot: Plot, index: int, until: Month, rng: random.Random) -> list[dt.date]:
    """The days on which a team's tests begin, the last of them so long before the month's end as the plot has it."""
    days = [until.last - dt.timedelta(days=plot.idle + index % 4)]
    while len(days) < plot.cycles:
        days.insert(0, days[0] - dt.timedelta(days=rng.randrange(30, 42)))
    return days


def _cycle(
    member: Member,
    plot: Plot,
    number: int,
    begin: dt.date,
    until: Month,
    rng: random.Random,
    collaborative: Collaborative,
) -> Row:
    idea = collaborative.ideas.get(plot.idea)
    driver = collaborative.driver_of(plot.idea)
    measures = [code for code, measure in collaborative.measures.items() if driver and driver.code in measure.drivers]
    last = number == plot.cycles
    scale = "5" if plot.big_first and number == 1 else _SCALES[min(number, 4) - 1]
    expected = rng.randrange(55, 85)
    ended = begin + dt.timedelta(days=rng.randrange(10, 22))
    row = {
        "record_id": member.record,
        "redcap_repeat_instrument": "pdsa_cycle",
        "redcap_repeat_instance": str(number),
        "pd_id": f"{member.record}-{number}",
        "pd_title": f"{idea.title if idea else 'Test'}: {_PLACES[min(number, 4) - 1]}",
        "pd_ramp": "R1",
        "pd_cycle": str(number),
        "pd_prev": f"{member.record}-{number - 1}" if number > 1 else "",
        "pd_change": plot.idea,
        "pd_measure": measures[0] if measures else "",
        "pd_kind": "1",
        "pd_question": "Does this bring more pupils in on time?",
        "pd_planned_on": str(begin + dt.timedelta(days=6 if plot.poor_log else -4)),
        "pd_start": str(begin),
        "pd_end_plan": str(begin + dt.timedelta(days=14)),
        "pd_scale": scale,
        "pd_noid": "1",
        "pdsa_cycle_complete": "2",
    }
    if not plot.poor_log:
        row |= {
            "pd_predict": f"About {expected} of 100 families answer within five days.",
            "pd_predict_num": str(expected),
            "pd_data_plan": "A tally sheet at the office, counted each Friday",
        }
    if (last and plot.open_test) or ended > until.last:
        return row | {"pdsa_cycle_complete": "0"}
    got = expected + rng.randrange(-12, 10)
    row |= {
        "pd_end": str(ended),
        "pd_happened": "The test ran as planned, but for two days.",
        "pd_result": f"{got} of 100 families answered within five days.",
        "pd_result_num": str(got),
        "pd_met": "1" if abs(got - expected) <= 4 else "2",
        "pd_learned": rng.choice(_LEARNED),
        "pd_act": "2" if number == 1 else ("1" if last else "4"),
        "pd_next": "" if last else "The same with more classes",
    }
    if plot.poor_log and last:
        for field in ("pd_met", "pd_learned", "pd_act"):
            row.pop(field)
    return row


def ratings(cast: Sequence[Member], collaborative: Collaborative, until: Month, rng: random.Random) -> list[Row]:
    """The coach's rating of each team's live months; the newest is released to the team."""
    rows: list[Row] = []
    for index, member in enumerate(cast):
        plot = PLOTS[index % len(PLOTS)]
        for number, month in enumerate(_live(collaborative, until)):
            if until - month < plot.silent:
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
                    "cr_why": _why(score),
                    "cr_suggest": rng.choice(_SUGGEST),
                    "cr_risk": "3" if score <= 2.0 and number > 4 else "1",
                    "cr_released": "1",
                    "cr_noid": "1",
                    "cr_on": str((month + 1).day(12)),
                    "coach_rating_complete": "2",
                }
            )
    return rows


def _why(score: float) -> str:
    if score >= 3.5:
        return "Process measures have moved and the tests have grown step by step."
    if score >= 2.5:
        return "Tests are being run and data arrive; nothing has moved for sure yet."
    return "There is much talk and planning; a first small test would teach more."


def reports(cast: Sequence[Member], collaborative: Collaborative, until: Month, rng: random.Random) -> list[Row]:
    """Each team's monthly report: its own rating, its story, what it asks for."""
    rows: list[Row] = []
    for index, member in enumerate(cast):
        plot = PLOTS[index % len(PLOTS)]
        for number, month in enumerate(_live(collaborative, until)):
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
                    "mr_did": rng.choice(_DID),
                    "mr_learned": rng.choice(_LEARNED),
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


def _live(collaborative: Collaborative, until: Month) -> list[Month]:
    calendar = collaborative.calendar
    return [month for month in calendar.start.to(until) if calendar.in_session(month)]
