"""Every kind of mail against what is known of mail programs (caniemail.com): nothing they lack is leant upon."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from breakthrough.reporting.render.checks import LIMIT
from breakthrough.reporting.values import Rendered

_HERE = Path(__file__).resolve()
TOOLS = _HERE.parents[2] / ".tools" / "node_modules"
CLIENTS = ("gmail.*", "outlook.*", "apple-mail.*", "yahoo.*", "samsung-email.*")

# What some of these programs do not support, and what is seen there instead.
ALLOWED = {
    "@media": "the layout without it is the wide one, in light colours, and whole",
    "<style> element": "every rule is in its tag as well; what is only in the sheet is @media",
    "display:none": "Gmail's page for phones, in which a picture is then seen twice, wide and narrow",
    "overflow": "it only hides the preview line, which is the first sentence anyhow",
    "border-spacing": "cells then stand a little closer",
    "overflow-wrap": "a word of more letters than a line has room for then makes the mail wider",
    "word-break": "the same",
    "white-space": "a figure may then break before its unit",
    "border-radius": "corners are square",
    "aria-hidden attribute": "a screen reader then says the preview line, which is a sentence of the report",
    "role attribute": "a screen reader then names the table that lays out the page",
    "<body> element": "nothing is asked of it but a background, which the tables have, too",
    "height property": "heights of pictures are attributes; a coloured bar is then as high as its line",
    "Local anchors": "a term then does not lead to the glossary below; the text is the same",
}


def _lacking(html: str) -> dict[str, list[str]]:
    node = shutil.which("node")
    if node is None or not (TOOLS / "caniemail").is_dir():
        pytest.skip("CANIEMAIL ABSENT: mails were NOT checked against mail programs. Run: make tools")
    command = [node, str(_HERE.with_name("mail_clients.mjs")), str(TOOLS), *CLIENTS]
    done = subprocess.run(command, input=html, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def test_no_mail_needs_what_a_mail_program_lacks(mails: dict[str, Rendered]) -> None:
    for kind, report in mails.items():
        found = _lacking(report.html)
        assert found.keys() <= ALLOWED.keys(), (kind, {name: found[name] for name in found.keys() - ALLOWED.keys()})


def test_what_a_mail_program_lacks_is_found() -> None:
    found = _lacking('<p style="display:grid">x</p><video></video>')
    assert "outlook.windows" in found["display:grid"]
    assert "gmail.ios" in found["<video> element"]


def test_every_exception_is_still_needed(mails: dict[str, Rendered]) -> None:
    used = {name for report in mails.values() for name in _lacking(report.html)}
    assert ALLOWED.keys() <= used


def test_every_mail_is_shown_whole(mails: dict[str, Rendered]) -> None:
    assert {kind: len(one.html.encode()) for kind, one in mails.items() if len(one.html.encode()) > LIMIT} == {}
