"""Case rows against an oracle: rows of a flat export, each judged alone by `logic.row` in a plain loop."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.logic.generated import CODES, expressions
from tests.measures.audits import CHOICES, PLAN, TEAMS, Held, several

from breakthrough import measures
from breakthrough.collaborative import Condition
from breakthrough.errors import LogicInvalid
from breakthrough.logic import Setting, from_rows, parse, references, row
from breakthrough.measures import Design
from breakthrough.measures.cases import read
from breakthrough.measures.design import reference
from breakthrough.month import Month
from breakthrough.redcap import shapes

Row = dict[str, str]

TODAY, FIRST, UNTIL = dt.date(2026, 7, 15), Month("2026-01"), Month("2026-05")
EVENTS = ("start_arm_1", "later_arm_1")
FORMS = {"base": ("d1", "c1", "box", "place", "born"), "visit": ("n1", "n2", "t1", "seen"), "diary": ("t2", "d2")}
COMMA = "number_1dp_comma_decimal"
DICTIONARY = [
    {"field_name": "record_id", "form_name": "base", "field_type": "text"},
    *(
        {
            "field_name": name,
            "form_name": form,
            "field_type": "checkbox" if name == "box" else "text",
            CHOICES: "1, One | A, Another | z, Last" if name == "box" else "",
            "text_validation_type_or_show_slider_number": COMMA if name == "c1" else "",
        }
        for form, names in FORMS.items()
        for name in names
    ),
]
COLUMNS = [
    "d1", "c1", "box___1", "box___a", "box___z", "place", "born", "n1", "n2", "t1", "seen", "t2", "d2",
    *(f"{form}_complete" for form in FORMS),
]  # fmt: skip
OF_FORM = {
    form: [one for one in COLUMNS if one.split("___")[0] in (*names, f"{form}_complete")]
    for form, names in FORMS.items()
}
FORM_OF = {name: form for form, names in FORMS.items() for name in (*names, f"{form}_complete")}
# What a row sees of its record: base rows, other instances, other events.
LOOKS = (
    "[d1] <> ''", "[box(1)] = '1'", "[n1] > [c1]", "[t2] = 'abc'", "[visit_complete] = '2'", "[record_id] = '1'",
    "[n1][last-instance] = [n1]", "[n1][first-instance] <> ''", "[n1][previous-instance] = ''", "[t1][2] <> ''",
    "[t2][next-instance] <> ''", "[current-instance] > 1", "[record-name] = '2'", "[record-dag-name] = 't001'",
    "[d2][1] = [d1]", "[n2][current-instance] >= 2", "[t1] <> ''", "[n1] > 0 or [t2] <> ''", "[place] <> '1'",
    "[visit_complete] = '2' or [diary_complete] = '2'", "[box(A)] <> [box(z)]", "1 = 1",
)  # fmt: skip
ELSEWHERE = (
    "[start_arm_1][n1] > 0", "[later_arm_1][d1] <> ''", "[previous-event-name][n1] <> ''", "[next-event-name][d1] = ''",
    "[first-event-name][n1][last-instance] <> ''", "[last-event-name][box(A)] = '1'", "[event-name] = 'start_arm_1'",
    "[event-name][n1] = [n1]", "[start_arm_1][t1][2] = ''",
)  # fmt: skip
DAYS = (
    *("2026-03-10", "2026-03-31 23:59", "2026-02-28"), *("2026-03-10", "2026-03-31 23:59", "2026-02-28"),
    *("2025-12-31", "2026-01-01", "2026-05-31", "2026-06-01", "2026-02-29", "", "UNK", "x"),
)  # fmt: skip
VALUES = (
    "",
    "",
    "1",
    "2",
    "3.5",
    "-3",
    "007",
    "abc",
    "Abc",
    "2024-02-29",
    "2026-03-10 08:30",
    "UNK",
    "-99",
    " abc ",
    "Ω",
)
CELLS = {
    "c1": ("", "1,5", "-2,25", "7", "abc"),
    "place": ("1", "1", "T002", "t002", "9", ""),
    **dict.fromkeys(("seen", "born"), DAYS),
    **dict.fromkeys(("box___1", "box___a", "box___z"), ("0", "1")),
    **dict.fromkeys((f"{form}_complete" for form in FORMS), ("0", "2")),
}


def export(seed: int, *, longitudinal: bool) -> list[Row]:
    """The rows of a flat export: a base row for each record and event, and those of the forms that repeat."""
    chance = random.Random(seed)
    repeating = chance.choice((("visit", "diary"), ("visit",), ("diary",), ()))
    rows: list[Row] = []
    for record in ("1", "2", "Ä 3", "4", "5")[: chance.randint(1, 5)]:
        group = chance.choice(("t001", "t001", "t002", "elsewhere", ""))
        for event in EVENTS if longitudinal else ("",):
            rows.append(
                of_row(chance, (record, event, "", "", group), [form for form in FORMS if form not in repeating])
            )
            for form in repeating:
                numbers = chance.sample(range(1, 7), chance.randint(0, 5))
                rows += [of_row(chance, (record, event, form, str(number), group), [form]) for number in numbers]
    return rows


def of_row(chance: random.Random, place: tuple[str, ...], forms: Sequence[str]) -> Row:
    structure = ("record_id", "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance",
                 "redcap_data_access_group")  # fmt: skip
    found = dict(zip(structure, place, strict=True)) | dict.fromkeys(COLUMNS, "")
    for column in (name for one in forms for name in OF_FORM[one]):
        found[column] = chance.choice(CELLS.get(column, VALUES))
    return found


def counted_alone(rows: Sequence[Row], source: Mapping[str, Any], below: str, above: str) -> Counter[tuple[str, ...]]:
    """How often each team, month and part occurs: one row after the other, each judged by itself."""
    found: Counter[tuple[str, ...]] = Counter()
    setting = Setting(TODAY, dt.datetime(2026, 7, 15), frozenset(CODES), {"c1": COMMA})  # noqa: DTZ001
    names = {"1": "T001", "T001": "T001", "T002": "T002", "t001": "T001", "t002": "T002"}
    events = EVENTS if rows and rows[0]["redcap_event_name"] else ()
    for one in rows:
        form = source["form"]
        held = {
            column: one[column]
            for column in OF_FORM[form]
            if one[column] not in {"", *("0" if "___" in column else "")}
        }
        if one["redcap_repeat_instrument"] not in {"", form} or not held or held == {f"{form}_complete": "0"}:
            continue
        own = [other for other in rows if other["record_id"] == one["record_id"]]
        seen = from_rows(own, own.index(one), events=events, forms=FORM_OF, designated=dict.fromkeys(FORM_OF, events))
        team = one["redcap_data_access_group"] if source["team"] == "dag" else seen.value(reference(source["team"]))
        day = seen.value(reference(source["date"]))[:10]
        try:
            month = str(Month.of(dt.date.fromisoformat(day)))
        except ValueError:
            continue
        if team in names:
            found[names[team], month, "rows"] += 1
            if row.holds(parse(below), seen, setting):
                found[names[team], month, "denominator"] += 1
                found[names[team], month, "numerator"] += row.holds(parse(above), seen, setting)
    return found


def agree(rows: list[Row], source: Mapping[str, Any], logic: Sequence[tuple[str, str]], *, longitudinal: bool) -> None:
    """Checks as many measures as there are pairs of logic for denominator and numerator."""
    parts = {f"m{at}": {"denominator": below, "numerator": above} for at, (below, above) in enumerate(logic)}
    what = several(**{code: {**PLAN, "source": source, **two} for code, two in parts.items()})
    design = Design(
        DICTIONARY, events=dict.fromkeys(EVENTS, tuple(FORMS)) if longitudinal else None, missing_codes=frozenset(CODES)
    )
    sent = [one for one in rows if any(one[column] for column in COLUMNS)]
    cases = read(Held(shapes.entries(sent, "audit", DICTIONARY)), what, {"audit": design})
    assert cases.blocked == ()
    found = measures.results(
        what, [], teams=TEAMS, expected=lambda *_: True, today=TODAY, until=UNTIL, cases=cases
    )  # fmt: skip
    wanted = {code: counted_alone(rows, source, *two.values()) for code, two in parts.items()}
    for one in found[found["month"] >= FIRST.name].itertuples():
        code, place = str(one.measure), (str(one.team), str(one.month))
        every, below, above = (wanted[code][*place, part] for part in ("rows", "denominator", "numerator"))
        assert one.state == ("missing" if not every else "reported" if below else "no_cases"), (code, place)
        if not every:
            continue
        assert (one.numerator, one.denominator) == (above, below), (code, place)
        behind = measures.lineage(cases, what, code, place[0], Month(place[1]), teams=TEAMS)
        shown = (sum(case.in_numerator for case in behind), sum(case.in_denominator for case in behind), len(behind))
        assert shown == (above, below, every), (code, place)


def source(form_and_date: tuple[str, str], team: str) -> dict[str, Any]:
    form, date = form_and_date
    return {"project": "audit", "form": form, "date": date, "team": team, "teams": {"1": "T001"}}


def reads_no_clock(text: str) -> bool:
    return not references(parse(text)).clock


LOGIC = st.sampled_from(LOOKS) | expressions().filter(reads_no_clock)
PLACES = (("visit", "seen"), ("visit", "born"), ("base", "born"), ("diary", "born"))
SOURCES = st.builds(source, st.sampled_from(PLACES), st.sampled_from(("dag", "dag", "place")))
SEEDS = st.integers(0, 2**32)  # of rows: drawn cell by cell, they would be few and alike
MANY = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@MANY
@given(seed=SEEDS, of=SOURCES, logic=st.lists(st.tuples(LOGIC, LOGIC), min_size=6, max_size=6))
def test_case_rows_of_a_classic_project_are_counted_as_each_row_alone_would_be(
    seed: int, of: dict[str, Any], logic: list[tuple[str, str]]
) -> None:
    agree(export(seed, longitudinal=False), of, logic, longitudinal=False)


WIDER = LOGIC | st.sampled_from(ELSEWHERE)


@MANY
@given(seed=SEEDS, of=SOURCES, logic=st.lists(st.tuples(WIDER, WIDER), min_size=6, max_size=6))
def test_case_rows_of_a_longitudinal_project_are_counted_as_each_row_alone_would_be(
    seed: int, of: dict[str, Any], logic: list[tuple[str, str]]
) -> None:
    agree(export(seed, longitudinal=True), of, logic, longitudinal=True)


@settings(max_examples=150, deadline=None)
@given(text=st.text(alphabet="[]()'\"<>=tier1 andor+,today", max_size=30))
def test_any_text_for_logic_is_taken_or_refused_with_its_place(text: str) -> None:
    try:
        taken = Condition(text)
    except LogicInvalid as wrong:
        refused = wrong
    else:
        assert not taken.references.clock
        return
    assert 0 <= refused.position <= len(text)
    assert refused.excerpt
