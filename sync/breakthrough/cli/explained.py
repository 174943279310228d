"""An explanation as text for a terminal of 100 columns."""

from __future__ import annotations

import datetime as dt
import textwrap
from calendar import month_name
from collections.abc import Iterator, Sequence
from functools import partial
from zoneinfo import ZoneInfo

from breakthrough.collaborative import Exclusion, Phase
from breakthrough.english import listed, long_day, many
from breakthrough.reporting.clean import line
from breakthrough.worker.explain.values import Definition, Explanation, Nowhere, Place, Row, Shown, Turn, Used

WIDTH = 100
_INDENT = 15
_ENDS = {
    "edited": "",
    "entered": "",
    "blanked": ", then blank",
    "gone": ", then gone with its row",
    "field_removed": ", then the field was taken out of REDCap",
    "not_asked": ", then it was not asked for any more",
}


def text(of: Explanation, zone: ZoneInfo) -> str:
    """The explanation, in sections with headings; times are those of `zone`."""
    title = (
        f"{of.team} {line(of.team_name, 40)} · {line(of.definition.name)} ({of.definition.measure}) · {of.month.label}"
    )
    sections = [
        ("", [title, "=" * min(len(title), WIDTH), *_figure(of)]),
        ("Reports", [one for each in of.shown for one in _shown(each, of, zone)]),
        ("Definition", list(_definition(of.definition, zone))),
        ("Decisions", [one for each in of.decisions for one in _decision(each)]),
        ("Rows in REDCap", list(_rows(of, zone))),
        ("Rows that count nowhere", [one for each in of.nowhere for one in _nowhere(each)]),
        ("Read", list(_read(of, zone))),
    ]
    blocks = []  # each a heading with what stands below it
    for heading, lines in sections:
        if lines:
            head = [heading, "-" * len(heading)] if heading else []
            blocks.append("\n".join([*head, *lines]))
    return "\n\n".join(blocks)


def _figure(of: Explanation) -> Iterator[str]:
    figure = of.figure
    yield from _told("Figure", f"{figure.printed}   {figure.counted}".rstrip())
    for part in figure.parts:
        yield from _told("", f"{part.name}: {part.printed} ({part.counted or 'no counts'})")
    yield from _told("State", figure.meaning if figure.state != "blocked" else f"Blocked. {figure.meaning}")
    for lacking in figure.lacking:
        yield from _told("", lacking)
    first, last = figure.covers
    if first != last and not of.definition.cumulative:
        yield from _told("Covers", f"{first.label} to {last.label}: the months since it was last reported")
    elif first != last:
        how = "so far, added up" if of.definition.source else "so far, as the team counted it"
        yield from _told("Covers", f"{first.label} to {last.label}: the year {how}")


def _shown(one: Shown, of: Explanation, zone: ZoneInfo) -> Iterator[str]:
    which = f"{one.report} report {one.subject} for {one.period.label}" + (
        f", revision {one.revision}" if one.revision else ""
    )
    went = (
        f"made {_moment(one.made, zone)}, sent {_moment(one.sent, zone)} in {many(one.mails, 'mail')}"
        if one.sent
        else f"made {_moment(one.made, zone)}, not sent"
    )
    yield from _told("", f"{which}: {went}", lead=2)
    if one.unknown:
        yield from _told("", f"What it showed cannot be worked out: {one.unknown}.", lead=4)
        return
    if not one.changed:
        yield from _told(
            "", f"{'counted' if one.whole else 'showed'} the same: {_said(one.printed, one.counted, one.state)}", lead=4
        )
        return
    since = f" since {long_day(one.since.astimezone(zone).date())}" if one.since else ""
    was, now = _said(one.printed, one.counted, one.state), _said(of.figure.printed, of.figure.counted, of.figure.state)
    made = long_day(one.made.astimezone(zone).date())
    yield from _told("", f"CHANGED: was {was} in the report of {made}, is {now}{since}", lead=4)
    if one.definition != of.definition.version:
        yield from _told("", f"Its definition was another one: version {one.definition or 'not known'}.", lead=4)
    if one.code_version != of.code_version:
        yield from _told("", f"It was made by version {one.code_version} of this program.", lead=4)
    for turn in one.turns[:_TURNS]:
        yield from _told("", _turn(turn), lead=4)
    if len(one.turns) > _TURNS:
        yield from _told("", f"and {many(len(one.turns) - _TURNS, 'other row')} that turned.", lead=4)


_TURNS = 10


def _said(printed: str, counted: str, state: str) -> str:
    figure = f"{printed} ({counted})" if counted else printed
    return figure if state == "reported" else f"{figure if counted else 'without figure'} [{state}]"


def _turn(turn: Turn) -> str:
    return f"{_key(turn)}: was {turn.then or 'not there'}, is {turn.now or 'not there'}"


def _key(one: Turn | Row) -> str:
    return line(str(one.key), 90)


def _definition(of: Definition, zone: ZoneInfo) -> Iterator[str]:
    yield from _told("", line(of.plain, 300), lead=2)
    if of.definition:
        yield from _told("", line(of.definition, 600), lead=2)
    tell = partial(_told, lead=2)
    if of.type:
        yield from tell("type", of.type)
    if of.numerator:
        yield from tell("numerator", of.numerator)
    if of.denominator:
        yield from tell("denominator", of.denominator)
    if of.versus:
        name, numerator, denominator = of.versus
        yield from tell("less that of", f"{name or 'another group'}: {numerator} over {denominator}")
    for count, label in of.counts.items():
        yield from tell("", f"{count}: {line(label)}")
    source = of.source
    if source:
        whose = "the data access group" if source.by_group else source.team
        yield from tell("counted in", f"project {source.project}, form {source.form}")
        yield from tell("", f"dated by {source.date}, the team by {whose}")
        if source.teams:
            yield from tell("", ", ".join(f"{name} is {team}" for name, team in source.teams.items()))
        yield from tell("", "every case is entered" if source.every_case else "a sample of cases is entered")
    rate = f"times {of.multiply:g}, in {of.unit.strip() or 'no unit'}"
    better = "neither way is better" if of.direction == "neither" else f"{of.direction} is better"
    by = f" by {of.goal_by.label}" if of.goal_by else ""
    goal = f"goal {of.goal}{by}" if of.goal else "no goal"
    yield from tell("rate", f"{rate}; {better}; {goal}" + (f"; closes {many(of.lag, 'month')} later" if of.lag else ""))
    if of.sampling:
        yield from tell("sample", line(of.sampling, 300))
    if of.every:
        yield from tell("reported", f"in {listed([month_name[one] for one in of.every])}")
    for since, change, who, on in of.changes:
        told = f"from {since.label}: {line(change, 300)} (accepted by {line(who, 60)}, {long_day(on)})"
        yield from tell("changed", told)
    yield from tell("version", of.version + _since(of, zone))
    for one in of.before:
        span = f"{long_day(one.first.astimezone(zone).date())} to {long_day(one.last.astimezone(zone).date())}"
        yield from tell("before", f"{one.digest}, in reports of {span}")


def _since(of: Definition, zone: ZoneInfo) -> str:
    if of.since:
        return f", the same since the report of {long_day(of.since.astimezone(zone).date())}"
    return ", in no report yet" if of.before else ", not sent yet"


def _decision(one: Exclusion | Phase) -> Iterator[str]:
    what = (
        f"{one.month.label} is excluded"
        if isinstance(one, Exclusion)
        else f"a new line from {one.from_.label}" + (f" for {one.team}" if one.team else " for all teams")
    )
    yield from _told("", f"{what}: {line(one.reason)} (accepted by {one.accepted_by}, {long_day(one.on)})", lead=2)


def _rows(of: Explanation, zone: ZoneInfo) -> Iterator[str]:
    if of.definition.source:
        numbers = (of.figure.numerator, of.figure.denominator)
        counted = (
            "" if None in numbers else f": {numbers[1]:,.0f} in the denominator, {numbers[0]:,.0f} of them in both"
        )
        yield from _told("", f"{many(of.cases, 'case row')} of this team and time{counted}", lead=2)
    elif not of.rows:
        yield from _told("", "None.", lead=2)
    for number, row in enumerate(of.rows):
        if number or of.definition.source:
            yield ""
        yield from _row(row, zone)
    if of.left_out:
        yield ""
        yield from _told("", f"… and {many(of.left_out, 'case row')} more. To see them: --rows all", lead=2)


def _row(row: Row, zone: ZoneInfo) -> Iterator[str]:
    group = f", group {line(row.group)}" if row.group else ""
    yield from _told("", f"{_key(row)}{group}", lead=2)
    yield from _told("", f"{row.role}: {row.why}" + (f", seen {_moment(row.gone, zone)}" if row.gone else ""), lead=4)
    for old, at in row.formerly:
        yield from _told("", f"the record was called {line(old)} before {_moment(at, zone)}", lead=4)
    yield f"    {row.url}"
    used = [one for one in row.used if one.value or one.before or one.hidden or one.part in _ALWAYS]
    name = max((len(one.name) for one in used), default=0)
    held = max((len(_value(one.value, one.choice, hidden=one.hidden)) for one in used), default=0)
    for one in used:
        yield from _used(one, row, min(name, 30), min(held, 30), zone)


_ALWAYS = ("numerator", "denominator", "date", "team")


def _used(one: Used, row: Row, name: int, held: int, zone: ZoneInfo) -> Iterator[str]:
    value = _value(one.value, one.choice, hidden=one.hidden)
    seen = f"first seen {_moment(one.first_seen, zone)}" if one.first_seen else "never seen to hold anything"
    if one.since and one.since != one.first_seen:
        seen += f", as it is since {_moment(one.since, zone)}"
    yield from _wrapped(f"    {one.name:<{name}}  {value:<{held}}  {seen}", 8)
    label = f" · {line(one.label, 160)}" if one.label else ""
    yield from _wrapped(f"      {one.part}{label}", 8)
    if one.row and one.row != row.key:
        yield from _wrapped(f"      held by {line(str(one.row), 80)}", 8)
    for before in reversed(one.before):
        was = _value(before.value, before.choice, hidden=one.hidden)
        span = f"{_moment(before.since, zone)} to {_moment(before.until, zone)}"
        yield from _wrapped(f"      was {was} from {span}{_ENDS[before.end]}", 8)


def _value(value: str, choice: str, *, hidden: bool) -> str:
    if hidden:
        return "not shown: flagged as an identifier"
    if not value:
        return "blank"
    return line(value, 60) + (f" ({line(choice, 40)})" if choice else "")


def _nowhere(one: Nowhere) -> Iterator[str]:
    yield from _told("", one.why, lead=2)
    for key, url in one.rows[:_TURNS]:
        yield f"    {line(str(key), 90)}"
        yield f"      {url}"
    if len(one.rows) > _TURNS:
        yield f"    … and {len(one.rows) - _TURNS:,} more"


def _read(of: Explanation, zone: ZoneInfo) -> Iterator[str]:
    for place in of.places:
        yield from _place(place, zone)
    yield from _told("", f"worked out as of {_moment(of.as_of, zone)} ({zone.key})", lead=2)
    yield from _told("", f"by breakthrough {of.code_version}, from a store of version {of.store_version}", lead=2)


def _place(one: Place, zone: ZoneInfo) -> Iterator[str]:
    where = f"REDCap project {one.redcap_project_id} at {one.server}, version {one.redcap_version or 'not known'}"
    yield from _told("", f"{one.project}: {where}", lead=2)
    whole = f"; every record read {_moment(one.checked, zone)}" if one.checked else ""
    yield from _told("", f"last confirmed {_moment(one.detected, zone)} (run {one.run}){whole}", lead=4)
    since = _moment(one.dictionary_since, zone)
    yield from _told("", f"data dictionary version {one.dictionary}, since {since}", lead=4)


def _told(head: str, said: str, *, lead: int = 0) -> Sequence[str]:
    """A head and what is said about it, wrapped below itself; without a head, indented by `lead` alone."""
    start = " " * lead + (f"{head:<{_INDENT - lead}}" if head or not lead else "")
    return list(_wrapped(start + said, max(len(start), lead + 2) if start.strip() or not lead else lead + 2))


def _wrapped(text_: str, indent: int) -> Iterator[str]:
    """Lines of at most `WIDTH` columns; those after the first begin at `indent`."""
    yield from textwrap.wrap(
        text_, WIDTH, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False
    ) or [""]


def _moment(at: dt.datetime | None, zone: ZoneInfo) -> str:
    if at is None:
        return "never"
    there = at.astimezone(zone)
    return f"{there.day} {there:%b %Y, %H:%M}"
