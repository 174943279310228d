"""Marks a report as a test: in the subject, and at its top in each of its forms."""

from __future__ import annotations

import re
from dataclasses import replace

from markupsafe import escape

from breakthrough.errors import ReportError
from breakthrough.language import say
from breakthrough.reporting.clean import line
from breakthrough.reporting.render import layout
from breakthrough.reporting.values import Rendered

_BODY = re.compile(r"<body\b[^>]*>")
_OUTER = "margin:0;padding:12px 16px;background:#17212B"
_INNER = (
    "margin:0 auto;max-width:608px;font-family:Helvetica,Arial,sans-serif;font-size:16px;line-height:24px;"
    "font-weight:600;color:#FFFFFF"
)


def marked(rendered: Rendered) -> Rendered:
    """The same as a test. It says so before anything else, as a report that is taken for the month's would be wrong.

    Raises ReportError where a template of the deployment's own has no <body>.
    """
    told = say("This is a test for you alone, not the month’s report.")
    band = f'<div style="{_OUTER}"><p style="{_INNER}">{escape(told)}</p></div>'
    return replace(
        rendered,
        subject=line(say("Test: {subject}", subject=rendered.subject), 150),
        html=_on_top(rendered.html, band),
        text=f"{layout.wrap(told)}\n\n{rendered.text}",
        page=_on_top(rendered.page, band),
    )


def _on_top(html: str, band: str) -> str:
    marked, found = _BODY.subn(lambda body: f"{body[0]}{band}", html, count=1)
    if not found:
        raise ReportError(
            "The page has no <body>, so it cannot be marked as a test, and nothing was sent. See to the template "
            "layout.html.j2 in reports/templates/."
        )
    return marked
