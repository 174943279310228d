"""What a measure is: which counts or case rows make it, which way is better, where it should go, how it is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from breakthrough.collaborative import kinds
from breakthrough.collaborative.cases import Condition, Source
from breakthrough.collaborative.counted import Counted, LogicField, PartField
from breakthrough.collaborative.definition import EVERY_MONTH, Every, Goal, Part, Ratio, Sampling, Version
from breakthrough.collaborative.logical import over_case_rows
from breakthrough.collaborative.timeline import MonthField
from breakthrough.configfile import Misplaced, Model
from breakthrough.month import Month

__all__ = ["Counted", "Goal", "Measure", "Part", "Ratio", "Sampling", "Version"]

Fault = tuple[tuple[str | int, ...], str]


class Measure(Model):
    """One entry of `measures:`. `type` says what it is (`kinds.Type`), `kind` what it is for.

    Most are a rate: numerator / denominator x multiply, in `unit`. With `versus` the measure is a difference: its own
    rate less that of `versus`, in points. `value` is what a mean or a median is of; an index has `parts`. With `source`
    it is counted from case rows, and all of these are logic: the denominator's rows are those that meet its condition,
    the numerator's those of them that meet the numerator's as well. `why` it is measured and whom it `leaves_out` are
    told in the printed data guide.

    `every` has the months of the year in which it is reported, each for the time since the last; `goals` and `versions`
    those of goal and definition that came later, each from a month on. `since` and `until` are the first and the last
    month of a measure that came later or was given up: it stays in the file, so that what was reported keeps its name.
    """

    model_config = Model.model_config | {"arbitrary_types_allowed": True}

    name: Annotated[str, Field(min_length=1, max_length=40)]
    plain: str
    kind: Literal["outcome", "process", "balancing"]
    type: kinds.Type
    source: Source | None = None
    numerator: PartField | None = None
    denominator: PartField | None = None
    value: PartField | None = None
    parts: tuple[Part, ...] = ()
    all_of: tuple[LogicField, ...] = ()
    where: LogicField | None = None
    event: LogicField | None = None
    versus: Ratio | None = None
    definition: str = ""
    why: str = ""
    leaves_out: str = ""
    multiply: Annotated[float, Field(gt=0)] = 100
    unit: Annotated[str, StringConstraints(strip_whitespace=False)] = "%"  # follows the figure as it stands: " points"
    decimals: Annotated[int, Field(ge=0, le=3)] = 1
    direction: Literal["lower", "higher", "neither"]
    goal: float | None = None
    goal_by: MonthField | None = None
    goals: tuple[Goal, ...] = ()
    chart: kinds.ChartChoice = "run"
    cumulative: bool = False
    key: bool = False
    lag: Annotated[int, Field(ge=0, le=3)] = 0
    every: Every = EVERY_MONTH
    since: MonthField | None = None
    until: MonthField | None = None
    sampling: Sampling | None = None
    drivers: tuple[str, ...] = ()
    versions: tuple[Version, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _of_a_type(cls, raw: Any) -> Any:
        """Logic in place of texts where case rows are counted, else counts; and the type that the keys speak of."""
        if not isinstance(raw, Mapping):
            return raw
        if raw.get("source") is None:
            faults: list[Fault] = [
                ((key,), f"'{key}' is logic over case rows. Say with 'source' which rows")
                for key in ("all_of", "where", "event")
                if raw.get(key)
            ]
            read = dict(raw)
        else:
            read, faults = over_case_rows(raw)
        read = kinds.filled(read)
        if not faults and read.get("value") is not None and read["type"] is None:
            faults = [(("value",), "a value is averaged, or its middle is taken. Write type: mean, or type: median")]
        if faults:
            raise Misplaced(faults)
        return read

    @model_validator(mode="after")
    def _fits_together(self) -> Measure:
        faults = [*self._lacking(), *self._goals_out_of_order(), *self._versions_out_of_order()]
        if faults:
            raise Misplaced(faults)
        wrong = (
            kinds.unfit(self.type, self.chart, from_rows=self.source is not None, cumulative=self.cumulative)
            or self._mixed_up()
        )
        if wrong:
            raise ValueError(wrong)
        return self

    def _lacking(self) -> Iterator[Fault]:
        """What the type needs and is not there, and what is there and not the type's; of every version, too."""
        from_rows = self.source is not None
        yield from kinds.faults(self.type, _given(self), from_rows=from_rows)
        for at, version in enumerate(self.versions):
            for place, sentence in kinds.faults(self.type, _given(self.at(version.from_)), from_rows=from_rows):
                if place[0] in version.changed:
                    yield ("versions", at, *place), sentence
        for at, part in enumerate(self.parts):
            if part.denominator is None and not from_rows:
                yield ("parts", at), "'denominator' is missing: the points that could be reached. Add it"
        if self.versus and from_rows != (self.versus.where is not None):
            told = (
                "the other group is a 'where' over the measure's own case rows, such as: {where: \"[sen] = '0'\"}"
                if from_rows
                else "the other group has a 'numerator' and a 'denominator'"
            )
            yield ("versus",), told
        elif self.versus and not from_rows and None in {self.versus.numerator, self.versus.denominator}:
            yield ("versus",), "the other group has a 'numerator' and a 'denominator'"
        elif self.versus and from_rows and (self.versus.numerator or self.versus.denominator):
            yield ("versus",), "numerator and denominator of the other group are the measure's own. Take them out here"

    def _goals_out_of_order(self) -> Iterator[Fault]:
        if self.goal_by and self.goal is None:
            yield ("goal_by",), "goal_by is given without a goal"
        for at in range(1, len(self.goals)):
            if self.goals[at].from_ <= self.goals[at - 1].from_:
                yield ("goals", at), "each goal begins after the one before it. Put them in order"

    def _versions_out_of_order(self) -> Iterator[Fault]:
        for at, version in enumerate(self.versions):
            if at and version.from_ <= self.versions[at - 1].from_:
                yield ("versions", at), "each version begins after the one before it. Put them in order"
            if not version.changed:
                yield ("versions", at), "a version says what is otherwise from then on, such as: numerator"

    def _mixed_up(self) -> str:
        if self.since and self.until and self.until < self.since:
            return f"until ({self.until}) is before since ({self.since}). Correct one of them"
        if self.type == "time_between" and (self.sampling or self.every != EVERY_MONTH):
            return "the time between events needs every event of every month. Take sampling and every out"
        if self.type == "time_between" and self.cumulative:
            return "the time between events does not add up over the year. Take cumulative out"
        if self.type in {"mean", "median"} and self.cumulative and self.source is not None:
            return f"a {self.type} of case rows does not add up over the year. Take cumulative out"
        return ""

    @property
    def definitions(self) -> tuple[tuple[Month | None, Measure], ...]:
        """The measure by each of its versions, with the month from which it holds; None for the first."""
        return ((None, self.at(None)), *((version.from_, self.at(version.from_)) for version in self.versions))

    def at(self, month: Month | None) -> Measure:
        """The measure as it was defined for that month, without later versions; None: before the first of them."""
        changed: dict[str, Any] = {"versions": ()}
        for version in self.versions:
            if month is not None and version.from_ <= month:
                changed |= version.changed
        return self.model_copy(update=changed) if self.versions else self

    def goal_at(self, month: Month) -> tuple[float | None, Month | None]:
        """The goal in force in that month, and by when it should be reached."""
        found = self.goal, self.goal_by
        for one in self.goals:
            if one.from_ <= month:
                found = one.goal, one.by
        return found

    def in_use(self, month: Month) -> bool:
        """Whether the measure had come by that month, and was not given up."""
        return (self.since is None or month >= self.since) and (self.until is None or month <= self.until)

    def reports(self, month: Month) -> bool:
        """Whether that month is one in which the measure is reported."""
        return month.number in self.every and self.in_use(month)

    def covers(self, month: Month) -> tuple[Month, ...]:
        """The months that the figure of a reporting month stands for: those since the last such, and itself."""
        back = next(n for n in range(1, 13) if (month + -n).number in self.every)
        return tuple((month + (1 - back)).to(month))

    @property
    def counts(self) -> tuple[str, ...]:
        """Every count the measure is made of, each once, in the order written; none where case rows are counted."""
        made = [self, *(self.at(version.from_) for version in self.versions)]
        every = [part for one in made for part in _made_of(one)]
        return tuple(dict.fromkeys(code for part in every if isinstance(part, Counted) for code in part.counts))

    @property
    def conditions(self) -> dict[str, Condition]:
        """The logic over case rows by what it is for, `denominator`, `numerator` …; none where counts are reported."""
        found = _conditions(self)
        for version in self.versions:
            since = _conditions(self.at(version.from_))
            found |= {
                f"{name} since {version.from_.label}": one for name, one in since.items() if found.get(name) != one
            }
        return found

    @property
    def case_fields(self) -> frozenset[str]:
        """The fields of case rows that the measure reads, with the status of their form; none where it reads none.

        The record's name is read in any case, and is not among them unless the logic names it.
        """
        if self.source is None:
            return frozenset()
        named = (field for condition in self.conditions.values() for field in condition.references.fields)
        return frozenset({*named, *self.source.fields, self.source.status})

    @property
    def is_proportion(self) -> bool:
        """True where the numerator is part of the denominator, so that it cannot be larger."""
        return self.type in {"proportion", "all_or_none", "index"}

    @property
    def in_points(self) -> bool:
        """True for the difference of two proportions."""
        return self.type == "difference" and self.unit.strip() in {"%", "points", "point"}

    @property
    def of_cases(self) -> bool:
        """True where numerator and denominator are cases or events, so that `5 of 100` says what the figure is of."""
        return self.type in {"proportion", "all_or_none", "rate"}

    @property
    def adds_up(self) -> bool:
        """True where teams' numerators and denominators add up to those of the collaborative; not so for medians."""
        return self.type not in {"median", "time_between"}

    @property
    def draws(self) -> kinds.Drawn:
        """The chart that is drawn: what `chart` says, or what `auto` means for the type."""
        return kinds.drawn(self.type, self.chart)


def _given(measure: Measure) -> frozenset[str]:
    return frozenset(key for key in kinds.MAKINGS if getattr(measure, key))


def _made_of(measure: Measure) -> list[Counted | Condition | None]:
    parts: list[Counted | Condition | None] = [measure.numerator, measure.denominator, measure.value]
    for one in measure.parts:
        parts += [one.numerator, one.denominator]
    return [*parts, measure.versus.numerator, measure.versus.denominator] if measure.versus else parts


def _conditions(measure: Measure) -> dict[str, Condition]:
    parts: dict[str, Counted | Condition | None] = {"denominator": measure.denominator, "numerator": measure.numerator}
    if measure.event is not None:
        parts = {"event": measure.event}
    parts |= {"value": measure.value, "where": measure.where}
    for at, one in enumerate(measure.parts, 1):
        name = one.name or f"part {at}"
        parts |= {f"denominator of {name}": one.denominator, f"numerator of {name}": one.numerator}
    if measure.versus:
        parts[f"where of {measure.versus.name or 'the other group'}"] = measure.versus.where
    return {name: part for name, part in parts.items() if isinstance(part, Condition)}
