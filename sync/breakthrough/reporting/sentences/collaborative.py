"""The sponsor's sentences: where all teams stand together, what is tested and spread, and what is asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from breakthrough.collaborative import Collaborative, Commitment, Measure
from breakthrough.language import capital, count, exact, inside, listed, long_day, message, say, says, spelled, worded
from breakthrough.measures.funnel import Funnel
from breakthrough.measures.health import Tally
from breakthrough.measures.values import Chart, Pooled
from breakthrough.month import Month
from breakthrough.reporting import figures
from breakthrough.reporting.sentences import portfolio
from breakthrough.reporting.sentences.words import joined, many, shortened
from breakthrough.teams.determinants import Unit
from breakthrough.teams.spread import Reach


def heading(now: Pooled, measure: Measure, month: Month) -> str:
    """`Absence rate. Pooled 7.2%, median of teams 7.0%; no team at the goal of 6.5%; 11 of 12 teams`."""
    told = portfolio.pooled_heading(now, measure)
    if now.reporting == 0:
        return say("{measure}. {figures}", measure=measure.name, figures=told)
    if now.month != month:
        return say(
            "{measure}. {figures}; figures of {here} of {of} teams in {month}",
            measure=measure.name,
            figures=told,
            here=now.reporting,
            of=now.expected,
            month=now.month.word,
        )
    return say(
        "{measure}. {figures}; figures of {here} of {of} teams",
        measure=measure.name,
        figures=told,
        here=now.reporting,
        of=now.expected,
    )


def signalled(improving: int, worsening: int, of: int) -> str:
    """How many teams' own charts show a signal, each judged by itself."""
    if not of:
        return ""
    return says(
        "Of {n} team, judged by itself: improving signal {improving}, worsening signal {worsening}.",
        "Of {n} teams, judged one by one: improving signal {improving}, worsening signal {worsening}.",
        of,
        improving=improving,
        worsening=worsening,
    )


def beside(value: float, measure: Measure) -> str:
    """`Teams’ median 7.0%`: at the end of the line beside the pooled one."""
    return say("Teams’ median {value}", value=figures.value(measure, value))


def cell(value: float | None, one: Pooled, measure: Measure) -> str:
    """A figure in a table; why there is none, where it is withheld."""
    if value is not None:
        return figures.value(measure, value)
    return say("withheld") if one.suppressed else "–"


def counted(one: Pooled) -> str:
    """`11 of 12`: teams with a figure of those that owe one."""
    return figures.of(one.reporting, one.expected)


def counted_then(one: Pooled, now: Month) -> str:
    """The same, with the month where it is not the month reported."""
    if one.month == now:
        return counted(one)
    return say("{teams} in {month}", teams=counted(one), month=one.month.short)


def provisional(line: Sequence[Pooled]) -> str:
    """Which of those months may still change."""
    months = [one.month.word for one in line if one.provisional and one.reporting]
    return say("Not all teams have sent {months} yet: its figures may change.", months=listed(months)) if months else ""


def teams_heading(charts: Sequence[Chart]) -> str:
    """`Four of twelve teams show a signal; the others move as by chance`."""
    found = [chart.verdict for chart in charts]
    up, down = found.count("improving"), found.count("worsening")
    teams = worded("{n} team", "{n} teams", len(found))
    if not up and not down:
        return say("None of {teams} shows a signal of its own yet", teams=teams)
    return capital(
        worded(
            "{n} of {teams} shows an improving signal, {down} a worsening one",
            "{n} of {teams} show an improving signal, {down} a worsening one",
            up,
            teams=teams,
            down=worded("{n}", "{n}", down) if down else say("none"),
        )
    )


def teams_meaning(withheld: int) -> str:
    """How to read the panels."""
    hidden = (
        says(
            "{n} team is not shown, so that no small number can be told.",
            "{n} teams are not shown, so that no small number can be told.",
            withheld,
        )
        if withheld
        else ""
    )
    return joined(say("Each panel is one team against its own past, those needing help first."), hidden)


def teams_action(worse: bool, better: bool) -> str:
    """What a sponsor does with teams side by side."""
    if worse:
        return say("Ask the coaches what the teams with a worsening signal need. Do not rank teams by one month.")
    if better:
        return say("Let the teams with an improving signal tell the others how they did it.")
    return say("Wait for the charts to speak: more tests help, more meetings about figures do not.")


def funnel_heading(made: Funnel) -> str:
    """Whether any team lies outside."""
    outside = len(made.outside)
    if not made.points:
        return say("No team’s figures can be set side by side yet")
    if not outside:
        return say("No team differs from the others by more than chance")
    return capital(worded("{n} team lies outside the funnel", "{n} teams lie outside the funnel", outside))


def funnel_meaning(made: Funnel, measure: Measure) -> str:
    """Of which months, and what the centre is."""
    if not made.points:
        return ""
    first, last = made.months[0], made.months[-1]
    over = first.label if first == last else say("{first} to {last}", first=first.label, last=last.label)
    told = say("{measure} of {months}, large teams to the right.", measure=measure.name, months=over)
    return joined(told, say("Small teams swing more, so the funnel is wider for them."))


def funnel_action(made: Funnel) -> str:
    """What to do about those outside."""
    bad = any(point.direction == "worsening" for point in made.outside)
    good = any(point.direction == "improving" for point in made.outside)
    if bad:
        return say("Ask first how a team outside the funnel counts and whom it serves, then what it needs.")
    if good:
        return say("Find out what the team on the good side does that others could try.")
    return say("Do not reward or blame a place in the middle of the funnel: it is chance.")


def distribution_alone(rated: int, of: int) -> str:
    """That the picture is of released ratings, without names."""
    return says(
        "Counts of teams, not names: {rated} of {n} team has a released rating.",
        "Counts of teams, not names: {rated} of {n} teams have a released rating.",
        of,
        rated=rated,
    )


def too_few_rated(fewest: int) -> str:
    """Why no picture of ratings is shown."""
    return say("Ratings are shown once {number} teams or more have one, so that none can be guessed.", number=fewest)


def ratings_action(behind: bool) -> str:
    """What a sponsor does with the ratings."""
    if behind:
        return say("Ask the coaches which one step would help most teams up to the next level.")
    return say("Keep the time that teams and coaches have: it is what the ratings rest on.")


def reporting_heading(sent: Tally, prompt: Tally | None) -> str:
    """`11 of 12 teams have sent March, 8 of them on time`."""
    places = {"sent": figures.of(sent.numerator or 0, sent.denominator or 0), "month": sent.month.word}
    if prompt is None or prompt.numerator is None:
        return say("{sent} teams have sent {month}", **places)
    return say("{sent} teams have sent {month}, {prompt} on time", prompt=count(prompt.numerator), **places)


def reporting_meaning(collaborative: Collaborative) -> str:
    """What is asked of reporting."""
    asked = collaborative.reporting
    return say(
        "Asked for: {goal}% of teams each month, and {prompt}% by the due day. Below that the figures of all teams are "
        "provisional.",
        goal=asked.goal,
        prompt=asked.on_time,
    )


def reporting_action(met: bool) -> str:
    """What a sponsor does about reporting."""
    if met:
        return say("Thank the data leads: all else here rests on them.")
    return say("Ask the coordinator which teams lack time or access, and clear it with their leaders.")


def drivers_heading(at_work: int, of: int, neglected: Sequence[str]) -> str:
    """`Four of five drivers are being worked on; nobody tests “Partnership with families”`."""
    if not of:
        return ""
    head = worded(
        "{n} of {of} driver is being worked on", "{n} of {of} drivers are being worked on", at_work, of=spelled(of)
    )
    if not neglected:
        return capital(head)
    names = shortened([say("“{driver}”", driver=name) for name in neglected], 2)
    return capital(say("{drivers}; nobody tests {names}", drivers=head, names=names))


def drivers_meaning() -> str:
    """How to read table and diagram."""
    return say(
        "A team stands where its furthest idea of the driver is, from not started to spread. What came after a test "
        "need not have come from it."
    )


def drivers_action(neglected: Sequence[str], meeting: str) -> str:
    """What to do about drivers that nobody works on."""
    if neglected and meeting:
        return say("Ask on {meeting} who will try a first idea of “{driver}”.", meeting=meeting, driver=neglected[0])
    if neglected:
        return say("Ask who will try a first idea of “{driver}”.", driver=neglected[0])
    return say("Every driver has a team at work: ask which ideas are ready to be kept everywhere.")


def diagram_alt(rows: Sequence[tuple[str, str]], goal: str) -> str:
    """`Driver diagram. Aim: 6.5% by July 2026. D1 Timely data: no signal yet …`."""
    told = " ".join(say("{driver}: {state}.", driver=driver, state=inside(state)) for driver, state in rows)
    return joined(say("Driver diagram. Aim: {goal}.", goal=goal), told)


def spread_heading(reach: Reach) -> str:
    """`Seven of twelve places reached; in three it is daily work`."""
    if not reach.intended:
        return say("No place to spread to is named yet")
    head = capital(
        worded("{n} of {of} place reached", "{n} of {of} places reached", reach.reached, of=spelled(reach.intended))
    )
    return say("{reached}; daily work in {daily}", reached=head, daily=many(reach.daily))


def spread_meaning(reach: Reach, fewest: int) -> str:
    """How many have figures of their own, whom they serve, and how many stopped; no small number of people."""
    if not reach.intended:
        return ""
    own = say("{n} of those reached have figures of their own.", n=reach.own_data)
    people = (
        say("They serve {people} people, as far as that is known.", people=count(reach.people))
        if reach.people >= fewest
        else ""
    )
    stopped = says("{n} place has stopped.", "{n} places have stopped.", reach.stopped) if reach.stopped else ""
    return joined(own if reach.reached else "", people, stopped)


def spread_action(reach: Reach, late: bool) -> str:
    """What a sponsor does about spread."""
    if not reach.intended:
        if late:
            return say("Ask each senior leader to name the places that come next, and who will own the change there.")
        return say("Nothing yet: first a change has to work where it began.")
    if reach.own_data < reach.reached:
        return say("Ask for figures from every place reached: without them nobody knows whether it works there.")
    return say("Ask what would make the change daily work in the places reached.")


def promised(one: Commitment, today: dt.date) -> str:
    """The state of a promise."""
    if one.kept is not None and one.kept <= today:
        return say("Kept on {day}", day=long_day(one.kept))
    if one.by is None:
        return say("Open, no day named")
    if one.by < today:
        return say("Open, was due on {day}", day=long_day(one.by))
    return say("Open, due on {day}", day=long_day(one.by))


def promises_heading(kept: int, of: int) -> str:
    """`2 of 3 promises kept`."""
    return says("{kept} of {n} promise kept", "{kept} of {n} promises kept", of, kept=kept)


INDICATORS: Mapping[tuple[str, str], str] = {
    ("sponsorship", "kept"): message("promises kept"),
    ("topic", "importance"): message("how much it matters to teams"),
    ("ideas", "tested"): message("ideas of the package tested"),
    ("ideas", "adopted"): message("of those tested, kept"),
    ("participants", "roles"): message("roles filled on the team"),
    ("participants", "hours"): message("hours set aside"),
    ("leader", "contact"): message("months with the leader seen"),
    ("prework", "readiness"): message("things done before the start"),
    ("learning", "attendance"): message("events attended"),
    ("learning", "tests"): message("tests closed"),
}
_UNITS: Mapping[Unit, str] = {
    "of 5": message("{value} of 5"),
    "of 4": message("{value} of 4"),
    "points": message("{value} points"),
    "hours a week": message("{value} a week"),
    "months": message("{value}"),
    "times": message("{value}"),
}


def indicator(determinant: str, code: str) -> str:
    """What an indicator counts, in a few words."""
    return say(INDICATORS[determinant, code])


def level(value: float, unit: Unit) -> str:
    """`80%`, `4 of 5`, `6 a week`."""
    if unit == "%":
        return say("{value}%", value=exact(round(value)))
    return say(_UNITS[unit], value=exact(round(value, 1)))


def determinants_heading() -> str:
    """The heading of the table."""
    return say("What decides whether it works: the middle team")


def determinants_meaning() -> str:
    """What the figures are, and are not."""
    return say("The seven determinants have decided it elsewhere. With so few teams they describe; they do not prove.")


def overdue(one: Commitment) -> str:
    """Why a promise is asked about."""
    return say("It was promised for {day}.", day=long_day(one.by)) if one.by else ""


def coded(name: str) -> str:
    """A team by its made-up name: `Team 5d05`, of `team 5d05`."""
    return say("Team {code}", code=name.rpartition(" ")[2])


def subject() -> str:
    """What the mail is."""
    return say("The collaborative")


def title(month: Month) -> str:
    """The report's title."""
    return say("All teams together, {month}", month=month.label)


def for_whom(name: str) -> str:
    """Whom the report is for."""
    if name:
        return say("For {name} and the steering group.", name=name)
    return say("For the sponsor and the steering group.")


def share(part: float, of: float) -> str:
    """`11 of 12`."""
    return figures.of(part, of)
