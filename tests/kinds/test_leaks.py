"""No report depends on what its reader may not see: with other names, texts and figures there, it is the same bytes.

That is more than a search for them: it holds for pictures, coordinates, order and everything that is left out as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import astuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.kinds import disguise
from tests.kinds.conftest import Month, played
from tests.kinds.disguise import Change, Disguised

from breakthrough.measures.suppression import family_of
from breakthrough.reporting.values import Rendered
from breakthrough.reporting.views import gather
from breakthrough.teams.values import Portfolio
from breakthrough.worker.edition import Edition
from breakthrough.worker.reports import subjects

FEW = settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def owned(of: Edition, kind: str, subject: str) -> frozenset[str]:
    """The teams that the reader of that report may see whole."""
    if kind == "coach":
        return frozenset(team.code for team in of.portfolio.teams if team.coach == subject)
    return frozenset({subject} if kind in {"team", "leader"} else ())


def of_aim(month: Month) -> frozenset[str]:
    """The counts that the aim's measure is made of, or that decide what of it may be told."""
    what = month.here.collaborative
    return frozenset(count for code in family_of(what, what.aim.measure) for count in what.measures[code].counts)


def differing(
    month: Month,
    hidden: Collection[str],
    reports: Collection[tuple[str, str]],
    *changes: Change,
    peers: str = "coded",
) -> set[str]:
    """The parts of those reports that are others where the hidden teams' entries are changed."""
    groups = [team.dag for team in month.edition.portfolio.teams if team.code in hidden]
    made = month.made(Disguised(month.view, hidden, changes, groups), peers)
    as_it_is = month.made(month.view, peers)
    found: set[str] = set()
    for kind, subject in reports:
        before, after = month.report(kind, subject, as_it_is), month.report(kind, subject, made)
        found |= {f"{kind} {subject}: {part}" for part in _parts(before, after)}
    return found


def _parts(before: Rendered, after: Rendered) -> set[str]:
    names = Rendered.__dataclass_fields__
    return {name for name, one, two in zip(names, astuple(before), astuple(after), strict=True) if one != two}


def of_others(month: Month, kinds: Collection[str], subject: str) -> tuple[list[tuple[str, str]], list[str]]:
    """That subject's reports, and the teams whose figures none of them owns."""
    reports = [(kind, code) for kind, code in subjects(month.edition, subject) if kind in kinds]
    seen = frozenset().union(*(owned(month.edition, kind, code) for kind, code in reports))
    return reports, [team.code for team in month.edition.portfolio.teams if team.code not in seen]


TEAMS = [f"T{n:03}" for n in range(1, 13)]


@FEW
@given(st.sampled_from(TEAMS), st.integers(0, 2**20))
def test_where_peers_are_not_shown_what_a_team_and_its_leader_get_depends_on_nothing_of_others(
    month: Month, team: str, seed: int
) -> None:
    reports, hidden = of_others(month, ["team", "leader"], team)
    changes = disguise.words(seed), disguise.figures(month.here.collaborative, seed)
    assert {kind for kind, _ in reports} == {"team", "leader"}
    assert differing(month, hidden, reports, *changes, peers="none") == set()


@FEW
@given(st.sampled_from(TEAMS), st.integers(0, 2**20))
def test_a_leaders_report_depends_on_nothing_of_others_under_any_policy(month: Month, team: str, seed: int) -> None:
    reports, hidden = of_others(month, ["leader"], team)
    changes = disguise.words(seed), disguise.figures(month.here.collaborative, seed)
    assert differing(month, hidden, reports, *changes, peers="named") == set()


@FEW
@given(st.sampled_from(TEAMS), st.integers(0, 2**20))
def test_where_peers_are_coded_no_report_of_a_team_or_of_all_depends_on_any_name(
    month: Month, team: str, seed: int
) -> None:
    reports, hidden = of_others(month, ["team"], team)
    whole = [(kind, code) for kind, code in subjects(month.edition) if kind == "collaborative"]
    assert differing(month, hidden, [*reports, *whole], disguise.names(seed)) == set()


@FEW
@given(st.sampled_from(["c1", "c2"]), st.integers(0, 2**20))
def test_a_coachs_report_does_not_depend_on_other_coaches_names_texts_or_other_measures(
    month: Month, coach: str, seed: int
) -> None:
    reports, hidden = of_others(month, ["coach"], coach)
    what = month.here.collaborative
    changes = disguise.words(seed), disguise.figures(what, seed, but=of_aim(month))
    assert hidden
    assert differing(month, hidden, reports, *changes) == set()


@pytest.fixture(scope="module", params=["medical_home", "math_swd"])
def other(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    """The other collaboratives: one counts case rows of a second project, one has periods of its own."""
    with played(tmp_path_factory.mktemp("leaks"), request.param) as found:
        yield found


def test_so_it_is_in_the_other_collaboratives_with_their_case_rows(other: Month) -> None:
    for seed, team in enumerate(other.edition.portfolio.teams[:2]):
        reports, hidden = of_others(other, ["team", "leader"], team.code)
        changes = disguise.words(seed), disguise.figures(other.here.collaborative, seed), disguise.cases(seed)
        assert {kind for kind, _ in reports} == {"team", "leader"}
        assert differing(other, hidden, reports, *changes, peers="none") == set()


def test_a_disguise_of_the_other_collaboratives_is_seen_by_those_disguised(other: Month) -> None:
    team = other.edition.portfolio.teams[0].code
    told = [("team", team)]
    assert differing(other, [team], told, disguise.words(1)) >= {f"team {team}: html", f"team {team}: text"}
    assert differing(other, [team], told, disguise.figures(other.here.collaborative, 1))
    counted = any(measure.source for measure in other.here.collaborative.measures.values())
    assert bool(differing(other, [team], told, disguise.cases(1))) is counted


# --- the search finds what is planted -----------------------------------------------------------------------------------


def test_a_disguise_is_seen_in_the_reports_of_those_who_are_disguised(month: Month) -> None:
    what = month.here.collaborative
    assert differing(month, ["T001"], [("team", "T001")], disguise.words(1)) >= {"team T001: html", "team T001: text"}
    assert differing(month, ["T001"], [("team", "T001")], disguise.figures(what, 1)) >= {
        "team T001: html",
        "team T001: pictures",
        "team T001: page",
    }


SUBJECTS = {"team": "T001", "coach": "c1"}


@pytest.fixture
def unguarded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports are given everything, their own guard is away, and all teams count as each coach's."""
    monkeypatch.setattr(gather, "confine", lambda *_: None)
    monkeypatch.setattr(Portfolio, "only", lambda self, *_: self)
    monkeypatch.setattr(Portfolio, "of_coach", lambda self, _: self.teams)
    monkeypatch.setattr("breakthrough.worker.edition.only", lambda frame, _: frame)
    monkeypatch.setattr(Edition, "seen_by", lambda self, *_: self)


@pytest.mark.usefixtures("unguarded")
@pytest.mark.parametrize("kind", SUBJECTS)
def test_a_report_that_tells_of_other_teams_people_is_found(month: Month, kind: str) -> None:
    reports, hidden = of_others(month, [kind], SUBJECTS[kind])
    assert differing(month, hidden, reports, disguise.words(1))


@pytest.mark.usefixtures("unguarded")
@pytest.mark.parametrize("kind", SUBJECTS)
def test_a_report_that_tells_other_teams_figures_is_found(month: Month, kind: str) -> None:
    reports, hidden = of_others(month, [kind], SUBJECTS[kind])
    changes = disguise.figures(month.here.collaborative, 1, but=of_aim(month))
    assert differing(month, hidden, reports, changes)
