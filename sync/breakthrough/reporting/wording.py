"""The language of the reports: the shipped messages, with a deployment's own wording over them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from breakthrough import language
from breakthrough.content import Content
from breakthrough.errors import SettingInvalid
from breakthrough.language import ENGLISH, Language
from breakthrough.language.catalogue import unknown

log = logging.getLogger(__name__)

FOLDER = "reports/wording"
TEMPLATE = f"{FOLDER}/messages.pot"  # every message that reports say
_FORMER = f"{FOLDER}/english.yaml"


def read(content: Content, locale: str = ENGLISH.locale) -> Language:
    """The language of that locale, as far as its files are sound; English says what none of them does.

    A file that is refused is told in the log, and the month goes out without it. Raises SettingInvalid for a locale
    that is no language's.
    """
    found = tuple((path, path.stat().st_mtime_ns) for path in files(content, locale))
    return _read(locale, found, content.find(TEMPLATE) if found else None)


def files(content: Content, locale: str) -> Iterator[Path]:
    """The files of that language, each over those after it: `pt_BR.po`, then `pt.po`, a deployment's own first."""
    names = dict.fromkeys((locale, locale.partition("_")[0]))
    for folder in content.folders:
        yield from (path for name in names if (path := folder / FOLDER / f"{name}.po").is_file())


def problems(content: Content, locale: str = ENGLISH.locale) -> tuple[str, ...]:
    """What is wrong with a deployment's wording, each in a sentence that names file, line and remedy."""
    found = [
        f"{folder / _FORMER}: this file is not read any more. Write what differs into {FOLDER}/en.po beside it: "
        "docs/wording.md tells how."
        for folder in content.folders
        if (folder / _FORMER).is_file()
    ]
    for path in files(content, locale):
        found += [*_refused(locale, path), *_unsaid(locale, path, content.find(TEMPLATE))]
    return tuple(found)


@lru_cache(maxsize=8)
def _read(locale: str, found: tuple[tuple[Path, int], ...], template: Path | None) -> Language:
    """Kept as long as no file changes: reading one takes longer than filling a template."""
    sound = []
    for path, _ in found:
        refused = list(_refused(locale, path))
        for why in refused:
            log.error("%s", why)
        if not refused:
            sound.append(path)
            for why in _unsaid(locale, path, template) if template else ():
                log.warning("%s", why)
    return language.load(locale, sound)


def _refused(locale: str, path: Path) -> Iterator[str]:
    try:
        language.load(locale, [path])
    except SettingInvalid as why:
        yield str(why)


def _unsaid(locale: str, path: Path, template: Path) -> Iterator[str]:
    try:
        yield from unknown(path, locale, template)
    except SettingInvalid:
        return  # told as what is refused
