"""How a demonstration's figures are drawn: `figures:` and `cases:` of demo.yaml."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from breakthrough.configfile import Misplaced, Model
from breakthrough.demo.formula import Formula, FormulaField

_OPEN = Model.model_config | {"arbitrary_types_allowed": True}
DRAWN = frozenset({"level", "gain"})  # of a team's month, beside its sizes and own numbers and the month's tables

Band = tuple[float, float]
Fault = tuple[tuple[str | int, ...], str]


class Draw(Model):
    """How a count of the monthly form comes about; exactly one of these ways.

    `is` a formula, rounded; `about` a size of the team, give or take the share `spread`; a part `of` an earlier count,
    each case with a chance of `percent`, or a share `between` two; `events` that come by chance, so many on average;
    a `value` with a spread of `give`, rounded to `step`.
    """

    model_config = _OPEN

    is_: Annotated[FormulaField | None, Field(alias="is")] = None
    about: str | None = None
    spread: Annotated[float, Field(ge=0, lt=1)] = 0.1
    of: str | None = None
    percent: FormulaField | None = None
    between: Band | None = None
    events: FormulaField | None = None
    value: FormulaField | None = None
    give: Annotated[float, Field(ge=0)] = 0
    step: Annotated[float, Field(gt=0)] = 1

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = [one for one in (self.is_, self.about, self.of, self.events, self.value) if one is not None]
        if len(ways) != 1:
            raise ValueError("write exactly one of: is, about, of, events, value")
        if self.of is not None and (self.percent is None) == (self.between is None):
            raise ValueError("a part of a count has either 'percent' or 'between'")
        return self

    @property
    def formulas(self) -> dict[str, Formula]:
        """Its formulas by their keys."""
        found = {"is": self.is_, "percent": self.percent, "events": self.events, "value": self.value}
        return {key: one for key, one in found.items() if one is not None}


class Slips(Model):
    """What teams with doubtful figures got wrong: which counts, in which way.

    `invalid`: a part larger than its whole; `jump`: counts that are twice what they were; `unchanged`: counts sent the
    same for three months, some of them at one figure.
    """

    invalid: tuple[str, str, int] | None = None  # the part, its whole, and by how much it is larger
    jump: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    stuck_at: dict[str, int] = Field(default_factory=dict)

    @property
    def counts(self) -> dict[str, tuple[str, ...]]:
        """The counts named, by the key that names them."""
        parts = self.invalid[:2] if self.invalid else ()
        named = {"invalid": parts, "jump": self.jump, "unchanged": self.unchanged}
        return named | {"stuck_at": tuple(self.stuck_at)}


class Figures(Model):
    """`figures:`. `sizes` are drawn once a team, between two whole numbers; `tables` give one by month of the year.

    The table `season`, where there is one, and the `noise` are added to a team's level each month. `own` are further
    numbers of each team, unless its plot has others. Whole counts are drawn before parts, in the order written.
    """

    sizes: dict[str, tuple[int, int]]
    tables: dict[str, dict[int, float]] = Field(default_factory=dict)
    own: dict[str, float] = Field(default_factory=dict)
    noise: Annotated[float, Field(ge=0)] = 0
    counts: dict[str, Draw]
    slips: Slips = Slips()

    @property
    def names(self) -> frozenset[str]:
        """What formulas may name, beside the counts before them."""
        return DRAWN | set(self.sizes) | set(self.tables) | set(self.own)

    @model_validator(mode="after")
    def _names_what_is_there(self) -> Self:
        if faults := [*self._unknown()]:
            raise Misplaced(faults)
        return self

    def _unknown(self) -> Iterator[Fault]:
        before: set[str] = set()
        for code, draw in self.counts.items():
            for key, formula in draw.formulas.items():
                for name in sorted(formula.names - self.names - before):
                    yield ("counts", code, key), f"[{name}] is no size, table, own number or count above this one"
            if draw.about is not None and draw.about not in self.sizes:
                yield ("counts", code, "about"), f"there is no size '{draw.about}'"
            if draw.of is not None and draw.of not in before:
                yield ("counts", code, "of"), f"there is no count '{draw.of}' above this one"
            before.add(code)
        for key, codes in self.slips.counts.items():
            for code in codes:
                if code not in before:
                    yield ("slips", key), f"'{code}' is not under counts"


class Given(Model):
    """What stands in a field of a case row; exactly one of these ways.

    `is` always that; a code by its `weights`; Yes with a chance of `yes` per cent, else No; a day `within` so many days
    of the case's own with a chance of `day` per cent, else one `otherwise`, or none. It stays blank unless `when` is
    true, which reads the fields above it.
    """

    model_config = _OPEN

    is_: Annotated[str | None, Field(alias="is")] = None
    weights: dict[str, Annotated[float, Field(gt=0)]] | None = None
    yes: FormulaField | None = None
    day: FormulaField | None = None
    within: tuple[int, int] | None = None
    otherwise: tuple[int, int] | None = None
    when: FormulaField | None = None

    @model_validator(mode="before")
    @classmethod
    def _codes_are_texts(cls, raw: Any) -> Any:
        if not isinstance(raw, dict):
            return raw
        weights = raw.get("weights")
        read = raw | {"weights": {str(code): one for code, one in weights.items()}} if weights else raw
        return read | {"is": str(read["is"])} if isinstance(read.get("is"), int) else read

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(one is not None for one in (self.is_, self.weights, self.yes, self.day)) != 1:
            raise ValueError("write exactly one of: is, weights, yes, day")
        if (self.day is None) != (self.within is None):
            raise ValueError("'day' and 'within' go together: how often there is a day, and how far from the case's")
        return self

    @property
    def formulas(self) -> dict[str, Formula]:
        """Its formulas by their keys."""
        return {key: one for key, one in (("yes", self.yes), ("day", self.day)) if one is not None}


class Case(Model):
    """A kind of case: how many a team has `each` month, what stands in its fields, how many months late it is in."""

    each: tuple[int, int]
    lag: Annotated[int, Field(ge=0, le=3)] = 0
    fields: dict[str, Given]

    @model_validator(mode="after")
    def _reads_above(self) -> Self:
        before: set[str] = set()
        faults: list[Fault] = []
        for field, given in self.fields.items():
            unknown = sorted(given.when.names - before) if given.when else []
            faults += [(("fields", field, "when"), f"[{name}] is no field above this one") for name in unknown]
            before.add(field)
        if faults:
            raise Misplaced(faults)
        return self


class Cases(Model):
    """`cases:` of a sister project by its name: the form, the field with the case's day, and the kinds of case."""

    form: str
    date: str
    kinds: tuple[Case, ...]
