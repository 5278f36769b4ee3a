-- +goose Up

-- What a language model is asked and what it answered. A row is what was asked:
-- the same document, task, language, prompt with its input, and model are asked
-- once, and the answer holds for ever.
CREATE TABLE machine_texts (
  id          INTEGER PRIMARY KEY,
  subject     TEXT    NOT NULL,           -- key of a draft's revision or of an RFC; newsletter and label of an edition
  task        TEXT    NOT NULL,
  language    TEXT    NOT NULL,           -- of the answer
  digest      BLOB    NOT NULL,           -- of all that is sent
  model       TEXT    NOT NULL,
  ask         TEXT    NOT NULL,           -- what is sent, JSON; empty once it is done or refused
  newest      INTEGER NOT NULL,           -- what it is about was published then; the newest is asked first
  state       TEXT    NOT NULL DEFAULT 'queued', -- queued, done, refused, failed
  next_at     INTEGER NOT NULL,
  lease_until INTEGER NOT NULL DEFAULT 0,
  attempts    INTEGER NOT NULL DEFAULT 0,
  last_error  TEXT    NOT NULL DEFAULT '', -- of a refused one, why
  tokens_in   INTEGER NOT NULL DEFAULT 0, -- of all attempts
  tokens_out  INTEGER NOT NULL DEFAULT 0,
  text        TEXT    NOT NULL DEFAULT '', -- the answer; of a refused one, what was refused
  made        INTEGER NOT NULL DEFAULT 0,
  UNIQUE (subject, task, language, digest, model)
) STRICT;
CREATE INDEX machine_due ON machine_texts (newest DESC, id) WHERE state = 'queued';

-- What was spent on a day in UTC. A request is charged before it is made, by an
-- estimate, and set right when the answer tells what it was.
CREATE TABLE machine_days (
  day        TEXT PRIMARY KEY,
  requests   INTEGER NOT NULL,
  tokens_in  INTEGER NOT NULL,
  tokens_out INTEGER NOT NULL
) STRICT;
