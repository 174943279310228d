"""The definition of a measure in words and as one short mark, so that figures of two definitions are never mixed up."""

from __future__ import annotations

import hashlib
import json

from breakthrough.collaborative import Collaborative, Condition, Counted, Measure

_WHAT = {
    *("type", "source", "numerator", "denominator", "value", "parts", "all_of", "where", "event", "versus"),
    *("multiply", "cumulative", "every", "sampling", "definition"),
}


def numerator(collaborative: Collaborative, measure: Measure) -> str:
    """What stands above the line, in words: the labels of counts, or REDCap's logic over case rows; '' of a median.

    `measure` is as it was defined for a month (`Measure.at`). Of a difference, both groups.
    """
    if measure.type == "index":
        return "; ".join(
            f"{one.name or 'points'}: {_said(collaborative, one.numerator)}"
            + (f", times {one.weight:g}" if one.weight != 1 else "")
            for one in measure.parts
        )
    if measure.type == "median":
        return ""
    if measure.type == "time_between":
        parts = (measure.event, measure.denominator, measure.numerator)
        events = dict.fromkeys(_rows(part) for part in parts if part is not None)
        return "days from one event to the next; events: " + "; of these: ".join(events)
    if measure.type == "mean" and measure.value is not None:
        return f"sum of {_said(collaborative, measure.value)}"
    own = "; ".join(_rows(one) for one in measure.all_of) or _said(collaborative, measure.numerator)
    if measure.type == "all_or_none" and measure.all_of:
        own = f"of these, all of: {own}"
    return _with_other(collaborative, measure, own, "numerator")


def denominator(collaborative: Collaborative, measure: Measure) -> str:
    """What stands below the line, likewise; '' of a count, a median of counts and of times between events."""
    if measure.type == "index":
        below = [_said(collaborative, one.denominator or measure.denominator) for one in measure.parts]
        return "points that could be reached: " + "; ".join(dict.fromkeys(below))
    own = "" if measure.type == "time_between" else _said(collaborative, measure.denominator)
    return _with_other(collaborative, measure, own, "denominator")


def value(collaborative: Collaborative, measure: Measure) -> str:
    """What a mean or a median is of, in words; '' of all others."""
    return _said(collaborative, measure.value)


def source(measure: Measure) -> str:
    """Where the figures come from: the monthly form, or the case rows of which form and project; with the sample."""
    if measure.source is None:
        whence = "monthly form: counts that the team reports"
    else:
        every = "every case" if measure.source.every_case else "not every case"
        whence = f"case rows of the form {measure.source.form}, project {measure.source.project}, {every}"
    return f"{whence}; sample: {measure.sampling.words}" if measure.sampling else whence


def version(collaborative: Collaborative, measure: Measure) -> str:
    """Eight letters that change whenever what is counted, or how, does; not with names, goals or charts.

    `measure` is as it was defined for a month (`Measure.at`).
    """
    what = measure.model_dump(mode="json", include=_WHAT)
    asked = {count: collaborative.counts[count].label for count in measure.counts}
    text = json.dumps([what, asked], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _with_other(collaborative: Collaborative, measure: Measure, own: str, part: str) -> str:
    """Of a difference, what stands in that place in both groups."""
    other = measure.versus
    if other is None:
        return own
    name = other.name or "the other group"
    if measure.where is not None and other.where is not None:
        return f"{own}, and {_rows(measure.where)}; of {name}: {own}, and {_rows(other.where)}"
    return f"{own}; of {name}: {_said(collaborative, getattr(other, part))}"


def _said(collaborative: Collaborative, part: Counted | Condition | None) -> str:
    if part is None:
        return ""
    return _rows(part) if isinstance(part, Condition) else _counted(collaborative, part)


def _rows(part: Counted | Condition) -> str:
    """Logic as it stands; no condition at all is every row."""
    return part.text or "every case row"


def _counted(collaborative: Collaborative, part: Counted) -> str:
    labels = [(sign, collaborative.counts[code].label.removeprefix("… of these: ")) for sign, code in part.terms]
    first = "less " if labels[0][0] < 0 else ""
    rest = "".join(f"{'; plus ' if sign > 0 else '; less '}{label}" for sign, label in labels[1:])
    return f"{first}{labels[0][1]}{rest}"
