"""A measure that was given up is in the reports of its own months, and in none of later ones; so it is with a coach."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from breakthrough import teams
from breakthrough.collaborative import Collaborative
from breakthrough.delivery import recipients
from breakthrough.demo import play, stage
from breakthrough.demo.play import Theatre
from breakthrough.instruments.plan import Wanted
from breakthrough.month import Month
from breakthrough.redcap.deploy import deploy
from breakthrough.settings import MAIN
from breakthrough.store import Store
from breakthrough.worker import jobs
from breakthrough.worker.edition import Edition
from breakthrough.worker.reports import rendered

NAME = "Cause known, plan reviewed"


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    with play.opened(tmp_path_factory.mktemp("in-use") / "out", "absenteeism", None) as opened:
        here, client = opened.here, opened.here.client(deploying=True)
        deploy(client, Wanted(here.project, opened.scene.teams))
        stage.enter(client, opened.scene, None, lambda _: None)
        yield opened


@pytest.fixture(scope="module")
def store(theatre: Theatre, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path_factory.mktemp('in-use') / 'store.sqlite'}") as opened:
        jobs.pull(theatre.here, opened, theatre.now, lambda _: None)
        yield opened


def given_up(theatre: Theatre, **keys: Any) -> Collaborative:
    whole = theatre.here.collaborative
    one = whole.measures["ca_plan"].model_copy(update=keys)
    return whole.model_copy(update={"measures": {**whole.measures, "ca_plan": one}})


def edition(theatre: Theatre, store: Store, what: Collaborative, month: Month) -> Edition:
    return jobs.measured(dataclasses.replace(theatre.here, collaborative=what), store, month, theatre.now)


def page(of: Edition, theatre: Theatre) -> str:
    return rendered(of, "team", "T001", theatre.here.content).html


def test_reports_tell_of_a_measure_until_its_last_month(theatre: Theatre, store: Store) -> None:
    what = given_up(theatre, until=Month("2026-02"))
    pages = {month: page(edition(theatre, store, what, Month(month)), theatre) for month in ("2026-02", "2026-03")}
    assert NAME in pages["2026-02"]
    assert NAME not in pages["2026-03"]


def test_earlier_months_figures_are_the_same_after_it_was_given_up(theatre: Theatre, store: Store) -> None:
    month = Month("2026-02")
    before = edition(theatre, store, theatre.here.collaborative, month)
    after = edition(theatre, store, given_up(theatre, until=month), month)
    assert after.frame.equals(before.frame)
    assert page(after, theatre) == page(before, theatre)


def test_nobody_is_asked_for_it_after_its_last_month(theatre: Theatre, store: Store) -> None:
    found = edition(theatre, store, given_up(theatre, until=Month("2026-01")), Month("2026-03")).frame
    rows = found[found["measure"] == "ca_plan"]
    assert set(rows.loc[rows["month"] > "2026-01", "state"]) == {"not_expected"}


def test_a_coach_who_has_left_gets_no_more_reports(theatre: Theatre, store: Store) -> None:
    whole = theatre.here.collaborative
    first = whole.coaches[0].model_copy(update={"until": dt.date(2026, 4, 1)})
    what = whole.model_copy(update={"coaches": (first, *whole.coaches[1:])})
    people = teams.read(store.newest([MAIN], theatre.now), what, dt.date(2026, 4, 15))
    told = [
        {one.subject for one in recipients.of_coaches(what, people, day)}
        for day in (dt.date(2026, 4, 1), dt.date(2026, 4, 2))
    ]
    assert told == [{"c1", "c2"}, {"c2"}]
