"""Findings as text, as JSON, and as annotations of a pull request."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from breakthrough.instruments.lint.codes import CODES
from breakthrough.instruments.lint.finding import Finding, visible
from breakthrough.instruments.lint.looks import Look

_COMMAND = {"error": "error", "warning": "warning", "note": "notice"}


def text(looks: Sequence[Look], root: Path) -> str:
    """Each finding in two to four lines: where and what, the excerpt with its place, what to do. Paths from `root`."""
    return "\n".join(_lines(finding, look, root) for look in looks for finding in look.findings)


def _lines(finding: Finding, look: Look, root: Path) -> str:
    lines = [f"{_where(finding, look, root)}: {finding.severity} {finding.code}: {finding.problem}."]
    excerpt = finding.excerpt
    if excerpt:
        # The bar also keeps a cell's text from the beginning of a line, where build logs look for commands.
        lines += [f"    | {excerpt.text}", f"    | {' ' * excerpt.start}{'^' * excerpt.length}"]
    lines.append(f"    {finding.remedy}.")
    return "\n".join(visible(line) for line in lines)  # nothing in a dictionary may steer a terminal


def _where(finding: Finding, look: Look, root: Path) -> str:
    parts = [_path(look.file(finding), root)]
    field = finding.field
    if field is None:
        return ", ".join([*parts, f"row {finding.row}"] if finding.row else parts)
    if field.origin and field.origin.row:
        parts.append(f"row {field.origin.row}")
    elif field.origin and field.origin.line:
        parts.append(f"line {field.origin.line}")
    parts.append(f"field {field.field_name or '(no name)'}")
    if field.origin and field.origin.repeated_for:
        parts.append(f"repeated for {field.origin.repeated_for}")
    return ", ".join([*parts, f"column {finding.letter} ({finding.header})"])


def as_json(looks: Sequence[Look], root: Path) -> str:
    """One object: every file with its findings and what was accepted, and the counts."""
    counts = {severity: sum(f.severity == severity for look in looks for f in look.findings) for severity in _COMMAND}
    told = {
        "files": [_look(look, root) for look in looks],
        "counts": counts | {"accepted": sum(len(look.accepted) for look in looks)},
    }
    return json.dumps(told, ensure_ascii=False, indent=2).encode("utf-8", "replace").decode()


def _look(look: Look, root: Path) -> dict[str, Any]:
    return {
        "path": _path(look.path, root),
        "mode": look.mode,
        "fields": look.fields,
        "instruments": look.forms,
        "findings": [_finding(finding, look, root) for finding in look.findings],
        "accepted": [_finding(finding, look, root) | {"reason": entry.reason} for finding, entry in look.accepted],
    }


def _finding(finding: Finding, look: Look, root: Path) -> dict[str, Any]:
    field, excerpt = finding.field, finding.excerpt
    origin = field.origin if field else None
    return {
        "code": finding.code,
        "severity": finding.severity,
        "title": CODES[finding.code].title,
        "file": _path(look.file(finding), root),
        "row": (origin.row or None) if origin else finding.row,
        "line": (origin.line or None) if origin else finding.line,
        "field": field.field_name if field else None,
        "form": field.form_name if field else None,
        "column": finding.column if field else None,
        "header": finding.header or None,
        "letter": finding.letter or None,
        "excerpt": None
        if excerpt is None
        else {
            "text": excerpt.text,
            "line": excerpt.line,
            "column": excerpt.column,
            "start": excerpt.start,
            "length": excerpt.length,
        },
        "problem": finding.problem,
        "remedy": finding.remedy,
    }


def github(looks: Sequence[Look], root: Path) -> str:
    """One workflow command a finding, which GitHub shows beside the line. Paths are told from `root`."""
    return "\n".join(_command(finding, look, root) for look in looks for finding in look.findings)


def _command(finding: Finding, look: Look, root: Path) -> str:
    said = f"{finding.problem}. {finding.remedy}."
    if finding.field:
        said = f"Field {finding.field.field_name or '(no name)'}: {said}"
    properties = ",".join(f"{key}={_escaped(value, ':,')}" for key, value in _properties(finding, look, root))
    return f"::{_COMMAND[finding.severity]} {properties}::{_escaped(visible(said), '')}"


def _properties(finding: Finding, look: Look, root: Path) -> Iterator[tuple[str, str]]:
    yield "file", _path(look.file(finding), root)
    origin = finding.field.origin if finding.field else None
    line = origin.line if origin else finding.line
    if line:
        yield "line", str(line)
    yield "title", f"{finding.code} {CODES[finding.code].title}"


def _path(path: Path, root: Path) -> str:
    """The path from `root` where it is inside, so that it can be clicked; else as it is."""
    whole = path.absolute()
    return (whole.relative_to(root) if whole.is_relative_to(root) else path).as_posix()


def _escaped(value: str, also: str) -> str:
    """As GitHub's toolkit escapes: nothing in a dictionary can end the command or begin another."""
    for letter in "%\r\n" + also:
        value = value.replace(letter, f"%{ord(letter):02X}")
    return value
