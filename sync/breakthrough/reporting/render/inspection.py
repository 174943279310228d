"""Looks through a deployment's own reports/ folder before anything is made with it, so that people learn of faults."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import get_type_hints

from jinja2 import nodes

from breakthrough.content import Content
from breakthrough.reporting import wording
from breakthrough.reporting.render import brand, composed, report, sections, templates, usable


def faults(content: Content) -> tuple[str, ...]:
    """What is wrong with the deployment's own templates, style sheet, sections, brand and wording.

    Each is a sentence with file, line and remedy. Beyond what cannot be read at all, that is a name that no report of
    that kind has, and a file that no report reads. Nothing is rendered.
    """
    return (*_files(content), *_wording(content))


def tell(content: Content) -> None:
    """Says the same in the log, once; the wording does so itself when it is read."""
    for told in _files(content):
        usable.tell(told)


def _files(content: Content) -> tuple[str, ...]:
    if content.deployment is None:
        return ()
    seen = usable.broken(content)
    found = [told for _, told in seen]
    for path in usable.own(content.passing_over([path for path, _ in seen])):
        if path.suffix == ".j2":
            found += _names(content, path)
    found += _strangers(content, content.deployment / sections.FOLDER)
    return tuple(dict.fromkeys(found))


def _wording(content: Content) -> tuple[str, ...]:
    if content.deployment is None:
        return ()
    own = sorted(one.stem for one in (content.deployment / wording.FOLDER).glob("*.po"))
    return tuple(dict.fromkeys(told for locale in own or ("en",) for told in wording.problems(content, locale)))


def _names(content: Content, path: Path) -> Iterator[str]:
    """The names that a template of one kind of report asks its report for, and that it has not."""
    kind = path.name.partition(".")[0]
    known = _known(kind)
    if not known:
        return
    tree = templates.environment(content, html=".html." in path.name).parse(path.read_text(encoding="utf-8"))
    for one in tree.find_all(nodes.Getattr):
        if isinstance(one.node, nodes.Name) and one.node.name == "report" and one.attr not in known:
            near = difflib.get_close_matches(one.attr, known, n=1, cutoff=0.5)
            hint = f"Did you mean 'report.{near[0]}'?" if near else f"It has {', '.join(sorted(known))}."
            yield f"{path}, line {one.lineno}: the {kind} report has no '{one.attr}'. {hint}"
    blocks = {one.name for one in tree.find_all(nodes.Block)}
    if tree.find(nodes.Extends) and (lost := sorted(blocks - _blocks(content, path.name))):
        near = difflib.get_close_matches(lost[0], _blocks(content, path.name), n=1, cutoff=0.5)
        hint = f"Did you mean '{near[0]}'?" if near else "A section of your own has no place there."
        yield f"{path}: the shipped template has no block '{lost[0]}', so it is shown nowhere. {hint}"


def _known(kind: str) -> frozenset[str]:
    """The names that a report of that kind has; none where the kind is not one."""
    make = getattr(report, kind, None)
    view = get_type_hints(make).get("report") if callable(make) else None
    if view is None:
        return frozenset()
    worked_out = (name for name, one in vars(view).items() if isinstance(one, property) and not name.startswith("_"))
    return frozenset((*composed.of(view), *worked_out))


def _blocks(content: Content, name: str) -> frozenset[str]:
    """The blocks of the shipped template of that name, and of those that it extends."""
    alone, found = Content(None, content.program), set[str]()
    environment = templates.environment(alone, html=".html." in name)
    while name:
        path = content.program / templates.FOLDER / name
        if not path.is_file():
            break
        tree = environment.parse(path.read_text(encoding="utf-8"))
        found |= {one.name for one in tree.find_all(nodes.Block)}
        above = tree.find(nodes.Extends)
        name = above.template.value if above and isinstance(above.template, nodes.Const) else ""
    return frozenset(found)


def _strangers(content: Content, folder: Path) -> Iterator[str]:
    """Files with settings of a kind of report that there is not."""
    kinds = (*sections.kinds(content), Path(brand.NAME).stem)
    for path in sorted(folder.glob("*.yaml")):
        if path.stem not in kinds:
            near = difflib.get_close_matches(path.stem, kinds, n=1, cutoff=0.5)
            hint = f"Did you mean {near[0]}.yaml?" if near else f"There are {', '.join(kinds)}."
            yield f"{path}: no report is called '{path.stem}', so this file changes nothing. {hint}"
    for path in sorted(folder.glob("*.yml")):
        yield f"{path}: this file is not read. Name it {path.stem}.yaml"
