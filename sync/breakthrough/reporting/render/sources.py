"""The files that rendering reads, as bytes: what a report takes, beside its figures, to be made again."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from breakthrough.content import Content
from breakthrough.errors import ReportError
from breakthrough.reporting import wording
from breakthrough.reporting.draw.text import font_file
from breakthrough.reporting.render import brand, sections, sheet, templates, usable
from breakthrough.reporting.render.report import FONTS

_DEPLOYMENT, _PROGRAM = "deployment", "program"


def files(content: Content) -> dict[str, bytes]:
    """The templates, style sheet, fonts and words of both search folders, by `program/reports/…`, `deployment/…`.

    The shipped ones are among them also where the deployment has its own, which may extend them.
    """
    found: dict[str, bytes] = {}
    for layer, folder in zip((_PROGRAM, _DEPLOYMENT), reversed(content.folders), strict=False):
        for path in _read(folder):
            found[f"{layer}/{path.relative_to(folder).as_posix()}"] = path.read_bytes()
    return found


@contextmanager
def put_out(kept: Mapping[str, bytes]) -> Iterator[Content]:
    """The content that has those files alone, in a folder that only we may read and that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="breakthrough-") as name:
        folder = Path(name)
        for relative, content in kept.items():
            parts = PurePosixPath(relative).parts
            if ".." in parts or parts[0] not in {_DEPLOYMENT, _PROGRAM}:
                raise ReportError("The archive names a file outside its folder: the store has a fault.")
            path = folder.joinpath(*parts)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        yield Content(folder / _DEPLOYMENT, folder / _PROGRAM)


def chart_font() -> str:
    """What tells the font that charts are drawn with from any other: it is the program's own, whatever the content."""
    digest = hashlib.sha256()
    for weight in (400, 600):
        digest.update(font_file(weight).read_bytes())
    return digest.hexdigest()[:12]


def _read(folder: Path) -> Iterator[Path]:
    """The files that rendering may read there; a template may include any that is beside it."""
    room = folder / templates.FOLDER
    for path in sorted(room.rglob("*")):
        within = path.relative_to(room).parts
        if path.is_file() and within[0] not in usable.ELSEWHERE and not any(part.startswith(".") for part in within):
            yield path
    yield from (
        folder / name
        for name in (sheet.NAME, sheet.PAGE, sheet.DOCUMENT, *FONTS.values(), wording.TEMPLATE)
        if (folder / name).is_file()
    )
    yield from sorted((folder / wording.FOLDER).glob("*.po"))
    yield from sorted((folder / sections.FOLDER).glob("*.yaml"))
    for kind in brand.KINDS:
        yield from sorted((folder / brand.FOLDER).glob(f"*{kind}"))  # the logo, if it is one
