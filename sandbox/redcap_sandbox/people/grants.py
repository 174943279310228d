"""What one user, or one role, is granted; how it is stored, imported and exported."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from redcap_sandbox.people import rights
from redcap_sandbox.people.rights import BY_FORM, FULL_ACCESS, NO_ACCESS, READ_ONLY, RIGHTS
from redcap_sandbox.wire import refusals
from redcap_sandbox.wire.payload import Row

_LEVEL = re.compile(r"\d{1,3}", re.ASCII)


@dataclass(frozen=True)
class Grants:
    """Right → level, form → viewing right, form → export right. What is not mentioned of the rights is not held."""

    rights: Mapping[str, int] = field(default_factory=dict)
    forms: Mapping[str, int] = field(default_factory=dict)
    forms_export: Mapping[str, int] = field(default_factory=dict)

    def may(self, right: str, *, writing: bool = False) -> bool:
        """Whether the right is held: at any level or, for `writing`, at one that lets one change things."""
        level = self.rights.get(right, NO_ACCESS)
        return level != NO_ACCESS and not (writing and right == "user_rights" and level == READ_ONLY)

    def sees(self, form: str) -> bool:
        """Whether the form is shown."""
        return rights.sees(self.forms.get(form, FULL_ACCESS))

    def edits(self, form: str) -> bool:
        """Whether the form may be filled in."""
        return rights.edits(self.forms.get(form, FULL_ACCESS))

    def edits_responses(self, form: str) -> bool:
        """Whether what a respondent answered on the form's survey may be changed."""
        return rights.edits_responses(self.forms.get(form, FULL_ACCESS))

    def by_form(self, kind: str, forms: Iterable[str]) -> dict[str, int]:
        """The right to every form of the project, `kind` being `forms` or `forms_export`.

        A form that was added later is open, as it is in development.
        """
        held = self.forms if kind == "forms" else self.forms_export
        return {form: held.get(form, FULL_ACCESS) for form in forms}


def nothing(forms: Iterable[str]) -> Grants:
    """What a new user or role has: no right, and access to none of these forms."""
    none = dict.fromkeys(forms, NO_ACCESS)
    return Grants({}, none, none)


def creators() -> Grants:
    """What the user who creates a project has."""
    return Grants({right: int(right not in rights.NOT_THE_CREATORS) for right in RIGHTS})


def changed(
    old: Grants,
    held: Mapping[str, int],
    forms: Mapping[str, int] | None = None,
    forms_export: Mapping[str, int] | None = None,
) -> Grants:
    """The grants with these rights, and with these levels for these forms; Refusal for a right or level unknown."""
    for right, level in held.items():
        rights.check(right, level)
    for kind, levels in zip(BY_FORM, (forms or {}, forms_export or {}), strict=True):
        for level in levels.values():
            rights.check_form(kind, level)
    return Grants(
        dict(old.rights) | dict(held),
        dict(old.forms) | dict(forms or {}),
        dict(old.forms_export) | dict(forms_export or {}),
    )


def imported(old: Grants, row: Row, forms: Collection[str]) -> Grants:
    """The grants after an imported row; Refusal for what cannot be read.

    A right that is absent or blank stays as it was. `forms` and `forms_export` stay if absent; if present they name
    every right to a form, and a form left out is closed (redcapAPI's tests). Forms that are gone are passed over,
    since exports of real servers list them (redcapAPI issue 156); so are unknown columns such as `data_export`.
    """
    held = {right: _level(right, given) for right in RIGHTS if (given := text(row, right).strip())}
    return changed(old, held, _levels(row, "forms", forms), _levels(row, "forms_export", forms))


def text(row: Row, name: str) -> str:
    """The row's value under that name, '' if it has none; Refusal if it is an object."""
    value = row.get(name, "")
    if not isinstance(value, str):
        raise refusals.invalid_parameter(name)
    return value


def _level(name: str, given: str) -> int:
    if not _LEVEL.fullmatch(given.strip()):
        raise refusals.invalid_values(name, [given])
    return int(given)


def _levels(row: Row, name: str, forms: Collection[str]) -> dict[str, int] | None:
    """Levels by form, from JSON's object or CSV's `form_1:1,form_2:0`; None if the row does not speak of them."""
    given = row.get(name)
    if given is None:
        return None
    if isinstance(given, str):
        given = dict(_pair(name, pair) for pair in given.split(",") if pair.strip())
    named = {form: _level(name, level) for form, level in given.items()}
    return {form: named.get(form, NO_ACCESS) for form in forms}


def _pair(name: str, given: str) -> tuple[str, str]:
    form, colon, level = given.partition(":")
    if not colon:
        raise refusals.invalid_values(name, [given])
    return form.strip(), level


def stored(grants: Grants) -> tuple[str, str, str]:
    """The grants as the three columns of a table."""
    return json.dumps(dict(grants.rights)), json.dumps(dict(grants.forms)), json.dumps(dict(grants.forms_export))


def loaded(held: str, forms: str, forms_export: str) -> Grants:
    """The grants in the three columns of a table."""
    return Grants(json.loads(held), json.loads(forms), json.loads(forms_export))
