"""Flags about ratings: two views that differ, claims without figures, standing still, none given. They rate nobody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from breakthrough.language import listed, say, score, short_day, worded
from breakthrough.measures import NOT_OWED
from breakthrough.month import Month
from breakthrough.teams import judgement
from breakthrough.teams.case import Case
from breakthrough.teams.values import Flag


def gap(case: Case) -> Iterator[Flag]:
    """The team and the coach a whole point or more apart about the same month, the newest that both have rated."""
    both = [m for m in _recent(case) if m in case.ratings and _self(case, m) is not None]
    if both:
        month = both[-1]
        own, coach = _self(case, month) or 0.0, case.ratings[month].score
        if abs(own - coach) >= case.limits.gap:
            evidence = say(
                "For {month} the team rates itself {own}, its coach {coach}.",
                month=month.label,
                own=score(own),
                coach=score(coach),
            )
            move = say("Put the evidence for both ratings side by side on the call.")
            yield case.flag("gap", "medium", (month + 1).first, evidence, move)


def claim(case: Case) -> Iterator[Flag]:
    """A rating of 3.0 or more while key figures are old, or with neither a good signal nor a good run behind it."""
    rated = _newest(case)
    if rated is None or rated[1] < case.limits.claim_score:
        return
    month, given, coach = rated
    lacking = _stale(case) or _unproven(case)
    if lacking:
        places = {"month": month.label, "score": score(given)}
        claimed = (
            say("The coach rates {month} at {score}.", **places)
            if coach
            else say("The team rates {month} at {score}.", **places)
        )
        evidence = f"{claimed} {lacking}"
        move = say("Ask which figures the rating rests on, and look at them together.")
        yield case.flag("claim", "medium", (month + 1).first, evidence, move)


def plateau(case: Case) -> Iterator[Flag]:
    """The same rating by the coach three months in session running, under what this stage should have reached."""
    months = case.months[-case.limits.plateau_months :]
    scores = [case.ratings[month].score for month in months if month in case.ratings]
    if len(scores) < case.limits.plateau_months or len(set(scores)) > 1:
        return
    hoped = judgement.hoped(case.collaborative, case.month)
    if scores[-1] < hoped:
        evidence = worded(
            "Rated {score} for {n} month running, {first} to {last}; teams should be near {hoped} by now.",
            "Rated {score} for {n} months running, {first} to {last}; teams should be near {hoped} by now.",
            len(scores),
            score=score(scores[-1]),
            first=months[0].label,
            last=months[-1].label,
            hoped=score(hoped),
        )
        move = say("Agree on the one thing that would earn the next half point, and a date for it.")
        yield case.flag("plateau", "medium", (months[-1] + 1).first, evidence, move)


def unrated(case: Case) -> Iterator[Flag]:
    """No rating by the coach five days after it was due: for the coordinator."""
    due = case.collaborative.calendar.rating_due(case.month)
    fires = due + dt.timedelta(case.limits.unrated_days)
    if case.month in case.months and case.month not in case.ratings and case.today > fires:
        evidence = say(
            "No coach's rating for {month}; it was due on {day}.", month=case.month.label, day=short_day(due)
        )
        move = say("Write the rating: one line of reason, one suggestion.")
        yield case.flag("unrated", "low", due, evidence, move)


def _recent(case: Case) -> tuple[Month, ...]:
    return case.months[-case.limits.rating_age :]


def _self(case: Case, month: Month) -> float | None:
    told = case.narratives.get(month)
    return told.self_score if told else None


def _newest(case: Case) -> tuple[Month, float, bool] | None:
    """The newest recent rating: its month, score and whether it is the coach's; of the same month, the higher one."""
    found = [(m, case.ratings[m].score, True) for m in _recent(case) if m in case.ratings]
    found += [(m, own, False) for m in _recent(case) if (own := _self(case, m)) is not None]
    return max(found, key=lambda one: (one[0], one[1]), default=None)


def _stale(case: Case) -> str:
    """Which key figures are older than they may be; measures the team does not collect are not asked for."""
    old = []
    for code, measure in case.collaborative.key_measures.items():
        months = case.all_months[-1 - case.limits.claim_stale - measure.lag :]
        states = {case.states.get((code, month), "missing") for month in months} - NOT_OWED
        if states and not states & {"reported", "no_cases", "excluded"}:
            old.append(measure.name)
    return say("Key figures are more than a month old: {measures}.", measures=listed(old)) if old else ""


def _unproven(case: Case) -> str:
    """Says so where no outcome or process measure shows improvement or a good run."""
    for code, _ in case.measures("outcome", "process"):
        chart = case.charts.get(code)
        if chart is None:
            continue
        run = chart.run
        good = run is not None and run.direction == "improving" and len(run.months) >= case.limits.claim_run
        if good or chart.verdict == "improving":
            return ""
    return worded(
        "No measure shows an improving signal, nor {n} month in a row on the good side of its line.",
        "No measure shows an improving signal, nor {n} months in a row on the good side of its line.",
        case.limits.claim_run,
    )
