"""The year of one collaborative, as it went: its months, and every change that somebody asked for in them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.journeys.year import SUPER, Clock, Place, Row, Year, ran

from breakthrough.demo.postbox import Postbox
from redcap_sandbox import serve

NAMES = {"T001": "Northgate", "T002": "Southmead", "T003": "Eastfield", "T004": "Westhaven"}
PEOPLE = """\
username,role,team,until
ros,coordinator,,
svc_reports,worker,,
dana,data_lead,T001,
eli,data_lead,T002,
fay,data_lead,T003,
juno,coach,,
idris,coach,,
"""
NEW_MEASURE = """\
  ca_door:
    name: Met at the door
    plain: Of every 100 pupils who came late, how many an adult met at the door
    definition: Late pupils met by an adult at the door, over all pupils who came late.
    kind: process
    numerator: lt_met
    denominator: lt_all
    direction: higher
    since: 2025-12
    drivers: [D2]

drivers:
  - code: D1
"""
DRAFTED_MEASURE = """\
  ca_home:
    name: Visited at home
    plain: Of every 100 families we meant to visit, how many we saw at home
    kind: process
    numerator: hv_done
    denominator: hv_plan
    direction: higher
    since: 2026-06

drivers:
  - code: D1
"""
LAST_COUNT = '  att_rev: {label: "… of these: marks changed from absent to present after the day had closed"}\n'
OWN = "instruments/team_profile.csv"
NOW_KIT = {"tp_coach": "c3", "tp_coach_from": "2026-05-01"}
JUNO = "    email: juno.fairweather@collaborative.example.org\n    until: 2026-04-30\n"
KIT = "  - {code: c3, name: Kit Marlowe, email: kit.marlowe@collaborative.example.org, calls: [2026-05-19]}\n"


@contextmanager
def year(folder: Path, root: Path) -> Iterator[Year]:
    """The year, gone through from the empty folder to the autumn after."""
    clock = Clock()
    with (
        pytest.MonkeyPatch.context() as patch,
        serve(folder / "sandbox", SUPER, timezone="Europe/London", clock=clock) as sandbox,
        Postbox(folder / "inbox") as postbox,
    ):
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        made = ran("init", str(folder / "here"), "--collaborative", "absenteeism")
        assert made.code == 0, made.err
        of = Year(folder / "here", sandbox, postbox, clock)
        _begun(of)
        _autumn(of)
        _winter(of, root)
        _spring(of)
        _production(of)
        _extended(of)
        yield of


def _begun(of: Year) -> None:
    """September: the project is created and deployed, three teams join, and send in the year before."""
    of.edit(
        "breakthrough.yaml",
        ("\n  url: https://redcap.example.org/api/ ", f"\n  url: {of.sandbox.url} "),
        ("  # super_token: file:secrets/super.token", "  super_token: file:secrets/super.token"),
        ("smtp.example.org", of.postbox.host),
        ("port: 587", f"port: {of.postbox.port}"),
        ("security: starttls", "security: none"),
    )
    (of.folder / "people.csv").write_text(PEOPLE, encoding="utf-8")
    of.token("super", SUPER)
    of.done("deploy", "--create", "--team", "T001", "--team", "T002", "--team", "T003")
    of.token("worker", of.admin.token(of.number, "svc_reports"))
    of.enter([_profile("T001", "c1"), _profile("T002", "c1"), _profile("T003", "c2")])
    of.enter([row for team in ("T001", "T002", "T003") for row in (_person(team), _test(team))])
    months = [f"2024-{month:02}" for month in range(9, 13)] + [f"2025-{month:02}" for month in range(1, 8)]
    of.enter([_month(team, month) for team in ("T001", "T002", "T003") for month in months])


def _autumn(of: Year) -> None:
    """Two months go out; then a measure is added that nobody had thought of."""
    _report_day(of, "2025-11-15", "2025-09", "2025-10")
    of.seen["sent in November"] = of.send()

    before = of.keep()
    counts = '  lt_all: {label: Pupils who came late in the month}\n  lt_met: {label: "… of these: met by an adult"}\n'
    of.edit(
        "collaborative.yaml",
        (LAST_COUNT, LAST_COUNT + counts),
        ("drivers:\n  - code: D1\n", NEW_MEASURE),
    )
    of.request("add a measure", before)


def _winter(of: Year, root: Path) -> None:
    """A measure and an idea are retired, words changed, choices added, a team renamed; another team joins late."""
    _report_day(of, "2026-01-15", "2025-11", "2025-12")
    before = of.keep()
    of.edit(
        "collaborative.yaml",
        ("    drivers: [D5]\n", "    drivers: [D5]\n    until: 2026-01\n"),
        ('who should do it.", strength: 1}', 'who should do it.", strength: 1, retired: true}'),
    )
    of.request("retire a measure", before)
    # A page of an old month is saved once more, in the browser, where what branching hides is erased.
    of.seen["erased on an old page"] = of.save("dana", "T001", "monthly_measures", {"mm_events": "none"}, 3)

    _report_day(of, "2026-02-15", "2026-01")
    before = of.keep()
    shutil.copy(root / "instruments" / "team_profile.csv", of.folder / OWN)
    of.edit(OWN, ("How many people does it serve?", "For how many people is the team there?"))
    of.edit("collaborative.yaml", ("name: Family reached in 5 days", "name: Family reached within a week"))
    of.seen["re-worded without a word in the ledger"] = (of.run("plan"), of.run("instruments", "codes"))
    of.edit("codes.csv", ('measures,ca_c5,"Family reached in 5 days"', 'measures,ca_c5,"Family reached within a week"'))
    of.request("re-word", before)

    before = of.keep()
    of.edit(OWN, ("5, Hospital | 6, Other", "5, Hospital | 7, Alternative provision | 6, Other"))
    idea = '      - {code: D4d, title: Walking bus, how: "One adult, one route, two mornings.", strength: 1}\n'
    of.edit("collaborative.yaml", ("  - code: D5\n", f"{idea}  - code: D5\n"))
    of.request("add a choice", before)
    of.enter([_base("T003") | {"tp_type": "7"}])

    of.save("ros", "T002", "team_profile", {"tp_name": "Southmead and Harbour"})
    of.done("pull")
    of.request("rename a team", of.keep())
    _refused(of)

    before = of.keep()
    (of.folder / "people.csv").write_text(f"{PEOPLE}gus,data_lead,T004,\n", encoding="utf-8")
    of.request("add a late-joining team", before, "T004")
    of.enter([_profile("T004", "c2", "2026-03-20"), _person("T004")])
    _report_day(of, "2026-04-15", "2026-02", "2026-03")


def _refused(of: Year) -> None:
    """What nobody should get through, even where REDCap would do it."""
    plan, design, held = "collaborative.yaml", of.ask("metadata"), of.stored()
    text = (of.folder / plan).read_text(encoding="utf-8")
    juno = text.split("coaches:\n")[1].split("  - code: c2")[0]
    hold = "  ca_hold:\n" + text.split("  ca_hold:\n")[1].split("  ca_c5:\n")[0]
    counts = text[text.index("  nr_prev:") : text.index("  cr_new:")]
    profile = (of.folder / OWN).read_text(encoding="utf-8")
    size = next(f"{line}\n" for line in profile.splitlines() if line.startswith("tp_size,"))
    swapped = ("3, University or college | 4, Practice or clinic", "4, University or college | 3, Practice or clinic")

    of.refuse("a coach taken out", plan, (juno, ""))
    of.refuse("a code given to another coach", plan, ("name: Idris Calloway", "name: Pat Newcome"))
    of.refuse("codes swapped", OWN, swapped)
    of.refuse("a choice taken out", OWN, ("1, Rural | 2, Town or suburb | ", "1, Rural | "))
    of.refuse("a measure taken out", plan, (hold, ""))
    of.refuse("a field taken out", OWN, (size, ""))
    # Not even where the ledger was made to forget it as well: what REDCap holds still counts.
    forgotten = {"codes.csv": r"^(measures,ca_hold|counts,nr_prev|counts,nr_hold),.*\n"}
    of.refuse("a measure taken out of the ledger, too", plan, (hold, ""), (counts, ""), also=forgotten)
    of.seen["untouched by what was refused"] = (design == of.ask("metadata"), held == of.stored())


def _spring(of: Year) -> None:
    """A coach leaves and hands over two teams to a new one."""
    of.on("2026-05-02")
    before = of.keep()
    of.edit(
        "collaborative.yaml",
        ("    email: juno.fairweather@collaborative.example.org\n", JUNO),
        ("2026-04-23, 2026-05-21, 2026-06-25]\n", "2026-04-23, 2026-05-21, 2026-06-25]\n" + KIT),
    )
    people = PEOPLE.replace("juno,coach,,", "juno,coach,,2026-04-30")
    (of.folder / "people.csv").write_text(f"{people}gus,data_lead,T004,\nkit,coach,,\n", encoding="utf-8")
    of.request("hand coaching over", before)
    of.save("ros", "T001", "team_profile", NOW_KIT)  # T002's is forgotten until June
    of.seen["erased on a rating of the coach who left"] = of.save("kit", "T001", "coach_rating", {"cr_engage": "3"}, 1)
    _report_day(of, "2026-05-15", "2026-04")
    of.seen["sent in May"] = of.send()


def _production(of: Year) -> None:
    """The project goes into production, and a measure is asked for after that."""
    of.admin.to_production(of.number)
    of.request("switch to production", of.keep())

    before = of.keep()
    counts = '  hv_plan: {label: Families to be visited}\n  hv_done: {label: "… of these: seen at home"}\n'
    of.edit(
        "collaborative.yaml",
        (LAST_COUNT, LAST_COUNT + counts),
        ("drivers:\n  - code: D1\n", DRAFTED_MEASURE),
    )
    of.edit(OWN, ("4, The topic no longer fits | 5, Other", "4, Not our topic | 5, Other"))
    of.edit("codes.csv", ('tp_left_why,4,"The topic no longer fits"', 'tp_left_why,4,"Not our topic"'))
    of.request("change it in production", before, approve=True)


def _extended(of: Year) -> None:
    """Three months more, with a congress at the new end."""
    of.save("ros", "T002", "team_profile", NOW_KIT)
    _report_day(of, "2026-06-15", "2026-05")
    before = of.keep()
    asked = ("measures", "--json", "--measure", "ca_day", "--month", "2027-02")
    of.seen["a new month before"] = of.run(*asked, now="2027-04-20")
    congress = "    - {code: OC2, kind: congress, date: 2026-10-08, phase: sustaining, title: Second congress}\n"
    of.edit(
        "collaborative.yaml",
        ("  end: 2026-07\n", "  end: 2026-10\n"),
        ("tail_end: 2026-12", "tail_end: 2027-03"),
        ('title: "Outcomes congress: what we learned"}\n', 'title: "Outcomes congress: what we learned"}\n' + congress),
    )
    of.request("extend by three months", before, approve=True)
    of.seen["a new month after"] = of.run(*asked, now="2027-04-20")
    _report_day(of, "2026-11-15", "2026-06", "2026-07", "2026-09", "2026-10")
    again = of.run("report", "--as-of", "2025-11-15", "--to", str(of.folder / "again"))
    page = of.folder / "again" / "2025-10-team-T002.html"
    of.seen["November's reports made again"] = again
    of.seen["the page of T002 in them"] = page.read_text(encoding="utf-8") if page.exists() else ""


# What people enter


def _report_day(of: Year, day: str, *months: str) -> None:
    """The counts and ratings of those months come in, and a report day comes."""
    of.on(day)
    for month in months:
        teams = [team for team in NAMES if (team, "", "") in of.entered and (team != "T004" or month >= "2026-03")]
        of.enter(row for team in teams for row in (_month(team, month), _rating(team, month)))
    of.close_month()


def _base(team: str) -> Row:
    return {"record_id": team, "redcap_repeat_instrument": "", "redcap_repeat_instance": ""}


def _profile(team: str, coach: str, joined: str = "2025-07-01") -> Row:
    return _base(team) | {
        "redcap_data_access_group": team.lower(),
        "tp_name": NAMES[team],
        "tp_short": NAMES[team],
        "tp_type": "2",
        "tp_size": "480",
        "tp_status": "2",
        "tp_joined": joined,
        "tp_coach": coach,
        "tp_setting___2": "1",
        "tp_noid": "1",
        "team_profile_complete": "2",
    }


def _repeat(team: str, form: str, instance: int) -> Row:
    place = {"record_id": team, "redcap_repeat_instrument": form, "redcap_repeat_instance": str(instance)}
    return place | {f"{form}_complete": "2"}


def _person(team: str) -> Row:
    return _repeat(team, "team_roster", 1) | {
        "tr_name": f"Lead of {NAMES[team]}",
        "tr_email": f"lead@{NAMES[team].lower()}.example.org",
        "tr_role": "2",
        "tr_from": "2025-07-01",
        "tr_consent_mail": "1",
        "tr_reports___1": "1",
    }


def _test(team: str) -> Row:
    """A test of an idea that is retired later, for a measure that is, too."""
    return _repeat(team, "pdsa_cycle", 1) | {
        "pd_id": f"{team}-1",
        "pd_title": "Cause sheet",
        "pd_cycle": "1",
        "pd_change": "D1c",
        "pd_measure": "ca_team",
        "pd_kind": "1",
        "pd_question": "Does it take less than five minutes?",
        "pd_predict": "Yes, for three of four pupils.",
        "pd_start": "2025-09-22",
        "pd_scale": "1",
        "pd_noid": "1",
    }


def _instance(month: str) -> int:
    """Pages are numbered by month, from September 2024 on."""
    return (int(month[:4]) - 2024) * 12 + int(month[5:]) - 8


def _month(team: str, month: str) -> Row:
    """Every count that is asked for in that month; a little else each month and team."""
    turn, size = _instance(month), int(team[1:])
    counts = {
        "sd_poss": 9000 + 100 * size, "sd_abs": 700 + 7 * turn - 3 * size, "en_me": 480 + size, "ch_ytd": 90 + turn,
        "en_swd": 60, "ch_swd": 15 + size, "nr_prev": 80 + turn, "nr_hold": 61, "cr_new": 20 + size, "cr_ct5": 11,
        "ch_plan": 40 + turn, "att_ent": 400 + turn, "att_rev": 5 + size,
    }  # fmt: skip
    if month < "2026-02":
        counts |= {"mt_plan": 4, "mt_done": 1 + size % 3}
    if month >= "2025-12":
        counts |= {"lt_all": 30, "lt_met": 12 + size}
    if month >= "2026-06":
        counts |= {"hv_plan": 9, "hv_done": 4}
    kind = "1" if month < "2025-09" else "2"
    return (
        _repeat(team, "monthly_measures", turn)
        | {"mm_period": f"{month}-01", "mm_kind": kind, "ca_day_st": "1", "mm_noid": "1"}
        | {name: str(number) for name, number in counts.items()}
    )


def _rating(team: str, month: str) -> Row:
    """What the team's coach of that month makes of it."""
    coach = "c2" if team in {"T003", "T004"} else "c1" if month < "2026-04" else "c3"
    return _repeat(team, "coach_rating", _instance(month) - 12) | {
        "cr_period": f"{month}-01",
        "cr_coach": coach,
        "cr_score": "25",
        "cr_why": "Tests are small.",
        "cr_suggest": "One more family.",
        "cr_noid": "1",
    }


def entered(of: Year) -> Iterator[tuple[tuple[Place, str], str]]:
    """Every value that somebody typed in the year, as it was typed last, by place and column."""
    for place, row in of.entered.items():
        yield from (((place, column), value) for column, value in row.items())
