"""Rendered things on their way out, as plain values: pictures, a mail's parts, a web page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart as it goes into a mail: PNG bytes at twice the drawn size, found in the HTML by its content id."""

    cid: str
    png: bytes
    width: int  # drawn size, CSS pixels
    height: int
    alt: str  # states the finding


@dataclass(frozen=True, slots=True)
class Rendered:
    """One report, ready for delivery: the same values as a mail's HTML, as text, and as a page that stands alone."""

    kind: str  # team, coach, leader …
    subject_code: str  # the code of the team or coach it is about, or of the collaborative
    month: str
    subject: str  # the mail's subject line: no figure, no person
    html: str  # inlined, images by cid:
    text: str
    pictures: tuple[Picture, ...]
    page: str  # standalone HTML with inline SVG, no request to anywhere
    headline: str = ""  # what it says first, which mail programs show beside the subject
    faults: tuple[str, ...] = ()  # files of the deployment's own that could not be used, each in a sentence; not sent
