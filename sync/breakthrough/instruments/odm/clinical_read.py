"""ClinicalData to entries, one form of one record at a time."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from breakthrough.errors import DictionaryInvalid
from breakthrough.instruments.odm import events, pseudo
from breakthrough.instruments.odm.clinical import Entry, File, Moments, Repeats
from breakthrough.instruments.odm.heads import NAMESPACES, declared
from breakthrough.instruments.odm.passage import Passage
from breakthrough.instruments.odm.source import Names
from breakthrough.instruments.odm.values import Project

_CHUNK = 1 << 18  # characters
_ANY = "application/octet-stream"
_REMEDY = "Export the project again from REDCap (Other Functionality > Download metadata & data)."


def entries(project: Project) -> Iterator[Entry]:
    """What `project.records` holds, form by form in the order of the text, of which only the present form is kept.

    An element FormData without any value is an entry, too: someone may have opened the form. What is beside the items
    (audit records, annotations) is passed over, and so are blank values. In a longitudinal project a form outside any
    event counts for the first one (assumed).

    Raises DictionaryInvalid, with the line, when the text is not XML, an element is not where it belongs or has no
    name, a key of repetition is no number, or a file is not base64.
    """
    reader = _Reader(project)
    text = project.records
    for start in range(0, len(text), _CHUNK):
        yield from reader.feed(text[start : start + _CHUNK])
    if text:
        yield from reader.close()


@dataclass(slots=True)
class _Open:
    """A FormData element whose end was not read yet."""

    form: str
    event: str
    instance: int
    values: dict[str, str] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)


class _Reader:
    """Reads the text piece by piece. It is put into a root that declares the namespaces of the one it was cut from."""

    def __init__(self, project: Project) -> None:
        kept = project.kept
        same = kept and (kept.records.text is project.records or kept.records.text == project.records)
        self._passage = kept.records if kept and same else Passage(project.records, "the project's records")
        self._repeats, self._moments = Repeats(project), Moments(project)
        self._names = Names()
        self._fields = {one.field_name for one in project.fields}
        self._record_id = project.fields[0].field_name if project.fields else ""
        self._default_event = project.events[0].unique_name if project.events else ""
        self._longitudinal = bool(project.events)
        layouts = kept.layouts if kept else {}
        self._forms = {layout.definition.get("OID"): form for form, layout in layouts.items()}
        definitions = kept.events if kept else ()
        self._events = {node.get("OID"): events.unique_name(node) for node in definitions}
        self._done: list[Entry] = []
        self._record = ""
        self._event = ""
        self._event_instance = 1
        self._form: _Open | None = None
        self._file: Mapping[str, str] | None = None
        self._chars: list[str] = []
        self._openers = {
            "SubjectData": self._opened_subject,
            "StudyEventData": self._opened_event,
            "FormData": self._opened_form,
            "ItemDataBase64Binary": self._opened_file,
        }
        self._parser = self._prepared()
        spaces = declared({**NAMESPACES, **(kept.namespaces if kept else {})})
        head = "<ODM" + "".join(f" {name}={quoteattr(uri)}" for name, uri in spaces.items()) + ">"
        self._before = len(head.encode())
        self._parser.Parse(head.encode(), False)

    def feed(self, text: str) -> Iterator[Entry]:
        """The entries that end within that piece of text."""
        return self._parsed(text, last=False)

    def close(self) -> Iterator[Entry]:
        """None, as the text is at its end; what was still open is refused."""
        return self._parsed("</ODM>", last=True)

    def _parsed(self, text: str, *, last: bool) -> Iterator[Entry]:
        try:
            self._parser.Parse(text.encode(errors="surrogatepass"), last)
        except expat.ExpatError as broken:
            self._refuse(expat.errors.messages.get(broken.code, "this is not XML"))
        done, self._done = self._done, []
        return iter(done)

    def _prepared(self) -> expat.XMLParserType:
        parser = expat.ParserCreate("utf-8", " ")
        parser.buffer_text = True
        parser.buffer_size = 65536
        parser.StartNamespaceDeclHandler = self._names.declare
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        return parser

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = self._names[name]
        if tag == "ItemData":  # by far the most; its attributes have no prefixes
            self._item(attributes)
        elif tag in self._openers:
            self._openers[tag]({self._names[key]: value for key, value in attributes.items()})

    def _end(self, name: str) -> None:
        tag = self._names[name]
        if tag == "ItemDataBase64Binary":
            self._closed_file()
        elif tag == "FormData":
            self._closed_form()
        elif tag == "StudyEventData":
            self._event = ""
        elif tag == "SubjectData":
            self._record = ""

    def _opened_subject(self, attributes: Mapping[str, str]) -> None:
        if self._record:
            self._refuse("SubjectData stands inside SubjectData")
        self._record = attributes.get("SubjectKey", "")
        if not self._record:
            self._refuse("SubjectData has no SubjectKey, the name of its record")

    def _opened_event(self, attributes: Mapping[str, str]) -> None:
        if not self._record or self._form or self._event:
            self._refuse("StudyEventData does not stand directly inside SubjectData")
        oid = attributes.get("StudyEventOID", "")
        event = attributes.get("redcap:UniqueEventName") or self._events.get(oid) or oid.removeprefix("Event.")
        if not event:
            self._refuse("StudyEventData has no StudyEventOID, the name of its event")
        self._event, key = event, "StudyEventRepeatKey"
        self._event_instance = self._number(key, attributes) if self._repeats.of_event(event) else 1

    def _opened_form(self, attributes: Mapping[str, str]) -> None:
        if not self._record or self._form:
            self._refuse("FormData does not stand inside SubjectData or its StudyEventData")
        oid = attributes.get("FormOID", "")
        form = self._forms.get(oid) or oid.removeprefix("Form.")
        if not form:
            self._refuse("FormData has no FormOID, the name of its instrument")
        event = (self._event or self._default_event) if self._longitudinal else ""
        if self._repeats.of_form(event, form):
            instance = self._number("FormRepeatKey", attributes)
        else:  # has a key all the same
            instance = self._event_instance if self._event else 1
        self._form = _Open(form, event, instance)

    def _item(self, attributes: Mapping[str, str]) -> None:
        form, item = self._named(attributes)
        value = attributes.get("Value", "")
        if value:
            form.values[item] = self._moments.stored(item, value)

    def _opened_file(self, attributes: Mapping[str, str]) -> None:
        self._named(attributes)
        if self._file:
            self._refuse("a file stands inside another")
        self._file = attributes
        self._chars = []
        self._parser.CharacterDataHandler = self._chars.append

    def _closed_file(self) -> None:
        self._parser.CharacterDataHandler = None
        about, self._file = self._file, None
        if about is None or self._form is None:
            return
        item = about["ItemOID"]
        try:
            content = base64.b64decode("".join("".join(self._chars).split()), validate=True)
        except (binascii.Error, ValueError):
            self._refuse(f"the file of {item} is not base64; it may have been cut short")
        self._chars = []
        name = about.get("redcap:DocName") or item
        self._form.files[item] = File(name, about.get("redcap:MimeType") or _ANY, content)

    def _named(self, attributes: Mapping[str, str]) -> tuple[_Open, str]:
        """The form that an item belongs to, and the item's name."""
        item = attributes.get("ItemOID", "")
        if self._form is None:
            self._refuse("an item stands outside FormData, so that nobody can tell its form")
        if not item:
            self._refuse("an item has no ItemOID, the name of its field")
        return self._form, item

    def _closed_form(self) -> None:
        form, self._form = self._form, None
        if form is None:
            return
        name, values = form.form, form.values
        values.pop(self._record_id, None)
        timestamp = pseudo.timestamp(name)
        self._done.append(
            Entry(
                record=self._record,
                form=name,
                event=form.event,
                instance=form.instance,
                group=values.pop(pseudo.GROUP, ""),
                identifier=values.pop(pseudo.IDENTIFIER, ""),
                timestamp="" if timestamp in self._fields else values.pop(timestamp, ""),
                values=values,
                files=form.files,
            )
        )

    def _number(self, name: str, attributes: Mapping[str, str]) -> int:
        """The key of that name, 1 where there is none."""
        key = attributes.get(name) or "1"
        if not (key.isascii() and key.isdigit() and len(key) < 10 and int(key)):
            self._refuse(f"{name} is not a number from 1")
        return int(key)

    def _refuse(self, reason: str) -> NoReturn:
        offset = max(self._parser.CurrentByteIndex - self._before, 0)
        line = self._passage.line(self._parser.CurrentLineNumber, offset)
        raise DictionaryInvalid(
            f"{self._passage.file}, line {line}: these records cannot be read: {reason}. {_REMEDY}"
        ) from None
