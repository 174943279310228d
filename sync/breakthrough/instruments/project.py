"""The REDCap project: `project.yaml` and the dictionaries it names, with what the collaborative fills in."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator
from pydantic import Field as Limits

from breakthrough import configfile
from breakthrough.collaborative import Collaborative
from breakthrough.configfile import Model
from breakthrough.content import Content
from breakthrough.errors import DictionaryInvalid, SettingInvalid
from breakthrough.instruments import access, check, dictionary, generate, wording
from breakthrough.instruments import profiles as scoring
from breakthrough.instruments.access import Grants, RoleFile, Who
from breakthrough.instruments.field import Field
from breakthrough.instruments.profiles import Profile
from breakthrough.instruments.wording import Wording
from breakthrough.settings import MAIN

Name = Annotated[str, Limits(pattern=r"^[a-z][a-z0-9_]{1,49}$")]
Tier = Literal["core", "plus", "optional"]
_SHIPPED_WORDING = Wording()
EVERY_TIER: tuple[Tier, ...] = get_args(Tier)


def _names_the_team(rule: str) -> str:
    if rule and not re.fullmatch(r"[A-Za-z0-9 _-]*\{team\}[A-Za-z0-9 _-]*", rule):
        raise ValueError("write {team}, alone or with letters before or after it: it stands for the team's code")
    return rule


class InstrumentFile(Model):
    """What project.yaml says of one instrument."""

    label: str = ""
    repeating: bool = False
    custom_label: str = ""  # shown beside each repeat; may pipe fields
    survey: bool = False
    by: Who | None = None  # who fills it in
    tier: Tier = "core"
    use: bool | None = None  # true or false, whatever its tier
    profiles: tuple[str, ...] = ()  # the scoring profiles that an assessment is written from


class SettingsFile(Model):
    """The project's own settings in REDCap, under the names its API gives them; one that is not named is left alone."""

    surveys_enabled: bool | None = None  # else on where an instrument is a survey
    record_autonumbering_enabled: bool | None = None
    custom_record_label: str | None = None  # shown beside each record; may pipe fields
    secondary_unique_field: str | None = None
    scheduling_enabled: bool | None = None
    display_today_now_button: bool | None = None
    bypass_branching_erase_field_prompt: bool | None = None


class ProjectFile(Model):
    """project.yaml. A deployment's own is merged over the shipped one, key by key."""

    record_id: str = "record_id"
    data_access_group: Annotated[str, AfterValidator(_names_the_team)] = "{team}"
    tiers: tuple[Tier, ...] = ("core",)
    instruments: Annotated[dict[Name, InstrumentFile], Limits(default_factory=dict)]
    roles: Annotated[dict[Name, RoleFile], Limits(default_factory=dict)]
    settings: SettingsFile = SettingsFile()


@dataclass(frozen=True, slots=True)
class Instrument:
    """A form. `label` is what people call it; REDCap's API cannot set it, and makes its own from the name."""

    name: str
    label: str
    repeating: bool = False
    custom_label: str = ""
    survey: bool = False
    tier: Tier = "core"
    by: Who | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """Everything a REDCap project of this collaborative consists of, in order.

    `fields` never hold the wording of a licensed assessment, so that they can be shown anywhere; `worded` has it.
    """

    fields: tuple[Field, ...]
    instruments: tuple[Instrument, ...]
    group_rule: str = "{team}"  # none where it is blank
    profiles: tuple[Profile, ...] = ()
    wording: Wording = _SHIPPED_WORDING
    roles: Mapping[str, RoleFile] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)  # under the API's names, switches as 0 and 1

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

    def worded(self, live: Sequence[Field] = ()) -> Project:
        """The project as REDCap gets it: with a site's own licensed wording, or what `live`, its fields there, have."""
        return replace(self, fields=self.wording.put(self.fields, live))

    def group(self, team: str) -> str:
        """The name of a team's data access group: made from its code alone, so that renaming a team moves nothing."""
        return self.group_rule.replace("{team}", team)

    def grants(self, role: str) -> Grants:
        """What people in that role, a key of `roles`, may do in this project. Raises KeyError."""
        return access.grants(self.roles[role], {one.name: one.by for one in self.instruments})


def unique_name(group: str) -> str:
    """What REDCap makes the unique name of a data access group from: lower case, blanks as `_`, the rest left out.

    It cuts that at 18 characters, and puts a letter behind it where another group has it already. So two groups may
    have one of these, and a group is to be known by its name.
    """
    return re.sub(r"[^a-z0-9_]", "", group.lower().replace(" ", "_"))


def load(
    content: Content,
    collaborative: Collaborative,
    name: str = MAIN,
    *,
    tiers: Collection[Tier] | None = None,
    checked: bool = True,
) -> Project:
    """The project as shipped, with the deployment's instruments in place of the shipped ones of the same name.

    `name`: `main`, or a sister project with a folder of its own in `instruments/`. `tiers` in place of those that
    project.yaml names. `checked=False` leaves it to lint to say what is wrong with the fields.
    Raises ContentMissing or SettingInvalid for project.yaml and the scoring profiles, DictionaryInvalid for what
    `check` finds in the fields and for a licensed wording that does not fit.
    """
    folder = "instruments" if name == MAIN else f"instruments/{name}"
    definition = _definition(content, folder)
    wanted = set(definition.tiers if tiers is None else tiers)
    used = {form: said for form, said in definition.instruments.items() if _is_used(said, wanted)}
    assessed = _profiles(content, used.values())
    fields: list[Field] = []
    for form, said in used.items():
        profiles = [assessed[profile] for profile in said.profiles]
        fields += _fields(form, content.find(f"{folder}/{form}.csv"), collaborative, profiles)
    if checked:
        check.require(fields)
    file = f"{folder}/project.yaml"
    _has_its_key(fields, used, definition.record_id, file)
    roles = {key: role.model_copy(update={"label": _label(key, role)}) for key, role in definition.roles.items()}
    _told_apart(roles.values(), file)
    return Project(
        tuple(fields),
        tuple(_instrument(form, said) for form, said in used.items()),
        definition.data_access_group,
        tuple(assessed.values()),
        wording.of(content, assessed.values()),
        roles,
        _settings(definition.settings, fields, used.values(), file),
    )


def every(content: Content, collaborative: Collaborative, names: Iterable[str]) -> dict[str, Project]:
    """The projects of those names whose definition is here, `main` first. Raises as `load` does."""
    sisters = [name for name in names if name != MAIN and _is_defined(content, name)]
    return {name: load(content, collaborative, name) for name in (MAIN, *sisters)}


def _is_defined(content: Content, name: str) -> bool:
    return any((root / f"instruments/{name}" / "project.yaml").is_file() for root in content.folders)


def _instrument(form: str, said: InstrumentFile) -> Instrument:
    label = said.label or _as_redcap_labels(form)
    return Instrument(form, label, said.repeating, said.custom_label, said.survey, said.tier, said.by)


def _settings(said: SettingsFile, fields: Sequence[Field], used: Iterable[InstrumentFile], file: str) -> dict[str, str]:
    """The settings as REDCap takes them: 1 and 0 for on and off; surveys on where an instrument is one."""
    named = {one.field_name: one for one in fields}
    unique = [said.secondary_unique_field] if said.secondary_unique_field else []
    absent = [*check.unknown(said.custom_record_label or "", named), *(one for one in unique if one not in named)]
    for name in absent:
        raise DictionaryInvalid(
            f"{file}: the settings name [{name}], which is not a field of this project. Correct the name."
        )
    asked: dict[str, bool | str] = said.model_dump(exclude_none=True)
    if any(one.survey for one in used):
        asked = {"surveys_enabled": True, **asked}
    return {name: value if isinstance(value, str) else str(int(value)) for name, value in asked.items()}


def _label(key: str, role: RoleFile) -> str:
    return role.label or key.replace("_", " ").capitalize()


def _told_apart(roles: Collection[RoleFile], file: str) -> None:
    """Roles are known by their labels: the unique names that REDCap gives them are different in every project."""
    labels = [role.label.casefold() for role in roles]
    for role in roles:
        if labels.count(role.label.casefold()) > 1:
            raise SettingInvalid(f"{file}: two roles have the label '{role.label}'. Give one of them another label.")


def _is_used(said: InstrumentFile, tiers: Collection[Tier]) -> bool:
    return said.tier in tiers if said.use is None else said.use


def _profiles(content: Content, instruments: Iterable[InstrumentFile]) -> dict[str, Profile]:
    names = dict.fromkeys(name for said in instruments for name in said.profiles)
    return {name: scoring.load(content, name) for name in names}


def _definition(content: Content, folder: str) -> ProjectFile:
    paths = [root / folder / "project.yaml" for root in reversed(content.folders)]  # the shipped one first
    overlay: dict[str, Any] = {}
    for path in [path for path in paths if path.is_file()] or paths[:1]:
        said = configfile.read(path, ProjectFile)  # each alone, so that a mistake names its own file
        overlay = configfile.merged(overlay, said.model_dump(exclude_unset=True))
    return ProjectFile.model_validate(overlay)


def _fields(form: str, path: Path, collaborative: Collaborative, profiles: Sequence[Profile]) -> tuple[Field, ...]:
    fields = dictionary.read(path)
    _belong(fields, form, path)
    return generate.filled(fields, collaborative, profiles)


def _belong(fields: tuple[Field, ...], name: str, path: Path) -> None:
    if not fields:
        raise DictionaryInvalid(f"{path.name}: there is no field in this dictionary. Add one, or leave the file out.")
    for one in fields:
        if one.form_name != name:
            raise DictionaryInvalid(
                f"{one.origin}, field {one.field_name}: its form name is '{one.form_name}', but this file is the "
                f"instrument '{name}'. Write {name}, or rename the file."
            )


def _has_its_key(fields: Sequence[Field], used: Mapping[str, InstrumentFile], record_id: str, file: str) -> None:
    """Every record and every repeat must be told apart: by the record ID, and by fields that are there."""
    if not fields:
        raise DictionaryInvalid(f"{file}: no instrument is in use. Name a tier under 'tiers', such as core.")
    if fields[0].field_name != record_id:
        raise DictionaryInvalid(
            f"{file}: the first field of all is '{fields[0].field_name}', but the record ID is '{record_id}'. "
            "Put the instrument that holds it first, and do not leave it out."
        )
    for name, said in used.items():
        for absent in check.unknown(said.custom_label, {one.field_name: one for one in fields}):
            raise DictionaryInvalid(
                f"{file}: the custom label of {name} shows [{absent}], which is not a field of this project. "
                "Correct the name."
            )


def _as_redcap_labels(name: str) -> str:
    return " ".join(word.capitalize() for word in name.split("_") if word)
