-- +goose Up

-- What each source last said of a session of a meeting, and of the documents
-- brought to it. Both are derived from messages, and the latest word counts.
CREATE TABLE sessions (
  meeting TEXT    NOT NULL,              -- number, or name of an interim meeting
  session INTEGER NOT NULL,              -- the host's own number
  source  INTEGER NOT NULL REFERENCES sources (id),
  message INTEGER NOT NULL REFERENCES messages (id),
  digest  TEXT    NOT NULL,              -- of the message, hexadecimal
  said    INTEGER NOT NULL,
  grp     TEXT    NOT NULL,              -- acronym
  content TEXT    NOT NULL,              -- JSON of catalog.Session
  PRIMARY KEY (meeting, session, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE materials (
  name    TEXT    NOT NULL,
  rev     TEXT    NOT NULL,
  source  INTEGER NOT NULL REFERENCES sources (id),
  message INTEGER NOT NULL REFERENCES messages (id),
  digest  TEXT    NOT NULL,
  said    INTEGER NOT NULL,
  content TEXT    NOT NULL,              -- JSON of catalog.Material
  PRIMARY KEY (name, rev, source)
) STRICT, WITHOUT ROWID;
