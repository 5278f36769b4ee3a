-- +goose Up

-- What each source last said of a document as a whole. The document need not
-- be in the catalogue yet; a group's row is that of its charter. Area and
-- states are settled from these rows whenever an event is read, so they can
-- never disagree with them.
CREATE TABLE standings (
  document TEXT    NOT NULL,             -- folded name
  source   INTEGER NOT NULL REFERENCES sources (id),
  message  INTEGER NOT NULL REFERENCES messages (id),
  digest   TEXT    NOT NULL,             -- of the message, hexadecimal
  rank     INTEGER NOT NULL,             -- catalog.Rank
  said     INTEGER NOT NULL,
  area     TEXT    NOT NULL,             -- acronym, may be empty
  states   TEXT    NOT NULL,             -- JSON object: type of state to slug
  complete INTEGER NOT NULL,             -- there are no states but these
  PRIMARY KEY (document, source)
) STRICT, WITHOUT ROWID;

-- Evidence of events that nothing has announced yet: sources that may not
-- create events give it, and it counts from when the event is known.
CREATE TABLE pending (
  key       TEXT    NOT NULL,            -- of the event
  message   INTEGER NOT NULL REFERENCES messages (id),
  rank      INTEGER NOT NULL,
  date      INTEGER NOT NULL,
  precision INTEGER NOT NULL,
  PRIMARY KEY (key, message)
) STRICT, WITHOUT ROWID;
