"""One API call as REDCap reads it: who asks, for what, in which format, with which parameters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from redcap_sandbox.wire import refusals
from redcap_sandbox.wire.formbody import Upload

Format = Literal["csv", "json", "xml"]

_FORMATS: Mapping[str, Format] = {"csv": "csv", "json": "json", "xml": "xml"}
_ARRAY_NAME = re.compile(r"([^\[\]]+)\[([^\]]*)\]")
_TRUE = frozenset({"1", "true", "yes", "on"})


@dataclass(frozen=True)
class Names:
    """The names in an array parameter; `exact` when they came as an array, not as one comma-joined string."""

    values: tuple[str, ...]
    exact: bool

    def __bool__(self) -> bool:
        return bool(self.values)


@dataclass(frozen=True)
class Call:
    """A parsed request. `data_format` is the format of exported or imported data, `answer_format` that of messages."""

    token: str
    content: str
    action: str
    data_format: Format
    answer_format: Format
    single: Mapping[str, str]
    arrays: Mapping[str, tuple[str, ...]]
    files: Mapping[str, Upload] = field(default_factory=dict)

    def file(self, name: str) -> Upload | None:
        """The uploaded file in the part of that name, an empty one too; None if there is none."""
        return self.files.get(name)

    def text(self, name: str) -> str:
        """The parameter's text; absent and empty are the same to REDCap, so both are ''."""
        return self.single.get(name, "")

    def needed(self, name: str) -> str:
        """The parameter's text; Refusal if absent or empty."""
        value = self.text(name)
        if not value:
            raise refusals.missing_parameter(name)
        return value

    def flag(self, name: str) -> bool:
        """True for any spelling of true that a client is known to send: `1`, `true`, `TRUE`, `True`."""
        return self.text(name).strip().lower() in _TRUE

    def one_of(self, name: str, *allowed: str) -> str:
        """The parameter if it is one of `allowed`, the first of them if it is absent; Refusal otherwise."""
        value = self.text(name) or allowed[0]
        if value not in allowed:
            raise refusals.invalid_parameter(name)
        return value

    def names(self, name: str) -> Names:
        """The names in `name[0]=…`, `name[]=…` or the comma-joined `name=…`, in the order sent."""
        if name in self.arrays:
            return Names(tuple(value for value in self.arrays[name] if value != ""), exact=True)
        joined = self.text(name).split(",")
        return Names(tuple(part.strip() for part in joined if part.strip()), exact=False)


def read(parameters: Iterable[tuple[str, str]], files: Mapping[str, Upload] | None = None) -> Call:
    """The call in a request's parameters and files. A format REDCap does not know is refused when it is answered.

    Without `action`, a call that carries `data` is an import and any other an export. Of a parameter that is sent
    twice, and of two values under one index of an array, the last counts, as in PHP.
    """
    single: dict[str, str] = {}
    arrays: dict[str, dict[str, str]] = {}
    for name, value in parameters:
        if array := _ARRAY_NAME.fullmatch(name):
            values = arrays.setdefault(array[1], {})
            values[array[2] or f"#{len(values)}"] = value
        else:
            single[name] = value
    data_format = _FORMATS.get(single.get("format", ""), "xml")
    return Call(
        token=single.get("token", ""),
        content=single.get("content", ""),
        action=single.get("action") or ("import" if single.get("data") else "export"),
        data_format=data_format,
        answer_format=_FORMATS.get(single.get("returnFormat", ""), data_format),
        single=single,
        arrays={name: tuple(values.values()) for name, values in arrays.items()},
        files=files or {},
    )


def check_formats(call: Call) -> None:
    """Refusal if `format` or `returnFormat` is a word REDCap does not know; `odm` is left to the content."""
    for name in ("format", "returnFormat"):
        if call.text(name) not in {"", "odm", *_FORMATS}:
            raise refusals.invalid_parameter(name)
