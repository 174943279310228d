"""The version of a store's tables: made in a new store, checked in an old one, brought up by `store upgrade`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, select, text

from breakthrough.errors import StoreError, StoreOutOfDate
from breakthrough.store import tables
from breakthrough.store.backend import Backend

if TYPE_CHECKING:
    from alembic.config import Config

_REVISIONS = {"1": "0001", "2": "0002", "3": "0003"}  # by a store's version, the migration that makes it


def make_ready(at: Backend) -> None:
    """Makes the tables of a new store; holds an old one to our version.

    Raises StoreError for another program's database, StoreOutOfDate for a store of another version.
    """
    with at.read() as connection:
        found = version(connection, at)
    if found is None:
        with at.begin() as connection:  # where nobody else has made it meanwhile
            found = version(connection, at)
            if found is None:
                _make(connection, at)
                return
    if found != tables.SCHEMA:
        raise out_of_date(at, found)


def version(connection: Connection, at: Backend) -> str | None:
    """The version of the store's tables; None where there are none. Raises StoreError for another program's."""
    present = set(inspect(connection).get_table_names())
    if not present:
        return None
    found = None
    if tables.meta.name in present:
        wanted = select(tables.meta.c.value).where(tables.meta.c.key == "schema_version")
        found = connection.execute(wanted).scalar()
    if found is None:
        raise StoreError(
            f"{at} is another program's database. Nothing was changed in it. Name another one as the store."
        )
    return str(found)


def migrate(connection: Connection, found: str | None, to: str = tables.SCHEMA) -> None:
    """Brings the tables from version `found` (None: there are none) to version `to`, in the caller's transaction."""
    from alembic import command  # noqa: PLC0415 (only an upgrade needs it)

    config = _alembic(connection)
    if found == "1":  # which knew nothing of Alembic
        command.stamp(config, _REVISIONS["1"])
    command.upgrade(config, _REVISIONS[to])
    if found is None:
        connection.execute(tables.meta.insert().values(key="schema_version", value=to))
    else:
        connection.execute(tables.meta.update().where(tables.meta.c.key == "schema_version").values(value=to))


def out_of_date(at: Backend, found: str) -> StoreOutOfDate:
    """The error for a store of that version."""
    remedy = (
        "It is older than the program. Run: breakthrough store upgrade"
        if found in _REVISIONS
        else "The program is older than the store. Install the newer program."
    )
    return StoreOutOfDate(
        f"The store {at} has tables of version {found}, and this program uses version {tables.SCHEMA}. Nothing was "
        f"changed. {remedy}"
    )


def known(found: str) -> bool:
    """Whether a store of that version is one of ours, or of an older program's."""
    return found in _REVISIONS


def _make(connection: Connection, at: Backend) -> None:
    from alembic import command  # noqa: PLC0415 (only a new store needs it)

    if connection.dialect.name == "postgresql":
        encoding = connection.execute(text("SHOW server_encoding")).scalar()
        if encoding != "UTF8":
            raise StoreError(
                f"The database {at} is in {encoding}, which cannot hold every name and value. Make it in UTF-8: "
                "createdb --encoding=UTF8 --template=template0"
            )
    tables.metadata.create_all(connection, checkfirst=False)
    connection.execute(tables.meta.insert().values(key="schema_version", value=tables.SCHEMA))
    command.stamp(_alembic(connection), _REVISIONS[tables.SCHEMA])


def _alembic(connection: Connection) -> Config:
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
