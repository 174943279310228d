"""Texts and bytes that reports were made of, or are: each kept once, under its SHA-256, and checked when read."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence

import orjson
from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from breakthrough.errors import StoreError
from breakthrough.store.columns import canonical
from breakthrough.store.tables import material as table

_LONG = 10_000  # bytes of a line: no prose, but a font or a picture inside a page, which other pages have as well
_AT_ONCE = 200  # digests looked up in one statement


def keep(connection: Connection, content: bytes) -> str:
    """The digest under which that content is kept from now on: its SHA-256 as 64 hexadecimal digits."""
    return keep_each(connection, [content])[0]


def keep_each(connection: Connection, contents: Sequence[bytes]) -> list[str]:
    """The digests under which those contents are kept from now on."""
    found = [hashlib.sha256(content).hexdigest() for content in contents]
    new = dict(zip(found, contents, strict=True))
    digests = list(new)
    for start in range(0, len(digests), _AT_ONCE):
        there = select(table.c.digest).where(table.c.digest.in_(digests[start : start + _AT_ONCE]))
        for digest in connection.scalars(there):
            del new[digest]
    if new:
        lines = [
            {"digest": digest, "size": len(content), "content": zlib.compress(content, 6)}
            for digest, content in new.items()
        ]
        insert = {"sqlite": sqlite, "postgresql": postgresql}[connection.dialect.name].insert(table)
        connection.execute(insert.on_conflict_do_nothing(), lines)
    return found


def keep_all(connection: Connection, files: Mapping[str, bytes]) -> str:
    """The digest of a manifest of those files by name: with it, `read_all` gives them back.

    What is long in a file, and in others as well, is kept once for all.
    """
    pieces = {name: _pieces(content) for name, content in files.items()}
    digests = iter(keep_each(connection, [piece for each in pieces.values() for piece in each]))
    manifest = {name: [next(digests) for _ in each] for name, each in pieces.items()}
    return keep(connection, canonical(manifest).encode())


def read(connection: Connection, digest: str) -> bytes:
    """The content that is kept under that digest. Raises StoreError where it is not there, or is another."""
    found = connection.execute(select(table.c.content).where(table.c.digest == digest)).scalar()
    if found is None:
        raise StoreError(
            f"What was archived under {digest[:12]} is not in the store: it has been purged, or was never there."
        )
    content = zlib.decompress(found)
    if hashlib.sha256(content).hexdigest() != digest:
        raise StoreError(f"What is archived under {digest[:12]} is not what was put there: the store has a fault.")
    return content


def read_all(connection: Connection, digest: str) -> dict[str, bytes]:
    """The files of that manifest, by name. Raises StoreError where one is not there."""
    manifest = _manifest(connection, digest)
    return {name: b"".join(read(connection, one) for one in pieces) for name, pieces in manifest.items()}


def reached(connection: Connection, manifests: Iterable[str]) -> set[str]:
    """Those manifests that are there, and everything that they name."""
    found: set[str] = set()
    wanted = sorted(set(manifests))
    for digest in connection.scalars(select(table.c.digest).where(table.c.digest.in_(wanted))):
        found |= {digest, *(one for pieces in _manifest(connection, digest).values() for one in pieces)}
    return found


def drop(connection: Connection, digests: Collection[str]) -> int:
    """How many of those contents were there, and are there no longer."""
    return sum(connection.execute(table.delete().where(table.c.digest == one)).rowcount for one in digests)


def _pieces(content: bytes) -> list[bytes]:
    """A text's long lines, each by itself, and what stands between them; of anything else, the whole."""
    if len(content) < _LONG or b"\0" in content:
        return [content]
    pieces = [b""]
    for line in content.splitlines(keepends=True):
        if len(line) < _LONG:
            pieces[-1] += line
        else:
            pieces += [line, b""]
    return [piece for piece in pieces if piece]


def _manifest(connection: Connection, digest: str) -> dict[str, list[str]]:
    manifest: dict[str, list[str]] = orjson.loads(read(connection, digest))
    return manifest
