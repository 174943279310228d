"""The made-up teams of a demonstration and their people, as rows of REDCap."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections import Counter
from collections.abc import Sequence

from breakthrough.collaborative import Collaborative
from breakthrough.demo.scene import Member, Scene
from breakthrough.demo.story import People

Row = dict[str, str]

_SHORT = 14  # letters of tp_short
_LAST_WORD = re.compile(r"[ -][^ -]*$")
_SENIOR, _LEADER, _DATA, _FAMILY_PARTNER = "1", "2", "3", "6"  # tr_role


def members(names: Sequence[str], collaborative: Collaborative) -> tuple[Member, ...]:
    """A team for each name, shared out among the coaches in equal blocks."""
    coaches = [coach.code for coach in collaborative.coaches]
    return tuple(
        Member(f"T{number:03d}", name, coaches[(number - 1) * len(coaches) // len(names)])
        for number, name in enumerate(names, start=1)
    )


def profiles(scene: Scene, rng: random.Random) -> list[Row]:
    """Team profile and charter of every team: one base row each."""
    story, calendar = scene.story, scene.collaborative.calendar
    joined = calendar.start.first - dt.timedelta(days=75)
    short = short_names([member.name for member in scene.members])
    rows: list[Row] = []
    for index, member in enumerate(scene.members):
        entry = story.entry(index)
        row = {
            "record_id": member.record,
            "redcap_repeat_instrument": "",
            "redcap_repeat_instance": "",
            "redcap_data_access_group": member.dag,
            "tp_name": member.name,
            "tp_short": short[member.name],
            "tp_org": story.organisation.replace("{team}", member.name),
            "tp_type": entry.kind or story.kind,
            "tp_size": str(rng.randint(*story.serves)),
            "tp_status": "2",
            "tp_joined": str(joined + dt.timedelta(days=rng.randrange(30))),
            "tp_coach": member.coach,
            "tp_dua": "1",
            "tp_noid": "1",
            "team_profile_complete": "2",
            "tc_aim": story.charter.aim.replace("{team}", member.name),
            "tc_what": story.charter.what,
            "tc_by_how_much": story.charter.by_how_much,
            "tc_by_when": str(scene.collaborative.aim.by.first),
            "tc_for_whom": story.charter.for_whom,
            "tc_pilot": story.charter.pilot,
            "tc_noid": "1",
            "team_charter_complete": "2",
        }
        rows.append(row | ({"tp_region": entry.region} if entry.region else {}))
    return rows


def short_names(names: Sequence[str]) -> dict[str, str]:
    """A name of at most 14 letters for each, cut after a whole word where that leaves them apart, else anywhere."""
    cut = {name: _at_a_word(name) for name in names}
    shared = Counter(cut.values())
    return {name: short if shared[short] == 1 else name[:_SHORT] for name, short in cut.items()}


def _at_a_word(name: str) -> str:
    if len(name) <= _SHORT:
        return name
    head = _LAST_WORD.sub("", name[: _SHORT + 1])
    return re.sub(r"[ -](and|on|of|the|upon)$", "", head)[:_SHORT]


def rosters(scene: Scene) -> list[Row]:
    """Three or four people a team; on purpose one of them on two teams, some without consent, some who left."""
    calendar = scene.collaborative.calendar
    since = calendar.start.first - dt.timedelta(days=60)
    rows: list[Row] = []
    for index, member in enumerate(scene.members):
        people = _people(member, index, scene.story.people, calendar.start.last)
        if index == 8:
            people[1] |= {"tr_name": rows[7]["tr_name"], "tr_email": rows[7]["tr_email"]}
        for instance, person in enumerate(people, start=1):
            before = "1" if (index + instance) % 3 == 0 else "0"
            told = {"redcap_repeat_instance": str(instance), "tr_from": str(since), "tr_qi_before": before}
            rows.append(person | told)
    return rows


def _people(member: Member, index: int, names: People, left: dt.date) -> list[Row]:
    def name(first: Sequence[str], shift: int) -> str:
        return f"{first[index % len(first)]} {names.families[(index + shift) % len(names.families)]}"

    people = [
        _person(member, name(names.leaders, 0), _LEADER, ("1", "3")),
        _person(member, name(names.data_leads, 5), _DATA, ("1", "3")),
        _person(member, name(names.senior_leaders, 8), _SENIOR, ("2",)),
    ]
    if index % 4 == 2:
        people.append(_person(member, name(("Robin",), 0), _FAMILY_PARTNER, ("1",)) | {"tr_consent_mail": "0"})
    if index % 4 == 3:
        people.append(_person(member, name(("Sam",), 0), _DATA, ("1",)) | {"tr_to": str(left)})
    return people


def _person(member: Member, name: str, role: str, reports: Sequence[str]) -> Row:
    wanted = {f"tr_reports___{code}": "1" if code in reports else "0" for code in ("1", "2", "3")}
    return {
        "record_id": member.record,
        "redcap_repeat_instrument": "team_roster",
        "tr_name": name,
        "tr_email": f"{name.lower().replace(' ', '.')}@{member.domain}",
        "tr_role": role,
        "tr_deputy": "0",
        "tr_consent_mail": "1",
        "tr_hours": "2",
        "team_roster_complete": "2",
        **wanted,
    }
