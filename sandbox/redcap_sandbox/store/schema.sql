-- One file holds every project of a sandbox.

CREATE TABLE project (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    settings TEXT NOT NULL                    -- JSON: what `content=project` exports, as far as it is stored
);

CREATE TABLE instrument (
    project  INTEGER NOT NULL REFERENCES project (id),
    name     TEXT NOT NULL,
    position INTEGER NOT NULL,
    label    TEXT NOT NULL,
    PRIMARY KEY (project, name)
) WITHOUT ROWID;

CREATE TABLE field (
    project  INTEGER NOT NULL REFERENCES project (id),
    position INTEGER NOT NULL,
    cells    TEXT NOT NULL,                   -- JSON: the 18 columns of the data dictionary
    PRIMARY KEY (project, position)
) WITHOUT ROWID;

-- A classic project has the one event 1. Longitudinal projects will number theirs.
CREATE TABLE repeating (
    project INTEGER NOT NULL REFERENCES project (id),
    event   INTEGER NOT NULL DEFAULT 1,
    form    TEXT NOT NULL,                    -- '' will mean that the event repeats as a whole
    label   TEXT NOT NULL,
    PRIMARY KEY (project, event, form)
) WITHOUT ROWID;

CREATE TABLE access_group (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    project     INTEGER NOT NULL REFERENCES project (id),
    name        TEXT NOT NULL,
    unique_name TEXT NOT NULL,
    UNIQUE (project, unique_name)
);

CREATE TABLE member (
    project      INTEGER NOT NULL REFERENCES project (id),
    username     TEXT NOT NULL,
    person       TEXT NOT NULL,               -- JSON: email, firstname, lastname, expiration
    rights       TEXT NOT NULL,               -- JSON: right → 0, 1, 2
    forms        TEXT NOT NULL,               -- JSON: form → viewing right
    forms_export TEXT NOT NULL,               -- JSON: form → export right
    access_group INTEGER REFERENCES access_group (id),
    PRIMARY KEY (project, username)
) WITHOUT ROWID;

CREATE TABLE token (
    token    TEXT PRIMARY KEY,
    project  INTEGER NOT NULL,
    username TEXT NOT NULL,
    UNIQUE (project, username),
    FOREIGN KEY (project, username) REFERENCES member (project, username) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE record (
    id           INTEGER PRIMARY KEY,
    project      INTEGER NOT NULL REFERENCES project (id),
    name         TEXT NOT NULL,
    folded       TEXT NOT NULL,               -- names that differ by case only are one record
    sort_key     TEXT NOT NULL,               -- orders 2 before 10
    access_group INTEGER REFERENCES access_group (id),
    UNIQUE (project, folded)
);
CREATE INDEX record_in_order ON record (project, sort_key);

-- One document per record, event, instrument and instance: {field: value} without blanks, checkboxes as
-- {"field(code)": "1"}. Instance 1 of an instrument that does not repeat is its only one, so making an
-- instrument repeating, or not, moves no data.
CREATE TABLE document (
    record   INTEGER NOT NULL REFERENCES record (id) ON DELETE CASCADE,
    event    INTEGER NOT NULL DEFAULT 1,
    form     TEXT NOT NULL,
    instance INTEGER NOT NULL,
    content  TEXT NOT NULL,
    UNIQUE (record, event, form, instance)
);

CREATE TABLE journal (
    id       INTEGER PRIMARY KEY,
    project  INTEGER NOT NULL,
    at       TEXT NOT NULL,                   -- server-local, to the second
    username TEXT NOT NULL,
    kind     TEXT NOT NULL,                   -- export, manage, user, record_add, record_edit, record_delete
    action   TEXT NOT NULL,
    details  TEXT NOT NULL,
    record   TEXT NOT NULL
);
CREATE INDEX journal_in_time ON journal (project, at);
