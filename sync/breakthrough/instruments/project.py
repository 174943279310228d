"""The REDCap project: `project.yaml` and the dictionaries it names, with what the collaborative fills in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator
from pydantic import Field as Limits

from breakthrough import configfile
from breakthrough.collaborative import Collaborative
from breakthrough.configfile import Model
from breakthrough.content import Content
from breakthrough.errors import DictionaryInvalid
from breakthrough.instruments import check, dictionary, generate
from breakthrough.instruments.field import Field

_FILE = "instruments/project.yaml"
Name = Annotated[str, Limits(pattern=r"^[a-z][a-z0-9_]{1,49}$")]


def _names_the_team(rule: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9 _-]*\{team\}[A-Za-z0-9 _-]*", rule):
        raise ValueError("write {team}, alone or with letters before or after it: it stands for the team's code")
    return rule


class InstrumentFile(Model):
    """What project.yaml says of one instrument."""

    label: str = ""
    repeating: bool = False
    custom_label: str = ""  # shown beside each repeat; may pipe fields
    survey: bool = False
    use: bool = True  # a deployment writes `use: false` to leave a shipped instrument out


class ProjectFile(Model):
    """project.yaml. A deployment's own is merged over the shipped one, key by key."""

    record_id: str = "record_id"
    data_access_group: Annotated[str, AfterValidator(_names_the_team)] = "{team}"
    instruments: Annotated[dict[Name, InstrumentFile], Limits(default_factory=dict)]


@dataclass(frozen=True, slots=True)
class Instrument:
    """A form. `label` is what people call it; REDCap's API cannot set it, and makes its own from the name."""

    name: str
    label: str
    repeating: bool = False
    custom_label: str = ""
    survey: bool = False


@dataclass(frozen=True, slots=True)
class Project:
    """Everything a REDCap project of this collaborative consists of, in order."""

    fields: tuple[Field, ...]
    instruments: tuple[Instrument, ...]
    group_rule: str = "{team}"

    @property
    def record_id(self) -> str:
        """The name of the record-ID field: the first of all."""
        return self.fields[0].field_name

    def instrument(self, name: str) -> Instrument:
        """The instrument of that name. Raises KeyError."""
        return {one.name: one for one in self.instruments}[name]

    def fields_of(self, instrument: str) -> tuple[Field, ...]:
        """The fields of that instrument, in order; none where there is no such instrument."""
        return tuple(field for field in self.fields if field.form_name == instrument)

    @property
    def repeating(self) -> dict[str, str]:
        """The custom label of each repeating instrument."""
        return {one.name: one.custom_label for one in self.instruments if one.repeating}

    def group(self, team: str) -> str:
        """The name of a team's data access group: made from its code alone, so that renaming a team moves nothing."""
        return self.group_rule.replace("{team}", team)


def unique_name(group: str) -> str:
    """The unique name that REDCap gives a data access group: lower case, blanks as `_`, other characters left out."""
    return re.sub(r"[^a-z0-9_]", "", group.lower().replace(" ", "_"))


def load(content: Content, collaborative: Collaborative) -> Project:
    """The project as shipped, with the deployment's instruments in place of the shipped ones of the same name.

    Raises ContentMissing or SettingInvalid for project.yaml, DictionaryInvalid for what `check` finds in the fields.
    """
    definition = _definition(content)
    used = {name: said for name, said in definition.instruments.items() if said.use}
    fields = tuple(field for name in used for field in _fields(name, content, collaborative))
    check.require(fields)
    _has_its_key(fields, used, definition.record_id)
    instruments = tuple(
        Instrument(name, said.label or _as_redcap_labels(name), said.repeating, said.custom_label, said.survey)
        for name, said in used.items()
    )
    return Project(fields, instruments, definition.data_access_group)


def _definition(content: Content) -> ProjectFile:
    overlay: dict[str, Any] = {}
    for folder in reversed(content.folders):  # the shipped one first
        if (folder / _FILE).is_file() or folder == content.folders[-1]:
            said = configfile.read(folder / _FILE, ProjectFile)  # each alone, so that a mistake names its own file
            overlay = configfile.merged(overlay, said.model_dump(exclude_unset=True))
    return ProjectFile.model_validate(overlay)


def _fields(name: str, content: Content, collaborative: Collaborative) -> tuple[Field, ...]:
    path = content.find(f"instruments/{name}.csv")
    fields = dictionary.read(path)
    _belong(fields, name, path)
    return generate.filled(fields, collaborative)


def _belong(fields: tuple[Field, ...], name: str, path: Path) -> None:
    if not fields:
        raise DictionaryInvalid(f"{path.name}: there is no field in this dictionary. Add one, or leave the file out.")
    for field in fields:
        if field.form_name != name:
            raise DictionaryInvalid(
                f"{field.origin}, field {field.field_name}: its form name is '{field.form_name}', but this file is the "
                f"instrument '{name}'. Write {name}, or rename the file."
            )


def _has_its_key(fields: tuple[Field, ...], used: Mapping[str, InstrumentFile], record_id: str) -> None:
    """Every record and every repeat must be told apart: by the record ID, and by fields that are there."""
    if fields[0].field_name != record_id:
        raise DictionaryInvalid(
            f"{_FILE}: the first field of all is '{fields[0].field_name}', but the record ID is '{record_id}'. "
            "Put the instrument that holds it first, and do not leave it out."
        )
    for name, said in used.items():
        for absent in check.unknown(said.custom_label, {field.field_name: field for field in fields}):
            raise DictionaryInvalid(
                f"{_FILE}: the custom label of {name} shows [{absent}], which is not a field of this project. "
                "Correct the name."
            )


def _as_redcap_labels(name: str) -> str:
    return " ".join(word.capitalize() for word in name.split("_") if word)
