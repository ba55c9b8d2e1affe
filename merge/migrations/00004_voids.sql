-- +goose Up

-- Files that the city withdrew: a decision, which no original tells. after is the
-- newest submission at that time, so that the order of what happened is known.
CREATE TABLE void (
    id         INTEGER PRIMARY KEY,
    submission INTEGER NOT NULL UNIQUE REFERENCES submission (id),
    after      INTEGER NOT NULL,
    verdict    TEXT NOT NULL,
    at         TEXT NOT NULL,
    reason     TEXT NOT NULL
) STRICT;

-- Later files of the county whose verdict became another one by that.
CREATE TABLE rejudged (
    void       INTEGER NOT NULL REFERENCES void (id),
    submission INTEGER NOT NULL REFERENCES submission (id),
    was        TEXT NOT NULL,
    became     TEXT NOT NULL,
    PRIMARY KEY (void, submission)
) STRICT;
