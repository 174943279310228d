"""What a project XML says, as values. Texts are REDCap's own; nothing is worked out but what a property says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from breakthrough.instruments.field import Field
from breakthrough.instruments.odm.node import Node
from breakthrough.instruments.odm.passage import Passage

_RIGHT = re.compile(r"\[([a-z0-9_]+),(\d+)\]")


@dataclass(frozen=True, slots=True)
class Form:
    """An instrument: its unique name, and what people call it, which no dictionary tells."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Event:
    """An event of a longitudinal project with the forms designated to it. Offsets are in days, as texts."""

    unique_name: str
    name: str
    arm: str = "1"
    arm_name: str = "Arm 1"
    day_offset: str = "0"
    offset_min: str = "0"
    offset_max: str = "0"
    custom_label: str = ""
    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Repeat:
    """What may be filled in again and again: a form on an event, or a whole event where `form` is blank.

    A classic project has the event `event_1_arm_1`. `label` is shown beside each repeat and may pipe fields.
    """

    event: str
    form: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Role:
    """A user role: every right under REDCap's own name for it."""

    rights: Mapping[str, str]

    @property
    def name(self) -> str:
        """What the role is called."""
        return self.rights.get("role_name", "")

    @property
    def entry(self) -> dict[str, int]:
        """The right to each form: 0 none, 1 edit, 2 read, 3 edit survey answers too."""
        return {form: int(right) for form, right in _RIGHT.findall(self.rights.get("data_entry", ""))}


@dataclass(frozen=True, slots=True)
class Survey:
    """A form that is also a survey, with every setting under REDCap's own name for it."""

    settings: Mapping[str, str]

    @property
    def form(self) -> str:
        """The unique name of the form."""
        return self.settings.get("form_name", "")

    @property
    def title(self) -> str:
        """The title that respondents see."""
        return self.settings.get("title", "")

    @property
    def enabled(self) -> bool:
        """Whether the survey takes answers."""
        return self.settings.get("survey_enabled", "1") == "1"


@dataclass(frozen=True, slots=True)
class Report:
    """A report, with every setting under REDCap's own name for it."""

    settings: Mapping[str, str]

    @property
    def title(self) -> str:
        """The report's title."""
        return self.settings.get("title", "")

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that it shows, in order."""
        listed = self.settings.get("redcap_reports_fields", "")
        return tuple(name.strip() for name in listed.split(",") if name.strip())


@dataclass(frozen=True, slots=True)
class Item:
    """How a field stood in the file: what it said, its definitions (a checkbox has one a box), and their choices."""

    field: Field
    definitions: tuple[Node, ...]
    lists: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a form stood in the file: its fields, its definition and groups, and every item that the groups name.

    Some items are no fields (timestamps); a server may name one of those twice.
    """

    fields: tuple[Field, ...]
    definition: Node
    groups: tuple[Node, ...]
    sequence: tuple[Node, ...]
    status: tuple[Node, ...]  # the definition of <form>_complete, and its choices


@dataclass(frozen=True, slots=True)
class Kept:
    """The file's own elements: each is written again as it stood as long as it still says what the project says."""

    root: Node  # its attributes alone, and those of the two below
    study: Node
    metadata: Node
    namespaces: Mapping[str, str]
    globals: tuple[Node, ...]
    events: tuple[Node, ...]  # Protocol and every StudyEventDef
    items: Mapping[str, Item]  # by field
    layouts: Mapping[str, Layout]  # by form
    rest: tuple[Node, ...]  # of the metadata
    beside: tuple[Node, ...]  # in the study, beside its variables and the metadata
    records: Passage

    @property
    def title(self) -> str:
        """The project's title in the file."""
        names = (node.text for node in self.globals if node.tag == "StudyName" and node.text)
        return next(names, self.metadata.get("Name"))


@dataclass(frozen=True, slots=True)
class Project:
    """A project as its XML describes it.

    `settings`: the scalars of GlobalVariables by name without prefix; `others`: its groups that are not modelled;
    `records`: everything beside the study (the records) as the XML it was. `kept` takes no part in comparing.
    """

    title: str
    fields: tuple[Field, ...]
    forms: tuple[Form, ...] = ()
    events: tuple[Event, ...] = ()  # none in a classic project
    repeating: tuple[Repeat, ...] = ()
    groups: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()
    surveys: tuple[Survey, ...] = ()
    reports: tuple[Report, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    others: tuple[Node, ...] = ()
    version: str = ""  # of the server
    created: str = ""  # YYYY-MM-DDThh:mm:ss by the server's clock
    records: str = ""
    kept: Kept | None = field(default=None, compare=False, repr=False)
    remarks: tuple[str, ...] = field(default=(), compare=False)

    @property
    def labels(self) -> dict[str, str]:
        """What each form is called, by its unique name."""
        return {form.name: form.label for form in self.forms}

    @property
    def arms(self) -> dict[str, str]:
        """The name of each arm, by its number."""
        return {event.arm: event.arm_name for event in self.events}

    @property
    def missing_codes(self) -> dict[str, str]:
        """The labels of the project's missing data codes, by code."""
        lines = (line.partition(",") for line in self.settings.get("MissingDataCodes", "").splitlines() if line.strip())
        return {code.strip(): label.strip() for code, _, label in lines}
