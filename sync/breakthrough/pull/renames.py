"""Tells a record that was renamed from one that went while another came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from breakthrough.store import proof

_NOTHING = proof.fingerprint(())


def pairs(gone: Mapping[str, str], came: Mapping[str, str], logged: Mapping[str, str]) -> dict[str, str]:
    """New names by old: what the log says, and where contents are equal and can be matched in one way only.

    `gone` and `came` give the fingerprint of each record's content, its name left out; a record without content is
    like any other such. `logged` are the newest names by old ones, as REDCap's log tells them.
    """
    found = {old: new for old, new in logged.items() if old in gone and new in came}
    old_names = {name: content for name, content in gone.items() if name not in found and content != _NOTHING}
    new_names = {name: content for name, content in came.items() if name not in found.values() and content != _NOTHING}
    before, after = Counter(old_names.values()), Counter(new_names.values())
    by_content = {content: name for name, content in new_names.items() if after[content] == 1}
    return found | {
        name: by_content[content]
        for name, content in old_names.items()
        if before[content] == 1 and content in by_content
    }


def followed(renames: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The newest name of each record, by the name it had before; `renames` are old and new names, the oldest first.

    The order matters: a name that one record has given up may be another's after that.
    """
    found: dict[str, str] = {}
    for old, new in renames:
        bearers = [name for name, newest in found.items() if newest == old]
        for name in bearers:
            found[name] = new
        if not bearers:
            found.setdefault(old, new)
    return found
