"""Carries the steps of a plan out, part by part; each is one request, which REDCap takes as a whole or not at all."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from breakthrough.instruments import dictionary
from breakthrough.instruments.plan import PARTS, Live, LiveRole, Part, Plan, Step, Wanted
from breakthrough.redcap import live
from breakthrough.redcap.client import Client
from breakthrough.redcap.deploy.assigning import assign

log = logging.getLogger(__name__)


def parts(plan: Plan) -> tuple[Part, ...]:
    """The parts of which the API can do something, in the order of doing."""
    return tuple(part for part in PARTS if any(step.part == part for step in plan.to_send))


def carry(
    client: Client, wanted: Wanted, there: Live, plan: Plan, begun: Callable[[Part], None] = lambda _: None
) -> Iterator[Part]:
    """Each part once it is done. Raises RedcapError at the first that is not; the parts after it are not begun.

    `begun` is called for a part of several requests once REDCap has, or may have, one of them. Groups and roles are
    read again right before they are sent, as REDCap makes one of the same name beside the other.
    """
    sends: Mapping[Part, Callable[[Sequence[Step]], object]] = {
        "dictionary": lambda _: client.import_metadata(dictionary.rows(wanted.project.worded(there.fields).fields)),
        "repeating setup": lambda _: client.import_repeating(
            {"form_name": name, "custom_form_label": label} for name, label in wanted.project.repeating.items()
        ),
        "data access groups": lambda steps: _new_groups(client, steps),
        "roles": lambda steps: client.import_roles(_roles(wanted, live.roles_of(client), steps)),
        "users": lambda steps: assign(client, wanted, there, steps, lambda: begun("users")),
        "project settings": lambda steps: client.import_settings(
            {step.key: wanted.project.settings[step.key] for step in steps}
        ),
    }
    for part in parts(plan):
        sends[part]([step for step in plan.to_send if step.part == part])
        log.info("deployed part=%s", part.replace(" ", "_"))
        yield part


def _new_groups(client: Client, steps: Sequence[Step]) -> None:
    there = {str(row["data_access_group_name"]) for row in client.dags()}
    new = [step.key for step in steps if step.key not in there]
    if new:
        client.import_dags({"data_access_group_name": name, "unique_group_name": ""} for name in new)


def _roles(wanted: Wanted, there: Sequence[LiveRole], steps: Sequence[Step]) -> Iterator[dict[str, Any]]:
    known = {role.label.casefold(): role.unique_name for role in reversed(there)}
    asked = {step.key.casefold() for step in steps}
    for name, role in wanted.project.roles.items():
        if role.label.casefold() in asked:
            granted = wanted.project.grants(name)
            yield {
                "unique_role_name": known.get(role.label.casefold(), ""),
                "role_label": role.label,
                **granted.rights,
                "forms": dict(granted.forms),
                "forms_export": dict(granted.exports),
            }
