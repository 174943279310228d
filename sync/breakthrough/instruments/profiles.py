"""Scoring profiles: how an assessment is built and scored. What its items say is never here where it belongs to others.

One file each in `instruments/profiles/`; a deployment's own takes the place of the shipped one of the same name.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, model_validator

from breakthrough import configfile
from breakthrough.configfile import Misplaced, Model
from breakthrough.content import Content
from breakthrough.errors import ContentMissing

_FOLDER = "instruments/profiles"
# How the field of an item is named, of whatever profile: see `Profile.item`.
ITEM = re.compile(r"[a-z][a-z0-9]{0,7}(_[a-z0-9]{1,8})?_[0-9]{1,2}[a-z]?_[0-9]{1,2}", re.ASCII)

_WHOLE = re.compile(r"[+-]?\d{1,6}(\.0{1,6})?", re.ASCII)
_UNVERIFIED = "The structure of this profile has not been checked against the instrument itself."


def _share(value: object) -> Fraction:
    try:
        share = Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        raise ValueError("write a share such as 2/3") from None
    if not 0 < share <= 1:
        raise ValueError("write a share above 0 and up to 1, such as 2/3")
    return share


Share = Annotated[Fraction, BeforeValidator(_share), PlainSerializer(str)]


class Scale(Model):
    """The whole numbers an item can be given, and what they are called where the words are our own."""

    least: int
    greatest: int
    labels: Annotated[dict[int, str], Field(default_factory=dict)]

    @model_validator(mode="after")
    def _fits_together(self) -> Scale:
        if self.greatest <= self.least:
            raise ValueError("greatest must be more than least")
        if self.labels and list(self.labels) != list(range(self.least, self.greatest + 1)):
            raise ValueError(f"give a label to every number from {self.least} to {self.greatest}, in order, or to none")
        return self


class Licence(Model):
    """Whose instrument it is, on what terms, and the line that must stand wherever it or its scores are shown."""

    holder: str
    terms: str
    footer: str


class Part(Model):
    """A subscale: how many items it has or, where they are our own, what they say."""

    code: Annotated[str, Field(pattern=r"^[0-9]{1,2}[a-z]?$")]
    title: str = ""
    items: Annotated[int, Field(ge=1, le=99)] | None = None
    statements: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _has_items(self) -> Part:
        if (self.items is None) == (not self.statements):
            raise ValueError("give either items (how many) or statements (our own), one of the two")
        return self

    @property
    def size(self) -> int:
        """How many items it has."""
        return self.items or len(self.statements)

    @property
    def name(self) -> str:
        """`Part 3a: Self-management support`."""
        return f"Part {self.code}: {self.title}" if self.title else f"Part {self.code}"


class Band(Model):
    """From this mean upwards, as far as the next band."""

    from_: Annotated[float, Field(alias="from")]
    name: str


class Profile(Model):
    """One file of `instruments/profiles/`. `name` is the file's."""

    name: Annotated[str, Field(exclude=True)] = ""
    title: str
    about: str = ""
    prefix: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{0,7}(_[a-z0-9]{1,8})?$")]
    structure: Literal["own", "verified", "unverified"]
    caveat: str = ""
    licence: Licence | None = None
    scale: Scale
    parts: Annotated[tuple[Part, ...], Field(min_length=1)]
    needed: Share = Fraction(2, 3)
    total: Literal["mean_of_parts", "mean_of_items", "sum"] = "mean_of_parts"
    bands: tuple[Band, ...] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> Profile:
        codes = [part.code for part in self.parts]
        if len(set(codes)) < len(codes):
            raise ValueError("two parts have the same code")
        if self.licence:
            self._has_no_words()
        starts = [band.from_ for band in self.bands]
        if starts and (starts != sorted(set(starts)) or starts[0] != self.scale.least):
            raise ValueError("bands must begin at the least of the scale and go up")
        if self.bands and self.total == "sum":
            raise ValueError("bands are of means, and the total of this profile is a sum")
        return self

    def _has_no_words(self) -> None:
        """Nobody but the owner may pass the text on, so it has no place in a file that is shared."""
        told: tuple[str | int, ...] = ("scale", "labels") if self.scale.labels else ()
        for number, part in enumerate(self.parts):
            told = ("parts", number, "statements") if part.statements else told
        if told:
            remedy = "Take it out; a site's licensed copy goes into wording/, in its own folder alone"
            raise Misplaced([(told, f"an instrument with a licence has its wording here. {remedy}")])

    def item(self, part: str, number: int) -> str:
        """The field of that item: `ca_3a_2`."""
        return f"{self.prefix}_{part}_{number}"

    @property
    def items(self) -> tuple[str, ...]:
        """The field of every item, in order."""
        return tuple(self.item(part.code, number) for part in self.parts for number in range(1, part.size + 1))

    @property
    def footer_field(self) -> str:
        """The field that shows the footer on the form."""
        return f"{self.prefix}_footer"

    @property
    def footer(self) -> str:
        """What must stand wherever the assessment or its scores are shown: the owner's line, then any warning."""
        owner = self.licence.footer if self.licence else ""
        unverified = _UNVERIFIED if self.structure == "unverified" else ""
        return " ".join(text for text in (owner, unverified, self.caveat) if text)


@dataclass(frozen=True, slots=True)
class PartScore:
    """The score of one part: `mean` is None where too few of its items were answered."""

    code: str
    title: str
    mean: float | None
    band: str
    answered: int
    items: int


@dataclass(frozen=True, slots=True)
class Scores:
    """What one filled-in assessment comes to. Show `footer` wherever any of it is shown.

    `percent` is how far a sum lies between the least and the greatest it could be; None for totals that are means.
    `unusable` names the fields whose value is not on the scale; they count as not answered.
    """

    profile: str
    parts: tuple[PartScore, ...]
    total: float | None
    band: str
    percent: float | None
    answered: int
    items: int
    unusable: tuple[str, ...]
    footer: str


def names(content: Content) -> tuple[str, ...]:
    """Every profile there is, shipped or the deployment's own."""
    return tuple(name.removesuffix(".yaml") for name in content.all(_FOLDER, "*.yaml"))


def load(content: Content, name: str) -> Profile:
    """The profile of that name. Raises ContentMissing, with the nearest name, or SettingInvalid, with the line."""
    known = names(content)
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(known)}."
        raise ContentMissing(f"There is no scoring profile '{name}' in {_FOLDER}. {hint}")
    return configfile.read(content.find(f"{_FOLDER}/{name}.yaml"), Profile).model_copy(update={"name": name})


def score(profile: Profile, values: Mapping[str, object]) -> Scores:
    """The scores of one assessment from its fields' values, as REDCap exports them or as numbers.

    A part has a mean where at least `needed` of its items are answered. The total is by the profile's rule: the mean of
    the parts' means or of all answered items, both only where every part has a mean; or the sum, only where every item
    is answered. Arithmetic is exact until the last step, so that a mean of 3 is never 2.9999.
    """
    known = {field: _number(values.get(field), profile.scale) for field in profile.items}
    parts = [[known[profile.item(part.code, n)] for n in range(1, part.size + 1)] for part in profile.parts]
    means = [_mean(given, profile.needed) for given in parts]
    total = _total(profile, parts, means)
    return Scores(
        profile=profile.name,
        parts=tuple(
            _part(profile, part, given, mean) for part, given, mean in zip(profile.parts, parts, means, strict=True)
        ),
        total=None if total is None else float(total),
        band=_band(profile, total),
        percent=_percent(profile, total),
        answered=sum(one is not None for one in known.values()),
        items=len(known),
        unusable=tuple(field for field, one in known.items() if one is None and not _blank(values.get(field))),
        footer=profile.footer,
    )


def _blank(value: object) -> bool:
    return value is None or not str(value).strip()


def _number(value: object, scale: Scale) -> int | None:
    text = "" if value is None else str(value).strip()
    if not _WHOLE.fullmatch(text):
        return None
    number = int(text.partition(".")[0])
    return number if scale.least <= number <= scale.greatest else None


def _mean(given: Sequence[int | None], needed: Fraction) -> Fraction | None:
    answers = [one for one in given if one is not None]
    return Fraction(sum(answers), len(answers)) if answers and len(answers) >= needed * len(given) else None


def _total(
    profile: Profile, parts: Sequence[Sequence[int | None]], means: Sequence[Fraction | None]
) -> Fraction | None:
    answers = [one for part in parts for one in part if one is not None]
    if profile.total == "sum":
        return Fraction(sum(answers)) if len(answers) == sum(map(len, parts)) else None
    scored = [mean for mean in means if mean is not None]
    if len(scored) < len(means):
        return None
    if profile.total == "mean_of_items":
        return Fraction(sum(answers), len(answers))
    return sum(scored, Fraction(0)) / len(scored)


def _percent(profile: Profile, total: Fraction | None) -> float | None:
    if total is None or profile.total != "sum":
        return None
    items, scale = len(profile.items), profile.scale
    return float(100 * (total - items * scale.least) / (items * (scale.greatest - scale.least)))


def _part(profile: Profile, part: Part, given: Sequence[int | None], mean: Fraction | None) -> PartScore:
    answered = sum(one is not None for one in given)
    value = None if mean is None else float(mean)
    return PartScore(part.code, part.title, value, _band(profile, mean), answered, part.size)


def _band(profile: Profile, mean: Fraction | None) -> str:
    if mean is None:
        return ""
    return next((band.name for band in reversed(profile.bands) if mean >= Fraction(str(band.from_))), "")
