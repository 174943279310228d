"""Rendered reports as files: web pages that stand alone, the pictures of their mails, and all of it for the archive."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from breakthrough.reporting.render.printed import Size, pdf
from breakthrough.reporting.values import Picture, Rendered

PAGE, HTML, TEXT, ABOUT, PICTURES = "page.html", "mail.html", "mail.txt", "mail.json", "pictures/"


def name(report: Rendered) -> str:
    """`2026-03-team-T001`: the name of a report's files, without an ending."""
    return f"{report.month}-{report.kind}-{report.subject_code}"


def write(
    report: Rendered, folder: Path, *, pictures: bool, charts: Path | None = None, paper: Size | None = None
) -> list[Path]:
    """The files written: the web page, as PDF on that `paper`, and with `pictures` each PNG of the mail, into `charts`.

    Raises PaperMissing where a PDF is asked for and none can be made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / f"{name(report)}.html"
    page.write_bytes(report.page.encode())
    written = [page]
    if paper:
        printed = folder / f"{name(report)}.pdf"
        printed.write_bytes(pdf(report.page, paper))
        written.append(printed)
    if pictures:
        place = charts or folder
        place.mkdir(parents=True, exist_ok=True)
        for picture in report.pictures:
            path = place / f"{name(report)}-{picture.cid.partition('@')[0]}.png"
            path.write_bytes(picture.png)
            written.append(path)
    return written


def packed(report: Rendered) -> dict[str, bytes]:
    """All that the report is, by name: the page, the mail's HTML, text and pictures, and what else it says of them."""
    pictures = [{key: value for key, value in asdict(one).items() if key != "png"} for one in report.pictures]
    about = {"kind": report.kind, "subject_code": report.subject_code, "month": report.month}
    about |= {"subject": report.subject, "headline": report.headline}
    told = json.dumps({**about, "pictures": pictures}, ensure_ascii=False, indent=1)
    return {
        PAGE: report.page.encode(),
        HTML: report.html.encode(),
        TEXT: report.text.encode(),
        ABOUT: told.encode(),
        **{f"{PICTURES}{one.cid}": one.png for one in report.pictures},
    }


def unpacked(files: Mapping[str, bytes]) -> Rendered:
    """The report of which those are all the files."""
    about = json.loads(files[ABOUT])
    pictures = tuple(Picture(png=files[f"{PICTURES}{one['cid']}"], **one) for one in about.pop("pictures"))
    html, text, page = (files[each].decode() for each in (HTML, TEXT, PAGE))
    return Rendered(**about, html=html, text=text, pictures=pictures, page=page)
