"""The colours of charts, by name. Words and shape carry a meaning; colour only agrees with it."""

from __future__ import annotations

INK = "#17212B"  # text, live data
SLATE = "#4B5A67"  # secondary text, centre lines, closed brackets
STONE = "#7C8A96"  # baseline data, frames; never text
PEBBLE = "#A9B4BD"  # data from before the baseline, older school years; never text
MIST = "#CFD7DD"  # gridlines
FOG = "#EEF2F5"  # closed months
HAZE = "#F4F7F9"  # the band between control limits
PAPER = "#FFFFFF"  # the ground, always opaque
BLUE = "#0B5CAD"  # an improving signal, always with a diamond and its words
RUST = "#B4490B"  # a worsening signal, with a square; not sent, with a cross
PLUM = "#6A3D8F"  # goals and targets, always dashed

BRAND = (PAPER, INK, SLATE, STONE, PEBBLE, MIST, FOG, HAZE, BLUE, RUST, PLUM)


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255, of `#17212B`."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
