"""The files of the deployment's own that reports are made with: templates, style, sections, wording, instruments."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from breakthrough.english import many
from breakthrough.errors import BreakthroughError
from breakthrough.reporting import render
from breakthrough.worker import planning
from breakthrough.worker.checks.finding import Finding, Now
from breakthrough.worker.deployment import Deployment


def reports(here: Deployment, now: Now) -> Iterator[Finding]:
    """How it stands with what takes the place of shipped files. A faulty one is passed over when reports are made."""
    del now
    found = render.faults(here.content)
    for told in found:
        yield Finding("wrong", "reports", told)
    own = tuple(_own(here.folder))
    if not found:
        used = f"{many(len(own), 'file')} of your own, all in order" if own else "as shipped, none of your own"
        yield Finding("good", "reports", f"Templates, style and wording: {used}.")
    try:
        forms = sum(len(one.instruments) for one in planning.defined(here).values())
    except BreakthroughError as wrong:
        yield Finding("wrong", "reports", str(wrong))
    else:
        yield Finding("good", "reports", f"Instruments: {many(forms, 'form')} can be read.")


def _own(folder: Path) -> Iterator[Path]:
    for path in sorted((folder / "reports").rglob("*")):
        if path.is_file() and path.suffix != ".md" and not path.name.startswith("."):
            yield path
