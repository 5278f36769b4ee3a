-- +goose Up

-- Texts of drafts' revisions that are still to be fetched: a row stands before
-- the request, and goes with it.
CREATE TABLE text_requests (
  document    TEXT    NOT NULL,            -- folded name; it need not be in the catalogue
  rev         TEXT    NOT NULL,
  published   INTEGER NOT NULL,            -- of the revision that it is wanted for: the newest come first
  next_at     INTEGER NOT NULL,
  lease_until INTEGER NOT NULL DEFAULT 0,
  attempts    INTEGER NOT NULL DEFAULT 0,
  last_error  TEXT    NOT NULL DEFAULT '',
  refused     INTEGER NOT NULL DEFAULT 0,  -- when it was given up: it is not asked for again
  PRIMARY KEY (document, rev)
) STRICT, WITHOUT ROWID;
CREATE INDEX text_requests_due ON text_requests (published, next_at) WHERE refused = 0;

-- Those that are here, with what was changed against the revision before.
CREATE TABLE texts (
  id       INTEGER PRIMARY KEY,
  document TEXT    NOT NULL,               -- folded name
  rev      TEXT    NOT NULL,
  fetched  INTEGER NOT NULL,
  marks    TEXT    NOT NULL DEFAULT '',    -- JSON array of catalog.Mark; empty: not compared
  change   TEXT    NOT NULL DEFAULT '',    -- the comparison, JSON; likewise
  content  BLOB    NOT NULL,               -- as it came, deflated (RFC 1951)
  UNIQUE (document, rev)
) STRICT;

-- Analysed words of the texts, for each event of the revision, so that the
-- order of rowids is that of events here too.
CREATE VIRTUAL TABLE bodies USING fts5 (
  body, content = '', contentless_delete = 1, tokenize = "ascii tokenchars '._@=-'"
);
