"""The accounts of the people who use REDCap: one a person, whatever projects he is in.

REDCap opens an account before its holder joins a project, and no import changes it. Here there is no page to sign up
on, so that an account is opened when the person is first imported, and an import fills in what it does not yet say.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from redcap_sandbox.wire.refusals import Refusal

PROFILE = ("email", "firstname", "lastname")


@dataclass(frozen=True)
class Account:
    """A person's account. A suspended one opens no project."""

    username: str
    email: str = ""
    firstname: str = ""
    lastname: str = ""
    suspended: bool = False


def find(db: sqlite3.Connection, username: str) -> Account | None:
    """The account of that name, in whatever case."""
    row = db.execute(
        "SELECT username, email, firstname, lastname, suspended FROM account WHERE username = ?", (username,)
    ).fetchone()
    if row is None:
        return None
    held, email, firstname, lastname, suspended = row
    return Account(held, email, firstname, lastname, bool(suspended))


def remember(db: sqlite3.Connection, username: str, profile: Mapping[str, str]) -> None:
    """Opens the account unless there is one, and fills in of it what is still blank."""
    db.execute(
        "INSERT INTO account (username, email, firstname, lastname) VALUES (?, ?, ?, ?) ON CONFLICT (username) DO "
        "UPDATE SET email = iif(email = '', excluded.email, email), "
        "firstname = iif(firstname = '', excluded.firstname, firstname), "
        "lastname = iif(lastname = '', excluded.lastname, lastname)",
        (username, *(profile.get(name, "") for name in PROFILE)),
    )


def change(db: sqlite3.Connection, username: str, profile: Mapping[str, str]) -> None:
    """Changes what the account says of its holder: `email`, `firstname`, `lastname`. Refusal if there is no such."""
    held = _held(db, username)
    email, firstname, lastname = (profile.get(name, getattr(held, name)) for name in PROFILE)
    db.execute(
        "UPDATE account SET email = ?, firstname = ?, lastname = ? WHERE username = ?",
        (email, firstname, lastname, username),
    )


def suspend(db: sqlite3.Connection, username: str) -> None:
    """Suspends the account in all projects; Refusal if there is no such account."""
    _suspended(db, username, suspended=True)


def unsuspend(db: sqlite3.Connection, username: str) -> None:
    """Lifts the suspension; Refusal if there is no such account."""
    _suspended(db, username, suspended=False)


def _suspended(db: sqlite3.Connection, username: str, *, suspended: bool) -> None:
    _held(db, username)
    db.execute("UPDATE account SET suspended = ? WHERE username = ?", (int(suspended), username))


def _held(db: sqlite3.Connection, username: str) -> Account:
    account = find(db, username)
    if account is None:
        raise Refusal(400, f"There is no account '{username}'. Import the user into a project first.")
    return account
