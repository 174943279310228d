"""What a plan is made of: the project as it is wanted, the project as REDCap has it, and the steps between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from breakthrough.instruments.accounts import Account
from breakthrough.instruments.difference import Risk
from breakthrough.instruments.field import Field
from breakthrough.instruments.project import Project

__all__ = ["PARTS", "Held", "Kind", "Live", "LiveRole", "LiveUser", "Part", "Plan", "Risk", "Step", "Unseen", "Wanted"]

Part = Literal[
    "dictionary", "repeating setup", "data access groups", "roles", "users", "project settings", "surveys",
]  # fmt: skip
Kind = Literal[
    "add instrument", "add field", "change field", "remove field", "order fields",
    "repeat instrument", "stop repeating", "label repeats",
    "add group", "tell groups apart",
    "add role", "change role", "tell roles apart",
    "add user", "move user", "give role", "take role", "take rights",
    "change setting",
    "switch on survey", "switch off survey",
]  # fmt: skip
PARTS: tuple[Part, ...] = (  # in the order in which they are done
    "dictionary", "repeating setup", "data access groups", "roles", "users", "project settings", "surveys",
)  # fmt: skip
_PART: Mapping[Kind, Part] = {
    "repeat instrument": "repeating setup",
    "stop repeating": "repeating setup",
    "label repeats": "repeating setup",
    "add group": "data access groups",
    "tell groups apart": "data access groups",
    "add role": "roles",
    "change role": "roles",
    "tell roles apart": "roles",
    "add user": "users",
    "move user": "users",
    "give role": "users",
    "take role": "users",
    "take rights": "users",
    "change setting": "project settings",
    "switch on survey": "surveys",
    "switch off survey": "surveys",
}


@dataclass(frozen=True, slots=True)
class Held:
    """How much is stored in a field: in how many records, and for fields with choices under which codes."""

    records: int
    codes: Mapping[str, int]  # code: records that hold it
    lines: int | None = None  # records that hold a value with line breaks; None: not counted


@dataclass(frozen=True, slots=True)
class LiveRole:
    """A role as REDCap has it, its numbers as the API gives them (`rights`: 1 for allowed; `forms`: 0 to 3)."""

    unique_name: str
    label: str
    rights: Mapping[str, int]
    forms: Mapping[str, int]
    exports: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class LiveUser:
    """A user of the project, by the unique names of the group and the role; '' for none.

    `rights` are those of the role, or without one the user's own, as exported; empty where they are not known.
    """

    username: str
    group: str = ""
    role: str = ""
    rights: Mapping[str, int] = field(default_factory=dict, hash=False)  # no mapping has a hash


@dataclass(frozen=True, slots=True)
class Unseen:
    """What the token may not see. `values`: what is stored in these forms; all else is of the project as a whole."""

    what: Literal["groups", "people", "surveys", "records", "values"]
    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Live:
    """The project as REDCap has it. `held` is there for the fields of `in_danger`; one not in it may hold anything.

    `held` also has `FORM_complete`, the status, for forms that go; its codes are 0, 1 (Unverified) and 2 (Complete).

    None for groups, roles, users or surveys: the token may not see them, so that they are not compared, and `unseen`
    says so.
    """

    fields: tuple[Field, ...]
    repeating: Mapping[str, str]  # instrument: custom label
    groups: Mapping[str, str] | None  # unique name: name
    records: int
    held: Mapping[str, Held]
    settings: Mapping[str, str] = field(default_factory=dict)  # the project's own facts, as text
    roles: tuple[LiveRole, ...] | None = None
    users: tuple[LiveUser, ...] | None = None
    surveys: frozenset[str] | None = None  # the forms that are surveys
    unseen: tuple[Unseen, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)  # of the forms, where they were asked for
    sees_all: bool = True  # False: the token's user is, or may be, in a group: `records` and `held` are of it alone
    caller: str = ""  # the username of the token's user; '' where it is not known

    @property
    def project_id(self) -> int | None:
        """REDCap's number of the project; None where its facts were not read."""
        said = self.settings.get("project_id", "")
        return int(said) if said.isdecimal() else None

    @property
    def in_production(self) -> bool:
        """Whether the dictionary can be changed by a person alone, through Draft Mode."""
        return self.settings.get("in_production") == "1"

    @property
    def is_longitudinal(self) -> bool:
        """Whether the project has events."""
        return self.settings.get("is_longitudinal") == "1"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The project as it is defined here, the record names of its teams, and its people; None leaves users alone."""

    project: Project
    teams: tuple[str, ...]
    accounts: tuple[Account, ...] | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One change: what, why we think so, and whether data could be lost or a person should look first.

    `name` is unique in its plan and says what a person allows by it: `remove-field:tp_old`. `by_hand`: no API can do
    it, so that a person has to. `names` are those that stand in `what`, in its order, where there are several: no
    reader could take `lou from Here to There to Elsewhere` apart.
    """

    kind: Kind
    what: str
    evidence: str
    risk: Risk = "safe"
    name: str = ""
    by_hand: bool = False
    names: tuple[str, ...] = ()

    @property
    def part(self) -> Part:
        """Which part of the project the step belongs to; the dictionary and the repeating setup are sent whole."""
        return _PART.get(self.kind, "dictionary")

    @property
    def key(self) -> str:
        """What follows the colon of the name: the field, form, group, role label, username or setting it is about."""
        return self.name.partition(":")[2]

    def __str__(self) -> str:
        """`remove field tp_old: not defined here any more; 12 records hold a value (loses data)`."""
        return f"{self.kind} {self.what}: {self.evidence}" + ("" if self.risk == "safe" else f" ({self.risk})")


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps in the order they are done, and what is told without being anything to do.

    `uncompared`: those of the remarks that say what the token could not see, so that there may be more to do.
    """

    steps: tuple[Step, ...]
    remarks: tuple[str, ...] = ()
    uncompared: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether everything was compared."""
        return not self.uncompared

    def part(self, part: Part) -> tuple[Step, ...]:
        """The steps of that part, in order."""
        return tuple(step for step in self.steps if step.part == part)

    @property
    def losses(self) -> tuple[Step, ...]:
        """The steps that lose data, each of which must be allowed by its name."""
        return tuple(step for step in self.steps if step.risk == "loses data")

    @property
    def to_send(self) -> tuple[Step, ...]:
        """The steps that the API can do."""
        return tuple(step for step in self.steps if not step.by_hand)
