-- +goose Up

-- Sources whose mail is sent to us: they are never due.
ALTER TABLE sources ADD COLUMN pushed INTEGER NOT NULL DEFAULT 0;

-- What list software wrote to the address of a source, for the operator: to
-- confirm a subscription, or to tell of one. It may hold tokens.
CREATE TABLE held_mails (
  id       INTEGER PRIMARY KEY,
  source   INTEGER NOT NULL REFERENCES sources (id),
  digest   BLOB    NOT NULL,            -- as that of a message
  received INTEGER NOT NULL,
  sender   TEXT    NOT NULL,
  subject  TEXT    NOT NULL,
  text     TEXT    NOT NULL,
  UNIQUE (source, digest)
) STRICT;
