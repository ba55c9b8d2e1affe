-- +goose Up

-- The forms that files are recognised among: their hashes, one a line, sorted.
CREATE TABLE form_set (
    id       INTEGER PRIMARY KEY,
    hashes   TEXT NOT NULL UNIQUE,
    first_at TEXT NOT NULL
) STRICT;

-- The set that a file was judged with. NULL: it was judged before sets were kept.
ALTER TABLE submission ADD COLUMN form_set INTEGER REFERENCES form_set (id);
