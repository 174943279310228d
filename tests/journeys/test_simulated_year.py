"""A year and more of two collaboratives by the calendar: every mail that goes out is in the tables here, and no other.

The tables are written from the calendars and the story in `thirteen_months`, as a person would who plans the year: never
from what a run has sent. A line is date and hour where the collaborative is, report, subject, month, revision, readers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest
from tests.journeys import office, thirteen_months
from tests.journeys.office import Collaborative, Mail, Office

from breakthrough.delivery import outbox
from breakthrough.month import Month

Line = tuple[str, str, str, str, int, str]  # date and hour, report, subject, month, revision, reader

LEAP = """
# September: Birch has sent no counts, and is asked on each of the three days. Ben has rated; Ana has not.
2027-10-05 01  reminder T002 2027-09 r5 pat
2027-10-09 01  reminder T002 2027-09 r9 pat
2027-10-12 01  reminder T002 2027-09 r12 pat
2027-10-12 01  rating c1 2027-09 r12 ana
# REDCap is down from the evening before report day. One mail after an hour, not one a round; one when it is over. Reports
# go out of fresh records or not at all, so they go on the 17th, once.
2027-10-15 02  alert pull-20271015T001000Z 2027-10 r0 cora
2027-10-17 13  alert pull-over-20271015T001000Z 2027-10 r0 cora
2027-10-17 13  team T001 2027-09 r0 lea pat
2027-10-17 13  leader T001 2027-09 r0 hal
2027-10-17 13  team T002 2027-09 r0 pat        # Pat is on two teams and gets both; Noa does not consent to mail
2027-10-17 13  team T003 2027-09 r0 sam
2027-10-17 13  coach c1 2027-09 r0 ana
2027-10-17 13  coach c2 2027-09 r0 ben
2027-10-17 13  collaborative leap 2027-09 r0 sol
2027-10-17 13  coordinator leap-2027-09 2027-09 r0 cora
# Birch's counts came on the 20th: a revision for those whose report has its figures.
2027-10-26 01  team T002 2027-09 r1 pat
2027-10-26 01  coach c1 2027-09 r1 ana
2027-10-26 01  collaborative leap 2027-09 r1 sol
# A week before learning session 2, in the night when one o'clock comes twice: once.
2027-10-31 01  forms T001 2027-11 r31 lea
2027-10-31 01  forms T002 2027-11 r31 pat
2027-10-31 01  forms T003 2027-11 r31 sam
# October: Birch reports on the 8th and is asked no more.
2027-11-05 01  reminder T002 2027-10 r5 pat
# Ana's call is on Wed 17 November. Three working days before it, with Mon 15 a holiday, is Thu 11.
2027-11-11 01  team T001 2027-10 r0 lea pat
2027-11-11 01  leader T001 2027-10 r0 hal
2027-11-11 01  team T002 2027-10 r0 pat
2027-11-11 01  coach c1 2027-10 r0 ana
2027-11-12 01  rating c1 2027-10 r12 ana
2027-11-15 01  team T003 2027-10 r0 sam
2027-11-15 01  coach c2 2027-10 r0 ben
2027-11-15 01  collaborative leap 2027-10 r0 sol
2027-11-15 01  coordinator leap-2027-09 2027-10 r0 cora
# Alder put its counts of October right on the 20th.
2027-11-26 01  team T001 2027-10 r1 lea pat
2027-11-26 01  leader T001 2027-10 r1 hal
2027-11-26 01  coach c1 2027-10 r1 ana
2027-11-26 01  collaborative leap 2027-10 r1 sol
# November: Birch is asked twice; the third time would be on 12 December, when no mail can be sent any more.
2027-12-05 01  reminder T002 2027-11 r5 pat
2027-12-09 01  reminder T002 2027-11 r9 pat
# The mail server is down until 17 February. November's reports, its revision of 26 December and what a reader and a coach
# who came meanwhile were to get have become old: January's go out alone. December is not in session. Nothing is asked
# for whose day is over. Sam and Ben have left.
2028-02-17 12  team T001 2028-01 r0 lea pat
2028-02-17 12  leader T001 2028-01 r0 hal
2028-02-17 12  team T002 2028-01 r0 pat
2028-02-17 12  team T003 2028-01 r0 uma
2028-02-17 12  coach c1 2028-01 r0 ana
2028-02-17 12  coach c3 2028-01 r0 cleo
2028-02-17 12  collaborative leap 2028-01 r0 sol
2028-02-17 12  coordinator leap-2027-09 2028-01 r0 cora
2028-02-17 12  alert send-over-20271212T011000Z 2027-12 r0 cora   # with the round after the one in which mails went out
# Dogwood joins on the 21st. Who comes later gets the newest report. No figure of the others is another one by that, so on
# the 26th nobody gets a revision.
2028-02-22 01  team T004 2028-01 r0 kim
2028-02-22 01  leader T004 2028-01 r0 kim
# Leap day: a week before learning session 3, and Lea's last day. Alder's counts of January are put right on that day,
# when January's revision is over: the next report tells of it.
2028-02-29 01  forms T001 2028-03 r29 lea
2028-02-29 01  forms T002 2028-03 r29 pat
2028-02-29 01  forms T003 2028-03 r29 uma
2028-02-29 01  forms T004 2028-03 r29 kim
# February: Ana's call on Wed 15 March brings reports forward to Fri 10, which is the due day, so to the day after it.
# Birch still owes its counts on the 12th; its report is out by then, so nobody asks.
2028-03-05 01  reminder T002 2028-02 r5 pat
2028-03-09 01  reminder T002 2028-02 r9 pat
2028-03-11 01  team T001 2028-02 r0 pat
2028-03-11 01  leader T001 2028-02 r0 hal
2028-03-11 01  team T002 2028-02 r0 pat
2028-03-11 01  coach c1 2028-02 r0 ana
2028-03-12 01  rating c1 2028-02 r12 ana
2028-03-15 01  team T003 2028-02 r0 uma
2028-03-15 01  team T004 2028-02 r0 kim
2028-03-15 01  leader T004 2028-02 r0 kim
2028-03-15 01  coach c3 2028-02 r0 cleo
2028-03-15 01  collaborative leap 2028-02 r0 sol
2028-03-15 01  coordinator leap-2027-09 2028-02 r0 cora
# Birch's came on the 20th. On the 26th there is no one o'clock: it is two at once.
2028-03-26 02  team T002 2028-02 r1 pat
2028-03-26 02  coach c1 2028-02 r1 ana
2028-03-26 02  collaborative leap 2028-02 r1 sol
# The computer is off from 28 March to 18 May. March's reports are not made up for, nor are reminders, nor the forms of the
# end, whose day was 30 April.
2028-05-18 13  alert silent-20280328T011000Z 2028-03 r0 cora
2028-05-18 13  team T001 2028-04 r0 pat
2028-05-18 13  leader T001 2028-04 r0 hal
2028-05-18 13  team T002 2028-04 r0 pat
2028-05-18 13  team T003 2028-04 r0 uma
2028-05-18 13  team T004 2028-04 r0 kim
2028-05-18 13  leader T004 2028-04 r0 kim
2028-05-18 13  coach c1 2028-04 r0 ana
2028-05-18 13  coach c3 2028-04 r0 cleo
2028-05-18 13  collaborative leap 2028-04 r0 sol
2028-05-18 13  coordinator leap-2027-09 2028-04 r0 cora
# Cedar's counts of April came on the 20th.
2028-05-26 01  team T003 2028-04 r1 uma
2028-05-26 01  coach c3 2028-04 r1 cleo
2028-05-26 01  collaborative leap 2028-04 r1 sol
# The tail: May, June and July are due and told of in August. A week before 30 July, three months after the end, the
# sustainability check is asked for; nobody at Alder wants reminders since Lea has left.
2028-07-23 01  forms T002 2028-07 r23 pat
2028-07-23 01  forms T003 2028-07 r23 uma
2028-07-23 01  forms T004 2028-07 r23 kim
2028-08-05 01  reminder T002 2028-07 r5 pat
2028-08-09 01  reminder T002 2028-07 r9 pat
2028-08-12 01  rating c1 2028-07 r12 ana
2028-08-15 01  team T001 2028-07 r0 pat
2028-08-15 01  leader T001 2028-07 r0 hal
2028-08-15 01  team T002 2028-07 r0 pat
2028-08-15 01  team T003 2028-07 r0 uma
2028-08-15 01  team T004 2028-07 r0 kim
2028-08-15 01  leader T004 2028-07 r0 kim
2028-08-15 01  coach c1 2028-07 r0 ana
2028-08-15 01  coach c3 2028-07 r0 cleo
2028-08-15 01  collaborative leap 2028-07 r0 sol
2028-08-15 01  coordinator leap-2027-09 2028-07 r0 cora
# The last quarter is cut short by the tail's end: August alone. After it, no reports.
2028-09-12 01  rating c1 2028-08 r12 ana
2028-09-12 01  rating c3 2028-08 r12 cleo
2028-09-15 01  team T001 2028-08 r0 pat
2028-09-15 01  leader T001 2028-08 r0 hal
2028-09-15 01  team T002 2028-08 r0 pat
2028-09-15 01  team T003 2028-08 r0 uma
2028-09-15 01  team T004 2028-08 r0 kim
2028-09-15 01  leader T004 2028-08 r0 kim
2028-09-15 01  coach c1 2028-08 r0 ana
2028-09-15 01  coach c3 2028-08 r0 cleo
2028-09-15 01  collaborative leap 2028-08 r0 sol
2028-09-15 01  coordinator leap-2027-09 2028-08 r0 cora
# But for the sustainability check, half a year after the end: a week before 30 October.
2028-10-23 01  forms T002 2028-10 r23 pat
2028-10-23 01  forms T003 2028-10 r23 uma
2028-10-23 01  forms T004 2028-10 r23 kim
"""
HARBOR = """
2027-11-06 02  rating k1 2027-10 r6 ana
# Ana's call is on Sun 7 November, and reports come no day before it: made at two, after one o'clock has come twice; shown to
# the coordinator at once, and out 20 hours later. The coordinator's own waits for no call.
2027-11-07 02  preview harbor-2027-10 2027-10 r0 dora
2027-11-07 23  team T001 2027-10 r0 max
2027-11-07 23  coach k1 2027-10 r0 ana
2027-11-12 02  coordinator harbor-2027-10 2027-10 r0 dora
# Counts put right on the 20th; a revised report is held and shown, too.
2027-11-24 02  preview harbor-2027-10 2027-10 r1 dora
2027-11-24 23  team T001 2027-10 r1 max
2027-11-24 23  coach k1 2027-10 r1 ana
# The mail server is down from 11 December to 17 February: January's go out, and no preview of what goes out with it.
2028-02-17 23  team T001 2028-01 r0 max
2028-02-17 23  coach k1 2028-01 r0 ana
2028-02-17 23  coordinator harbor-2027-10 2028-01 r0 dora
2028-02-18 01  alert send-over-20271212T081000Z 2027-12 r0 dora
# The end is on leap day; its forms are asked for a week before.
2028-02-22 02  forms T001 2028-02 r22 max
2028-03-06 02  reminder T001 2028-02 r6 max
2028-03-06 02  rating k1 2028-02 r6 ana
# On 12 March there is no two o'clock: it is three at once. Twenty hours later is after midnight.
2028-03-12 03  preview harbor-2027-10 2028-02 r0 dora
2028-03-12 03  coordinator harbor-2027-10 2028-02 r0 dora
2028-03-13 00  team T001 2028-02 r0 max
2028-03-13 00  coach k1 2028-02 r0 ana
"""
CANCELLED = {
    "leap": {
        "coach/c2/2027-11/r1/ben@x.org",  # has left
        "rating/c2/2027-11/r12/ben@x.org",
        "reminder/T002/2027-11/r12/pat@x.org",  # whose day was over, and Birch had reported
        "rating/c1/2028-01/r12/ana@x.org",
    },
    "harbor": {"rating/k1/2027-12/r6/ana@x.org", "preview/harbor-2027-10/2028-01/r0/dora@x.org"},
}


@dataclass(frozen=True)
class Told:
    """What became of one collaborative's mails."""

    arrived: tuple[Mail, ...]
    states: Mapping[str, str]  # by key without the collaborative
    zone: str

    def lines(self) -> list[Line]:
        return sorted(_line(mail, ZoneInfo(self.zone)) for mail in self.arrived)

    def text(self, report: str, subject: str, month: str, revision: int) -> str:
        (found,) = {
            mail.text
            for mail in self.arrived
            if (mail.key.report, mail.key.subject, mail.key.month, mail.key.revision)
            == (report, subject, Month(month), revision)
        }
        return found


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Told]:
    with office.opened(tmp_path_factory.mktemp("year"), thirteen_months.BEGINS) as of:
        leap, harbor = thirteen_months.founded(of)
        for at, do in thirteen_months.steps(of, leap, harbor):
            of.clock.now = at
            do()
        return {"leap": _told(of, leap, "Europe/London"), "harbor": _told(of, harbor, "America/Chicago")}


def _told(of: Office, one: Collaborative, zone: str) -> Told:
    code = one.here.code
    arrived = tuple(mail for mail in of.arrived if mail.key.collaborative == code)
    states = {line.key.removeprefix(f"{code}/"): line.state for line in outbox.listing(one.store)}
    return Told(arrived, states, zone)


def _line(mail: Mail, zone: ZoneInfo) -> Line:
    key = mail.key
    reader = key.recipient.removesuffix("@x.org")
    return f"{mail.at.astimezone(zone):%Y-%m-%d %H}", key.report, key.subject, str(key.month), key.revision, reader


def _table(text: str) -> Iterator[Line]:
    for line in text.splitlines():
        if told := line.partition("#")[0].split():
            day, hour, report, subject, month, revision, *readers = told
            for reader in readers:
                yield f"{day} {hour}", report, subject, month, int(revision[1:]), reader


@pytest.mark.parametrize(("name", "table"), [("leap", LEAP), ("harbor", HARBOR)])
def test_the_mails_of_the_year_are_those_of_the_calendar_each_once_and_no_other(
    year: dict[str, Told], name: str, table: str
) -> None:
    found, expected = year[name].lines(), sorted(_table(table))
    assert [line for line in found if line not in expected] == []  # each of the three says more than the next
    assert [line for line in expected if line not in found] == []
    assert found == expected


@pytest.mark.parametrize("name", ["leap", "harbor"])
def test_what_did_not_go_out_was_superseded_or_had_lost_its_reader_or_its_use(year: dict[str, Told], name: str) -> None:
    states = year[name].states
    assert {key for key, state in states.items() if state == "cancelled"} == CANCELLED[name]
    rest = {state for state in states.values() if state not in {"sent", "cancelled"}}
    assert rest == {"superseded"}
    late = [key for key, state in states.items() if state == "superseded"]
    assert {key.split("/")[2] for key in late} == {"2027-11"} | ({"2027-12"} if name == "harbor" else set())


def test_a_coach_in_two_collaboratives_gets_the_reports_of_both_under_names_of_their_own(year: dict[str, Told]) -> None:
    to_ana = {name: [mail for mail in told.arrived if mail.key.recipient == "ana@x.org"] for name, told in year.items()}
    assert {len(mails) > 5 for mails in to_ana.values()} == {True}
    assert all(f"– {name.title()} |" in mail.text for name, mails in to_ana.items() for mail in mails)
    assert not any("Quay" in mail.text for mail in to_ana["leap"])
    assert not any(team in mail.text for mail in to_ana["harbor"] for team in ("Alder", "Birch", "Cedar", "Dogwood"))


def test_what_changed_after_its_own_revision_is_told_by_the_next_report(year: dict[str, Told]) -> None:
    assert "now 55 of" in year["leap"].text("team", "T001", "2028-02", 0)


def test_each_mail_says_which_month_and_whether_it_is_revised(year: dict[str, Told]) -> None:
    told = year["leap"]
    assert told.text("team", "T002", "2027-09", 1).startswith("Your progress report, September 2027 (revised) – Leap")
    assert told.text("team", "T001", "2028-01", 0).startswith("Your progress report, January 2028 – Leap")
    assert "Your report goes out on Sat 11 March" in told.text("reminder", "T002", "2028-02", 9)
