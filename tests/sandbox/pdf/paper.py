"""Short ways to forms and to what a reader finds in their PDF."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime

from pypdf import PdfReader

from redcap_sandbox.design.dictionary import COLUMNS, Dictionary, assembled
from redcap_sandbox.pdf.drawing import drawn
from redcap_sandbox.pdf.sheet import Question, Section, Sheet

NOW = datetime(2026, 11, 29, 18, 41, tzinfo=UTC)

Row = dict[str, str]


def field(name: str, kind: str = "text", label: str = "", choices: str = "", form: str = "visit", **cells: str) -> Row:
    """A row of a data dictionary."""
    return {
        **dict.fromkeys(COLUMNS, ""),
        "field_name": name,
        "form_name": form,
        "field_type": kind,
        "field_label": label or name,
        "select_choices_or_calculations": choices,
        **cells,
    }


def dictionary(*rows: Row) -> Dictionary:
    """A dictionary whose first field is the record id."""
    return assembled([field("record_id", label="Record ID"), *rows], {})


def sheet(*questions: Question, title: str = "Visit", project: str = "Pilot") -> Sheet:
    """A sheet of those questions, without headers."""
    return Sheet("visit", title, project, (Section(None, questions),))


def reader(*sheets: Sheet) -> PdfReader:
    """Their PDF, opened by a reader that bears no mistake in a file."""
    return PdfReader(io.BytesIO(drawn(sheets, NOW)), strict=True)


def pages(*sheets: Sheet) -> list[str]:
    """The text of each page."""
    return [page.extract_text() for page in reader(*sheets).pages]


def text(*sheets: Sheet) -> str:
    """All text, with one blank wherever there is any."""
    return spaced(pages(*sheets))


def spaced(parts: Sequence[str]) -> str:
    """Texts as one, with one blank wherever there is any."""
    return " ".join(" ".join(parts).split())
