"""The two cuts of every chart: wide for pages and mail, narrow for phones. Sizes are drawn units."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Style:
    """How large things are in one cut."""

    width: float
    plot: float  # height of the room for data
    label: float  # direct labels
    small: float  # what stands beside them
    tick: float  # the value axis
    letter: float  # months
    phone: bool


WIDE = Style(width=560, plot=166, label=12.5, small=11, tick=12, letter=11, phone=False)
PHONE = Style(width=328, plot=146, label=11.5, small=11, tick=11.5, letter=11, phone=True)


def style(*, phone: bool) -> Style:
    """The cut asked for."""
    return PHONE if phone else WIDE
