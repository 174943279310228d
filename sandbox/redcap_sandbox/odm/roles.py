"""The user roles of a project XML against those of a project."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping

from breakthrough.instruments import odm
from redcap_sandbox.people import role_attributes, roles
from redcap_sandbox.people.roles import Role

_NAME, _UNIQUE = "role_name", "unique_role_name"


def save(db: sqlite3.Connection, project: int, found: Iterable[odm.Role], forms: Collection[str]) -> None:
    """Makes the roles, under their unique names where the XML tells them (those of old servers do not)."""
    for role in found:
        granted = role_attributes.read(role.rights, forms)
        roles.create(db, project, role.name, granted, role.rights.get(_UNIQUE, ""))


def written(held: Iterable[Role], before: Iterable[odm.Role], forms: Collection[str]) -> tuple[odm.Role, ...]:
    """The project's roles. One that grants what it granted `before`, in the XML, keeps every attribute it had there."""
    left = list(before)
    return tuple(_written(role, _taken(role, left), forms) for role in held)


def _taken(role: Role, left: list[odm.Role]) -> Mapping[str, str]:
    """The attributes that the role has in the XML, taken out of those left: by unique name, or else by name."""
    for one in left:
        if one.rights.get(_UNIQUE) == role.unique_name or (_UNIQUE not in one.rights and one.name == role.label):
            left.remove(one)
            return one.rights
    return {}


def _written(role: Role, before: Mapping[str, str], forms: Collection[str]) -> odm.Role:
    named = {_NAME: role.label, _UNIQUE: role.unique_name}
    now = role_attributes.written(role.grants, forms)
    same = before and role_attributes.written(role_attributes.read(before, forms), forms) == now
    return odm.Role({**named, **before, **named} if same else {**named, **before, **named, **now})
