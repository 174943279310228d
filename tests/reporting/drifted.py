"""Plans in which every step there is stands with every reason there is for it, and the words in them that are data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace

from breakthrough.instruments import plan
from breakthrough.instruments.access import RIGHTS, RoleFile
from breakthrough.instruments.accounts import Account
from breakthrough.instruments.field import HEADERS, Field
from breakthrough.instruments.plan import Held, Live, LiveRole, LiveUser, Plan, Unseen, Wanted
from breakthrough.instruments.project import Instrument, Project

ID = Field("record_id", "aa")
CHOICES = "select_choices_or_calculations"
MIN, MAX = "text_validation_min", "text_validation_max"
VALIDATION = "text_validation_type_or_show_slider_number"


def asked(name: str, form: str = "aa", **cells: str) -> Field:
    return Field(name, form, **{"field_label": f"Q {name}", **cells})  # type: ignore[arg-type]


def picked(name: str, cell: str, **cells: str) -> Field:
    return asked(name, field_type="radio", select_choices_or_calculations=cell, **cells)


# Each field as REDCap has it and as it is defined here.
CHANGED: tuple[tuple[Field, Field], ...] = (
    (picked("kind_all", "1, X | 2, Y"), asked("kind_all", field_type="checkbox", select_choices_or_calculations="1, X | 2, Y")),
    (picked("kind_none", "1, X | 2, Y"), asked("kind_none", field_type="checkbox", select_choices_or_calculations="1, X | 2, Y")),
    (picked("kind_dim", "1, X | 2, Y"), asked("kind_dim", field_type="checkbox", select_choices_or_calculations="1, X | 2, Y")),
    *((asked(f"lines_{one}", field_type="notes"), asked(f"lines_{one}")) for one in ("some", "none", "dim", "not")),
    (asked("mover", "bb"), asked("mover", "aa")),
    (asked("ident"), asked("ident", identifier="y")),
    (asked("tag_a"), asked("tag_a", field_annotation="@CALCTEXT(1) @SETVALUE='1'")),
    (asked("tag_b"), asked("tag_b", field_annotation="@HIDDEN @HIDDEN-FORM")),
    (asked("tag_c"), asked("tag_c", field_annotation="@FORCE-MINMAX")),
    (asked("tag_d"), asked("tag_d", field_annotation="@ZZ")),
    (asked("low"), asked("low", **{MIN: "3"})),
    (asked("high"), asked("high", **{MAX: "9"})),
    (asked("branch"), asked("branch", branching_logic="[low] = '1'")),
    (asked("valid"), asked("valid", **{VALIDATION: "integer"})),
    (asked("lab"), asked("lab", field_label="Q zz")),
    (asked("calc", field_type="calc", **{CHOICES: "1"}), asked("calc", field_type="calc", **{CHOICES: "2"})),
    (picked("gone", "1, X | 2, Y"), picked("gone", "1, X")),
    (picked("left", "1, X | 2, Y"), picked("left", "1, X")),
    (picked("anew", "1, X | 2, Y"), picked("anew", "1, X | 3, Y")),
    (picked("word", "1, X | 2, Y"), picked("word", "1, X | 2, Z")),
    (picked("order", "1, X | 2, Y"), picked("order", "2, Y | 1, X")),
    (picked("added", "1, X"), picked("added", "1, X | 2, B | 3, C | 4, D | 5, F | 6, G | 7, H | 8, J")),
)  # fmt: skip
GOES = (
    asked("shown", field_type="descriptive"), asked("full"), asked("void"), asked("dim"),
    asked("was_it", field_label="Q the same"), asked("stat_a", "cc"), asked("stat_b", "dd"), asked("stat_c", "ee"),
)  # fmt: skip
COMES = (asked("is_it", field_label="Q the same"), asked("fresh"), asked("ff_a", "ff"), asked("ff_b", "ff"))
HELD: Mapping[str, Held] = {
    "kind_all": Held(1234, {}), "kind_none": Held(0, {}),
    "lines_some": Held(3, {}, 2), "lines_none": Held(3, {}, 0), "lines_not": Held(3, {}, None),
    "mover": Held(2, {}), "bb_complete": Held(3, {"1": 1, "2": 2}),
    "tag_a": Held(2, {}), "gone": Held(3, {"2": 3}), "left": Held(3, {"1": 3}), "anew": Held(1, {"2": 1}),
    "full": Held(12, {}), "void": Held(0, {}), "was_it": Held(2, {}),
    "stat_a": Held(0, {}), "cc_complete": Held(2, {}), "stat_b": Held(0, {}), "stat_c": Held(0, {}), "ee_complete": Held(1, {"1": 1}),
}  # fmt: skip
FIELDS = Project((ID, *(new for _, new in CHANGED), *COMES), (Instrument("aa", "Qa"), Instrument("ff", "Qf")))
FIELDS_THERE = Live((ID, *(old for old, _ in CHANGED), *GOES), {}, None, records=2000, held=HELD)


def _parts(some: tuple[Field, ...], size: int = 12) -> Iterator[tuple[Field, ...]]:
    yield from (some[at : at + size] for at in range(0, len(some), size))


def _dictionary() -> Iterator[Plan]:
    """Few fields at a time, as a mail tells no more than forty steps."""
    for project, there in (
        (FIELDS, FIELDS_THERE),
        (FIELDS, replace(FIELDS_THERE, records=0, held={})),
        (FIELDS, replace(FIELDS_THERE, sees_all=False)),
    ):
        for run in _parts(tuple(new for _, new in CHANGED)):
            names = {one.field_name for one in run}
            old = tuple(one for one in there.fields if one.field_name in names)
            yield plan.make(Wanted(replace(project, fields=(ID, *run)), ()), replace(there, fields=(ID, *old)))
        yield plan.make(Wanted(replace(project, fields=(ID, *COMES)), ()), replace(there, fields=(ID, *GOES)))
    one, other = asked("one"), asked("other")
    for fields in ((other, ID, one), (ID, other, one)):
        yield plan.make(Wanted(Project(fields, FIELDS.instruments), ()), Live((ID, one, other), {}, None, 3, {}))


SET = Project(
    (ID, asked("x_a", "bb"), asked("x_b", "cc")),
    (
        Instrument("aa", "Qa"),
        Instrument("bb", "Qb", repeating=True, custom_label="[x_a]", survey=True),
        Instrument("cc", "Qc", repeating=True),
    ),
    settings={
        "surveys_enabled": "0",
        "secondary_unique_field": "x_a",
        "bypass_branching_erase_field_prompt": "1",
        "custom_record_label": "[x_a]",
    },
)
SET_THERE = Live(
    SET.fields, {"aa": "", "bb": "[x_b]"}, {"g_1": "T001", "g_2": "T001", "t002": "t 002"}, 3, {},
    settings=dict.fromkeys(SET.settings, "7"), surveys=frozenset({"aa"}), labels={"bb": "Qother"}, sees_all=False,
)  # fmt: skip

PEOPLE = Project(
    (ID, asked("x_a", "bb")),
    (Instrument("aa", "Qa", by="team"), Instrument("bb", "Qb", by="coach")),
    roles={
        "member": RoleFile(label="Mm", group="team", edits=("team",)),
        "lead": RoleFile(label="Ll", group="team", edits=("team",), exports="full", rights=("reports",)),
        "coach": RoleFile(label="Cc", edits=("coach",), reads="all", exports="no identifiers"),
        "desk": RoleFile(label="Dd", edits="all", exports="de-identified", rights=("design", "user_rights")),
        "idle": RoleFile(label="Ii", reads="all"),
    },
)


def _role(unique: str, key: str, **over: int) -> LiveRole:
    granted = PEOPLE.grants(key)
    return LiveRole(unique, PEOPLE.roles[key].label, {**granted.rights, **over}, granted.forms, granted.exports)


NONE: Mapping[str, int] = dict.fromkeys(RIGHTS, 0)
OWN: Mapping[str, int] = dict.fromkeys(RIGHTS, 1)
MEMBER, LEAD, COACH = _role("U-1", "member"), _role("U-2", "lead"), _role("U-3", "coach")
GROUPS = {"t001": "T001", "t002": "T002"}
THERE = Live(PEOPLE.fields, {}, GROUPS, 3, {}, roles=(MEMBER, LEAD, COACH), users=())


def _people() -> Iterator[Plan]:
    nothing = LiveRole("U-4", "Dd", NONE, {"aa": 0, "bb": 1}, {"aa": 0, "bb": 0})
    everything = LiveRole("U-3", "Cc", OWN, {"aa": 7, "bb": 3, "zz": 1}, {"aa": 9, "bb": 0})
    untold = LiveRole("U-5", "Ii", NONE, {"aa": 0}, {"aa": 0})
    wide = replace(
        THERE, roles=(MEMBER, nothing, everything, untold), users=(LiveUser("cy", "", "U-3", OWN),), caller="cy"
    )
    new = replace(
        PEOPLE,
        fields=(*PEOPLE.fields, asked("n_a", "nn")),
        instruments=(*PEOPLE.instruments, Instrument("nn", "Qn", by="team")),
    )
    yield plan.make(Wanted(new, ("T001", "T002", "T003"), ()), wide)
    past = dt.date(2026, 3, 31)
    users = (
        LiveUser("ann", "t001", "U-1"), LiveUser("bob", "", "U-2"), LiveUser("cid", "t001"), LiveUser("dan", "", "", OWN),
        LiveUser("eve", "t001", "", OWN), LiveUser("fay", "t001", "U-1"), LiveUser("gus", "t001", "U-1"),
        LiveUser("hal", "", "U-1"), LiveUser("ivy", "", "U-2"), LiveUser("jim", "", "U-3"), LiveUser("kim", "", "", OWN),
    )  # fmt: skip
    accounts = (
        Account("ann", "coach"), Account("cid", "member", "T001"), Account("dan", "coach", until=past, ended=True),
        Account("eve", "coach", until=past, ended=True), Account("fay", "member", "T002"),
        Account("gus", "lead", "T001"), Account("hal", "member", "T001"), Account("ivy", "member", "T001"),
        Account("jim", "coach", until=past, ended=True), Account("lee", "coach"), Account("max", "lead", "T002"),
    )  # fmt: skip
    there = replace(THERE, users=users)
    yield plan.make(Wanted(PEOPLE, ("T001", "T002"), accounts), there)
    for caller in ("hal", "jim", "gus", "dan"):
        yield plan.make(Wanted(PEOPLE, ("T001",), accounts), replace(there, caller=caller))
    twice = replace(
        there,
        roles=(MEMBER, LEAD, COACH, _role("U-9", "coach", design=1)),
        groups={"g_1": "T001", "g_2": "T001", "t002": "t 002"},
    )
    yield plan.make(Wanted(PEOPLE, ("T001", "T002"), accounts), twice)


def plans() -> Iterator[Plan]:
    """The plans, each short enough to be told whole, worded in the language that is spoken."""
    yield from _dictionary()
    yield plan.make(Wanted(SET, ("T001", "T002")), SET_THERE)
    unseen = (Unseen("groups"), Unseen("people"), Unseen("surveys"), Unseen("records"), Unseen("values", ("aa", "bb")))
    yield plan.make(Wanted(SET, ("T001", "T002")), replace(SET_THERE, unseen=unseen))
    yield from _people()


DATA = sorted(
    {
        *HEADERS.values(), *RIGHTS, *HELD, *SET.settings, *GROUPS, *GROUPS.values(),
        *(one.field_name for pair in CHANGED for one in pair), *(one.field_name for one in (*GOES, *COMES)),
        "record_id", "one", "other", "nn", "T003", "t 002", "the same", "zz",
        "radio", "checkbox", "notes", "text", "integer", "descriptive", "calc",
        "@CALCTEXT", "@SETVALUE", "@HIDDEN-FORM", "@HIDDEN", "@FORCE-MINMAX", "CALCTEXT", "SETVALUE",
        "aa", "ee", "Qa", "Qother", "Ii", "Uu", "U-1", "U-3", "U-9",
        *["ann", "bob", "cid", "dan", "eve", "fay", "gus", "hal", "ivy", "jim", "kim", "lee", "max", "cy"],
        "people.csv", "main", "breakthrough plan", "breakthrough deploy",
    },
    key=len, reverse=True,
)  # fmt: skip
