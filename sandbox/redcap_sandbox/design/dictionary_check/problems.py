"""Every reason to refuse a dictionary, in the order in which REDCap tells them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from redcap_sandbox.design.dictionary import Field
from redcap_sandbox.design.dictionary_check import kinds, logic, matrices, names, ranges
from redcap_sandbox.design.dictionary_check.cells import Rows


def problems(
    rows: Rows,
    held: Sequence[Field] = (),
    *,
    events: Collection[str] | None = None,
    added_types: Collection[str] = (),
    administrator: bool = False,
) -> list[str]:
    """Every reason to refuse the normalised dictionary; [] if it may be imported.

    `held` are the project's present fields: what only an administrator may add, and validation types the server does
    not have, are no fault where they are there already. `events` are the unique event names that logic may refer to,
    None where they are not to be checked. `added_types` are validation types that the institution's administrators
    added to the server's own.
    """
    if not rows:
        return ["The data dictionary has no fields."]
    return [
        *names.duplicates(rows),
        *names.missing_forms(rows),
        *names.split_forms(rows),
        *kinds.unknown_types(rows),
        *names.illegal(rows),
        *names.clashes(rows),
        *kinds.record_id(rows),
        *kinds.queries(rows, held, administrator=administrator),
        *kinds.choices(rows),
        *kinds.flags(rows),
        *ranges.validations(rows, held, added_types),
        *ranges.limits(rows, events),
        *matrices.faults(rows),
        *logic.faults(rows, events),
    ]
