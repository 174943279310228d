"""Turns the texts of a measure that counts case rows into REDCap's logic, wherever in it they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from breakthrough.collaborative.cases import Condition, told
from breakthrough.errors import LogicInvalid

Place = tuple[str | int, ...]
Fault = tuple[Place, str]

_ONE = ("numerator", "denominator", "value", "where", "event")


def over_case_rows(raw: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """The keys of a measure, or of a version of it, with logic in place of its texts; and what cannot be read.

    `all_of` and `event` make numerator and denominator as well, where these are not written.
    """
    read, faults = dict(raw), list[Fault]()
    for part in _ONE:
        if read.get(part) is not None:
            read[part] = _logic(read[part], (part,), faults)
    if isinstance(read.get("all_of"), Sequence) and not isinstance(read["all_of"], str):
        read["all_of"] = [_logic(one, ("all_of", at), faults) for at, one in enumerate(read["all_of"])]
    if isinstance(read.get("parts"), Sequence) and not isinstance(read["parts"], str):
        read["parts"] = [_within(one, ("parts", at), faults) for at, one in enumerate(read["parts"])]
    if "versus" in read:
        read["versus"] = _within(read["versus"], ("versus",), faults)
    if isinstance(read.get("versions"), Sequence) and not isinstance(read["versions"], str):
        read["versions"] = [_version(one, at, faults) for at, one in enumerate(read["versions"])]
    return (read if faults else _made(read)), faults


def joined(conditions: Sequence[Condition]) -> Condition:
    """All of them at once."""
    return Condition(" and ".join(f"({one.text})" for one in conditions))


def _made(read: dict[str, Any]) -> dict[str, Any]:
    every, event = read.get("all_of"), read.get("event")
    if every and isinstance(every, list) and read.get("numerator") is None:
        read["numerator"] = joined(every)
    if isinstance(event, Condition):
        read = {"numerator": event, "denominator": event, **read}
    return read


def _version(one: Any, at: int, faults: list[Fault]) -> Any:
    if not isinstance(one, Mapping):
        return one
    read, wrong = over_case_rows(one)
    faults += [(("versions", at, *place), sentence) for place, sentence in wrong]
    return read


def _within(one: Any, place: Place, faults: list[Fault]) -> Any:
    if not isinstance(one, Mapping):
        return one
    return {
        key: _logic(value, (*place, key), faults) if key in _ONE and value is not None else value
        for key, value in one.items()
    }


def _logic(value: Any, place: Place, faults: list[Fault]) -> Any:
    if isinstance(value, Condition):
        return value
    try:
        return Condition(str(value))
    except LogicInvalid as wrong:
        faults.append((place, told(_named(place), wrong)))
        return value


def _named(place: Place) -> str:
    """`denominator`, `all_of 2`, `numerator of parts 1`, as a message calls it."""
    match place:
        case (str(key),):
            return key
        case (str(key), int(at)):
            return f"{key} {at + 1}"
        case (str(key), int(at), str(part)):
            return f"{part} of {key} {at + 1}"
        case _:
            return " of ".join(str(step) for step in reversed(place))
