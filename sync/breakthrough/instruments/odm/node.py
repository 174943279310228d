"""An element of XML as a value: what is read is searched, kept and written as a tree of these."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Node:
    """An element. Names have no prefix where they are ODM's own, `redcap:` where they are REDCap's.

    `text` is that of an element without children; blanks between children are not kept. `line` is where a definition of
    an item was read, else 0.
    Two are equal when their content is, in whatever order the attributes were written.
    """

    tag: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: tuple[Node, ...] = ()
    text: str = ""
    line: int = field(default=0, compare=False)

    def get(self, name: str, default: str = "") -> str:
        """The attribute of that name."""
        return self.attributes.get(name, default)

    def all(self, tag: str) -> Iterator[Node]:
        """The children of that name, in order."""
        return (child for child in self.children if child.tag == tag)

    def first(self, *path: str) -> Node | None:
        """The first element at the end of that path of names; None where there is none."""
        node: Node | None = self
        for tag in path:
            node = next((child for child in node.children if child.tag == tag), None) if node else None
        return node

    def text_of(self, *path: str) -> str:
        """The text of the first element at the end of that path; blank where there is none."""
        node = self.first(*path)
        return node.text if node else ""

    def keeping(self, before: Node | None, known: Container[str] = ()) -> Node:
        """The element with what `before` says beyond it: attributes of other names, and children of none `known`."""
        if before is None:
            return self
        more = tuple(child for child in before.children if child.tag not in known)
        other = {name: value for name, value in before.attributes.items() if name not in self.attributes}
        return Node(self.tag, {**self.attributes, **other}, (*self.children, *more), self.text, self.line)
