-- +goose Up

-- How many new messages a source gave, by the day (since 1970-01-01, UTC) of
-- the messages' own dates: what its usual volume is learnt from.
CREATE TABLE source_days (
  source   INTEGER NOT NULL REFERENCES sources (id),
  day      INTEGER NOT NULL,
  messages INTEGER NOT NULL,
  PRIMARY KEY (source, day)
) STRICT, WITHOUT ROWID;

ALTER TABLE sources ADD COLUMN newest_at     INTEGER NOT NULL DEFAULT 0; -- date of its newest message
ALTER TABLE sources ADD COLUMN failing_since INTEGER NOT NULL DEFAULT 0; -- first of the failures in a row
ALTER TABLE sources ADD COLUMN asked_until   INTEGER NOT NULL DEFAULT 0; -- its host wants no requests until then
ALTER TABLE sources ADD COLUMN gone_at       INTEGER NOT NULL DEFAULT 0; -- its host says it is gone for good: not polled until told to

INSERT INTO source_days (source, day, messages)
SELECT m.source, v.at / 86400000000, count(*)
FROM (SELECT message, min(min(date), unixepoch() * 1000000) AS at FROM evidence WHERE precision < 2 GROUP BY message) v
JOIN messages m ON m.id = v.message
GROUP BY 1, 2;

UPDATE sources SET newest_at = coalesce((
  SELECT min(max(v.date), unixepoch() * 1000000) FROM messages m JOIN evidence v ON v.message = m.id
  WHERE m.source = sources.id AND v.precision < 2), 0);

-- Where a source's address leads by permanent redirects. It is polled there
-- once it was seen often enough and for long enough.
CREATE TABLE moves (
  source    INTEGER PRIMARY KEY REFERENCES sources (id),
  from_url  TEXT    NOT NULL,            -- as configured; another one begins anew
  to_url    TEXT    NOT NULL,
  sightings INTEGER NOT NULL,
  first_at  INTEGER NOT NULL,
  last_at   INTEGER NOT NULL,
  adopted   INTEGER NOT NULL DEFAULT 0   -- when; 0: not yet
) STRICT;

-- Hosts that asked to be left alone (Retry-After), by host and port.
CREATE TABLE closures (
  host  TEXT    PRIMARY KEY,
  until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What is wrong with a source, or with polling as a whole where there is none.
CREATE TABLE alarms (
  id     INTEGER PRIMARY KEY,
  source INTEGER REFERENCES sources (id),
  kind   TEXT    NOT NULL CHECK (kind IN ('silence', 'drop', 'failing', 'gone', 'stopped')),
  since  INTEGER NOT NULL,               -- when what it tells of began, such as the newest message's date
  began  INTEGER NOT NULL,               -- when it was noticed
  told   INTEGER NOT NULL DEFAULT 0,     -- when the operator was last told
  ended  INTEGER NOT NULL DEFAULT 0,
  words  TEXT    NOT NULL                -- for the operator
) STRICT;
CREATE UNIQUE INDEX alarms_live ON alarms (coalesce(source, 0), kind) WHERE ended = 0;

-- Mails to the operator. Ids are negative, so that the ledger of mails tells
-- them from those to subscribers.
CREATE TABLE notices (
  id          INTEGER PRIMARY KEY CHECK (id < 0),
  key         TEXT    NOT NULL UNIQUE,   -- what it tells of: told once
  subject     TEXT    NOT NULL,
  text        TEXT    NOT NULL,
  made        INTEGER NOT NULL,
  message_id  TEXT    NOT NULL UNIQUE,   -- its local part, fixed
  state       TEXT    NOT NULL CHECK (state IN ('queued','sending','sent','deferred','failed','bounced','unknown')),
  next_at     INTEGER NOT NULL,
  lease_until INTEGER NOT NULL DEFAULT 0,
  attempts    INTEGER NOT NULL DEFAULT 0,
  last_error  TEXT    NOT NULL DEFAULT '',
  changed     INTEGER NOT NULL
) STRICT;
CREATE INDEX notices_due ON notices (next_at) WHERE state IN ('queued', 'deferred');
