"""The made-up teams of the demonstration and their people, as rows of REDCap."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from breakthrough.collaborative import Collaborative

Row = dict[str, str]

_SHORT = 14  # letters of tp_short
_LAST_WORD = re.compile(r"[ -][^ -]*$")

TEAM_NAMES = (
    "Alderbrook",
    "Birchmere",
    "Cobbleston",
    "Dunhaven",
    "Eastmoor",
    "Fernleigh",
    "Gorsehill",
    "Hollowdene",
    "Inverlock",
    "Juniper Vale",
    "Kestrel Bay",
    "Larkfield",
)
_FIRST = ("Amara", "Bea", "Callum", "Dilys", "Emre", "Farah", "Grace", "Hamish", "Ines", "Jonah", "Keziah", "Lowri")
_SECOND = (
    "Marek",
    "Nadia",
    "Owen",
    "Priya",
    "Quentin",
    "Rhiannon",
    "Sunil",
    "Tamsin",
    "Uzma",
    "Viktor",
    "Wren",
    "Yusuf",
)
_THIRD = ("Alice", "Bashir", "Cerys", "Declan", "Esther", "Finlay", "Gwen", "Hugo", "Isla", "Jamal", "Katya", "Leon")
_FAMILY = (
    "Thorne",
    "Okafor",
    "Lindqvist",
    "Marsh",
    "Rahman",
    "Pell",
    "Novak",
    "Hartnell",
    "Ito",
    "Quayle",
    "Sorrell",
    "Vane",
)
_SENIOR, _LEADER, _DATA, _FAMILY_PARTNER = "1", "2", "3", "6"  # tr_role


@dataclass(frozen=True, slots=True)
class Member:
    """A team of the demonstration: its record, its name and the coach it belongs to."""

    record: str
    name: str
    coach: str

    @property
    def dag(self) -> str:
        """The unique name of its data access group."""
        return self.record.lower()

    @property
    def domain(self) -> str:
        """A domain that leads nowhere, for its people's addresses."""
        return f"{''.join(c for c in self.name.lower() if c.isalnum())}.example.org"


def members(names: Sequence[str], collaborative: Collaborative) -> tuple[Member, ...]:
    """A team for each name, shared out among the coaches in equal blocks."""
    coaches = [coach.code for coach in collaborative.coaches]
    return tuple(
        Member(f"T{number:03d}", name, coaches[(number - 1) * len(coaches) // len(names)])
        for number, name in enumerate(names, start=1)
    )


def profiles(cast: Sequence[Member], collaborative: Collaborative, rng: random.Random) -> list[Row]:
    """Team profile and charter of every team: one base row each."""
    joined = collaborative.calendar.start.first - dt.timedelta(days=75)
    short = short_names([member.name for member in cast])
    return [
        {
            "record_id": member.record,
            "redcap_repeat_instrument": "",
            "redcap_repeat_instance": "",
            "redcap_data_access_group": member.dag,
            "tp_name": member.name,
            "tp_short": short[member.name],
            "tp_org": f"{member.name} schools",
            "tp_type": "1",
            "tp_size": str(rng.randrange(8_000, 32_000)),
            "tp_status": "2",
            "tp_joined": str(joined + dt.timedelta(days=rng.randrange(30))),
            "tp_coach": member.coach,
            "tp_dua": "1",
            "tp_noid": "1",
            "team_profile_complete": "2",
            "tc_aim": f"Pupils in {member.name} miss no more than 6.5 of every 100 half-days by July.",
            "tc_what": "Absence for any reason",
            "tc_by_how_much": "to 6.5 of 100 half-days",
            "tc_by_when": str(collaborative.aim.by.first),
            "tc_for_whom": "All pupils of our pilot schools",
            "tc_pilot": "Three schools to begin with",
            "tc_noid": "1",
            "team_charter_complete": "2",
        }
        for member in cast
    ]


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


def rosters(cast: Sequence[Member], collaborative: Collaborative) -> list[Row]:
    """Three or four people a team; on purpose one of them on two teams, some without consent, some who left."""
    since = collaborative.calendar.start.first - dt.timedelta(days=60)
    rows: list[Row] = []
    for index, member in enumerate(cast):
        family = _FAMILY[index % len(_FAMILY)]
        people = [
            _person(member, f"{_FIRST[index % 12]} {family}", _LEADER, ("1", "3")),
            _person(member, f"{_SECOND[index % 12]} {_FAMILY[(index + 5) % 12]}", _DATA, ("1", "3")),
            _person(member, f"{_THIRD[index % 12]} {_FAMILY[(index + 8) % 12]}", _SENIOR, ("2",)),
        ]
        if index % 4 == 2:
            people.append(_person(member, f"Robin {family}", _FAMILY_PARTNER, ("1",)) | {"tr_consent_mail": "0"})
        if index % 4 == 3:
            left = collaborative.calendar.start.last
            people.append(_person(member, f"Sam {family}", _DATA, ("1",)) | {"tr_to": str(left)})
        if index == 8:
            people[1] |= {"tr_name": rows[7]["tr_name"], "tr_email": rows[7]["tr_email"]}
        for instance, person in enumerate(people, start=1):
            before = "1" if (index + instance) % 3 == 0 else "0"
            told = {"redcap_repeat_instance": str(instance), "tr_from": str(since), "tr_qi_before": before}
            rows.append(person | told)
    return rows


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
