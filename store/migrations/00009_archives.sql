-- +goose Up

-- Archives of topics' feeds: a hundred selections each, by the order of being
-- selected, as they were when the archive was cut. An archive never changes.
CREATE TABLE archives (
  id      INTEGER PRIMARY KEY,
  topic   INTEGER NOT NULL REFERENCES topics (id),
  number  INTEGER NOT NULL,              -- from 1, without gaps
  cut     INTEGER NOT NULL,
  content BLOB    NOT NULL,              -- JSON, deflated (RFC 1951)
  UNIQUE (topic, number)
) STRICT;

-- The archive that a selection stands in, or 0.
ALTER TABLE selections ADD COLUMN archive INTEGER NOT NULL DEFAULT 0;
CREATE INDEX selections_unarchived ON selections (topic) WHERE archive = 0;
