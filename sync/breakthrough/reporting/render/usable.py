"""What of a deployment's own files can be used: a month goes out also where one is broken, with the shipped one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from jinja2 import TemplateSyntaxError

from breakthrough.content import Content
from breakthrough.errors import ConfigurationError, ReportError, TemplateBroken
from breakthrough.reporting.render import brand, sections, sheet, templates
from breakthrough.reporting.values import Rendered

log = logging.getLogger(__name__)

ELSEWHERE = frozenset({"preview", "handover", "printed"})  # templates of pages about instruments, which no report reads
_ANEW = "Until it is put right, reports are made with the shipped one."

T = TypeVar("T")
Make = Callable[[Content], T]
Fault = tuple[Path, str]  # a file that is passed over, and a sentence with line and remedy


def made(content: Content, make: Make[Rendered]) -> Rendered:
    """The report that `make` makes of the content, as `attempt` has it; what was passed over is in its `faults`."""
    report, faults = attempt(content, make)
    return replace(report, faults=faults)


def attempt(content: Content, make: Make[T]) -> tuple[T, tuple[str, ...]]:
    """What `make` makes without those of the deployment's own files that cannot be used, and a sentence on each.

    The log says it, too, once. A file that shows its fault only when it is used is passed over by itself; where it is
    not known which one it is, all of them are. Raises what `make` raises without any.
    """
    found = list(broken(content))
    for _, told in found:
        tell(told)
    use = content.passing_over([path for path, _ in found])
    while True:
        try:
            return make(use), tuple(told for _, told in found)
        except (ReportError, ConfigurationError) as wrong:
            culprits = _culprits(wrong, use)
            if not culprits:
                raise
            told = f"{wrong} {_ANEW}"
            tell(told)
            found += [(path, told) for path in culprits[:1]]
            use = use.passing_over(culprits)


def broken(content: Content) -> tuple[Fault, ...]:
    """The deployment's own files that can be seen to be broken before anything is made with them."""
    return _broken(content, tuple((path, path.stat().st_mtime_ns) for path in own(content)))


def own(content: Content) -> Iterator[Path]:
    """The deployment's own files that reports are made with, but for its wording, which sees to itself."""
    if content.deployment is None or not (content.deployment / sections.FOLDER).is_dir():
        return
    room = content.deployment / templates.FOLDER
    for path in sorted(room.rglob("*.j2")):
        if path.relative_to(room).parts[0] not in ELSEWHERE and content.has(path):
            yield path
    every = (sheet.NAME, sheet.PAGE, sheet.DOCUMENT, brand.NAME)
    yield from (path for name in every if content.has(path := content.deployment / name))
    if chosen := sorted((content.deployment / sections.FOLDER).glob("*.yaml")):
        kinds = sections.kinds(content)
        yield from (path for path in chosen if path.stem in kinds and content.has(path))


@lru_cache(maxsize=64)
def tell(told: str) -> None:
    """Says it in the log, once."""
    log.error("%s", told)


@lru_cache(maxsize=8)
def _broken(content: Content, files: tuple[tuple[Path, int], ...]) -> tuple[Fault, ...]:
    """Kept as long as no file changes."""
    return tuple((path, f"{told} {_ANEW}") for path, _ in files for told in _seen(content, path))


def _seen(content: Content, path: Path) -> Iterator[str]:
    """What is wrong with that file."""
    try:
        if path.suffix == ".j2":
            _compiled(content, path)
        elif path.suffix == ".css":
            sheet.check(path)
        elif path.name == Path(brand.NAME).name:
            brand.read(content)
        else:
            sections.sections(content, path.stem)
    except (ReportError, ConfigurationError) as wrong:
        yield str(wrong)


def _compiled(content: Content, path: Path) -> None:
    """Raises TemplateBroken where the template cannot be read, or is no template."""
    try:
        templates.environment(content, html=".html." in path.name).compile(path.read_text(encoding="utf-8"))
    except TemplateSyntaxError as wrong:
        raise TemplateBroken(templates.message(str(path), wrong.lineno, wrong.message or "")) from wrong
    except (OSError, ValueError) as wrong:
        raise TemplateBroken(templates.message(str(path), None, str(wrong))) from wrong


def _culprits(wrong: Exception, content: Content) -> tuple[Path, ...]:
    """Which of the deployment's files to go on without: the last of its own that the error came through, else all."""
    mine = tuple(own(content))
    through = [Path(one) for one in wrong.files] if isinstance(wrong, TemplateBroken) else []
    return next(((path,) for path in reversed(through) if path in mine), mine)
