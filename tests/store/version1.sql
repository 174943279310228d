-- A store as version 1 of the program wrote it (0.1.0), as `sqlite3 store.sqlite .dump` shows it.
BEGIN TRANSACTION;
CREATE TABLE cursor (
    project VARCHAR NOT NULL,
    hi DATETIME NOT NULL,
    run INTEGER NOT NULL,
    PRIMARY KEY (project),
    FOREIGN KEY(project) REFERENCES project (id),
    FOREIGN KEY(run) REFERENCES sync_run (id)
);
INSERT INTO "cursor" VALUES('main','2026-03-16 06:00:00.000000',2);
CREATE TABLE meta (
    "key" VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    PRIMARY KEY ("key")
);
INSERT INTO "meta" VALUES('schema_version','1');
CREATE TABLE outbox (
    "key" VARCHAR NOT NULL,
    collaborative VARCHAR NOT NULL,
    report VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    recipient VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    message_id VARCHAR NOT NULL,
    attempts INTEGER NOT NULL,
    lease_until DATETIME,
    created_at DATETIME NOT NULL,
    sent_at DATETIME,
    note TEXT NOT NULL,
    payload BLOB NOT NULL,
    PRIMARY KEY ("key"),
    CONSTRAINT outbox_one_mail_each UNIQUE (collaborative, report, subject, period, revision, recipient)
);
INSERT INTO "outbox" VALUES('absenteeism/team/T001/2026-02/r0/rachel@example.org','absenteeism','team','T001','2026-02',0,'rachel@example.org','pending','<1@example.org>',0,'2026-03-15 06:00:00.000000','2026-03-15 06:00:00.000000',NULL,'',X'546F3A2072616368656C0D0A0D0AFF');
CREATE TABLE project (
    id VARCHAR NOT NULL,
    server VARCHAR NOT NULL,
    redcap_project_id INTEGER NOT NULL,
    redcap_version VARCHAR NOT NULL,
    first_seen DATETIME NOT NULL,
    PRIMARY KEY (id)
);
INSERT INTO "project" VALUES('main','https://redcap.example.org/api/',13,'14.5.0','2026-03-15 06:00:00.000000');
CREATE TABLE report (
    id INTEGER NOT NULL,
    collaborative VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    rendered_at DATETIME NOT NULL,
    spec_hash VARCHAR NOT NULL,
    code_version VARCHAR NOT NULL,
    snapshot VARCHAR NOT NULL,
    html_sha256 VARCHAR NOT NULL,
    archived BLOB NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT report_once UNIQUE (collaborative, kind, subject, period, revision)
);
INSERT INTO "report" VALUES(1,'absenteeism','team','T001','2026-02',0,'2026-03-15 06:00:00.000000','x','0.1.0','abc','y',X'3C68313E00706167653C2F68313E');
CREATE TABLE row_current (
    project VARCHAR NOT NULL,
    record VARCHAR NOT NULL,
    event VARCHAR NOT NULL,
    instrument VARCHAR NOT NULL,
    instance INTEGER NOT NULL,
    dag VARCHAR NOT NULL,
    data JSON NOT NULL,
    digest VARCHAR NOT NULL,
    schema_version INTEGER NOT NULL,
    run INTEGER NOT NULL,
    deleted_at DATETIME,
    PRIMARY KEY (project, record, event, instrument, instance),
    FOREIGN KEY(project) REFERENCES project (id),
    FOREIGN KEY(run) REFERENCES sync_run (id)
);
INSERT INTO "row_current" VALUES('main','T001','','monthly',1,'t001','{"note":"déjà vu","sd_abs":"44"}','d135f27aa4069c0c42b1f513ee420a6241d47a899d340ef5983036e3372acee7',1,2,NULL);
INSERT INTO "row_current" VALUES('main','T001','','monthly',2,'','{}','',1,2,'2026-03-16 06:00:00.000000');
INSERT INTO "row_current" VALUES('main','T002','','profile',0,'t002','{"name":"Alderbrook"}','37917614bb0c006e5fc8d263f3970595400afad04da8c6d816fb04fc8517d130',1,1,NULL);
INSERT INTO "row_current" VALUES('main','T003','','profile',0,'','{}','',1,2,'2026-03-16 06:00:00.000000');
CREATE TABLE row_history (
    seq INTEGER NOT NULL,
    project VARCHAR NOT NULL,
    record VARCHAR NOT NULL,
    event VARCHAR NOT NULL,
    instrument VARCHAR NOT NULL,
    instance INTEGER NOT NULL,
    valid_from_run INTEGER NOT NULL,
    seen_at DATETIME NOT NULL,
    op VARCHAR(1) NOT NULL,
    dag VARCHAR NOT NULL,
    data JSON NOT NULL,
    digest VARCHAR NOT NULL,
    schema_version INTEGER NOT NULL,
    PRIMARY KEY (seq),
    FOREIGN KEY(project) REFERENCES project (id),
    FOREIGN KEY(valid_from_run) REFERENCES sync_run (id)
);
INSERT INTO "row_history" VALUES(1,'main','T001','','monthly',1,1,'2026-03-15 06:00:00.000000','I','t001','{"note":"déjà vu","sd_abs":"41"}','76bf190f0ce389934ee83b90aa5d8626f9d11ffe234a26102eda6d49a8cc664f',1);
INSERT INTO "row_history" VALUES(2,'main','T001','','monthly',2,1,'2026-03-15 06:00:00.000000','I','t001','{"sd_abs":"7"}','1fc84aada694790d4243d72a5201c39eb96d5bb97b1e8edea435e9507ee1c31a',1);
INSERT INTO "row_history" VALUES(3,'main','T002','','profile',0,1,'2026-03-15 06:00:00.000000','I','t002','{"name":"Alderbrook"}','37917614bb0c006e5fc8d263f3970595400afad04da8c6d816fb04fc8517d130',1);
INSERT INTO "row_history" VALUES(4,'main','T003','','profile',0,1,'2026-03-15 06:00:00.000000','I','t003','{"name":"gone soon"}','c9dc97c97dd9ab78401e7ed3beab1948c35f18b74ff1cba7dc0652f5b5cbf4e3',1);
INSERT INTO "row_history" VALUES(5,'main','T001','','monthly',1,2,'2026-03-16 06:00:00.000000','U','t001','{"note":"déjà vu","sd_abs":"44"}','d135f27aa4069c0c42b1f513ee420a6241d47a899d340ef5983036e3372acee7',1);
INSERT INTO "row_history" VALUES(6,'main','T001','','monthly',2,2,'2026-03-16 06:00:00.000000','D','','{}','',1);
INSERT INTO "row_history" VALUES(7,'main','T003','','profile',0,2,'2026-03-16 06:00:00.000000','D','','{}','',1);
CREATE TABLE run_chunk (
    run INTEGER NOT NULL,
    n INTEGER NOT NULL,
    records INTEGER NOT NULL,
    ids_digest VARCHAR NOT NULL,
    done_at DATETIME NOT NULL,
    PRIMARY KEY (run, n),
    FOREIGN KEY(run) REFERENCES sync_run (id)
);
INSERT INTO "run_chunk" VALUES(1,0,3,'67bbf94f2b7436cae67d7a75112b4d49cd1563e420289631ae22300efff1b853','2026-03-15 06:00:00.000000');
CREATE TABLE schema_version (
    project VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    digest VARCHAR NOT NULL,
    dictionary JSON NOT NULL,
    seen_at DATETIME NOT NULL,
    PRIMARY KEY (project, version),
    FOREIGN KEY(project) REFERENCES project (id)
);
INSERT INTO "schema_version" VALUES('main',1,'e784e481e91491bd5b191a041cdc5d2910e579282f3849d469dff188d0879e10','[{"field_name":"record_id","form_name":"profile"},{"field_name":"sd_abs","form_name":"monthly"}]','2026-03-15 06:00:00.000000');
CREATE TABLE snapshot (
    id VARCHAR NOT NULL,
    project VARCHAR NOT NULL,
    as_of_run INTEGER NOT NULL,
    frozen_at DATETIME NOT NULL,
    PRIMARY KEY (id, project),
    FOREIGN KEY(project) REFERENCES project (id),
    FOREIGN KEY(as_of_run) REFERENCES sync_run (id)
);
INSERT INTO "snapshot" VALUES('abc','main',1,'2026-03-15 06:00:00.000000');
CREATE TABLE sync_run (
    id INTEGER NOT NULL,
    project VARCHAR NOT NULL,
    mode VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    started_at DATETIME NOT NULL,
    finished_at DATETIME,
    lo DATETIME,
    hi DATETIME,
    records INTEGER NOT NULL,
    inserted INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    deleted INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (id)
);
INSERT INTO "sync_run" VALUES(1,'main','full','complete','2026-03-15 06:00:00.000000','2026-03-15 06:00:00.000000',NULL,'2026-03-15 06:00:00.000000',3,4,0,0,0,'');
INSERT INTO "sync_run" VALUES(2,'main','full','complete','2026-03-16 06:00:00.000000','2026-03-16 06:00:00.000000',NULL,'2026-03-16 06:00:00.000000',2,0,1,2,1,'');
CREATE INDEX sync_run_by_project ON sync_run (project, id);
CREATE INDEX outbox_by_state ON outbox (state, lease_until);
CREATE INDEX row_current_by_instrument ON row_current (project, instrument, record, instance);
CREATE INDEX row_history_by_run ON row_history (valid_from_run);
CREATE INDEX row_history_by_key ON row_history (project, record, event, instrument, instance, seq);
COMMIT;
