"""What comes in place of an answer: the pages of web servers and proxies, and REDCap's own words in trouble.

None of the pages is a copy: they are of the kind that clients meet.
"""

from __future__ import annotations

import math
from dataclasses import replace
from http import HTTPStatus
from xml.sax.saxutils import escape

from redcap_sandbox.faults.kinds import Ban, Drop, Empty, Forbidden, Hang, Maintenance, Memory, Outage, Status
from redcap_sandbox.faults.rules import Rule
from redcap_sandbox.wire import answers, refusals
from redcap_sandbox.wire.answers import CONTENT_TYPES, PLAIN, Answer
from redcap_sandbox.wire.call import Call
from redcap_sandbox.wire.passage import Passage
from redcap_sandbox.wire.refusals import Refusal

OUT_OF_MEMORY = (
    "REDCap ran out of server memory. The request cannot be processed. Please try importing/exporting a smaller "
    "amount of data."
)
# REDCapR looks for this sentence in answers with status 200; its issue 81 quotes it.
NO_DATABASE = (
    "The hostname (db.example.org) / username (redcap) / password (XXXXXX) combination could not connect to the "
    "MySQL server.\n\t\tPlease check their values."
)
BANNED = "Your IP address has been banned due to suspected abuse."  # PyCap's issue 69 tells of it; wording assumed
_SERVER_PAGE = "text/html; charset=iso-8859-1"  # what Apache claims for its error pages
_FATAL = (
    "<br />\n<b>Fatal error</b>:  Allowed memory size of 536870912 bytes exhausted (tried to allocate 20480 bytes) in "
    "<b>index.php</b> on line <b>1</b><br />\n"
)


def instead(rule: Rule, asked: Call) -> Answer | None:
    """What the client gets in place of the answer; None if the rule's fault takes no answer's place."""
    match rule:
        case Status():
            return _error(rule, asked)
        case Maintenance():
            return _page(rule.status, "REDCap is offline", rule.text, PLAIN)
        case Outage():
            return answers.plain(NO_DATABASE)
        case Memory():
            return _memory(rule, asked)
        case Empty():
            return Answer(b"", CONTENT_TYPES[asked.data_format])
        case Forbidden():
            return answers.refused(refusals.no_permission(), asked.answer_format)
        case Ban():
            return _page(rule.status, _phrase(rule.status), BANNED, PLAIN)
        case Drop():
            return _silence(Passage(head=False, reset=rule.reset))
        case Hang():
            return _silence(Passage(head=False, hold=math.inf if rule.seconds is None else rule.seconds))
        case _:
            return None


def _error(rule: Status, asked: Call) -> Answer:
    if rule.message:
        answer = answers.refused(Refusal(rule.status, rule.message), asked.answer_format)
    else:
        phrase = _phrase(rule.status)
        answer = _page(rule.status, f"{rule.status} {phrase}", phrase, _SERVER_PAGE)
    if rule.retry_after is None:
        return answer
    return replace(answer, headers=(("Retry-After", str(rule.retry_after)),))


def _memory(rule: Memory, asked: Call) -> Answer:
    """With the content type of the data asked for (assumed): the error strikes when that has been promised."""
    answer = answers.refused(Refusal(rule.status, OUT_OF_MEMORY), asked.answer_format)
    fatal = _FATAL.encode() if rule.fatal else b""
    return replace(answer, body=fatal + b"".join(answers.pieces(answer)), content_type=CONTENT_TYPES[asked.data_format])


def _page(status: int, title: str, text: str, content_type: str) -> Answer:
    body = (
        f"<!DOCTYPE html>\n<html>\n<head><title>{escape(title)}</title></head>\n"
        f"<body>\n<h1>{escape(title)}</h1>\n<p>{escape(text)}</p>\n</body>\n</html>\n"
    )
    return Answer(body.encode(), content_type, status)


def _silence(passage: Passage) -> Answer:
    return Answer(b"", PLAIN, passage=passage)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:  # such as 520, which is one proxy's own
        return "Error"
