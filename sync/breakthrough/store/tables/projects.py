"""Tables about whole REDCap projects: which they are, what they were like, whether they let us in."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, Table, Text

from breakthrough.store.columns import Json, JsonOrNull, Name, Utc, metadata

# what made this store, of which version it is, and when something was last done that leaves no other trace (marks)
meta = Table("meta", metadata, Column("key", Name, primary_key=True), Column("value", Name, nullable=False))

# whose rows these are. No token is ever stored.
project = Table(
    "project",
    metadata,
    Column("id", Name, primary_key=True),  # our name for it: main
    Column("server", Name, nullable=False),  # the API's address
    Column("redcap_project_id", Integer, nullable=False),
    Column("redcap_version", Name, nullable=False, default=""),  # as last seen: links into its pages name it
    Column("first_seen", Utc, nullable=False),
    # the data access group of the token's user; '' sees every record. Another scope is another truth.
    Column("dag_scope", Name, nullable=False, server_default=""),
    Column("in_production", Boolean),  # as last seen; unknown before
)

# every design the project has had, with what was asked of it
schema_version = Table(
    "schema_version",
    metadata,
    Column("project", Name, ForeignKey("project.id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("digest", Name, nullable=False),
    Column("dictionary", Json, nullable=False),  # rows in REDCap's API names
    Column("seen_at", Utc, nullable=False),
    Column("asked", JsonOrNull),  # the fields asked for; NULL: all of them
    Column("events", JsonOrNull),  # [[unique name, [form, …]], …] in REDCap's order; NULL: the project has none
    Column("missing_codes", JsonOrNull),  # of missing data; NULL: none
)

# projects whose token or address REDCap has refused: nothing is asked of them until a person has seen to it
refusal = Table(
    "refusal",
    metadata,
    Column("project", Name, primary_key=True),  # perhaps not yet one that was ever reached
    Column("since", Utc, nullable=False),
    Column("last_at", Utc, nullable=False),
    Column("note", Text, nullable=False),  # the kind of error
    Column("told_at", Utc),  # when its owner was told
)

# records that somebody is working on, as REDCap's data-entry trigger says. A hint may be lost: none is relied on.
hint = Table(
    "hint",
    metadata,
    Column("project", Name, primary_key=True),
    Column("record", Name, primary_key=True),
    Column("first_at", Utc, nullable=False),
    Column("last_at", Utc, nullable=False),
    Column("due_at", Utc, nullable=False),  # when it has been quiet for long enough
)
