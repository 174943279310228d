"""Where a team stands among others, and what worked elsewhere: said of what the reader may see, without a verdict."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from breakthrough.collaborative import Measure
from breakthrough.language import capital, say, spelled, worded
from breakthrough.month import Month
from breakthrough.reporting import figures
from breakthrough.reporting.sentences.words import joined
from breakthrough.teams.changes import Stage


@dataclass(frozen=True)
class Standing:
    """The values that a reader may see of one month: its own, those of others from the lowest to the highest."""

    measure: Measure
    month: Month
    own: float | None
    others: tuple[float, ...]
    goal: float | None

    @cached_property
    def values(self) -> tuple[float, ...]:
        """All of them from the lowest to the highest, its own among them."""
        return self.others if self.own is None else tuple(sorted((*self.others, self.own)))

    @cached_property
    def median(self) -> float:
        """That of all of them."""
        return median(self.values)

    @cached_property
    def ahead(self) -> int:
        """How many others have the better figure as it is shown; lower where neither side is better."""
        if self.own is None:
            return 0

        def shown(value: float) -> float:
            return round(value, self.measure.decimals)

        if self.measure.direction == "higher":
            return len(self.others) - bisect_right(self.others, shown(self.own), key=shown)
        return bisect_left(self.others, shown(self.own), key=shown)

    @cached_property
    def there(self) -> int:
        """How many of them are at the goal or beyond it; 0 without a goal, or where neither side is better."""
        goal = self.goal
        if goal is None or self.measure.direction == "neither":
            return 0
        slack = 1e-9 * max(1.0, abs(goal))
        if self.measure.direction == "lower":
            return bisect_right(self.values, slack, key=lambda one: one - goal)
        return len(self.values) - bisect_left(self.values, -slack, key=lambda one: one - goal)


def heading(told: Standing) -> str:
    """`Two of nine other teams had a lower figure than yours in March`."""
    month, of, number = told.month.word, len(told.others), told.ahead
    if told.own is None:
        return capital(
            worded(
                "{n} other team has a figure for {month}, and yours is missing",
                "{n} other teams have a figure for {month}, and yours is missing",
                of,
                month=month,
            )
        )
    if told.measure.direction == "higher":
        if not number:
            return worded(
                "No other team had a higher figure than yours in {month}",
                "None of {n} other teams had a higher figure than yours in {month}",
                of,
                month=month,
            )
        if number == of:
            return worded(
                "The other team had a higher figure than yours in {month}",
                "All {n} other teams had a higher figure than yours in {month}",
                of,
                month=month,
            )
        return capital(
            worded(
                "{n} of {of} other teams had a higher figure than yours in {month}",
                "{n} of {of} other teams had a higher figure than yours in {month}",
                number,
                of=spelled(of),
                month=month,
            )
        )
    if not number:
        return worded(
            "No other team had a lower figure than yours in {month}",
            "None of {n} other teams had a lower figure than yours in {month}",
            of,
            month=month,
        )
    if number == of:
        return worded(
            "The other team had a lower figure than yours in {month}",
            "All {n} other teams had a lower figure than yours in {month}",
            of,
            month=month,
        )
    return capital(
        worded(
            "{n} of {of} other teams had a lower figure than yours in {month}",
            "{n} of {of} other teams had a lower figure than yours in {month}",
            number,
            of=spelled(of),
            month=month,
        )
    )


def standing(told: Standing) -> str:
    """`You had 6.8%; the median of these ten teams is 7.0%.`."""
    middle, teams = figures.value(told.measure, told.median), spelled(len(told.values))
    if told.own is None:
        return say("The median of these {teams} teams is {median}.", teams=teams, median=middle)
    own = figures.value(told.measure, told.own)
    return say("You had {own}; the median of these {teams} teams is {median}.", own=own, teams=teams, median=middle)


def at_goal(told: Standing) -> str:
    """How many of them are at the goal; '' without a goal."""
    if told.goal is None or told.measure.direction == "neither":
        return ""
    goal = figures.goal(told.measure, told.goal)
    if not told.there:
        return say("None of them is at the goal of {goal} yet.", goal=goal)
    return capital(
        worded("{n} of them is at the goal of {goal}.", "{n} of them are at the goal of {goal}.", told.there, goal=goal)
    )


def chance() -> str:
    """Why this is no league table."""
    return say("Teams differ in size and in whom they serve, so this is no league table.")


def left_out(withheld: int, without: int, month: Month) -> str:
    """Who is not among them, and why."""
    kept = worded(
        "{n} more team is not shown, so that no small number can be told from it.",
        "{n} more teams are not shown, so that no small number can be told from them.",
        withheld,
    )
    none = worded(
        "{n} more team has no figure for {month}.",
        "{n} more teams have no figure for {month}.",
        without,
        month=month.word,
    )
    return joined(capital(kept) if withheld else "", capital(none) if without else "")


def made_up() -> str:
    """What the names are."""
    return say("Names are made up, and stay the same from month to month.")


def withheld_heading(month: Month) -> str:
    """In place of a picture."""
    return say("Other teams’ figures of {month} are not shown", month=month.word)


def no_picture() -> str:
    """Why there is none."""
    return say("They rest on small numbers, or small numbers could be told from them. Your own chart says more.")


def ask(call: str) -> str:
    """What to do without a picture."""
    if call:
        return say("On {day}, ask your coach what other teams on your drivers do.", day=call)
    return say("Ask your coach what other teams on your drivers do.")


def action(told: Standing, meeting: str, call: str) -> str:
    """What to do about it: learn from those ahead, or be learned from."""
    if told.own is None:
        return say("Send {month}: then you see where you stand.", month=told.month.word)
    if not told.ahead:
        if meeting:
            return say("Bring what you do to {meeting}, so that others can learn from it.", meeting=meeting)
        return say("Tell your coach what you do, so that others can learn from it.")
    if call:
        return say("On {day}, ask your coach what the teams ahead do, and choose one thing to test.", day=call)
    return say("Ask your coach what the teams ahead do, and choose one thing to test.")


def alt(told: Standing, *, dots: bool = True) -> str:
    """What the picture shows, for who does not see it: `dots`, or columns that count teams."""
    low, high = (figures.value(told.measure, one) for one in (told.others[0], told.others[-1]))
    teams = spelled(len(told.others))
    if dots:
        shown = say("A dot for each team: the other {teams} lie from {low} to {high}.", teams=teams, low=low, high=high)
    else:
        shown = say(
            "Columns count the teams: the other {teams} lie from {low} to {high}.", teams=teams, low=low, high=high
        )
    return joined(f"{heading(told)}.", shown, standing(told), at_goal(told))


def elsewhere_heading(number: int) -> str:
    """`Two changes on drivers that you work on, each with a signal after it`."""
    return capital(
        worded(
            "{n} change on a driver that you work on, with a signal after it",
            "{n} changes on drivers that you work on, each with a signal after it",
            number,
        )
    )


def worked(team: str, stage: Stage, measure: str, driver: str) -> str:
    """How far a team has come with a change, and on which measure a signal came after. `team` may be ''."""
    who = team or say("Another team")
    return joined(
        _come(who, stage),
        say("{measure} showed an improving signal after it.", measure=measure),
        say("Driver: {driver}.", driver=driver),
    )


def _come(who: str, stage: Stage) -> str:
    match stage:
        case "adapted":
            return say("{team} tested it, and changed it to fit.", team=who)
        case "adopted":
            return say("{team} tested it, and keeps it.", team=who)
        case "implementing":
            return say("{team} tested it, and now does it every day.", team=who)
        case "spread":
            return say("{team} tested it, and is spreading it.", team=who)
        case _:
            return say("{team} is testing it.", team=who)


def sequence() -> str:
    """What the section does not say."""
    return say("What came after a change need not have come from it.")


def pick(number: int, call: str) -> str:
    """What to do with them."""
    if call:
        return worded(
            "On {day}, ask your coach how they did it, and plan one small test of it.",
            "Choose one of the {n}. On {day}, ask your coach how they did it, and plan one small test of it.",
            number,
            day=call,
        )
    return worded(
        "Ask your coach how they did it, and plan one small test of it.",
        "Choose one of the {n}. Ask your coach how they did it, and plan one small test of it.",
        number,
    )
