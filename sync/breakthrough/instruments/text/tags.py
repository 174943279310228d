"""Action tags in a field annotation: `@HIDDEN`, `@DEFAULT='1'`, `@CALCTEXT(...)`, `@IF(condition, tags, tags)`.

`found(annotation)` gives the tags that stand in the annotation itself, `every(annotation)` also those inside @IF,
`arguments(annotation, tag)` the parts of a tag in function form, `nearest(name)` the tag that was probably meant.
`KNOWN` (in `known_tags`) tells what each of REDCap's own takes. Text round the tags is a comment.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from breakthrough.instruments.text import balance
from breakthrough.instruments.text.known_tags import KNOWN

_DEEPEST = 30  # levels of @IF that are looked into
# A whole name at once, so that @HIDDEN-SURVEY is not taken for @HIDDEN; no dash at its end.
_WORD = r"@([A-Za-z][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)*)"
_NAME = re.compile(rf"(?<![A-Za-z0-9_.%+@]){_WORD}")  # neither the end of an e-mail address nor the second of two @
_JOINED = re.compile(_WORD)
_EQUALS = re.compile(r"[^\S\r\n]*=\s*")
_BARE = re.compile(r"\S*")
_CURLY = "\u2018\u2019\u201c\u201d"


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag as it stands in the annotation. `name` is in capitals with its @, whatever letters it was written in.

    `argument`: what stands after `=` without its quotes, or in the brackets of a function; None where there is none.
    It begins at `argument_start`. `problem` says in half a sentence what is malformed; blank where nothing is.
    """

    name: str
    argument: str | None
    start: int
    end: int
    problem: str = ""
    argument_start: int = -1
    function: bool = False

    @property
    def known(self) -> bool:
        """Whether it is one of REDCap's own; modules add others, which are legal."""
        return is_known(self.name)


@dataclass(frozen=True, slots=True)
class Argument:
    """One of the arguments of a tag in function form, without the blanks round it."""

    text: str
    start: int
    end: int


def found(annotation: str) -> tuple[Tag, ...]:
    """The tags in that annotation, in order; those inside @IF are part of its argument."""
    return tuple(_found(annotation, 0, len(annotation)))


def every(annotation: str) -> tuple[Tag, ...]:
    """The tags in that annotation and in the branches of every @IF, in order of their places."""
    tags: list[Tag] = []
    waiting = [(0, len(annotation), 0)]
    while waiting:
        start, end, depth = waiting.pop()
        for tag in _found(annotation, start, end):
            tags.append(tag)
            if tag.name == "@IF" and depth < _DEEPEST:
                waiting += [(part.start, part.end, depth + 1) for part in arguments(annotation, tag)[1:]]
    return tuple(sorted(tags, key=lambda tag: tag.start))


def arguments(annotation: str, tag: Tag) -> tuple[Argument, ...]:
    """The arguments of a tag in function form, parted at the commas that are in no quotes or brackets; else none."""
    if not tag.function or tag.argument is None:
        return ()
    closed = balance.bracketed(annotation[: tag.end], tag.argument_start - 1)
    commas = closed[1] if closed else ()
    starts = [tag.argument_start, *(comma + 1 for comma in commas)]
    ends = [*commas, tag.argument_start + len(tag.argument)]
    return tuple(_stripped(annotation, start, end) for start, end in zip(starts, ends, strict=True))


def is_known(name: str) -> bool:
    """Whether it is one of REDCap's own tags, with or without its @."""
    name = name.removeprefix("@").upper()
    return name in KNOWN or name.startswith("MC-")


def nearest(name: str) -> str | None:
    """The tag of REDCap's that was probably meant, with its @; None where the name is not near any."""
    plain = name.removeprefix("@").upper()
    if plain.replace("_", "-") in KNOWN:
        return f"@{plain.replace('_', '-')}"
    near = difflib.get_close_matches(plain, KNOWN, n=1, cutoff=0.85)
    return f"@{near[0]}" if near else None


def _found(text: str, start: int, end: int) -> Iterator[Tag]:
    place = start
    while match := _NAME.search(text, place, end):
        while match:  # tags that are joined without a blank come one after another
            tag = _tag(text, match, end, joined=match.start() == place > start)
            place = tag.end if tag else match.end()
            if tag:
                yield tag
            match = _JOINED.match(text, place, end) if tag else None


def _tag(text: str, match: re.Match[str], limit: int, *, joined: bool) -> Tag | None:
    name = match[1].upper()
    small = match[1] != name
    if small and not is_known(name):
        return None  # prose: an account, a mention
    tag = Tag(f"@{name}", None, match.start(), match.end())
    if small:  # "Action tags are case sensitive", wiki.ohsu.edu
        tag = _worse(tag, "it is in small letters, and REDCap knows tags in capitals only")
    if joined:
        tag = _worse(tag, "nothing parts it from the tag before it; a blank must")
    return _with_argument(text, tag, limit)


def _with_argument(text: str, tag: Tag, limit: int) -> Tag:
    takes = KNOWN.get(tag.name[1:])
    opening = tag.end
    if takes and takes.form == "function":  # blanks may stand before the bracket, as in @IF (…)
        while opening < limit and text[opening].isspace():
            opening += 1
    if opening < limit and text[opening] == "(":
        return _function(text, tag, opening, limit)
    equals = _EQUALS.match(text, tag.end, limit)
    if equals:
        return _valued(text, tag, equals.end(), limit)
    if takes and takes.required:
        form = "(...)" if takes.form == "function" else "='...'"
        return _worse(tag, f"what it needs is missing: write {tag.name}{form}")
    return tag


def _function(text: str, tag: Tag, opening: int, limit: int) -> Tag:
    closed = balance.bracketed(text[:limit], opening)
    end = closed[0] if closed else limit
    inside = text[opening + 1 : end - 1 if closed else end]
    tag = replace(tag, argument=inside, end=end, argument_start=opening + 1, function=True)
    return tag if closed else _worse(tag, "its bracket is never closed, or a quote inside it is not")


def _valued(text: str, tag: Tag, start: int, limit: int) -> Tag:
    tag = replace(tag, end=start, argument="", argument_start=start)
    if start >= limit:
        return _worse(tag, "nothing stands after its equals sign")
    if text[start] in {"'", '"'}:
        return _quoted(text, tag, start, limit)
    if text[start] == "{":  # modules take JSON
        closed = balance.bracketed(text[:limit], start)
        end = closed[0] if closed else limit
        tag = replace(tag, argument=text[start:end], end=end)
        return tag if closed else _worse(tag, "the bracket of its value is never closed")
    match = _BARE.match(text, start, limit)
    end = match.end() if match else start
    tag = replace(tag, argument=text[start:end], end=end)
    if text[start] in _CURLY:
        return _worse(tag, "its quotes are curly; REDCap knows straight ones only")
    if text[start] == "@":
        return _worse(tag, "its value is another tag, which REDCap does not look into")
    return tag


def _quoted(text: str, tag: Tag, start: int, limit: int) -> Tag:
    after = balance.quoted(text[:limit], start)
    if after is None:
        tag = replace(tag, argument=text[start + 1 : limit], end=limit, argument_start=start + 1)
        return _worse(tag, "the quote of its value is never closed")
    tag = replace(tag, argument=text[start + 1 : after - 1], end=after, argument_start=start + 1)
    if after < limit and (text[after].isalnum() or text[after] in {"'", '"'}):
        return _worse(tag, "a quote inside its value ends it early")
    return tag


def _worse(tag: Tag, problem: str) -> Tag:
    return replace(tag, problem=tag.problem or problem)


def _stripped(text: str, start: int, end: int) -> Argument:
    inside = text[start:end].strip()
    start = text.index(inside, start)
    return Argument(inside, start, start + len(inside))
