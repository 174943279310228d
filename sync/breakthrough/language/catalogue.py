"""Catalogues of messages: a file a language, read as it is; an institution's own wording lies over what is shipped."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from breakthrough.errors import SettingInvalid
from breakthrough.language.current import ENGLISH, Language

_PLACE = re.compile(r"\{([a-z_]+)\}|%\(([a-z_]+)\)s")
_LINE = re.compile(r'#.*|(msgctxt|msgid|msgid_plural|msgstr|msgstr\[\d+\])?\s*"(?:[^"\\]|\\.)*"')
_TOLD = 40  # characters of a message that are told


def load(locale: str, files: Sequence[Path]) -> Language:
    """The language of those files, the first before the others; what none of them says, English says.

    Raises SettingInvalid, with file, line and what is wrong, where a file cannot be read, or a translation has other
    places than its message; and for a locale that nobody knows how to spell numbers and days in.
    """
    try:
        Locale.parse(locale)
    except (ValueError, UnknownLocaleError) as unknown:
        raise SettingInvalid(
            f"The language '{locale}' is not known. Write it as de or pt_BR: a language, and a country if it matters."
        ) from unknown
    spoken: GNUTranslations | None = None
    for path in reversed(files):
        own = _translations(_read(path, locale))
        if spoken is not None:
            own.add_fallback(spoken)
        spoken = own
    return Language(locale, spoken) if spoken or locale != ENGLISH.locale else ENGLISH


def unknown(path: Path, locale: str, template: Path) -> Iterator[str]:
    """A sentence for each message of the file that reports do not say, with the one it comes nearest to.

    `template` is the catalogue of all messages. Such a message does no harm: nobody says it. Raises as `load` does.
    """
    known = {(one.context, _first(one)) for one in _read(template, None)}
    for one in _read(path, locale):
        if one.id and (one.context, _first(one)) not in known:
            near = difflib.get_close_matches(_first(one), [text for _, text in known], n=1)
            hint = f" Did you mean “{near[0]}”?" if near else ""
            yield f"{path}, line {one.lineno}: no report says “{_short(_first(one))}”, so it changes nothing.{hint}"


def _read(path: Path, locale: str | None) -> Catalog:
    try:
        text = path.read_text(encoding="utf-8")
        for number, line in enumerate(text.splitlines(), start=1):
            if line.strip() and not _LINE.fullmatch(line.strip()):
                raise SettingInvalid(_refused(path, number, "this is neither a message nor the end of one"))
        catalog = read_po(BytesIO(text.encode()), locale=locale, abort_invalid=True, charset="utf-8")
    except PoFileError as broken:
        raise SettingInvalid(_refused(path, broken.lineno + 1, f"{broken.args[0]}")) from broken
    except (OSError, UnicodeDecodeError, ValueError) as broken:
        raise SettingInvalid(
            f"{path}: the wording cannot be read: {broken}. Save it as a .po file in UTF-8."
        ) from broken
    for one in catalog:
        if one.id and (wrong := _wrong(one)):
            raise SettingInvalid(_refused(path, one.lineno or 1, f"the translation of “{_short(_first(one))}” {wrong}"))
    return catalog


def _refused(path: Path, line: int, what: str) -> str:
    return f"{path}, line {line}: {what}. Until it is put right, nothing of this file is used."


def _wrong(one: Message) -> str:
    """What is wrong with the places of a translation; '' of one that is sound or not there yet."""
    forms = [text for text in ((one.string,) if isinstance(one.string, str) else one.string or ()) if text]
    if not forms or one.fuzzy:
        return ""
    wanted = {place for text in _ids(one) for place in _places(text)}
    for text in forms:
        strange = sorted(_places(text) - wanted)
        if strange:
            return f"has the place {strange[0]}, which the message has not"
        if re.search(r"[{}]", _PLACE.sub("", text)):
            return "has a brace that is no place"
    lacking = sorted(wanted - {place for text in forms for place in _places(text)})
    return f"lacks the place {lacking[0]}" if lacking else ""


def _places(text: str) -> set[str]:
    return {found[0] for found in _PLACE.finditer(text)}


def _ids(one: Message) -> tuple[str, ...]:
    return (one.id,) if isinstance(one.id, str) else tuple(one.id)


def _first(one: Message) -> str:
    return _ids(one)[0]


def _short(text: str) -> str:
    return text if len(text) <= _TOLD else f"{text[: _TOLD - 1]}…"


def _translations(catalog: Catalog) -> GNUTranslations:
    """The catalogue as Python's gettext takes it, with the language's rule for plurals."""
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return GNUTranslations(compiled)
