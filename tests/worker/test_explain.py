"""Every figure of the demonstration, and of any audit: its rows, added up by hand, make it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.measures.audits import FIELDS, PLAN, TEAMS, dictionary, several
from tests.store.filling import entry, pulled

from breakthrough import teams
from breakthrough.collaborative import Collaborative, Measure
from breakthrough.content import Content
from breakthrough.demo import play, stage
from breakthrough.instruments.plan import Wanted
from breakthrough.month import Month
from breakthrough.redcap.deploy import deploy
from breakthrough.settings import Settings
from breakthrough.store import Design, Store, projects
from breakthrough.worker import jobs
from breakthrough.worker.deployment import Deployment
from breakthrough.worker.explain import Explanation, explain
from breakthrough.worker.explain.definition import dated, definition, digest
from breakthrough.worker.explain.values import Row
from breakthrough.worker.figures import figures

NOW = dt.datetime(2026, 4, 15, 12, 0, tzinfo=dt.UTC)
MARCH = Month("2026-03")


@dataclasses.dataclass(frozen=True)
class Scene:
    here: Deployment
    store: Store
    frame: Sequence[dict[str, Any]]  # the whole results frame, as reports have it


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with play.opened(tmp_path_factory.mktemp("explain") / "out", "absenteeism", None) as theatre:
        here, client = theatre.here, theatre.here.client(deploying=True)
        deploy(client, Wanted(here.project, theatre.scene.teams))
        stage.enter(client, theatre.scene, None, lambda _: None)
        with here.store() as store:
            jobs.pull(here, store, theatre.now, lambda _: None)
            held = jobs.held(here, store, NOW)
            today = here.today(NOW)
            whole = figures(held, here.collaborative, teams.read(held, here.collaborative, today), MARCH, today)
            rows = [{str(name): value for name, value in row.items()} for row in whole.frame.to_dict("records")]
            yield Scene(here, store, rows)


def _sum(text: str, values: dict[str, str]) -> float | None:
    """`a - b` over what the row holds, read without our own parser."""
    words = text.replace("+", " + ").replace("-", " - ").split()
    total, sign = 0.0, 1
    for word in words:
        if word in "+-":
            sign = 1 if word == "+" else -1
        elif not values.get(word):
            return None
        else:
            total += sign * float(values[word])
    return total


def _by_hand(measure: Measure, rows: Sequence[Row]) -> tuple[float | None, float | None]:
    (taken,) = [row for row in rows if row.role == "taken"]
    values = {used.column: used.value for used in taken.used}
    above, below = measure.numerator, measure.denominator
    assert above is not None
    assert below is not None
    return _sum(above.text, values), _sum(below.text, values)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(pick=st.integers(min_value=0, max_value=10**6))
def test_the_rows_named_make_numerator_and_denominator_of_any_figure(scene: Scene, pick: int) -> None:
    row = scene.frame[pick % len(scene.frame)]
    found = explain(scene.here, scene.store, row["team"], row["measure"], Month(row["month"]), NOW)
    assert found.figure.state == row["state"]
    for name in ("numerator", "denominator", "value"):
        told = getattr(found.figure, name)
        assert told == (None if row[name] != row[name] else row[name])
    if row["state"] in {"reported", "excluded", "invalid"}:
        measure = scene.here.collaborative.measures[row["measure"]]
        assert _by_hand(measure, found.rows) == (found.figure.numerator, found.figure.denominator)


def test_every_kind_of_state_in_the_demonstration_is_explained(scene: Scene) -> None:
    one_each = {row["state"]: row for row in scene.frame}
    assert {"reported", "missing", "not_in_session", "invalid"} <= set(one_each)
    for state, row in one_each.items():
        found = explain(scene.here, scene.store, row["team"], row["measure"], Month(row["month"]), NOW)
        assert found.figure.state == state
        assert found.figure.meaning
        if state == "missing":
            assert found.figure.lacking
        if state == "invalid":
            assert found.figure.reason in found.figure.meaning


def test_a_difference_is_explained_by_the_two_rates_it_is_made_of(scene: Scene) -> None:
    found = explain(scene.here, scene.store, "T003", "ca_gap", MARCH, NOW)
    own, other = found.figure.parts
    assert own.numerator is not None
    assert other.numerator is not None
    assert own.denominator
    assert other.denominator
    apart = 100 * own.numerator / own.denominator - 100 * other.numerator / other.denominator
    assert found.figure.value == pytest.approx(apart)
    assert other.name == "other pupils"
    assert [str(month) for month in found.figure.covers] == ["2025-09", "2026-03"]


TIERS = st.sampled_from(["", "1", "2", "3"])
DAYS = st.sampled_from(["", "2026-02-11", "2026-03-01", "2026-03-31", "2026-04-02", "no day"])
CASE = st.tuples(st.sampled_from(["", "t001", "t002", "t009"]), DAYS, TIERS)
SETTINGS = Settings.model_validate(
    {"collaborative": "small", "redcap": {"url": "https://redcap.example.org/api/", "token": "env:NONE"}}
)
PLANNED = PLAN | {"numerator": "[tier] = 3"}


@pytest.fixture(scope="module")
def audited() -> Collaborative:
    return several(plan=PLANNED)


def _filled(store: Store, cases: Sequence[tuple[str, str, str]]) -> None:
    """A store of a profile for each team, and those charts: group, day and tier."""
    main = [row | {"identifier": ""} for row in dictionary([("team_profile", "record_id", "text", "")])]
    for name in ("tp_name", "tp_status", "tp_coach", "tr_email", "tr_consent_mail", "tr_reports", "mm_period"):
        main += dictionary([("team_profile", name, "text", "")])
    main += dictionary([("monthly_measures", count, "text", "") for count in several(plan=PLANNED).counts])
    with store.begin() as connection:
        for number, (name, rows) in enumerate({"main": main, "audit": dictionary(FIELDS)}.items(), 1):
            projects.claim(connection, name, "https://redcap.example.org/api/", number, NOW)
            projects.note_design(connection, name, Design(rows), NOW - dt.timedelta(days=30))
    profiles = [
        entry(team, 0, team.lower(), instrument="team_profile", tp_name=team, tp_status="2", tp_joined="2025-09-01")
        for team in TEAMS
    ]
    pulled(store, TEAMS, profiles, NOW - dt.timedelta(days=2))
    charts = [
        entry(str(n), 1, dag, instrument="chart_audit", project="audit",
              **{k: v for k, v in {"audit_date": day, "tier": tier, "chart_audit_complete": "2"}.items() if v})
        for n, (dag, day, tier) in enumerate(cases, 1)
    ]  # fmt: skip
    pulled(store, [str(n) for n in range(1, len(cases) + 1)], charts, NOW - dt.timedelta(days=1), project="audit")


def _explained(folder: Path, what: Collaborative, cases: Sequence[tuple[str, str, str]]) -> Explanation:
    here = Deployment(folder, SETTINGS, what, Content(), {}, {})
    with Store.open(f"sqlite:///{folder}/{abs(hash(tuple(cases)))}.sqlite") as store:
        if store.last_run("main") is None:
            _filled(store, cases)
        return explain(here, store, "T001", "plan", MARCH, NOW)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(cases=st.lists(CASE, max_size=12))
def test_case_rows_are_those_of_team_and_month_and_each_is_judged_by_its_own_values(
    tmp_path: Path, audited: Collaborative, cases: list[tuple[str, str, str]]
) -> None:
    found = _explained(tmp_path, audited, cases)
    mine = {str(n): tier for n, (dag, day, tier) in enumerate(cases, 1) if dag == "t001" and day[:7] == "2026-03"}
    role = {"": "not counted", "1": "not counted", "2": "denominator", "3": "numerator"}
    assert {row.key.record: row.role for row in found.rows} == {name: role[tier] for name, tier in mine.items()}
    counted = [used.value for row in found.rows for used in row.used if used.column == "tier"]
    if mine:
        assert found.figure.numerator == counted.count("3")
        assert found.figure.denominator == counted.count("3") + counted.count("2")
    else:
        assert (found.figure.state, found.figure.numerator) == ("missing", None)
    nowhere = {key.record for one in found.nowhere for key, _ in one.rows}
    assert nowhere == {
        str(n)
        for n, (dag, day, tier) in enumerate(cases, 1)
        if tier in {"2", "3"}
        and day[:7] != "2026-02"
        and (dag in {"", "t009"} or (dag == "t001" and day in {"", "no day"}))
    } | {str(n) for n, (dag, day, tier) in enumerate(cases, 1) if tier > "1" and day == "2026-02-11" and dag in {"", "t009"}}  # fmt: skip


def test_a_field_flagged_as_an_identifier_is_named_and_never_shown(tmp_path: Path, audited: Collaborative) -> None:
    here = Deployment(tmp_path, SETTINGS, audited, Content(), {}, {})
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as store:
        _filled(store, [("t001", "2026-03-01", "3")])
        flagged = [row | {"identifier": "y" if row["field_name"] == "tier" else ""} for row in dictionary(FIELDS)]
        with store.begin() as connection:
            projects.note_design(connection, "audit", Design(flagged), NOW)
        found = explain(here, store, "T001", "plan", MARCH, NOW)
    (tier,) = [used for used in found.rows[0].used if used.column == "tier"]
    assert (tier.value, tier.choice, tier.hidden) == ("", "", True)
    assert found.figure.numerator == 1


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"goal": 50}, True),
        ({"name": "Another name"}, True),
        ({"direction": "lower"}, True),
        ({"numerator": "[tier] = 2"}, False),
        ({"lag": 1}, False),
        ({"multiply": 1000}, False),
    ],
    ids=str,
)
def test_a_definition_has_another_version_where_its_figure_could_be_another(change: dict[str, Any], same: bool) -> None:
    before, after = several(plan=PLANNED), several(plan=PLANNED | change)
    assert (digest(before, "plan") == digest(after, "plan")) is same


def test_a_version_is_dated_by_the_reports_that_it_was_used_in_without_a_break(audited: Collaborative) -> None:
    now = definition(audited, "plan")
    days = [dt.datetime(2026, month, 15, tzinfo=dt.UTC) for month in range(1, 6)]
    used = [now.version, "0" * 12, "", now.version, now.version]
    found = dated(now, zip(days, used, strict=True))
    assert found.since == days[3]
    assert [(one.digest, one.first, one.last) for one in found.before] == [
        ("0" * 12, days[1], days[1]),
        (now.version, days[0], days[0]),
    ]
    assert dated(now, []).since is None
