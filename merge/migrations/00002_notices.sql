-- +goose Up

-- Letters are no longer only answers: a notice has no submission, but a kind,
-- and what makes it one (form, period, ref).
CREATE TABLE outbox_two (
    id         INTEGER PRIMARY KEY,
    submission INTEGER REFERENCES submission (id),
    kind       TEXT NOT NULL,
    county     TEXT NOT NULL,
    form       TEXT NOT NULL DEFAULT '',
    period     TEXT NOT NULL DEFAULT '',
    ref        TEXT NOT NULL DEFAULT '',
    channel    TEXT NOT NULL,
    recipients TEXT NOT NULL,
    message_id TEXT NOT NULL,
    state      TEXT NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0,
    next_at    TEXT NOT NULL,
    last_error TEXT NOT NULL DEFAULT '',
    UNIQUE (submission, channel)
) STRICT;
INSERT INTO outbox_two (id, submission, kind, county, channel, recipients, message_id, state, attempts, next_at, last_error)
    SELECT id, submission, 'answer', county, channel, recipients, message_id, state, attempts, next_at, last_error FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_two RENAME TO outbox;
CREATE INDEX outbox_due ON outbox (channel, next_at, id) WHERE state IN ('pending', 'sending');
CREATE UNIQUE INDEX outbox_notice ON outbox (kind, county, form, period, ref, channel) WHERE submission IS NULL;

-- Of what we wrote into a county's folder: whether it is a form to fill in, which
-- the county may hand in as it is.
ALTER TABLE answer ADD COLUMN form INTEGER NOT NULL DEFAULT 0;

-- The lists that the city handed down: for each form one version after another.
CREATE TABLE handed_list (
    id         INTEGER PRIMARY KEY,
    form       TEXT NOT NULL,
    version    INTEGER NOT NULL,
    submission INTEGER NOT NULL UNIQUE REFERENCES submission (id),
    at         TEXT NOT NULL,
    UNIQUE (form, version)
) STRICT;

-- The items of the lists, county by county. A corrected item is a new row; the
-- one before it ends with the list that corrected it. cells holds the row's
-- columns as a JSON object; sheet and row are the place in the city's file.
CREATE TABLE handed_item (
    id        INTEGER PRIMARY KEY,
    form      TEXT NOT NULL,
    county    TEXT NOT NULL,
    key       TEXT NOT NULL,
    label     TEXT NOT NULL,
    cells     TEXT NOT NULL,
    list      INTEGER NOT NULL REFERENCES handed_list (id),
    ended     INTEGER REFERENCES handed_list (id),
    sheet     TEXT NOT NULL,
    row_num   INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX handed_item_now ON handed_item (form, county, key) WHERE ended IS NULL;
CREATE INDEX handed_item_list ON handed_item (list);
