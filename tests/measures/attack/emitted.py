"""Everything that is emitted, as the text that it is emitted as, through the filter that is on trial."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Protocol

import pandas as pd
from tests.measures.attack.world import World

from breakthrough import measures
from breakthrough.collaborative import Collaborative
from breakthrough.measures.suppression import EVERY, Audience, Groups, Release, release
from breakthrough.measures.values import Chart, Pooled
from breakthrough.month import Month
from breakthrough.reporting import charts as drawing
from breakthrough.reporting.draw import svg
from breakthrough.reporting.sentences import alt, portfolio
from breakthrough.reporting.sentences.verdicts import verdict

PUBLIC = Audience("public")


@dataclass(frozen=True)
class Document:
    """One file. `measure`, `group` and `team` are what its heading says it is about, `report` the issue it is in."""

    report: int
    kind: str  # rows, line, svg, words
    text: str
    months: tuple[str, ...]
    measure: str = ""
    group: str | None = None
    team: str = ""


class Filter(Protocol):
    """A filter on trial."""

    def rows(self, frame: pd.DataFrame, who: Audience) -> pd.DataFrame: ...

    def line(self, frame: pd.DataFrame, measure: str, who: Audience, group: str) -> tuple[Pooled, ...]: ...

    def charts(self, frame: pd.DataFrame, who: Audience) -> dict[tuple[str, str], Chart]: ...

    def pooled(self, frame: pd.DataFrame, measure: str, who: Audience) -> Chart: ...


@dataclass(frozen=True)
class Ours:
    """The product's own."""

    released: Release
    groups: Mapping[str, tuple[str, ...]]

    @property
    def collaborative(self) -> Collaborative:
        return self.released.collaborative

    def rows(self, frame: pd.DataFrame, who: Audience) -> pd.DataFrame:
        return self.released.rows(frame, who)

    def line(self, frame: pd.DataFrame, measure: str, who: Audience, group: str) -> tuple[Pooled, ...]:
        teams = None if group == EVERY else self.groups[group]
        months = measures.pooled(frame, self.collaborative, measure, teams=teams)
        return self.released.line(months, measure, who, group)

    def charts(self, frame: pd.DataFrame, who: Audience) -> dict[tuple[str, str], Chart]:
        return measures.charts(self.rows(frame, who), self.collaborative)

    def pooled(self, frame: pd.DataFrame, measure: str, who: Audience) -> Chart:
        line = self.line(frame, measure, who, EVERY)
        return measures.pooled_chart(self.rows(frame, who), self.collaborative, measure, line=line)


def wanted(world: World) -> Groups:
    """The groups for every measure."""
    return {name: dict.fromkeys(world.collaborative.measures, teams) for name, teams in world.groups.items()}


def ours(world: World) -> list[Filter]:
    """The product's filter for each of the reports."""
    found: list[Filter] = []
    last: Release | None = None
    for at in range(len(world.reports)):
        last = release(world.frame(at), world.collaborative, world.coaches, groups=wanted(world), earlier=last)
        found.append(Ours(last, world.groups))
    return found


def documents(world: World, filters: list[Filter], who: Audience = PUBLIC) -> list[Document]:
    """All that such a reader gets, report after report. An insider's charts show what is in their rows and lines."""
    return [one for at, of in enumerate(filters) for one in _report(world, at, of, who, drawn=who == PUBLIC)]


def _report(world: World, at: int, of: Filter, who: Audience, *, drawn: bool) -> Iterator[Document]:
    frame, what = world.frame(at), world.collaborative
    months = tuple(sorted(set(frame["month"])))
    rows = of.rows(frame, who)
    yield Document(at, "rows", rows.to_csv(index=False), months)
    for code in what.measures:
        for group in (EVERY, *world.groups):
            line = of.line(frame, code, who, group)
            yield Document(at, "line", pd.DataFrame([asdict(one) for one in line]).to_csv(), months, code, group)
            if drawn:
                yield from _words(what, line, code, group, at, months)
        if not drawn:
            continue
        yield Document(at, "svg", _drawn(of.pooled(frame, code, who), what), months, code, EVERY)
    for (team, code), chart in of.charts(frame, who).items() if drawn else ():
        yield Document(at, "svg", _drawn(chart, what), months, code, None, team)


def _words(
    what: Collaborative, line: tuple[Pooled, ...], code: str, group: str, at: int, months: tuple[str, ...]
) -> Iterator[Document]:
    """What the coach's report says of the line, in the month that it is about."""
    if group == EVERY:
        chart = measures.pooled_chart(pd.DataFrame(columns=["measure", "month", "state"]), what, code, line=line)
        finding = verdict(chart, what.measures[code], what.calendar, whose="the")
        heading = portfolio.pooled_heading(line[-1], what.measures[code])
        meaning = portfolio.pooled_meaning(line[-1], what.measures[code], finding)
        yield Document(at, "words", f"{heading}. {meaning}", months, code, group)


def _drawn(chart: Chart, what: Collaborative) -> str:
    """The chart as a file, its alt text in it."""
    measure = what.measures[chart.measure]
    if chart.kind == "year_on_year":
        scene = drawing.year_on_year(chart, measure)
    else:
        scene = drawing.timeline(chart, measure, events=(), tests=(), until=Month("2026-02"))
    return svg(scene, title=measure.name, description=alt.chart(chart, measure, "A chart"))
