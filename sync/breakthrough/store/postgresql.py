"""A store in a PostgreSQL database: the same promises as a file's, kept for workers on several machines.

Writers come one after the other there, too. So the history is numbered in the order in which it was committed, two
writers can never wait for each other's rows, and what is proved on SQLite holds. A chunk is written in a fraction of
the second that REDCap takes to answer for it, so nobody waits long.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError

from breakthrough.errors import SettingInvalid, StoreError, StoreLocked
from breakthrough.store.address import Address
from breakthrough.store.columns import canonical

try:
    import psycopg
except ImportError as absent:
    raise SettingInvalid(
        "The store is to be in PostgreSQL, and its driver is not installed here. Run: pip install 'psycopg[binary]'"
    ) from absent

WAIT_MS = 10_000
# a number for a name; another one in another schema of the same database, which may hold another store
_NUMBER = "hashtextextended(coalesce(current_schema(), '') || '/breakthrough/' || %s, 0)"
_QUEUE = f"SELECT pg_advisory_xact_lock({_NUMBER})"
_TAKE = f"SELECT pg_try_advisory_lock({_NUMBER})"
_GIVE = f"SELECT pg_advisory_unlock({_NUMBER})"
_SESSION = """
    SELECT set_config('TimeZone', 'UTC', false),
           set_config('lock_timeout', %s, false),
           set_config('idle_session_timeout', '0', false),
           set_config('synchronous_commit',
                      CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on'
                      ELSE current_setting('synchronous_commit') END, false)
"""
# A firewall forgets a connection on which nothing moves, and with it the lock that it holds would be gone.
_KEEPALIVE = {"keepalives_idle": 60, "keepalives_interval": 15, "keepalives_count": 4}
_DEFAULTS: dict[str, Any] = {"connect_timeout": 10, "application_name": "breakthrough"} | _KEEPALIVE


class Postgresql:
    """The database at `address` as a backend of the store."""

    def __init__(self, address: Address, *, wait_ms: int = WAIT_MS) -> None:
        """Connects to nothing yet. `wait_ms` is how long to wait for another writer."""
        self.address = address
        self._wait_ms = wait_ms
        self.engine = self._engine()

    def __str__(self) -> str:
        return str(self.address)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A connection in a transaction that may write, the only one of this store that does."""
        with self._in_our_words(), self.engine.connect() as connection, connection.begin():
            connection.exec_driver_sql(_QUEUE, ("writer",))
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees the database as it is at its first query, and cannot write."""
        with self._in_our_words(), self.engine.connect() as connection:
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield connection

    @contextmanager
    def alone(self, project: str) -> Iterator[None]:
        """Holds the lock of that project: a session's own, which the server frees when the session ends."""
        name = f"pull/{project}"
        with closing(self._connected()) as session:
            with self._in_our_words():
                self._prepare(session, None)
                session.autocommit = True
                taken = session.execute(_TAKE, (name,)).fetchone()
            if taken != (True,):
                raise StoreLocked(
                    f"A pull of {project} is already going on. Nothing was done. Try again when it has ended."
                )
            yield
            kept: Any = None
            with suppress(psycopg.Error):
                kept = session.execute(_GIVE, (name,)).fetchone()
            if kept != (True,):
                raise StoreError(
                    f"The connection that kept others from pulling {project} was lost on the way, so another pull may "
                    "have run beside this one. What is in the store is true; pull again to be sure that all of it is."
                )

    def scrub(self, tables: Collection[str]) -> None:
        """Writes those tables anew, without what was deleted from them before."""
        with self._in_our_words(), self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for name in sorted(tables):
                connection.execute(text(f"VACUUM (FULL, ANALYZE) {name}"))

    def said(self, error: BaseException | None) -> StoreError | None:
        """The error of ours that a database error is; None for one that is the caller's (a broken constraint)."""
        if isinstance(error, DBAPIError):
            error = error.orig
        if not isinstance(error, psycopg.Error):
            return None
        state = error.sqlstate
        if state is None:
            return self._unreached(error) if isinstance(error, psycopg.OperationalError) else None
        if state in _BUSY:
            return StoreLocked(
                f"Another process has been writing to the store {self} for more than {self._wait_ms // 1000} seconds. "
                "Nothing was changed. Try again when it has finished."
            )
        remedy = _REMEDIES.get(state) or _REMEDIES.get(state[:2])
        if remedy is None:
            return None
        return StoreError(f"The store {self} cannot be read or written: {remedy}")

    @contextmanager
    def _in_our_words(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as broken:  # of COPY, which goes past SQLAlchemy
            raise self.said(broken) or _wrapped(broken) from None
        except (StoreError, DBAPIError) as told:
            raise told from None  # SQLAlchemy names the server's error as its cause, which may quote a row

    def _unreached(self, error: psycopg.Error) -> StoreError:
        """Why there is no connection. Only the server's words tell, and they may be in its own language."""
        words = " ".join(str(error).split())
        for told, remedy in _UNREACHED.items():
            if told in words:
                return StoreError(f"The store {self} cannot be reached: {remedy}")
        return StoreError(
            f"The store {self} cannot be reached: {words}. Check the address, the user and the password (store and "
            "store_password in the settings), and that the server is running."
        )

    def _connected(self) -> psycopg.Connection:
        where = self.address
        given: dict[str, Any] = {
            "host": where.host,
            "port": where.port,
            "user": where.user,
            "dbname": where.database,
            "password": str(where.password),  # as text: a Secret does not show itself when it is formatted
        }
        given = {name: value for name, value in given.items() if value}
        try:
            return psycopg.connect(**_DEFAULTS | given | dict(where.options))
        except psycopg.Error as broken:
            raise self.said(broken) or self._unreached(broken) from None

    def _engine(self) -> Engine:
        engine = create_engine(
            "postgresql+psycopg://",  # the password is not in the engine's address: `creator` has it
            creator=self._connected,
            isolation_level="READ COMMITTED",  # a writer sees what the one before it wrote, when its turn comes
            use_native_hstore=False,
            pool_pre_ping=True,
            execution_options={"preserve_rowcount": True},  # of an INSERT that may do nothing, too, as on SQLite
            json_serializer=canonical,
            json_deserializer=orjson.loads,
            hide_parameters=True,
        )
        event.listen(engine, "connect", self._prepare)

        @event.listens_for(engine, "handle_error")
        def _say_in_our_words(context: ExceptionContext) -> None:
            original = context.original_exception
            if context.is_pre_ping:
                return  # the pool asks whether an old connection still lives, and makes a new one
            if ours := self.said(original):
                raise ours from None
            if isinstance(original, psycopg.Error) and isinstance(context.sqlalchemy_exception, DBAPIError):
                raise _wrapped(original) from None

        return engine

    def _prepare(self, connection: psycopg.Connection, _record: object) -> None:
        connection.execute(_SESSION, (str(self._wait_ms),))
        connection.commit()


def _wrapped(error: psycopg.Error) -> BaseException:
    """The error as SQLAlchemy tells it, without what the server adds: the values of the row that it would not take."""
    about = error.diag
    where = ".".join(name for name in (about.table_name, about.column_name or about.constraint_name) if name)
    short = type(error)(f"{error.sqlstate or 'not sent'}{' at ' if where else ''}{where}")
    return DBAPIError.instance(None, None, short, psycopg.Error)


_BUSY = frozenset({"55P03", "40P01", "40001"})  # lock not available, deadlock, serialisation

_REMEDIES = {
    "53100": "the server's disk is full. Nothing was changed. Make room there, then try again.",
    "53200": "the server is out of memory. Nothing was changed. Try again later.",
    "53300": "the server has no connection left. Nothing was changed. Try again later, or raise its max_connections.",
    "28": "the server does not let this user in. Check store and store_password in the settings.",
    "3D000": "there is no such database. Create it, owned by this user: createdb.",
    "25006": "this server is a copy that can only be read. Name the one that is written to.",
    "42501": (
        "this user may not do that there. Make the user the database's owner, or run as its owner: GRANT CREATE, USAGE "
        "ON SCHEMA public TO the user."
    ),
    "57": "the server is stopping or was stopped. Nothing was changed. Try again when it is up.",
    "58": "the server cannot read or write its files. Nothing was changed. Ask who looks after it.",
    "XX": "the server reports damaged data or a fault of its own. Ask who looks after it; keep the backups.",
    "08": "the connection broke. Nothing was changed. Try again.",
    "25P03": "the server closed a connection that was idle for too long. Nothing was changed. Try again.",
}

_UNREACHED = {
    "password authentication failed": (
        "the server refuses the user or the password. Check store and what store_password leads to."
    ),
    "no password supplied": "the server wants a password. Name in store_password where it is kept.",
    "no pg_hba.conf entry": "the server does not let this user in from this computer. Ask who looks after it.",
    "does not exist": "the server has no such database or user. Create it: createuser, createdb.",
    "Connection refused": "nothing answers there. Check host and port, and that the server is running.",
    "No such file or directory": "there is no server on this computer. Check the address, and that it is running.",
    "timeout expired": "no answer came. Check host and port, and that a firewall lets this computer through.",
    "resolve host name": "there is no such host. Check its name.",
    "could not translate host name": "there is no such host. Check its name.",
    "SSL": "a connection over TLS could not be made. Check sslmode and sslrootcert, and the server's certificate.",
    "the database system is": "the server is starting or stopping. Try again in a minute.",
    "too many": "the server has no connection left. Try again later, or raise its max_connections.",
    "remaining connection slots": "the server has no connection left. Try again later, or raise its max_connections.",
}
