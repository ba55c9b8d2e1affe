-- +goose Up

-- What a restore took over from the newer database, of files that are judged again:
-- the number that each had there, until it has it again.
CREATE TABLE numbered (
    arrival INTEGER PRIMARY KEY REFERENCES arrival (id),
    number  TEXT NOT NULL UNIQUE
) STRICT;

-- And files that the city had withdrawn there, in that order, until they are
-- withdrawn again.
CREATE TABLE withdrawal (
    id      INTEGER PRIMARY KEY,
    arrival INTEGER NOT NULL UNIQUE REFERENCES arrival (id),
    at      TEXT NOT NULL,
    reason  TEXT NOT NULL
) STRICT;

-- Where the counters of records went on from a higher number than their own, so
-- that none is given out twice. after and void are the newest submission and
-- withdrawal at that time.
CREATE TABLE leap (
    id    INTEGER PRIMARY KEY,
    after INTEGER NOT NULL,
    void  INTEGER NOT NULL,
    name  TEXT NOT NULL,
    value INTEGER NOT NULL
) STRICT;
