"""The report on the whole collaborative (domain §7.3), for its sponsor and steering group: all teams together."""

from __future__ import annotations

from dataclasses import dataclass

from breakthrough.errors import NothingToReport
from breakthrough.month import Month
from breakthrough.reporting.clean import line
from breakthrough.reporting.parts import Dated, Header, Row
from breakthrough.reporting.sentences import collaborative as words
from breakthrough.reporting.sentences import dates, portfolio
from breakthrough.reporting.sentences.verdicts import verdict
from breakthrough.reporting.sentences.words import joined
from breakthrough.reporting.views import collaborative_sections as sections
from breakthrough.reporting.views import collaborative_work as work
from breakthrough.reporting.views.collaborative_sections import Section
from breakthrough.reporting.views.collaborative_work import Drivers, Plain, Promises
from breakthrough.reporting.views.decisions import Decision
from breakthrough.reporting.views.occasion import NAME, header, subject
from breakthrough.reporting.views.together import Together, confine


@dataclass(frozen=True, slots=True)
class CollaborativeReport:
    """Everything that the report on the whole collaborative says and shows, in the order it is read."""

    topic: str
    month: Month
    subject: str
    header: Header
    reader: str
    heading: str
    aim: str
    summary: str
    decision: Decision
    together: Section | None
    measures: tuple[Row, ...]
    teams: Section | None
    funnel: Section | None
    ratings: Section
    reporting: Section | None
    drivers: Drivers | None
    spread: Plain
    determinants: tuple[Row, ...]
    determinants_heading: str
    determinants_meaning: str
    promises: Promises | None
    dates: tuple[Dated, ...]


def collaborative_report(of: Together) -> CollaborativeReport:
    """The report. Raises ReportError where rows are not as a sponsor may see them, NothingToReport without a figure."""
    confine(of)
    now, what = of.now, of.collaborative
    if now is None:
        raise NothingToReport(
            f"There is no figure of the aim’s measure over all teams for {of.month.label}, so there is nothing to tell "
            "the sponsor."
        )
    heading = words.heading(now, of.aim, of.month)
    sponsor = line(what.sponsor.name, NAME) if what.sponsor else ""
    return CollaborativeReport(
        topic=what.topic,
        month=of.month,
        subject=subject(what, words.subject(), of.occasion),
        header=header(what, of.occasion, words.title(of.month), preview=f"{heading}."),
        reader=words.for_whom(sponsor),
        heading=heading,
        aim=line(what.aim.statement, 400),
        summary=_summary(of),
        decision=work.decision(of),
        together=sections.together(of),
        measures=sections.measures(of),
        teams=sections.teams(of),
        funnel=sections.funnel(of),
        ratings=sections.rated(of),
        reporting=sections.reporting(of),
        drivers=work.tested(of),
        spread=work.spread(of),
        determinants=work.determined(of),
        determinants_heading=words.determinants_heading(),
        determinants_meaning=words.determinants_meaning(),
        promises=work.promises(of),
        dates=dates.for_all(what, of.month, of.today),
    )


def _summary(of: Together) -> str:
    """What the pooled line says, and how many teams show a signal of their own."""
    chart, now = of.line_charts.get(of.collaborative.aim.measure), of.now
    code = of.collaborative.aim.measure
    own = [one.verdict for (_, measure), one in of.charts.items() if measure == code and one.latest is not None]
    told = words.signalled(own.count("improving"), own.count("worsening"), len(own))
    if chart is None or chart.latest is None or now is None:
        return told
    finding = verdict(chart, of.aim, of.collaborative.calendar, whose="the")
    return joined(portfolio.pooled_sums(now, of.aim), f"{finding.heading}.", told)
