"""One report in its three forms, from one set of values: a mail's HTML, its text, and a page that stands alone."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

import css_inline
from markupsafe import Markup

from breakthrough import language
from breakthrough.content import Content
from breakthrough.language import Language
from breakthrough.reporting import wording
from breakthrough.reporting.clean import line
from breakthrough.reporting.render import (
    brand,
    checks,
    glossary,
    pictures,
    sections,
    sheet,
    templates,
    unchanged,
    usable,
)
from breakthrough.reporting.values import Rendered
from breakthrough.reporting.views import (
    AlertReport,
    ChangePackage,
    ClosingReport,
    CoachReport,
    CollaborativeReport,
    CoordinatorReport,
    DriftReport,
    LeaderReport,
    Preview,
    Reminder,
    ReturnedReport,
    Story,
    TeamReport,
    TrialMessage,
)

_FOLDER = "reports/static/fonts"
FONTS = {400: f"{_FOLDER}/BreakthroughSans-Regular.otf", 600: f"{_FOLDER}/BreakthroughSans-SemiBold.otf"}

Report = (
    TeamReport
    | CoachReport
    | LeaderReport
    | CollaborativeReport
    | CoordinatorReport
    | DriftReport
    | AlertReport
    | ClosingReport
    | Reminder
    | Preview
    | TrialMessage
    | ReturnedReport
)
Document = ChangePackage | Story

_PRINTED = frozenset({"closing"})

_IMAGE = re.compile(r'<(img\b(?:[^>"]|"[^"]*")*)>')


def team(report: TeamReport, content: Content) -> Rendered:
    """A team's report, ready for delivery. Raises TemplateBroken, and ReportError where it is not fit to be sent."""
    return _rendered(report, content, "team", report.team)


def coach(report: CoachReport, content: Content) -> Rendered:
    """A coach's report, ready for delivery. Raises TemplateBroken, and ReportError where it is not fit to be sent."""
    return _rendered(report, content, "coach", report.coach)


def leader(report: LeaderReport, content: Content) -> Rendered:
    """A senior leader's half page, ready for delivery. Raises TemplateBroken, and ReportError where it is not fit."""
    return _rendered(report, content, "leader", report.team)


def collaborative(report: CollaborativeReport, content: Content) -> Rendered:
    """The report on all teams together, ready for delivery. Raises as the others do."""
    return _rendered(report, content, "collaborative", report.topic)


def coordinator(report: CoordinatorReport, content: Content) -> Rendered:
    """The coordinator's report, ready for delivery. Raises TemplateBroken, ReportError where it cannot be mailed."""
    return _rendered(report, content, "coordinator", report.collaborative)


def closing(report: ClosingReport, content: Content) -> Rendered:
    """The closing report, ready for delivery. Raises TemplateBroken, and ReportError where it cannot be mailed."""
    return _rendered(report, content, "closing", report.collaborative)


def change_package(report: ChangePackage, content: Content) -> Rendered:
    """The harvested change package as a page to print; it has no mail. Raises TemplateBroken."""
    return _document(report, content, "change_package", report.collaborative)


def story(report: Story, content: Content) -> Rendered:
    """A team's story as a page to print; it has no mail. Raises TemplateBroken."""
    return _document(report, content, "story", report.team)


def drift(report: DriftReport, content: Content) -> Rendered:
    """The mail about drift, ready for delivery. Raises TemplateBroken, and ReportError where it cannot be mailed."""
    return _rendered(report, content, "drift", report.project)


def reminder(report: Reminder, content: Content) -> Rendered:
    """A reminder, ready for delivery. Raises TemplateBroken, and ReportError where it cannot be mailed."""
    return _rendered(report, content, "reminder", report.about)


def preview(report: Preview, content: Content) -> Rendered:
    """The mail about reports that wait, ready for delivery. Raises TemplateBroken, and ReportError as the others do."""
    return _rendered(report, content, "preview", report.collaborative)


def alert(report: AlertReport, content: Content) -> Rendered:
    """The mail about the schedule, ready for delivery. Raises as the one about drift does."""
    return _rendered(report, content, "alert", report.code)


def trial(report: TrialMessage, content: Content) -> Rendered:
    """A message that tells no more than that it arrived. Raises TemplateBroken, ReportError where it is not fit."""
    return _rendered(report, content, "trial", report.collaborative)


def returned(report: ReturnedReport, content: Content) -> Rendered:
    """The mail about readers who get no more, ready for delivery. Raises TemplateBroken, and ReportError as others."""
    return _rendered(report, content, "returned", report.code)


def _rendered(report: Report, content: Content, kind: str, code: str) -> Rendered:
    with language.speaking(wording.read(content, language.spoken().locale)) as speech:
        return usable.made(content, lambda use: _spoken(report, use, kind, code, speech))


def _spoken(report: Report, content: Content, kind: str, code: str, speech: Language) -> Rendered:
    drawn = pictures.drawn(pictures.figures(report))
    rules, media = sheet.read(content)
    mark = brand.read(content)
    shown = sections.sections(content, kind)
    values: dict[str, Any] = {"report": report, "language": speech, "pictures": drawn, "sections": shown, "brand": mark}
    rules, media = rules + mark.rules, media + mark.dark
    explained = glossary.of(report)

    def filled(form: str, **more: object) -> str:
        return templates.render(content, f"{kind}.{form}.j2", {**values, "glossary": explained.unlinked(), **more})

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
        page=filled("html", **_page(content, rules, media, printed=kind in _PRINTED)),
        headline=line(report.header.preview, 300),
    )


def _document(report: Document, content: Content, kind: str, code: str) -> Rendered:
    """A page alone: a document is as long as it has to be, and no mail program shows that whole."""
    with language.speaking(wording.read(content, language.spoken().locale)) as speech:
        return usable.made(content, lambda use: _alone(report, use, kind, code, speech))


def _alone(report: Document, content: Content, kind: str, code: str, speech: Language) -> Rendered:
    rules, media = sheet.read(content)
    mark = brand.read(content)
    values: dict[str, Any] = {
        "report": report,
        "language": speech,
        "pictures": pictures.drawn(pictures.figures(report)),
        "sections": sections.sections(content, kind),
        "glossary": glossary.of(report),
        "brand": mark,
    }
    shown = _page(content, rules + mark.rules, media + mark.dark, printed=True)
    page = templates.render(content, f"{kind}.html.j2", values | shown)
    return Rendered(kind, code, str(report.month), line(report.subject, 150), "", "", (), page)


def _page(content: Content, rules: Markup, media: Markup, *, printed: bool) -> dict[str, object]:
    """What a page that stands alone is laid out with; `printed` as a document, page by page."""
    more = sheet.document(content) if printed else Markup()
    return {"medium": "page", "rules": _faces(content) + rules, "media": media + sheet.page(content) + more}


def _inlined(html: str) -> str:
    """The page with its rules in each tag, which old mail programs need.

    After rendering, not before: an HTML parser would move a template's own tags out of tables.
    """
    inliner = css_inline.CSSInliner(load_remote_stylesheets=False, minify_css=True)
    # The serializer leaves < and > in attributes as they are. That is sound HTML, but not every mail filter knows it.
    return _IMAGE.sub(lambda image: f"<{image[1].replace('<', '&lt;').replace('>', '&gt;')}>", inliner.inline(html))


def _faces(content: Content) -> Markup:
    """The bundled font, inside the page: charts were measured with it, and a page asks nobody for anything."""
    found = [(weight, content.find(name)) for weight, name in FONTS.items()]
    return Markup("").join(_face(path, weight) for weight, path in found)


@unchanged.kept(8)
def _face(path: Path, weight: int) -> Markup:
    source = f"url(data:font/otf;base64,{base64.b64encode(path.read_bytes()).decode()})"
    return Markup(  # noqa: S704
        f"@font-face{{font-family:'Breakthrough Sans';font-weight:{weight};src:{source} format('opentype')}}\n"
    )


def _tidy(text: str) -> str:
    """No blank at a line's end, and never more than one empty line."""
    lines: list[str] = []
    for one in text.splitlines():
        if one.strip() or (lines and lines[-1]):
            lines.append(one.rstrip())
    return "\n".join(lines).strip() + "\n"
