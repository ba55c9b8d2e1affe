-- +goose Up

-- Every form text a submission was read with, under its hash.
CREATE TABLE form_version (
    hash     TEXT PRIMARY KEY,
    form     TEXT NOT NULL,
    version  INTEGER NOT NULL,
    text     TEXT NOT NULL,
    first_at TEXT NOT NULL
) STRICT;

-- The table and the view of a form.
CREATE TABLE form_table (
    form      TEXT PRIMARY KEY,
    view_name TEXT NOT NULL UNIQUE,
    view_text TEXT NOT NULL
) STRICT;

-- The fields that have columns; their type and scale never change.
CREATE TABLE form_field (
    form  TEXT NOT NULL,
    name  TEXT NOT NULL,
    type  TEXT NOT NULL,
    scale INTEGER NOT NULL,
    PRIMARY KEY (form, name)
) STRICT;

-- Numbers that are given out: records of a form, submissions of a day.
CREATE TABLE counter (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT;

-- One row for every change of bytes under a county and a file name.
CREATE TABLE arrival (
    id      INTEGER PRIMARY KEY,
    county  TEXT NOT NULL,
    name    TEXT NOT NULL,
    sha256  TEXT NOT NULL,
    size    INTEGER NOT NULL,
    at      TEXT NOT NULL,
    channel TEXT NOT NULL,
    judged  INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX arrival_place ON arrival (county, name, id);
CREATE INDEX arrival_waiting ON arrival (id) WHERE judged = 0;

-- An arrival that was judged.
CREATE TABLE submission (
    id           INTEGER PRIMARY KEY,
    number       TEXT NOT NULL UNIQUE,
    arrival      INTEGER NOT NULL UNIQUE REFERENCES arrival (id),
    county       TEXT NOT NULL,
    file         TEXT NOT NULL,
    sha256       TEXT NOT NULL,
    channel      TEXT NOT NULL,
    arrived_at   TEXT NOT NULL,
    judged_at    TEXT NOT NULL,
    form         TEXT NOT NULL,
    form_title   TEXT NOT NULL,
    form_version INTEGER NOT NULL,
    form_hash    TEXT REFERENCES form_version (hash),
    period       TEXT NOT NULL,
    sheet        TEXT NOT NULL,
    verdict      TEXT NOT NULL,
    rows_read    INTEGER NOT NULL,
    rows_taken   INTEGER NOT NULL,
    rows_held    INTEGER NOT NULL,
    in_force     INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX submission_place ON submission (form, county, period, id);
CREATE INDEX submission_period ON submission (form, period, id);
CREATE UNIQUE INDEX submission_force ON submission (form, county, period) WHERE in_force = 1;

-- What the county was told, in both languages.
CREATE TABLE finding (
    id          INTEGER PRIMARY KEY,
    submission  INTEGER NOT NULL REFERENCES submission (id),
    code        TEXT NOT NULL,
    type        TEXT NOT NULL,
    rule        TEXT NOT NULL,
    severity    TEXT NOT NULL,
    sheet       TEXT NOT NULL,
    cell        TEXT NOT NULL,
    cells       TEXT NOT NULL,
    row_num     INTEGER NOT NULL,
    field       TEXT NOT NULL,
    title       TEXT NOT NULL,
    key         TEXT NOT NULL,
    value       TEXT NOT NULL,
    expected    TEXT NOT NULL,
    message     TEXT NOT NULL,
    fix         TEXT NOT NULL,
    expected_en TEXT NOT NULL,
    message_en  TEXT NOT NULL,
    fix_en      TEXT NOT NULL
) STRICT;
CREATE INDEX finding_submission ON finding (submission, id);

-- Rows that wait for the county to mend them.
CREATE TABLE held (
    id         INTEGER PRIMARY KEY,
    submission INTEGER NOT NULL REFERENCES submission (id),
    form       TEXT NOT NULL,
    county     TEXT NOT NULL,
    period     TEXT NOT NULL,
    key        TEXT NOT NULL,
    label      TEXT NOT NULL,
    sheet      TEXT NOT NULL,
    row_num    INTEGER NOT NULL
) STRICT;
CREATE INDEX held_place ON held (form, county, period);

-- What each county adds to each summary: one exact number, or one row for each
-- different value. bucket is '' for all rows, or '=' and a value of the field
-- the summary is made by.
CREATE TABLE figure (
    summary TEXT NOT NULL,
    county  TEXT NOT NULL,
    period  TEXT NOT NULL,
    bucket  TEXT NOT NULL,
    measure TEXT NOT NULL,
    value   TEXT NOT NULL,
    PRIMARY KEY (summary, period, county, bucket, measure, value)
) STRICT, WITHOUT ROWID;

-- Which version of a summary is wanted, and which one has been written.
CREATE TABLE summary_state (
    summary TEXT PRIMARY KEY,
    hash    TEXT NOT NULL,
    period  TEXT NOT NULL,
    want    INTEGER NOT NULL,
    have    INTEGER NOT NULL,
    sha256  TEXT NOT NULL
) STRICT;

-- Letters to deliver, by folder or by mail.
CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY,
    submission INTEGER NOT NULL REFERENCES submission (id),
    county     TEXT NOT NULL,
    channel    TEXT NOT NULL,
    recipients TEXT NOT NULL,
    message_id TEXT NOT NULL,
    state      TEXT NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0,
    next_at    TEXT NOT NULL,
    last_error TEXT NOT NULL DEFAULT '',
    UNIQUE (submission, channel)
) STRICT;
CREATE INDEX outbox_due ON outbox (channel, next_at, id) WHERE state IN ('pending', 'sending');

-- Bytes that we wrote into a county's folder ourselves.
CREATE TABLE answer (
    county TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    name   TEXT NOT NULL,
    at     TEXT NOT NULL,
    PRIMARY KEY (county, sha256, name)
) STRICT;

-- What happened, in order.
CREATE TABLE audit (
    id     INTEGER PRIMARY KEY,
    at     TEXT NOT NULL,
    who    TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
