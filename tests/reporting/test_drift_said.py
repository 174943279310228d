"""The mail about drift in another language: of a plan's steps, nothing is English but the names that they are about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from tests.house.wording import drawn
from tests.reporting import drifted, pseudo
from tests.reporting.world import NOW

from breakthrough.collaborative import Collaborative
from breakthrough.content import Content
from breakthrough.instruments.plan import Plan
from breakthrough.language import speaking
from breakthrough.month import Month
from breakthrough.reporting import render
from breakthrough.reporting.values import Rendered
from breakthrough.reporting.views.drift import DriftReport, Found, drift_report

ROOMS = ("sync/breakthrough/instruments/",)


@dataclass(frozen=True)
class Said:
    """What the mails about those plans say in such a language, and what of the catalogue was asked for."""

    plans: tuple[Plan, ...]
    mails: tuple[tuple[DriftReport, Rendered], ...]
    data: list[str]
    asked: set[tuple[str | None, str]]


@pytest.fixture(scope="module")
def said(absenteeism: Collaborative, tmp_path_factory: pytest.TempPathFactory) -> Said:
    folder = tmp_path_factory.mktemp("deployment")
    speech, ear = pseudo.heard(folder / "reports" / "wording")
    with speaking(speech):
        plans = tuple(drifted.plans())
        mails = tuple(_mails(plans, absenteeism, Content(folder)))
    data = pseudo.by_people(absenteeism, drifted.DATA)
    return Said(plans, mails, [told for one in data for told in (one, one.capitalize())], ear.asked)


def _mails(
    plans: tuple[Plan, ...], collaborative: Collaborative, content: Content
) -> Iterator[tuple[DriftReport, Rendered]]:
    for made in plans:
        found = Found("main", "zz", made, (), dt.date(2026, 2, 2), deployed=True, digest="abc")
        report = drift_report(found, collaborative, Month("2026-02"), NOW)
        yield report, render.drift(report, content)


def test_why_a_step_is_there_is_told_in_the_language(said: Said) -> None:
    for made in said.plans:
        for text in (*(step.evidence for step in made.steps), *made.remarks):
            assert "⟦" in text
            assert not pseudo.plain(text, said.data), text


def test_no_word_of_a_mail_about_drift_is_english_but_names(said: Said) -> None:
    for made, (report, mail) in zip(said.plans, said.mails, strict=True):
        names = [step.name for step in made.steps]
        for text in (*pseudo.strings(report), mail.subject, " ".join(mail.text.split())):
            assert not pseudo.plain(text.replace("--allow", ""), [*names, *said.data]), text


def test_every_reason_that_a_plan_can_give_was_given(said: Said) -> None:
    """So that no reason is left out of the other tests."""
    reasons = {
        (one.context, one.id if isinstance(one.id, str) else one.id[0])
        for one in drawn()
        if one.id and all(where.startswith(ROOMS) for where, _ in one.locations)
    }
    assert len(reasons) > 60
    assert reasons - said.asked == set()


def test_on_the_command_line_a_plan_speaks_english_whatever_reports_speak(said: Said) -> None:
    english = tuple(drifted.plans())
    assert [[step.name for step in one.steps] for one in english] == [
        [step.name for step in one.steps] for one in said.plans
    ]
    assert [[(step.risk, step.by_hand, step.what) for step in one.steps] for one in english] == [
        [(step.risk, step.by_hand, step.what) for step in one.steps] for one in said.plans
    ]
    assert not [step for one in english for step in one.steps if "⟦" in step.evidence]
