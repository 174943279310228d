"""The `data` parameter of an import → rows of text, from JSON, CSV or XML.

Whatever a client sends, the rest of the server sees rows whose values are text without lone surrogates; a nested
object (users' form rights) stays a mapping of text.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from typing import Any, Literal, NoReturn, cast
from xml.parsers import expat

from redcap_sandbox.wire import refusals
from redcap_sandbox.wire.call import Call

Nested = Mapping[str, str]
Row = dict[str, str | Nested]
TextRow = dict[str, str]

_DELIMITERS = {"": ",", ",": ",", "tab": "\t", "\t": "\t", ";": ";", "|": "|", "^": "^"}
_DEEPEST_XML = 6
_TEXT = frozenset({str})


def rows(call: Call) -> list[Row]:
    """The rows of the call's `data`; Refusal if there are none to be read in the format it claims."""
    data = call.needed("data").removeprefix("\ufeff")
    if call.data_format == "json":
        return _json_rows(data)
    if call.data_format == "csv":
        return cast("list[Row]", _csv_rows(data, delimiter(call)))
    return _XmlRows().read(data)


def text_rows(call: Call) -> list[TextRow]:
    """As `rows`, for contents that know no nested values: Refusal if there is one."""
    found = rows(call)
    if any(not _TEXT.issuperset(map(type, row.values())) for row in found):
        raise refusals.unreadable(call.data_format, "A value is an array or an object")
    return cast("list[TextRow]", found)


def single_row(call: Call) -> Row:
    """The one row of contents that take one: a JSON object on its own will do. Refusal if there are none or several.

    REDCap documents the import of project settings and the creation of a project with a bare object, and clients send
    an array as well; of all other contents a bare object is refused, in the words of `rows`. (Older servers counted
    it as no record, says PyCap#103.)
    """
    data = call.needed("data").removeprefix("\ufeff")
    if call.data_format == "json" and data.lstrip().startswith("{"):
        parsed = _parsed(data)
        return _json_row(parsed) if isinstance(parsed, dict) else {}
    found = rows(call)
    if len(found) != 1:
        raise refusals.unreadable(call.data_format, f"There must be one item, but there are {len(found)}")
    return found[0]


def delimiter(call: Call) -> str:
    """The CSV delimiter that `csvDelimiter` asks for, a comma by default."""
    asked = call.text("csvDelimiter")
    if asked not in _DELIMITERS:
        raise refusals.invalid_parameter("csvDelimiter")
    return _DELIMITERS[asked]


def decimal_character(call: Call) -> Literal["", ".", ","]:
    """The decimal character that `decimalCharacter` asks for, '' for each field's own."""
    match call.text("decimalCharacter"):
        case "":
            return ""
        case ".":
            return "."
        case ",":
            return ","
        case _:
            raise refusals.invalid_parameter("decimalCharacter")


def _parsed(data: str) -> Any:
    try:
        return json.loads(data, parse_constant=_refused)
    except RecursionError:
        raise refusals.unreadable("json", "Maximum stack depth exceeded") from None
    except ValueError:
        raise refusals.unreadable("json", "Syntax error") from None


def _refused(word: str) -> NoReturn:
    """NaN and Infinity, which Python takes for JSON and PHP does not."""
    raise ValueError(word)


def _json_rows(data: str) -> list[Row]:
    parsed = _parsed(data)
    if not isinstance(parsed, list) or not all(isinstance(item, dict) for item in parsed):
        raise refusals.unreadable("json", "No error")
    return [_json_row(item) for item in parsed]


def _json_row(item: dict[str, Any]) -> Row:
    try:
        "".join(item.values()).encode()
    except (TypeError, UnicodeEncodeError):  # a value is no text, or holds a lone surrogate
        return {
            name: value if type(value) is str and value.isascii() else _value(value) for name, value in item.items()
        }
    return item


def _value(value: Any) -> str | Nested:
    """JSON's value as PHP prints it: 1.0 is `1`, true is `1`, false and null are blank.

    Of whole numbers beyond 64 bits PHP keeps the first digits; here they stay as they are.
    """
    if isinstance(value, str):
        return _clean(value)
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, dict):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        if value:
            raise refusals.unreadable("json", "A value is an array")
        return {}  # PHP writes an empty object as []
    return str(value)


def _number(value: float) -> str:
    """The number with 14 digits, as PHP prints it: `0.3`, `1.0E+25`, `1.0E-7`, and `INF` for one that is too large."""
    digits, exponent, power = f"{value:.14G}".partition("E")
    if not exponent:
        return digits
    return f"{digits if '.' in digits else f'{digits}.0'}E{power[0]}{power[1:].lstrip('0')}"


def _plain(value: Any) -> str:
    plain = _value(value)
    if not isinstance(plain, str):
        raise refusals.unreadable("json", "A value is nested too deeply")
    return plain


def _clean(value: str) -> str:
    """The text with lone surrogates, which UTF-8 cannot hold, replaced by U+FFFD."""
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _csv_rows(data: str, by: str) -> list[TextRow]:
    try:
        lines = [line for line in csv.reader(io.StringIO(data, newline=""), delimiter=by) if line]
    except csv.Error as error:
        raise refusals.unreadable("csv", f"CSV error: {error}") from None
    if not lines:
        return []
    header, *body = lines
    names = [name.strip() for name in header]
    if len(set(names)) != len(names):
        raise refusals.unreadable("csv", "A column name occurs twice in the first line")
    if wrong := next((number for number, line in enumerate(body, 2) if len(line) > len(names)), None):
        raise refusals.unreadable("csv", f"Row {wrong} has more cells than the first line has column names")
    return [dict(zip(names, line, strict=False)) for line in body]


class _XmlRows:
    """Reads `<records><item><name>value</name>…`, whatever the outer tag is called.

    A row is an `item`, or an element within the outermost that has elements of its own, such as the `project` of
    REDCap's example. `item` may stand alone; so may an outermost element that holds nothing but values.

    Built on expat's events: nothing is expanded, a document type (hence any entity of the sender's) is refused, and
    depth costs a counter, not the stack.
    """

    def __init__(self) -> None:
        self.found: list[Row] = []
        self._path: list[str] = []
        self._text: list[str] = []
        self._rows_at = 2
        self._row: Row = {}
        self._loose: Row = {}

    def read(self, data: str) -> list[Row]:
        parser = expat.ParserCreate(encoding="utf-8")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text.append
        try:
            parser.Parse(data.encode("utf-8", "replace"), True)
        except expat.ExpatError as error:
            raise refusals.unreadable("xml", f"XML error: {error}") from None
        return self.found or ([self._loose] if self._loose else [])

    @staticmethod
    def _refuse_doctype(*_: object) -> None:
        raise refusals.unreadable("xml", "A document type declaration is not allowed")

    def _start(self, name: str, _: object) -> None:
        self._path.append(name)
        self._text.clear()
        if len(self._path) > _DEEPEST_XML:
            raise refusals.unreadable("xml", "The elements are nested too deeply")
        if len(self._path) == 1 and name == "item":
            self._rows_at = 1

    def _end(self, name: str) -> None:
        within = len(self._path) - self._rows_at
        if within == 0 and (self._row or name == "item"):
            self.found.append(self._row)
            self._row = {}
        elif within == 0:
            self._loose[name] = "".join(self._text)
        elif within == 1:
            self._row.setdefault(name, "".join(self._text))
        elif within == 2:
            nested = self._row.setdefault(self._path[-2], {})
            if isinstance(nested, dict):
                nested[name] = "".join(self._text)
        self._path.pop()
        self._text.clear()
