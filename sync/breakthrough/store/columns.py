"""The column types of the store, which give the same values, in the same order, on SQLite and on PostgreSQL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

import orjson
from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    TypeDecorator,
    bindparam,
    func,
    select,
    true,
)

metadata = MetaData()

# Names and codes. SQLite compares them byte by byte; PostgreSQL would by the language of its server, and then the same
# entries came in another order.
Name = String().with_variant(String(collation="C"), "postgresql")

# On both, JSON stays the text that was written: PostgreSQL's JSONB would drop its order, and refuse the character NUL.
Json = JSON()
JsonOrNull = JSON(none_as_null=True)

# A number that goes on for ever; SQLite counts rows only in a column that is called INTEGER, which is as long there.
Serial = BigInteger().with_variant(Integer(), "sqlite")


class Utc(TypeDecorator[dt.datetime]):
    """An aware time, stored in UTC and read back in UTC. A naive one is refused: nobody could say when it was."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002
        """The time in UTC. Raises ValueError for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without its zone was to be stored")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002
        """The time, aware: SQLite keeps no zone."""
        return value if value is None or value.tzinfo else value.replace(tzinfo=dt.UTC)


def canonical(value: Any) -> str:
    """The value as JSON text, always the same for equal values."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def moment(connection: Connection, at: dt.datetime) -> Any:
    """The time as this database's driver takes it, for statements that are handed to it as they are."""
    convert = Utc().dialect_impl(connection.dialect).bind_processor(connection.dialect)
    return convert(at) if convert else at


def of_records(
    connection: Connection, table: Table, columns: Sequence[str], project: str, records: Collection[str]
) -> Select[Any]:
    """Those columns of every line about one of those records, in no order. The names go over as one value.

    A statement with a parameter a name would be another one, to be understood anew, for each number of them. And
    PostgreSQL has to be told to look them up one by one: as long as it has not counted a table, it would rather read
    all of it, for every chunk of a first pull.
    """
    wanted = [table.c[name] for name in columns]
    if connection.dialect.name != "postgresql":
        names = func.json_each(canonical(list(records))).table_valued("value")
        some = table.c.record.in_(select(names.c.value))
        return select(*wanted).where(table.c.project == project, some)
    listed = bindparam("records", list(records), ARRAY(String), unique=True)
    names = func.unnest(listed).table_valued("name")
    one = select(*wanted).where(table.c.project == project, table.c.record == names.c.name).offset(0).lateral()
    return select(*(one.c[name] for name in columns)).select_from(names.join(one, true()))
