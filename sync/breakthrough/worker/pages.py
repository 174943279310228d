"""Rendered reports as files: web pages that stand alone, and the pictures of their mails."""

from __future__ import annotations

from pathlib import Path

from breakthrough.reporting.values import Rendered


def name(report: Rendered) -> str:
    """`2026-03-team-T001`: the name of a report's files, without an ending."""
    return f"{report.month}-{report.kind}-{report.subject_code}"


def write(report: Rendered, folder: Path, *, pictures: bool, charts: Path | None = None) -> list[Path]:
    """The files written: the web page, and with `pictures` each PNG of the mail, into `charts`."""
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / f"{name(report)}.html"
    page.write_text(report.page, encoding="utf-8")
    written = [page]
    if pictures:
        place = charts or folder
        place.mkdir(parents=True, exist_ok=True)
        for picture in report.pictures:
            path = place / f"{name(report)}-{picture.cid.partition('@')[0]}.png"
            path.write_bytes(picture.png)
            written.append(path)
    return written
