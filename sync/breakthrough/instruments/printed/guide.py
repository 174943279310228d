"""The data guide: one page a measure, its operational definition, so that every team counts the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from breakthrough.collaborative import Collaborative, Condition, Counted, Measure
from breakthrough.english import capital, exact
from breakthrough.instruments.field import Field
from breakthrough.instruments.preview import sentences
from breakthrough.instruments.printed import example, words
from breakthrough.instruments.printed.example import Example
from breakthrough.instruments.project import Project
from breakthrough.instruments.text.html import plain
from breakthrough.month import Month

_OF_THESE = "… of these: "
_ROOM = 44  # lines of text that a page of US Letter, the shorter paper, has beside its headings


@dataclass(frozen=True, slots=True)
class Term:
    """A count as its form asks for it, or what a case row must be. `code`: the field, or REDCap's logic itself."""

    words: str
    code: str = ""
    help: str = ""
    joint: str = ""  # plus, less: how it is joined to the term before it


@dataclass(frozen=True, slots=True)
class Fraction:
    """What stands above a line and what below it; below nothing where nothing is divided. `name`: of which group.

    `times`: what the fraction is multiplied by, `× 100, in %`; blank where that is told of all fractions together.
    """

    above: tuple[Term, ...]
    below: tuple[Term, ...] = ()
    name: str = ""
    heads: tuple[str, str] = ("Numerator", "Denominator")
    times: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the definition: what it is about, and its sentences."""

    title: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guide:
    """A measure's page."""

    code: str
    name: str
    plain: str
    kind: str
    key: bool
    direction: str
    better: str  # lower, higher, neither
    goal: str
    definition: str
    fractions: tuple[Fraction, ...]
    outcome: str  # what becomes of several fractions
    facts: tuple[Fact, ...]
    example: Example

    @property
    def crowded(self) -> bool:
        """Whether there is so much to say that smaller letters are needed for one page."""
        return self._lines > _ROOM

    @property
    def _lines(self) -> float:
        """About how many lines it takes in letters of the usual size."""
        many = 0.0 + _taken(self.plain, 85) + _taken(self.definition, 108) + _taken(self.outcome, 108)
        for one in self.fractions:
            many += 1.2 if one.name else 0
            for side in (one.above, one.below):
                many += (2.0 if side else 0) + sum(_taken(f"{t.joint}{t.words} {t.code}", 82) for t in side)
                many += sum(0.85 * _taken(term.help, 100) for term in side)
        for fact in self.facts:
            many += 0.6 + sum(_taken(text, 92) for text in fact.texts)
        many += sum(0.3 + _taken(f"{line.words} {line.code}", 82) for line in self.example.lines)
        return many + 1.8 * len(self.example.working)


def _times(measure: Measure) -> str:
    return f"× {exact(measure.multiply)}" if measure.multiply != 1 else ""


def _taken(text: str, letters: int) -> int:
    """Lines that a text takes where so many letters go on one."""
    return -(-len(text) // letters)


def guides(
    collaborative: Collaborative, project: Project, cases: Mapping[str, Project], month: Month
) -> tuple[Guide, ...]:
    """A page for each measure that is not given up by that month, by the definition that is in force in it.

    `cases` are the sister projects that are known, by name: their labels say what logic over case rows means.
    """
    made = _Maker(collaborative, project, cases, month)
    return tuple(
        made.guide(code, measure)
        for code, measure in collaborative.measures.items()
        if measure.until is None or measure.until >= month
    )


class _Maker:
    def __init__(
        self, collaborative: Collaborative, project: Project, cases: Mapping[str, Project], month: Month
    ) -> None:
        self._collaborative = collaborative
        self._project = project
        self._cases = cases
        self._month = month
        self._asked = {field.field_name: plain(field.field_label) for field in project.fields}

    def guide(self, code: str, measure: Measure) -> Guide:
        # A measure that begins later is told as it will be then.
        one = measure.at(max(self._month, measure.since or self._month))
        unit = one.unit.strip()
        parts = (_times(one), f"in {unit}" if unit else "")
        told = ", ".join(part for part in parts if part)
        return Guide(
            code=code,
            name=one.name,
            plain=" ".join(one.plain.split()),
            kind=words.KINDS[one.kind],
            key=one.key,
            direction=words.DIRECTIONS[one.direction],
            better=one.direction,
            goal=words.goal(measure, self._month),
            definition=" ".join(one.definition.split()),
            fractions=tuple(self._fractions(one, told)),
            outcome=self._outcome(one, told, f"in {unit}" if unit else ""),
            facts=tuple(fact for fact in self._facts(code, measure, one) if fact.texts),
            example=example.of(one, self._asked_as, tuple(self._collaborative.counts)),
        )

    def _outcome(self, one: Measure, told: str, unit: str) -> str:
        """What becomes of several fractions; each group's of a difference has been multiplied already."""
        if one.type == "index":
            parts = ("All points reached, over all points that could be reached", told)
        elif one.versus:
            parts = ("The first figure less the second", unit)
        else:
            return ""
        return f"{', '.join(part for part in parts if part)}."

    def _facts(self, code: str, measure: Measure, one: Measure) -> Iterator[Fact]:
        decided, month = self._collaborative, self._month
        cases = self._cases.get(one.source.project) if one.source else None
        cumulative = (
            ("It adds up over the year: each figure is for the time from the year’s first month to the month’s end.",)
            if one.cumulative
            else ()
        )
        yield Fact("Why", (words.why(decided, code, one),))
        yield Fact("Drivers", words.drivers(decided, one))
        yield Fact("Left out", tuple(words.left_out(decided, code, measure, month)))
        yield Fact("Sample", (words.sample(one),))
        yield Fact("How often", (words.how_often(decided, measure), *cumulative))
        yield Fact("Due", (words.due(decided, measure, month),))
        yield Fact("Who collects", (words.collected(self._project, cases, one),))
        yield Fact("Small numbers", (words.small_numbers(decided, code),))
        yield Fact("Chart", (words.chart(decided, one),))
        yield Fact("Later goals", tuple(words.later_goals(measure, month)))
        yield Fact("Versions", tuple(words.versions(measure)) or ("The first definition, unchanged.",))

    def _fractions(self, one: Measure, times: str) -> Iterator[Fraction]:
        match one.type:
            case "index":
                for at, part in enumerate(one.parts, 1):
                    weight = f", times {exact(part.weight)}" if part.weight != 1 else ""
                    name = f"{capital(part.name) or f'Part {at}'}{weight}"
                    yield Fraction(
                        self._terms(part.numerator, one), self._terms(part.denominator or one.denominator, one), name,
                        ("Points reached", "Points that could be reached"),
                    )  # fmt: skip
            case "median" | "mean" if one.value is not None:
                heads = (f"The {one.type} of", "Over" if one.type == "mean" else "Of")
                yield Fraction(self._terms(one.value, one), self._terms(one.denominator, one), heads=heads, times=times)
            case "time_between":
                events = tuple(self._term(part, one) for part in (one.event, one.denominator, one.numerator) if part)
                yield Fraction(events, heads=("Days from one event to the next. An event is", ""), times=times)
            case "count":
                yield Fraction(self._terms(one.numerator, one), heads=("Counted", ""), times=times)
            case _:
                yield from self._compared(one, times)

    def _compared(self, one: Measure, times: str) -> Iterator[Fraction]:
        above = tuple(self._term(part, one) for part in one.all_of) or self._terms(one.numerator, one)
        heads = ("Numerator: all of", "Denominator") if one.all_of else ("Numerator", "Denominator")
        below = self._terms(one.denominator, one)
        versus = one.versus
        if versus is None:
            yield Fraction(above, below, heads=heads, times=times)
            return
        other, own = versus.name or "the other group", _times(one)
        if versus.where is not None and one.where is not None:
            within = self._term(one.where, one), self._term(versus.where, one)
            yield Fraction(above, (*below, within[0]), "The group", times=own)
            yield Fraction(above, (*below, within[1]), f"The same of {other}", times=own)
        else:
            yield Fraction(above, below, "The group", times=own)
            top, bottom = (self._terms(part, one) for part in (versus.numerator, versus.denominator))
            yield Fraction(top, bottom, f"The same of {other}", times=own)

    def _terms(self, part: Counted | Condition | None, one: Measure) -> tuple[Term, ...]:
        if isinstance(part, Counted):
            return tuple(
                Term(
                    self._label(code), code, " ".join(self._collaborative.counts[code].help.split()),
                    ("less" if sign < 0 else "plus") if at or sign < 0 else "",
                )
                for at, (sign, code) in enumerate(part.terms)
            )  # fmt: skip
        return (self._term(part, one),) if part is not None else ()

    def _term(self, part: Counted | Condition, one: Measure) -> Term:
        if not isinstance(part, Condition):
            return Term(part.text)
        if not part.text:
            return Term("Every case of the month")
        logic = " ".join(part.text.split())
        told = sentences.condition(part.text, self._fields(one))
        return Term(logic) if told == logic else Term(capital(told), logic)

    def _label(self, code: str) -> str:
        """The count as its form asks for it, else as collaborative.yaml does, without `… of these`."""
        return capital(self._asked_as(code).removeprefix(_OF_THESE))

    def _asked_as(self, code: str) -> str:
        return self._asked.get(code) or " ".join(self._collaborative.counts[code].label.split())

    def _fields(self, one: Measure) -> Mapping[str, Field]:
        if one.source is None:
            return {}
        known = self._project if one.source.project == "main" else self._cases.get(one.source.project)
        return {field.field_name: field for field in known.fields} if known else {}
