"""Unknown names passed over in silence, as some servers do where REDCap's answer is an error."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace

from redcap_sandbox.contents import Contents
from redcap_sandbox.design.dictionary import Dictionary, status_name, timestamp_name
from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.wire import payload
from redcap_sandbox.wire.answers import Answer
from redcap_sandbox.wire.call import Call

_OWN = "redcap_"  # columns with this prefix are REDCap's own: what is wrong with them is still said


def lenient(contents: Contents) -> Contents:
    """The same contents, to which a call never seems to name anything unknown."""
    return replace(contents, actions={key: _lenient(action) for key, action in contents.actions.items()})


def _lenient(action: Action) -> Action:
    def answer(asked: Call, desk: Desk) -> Answer:
        return action.answer(trimmed(asked, desk.project.dictionary), desk)

    return replace(action, answer=answer)


def trimmed(asked: Call, dictionary: Dictionary) -> Call:
    """The call without names the dictionary does not know: in `fields`, in `forms`, among the columns of an import.

    If none of the fields or forms is left, the call asks for all of them. Refusal for data that can't be read.
    """
    forms = frozenset(dictionary.form_labels)
    fields = frozenset(dictionary.by_name) | {status_name(form) for form in forms}
    for name, known in (("fields", fields), ("forms", forms)):
        asked = _without_strangers(asked, name, known)
    if (asked.content, asked.action) == ("record", "import"):
        stamps = {timestamp_name(form) for form in forms}
        return _without_columns(asked, fields | stamps | frozenset(dictionary.column_names))
    return asked


def _without_strangers(asked: Call, name: str, known: Collection[str]) -> Call:
    names = asked.names(name)
    kept = [one for one in names.values if one in known]
    if len(kept) == len(names.values):
        return asked
    if names.exact:
        return replace(asked, arrays={**asked.arrays, name: tuple(kept)})
    return replace(asked, single={**asked.single, name: ",".join(kept)})


def _without_columns(asked: Call, known: Collection[str]) -> Call:
    """The import with rows that have known columns only; of type `eav`, with rows of known fields only."""
    rows = payload.rows(asked)
    if asked.text("type") == "eav":
        kept = [row for row in rows if _is_known(str(row.get("field_name", "")), known)]
    else:
        kept = [{name: value for name, value in row.items() if _is_known(name, known)} for row in rows]
    if kept == rows:
        return asked
    return replace(asked, data_format="json", single={**asked.single, "data": json.dumps(kept)})


def _is_known(name: str, known: Collection[str]) -> bool:
    return name in known or name.startswith(_OWN)
