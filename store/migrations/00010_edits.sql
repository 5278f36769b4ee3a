-- +goose Up

-- What an editor did to an edition that is not closed yet. Rows are only ever
-- added: the last word counts, and all of them tell who said what, and when.
CREATE TABLE edits (
  id         INTEGER PRIMARY KEY,
  newsletter INTEGER NOT NULL REFERENCES newsletters (id),
  label      TEXT    NOT NULL,           -- of the edition
  at         INTEGER NOT NULL,
  who        TEXT    NOT NULL,
  action     TEXT    NOT NULL,           -- see editions.Action
  item       TEXT    NOT NULL,           -- key of the event, or empty
  value      TEXT    NOT NULL
) STRICT;
CREATE INDEX edits_of ON edits (newsletter, label);
