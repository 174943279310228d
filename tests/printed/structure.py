"""The structure of a tagged PDF, read back: what a screen reader goes by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pypdf


@dataclass(frozen=True)
class Tag:
    """An element: its kind (`/H1`), how many children it has, its alternative text, and the kinds it stands in."""

    kind: str
    children: int
    alt: str
    within: tuple[str, ...]


def tags(reader: pypdf.PdfReader) -> list[Tag]:
    """Every element in reading order."""
    root: Any = reader.trailer["/Root"]
    return list(_walk(root["/StructTreeRoot"]["/K"], ()))


def _walk(node: Any, within: tuple[str, ...]) -> Iterator[Tag]:
    node = node.get_object()
    if isinstance(node, list):
        for one in node:
            yield from _walk(one, within)
    elif isinstance(node, dict) and "/S" in node:
        children = node.get("/K", [])
        number = len(children) if isinstance(children, list) else 1
        yield Tag(node["/S"], number, str(node.get("/Alt", "")), within)
        if isinstance(children, list):
            yield from _walk(children, (*within, node["/S"]))
