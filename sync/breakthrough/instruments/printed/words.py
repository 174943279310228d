"""What an operational definition says beside its counts: why, how often, until when, drawn how, collected by whom."""

from __future__ import annotations

from collections.abc import Iterator

from breakthrough import english
from breakthrough.collaborative import Collaborative, Measure
from breakthrough.collaborative.definition import EVERY_MONTH
from breakthrough.english import capital, exact, listed, long_day, many
from breakthrough.instruments.access import Who
from breakthrough.instruments.project import Project
from breakthrough.month import Month

KINDS = {"outcome": "Outcome measure", "process": "Process measure", "balancing": "Balancing measure"}
DIRECTIONS = {"lower": "Lower is better", "higher": "Higher is better", "neither": "Neither way is better by itself"}
BY: dict[Who | None, str] = {
    "team": "each team",
    "coach": "the team’s coach",
    "coordinator": "the coordinator",
    "leader": "the senior leader",
    "participant": "each participant",
    "worker": "the software",
    None: "whoever fills in that form",
}
_CHARTS = {
    "run": "Run chart: each figure against the median of the baseline, without limits",
    "i": "I chart: each figure by itself, with limits from how far months lie apart",
    "i_prime": "I′ chart: each figure by itself, with limits that are narrower where more was counted",
    "p": "P chart: a share, with limits that are narrower where more was counted",
    "p_prime": "P′ chart: a share, with limits that allow for more spread than the counts alone explain",
    "u": "U chart: a rate, with limits that are narrower where more was counted",
    "u_prime": "U′ chart: a rate, with limits that allow for more spread than the counts alone explain",
    "c": "C chart: a number of events, with limits",
    "g": "G chart: a number between rare events, with limits",
    "t": "T chart: the time between rare events, with limits",
    "xbar": "X-bar chart: the mean of the month’s cases, with limits",
    "year_on_year": "A line for each year: each month beside the same month last year. It adds up over the year, so no "
    "signal rules are used",
}
_SIGNALS = {
    "anhoej": "a run on one side of the line that is longer than chance explains, or too few crossings of it",
    "ihi": "six months in a row on one side of the line, five in a row rising or falling, or too few or too many runs",
    "nhs": "seven months in a row on one side of the average, seven rising or falling, two of three close to one limit",
}
_PURPOSE = {
    "outcome": "It tells whether things have become better for the people this is about.",
    "process": "It tells whether what we do has changed, before the outcome can.",
    "balancing": "It watches that nothing else gets worse while we change things.",
}


def why(collaborative: Collaborative, code: str, measure: Measure) -> str:
    """Why it is measured: as the collaborative says it, else what its kind is for."""
    aim = "It is the measure of the aim. " if collaborative.aim.measure == code else ""
    return aim + (_flat(measure.why) or _PURPOSE[measure.kind])


def goal(measure: Measure, month: Month) -> str:
    """`6.5% by July 2026`, as it is in force in that month; blank where none is set."""
    wanted, until = measure.goal_at(month)
    return _goal(measure, wanted, until)


def later_goals(measure: Measure, month: Month) -> Iterator[str]:
    """The goals that come after that month."""
    for one in measure.goals:
        if one.from_ > month:
            yield f"From {one.from_.label}: {_goal(measure, one.goal, one.by)}"


def left_out(collaborative: Collaborative, code: str, measure: Measure, month: Month) -> Iterator[str]:
    """Who and which months do not count."""
    yield _flat(measure.leaves_out) or "Nobody beyond what the definition says."
    shut = [english.month_name(one) for one in sorted(set(collaborative.calendar.not_in_session) & set(measure.every))]
    if shut:
        yield f"{listed(shut)}: nobody is there, and no figure is expected."
    gone = sum(one.measure == code and one.month <= month for one in collaborative.exclusions)
    if gone:
        yield (
            f"{capital(many(gone, 'month'))} of single teams so far: shown, but no part of lines and signals. Each was "
            "accepted by a named person, with a reason."
        )


def sample(measure: Measure) -> str:
    """How many cases, chosen how; or that all of them are counted."""
    if measure.sampling:
        return f"{measure.sampling.words}."
    if measure.source is not None and not measure.source.every_case:
        return "The cases that are entered stand for all of them: choose them by the same rule each time."
    return "None: every case is counted."


def how_often(collaborative: Collaborative, measure: Measure) -> str:
    """In which months it is reported, and for how long altogether."""
    line = collaborative.calendar
    first, last = measure.since or line.first, measure.until or line.last
    often = "Every month"
    if measure.every != EVERY_MONTH:
        months = listed([english.month_name(one) for one in measure.every])
        often = f"In {months}, each time for all months since the last"
    baseline = ""
    if measure.since is None and line.baseline_months:
        baseline = f"; the {many(line.baseline_months, 'month')} to {(line.start + -1).label} are the baseline"
    return f"{often}, from {first.label} to {last.label}{baseline}."


def due(collaborative: Collaborative, measure: Measure, month: Month) -> str:
    """By when a month's figure is in, and how many months later its window closes, with a month as an example."""
    line = collaborative.calendar
    start = max(month, measure.since or line.start, line.start)
    ahead = (start + n for n in range(13))
    example = next((one for one in ahead if one.number in measure.every and line.in_session(one)), start)
    if measure.source is None:
        told = f"By day {line.due_day} of the next month"
    else:
        told = f"Cases are counted as they stand after day {line.due_day} of the next month"
    if measure.lag:
        told += f", and {many(measure.lag, 'month')} later still, so that the time that it takes has passed (lag)"
    return f"{told}. {example.label}: {long_day(line.due(example, measure.lag))}."


def chart(collaborative: Collaborative, measure: Measure) -> str:
    """Which chart it is drawn as, and which rules find signals in it."""
    drawn = _CHARTS[measure.draws]
    if measure.cumulative:
        return f"{drawn}."
    return f"{drawn}. A signal is {_SIGNALS[collaborative.rules]}" + (
        "." if measure.draws == "run" and collaborative.rules != "nhs" else ", or a month beyond the limits."
    )


def small_numbers(collaborative: Collaborative, code: str) -> str:
    """What becomes of small numbers, so that nobody fears to send them."""
    privacy = collaborative.privacy
    if code in privacy.exempt or not privacy.min_count:
        return "Shown as they are: what is counted is not people."
    return (
        f"Send them. Counts under {privacy.min_count} are withheld from everybody but your own team and your coach."
        if privacy.own_team == privacy.coach == "shown"
        else f"Send them. Counts under {privacy.min_count} are withheld."
    )


def collected(project: Project, cases: Project | None, measure: Measure) -> str:
    """Who enters it, on which form."""
    if measure.source is None:
        forms = dict.fromkeys(field.form_name for field in project.fields if field.field_name in measure.counts)
        told = [
            f"{BY[one.by]} in the form ‘{one.label}’" for one in map(project.instrument, forms)
        ]  # fmt: skip
        return f"{capital(listed(told, 'and')) or 'Nobody: its counts are on no form'}."
    source = measure.source
    known = [one for one in cases.instruments if one.name == source.form] if cases else []
    form = f"‘{known[0].label}’" if known else source.form
    by = BY[known[0].by] if known else BY[None]
    return (
        f"{capital(by)} enters the cases in the form {form} of the REDCap project ‘{source.project}’; the software "
        "counts them. Nobody adds up anything."
    )


def drivers(collaborative: Collaborative, measure: Measure) -> tuple[str, ...]:
    """`D1 Timely, trusted attendance data`, for each driver that it belongs to."""
    titles = {one.code: one.title for one in collaborative.drivers}
    return tuple(f"{code} {titles[code]}" for code in measure.drivers)


def versions(measure: Measure) -> Iterator[str]:
    """What of the definition was otherwise before, or will be, and who accepted it."""
    for one in measure.versions:
        yield (
            f"From {one.from_.label}: {_flat(one.change)} Accepted by {_flat(one.accepted_by)} on {long_day(one.on)}."
        )


def _goal(measure: Measure, wanted: float | None, until: Month | None) -> str:
    if wanted is None:
        return ""
    return exact(wanted, measure.unit) + (f" by {until.label}" if until else "")


def _flat(text: str) -> str:
    return " ".join(text.split())
