"""Texts and bytes that reports were made of, or are: each kept once, under its SHA-256, and checked when read."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Collection, Mapping

import orjson
from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from breakthrough.errors import StoreError
from breakthrough.store.columns import canonical
from breakthrough.store.tables import material as table


def keep(connection: Connection, content: bytes) -> str:
    """The digest under which that content is kept from now on: its SHA-256 as 64 hexadecimal digits."""
    digest = hashlib.sha256(content).hexdigest()
    insert = {"sqlite": sqlite, "postgresql": postgresql}[connection.dialect.name].insert(table)
    if connection.execute(select(table.c.size).where(table.c.digest == digest)).first() is None:
        line = {"digest": digest, "size": len(content), "content": zlib.compress(content, 6)}
        connection.execute(insert.values(line).on_conflict_do_nothing())
    return digest


def keep_all(connection: Connection, files: Mapping[str, bytes]) -> str:
    """The digest of a manifest of those files by name: with it, `read_all` gives them back."""
    manifest = {name: keep(connection, content) for name, content in files.items()}
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
    manifest: dict[str, str] = orjson.loads(read(connection, digest))
    return {name: read(connection, one) for name, one in manifest.items()}


def drop(connection: Connection, digests: Collection[str]) -> int:
    """How many of those contents were there, and are there no longer."""
    return sum(connection.execute(table.delete().where(table.c.digest == one)).rowcount for one in digests)
