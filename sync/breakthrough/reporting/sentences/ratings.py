"""Ratings in words. They are people's judgement: nothing here works one out, and no mean of them is ever taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import median_low

from breakthrough.collaborative import Collaborative
from breakthrough.month import Month
from breakthrough.reporting.sentences.words import capital, plural, shortened
from breakthrough.teams.values import CoachRating, Narrative

SCALE = tuple(step / 2 for step in range(1, 11))
LEVELS: Mapping[float, str] = {  # our own words for the levels of the scale (domain §2.1)
    0.5: "signed up",
    1.0: "team and aim",
    1.5: "planning",
    2.0: "busy, not testing",
    2.5: "testing, no gain yet",
    3.0: "modest gain",
    3.5: "gain",
    4.0: "significant gain",
    4.5: "sustained gain",
    5.0: "outstanding",
}
Scores = Mapping[str, Sequence[tuple[Month, float | None]]]  # by team, oldest first


def score(value: float | None) -> str:
    """`3.5`, or an en dash."""
    return "–" if value is None else f"{value:.1f}"


def heading(coach: CoachRating | None, own: Narrative | None) -> str:
    """`Coach 3.0, modest gain. You 3.5, gain.`."""
    parts = []
    if coach:
        parts.append(f"Coach {score(coach.score)}, {LEVELS.get(coach.score, 'between levels')}.")
    if own and own.self_score is not None:
        parts.append(f"You {score(own.self_score)}, {LEVELS.get(own.self_score, 'between levels')}.")
    return " ".join(parts)


def legend(coach: CoachRating | None, own: Narrative | None, collaborative: Collaborative) -> str:
    """What the marked steps of the scale are, and where it should lead."""
    shown = (["Filled: your coach."] if coach else []) + (["Outlined: you."] if own and own.self_score else [])
    return " ".join([*shown, target(collaborative)])


def target(collaborative: Collaborative) -> str:
    """`Target: 4.0 by July 2026.`."""
    return f"Target: {score(collaborative.rating.target)} by {collaborative.calendar.end.label}."


def apart(coach: CoachRating | None, own: Narrative | None, call: str) -> str:
    """What to make of two judgements side by side; `call` says when the next call is, or ''."""
    talk = f" Talk about it on {call}." if call else ""
    if coach is None:
        return "Your coach’s rating of this month has not been released yet."
    if own is None or own.self_score is None:
        return "You have not rated yourselves this month. Two views side by side start the better conversation."
    gap = abs(coach.score - own.self_score)
    if gap == 0:
        return "You and your coach see it alike."
    if gap < 1:
        return f"Half a step apart is common.{talk}"
    return f"{gap:.1f} apart: each of you has seen something the other has not.{talk}"


def action(coach: CoachRating | None, own: Narrative | None) -> str:
    """What to do with the rating."""
    if coach is None:
        return "Rate yourselves together, with the evidence on the table, before you hear your coach’s view."
    if own is not None and own.self_score is not None and abs(coach.score - own.self_score) >= 1:
        return "Each bring one chart or one test to the call that shows why."
    return "Take your coach’s suggestion to your next meeting and agree who does it by when."


def distribution(scores: Scores, month: Month) -> Counter[float]:
    """How many teams were rated at each level in that month."""
    found = (value for steps in scores.values() for at, value in steps if at == month and value is not None)
    return Counter(found)


def spread_heading(scores: Scores, month: Month) -> str:
    """`Three teams are at 3.5, the highest; six are at 2.5`."""
    now = distribution(scores, month)
    if not now:
        return f"No team has been rated for {month.word} yet"
    top = max(now)
    most = max(now, key=lambda level: (now[level], level))
    verb = "is" if now[top] == 1 else "are"
    head = f"{capital(plural(now[top], 'team'))} {verb} at {score(top)}, {LEVELS.get(top, '')}"
    if most == top:
        return head
    return f"{head}; most often {score(most)}, {LEVELS.get(most, '')} ({plural(now[most], 'team')})"


def spread_meaning(scores: Scores, month: Month, collaborative: Collaborative) -> str:
    """How many are at the target, and where the middle team is."""
    now, aimed = distribution(scores, month), collaborative.rating.target
    total = sum(now.values())
    if not total:
        return ""
    there = sum(count for level, count in now.items() if level >= aimed)
    verb = "is" if there == 1 else "are"
    return (
        f"{there} of {total} rated teams {verb} at {score(aimed)} or above; "
        f"the target is {collaborative.rating.share_of_teams}% of teams by {collaborative.calendar.end.label}. "
        f"The middle team is at {score(median_low(sorted(now.elements())))}."
    )


def unmoved(scores: Scores, month: Month, names: Mapping[str, str], below: float, months: int = 5) -> str:
    """`Sunderland has been at 2.0 for five months.`: teams below the target whose rating has long stood still."""
    still = []
    for team, steps in scores.items():
        rated = [value for at, value in steps if at <= month and value is not None][-months:]
        if len(rated) == months and len(set(rated)) == 1 and rated[0] < below:
            still.append(f"{names[team]} at {score(rated[0])}")
    if not still:
        return ""
    return f"Unmoved for {plural(months, 'month')}: {shortened(still, 4)}."


def risen(scores: Scores, month: Month) -> tuple[str, float, float] | None:
    """The team that rose most over the last six months, by a whole step or more: team, from, to."""
    climbs = []
    for team, steps in scores.items():
        rated = [value for at, value in steps if month + -6 < at <= month and value is not None]
        if rated and rated[-1] - rated[0] >= 1:
            climbs.append((rated[-1] - rated[0], rated[-1], team, rated[0]))
    if not climbs:
        return None
    _, now, team, then = max(climbs)
    return team, then, now


def spread_action(scores: Scores, month: Month, names: Mapping[str, str], meeting: str) -> str:
    """Rate those not rated; else let the team that rose most tell how."""
    rated = {team for team, steps in scores.items() if any(at == month and v is not None for at, v in steps)}
    unrated = [names[team] for team in scores if team not in rated]
    if unrated:
        return f"Rate {shortened(unrated, 4)} for {month.word}."
    if not scores:
        return "None of your teams is at work, so there is none to rate."
    climb = risen(scores, month)
    if climb:
        where = f" on {meeting}" if meeting else " on the next call"
        return f"Let {names[climb[0]]} show{where} how it moved from {score(climb[1])} to {score(climb[2])}."
    return "Pick the one team closest to its next level and ask what is in its way."
