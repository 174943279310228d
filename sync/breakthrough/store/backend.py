"""What a database must do to be a store; `sqlite` and `postgresql` are the two that do."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Connection, Engine

from breakthrough.errors import StoreError
from breakthrough.store.address import Address
from breakthrough.store.sqlite import Sqlite


class Backend(Protocol):
    """A database. Its text is the address as messages show it."""

    engine: Engine

    def begin(self) -> AbstractContextManager[Connection]:
        """A transaction that may write. Only one of a store does at a time; each waits for the one before it."""

    def read(self) -> AbstractContextManager[Connection]:
        """A transaction that sees the store as it is at its first query, whatever is written meanwhile."""

    def alone(self, project: str) -> AbstractContextManager[None]:
        """Keeps others from pulling that project; freed when this process ends, however it does."""

    def scrub(self, tables: Collection[str]) -> None:
        """Leaves nothing of what was deleted from those tables in the database's own files."""

    def said(self, error: BaseException | None) -> StoreError | None:
        """The error of ours that a database error is; None for one that is the caller's (a broken constraint)."""


def at(address: Address, *, enforced: bool = True) -> Backend:
    """The backend of that address. Raises StoreError, or SettingInvalid where its driver is not installed.

    `enforced` False is for migrations: see `Sqlite`.
    """
    if address.path:
        return Sqlite(address.path, enforced=enforced)
    from breakthrough.store.postgresql import Postgresql  # noqa: PLC0415 (its driver may not be installed)

    return Postgresql(address)
