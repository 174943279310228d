-- One file holds every project of a sandbox.

CREATE TABLE project (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    settings TEXT NOT NULL,                   -- JSON: what `content=project` exports, as far as it is stored
    odm      BLOB                             -- the project XML it was made from: what we do not model is kept there
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

-- Draft Mode: the dictionary as it is to become, and every dictionary that was approved in production.
CREATE TABLE draft (
    project   INTEGER PRIMARY KEY REFERENCES project (id),
    submitted INTEGER NOT NULL,               -- 1 once it waits for an administrator
    fields    TEXT NOT NULL,                  -- JSON: the rows of the dictionary
    labels    TEXT NOT NULL                   -- JSON: form → label
);

CREATE TABLE revision (
    project INTEGER NOT NULL REFERENCES project (id),
    number  INTEGER NOT NULL,
    at      TEXT NOT NULL,
    fields  TEXT NOT NULL,                    -- as in `draft`
    labels  TEXT NOT NULL,
    PRIMARY KEY (project, number)
) WITHOUT ROWID;

CREATE TABLE arm (
    project INTEGER NOT NULL REFERENCES project (id),
    number  INTEGER NOT NULL,
    name    TEXT NOT NULL,
    PRIMARY KEY (project, number)
) WITHOUT ROWID;

-- A classic project has one arm and one event, and shows neither.
CREATE TABLE event (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    project      INTEGER NOT NULL,
    arm          INTEGER NOT NULL,
    position     INTEGER NOT NULL,
    name         TEXT NOT NULL,
    unique_name  TEXT NOT NULL,
    custom_label TEXT NOT NULL DEFAULT '',
    day_offset   TEXT NOT NULL DEFAULT '0',
    offset_min   TEXT NOT NULL DEFAULT '0',
    offset_max   TEXT NOT NULL DEFAULT '0',
    UNIQUE (project, unique_name),
    FOREIGN KEY (project, arm) REFERENCES arm (project, number) ON DELETE CASCADE
);

CREATE TABLE designation (
    event INTEGER NOT NULL REFERENCES event (id) ON DELETE CASCADE,
    form  TEXT NOT NULL,
    PRIMARY KEY (event, form)
) WITHOUT ROWID;

CREATE TABLE repeating (
    event INTEGER NOT NULL REFERENCES event (id) ON DELETE CASCADE,
    form  TEXT NOT NULL,                      -- '' where the event repeats as a whole
    label TEXT NOT NULL,
    PRIMARY KEY (event, form)
) WITHOUT ROWID;

CREATE TABLE survey (
    project  INTEGER NOT NULL REFERENCES project (id),
    form     TEXT NOT NULL,
    settings TEXT NOT NULL,                   -- JSON, under REDCap's names: title, save_and_return …
    PRIMARY KEY (project, form)
) WITHOUT ROWID;

-- The forms of a record's survey queue, and when each appears in it.
CREATE TABLE survey_queue (
    event    INTEGER NOT NULL REFERENCES event (id) ON DELETE CASCADE,
    form     TEXT NOT NULL,
    settings TEXT NOT NULL,                   -- JSON, under REDCap's names
    PRIMARY KEY (event, form)
) WITHOUT ROWID;

CREATE TABLE report (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    project  INTEGER NOT NULL REFERENCES project (id),
    settings TEXT NOT NULL                    -- JSON, under REDCap's names: title, redcap_reports_fields …
);

CREATE TABLE access_group (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    project     INTEGER NOT NULL REFERENCES project (id),
    name        TEXT NOT NULL,
    unique_name TEXT NOT NULL,
    UNIQUE (project, unique_name)
);

CREATE TABLE role (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    project      INTEGER NOT NULL REFERENCES project (id),
    unique_name  TEXT NOT NULL,
    label        TEXT NOT NULL,
    rights       TEXT NOT NULL,               -- as in `member`
    forms        TEXT NOT NULL,
    forms_export TEXT NOT NULL,
    UNIQUE (project, unique_name)
);

-- The people who use REDCap, in whatever projects. Names that differ by case only are one person's.
CREATE TABLE account (
    username  TEXT PRIMARY KEY COLLATE NOCASE,
    email     TEXT NOT NULL DEFAULT '',
    firstname TEXT NOT NULL DEFAULT '',
    lastname  TEXT NOT NULL DEFAULT '',
    suspended INTEGER NOT NULL DEFAULT 0      -- by an administrator, in all of REDCap
) WITHOUT ROWID;

CREATE TABLE member (
    project      INTEGER NOT NULL REFERENCES project (id),
    username     TEXT NOT NULL COLLATE NOCASE REFERENCES account (username),
    expiration   TEXT NOT NULL,               -- a day, or ''
    rights       TEXT NOT NULL,               -- JSON: right → 0, 1, 2: the user's own, which a role overrides
    forms        TEXT NOT NULL,               -- JSON: form → viewing right
    forms_export TEXT NOT NULL,               -- JSON: form → export right
    access_group INTEGER REFERENCES access_group (id),
    role         INTEGER REFERENCES role (id),
    PRIMARY KEY (project, username)
) WITHOUT ROWID;

-- The DAG Switcher: the groups among which a user may move himself; null for no group.
CREATE TABLE member_group (
    project      INTEGER NOT NULL,
    username     TEXT NOT NULL COLLATE NOCASE,
    access_group INTEGER REFERENCES access_group (id) ON DELETE CASCADE,
    UNIQUE (project, username, access_group),
    FOREIGN KEY (project, username) REFERENCES member (project, username) ON DELETE CASCADE
);

CREATE TABLE token (
    token    TEXT PRIMARY KEY,
    project  INTEGER NOT NULL,
    username TEXT NOT NULL COLLATE NOCASE,
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
    locked       INTEGER NOT NULL DEFAULT 0,
    queue_hash   TEXT,                        -- of the link to the record's survey queue, once it was asked for
    UNIQUE (project, folded)
);
CREATE INDEX record_in_order ON record (project, sort_key);

-- One document per record, event, instrument and instance: {field: value} without blanks, checkboxes as
-- {"field(code)": "1"}. Instance 1 of an instrument that does not repeat is its only one, so making an
-- instrument repeating, or not, moves no data. The document of the instrument '' is the record's own row in the
-- event: it is there when the record is, and holds what belongs to no instrument (the survey identifier). In an
-- event that repeats there is one for each instance.
CREATE TABLE document (
    record   INTEGER NOT NULL REFERENCES record (id) ON DELETE CASCADE,
    event    INTEGER NOT NULL REFERENCES event (id) ON DELETE CASCADE,
    form     TEXT NOT NULL,
    instance INTEGER NOT NULL,
    content  TEXT NOT NULL,
    PRIMARY KEY (record, event, form, instance)
) WITHOUT ROWID;
CREATE INDEX document_of_event ON document (event);

-- Uploaded files: values of file fields name them by number, as REDCap does.
CREATE TABLE upload (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    project INTEGER NOT NULL REFERENCES project (id),
    name    TEXT NOT NULL,
    mime    TEXT NOT NULL,
    at      TEXT NOT NULL,
    content BLOB NOT NULL
);

CREATE TABLE folder (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    project      INTEGER NOT NULL REFERENCES project (id),
    parent       INTEGER REFERENCES folder (id) ON DELETE CASCADE,
    name         TEXT NOT NULL,
    access_group INTEGER REFERENCES access_group (id),
    role         INTEGER REFERENCES role (id)
);

-- What lies in the File Repository; `folder` is null at its top. What was deleted stays in the Recycle Bin for a while.
CREATE TABLE repository_file (
    upload  INTEGER PRIMARY KEY REFERENCES upload (id) ON DELETE CASCADE,
    project INTEGER NOT NULL REFERENCES project (id),
    folder  INTEGER REFERENCES folder (id) ON DELETE CASCADE,
    deleted TEXT NOT NULL DEFAULT ''         -- when it was, '' for what was not
);

-- A link to a survey: a record's own; without a record, that of a participant (by e-mail) who has not answered yet, or
-- the public one of an event (e-mail blank), whose codes are not used.
CREATE TABLE survey_link (
    id          INTEGER PRIMARY KEY,          -- participants are listed in the order they were added
    hash        TEXT NOT NULL UNIQUE,
    project     INTEGER NOT NULL REFERENCES project (id),
    record      INTEGER REFERENCES record (id) ON DELETE CASCADE,
    event       INTEGER NOT NULL REFERENCES event (id) ON DELETE CASCADE,
    form        TEXT NOT NULL,
    instance    INTEGER NOT NULL DEFAULT 1,
    access_code TEXT NOT NULL,
    return_code TEXT NOT NULL,
    email       TEXT NOT NULL DEFAULT '',
    identifier  TEXT NOT NULL DEFAULT '',
    invited     TEXT NOT NULL DEFAULT '',     -- when the invitation went out, or will
    UNIQUE (record, event, form, instance)
);
CREATE INDEX survey_link_of_survey ON survey_link (event, form);

CREATE TABLE journal (
    id       INTEGER PRIMARY KEY,
    project  INTEGER NOT NULL,
    at       TEXT NOT NULL,                   -- server-local, to the second
    username TEXT NOT NULL,
    kind     TEXT NOT NULL,                   -- export, manage, user, record_add, record_edit, record_delete …
    action   TEXT NOT NULL,
    details  TEXT NOT NULL,
    record   TEXT NOT NULL                    -- its name then; a rename renames it here too
);
CREATE INDEX journal_in_time ON journal (project, at);
