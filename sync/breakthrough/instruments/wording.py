"""A site's own licensed wording of an assessment: read from its folder, put in on the way to REDCap, shown nowhere.

It stands in `wording/NAME.csv` of the deployment folder (columns part, item, text and, if wanted, note), which the
scaffold's .gitignore leaves out. Messages name the part and item, never a text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from breakthrough.content import Content
from breakthrough.errors import ContentMissing, DictionaryInvalid
from breakthrough.instruments import sheet
from breakthrough.instruments.field import Field
from breakthrough.instruments.profiles import Profile

_COLUMNS = ("part", "item", "text", "note")
_FOOTER = "footer"
_TEXTS = ("section_header", "field_label", "field_note")


@dataclass(frozen=True, slots=True)
class Wording:
    """For every field whose words are the site's, its cells as the site gave them; none where it gave no file."""

    cells: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)

    def put(self, fields: Iterable[Field], live: Sequence[Field] = ()) -> tuple[Field, ...]:
        """The fields as REDCap gets them: with the site's words or, where it gave none here, those REDCap has already.

        So a deploy from a computer without the file never writes placeholders over a wording that is in use.
        """
        there = {one.field_name: one for one in live}
        return tuple(self._worded(one, there.get(one.field_name)) for one in fields)

    def _worded(self, one: Field, live: Field | None) -> Field:
        given = self.cells.get(one.field_name)
        if given:
            return Field.of({**one.row(), **given}, one.origin)
        if given is None or live is None:
            return one
        return Field.of({**one.row(), **{cell: getattr(live, cell) for cell in _TEXTS}}, one.origin)


def of(content: Content, profiles: Iterable[Profile]) -> Wording:
    """The wording that the deployment folder holds for those profiles. Raises as `read` does."""
    cells: dict[str, Mapping[str, str]] = {}
    for profile in profiles:
        if profile.licence:
            cells |= {name: {} for name in (*profile.items, profile.footer_field)}
            path = content.deployment / "wording" / f"{profile.name}.csv" if content.deployment else None
            if path and path.is_file():
                cells |= read(path, profile)
    return Wording(cells)


def read(path: Path, profile: Profile) -> dict[str, dict[str, str]]:
    """The cells of each field in such a file. A row without item is the part's title; the part `footer`, the footer.

    Raises DictionaryInvalid for a row that fits no item, and for items without a text: half an instrument is none.
    """
    found: dict[str, dict[str, str]] = {}
    for number, row in _rows(path):
        where = f"{path.name}, row {number}"
        name, texts = _meant(row, profile, where)
        if texts.keys() & found.get(name, {}).keys():
            raise DictionaryInvalid(f"{where}: {_spelled(row)} stands there twice. Take one of the two out.")
        found.setdefault(name, {}).update(texts)
    absent = [name for name in profile.items if "field_label" not in found.get(name, {})]
    if absent:
        lacking = ", ".join(name.removeprefix(f"{profile.prefix}_").replace("_", " item ") for name in absent[:5])
        raise DictionaryInvalid(
            f"{path.name}: there is no text for part {lacking}{' …' if len(absent) > 5 else ''} ({len(absent)} of "
            f"{len(profile.items)} items of {profile.name}). Nothing of the file was used. Add the missing rows."
        )
    return found


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        data = path.read_bytes()
    except OSError as broken:
        raise ContentMissing(f"The wording in {path} cannot be read: {broken.strerror}.") from broken
    found = sheet.parse(data, path.name, lambda cell: cell.strip().lower() in _COLUMNS)
    header = [cell.strip().lower() for cell in found.lines[found.header].cells]
    if not {"part", "item", "text"}.issubset(header):
        raise DictionaryInvalid(
            f"{path.name}: the first row must name the columns part, item and text (and note, if there are notes)."
        )
    for line in found.lines[found.header + 1 :]:
        if not line.blank:
            yield line.number, {name: cell.strip() for name, cell in zip(header, line.cells, strict=False)}


def _meant(row: Mapping[str, str], profile: Profile, where: str) -> tuple[str, dict[str, str]]:
    part, item, text = row.get("part", "").lower(), row.get("item", ""), row.get("text", "")
    if not text:
        raise DictionaryInvalid(f"{where}: {_spelled(row)} has no text. Fill it in, or take the row out.")
    if part == _FOOTER:
        return profile.footer_field, {"field_label": text}
    if not item and profile.item(part, 1) in profile.items:
        return profile.item(part, 1), {"section_header": text}
    name = f"{profile.prefix}_{part}_{item}"
    if name not in profile.items:
        parts = ", ".join(f"{one.code} ({one.size} items)" for one in profile.parts)
        raise DictionaryInvalid(f"{where}: {profile.name} has no {_spelled(row)}. Its parts are {parts}.")
    note = row.get("note", "")
    return name, {"field_label": text} | ({"field_note": note} if note else {})


def _spelled(row: Mapping[str, str]) -> str:
    part, item = row.get("part", ""), row.get("item", "")
    # What is no code may be a text that slipped into the wrong column: it is not repeated.
    named = [f"{what} {code}" for what, code in (("part", part), ("item", item)) if code.isalnum() and len(code) < 4]
    return " ".join(named) or "what this row names"
