"""One report in its three forms, from one set of values: a mail's HTML, its text, and a page that stands alone."""

from __future__ import annotations

import base64
import re
from typing import Any

import css_inline
from markupsafe import Markup

from breakthrough import language
from breakthrough.content import Content
from breakthrough.language import Language
from breakthrough.reporting.clean import line
from breakthrough.reporting.render import brand, checks, glossary, pictures, sections, sheet, templates, usable, wording
from breakthrough.reporting.values import Rendered
from breakthrough.reporting.views import CoachReport, DriftReport, TeamReport

_FOLDER = "reports/static/fonts"
FONTS = {400: f"{_FOLDER}/BreakthroughSans-Regular.otf", 600: f"{_FOLDER}/BreakthroughSans-SemiBold.otf"}

_IMAGE = re.compile(r'<(img\b(?:[^>"]|"[^"]*")*)>')


def team(report: TeamReport, content: Content) -> Rendered:
    """A team's report, ready for delivery. Raises TemplateBroken, and ReportError where it is not fit to be sent."""
    return _rendered(report, content, "team", report.team)


def coach(report: CoachReport, content: Content) -> Rendered:
    """A coach's report, ready for delivery. Raises TemplateBroken, and ReportError where it is not fit to be sent."""
    return _rendered(report, content, "coach", report.coach)


def drift(report: DriftReport, content: Content) -> Rendered:
    """The mail about drift, ready for delivery. Raises TemplateBroken, and ReportError where it cannot be mailed."""
    return _rendered(report, content, "drift", report.project)


def _rendered(report: TeamReport | CoachReport | DriftReport, content: Content, kind: str, code: str) -> Rendered:
    with language.speaking(wording.read(content, language.spoken().locale)) as speech:
        return usable.made(content, lambda use: _spoken(report, use, kind, code, speech))


def _spoken(
    report: TeamReport | CoachReport | DriftReport, content: Content, kind: str, code: str, speech: Language
) -> Rendered:
    drawn = pictures.drawn(pictures.figures(report))
    rules, media = sheet.read(content)
    mark = brand.read(content)
    shown = sections.sections(content, kind)
    values: dict[str, Any] = {"report": report, "language": speech, "pictures": drawn, "sections": shown, "brand": mark}
    rules, media = rules + mark.rules, media + mark.dark

    def filled(form: str, **more: object) -> str:
        return templates.render(content, f"{kind}.{form}.j2", {**values, "glossary": glossary.of(report), **more})

    html = _inlined(filled("html", medium="mail", rules=rules, media=media))
    # Sections that are left out take their pictures with them.
    every = (*((mark.logo,) if mark.logo else ()), *(one for figure in drawn.values() for one in figure.pictures))
    parts = tuple(one for one in every if f'"cid:{one.cid}"' in html)
    checks.mail(html, parts, kind)
    return Rendered(
        kind=kind,
        subject_code=code,
        month=str(report.month),
        subject=line(report.subject, 150),
        html=html,
        text=_tidy(filled("txt")),
        pictures=parts,
        page=filled("html", medium="page", rules=_faces(content) + rules, media=media + sheet.page(content)),
    )


def _inlined(html: str) -> str:
    """The page with its rules in each tag, which old mail programs need.

    After rendering, not before: an HTML parser would move a template's own tags out of tables.
    """
    inliner = css_inline.CSSInliner(load_remote_stylesheets=False, minify_css=True)
    # The serializer leaves < and > in attributes as they are. That is sound HTML, but not every mail filter knows it.
    return _IMAGE.sub(lambda image: f"<{image[1].replace('<', '&lt;').replace('>', '&gt;')}>", inliner.inline(html))


def _faces(content: Content) -> Markup:
    """The bundled font, inside the page: charts were measured with it, and a page asks nobody for anything."""
    rules = []
    for weight, name in FONTS.items():
        data = base64.b64encode(content.find(name).read_bytes()).decode()
        source = f"url(data:font/otf;base64,{data})"
        rules.append(
            f"@font-face{{font-family:'Breakthrough Sans';font-weight:{weight};src:{source} format('opentype')}}"
        )
    return Markup("\n".join([*rules, ""]))  # noqa: S704


def _tidy(text: str) -> str:
    """No blank at a line's end, and never more than one empty line."""
    lines: list[str] = []
    for one in text.splitlines():
        if one.strip() or (lines and lines[-1]):
            lines.append(one.rstrip())
    return "\n".join(lines).strip() + "\n"
