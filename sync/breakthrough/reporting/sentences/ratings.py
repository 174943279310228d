"""Ratings in words. They are people's judgement: nothing here works one out, and no mean of them is ever taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import median_low

from breakthrough.collaborative import Collaborative
from breakthrough.language import capital, message_as, say, say_as, says, spelled, worded
from breakthrough.language import score as stepped
from breakthrough.month import Month
from breakthrough.reporting.sentences.words import joined, shortened
from breakthrough.teams.values import CoachRating, Narrative

SCALE = tuple(step / 2 for step in range(1, 11))
_LEVELS = {  # our own words for the levels of the scale (domain §2.1)
    0.5: message_as("level of the rating scale", "signed up"),
    1.0: message_as("level of the rating scale", "team and aim"),
    1.5: message_as("level of the rating scale", "planning"),
    2.0: message_as("level of the rating scale", "busy, not testing"),
    2.5: message_as("level of the rating scale", "testing, no gain yet"),
    3.0: message_as("level of the rating scale", "modest gain"),
    3.5: message_as("level of the rating scale", "gain"),
    4.0: message_as("level of the rating scale", "significant gain"),
    4.5: message_as("level of the rating scale", "sustained gain"),
    5.0: message_as("level of the rating scale", "outstanding"),
}
Scores = Mapping[str, Sequence[tuple[Month, float | None]]]  # by team, oldest first


def score(value: float | None) -> str:
    """`3.5`, or an en dash."""
    return "–" if value is None else stepped(value)


def level(value: float) -> str:
    """`modest gain`; '' between the levels of the scale."""
    return say_as(*_LEVELS[value]) if value in _LEVELS else ""


def heading(coach: CoachRating | None, own: Narrative | None) -> str:
    """`Coach 3.0, modest gain. You 3.5, gain.`."""
    parts = []
    if coach:
        parts.append(say("Coach {score}, {level}.", score=score(coach.score), level=_level(coach.score)))
    if own and own.self_score is not None:
        parts.append(say("You {score}, {level}.", score=score(own.self_score), level=_level(own.self_score)))
    return joined(*parts)


def _level(value: float) -> str:
    return level(value) or say_as("level of the rating scale", "between levels")


def legend(coach: CoachRating | None, own: Narrative | None, collaborative: Collaborative) -> str:
    """What the marked steps of the scale are, and where it should lead."""
    return joined(
        say("Filled: your coach.") if coach else "",
        say("Outlined: you.") if own and own.self_score else "",
        target(collaborative),
    )


def target(collaborative: Collaborative) -> str:
    """`Target: 4.0 by July 2026.`."""
    return say(
        "Target: {score} by {month}.", score=score(collaborative.rating.target), month=collaborative.calendar.end.label
    )


def apart(coach: CoachRating | None, own: Narrative | None, call: str) -> str:
    """What to make of two judgements side by side; `call` says when the next call is, or ''."""
    talk = say("Talk about it on {day}.", day=call) if call else ""
    if coach is None:
        return say("Your coach’s rating of this month has not been released yet.")
    if own is None or own.self_score is None:
        return joined(
            say("You have not rated yourselves this month."),
            say("Two views side by side start the better conversation."),
        )
    gap = abs(coach.score - own.self_score)
    if gap == 0:
        return say("You and your coach see it alike.")
    if gap < 1:
        return joined(say("Half a step apart is common."), talk)
    return joined(say("{gap} apart: each of you has seen something the other has not.", gap=score(gap)), talk)


def action(coach: CoachRating | None, own: Narrative | None) -> str:
    """What to do with the rating."""
    if coach is None:
        return say("Rate yourselves together, with the evidence on the table, before you hear your coach’s view.")
    if own is not None and own.self_score is not None and abs(coach.score - own.self_score) >= 1:
        return say("Each bring one chart or one test to the call that shows why.")
    return say("Take your coach’s suggestion to your next meeting and agree who does it by when.")


def distribution(scores: Scores, month: Month) -> Counter[float]:
    """How many teams were rated at each level in that month."""
    found = (value for steps in scores.values() for at, value in steps if at == month and value is not None)
    return Counter(found)


def spread_heading(scores: Scores, month: Month) -> str:
    """`Three teams are at 3.5, the highest; six are at 2.5`."""
    now = distribution(scores, month)
    if not now:
        return say("No team has been rated for {month} yet", month=month.word)
    top = max(now)
    most = max(now, key=lambda level: (now[level], level))
    head = capital(
        worded(
            "{n} team is at {score}, {level}",
            "{n} teams are at {score}, {level}",
            now[top],
            score=score(top),
            level=level(top),
        )
    )
    if most == top:
        return head
    return worded(
        "{highest}; most often {score}, {level} ({n} team)",
        "{highest}; most often {score}, {level} ({n} teams)",
        now[most],
        highest=head,
        score=score(most),
        level=level(most),
    )


def spread_meaning(scores: Scores, month: Month, collaborative: Collaborative) -> str:
    """How many are at the target, and where the middle team is."""
    now, aimed = distribution(scores, month), collaborative.rating.target
    total = sum(now.values())
    if not total:
        return ""
    return joined(
        says(
            "{n} of {of} rated teams is at {score} or above; the target is {share}% of teams by {month}.",
            "{n} of {of} rated teams are at {score} or above; the target is {share}% of teams by {month}.",
            sum(count for level, count in now.items() if level >= aimed),
            of=total,
            score=score(aimed),
            share=collaborative.rating.share_of_teams,
            month=collaborative.calendar.end.label,
        ),
        say("The middle team is at {score}.", score=score(median_low(sorted(now.elements())))),
    )


def unmoved(scores: Scores, month: Month, names: Mapping[str, str], below: float, months: int = 5) -> str:
    """`Sunderland has been at 2.0 for five months.`: teams below the target whose rating has long stood still."""
    still = []
    for team, steps in scores.items():
        rated = [value for at, value in steps if at <= month and value is not None][-months:]
        if len(rated) == months and len(set(rated)) == 1 and rated[0] < below:
            still.append(say("{team} at {score}", team=names[team], score=score(rated[0])))
    if not still:
        return ""
    return worded(
        "Unmoved for {n} month: {teams}.", "Unmoved for {n} months: {teams}.", months, teams=shortened(still, 4)
    )


def behind(scores: Scores, month: Month, hoped: float) -> str:
    """`By now teams should be near 3.5; five of six are below it.`; '' where nobody is rated."""
    now = distribution(scores, month)
    total, below = sum(now.values()), sum(count for level, count in now.items() if level < hoped)
    if not total:
        return ""
    if not below:
        return say("By now teams should be near {hoped}; none is below it.", hoped=score(hoped))
    return worded(
        "By now teams should be near {hoped}; {n} of {of} is below it.",
        "By now teams should be near {hoped}; {n} of {of} are below it.",
        below,
        hoped=score(hoped),
        of=spelled(total),
    )


def discordant(apart: Sequence[tuple[str, float, float]]) -> str:
    """`Your view and the team’s are far apart: Sunderland (you 2.5, the team 4.0).`; '' where none is."""
    far = [
        say("{team} (you {coach}, the team {own})", team=name, coach=score(coach), own=score(own))
        for name, coach, own in apart
    ]
    return say("Your view and the team’s are far apart: {teams}.", teams=shortened(far, 4)) if far else ""


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
        return say("Rate {teams} for {month}.", teams=shortened(unrated, 4), month=month.word)
    if not scores:
        return say("None of your teams is at work, so there is none to rate.")
    climb = risen(scores, month)
    if not climb:
        return say("Pick the one team closest to its next level and ask what is in its way.")
    places = {"team": names[climb[0]], "before": score(climb[1]), "now": score(climb[2])}
    if meeting:
        return say("Let {team} show at {meeting} how it moved from {before} to {now}.", meeting=meeting, **places)
    return say("Let {team} show at the next call how it moved from {before} to {now}.", **places)
