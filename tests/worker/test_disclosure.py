"""What reports and tables tell of teams that are not their reader's, from the store to the words."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.store.filling import pulled
from tests.teams.desk import changed, figures, profile

from breakthrough.collaborative import Collaborative
from breakthrough.content import Content
from breakthrough.entry import Entry
from breakthrough.measures.suppression import EVERY, Audience
from breakthrough.month import Month
from breakthrough.reporting.values import Rendered
from breakthrough.store import Report, Store, archive, materials, projects, snapshots
from breakthrough.worker import analysis, congress, ledger
from breakthrough.worker.edition import Edition, edition
from breakthrough.worker.press import Press
from breakthrough.worker.reports import KINDS, rendered
from breakthrough.worker.reports.closing import closing

MARCH = Month("2026-03")
APRIL_15, MAY_15 = (dt.datetime(2026, month, 15, 6, 0, tzinfo=dt.UTC) for month in (4, 5))
CODE = "attendance-2025-09"
LARGE = {"T001": 70, "T002": 80, "T003": 90, "T004": 75, "T005": 85, "T006": 95}  # half-days missed of 1,000
NONE: Mapping[str, int] = {}
COACHES = {team: "c1" if team < "T004" else "c2" for team in LARGE}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as opened:
        with opened.begin() as connection:
            projects.claim(connection, "main", "https://redcap.example.org/api/", 13, APRIL_15)
            projects.note_version(connection, "main", "14.0.1")
        yield opened


def _entries(missed: Mapping[str, int], held: Mapping[str, int]) -> list[Entry]:
    """Half-days missed by team; and pupils held below the line, of 200, of the teams that count them."""
    forms = [
        figures(
            "2026-03",
            {"sd_abs": n, "sd_poss": 1000} | ({"nr_hold": held[team], "nr_prev": 200} if team in held else {}),
            1,
            team,
        )
        for team, n in missed.items()
    ]
    return [*(profile(team, tp_coach=coach) for team, coach in COACHES.items()), *forms]


def _edition(
    store: Store,
    missed: Mapping[str, int],
    at: dt.datetime,
    what: Collaborative,
    held: Mapping[str, int] = NONE,
) -> Edition:
    pulled(store, list(COACHES), _entries(missed, held), at - dt.timedelta(hours=1))
    return edition(store.newest(["main"], at), what, MARCH, at, code=CODE)


def _report(of: Edition, kind: str, subject: str) -> Rendered:
    return rendered(of, kind, subject, Content())


def _words(page: Rendered) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", f"{page.text} {page.html} {page.page}").split())


def _archived(store: Store, of: Edition) -> None:
    """The coach's report in the archive, with the figures behind it."""
    with store.begin() as connection:
        kept = materials.keep(connection, ledger.written(KINDS["coach"].behind(of, "c1")))
        snapshot = snapshots.keep(connection, store.newest(["main"], of.occasion.now).snapshot).id
        at = of.occasion.now
        archive.keep_report(
            connection, Report(CODE, "coach", "c1", "2026-03", 0, at, snapshot, "", "", "", {}, "", kept)
        )


def test_a_coach_is_told_the_sum_and_the_median_where_no_number_is_small(store: Store) -> None:
    words = _words(_report(_edition(store, LARGE, APRIL_15, changed({})), "coach", "c1"))
    assert "495 of 6,000" in words
    assert "median of teams 8.2%" in words


def test_beside_a_small_number_of_another_coachs_team_the_sum_is_told_and_no_median(store: Store) -> None:
    words = _words(_report(_edition(store, {**LARGE, "T004": 4}, APRIL_15, changed({})), "coach", "c1"))
    assert "424 of 6,000" in words
    assert "the median of teams is withheld" in words


def test_a_sum_that_tells_is_nowhere_in_words_tables_and_pictures(store: Store) -> None:
    few = {"T001": 0, "T002": 0, "T003": 0, "T004": 4, "T005": 0, "T006": 0}
    page = _report(_edition(store, few, APRIL_15, changed({})), "coach", "c1")
    words = _words(page)
    assert "The pooled figure of March is withheld" in words
    assert "4 of 6,000" not in words
    assert "0.1%" not in words  # 4 of 6,000


def test_who_had_the_sum_before_a_small_team_was_late_is_not_told_the_sum_with_it(store: Store) -> None:
    late = {team: n for team, n in LARGE.items() if team != "T006"}
    first = _edition(store, late, APRIL_15, changed({}))
    assert "400 of 5,000" in _words(_report(first, "coach", "c1"))
    _archived(store, first)
    second = _edition(store, {**LARGE, "T006": 5}, MAY_15, changed({}))
    words = _words(_report(second, "coach", "c1"))
    assert "405 of 6,000" not in words
    assert "The pooled figure of March is withheld" in words


def test_made_again_a_report_tells_what_it_told(store: Store) -> None:
    first = _edition(store, {**LARGE, "T004": 4}, APRIL_15, changed({}))
    _archived(store, first)
    again = edition(store.newest(["main"], APRIL_15), changed({}), MARCH, APRIL_15, code=CODE)
    assert _report(again, "coach", "c1") == _report(first, "coach", "c1")


def test_owners_see_their_small_numbers_unless_the_policy_withholds_them(store: Store) -> None:
    small = {**LARGE, "T004": 4}
    shown = _edition(store, small, APRIL_15, changed({}))
    assert "4 of 1,000" in _words(_report(shown, "team", "T004"))
    policy: dict[str, Any] = {"privacy": {"own_team": "suppressed", "coach": "suppressed"}}
    kept = edition(store.newest(["main"], APRIL_15), changed(policy), MARCH, APRIL_15, code=CODE)
    for kind, subject in (("team", "T004"), ("coach", "c2")):
        words = _words(_report(kept, kind, subject))
        assert "4 of 1,000" not in words
        assert "0.4%" not in words


def test_tables_for_an_audience_withhold_what_tables_for_the_coordinator_hold(store: Store) -> None:
    pulled(store, list(COACHES), _entries({**LARGE, "T004": 4}, NONE), APRIL_15 - dt.timedelta(hours=1))
    view, what = store.newest(["main"], APRIL_15), changed({"privacy": {"peer_names": "named"}})
    every = analysis.analysis(view, store, what, CODE, MARCH, APRIL_15.date())
    told = analysis.for_audience(every, view, CODE, Audience("sponsor"), APRIL_15)
    rows = told.tidy(["ca_day"])
    rows = rows[rows["month"] == "2026-03"].set_index("team")
    assert rows["state"].to_dict() == dict.fromkeys(COACHES, "suppressed") | {
        team: "reported" for team in COACHES if (team, "ca_day", "2026-03") not in told.released.hidden
    }
    assert rows.loc["T004", ["numerator", "denominator", "value"]].isna().all()
    (march,) = told.pooled(["ca_day"]).query("month == '2026-03'").to_dict("records")
    assert (march["numerator"], march["suppressed"]) == (424, "teams")
    by_region = told.strata(["ca_day"], "region").query("month == '2026-03'")
    assert by_region["numerator"].tolist() == [424]
    assert not told.funnel(["ca_day"])["team"].eq("T004").any()
    assert every.tidy(["ca_day"]).query("team == 'T004' and month == '2026-03'")["numerator"].tolist() == [4]
    assert EVERY in told.released.groups


def _whole_archived(store: Store, of: Edition) -> None:
    """The collaborative's report in the archive, with the figures behind it."""
    kind, subject = "collaborative", of.collaborative.topic
    with store.begin() as connection:
        kept = materials.keep(connection, ledger.written(KINDS[kind].behind(of, subject)))
        at = of.occasion.now
        snapshot = snapshots.keep(connection, store.newest(["main"], at).snapshot).id
        archive.keep_report(
            connection, Report(CODE, kind, subject, "2026-03", 0, at, snapshot, "", "", "", {}, "", kept)
        )


def test_a_sponsor_is_told_nothing_that_is_withheld(store: Store) -> None:
    few = {**LARGE, "T004": 4}
    for policy in ("named", "coded", "none"):
        what = changed({"privacy": {"peer_names": policy}})
        page = _report(_edition(store, few, APRIL_15, what), "collaborative", what.topic)
        words = _words(page)
        assert "4 of 1,000" not in words
        assert "424 of 6,000" in words
        assert "the median of teams is withheld" in words
        assert "T004" not in words


def test_a_leader_gets_the_figures_of_one_team_alone(store: Store) -> None:
    of = _edition(store, LARGE, APRIL_15, changed({}))
    for team, missed in LARGE.items():
        words = _words(_report(of, "leader", team))
        assert f"{missed} of 1,000" in words
        assert not any(f"{other} of 1,000" in words for other in LARGE.values() if other != missed)
        assert "of 6,000" not in words
        assert set(KINDS["leader"].behind(of, team)) == {team}


def test_what_a_sponsor_was_told_counts_in_what_coaches_are_told_later(store: Store) -> None:
    late = {team: n for team, n in LARGE.items() if team != "T006"}
    first = _edition(store, late, APRIL_15, changed({}))
    assert "400 of 5,000" in _words(_report(first, "collaborative", "attendance"))
    _whole_archived(store, first)
    second = _edition(store, {**LARGE, "T006": 5}, MAY_15, changed({}))
    for kind, subject in (("coach", "c1"), ("collaborative", "attendance")):
        words = _words(_report(second, kind, subject))
        assert "405 of 6,000" not in words
        assert "is withheld" in words


def test_made_again_the_collaboratives_report_tells_what_it_told(store: Store) -> None:
    first = _edition(store, {**LARGE, "T004": 4}, APRIL_15, changed({}))
    _whole_archived(store, first)
    again = edition(store.newest(["main"], APRIL_15), changed({}), MARCH, APRIL_15, code=CODE)
    assert _report(again, "collaborative", "attendance") == _report(first, "collaborative", "attendance")
    later = edition(store.newest(["main"], APRIL_15), changed({}), MARCH, MAY_15, code=CODE)
    assert later.told is not None
    assert later.released.hidden == first.released.hidden
    assert later.released_totals.totals == first.released_totals.totals


def _documents(store: Store, of: Edition) -> dict[str, Rendered]:
    """The documents of the end, kept as `breakthrough report --closing` keeps them."""
    found = closing(of)
    pages = {kind: found.rendered(kind, subject, Content()) for kind, subject in found.documents}
    here: Any = SimpleNamespace(code=CODE, specification={"collaborative.yaml": b"name: x"})
    snapshot = store.newest(["main"], of.occasion.now).snapshot
    congress.keep(store, Press(here, of, snapshot, {"report.css": b""}, {}), list(pages.values()))
    return pages


def test_what_the_closing_report_told_counts_in_what_monthly_reports_tell_later(store: Store) -> None:
    late = {team: n for team, n in LARGE.items() if team != "T006"}
    first = _edition(store, late, APRIL_15, changed({}))
    assert "8.0%" in _words(_documents(store, first)["closing"])
    second = _edition(store, {**LARGE, "T006": 5}, MAY_15, changed({}))
    for kind, subject in (("coach", "c1"), ("collaborative", "attendance")):
        words = _words(_report(second, kind, subject))
        assert "405 of 6,000" not in words
        assert "is withheld" in words


def test_what_the_closing_report_told_of_other_measures_counts_too(store: Store) -> None:
    """The sponsor gets their totals over all teams each month."""
    total = (EVERY, "ca_hold", "2026-03")
    first = _edition(store, LARGE, APRIL_15, changed({}), held={team: 40 for team in LARGE if team != "T006"})
    assert total in first.released_totals.totals
    _documents(store, first)
    there = {**dict.fromkeys(LARGE, 40), "T006": 3}
    second = _edition(store, LARGE, MAY_15, changed({}), held=there)
    assert total not in second.released_totals.totals
    assert total in replace(second, told=None).released_totals.totals  # it is for what was told alone


def test_what_a_coach_was_told_counts_in_what_the_closing_report_tells(store: Store) -> None:
    late = {team: n for team, n in LARGE.items() if team != "T006"}
    first = _edition(store, late, APRIL_15, changed({}))
    _archived(store, first)
    second = _edition(store, {**LARGE, "T006": 5}, MAY_15, changed({}))
    assert "405 of 6,000" not in _words(_documents(store, second)["closing"])


def test_documents_that_are_written_again_unchanged_are_kept_once(store: Store) -> None:
    of = _edition(store, LARGE, APRIL_15, changed({}))
    for _ in range(2):
        _documents(store, of)
    _documents(store, _edition(store, {**LARGE, "T006": 96}, MAY_15, changed({})))
    with store.read() as connection:
        kept = archive.listing(connection, collaborative=CODE)
    assert [(one.kind, one.revision) for one in kept if one.kind == "closing"] == [("closing", 0), ("closing", 1)]
