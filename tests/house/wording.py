"""The catalogue of everything that reports say, drawn from code and templates: what translators begin with."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import write_po
from jinja2.ext import babel_extract

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("language", "instruments", "measures", "teams", "reporting")  # those that reports speak through
TEMPLATE = ROOT / "reports" / "wording" / "messages.pot"
ABOUT = "Translators:"  # comments that begin with it go along
KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(("say", "message", "_", "gettext")),
    **dict.fromkeys(("says", "worded", "ngettext"), (1, 2)),
    **dict.fromkeys(("say_as", "message_as", "pgettext"), ((1, "c"), 2)),
}
_HEAD = """\
# Everything that reports say. Made by `make wording`; docs/wording.md tells how to write a language, or words of your own.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def sources() -> Iterator[tuple[Path, Any]]:
    """The files that hold messages, with what finds them there."""
    for room in ROOMS:
        yield from ((path, "python") for path in sorted((ROOT / "sync" / "breakthrough" / room).rglob("*.py")))
    yield from ((path, babel_extract) for path in sorted((ROOT / "reports" / "templates").glob("*.j2")))


def drawn() -> Catalog:
    """Every message, with the files that say it."""
    catalog = Catalog()
    for path, method in sources():
        with path.open("rb") as file:
            for _, text, comments, context in extract(method, file, KEYWORDS, [ABOUT], {"encoding": "utf-8"}):
                where = (path.relative_to(ROOT).as_posix(), 1)
                told = catalog.add(text, context=context, locations=[where], auto_comments=comments)
                told.flags.discard("python-format")  # a % before a word is a per cent
    return catalog


def written() -> str:
    """The catalogue as it stands in the file: by file and message, without a date, the same wherever it is made."""
    out = BytesIO()
    write_po(out, drawn(), width=120, omit_header=True, sort_output=True, include_lineno=False)
    return _HEAD + out.getvalue().decode().lstrip("\n")


if __name__ == "__main__":
    TEMPLATE.write_text(written(), encoding="utf-8")
    print(f"{TEMPLATE.relative_to(ROOT)}: {len(drawn())} messages")
