"""A tree of nodes to XML, laid out as REDCap lays it out: tabs, one element a line, short ones together."""

from __future__ import annotations

import re

from breakthrough.instruments.odm.node import Node

_TOGETHER = frozenset({"Question", "Decode", "CodeListItem", "ErrorMessage"})
_FLUSH = frozenset({"Study", "GlobalVariables", "MetaDataVersion"})  # not indented
_SPECIAL = re.compile("[&<>\"'\r\n\t]")
# What XML 1.0 cannot hold, not even as a reference.
_IMPOSSIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#039;", "\r": "&#13;"})
_IN_ATTRIBUTE = _IN_TEXT | str.maketrans({"\n": "&#10;", "\t": "&#9;"})


def lines(node: Node, indent: str = "") -> list[str]:
    """The element as lines without line ends; the texts of leaves may hold line breaks of their own.

    Characters that XML cannot hold are left in: `possible` takes them out of the whole.
    """
    head = f"{indent}<{node.tag}{_attributes(node)}"
    if not node.children:
        # REDCap closes an element without attributes by a tag of its own, even when there is nothing in it.
        return [f"{head}>{_text(node.text)}</{node.tag}>" if node.text or not node.attributes else f"{head}/>"]
    if node.tag in _TOGETHER:
        inside = "".join(line for child in node.children for line in lines(child))
        return [f"{head}>{inside}</{node.tag}>"]
    found = [f"{head}>"]
    for child in node.children:
        found += lines(child, indent if child.tag in _FLUSH else f"{indent}\t")
    return [*found, f"{indent}</{node.tag}>"]


def opened(node: Node) -> str:
    """The element's first tag alone, left open."""
    return f"<{node.tag}{_attributes(node)}>"


def possible(text: str) -> str:
    """The text without the control characters that no XML can hold."""
    return _IMPOSSIBLE.sub("", text)


def attribute(name: str, value: str) -> str:
    """The attribute with a blank before it."""
    return f' {name}="{value.translate(_IN_ATTRIBUTE) if _SPECIAL.search(value) else value}"'


def _attributes(node: Node) -> str:
    return "".join(attribute(name, value) for name, value in node.attributes.items())


def _text(text: str) -> str:
    return text.translate(_IN_TEXT) if _SPECIAL.search(text) else text
