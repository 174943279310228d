"""A senior leader's sentences: what was gained, what is stuck, what comes next, and the one decision that is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from breakthrough.collaborative import Collaborative, Measure
from breakthrough.language import capital, listed, say, says, worded
from breakthrough.measures.values import Chart
from breakthrough.month import Month
from breakthrough.reporting import figures
from breakthrough.reporting.sentences import ratings
from breakthrough.reporting.sentences.words import joined, shortened
from breakthrough.teams.presence import Attended
from breakthrough.teams.values import CoachRating


def gained(charts: Mapping[str, Chart], measures: Mapping[str, Measure], kept: int) -> str:
    """`Held below the line shows an improving signal: …. Two changes are kept after a test.`."""
    better = [code for code, chart in charts.items() if chart.verdict == "improving"]
    told = joined(_improving(better, charts, measures), _kept(kept))
    return told or say("No improving signal yet, and no change kept after a test so far.")


def _improving(codes: Sequence[str], charts: Mapping[str, Chart], measures: Mapping[str, Measure]) -> str:
    if not codes:
        return ""
    if len(codes) > 1:
        names = shortened([measures[code].name for code in codes], 3)
        return capital(
            worded(
                "{n} measure shows an improving signal: {names}.",
                "{n} measures show an improving signal: {names}.",
                len(codes),
                names=names,
            )
        )
    chart, measure = charts[codes[0]], measures[codes[0]]
    latest = chart.latest
    if latest is None:
        return ""
    return say(
        "{measure} shows an improving signal; {month} is at {value}.",
        measure=measure.name,
        month=latest.month.word,
        value=figures.value(measure, latest.value),
    )


def _kept(number: int) -> str:
    if not number:
        return ""
    return capital(worded("{n} change is kept after a test.", "{n} changes are kept after a test.", number))


def not_stuck() -> str:
    """Where nothing holds the team up, as far as is known."""
    return say("Nothing on record holds the team up.")


def nothing_else_stuck() -> str:
    """Where only that holds the team up which the decision is about."""
    return say("Nothing on record but what is asked of you below.")


def tests_ahead(number: int, titles: Sequence[str], day: str) -> str:
    """`One test is under way or planned: a cause sheet (D1c). Thu 23 April: All-team call.`."""
    return joined(_tests(number, titles), day)


def _tests(number: int, titles: Sequence[str]) -> str:
    if not number:
        return say("No test is under way or planned.")
    if not titles:
        return capital(worded("{n} test is under way or planned.", "{n} tests are under way or planned.", number))
    return capital(
        worded(
            "{n} test is under way or planned: {tests}.",
            "{n} tests are under way or planned: {tests}.",
            number,
            tests=shortened(titles, 2),
        )
    )


def dated(day: str, what: str) -> str:
    """`Thu 23 April: All-team call.`."""
    return say("{day}: {what}.", day=day, what=what.rstrip("."))


def heard(of: str, days: int) -> str:
    """Since when the team waits for an answer."""
    return says("It has waited {n} day; it asked on {day}.", "It has waited {n} days; it asked on {day}.", days, day=of)


def roles(names: Sequence[str]) -> str:
    """Which roles nobody fills."""
    return say("Nobody on the team’s list is its {roles}.", roles=listed(names, "or"))


def rating(given: CoachRating | None, first: CoachRating | None, month: Month, collaborative: Collaborative) -> str:
    """`Coach’s rating 3.0, modest gain (2.0 in October). Target: 4.0 by July 2026.`; only what has been released."""
    if given is None:
        return joined(
            say("The coach’s rating of {month} has not been released yet.", month=month.word),
            ratings.target(collaborative),
        )
    level = ratings.level(given.score)
    places = {"score": ratings.score(given.score), "level": level}
    if first is not None and first.month != given.month and level:
        head = say(
            "Coach’s rating {score}, {level} ({before} in {month}).",
            before=ratings.score(first.score),
            month=first.month.word,
            **places,
        )
    elif level:
        head = say("Coach’s rating {score}, {level}.", **places)
    else:
        head = say("Coach’s rating {score}.", score=ratings.score(given.score))
    return joined(head, ratings.target(collaborative))


def attendance(team: Attended, leader: int | None) -> str:
    """`Your team was at 3 of 3 events, you at 1.`; '' before the first. `leader`: None where nobody noted it."""
    if not team.expected:
        return ""
    places = {"there": team.there}
    if leader is None:
        return says(
            "Your team was at {there} of {n} event so far.",
            "Your team was at {there} of {n} events so far.",
            team.expected,
            **places,
        )
    return says(
        "Your team was at {there} of {n} event so far, you at {leader}.",
        "Your team was at {there} of {n} events so far, you at {leader}.",
        team.expected,
        leader=leader,
        **places,
    )


def preview(heading: str, question: str) -> str:
    """The line that a mailbox shows: where the team is, and what is asked."""
    return joined(f"{heading}.", question)
