"""Judges what came back from REDCap: rows, an object, a count or a line of text, or the error that it really is.

REDCap, and what stands before it, say that something is wrong in many ways: by status, by an error body in JSON, CSV
or XML, by a web page with status 200, by nothing at all. Here they become one of the errors of `breakthrough.errors`,
whose text never holds more of an unreadable body than its kind and its length.
"""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from typing import IO, Any, Literal

from breakthrough.errors import (
    AnswerUnreadable,
    AuthFailed,
    Busy,
    ImportRefused,
    Overloaded,
    RedcapError,
    Refusal,
    Refused,
)
from breakthrough.redcap import streamed

Want = Literal["rows", "object", "count", "text", "token", "document", "file", "nothing"]

_LONGEST_SENTENCE = 400  # characters of REDCap's own words that a message repeats
_LONGEST_LINE = 200  # a version or a record name is shorter
_MOST_REFUSALS_TOLD = 10
_PAGE = 20_000  # bytes of a web page in which its message stands
_TOKEN = re.compile(r"\b[0-9A-Fa-f]{32}(?:[0-9A-Fa-f]{32})?\b")
_LAST_TOKEN = re.compile(rb"([0-9A-F]{32})\s*$")
_MEMORY = re.compile(rb"ran out of server memory|Allowed memory size", re.IGNORECASE)
_BANNED = re.compile(rb"\bIP address\b.{0,120}?\b(?:banned|blocked)\b", re.IGNORECASE | re.DOTALL)
_RIGHTS = re.compile(r"privilege|permission|do(?:es)? not have the right", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, read to its end."""

    status: int
    content_type: str
    body: bytes
    date: dt.datetime | None = None  # the server's clock, aware
    retry_after: str = ""
    size: int | None = None  # bytes of the whole body, where `body` is less than that

    @property
    def length(self) -> int:
        """Bytes of the body."""
        return len(self.body) if self.size is None else self.size

    @property
    def told(self) -> str:
        """`status 503, text/html, 412 bytes`: all that a message may tell of an answer nobody can read."""
        kind = self.content_type.partition(";")[0].strip() or "no content type"
        return f"status {self.status}, {kind}, {self.length} bytes"

    @property
    def looks(self) -> str:
        """What the body looks like, judged by its first character."""
        start = self.body.lstrip()[:1]
        if not start:
            return "nothing"
        if start == b"<":
            return "a web page or XML"
        return "JSON that is cut short or mixed with other text" if start in b"[{" else "plain text"


def read(answer: Answer, want: Want, sent: Collection[str] | None = None) -> Any:
    """What the answer says, as `want`.

    rows: list of dict; object: dict; count: int; text: one line, str; token: that of a new project, str; document: a
    whole project XML, bytes; file: whatever bytes; nothing: None, where nothing is what should come.

    `sent` is None for a question. For an import it holds the values that were sent, which no message may repeat.
    Raises Busy, Refused, ImportRefused or AnswerUnreadable.
    """
    page = "json" not in answer.content_type.lower() and not answer.body.startswith(b"<?xml")
    if page and _BANNED.search(answer.body[:_PAGE]):
        raise _banned(answer)
    complaint = _complaint(answer.body)
    if answer.status == 200 and not complaint:
        return _READERS[want](answer)
    raise _error(answer, complaint, sent)


def begins_rows(answer: Answer, body: IO[bytes]) -> bool:
    """Whether that body, a file, seems to hold rows in JSON; only `each_row` finds out."""
    body.seek(0)
    declared = "json" in answer.content_type.lower()
    return answer.status == 200 and declared and body.read(_PAGE).lstrip().startswith(b"[")


def each_row(answer: Answer, body: IO[bytes]) -> Iterator[dict[str, Any]]:
    """The rows of that body, a file, one after the other. Raises what `read` raises, after the last of them."""
    body.seek(0)
    try:
        yield from streamed.rows(body)
    except (ValueError, RecursionError):  # its text would quote the body
        body.seek(max(0, answer.length - _PAGE))
        end = replace(answer, body=body.read(), size=answer.length)
        raise _unreadable(end, "it cannot be parsed as JSON") from None


def _rows(answer: Answer) -> list[dict[str, Any]]:
    found = _json(answer)
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise _unreadable(answer, f"a list of rows was asked for, but this is {_named(found)}")
    return found


def _object(answer: Answer) -> dict[str, Any]:
    found = _json(answer)
    if not isinstance(found, dict):
        raise _unreadable(answer, f"an object was asked for, but this is {_named(found)}")
    return found


def _count(answer: Answer) -> int:
    found = _json(answer, declared=False)  # some versions send a bare number as text/html
    number = found.get("count") if isinstance(found, dict) else found
    if isinstance(number, str) and number.isascii() and number.isdigit():
        return int(number)
    if isinstance(number, bool) or not isinstance(number, int):
        raise _unreadable(answer, f"a count was asked for, but this is {_named(found)}")
    return number


def _text(answer: Answer) -> str:
    try:
        text = answer.body.decode("utf-8").strip()
    except UnicodeDecodeError as broken:
        raise _unreadable(answer, "it is not UTF-8") from broken
    if not text or text[0] in "<{[" or len(text) > _LONGEST_LINE or "\n" in text:
        raise _unreadable(answer, "one line of text was asked for")
    return text


def _token(answer: Answer) -> str:
    found = _LAST_TOKEN.search(answer.body)  # servers are known to say something before it
    if found is None:
        raise _unreadable(answer, "the token of a new project was asked for")
    return found[1].decode()


def _document(answer: Answer) -> bytes:
    body = answer.body.strip()
    if not body.startswith(b"<?xml") or not body.endswith((b"</ODM>", b":ODM>")):
        raise _unreadable(answer, "a whole project XML was asked for")
    return answer.body


def _file(answer: Answer) -> bytes:
    return answer.body


def _nothing(answer: Answer) -> None:
    if answer.body.strip():
        raise _unreadable(answer, "nothing was to come back")


_READERS: Mapping[Want, Callable[[Answer], Any]] = {
    "rows": _rows,
    "object": _object,
    "count": _count,
    "text": _text,
    "token": _token,
    "document": _document,
    "file": _file,
    "nothing": _nothing,
}


def _json(answer: Answer, *, declared: bool = True) -> Any:
    """The body parsed. JSON is UTF-8 whatever the header says of the character set, so the header's is not used."""
    if declared and "json" not in answer.content_type.lower():
        raise _unreadable(answer, "JSON was asked for")
    try:
        return json.loads(answer.body.decode("utf-8"))
    except (ValueError, RecursionError):  # its text would quote the body
        raise _unreadable(answer, "it cannot be parsed as JSON") from None


def _named(found: Any) -> str:
    kinds = {dict: "an object", list: "a list of something else", str: "a text", bool: "true or false", int: "a number"}
    return kinds.get(type(found), "something else")


def _unreadable(answer: Answer, why: str) -> RedcapError:
    if _MEMORY.search(answer.body[-2000:]):  # status 200, a page of PHP's and then, perhaps, REDCap's message
        return _out_of_memory(answer)
    return AnswerUnreadable(
        f"REDCap's answer cannot be used: {why}, and it holds {answer.looks} ({answer.told}). REDCap may be down for "
        "maintenance, or a proxy or login page stands before it. Nothing was taken from it. Try again later; if it "
        "stays so, show this line to your REDCap administrator."
    )


def _error(answer: Answer, complaint: str, sent: Collection[str] | None) -> RedcapError:
    # short values are kept: "5 or 9 digits" says nothing of anybody, and without its figures nothing at all
    said = _plain(complaint, {value for value in sent or () if len(value) > 2})
    status = answer.status
    if _MEMORY.search(complaint.encode()):
        return _out_of_memory(answer)
    if status in {401, 403} and not _lacks_one_right(complaint):
        return AuthFailed(_shut(answer, said))
    if status in {413, 414}:
        return Overloaded(
            f"The request was too long for the server ({answer.told}). It is tried with less where it can be; if it "
            "stays so, ask your REDCap administrator how long a request may be."
        )
    if status in {408, 429} or (status >= 500 and status != 501):
        return Busy(
            f"REDCap cannot answer now ({answer.told}). It is overloaded, down for maintenance, or limits how often it "
            "may be asked. Try again later.",
            _wait(answer),
        )
    if status in {302, 303, 307}:
        return AnswerUnreadable(
            f"REDCap sent us to another page instead of answering ({answer.told}): a login or maintenance page. "
            "The token is not carried there. Try again later."
        )
    if sent is not None and status in {200, 400} and not _RIGHTS.search(complaint):
        return _import_refused(complaint, said)
    return Refused(_refused(answer, said))


def _out_of_memory(answer: Answer) -> Overloaded:
    return Overloaded(
        f"REDCap ran out of memory over this request ({answer.told}). It is tried with less where it can be; "
        "otherwise try again later, when the server is quieter. If it stays so, ask your REDCap administrator."
    )


def _lacks_one_right(complaint: str) -> bool:
    """Whether a refusal with status 403 is about this request alone, such as an import without that right."""
    return "privileges" in complaint and "API Export" not in complaint


def _shut(answer: Answer, said: str) -> str:
    told = f"status {answer.status}: {said}" if said else answer.told
    return (
        f"REDCap refused the token ({told}). It may be wrong or revoked, its user suspended or expired, or without API "
        "rights, or a firewall stands before REDCap. Nothing is tried again, since repeated refusals can get this "
        "computer's address banned. Check the token and its user's rights in REDCap."
    )


def _banned(answer: Answer) -> AuthFailed:
    return AuthFailed(
        f"REDCap has banned this computer's address ({answer.told}), which it does when it is asked too often. Nothing "
        "is tried again. Ask your REDCap administrator to lift the ban and to except this address, and make "
        "redcap.pause longer."
    )


def _refused(answer: Answer, said: str) -> str:
    what = f"status {answer.status}: {said}" if said else answer.told
    if answer.status in {301, 308, 404, 405, 410, 501}:
        return (
            f"There is no REDCap API at this address ({what}). Write the API's address as REDCap's API page shows it: "
            "https://…/api/"
        )
    return (
        f"REDCap refused the request ({what}). The token's user may lack a right, or a name in the request is not one "
        "of the project's. Check the user's rights and the project's instruments in REDCap."
    )


def _import_refused(complaint: str, said: str) -> ImportRefused:
    refusals = _refusals(complaint)
    told = [f"record {r.record}, field {r.field}: {r.reason}" for r in refusals[:_MOST_REFUSALS_TOLD]]
    more = len(refusals) - len(told)
    if more > 0:
        told.append(f"and {more} more")
    reasons = "; ".join(told) or said or "it gave no reason"
    return ImportRefused(
        f"REDCap refused the import and wrote nothing of it: {reasons.rstrip('.')}. Correct this and import again.",
        refusals,
    )


def _refusals(complaint: str) -> tuple[Refusal, ...]:
    """REDCap's lines `"record","field","value","text"` without the value; none when the message has another form."""
    if not complaint.lstrip().startswith('"'):  # a sentence with three commas is not such a line
        return ()
    try:
        lines = [line for line in csv.reader(io.StringIO(complaint.strip()), strict=True) if line]
    except csv.Error:
        return ()
    if any(len(line) != 4 for line in lines):
        return ()
    return tuple(Refusal(record, field, _plain(text, {value})) for record, field, value, text in lines)


def _complaint(body: bytes) -> str:
    """REDCap's own error message, from whichever of its three error bodies this is; '' when it is none."""
    start = body.lstrip()[:200]
    if start.startswith(b"{"):
        try:
            found = json.loads(body.decode("utf-8"))
        except (ValueError, RecursionError):
            return ""
        error = found.get("error") if isinstance(found, dict) else None
        return error if isinstance(error, str) else ("an error without words" if error else "")
    text = body.decode("utf-8", "replace")
    if start[:6].upper() == b"ERROR:":
        return text.strip()[6:].strip()
    if start.startswith((b"<?xml", b"<hash>")):
        found_xml = re.search(r"<error>(.*?)</error>", text, re.DOTALL)
        return html.unescape(found_xml[1].removeprefix("<![CDATA[").removesuffix("]]>")) if found_xml else ""
    return ""


def _plain(text: str, silent: Collection[str]) -> str:
    """The sentence without markup, without the values in `silent`, without tokens, and not too long."""
    text = re.sub(r"<[^>]*>", " ", html.unescape(text))
    values = "|".join(sorted((re.escape(value) for value in silent if value.strip()), key=len, reverse=True))
    if values:
        text = re.sub(rf"(?<!\w)(?:{values})(?!\w)", "…", text)
    text = " ".join(_TOKEN.sub("…", text).split())
    return text if len(text) <= _LONGEST_SENTENCE else text[:_LONGEST_SENTENCE] + "…"


def _wait(answer: Answer) -> float | None:
    """Seconds that the server asks us to wait: Retry-After as a number, or as a date against the server's own."""
    asked = answer.retry_after.strip()
    if asked.isascii() and asked.isdigit():
        return float(asked)
    try:
        until = parsedate_to_datetime(asked)
    except ValueError:
        return None
    if answer.date is None or until.tzinfo is None:
        return None
    return max(0.0, (until - answer.date).total_seconds())
