from __future__ import annotations

import datetime as dt
import logging
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.teams.desk import Shelf, collaborative, contact, form, portfolio, profile, rating, report

from breakthrough import teams
from breakthrough.entry import Entry, EntryKey
from breakthrough.month import Month
from breakthrough.teams import Person, Portfolio, roster

DAY = dt.date(2026, 4, 15)


def _person(**values: object) -> Person:
    known = {
        "tr_name": "Ada", "tr_email": "ada@school.example.org", "tr_role": 2, "tr_from": "2025-09-01",
        "tr_reports___1": 1, "tr_reports___3": 1, "tr_consent_mail": 1,
    }  # fmt: skip
    (one,) = portfolio(profile(), form("team_roster", {**known, **values})).people
    return one


def test_a_team_is_read_from_its_profile() -> None:
    (one,) = portfolio(
        profile(
            "T007",
            tp_name="Alder Academy",
            tp_short="Alder",
            tp_status=5,
            tp_left="2026-03-10",
            tp_region="North",
            tp_org="Trust",
        )
    ).teams
    assert (one.code, one.name, one.short, one.dag, one.coach) == ("T007", "Alder Academy", "Alder", "t007", "c1")
    assert (one.status, one.joined, one.left) == ("completed", dt.date(2025, 9, 1), dt.date(2026, 3, 10))
    assert (one.region, one.organisation) == ("North", "Trust")


def test_a_profile_with_gaps_still_makes_a_team_that_gets_nothing_yet() -> None:
    (one,) = portfolio(form("team_profile", {"tp_status": "9", "tp_joined": "soon"}, "T007", 0)).teams
    assert (one.name, one.short, one.status, one.joined) == ("T007", "T007", "applied", dt.date(2025, 9, 1))
    assert not one.expected(Month("2026-03"))


@pytest.mark.parametrize(
    ("status", "left", "expected"),
    [
        pytest.param(1, None, [False, False, False], id="applied"),
        pytest.param(2, None, [True, True, True], id="active, before it joined too"),
        pytest.param(3, None, [False, False, False], id="paused"),
        pytest.param(3, "2026-01-20", [True, True, False], id="paused since January"),
        pytest.param(4, "2026-01-20", [True, True, False], id="withdrew in January"),
        pytest.param(5, None, [True, True, True], id="completed"),
    ],
)
def test_a_team_owes_data_from_the_baseline_to_the_month_it_left(
    status: int, left: str | None, expected: list[bool]
) -> None:
    read = portfolio(profile(tp_status=status, tp_left=left, tp_joined="2025-11-03"))
    assert [read.expected("T001", Month(month)) for month in ("2024-09", "2026-01", "2026-02")] == expected
    assert not read.expected("T999", Month("2026-01"))


def test_a_person_gets_the_reports_ticked_between_two_days_with_consent() -> None:
    one = _person(tr_to="2026-04-15")
    assert (one.name, one.role, one.reports) == ("Ada", "2", frozenset({"team", "reminders"}))
    assert one.receives("team", DAY)
    assert not one.receives("leader", DAY)
    assert not one.receives("team", dt.date(2026, 4, 16))
    assert not one.receives("team", dt.date(2025, 8, 31))


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"tr_consent_mail": 0}, id="no consent"),
        pytest.param({"tr_consent_mail": None}, id="consent not asked for"),
        pytest.param({"tr_reports___1": None}, id="report not ticked"),
        pytest.param({"tr_email": None}, id="no address"),
        pytest.param({"tr_email": "ada at school"}, id="no address in it"),
        pytest.param({"tr_email": "ada@school.example.org\nBcc: all@example.org"}, id="a header line in the address"),
        pytest.param({"tr_email": "ada@school.example.org, eve@example.org"}, id="two addresses"),
        pytest.param({"tr_to": "2026-02-30"}, id="left on a day that does not exist"),
        pytest.param({"tr_from": "autumn"}, id="since a day that cannot be read"),
    ],
)
def test_in_doubt_a_person_gets_no_mail(values: dict[str, Any]) -> None:
    assert not _person(**values).receives("team", DAY)


def test_a_blank_first_day_means_always() -> None:
    assert _person(tr_from=None).receives("team", DAY)


def test_a_charter_holds_the_teams_own_goals_for_measures_there_are() -> None:
    charter = portfolio(
        profile(),
        form(
            "team_charter",
            {
                "tc_aim": "Fewer days missed",
                "tc_pilot": "Year 7",
                "tc_goal_ca_day": "6.2",
                "tc_goal_ca_hold": "x",
                "tc_noid": 1,
            },
        ),
    ).charters["T001"]
    assert (charter.aim.printable, charter.pilot, charter.goals) == ("Fewer days missed", "Year 7", {"ca_day": 6.2})


def test_a_report_is_read_with_its_rating_and_texts() -> None:
    (told,) = portfolio(
        profile(),
        report("2026-03", mr_self="35", mr_did="Called", mr_learned="Mornings", mr_next="More", mr_bright="Ms Lee", mr_ask_of=2,
               mr_ask="Two hours?", mr_submitted="2026-04-08", mr_noid=1, monthly_report_complete=2),
    ).narratives  # fmt: skip
    assert (told.month, told.self_score, told.ask_of, told.complete) == (Month("2026-03"), 3.5, "senior leader", True)
    assert (told.did.printable, told.next.printable, told.submitted) == ("Called", "More", dt.date(2026, 4, 8))


def test_of_two_reports_for_a_month_the_complete_one_is_taken_then_the_latest() -> None:
    told = portfolio(
        profile(),
        report("2026-03", 1, mr_self="30", mr_submitted="2026-04-01", monthly_report_complete=2),
        report("2026-03", 2, mr_self="35", mr_submitted="2026-04-09"),
        report("2026-02", 3, mr_self="20", mr_submitted="2026-03-09"),
        report("2026-02", 4, mr_self="25", mr_submitted="2026-03-01"),
        report("soon", 5, mr_self="50"),
    ).narratives
    assert [(one.month.name, one.self_score) for one in told] == [("2026-02", 2.0), ("2026-03", 3.0)]


@pytest.mark.parametrize(("code", "score"), [("05", 0.5), ("10", 1.0), ("35", 3.5), ("50", 5.0)])
def test_ratings_are_half_points_times_ten(code: str, score: float) -> None:
    assert [one.score for one in portfolio(profile(), rating("2026-03", code)).ratings] == [score]


@pytest.mark.parametrize("code", ["5", "55", "3.5", "00", "12", ""])
def test_a_rating_that_is_no_choice_is_left_out(code: str) -> None:
    assert portfolio(profile(), rating("2026-03", code)).ratings == ()


def test_a_rating_is_released_only_by_a_yes_and_with_a_reason() -> None:
    def released(**values: Any) -> bool:
        (one,) = portfolio(profile(), rating("2026-03", "30", **values)).ratings
        return one.released

    assert released(cr_released=1)
    assert not released(cr_released=0)
    assert not released()
    assert not released(cr_released=1, cr_why=" ")


def test_of_two_ratings_for_a_month_the_last_given_is_taken() -> None:
    found = portfolio(
        profile(),
        rating("2026-03", "30", 1, cr_on="2026-04-14", cr_suggest="Try one class", cr_noid=1, cr_coach="c2"),
        rating("2026-03", "25", 2, cr_on="2026-04-12"),
    ).ratings
    assert [(one.score, one.suggestion.printable, one.coach) for one in found] == [(3.0, "Try one class", "c2")]


def _asks(*entries: Entry) -> list[tuple[str, str, str, int]]:
    found = portfolio(profile(), *entries).asks
    return [(ask.month.name, ask.of, ask.text.written, ask.age(DAY)) for ask in found]


ASKED = (
    report("2026-01", 1, mr_ask="A projector", mr_ask_of=1, mr_submitted="2026-02-08"),
    report("2026-02", 2, mr_ask="Two hours on Fridays?", mr_ask_of=2, mr_submitted="2026-03-08"),
    report("2026-03", 3, mr_ask_of=1),
)


def test_an_ask_is_open_until_its_coach_notes_that_it_is_solved() -> None:
    assert _asks(*ASKED) == [
        ("2026-01", "coach", "A projector", 66),
        ("2026-02", "senior leader", "Two hours on Fridays?", 38),
        ("2026-03", "coach", "", 14),
    ]
    solved = contact("2026-02-20", ct_ask_ref="2026-01-01", ct_ask_status=3)
    assert [month for month, *_ in _asks(*ASKED, solved)] == ["2026-02", "2026-03"]


@pytest.mark.parametrize(
    ("notes", "state", "solved", "age"),
    [
        pytest.param([("2026-02-20", 3)], "solved", dt.date(2026, 2, 20), 12, id="solved: its age stands still"),
        pytest.param([("2026-02-20", 2)], "passed on", None, 66, id="passed on is not solved"),
        pytest.param([("2026-03-01", 1), ("2026-02-20", 3)], "open", None, 66, id="opened again"),
        pytest.param([("2026-02-01", 3)], "solved", dt.date(2026, 2, 8), 0, id="solved before the report came"),
        pytest.param([("2026-05-01", 3)], "open", None, 66, id="a contact still to come"),
        pytest.param([("soon", 3)], "open", None, 66, id="a contact without its day"),
        pytest.param([("2026-02-20", "")], "open", None, 66, id="a contact that does not say where it stands"),
    ],
)
def test_what_became_of_an_ask_is_what_the_last_contact_says(
    notes: list[tuple[str, object]], state: str, solved: dt.date | None, age: int
) -> None:
    said = [contact(day, at, ct_ask_ref="2026-01-01", ct_ask_status=how) for at, (day, how) in enumerate(notes, 1)]
    first = portfolio(profile(), *ASKED, *said).requests[0]
    assert (first.month.name, first.state, first.solved, first.age(DAY)) == ("2026-01", state, solved, age)


def test_a_contact_of_another_team_or_month_solves_nothing() -> None:
    elsewhere = contact("2026-02-20", 1, "T002", ct_ask_ref="2026-01-01", ct_ask_status=3)
    another = contact("2026-02-20", 2, ct_ask_ref="2025-12-01", ct_ask_status=3)
    assert len(_asks(profile("T002"), *ASKED, elsewhere, another)) == 3


def test_asking_for_nothing_is_no_ask() -> None:
    assert _asks(report("2026-02", 1, mr_ask_of=5), report("2026-03", 2, mr_ask="None.")) == []
    assert _asks(report("2026-02", 1, mr_ask=" N/A "), report("2026-03", 2)) == []
    assert [ask[:3] for ask in _asks(report("2026-03", 1, mr_ask="A projector", mr_ask_of=5))] == [
        ("2026-03", "", "A projector")
    ]


def test_an_ask_is_never_younger_than_today() -> None:
    assert [age for *_, age in _asks(report("2026-03", 1, mr_ask="Help", mr_submitted="2026-05-01"))] == [0]
    assert _asks(report("2027-03", 1, mr_ask="Help from the future")) == []


def test_records_without_a_profile_are_left_out_everywhere() -> None:
    read = portfolio(
        profile(), report("2026-03", team="T009", mr_ask="Help"), rating("2026-03", "30", team="T009"),
        form("pdsa_cycle", {}, "T009"), form("team_roster", {"tr_name": "Bo"}, "T009"), form("team_charter", {}, "T009"),
    )  # fmt: skip
    assert read == Portfolio(read.teams, (), {}, (), (), (), ())


def test_the_roster_alone_is_who_the_whole_portfolio_says_is_there() -> None:
    shelf = Shelf(
        profile(), profile("T002", tp_status="4"), form("team_roster", {"tr_name": "Bo", "tr_reports___1": "1"}),
        form("team_roster", {"tr_name": "Ida"}, "T002", 2), form("team_roster", {"tr_name": "Nobody's"}, "T009"),
        report("2026-03", mr_ask="Help"),
    )  # fmt: skip
    whole, roster = teams.read(shelf, collaborative(), DAY), teams.read_roster(shelf, collaborative(), DAY)
    assert (roster.teams, roster.people) == (whole.teams, whole.people)
    assert [one.name for one in roster.people] == ["Bo", "Ida"]
    assert [one.name for one in roster.people_of("T002")] == ["Ida"]
    assert roster.people_of("T009") == ()


def test_another_project_is_another_project() -> None:
    elsewhere = Entry(EntryKey("other", "T002", "", "team_profile", 0), "", {"tp_status": "2"})
    shelf = Shelf(profile(), elsewhere)
    assert [team.code for team in teams.read(shelf, collaborative(), DAY).teams] == ["T001"]
    assert [team.code for team in teams.read(shelf, collaborative(), DAY, project="other").teams] == ["T002"]


def test_a_teams_own_view_holds_nothing_of_any_other() -> None:
    read = portfolio(
        profile(), profile("T002"), report("2026-03", team="T002", mr_ask="Help"), rating("2026-03", "30", team="T002"),
        form("pdsa_cycle", {}, "T002"), form("team_roster", {"tr_name": "Bo"}, "T002"), form("team_charter", {}, "T002"),
    )  # fmt: skip
    assert "T002" not in repr(read.only("T001"))
    assert read.only("T002").asks == read.asks
    with pytest.raises(KeyError):
        read.only("T001").team("T002")


def test_every_team_apart_is_what_its_own_view_holds() -> None:
    read = portfolio(
        *(entry for team in ("T001", "T002", "T003") for entry in (
            profile(team), report("2026-03", team=team, mr_ask="Help"), rating("2026-03", "30", team=team),
            form("pdsa_cycle", {}, team), form("team_roster", {"tr_name": "Bo"}, team), form("prework", {}, team, 0),
            contact("2026-03-01", team=team), form("spread_plan", {"sp_unit": "X"}, team),
        ) if team != "T003" or entry.key.instrument == "team_profile"),
    )  # fmt: skip
    apart = read.apart()
    assert apart == {team: read.only(team) for team in ("T001", "T002", "T003")}
    assert len(apart["T001"].contacts) == len(apart["T001"].units) == 1
    assert apart["T003"] == Portfolio(apart["T003"].teams, (), {}, (), (), (), ())


@pytest.mark.parametrize("coach", [None, "c9"])
def test_a_team_that_no_coach_reads_about_is_told_in_the_log(
    caplog: pytest.LogCaptureFixture, coach: str | None
) -> None:
    portfolio(profile("T001"), profile("T002", tp_coach=coach))
    assert [record.getMessage() for record in caplog.records] == [
        "a team is in no coach's report: entry=main/T002/team_profile field=tp_coach names no coach of ours"
    ]


def test_a_team_whose_coach_has_left_is_told_in_the_log_from_the_day_after(caplog: pytest.LogCaptureFixture) -> None:
    whole = collaborative()
    first = whole.coaches[0].model_copy(update={"until": DAY})
    left = whole.model_copy(update={"coaches": (first, *whole.coaches[1:])})
    roster.teams([profile("T001"), profile("T002", tp_coach="c2")], left, DAY)
    assert caplog.records == []
    roster.teams([profile("T001"), profile("T002", tp_coach="c2")], left, DAY + dt.timedelta(days=1))
    assert [record.getMessage() for record in caplog.records] == [
        "a team is in no coach's report: entry=main/T001/team_profile field=tp_coach names a coach who has left"
    ]


def test_a_coach_sees_their_teams_that_take_part() -> None:
    read = portfolio(
        profile("T001"), profile("T002", tp_coach="c2"), profile("T003", tp_status=4), profile("T004", tp_status=3), profile("T005", tp_status=1)
    )  # fmt: skip
    assert [team.code for team in read.of_coach("c1")] == ["T001", "T004"]


def test_nothing_that_people_wrote_reaches_the_log(caplog: pytest.LogCaptureFixture) -> None:
    secret = "Mrs Hay 07700"
    with caplog.at_level(logging.DEBUG):
        portfolio(
            profile(tp_status=secret, tp_joined=secret, tp_left=secret),
            form("team_roster", {"tr_email": secret, "tr_role": secret, "tr_from": secret, "tr_to": secret}),
            form("team_charter", {"tc_goal_ca_day": secret}),
            report("2026-03", mr_self=secret, mr_ask_of=secret, mr_submitted=secret),
            rating("2026-03", secret, cr_on=secret),
            form("pdsa_cycle", dict.fromkeys(("pd_kind", "pd_met", "pd_act", "pd_start", "pd_scale"), secret)),
        )
    assert len(caplog.records) >= 12
    assert "Hay" not in caplog.text


JUNK = st.dictionaries(
    st.sampled_from(
        [
            "tp_status",
            "tp_joined",
            "tp_left",
            "tr_email",
            "tr_from",
            "tc_goal_ca_day",
            "mr_period",
            "mr_self",
            "mr_ask",
            "cr_period",
            "cr_score",
            "cr_on",
        ]
    ),
    st.one_of(st.text(max_size=6), st.sampled_from(["2026-03-01", "0001-01-01", "9999-12-31", "30", "inf", "1e999"])),
)
FORMS = ["team_profile", "team_roster", "team_charter", "monthly_report", "coach_rating"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(FORMS), JUNK), max_size=6))
def test_whatever_is_entered_a_portfolio_comes_of_it(entered: list[tuple[str, dict[str, str]]]) -> None:
    entries = [form(name, values, instance=at) for at, (name, values) in enumerate(entered) if name != "team_profile"]
    read = portfolio(profile(**dict(entered[0][1] if entered else {})), *entries)
    assert len(read.teams) == 1
    assert all(ask.age(DAY) >= 0 for ask in read.asks)
