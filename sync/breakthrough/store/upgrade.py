"""Brings a store of an older version up to this program's, after a backup, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, text

from breakthrough.errors import StoreError
from breakthrough.store import backend, backups, schema, tables
from breakthrough.store.address import Address
from breakthrough.store.backend import Backend
from breakthrough.store.backups import Backup


@dataclass(frozen=True, slots=True)
class Upgraded:
    """From which version of its tables the store came to which; `backup` is of before, none where nothing was done."""

    before: str
    after: str
    backup: Backup | None


def upgrade(address: Address, backup_to: Path, advance: Callable[[int], None] = lambda _: None) -> Upgraded:
    """What became of the store: nothing where it is of this version already.

    Raises StoreError where there is no store, or its tables are not as they should be; StoreOutOfDate where it is of a
    newer program; StoreLocked while one of its projects is being pulled. The store is then as it was before.
    """
    if address.path and not address.path.is_file():
        raise StoreError(f"There is no store {address} yet, so there is nothing to upgrade. The first pull makes it.")
    at = backend.at(address, enforced=False)
    try:
        return _upgraded(at, backup_to, advance)
    except Exception as broken:
        if ours := at.said(broken):
            raise ours from broken
        raise
    finally:
        at.engine.dispose()


def _upgraded(at: Backend, backup_to: Path, advance: Callable[[int], None]) -> Upgraded:
    with ExitStack() as nobody_else:
        with at.read() as connection:
            found = schema.version(connection, at)
            if found is None:
                raise StoreError(f"There is no store in {at} yet, so there is nothing to upgrade.")
            if found == tables.SCHEMA:
                return Upgraded(found, found, None)
            if not schema.known(found):
                raise schema.out_of_date(at, found)
            names = connection.scalars(text("SELECT id FROM project ORDER BY id")).all()
        for name in names:
            nobody_else.enter_context(at.alone(name))
        backup = backups.write(at, backup_to, advance)
        with at.begin() as connection:
            if schema.version(connection, at) == found:  # else another process was quicker
                schema.migrate(connection, found)
                _check(connection, at)
    return Upgraded(found, tables.SCHEMA, backup)


def _check(connection: Connection, at: Backend) -> None:
    if connection.dialect.name == "sqlite" and connection.execute(text("PRAGMA foreign_key_check")).first():
        raise StoreError(f"Rows of the store {at} refer to rows that are not there, so it was left as it was.")
