"""What waits for a team, told from what has come in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import replace

import pandas as pd
import pytest
from tests.reporting import given
from tests.reporting.world import MARCH, NOW, folk, occasion

from breakthrough.collaborative import Collaborative
from breakthrough.errors import ReportError
from breakthrough.measures.values import Doubt, State
from breakthrough.month import Month
from breakthrough.reporting.links import checked, of_entry, redcap
from breakthrough.reporting.parts import Duty
from breakthrough.reporting.sentences import cycles
from breakthrough.reporting.views import duty_list
from breakthrough.reporting.views.occasion import Occasion
from breakthrough.reporting.views.returns import Gap, Return, returns
from breakthrough.teams.records import Storyboard
from breakthrough.teams.values import Portfolio

NOVEMBER = (
    "Counts for November, December and January are missing in one measure: Persistent absence. "
    "The first were due on Wed 10 December."
)
NOBODY = Portfolio((), (), {}, (), (), (), ())


def gap(measure: str, state: State, reason: str = "", entry: str = "") -> Gap:
    return Gap(measure, state, reason, entry)


def waiting(
    collaborative: Collaborative,
    *came: Return,
    doubts: Sequence[Doubt] = (),
    portfolio: Portfolio | None = None,
    forms: Collection[str] = (),
) -> tuple[Duty, ...]:
    people = portfolio or folk().only("T001")
    found = {(one.team, one.month): one for one in came}
    numbers = cycles.numbered(people.pdsas)
    return duty_list.waiting("T001", collaborative, people, found, doubts, numbers, occasion(), forms)


def counts(*gaps: Gap, month: str = "2026-03", of: int = 4) -> Return:
    return Return("T001", Month(month), "in part", gaps, of)


def test_some_missing_measures_are_named(absenteeism: Collaborative) -> None:
    found = waiting(absenteeism, counts(gap("ca_hold", "missing"), gap("ca_c5", "missing")))
    assert found[0].text == (
        "Counts for March are missing in two measures: Held below the line and Family reached in 5 days. "
        "They were due on Fri 10 April."
    )


def test_months_that_lack_the_same_measures_are_one_duty(absenteeism: Collaborative) -> None:
    months = ("2025-11", "2025-12", "2026-01")
    came = [counts(gap("ca_ytd", "missing"), month=month) for month in months]
    found = waiting(absenteeism, *came, counts(gap("ca_hold", "missing")))
    assert [(str(one.chip), one.text) for one in found[:2]] == [
        (
            "× 5 days late",
            "Counts for March are missing in one measure: Held below the line. They were due on Fri 10 April.",
        ),
        (
            "× 126 days late",
            NOVEMBER,
        ),
    ]


def test_a_measure_with_a_lag_is_late_only_after_its_own_due_day(absenteeism: Collaborative) -> None:
    lagged = absenteeism.measures["ca_c5"].model_copy(update={"lag": 1})
    slower = absenteeism.model_copy(update={"measures": {**absenteeism.measures, "ca_c5": lagged}})
    assert not [one for one in waiting(slower, counts(gap("ca_c5", "missing"))) if "Counts" in one.text]
    february = waiting(slower, counts(gap("ca_c5", "missing"), month="2026-02"))
    assert february[0].text.endswith("They were due on Fri 10 April.")


def test_announced_counts_are_told_as_announced(absenteeism: Collaborative) -> None:
    found = waiting(absenteeism, counts(*(gap(code, "late") for code in ("ca_day", "ca_ytd", "ca_hold", "ca_c5"))))
    assert (str(found[0].chip), found[0].text) == ("× Will follow", "You said that the counts for March would follow.")


def test_impossible_counts_lead_to_their_own_form(absenteeism: Collaborative) -> None:
    wrong = gap("ca_day", "invalid", "more missed than possible", "main/T001/monthly_measures/19")
    found = waiting(absenteeism, counts(wrong))
    assert (str(found[0].chip), found[0].text) == (
        "× Please check",
        "Absence rate, March: more missed than possible. It is left out until it is put right.",
    )
    assert found[0].link.url.endswith("index.php?pid=16&id=T001&page=monthly_measures&instance=19")


def test_a_month_with_two_forms_that_differ_is_one_duty(absenteeism: Collaborative) -> None:
    clash = [gap(code, "invalid", "the month has two complete forms", "") for code in ("ca_day", "ca_ytd", "ca_hold")]
    other = gap("ca_c5", "invalid", "5 of 4 is more than all of them", "")
    texts = [one.text for one in waiting(absenteeism, counts(*clash, other), portfolio=NOBODY)]
    assert texts[0] == (
        "Absence rate, Persistent absence and Held below the line, March: the month has two complete forms. "
        "They are left out until they are put right."
    )
    assert texts[1].startswith("Family reached in 5 days, March: 5 of 4 is more than all of them. It is left out")
    assert sum("two complete forms" in text for text in texts) == 1


def test_an_impossible_figure_without_a_form_leads_to_the_record(absenteeism: Collaborative) -> None:
    found = waiting(absenteeism, counts(gap("ca_day", "invalid")))
    assert found[0].link.url.endswith("record_home.php?pid=16&id=T001")


def test_what_is_older_than_a_year_or_before_the_start_is_not_asked_for(absenteeism: Collaborative) -> None:
    old = counts(gap("ca_day", "missing"), month="2025-07", of=1)
    assert not [one for one in waiting(absenteeism, old) if "July" in one.text]


def test_doubts_follow_the_duties_newest_first_and_old_ones_rest(absenteeism: Collaborative) -> None:
    doubts = [Doubt("T001", "ca_day", MARCH + -at, "jump", f"{at} months ago") for at in (5, 1, 0)]
    texts = [one.text for one in waiting(absenteeism, doubts=doubts)]
    assert texts[-2:] == ["0 months ago", "1 months ago"]
    assert "5 months ago" not in texts


def test_an_invalid_figure_is_not_told_twice_as_a_doubt(absenteeism: Collaborative) -> None:
    found = waiting(absenteeism, doubts=[Doubt("T001", "ca_day", MARCH, "invalid", "again")], portfolio=NOBODY)
    assert found == ()


def test_the_test_open_longest_comes_first(absenteeism: Collaborative) -> None:
    younger = given.unfinished(1, end=dt.date(2026, 4, 1))
    older = given.unfinished(2, end=dt.date(2026, 3, 1), status="overdue", end_planned=dt.date(2026, 3, 1))
    people = Portfolio((), (), {}, (younger, older), (), (), ())
    assert [str(one.chip) for one in waiting(absenteeism, portfolio=people)] == ["Open 45 days", "Open 14 days"]


def test_nothing_falls_due_after_the_last_month(absenteeism: Collaborative) -> None:
    late = occasion(month=Month("2026-12"), now=NOW.replace(2027, 1))
    assert duty_list.coming("T001", absenteeism, NOBODY, late) == ()


EVERY = ("storyboard", "spread_plan", "sustain_check", "closeout")


def on(month: int, day: int) -> Occasion:
    """A day of 2026; learning session 3, with which spreading begins, is on 5 March."""
    when = NOW.replace(month=month, day=day)
    return occasion(month=Month.of(when.date()) + -1, now=when, used={("T001", "storyboard"): 2})


def told(some: Sequence[Duty]) -> list[tuple[str, str]]:
    return [(str(one.chip), one.text) for one in some]


STORYBOARD = "The storyboard for Learning session 3: make it stick, spread it."
PLAN = "The spread plan: a page for each place that a change is to go to."


def test_forms_of_the_next_two_weeks_come_with_the_next_counts_the_earliest_first(absenteeism: Collaborative) -> None:
    people = folk().only("T001")
    counts_due = ("Due Tue 10 March", "Counts and report for February.")
    assert told(duty_list.coming("T001", absenteeism, people, on(2, 18), EVERY)) == [counts_due]
    found = duty_list.coming("T001", absenteeism, people, on(2, 19), EVERY)
    assert told(found) == [
        ("Due Thu 5 March", PLAN),
        ("Due Thu 5 March", STORYBOARD),
        ("Due Thu 5 March", "The sustainability check at learning session 3."),
        counts_due,
    ]
    assert found[1].link.url.endswith("?pid=16&id=T001&page=storyboard&instance=3")  # two of them are there
    assert found[0].link.url.endswith("?pid=16&id=T001&page=spread_plan")


def test_a_form_that_the_project_does_not_have_is_not_asked_for(absenteeism: Collaborative) -> None:
    people = folk().only("T001")
    found = duty_list.coming("T001", absenteeism, people, on(2, 28), ("storyboard",))
    assert [text for _, text in told(found)] == [STORYBOARD, "Counts and report for February."]


def late(collaborative: Collaborative, month: int, day: int) -> list[tuple[str, str]]:
    people, about = folk().only("T001"), on(month, day)
    found = duty_list.waiting("T001", collaborative, people, {}, (), {}, about, ("storyboard",))
    return [one for one in told(found) if "storyboard" in one[1]]


def test_a_form_that_is_late_waits_for_two_months_and_no_longer(absenteeism: Collaborative) -> None:
    assert late(absenteeism, 3, 5) == []  # it still comes: it is due today
    assert late(absenteeism, 3, 6) == [("× 1 day late", f"{STORYBOARD} It was due on Thu 5 March.")]
    assert [chip for chip, _ in late(absenteeism, 5, 4)] == ["× 60 days late"]
    assert late(absenteeism, 5, 5) == []


def test_a_form_that_was_filled_in_is_not_asked_for(absenteeism: Collaborative) -> None:
    shown = Storyboard("T001", "LS3", given.key("storyboard", 1))
    people = replace(folk().only("T001"), storyboards=(shown,))
    assert duty_list.coming("T001", absenteeism, people, on(3, 5), ("storyboard",))[0].text != STORYBOARD


def frame(states: dict[str, State]) -> pd.DataFrame:
    rows = [("T001", "2026-03", code, state, "", "") for code, state in states.items()]
    return pd.DataFrame(rows, columns=["team", "month", "measure", "state", "reason", "entry_key"])


@pytest.mark.parametrize(
    ("states", "standing"),
    [
        ({"ca_day": "reported", "ca_hold": "no_cases", "ca_c5": "excluded", "ca_plan": "missing"}, "sent"),
        ({"ca_day": "reported", "ca_hold": "missing", "ca_c5": "reported"}, "in part"),
        ({"ca_day": "invalid", "ca_hold": "reported", "ca_c5": "reported"}, "sent"),  # wrong, but sent
        ({"ca_day": "invalid", "ca_hold": "invalid", "ca_c5": "invalid"}, "sent"),
        ({"ca_day": "invalid", "ca_hold": "missing", "ca_c5": "reported"}, "in part"),
        ({"ca_day": "missing", "ca_hold": "late", "ca_c5": "missing", "ca_plan": "reported"}, "not sent"),
        ({"ca_day": "reported", "ca_hold": "not_collected", "ca_c5": "not_collected"}, "sent"),
        ({"ca_day": "not_due", "ca_hold": "not_due"}, "to come"),
        ({"ca_day": "not_in_session"}, "not expected"),
        ({"ca_day": "not_expected"}, "not expected"),
        ({"ca_plan": "reported", "ca_day": "not_collected"}, "sent"),
    ],
)
def test_a_month_is_sent_when_its_key_measures_are(
    states: dict[str, State], standing: str, absenteeism: Collaborative
) -> None:
    assert returns(frame(states), absenteeism)["T001", MARCH].standing == standing


def test_links_lead_to_redcaps_own_pages() -> None:
    links = redcap("https://redcap.example.org/api/", "14.5.1", 16)
    assert links("T001") == "https://redcap.example.org/redcap_v14.5.1/DataEntry/record_home.php?pid=16&id=T001"
    assert of_entry(links, given.key("pdsa_cycle", 3)) == (
        "https://redcap.example.org/redcap_v14.5.1/DataEntry/index.php?pid=16&id=T001&page=pdsa_cycle&instance=3"
    )
    assert links("Ö & 1").endswith("id=%C3%96+%26+1")
    assert redcap("https://x.org/redcap/", "1.0.0", "2")("A").startswith(
        "https://x.org/redcap/redcap_v1.0.0/DataEntry/"
    )


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//x.org/a", "/a", "", "data:text/html,x"])
def test_a_link_that_no_browser_opens_as_a_page_is_refused(url: str) -> None:
    with pytest.raises(ReportError, match="https"):
        checked(url)
