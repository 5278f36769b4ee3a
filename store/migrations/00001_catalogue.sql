-- +goose Up

-- Times are Unix microseconds, UTC. Names compare by their folded form.

CREATE TABLE settings (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sources (
  id          INTEGER PRIMARY KEY,
  name        TEXT    NOT NULL UNIQUE,
  active      INTEGER NOT NULL DEFAULT 1, -- named by the configuration in force
  cursor      TEXT    NOT NULL DEFAULT '',-- where reading goes on, JSON by kind of source
  polls       INTEGER NOT NULL DEFAULT 0, -- successful ones; what the first brings is history
  messages    INTEGER NOT NULL DEFAULT 0, -- taken in so far
  tried_at    INTEGER NOT NULL DEFAULT 0,
  success_at  INTEGER NOT NULL DEFAULT 0,
  next_at     INTEGER NOT NULL DEFAULT 0,
  lease_until INTEGER NOT NULL DEFAULT 0,
  attempts    INTEGER NOT NULL DEFAULT 0, -- failures in a row
  last_error  TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX sources_due ON sources (active, next_at);

-- What sources gave, as received.
CREATE TABLE messages (
  id         INTEGER PRIMARY KEY,
  source     INTEGER NOT NULL REFERENCES sources (id),
  digest     BLOB    NOT NULL,           -- SHA-256 of the raw message, 16 bytes
  message_id TEXT    NOT NULL,           -- Message-ID or feed id, may be empty
  list       TEXT    NOT NULL,           -- List-Id, may be empty
  format     INTEGER NOT NULL,           -- 0 mail (RFC 5322), 1 feed entry (JSON)
  no_archive INTEGER NOT NULL,           -- kept, never published
  received   INTEGER NOT NULL,
  raw        BLOB    NOT NULL,           -- deflated (RFC 1951) with the dictionary of this program
  UNIQUE (source, digest)
) STRICT;

CREATE TABLE documents (
  id      INTEGER PRIMARY KEY,
  name    TEXT NOT NULL,
  folded  TEXT NOT NULL UNIQUE,
  kind    TEXT NOT NULL,
  lineage TEXT NOT NULL                  -- least folded name of the documents joined
) STRICT;
CREATE INDEX documents_lineage ON documents (lineage);

CREATE TABLE relations (
  from_name TEXT NOT NULL,               -- folded
  type      TEXT NOT NULL,
  to_name   TEXT NOT NULL,               -- folded
  PRIMARY KEY (from_name, type, to_name)
) STRICT, WITHOUT ROWID;
CREATE INDEX relations_to ON relations (to_name);

-- Facts settled from all evidence of the revision.
CREATE TABLE revisions (
  id       INTEGER PRIMARY KEY,
  document INTEGER NOT NULL REFERENCES documents (id),
  rev      TEXT    NOT NULL,             -- two digits for drafts, else empty
  title    TEXT    NOT NULL,
  abstract TEXT    NOT NULL,
  authors  TEXT    NOT NULL,             -- JSON array of {name, email}
  grp      TEXT    NOT NULL,
  stream   TEXT    NOT NULL,
  level    TEXT    NOT NULL,
  pages    INTEGER NOT NULL,             -- 0 when unknown
  doc_date TEXT    NOT NULL,
  language TEXT    NOT NULL,
  url      TEXT    NOT NULL,
  UNIQUE (document, rev)
) STRICT;

CREATE TABLE events (
  id        INTEGER PRIMARY KEY,         -- by date, see catalog.EventID
  key       TEXT    NOT NULL UNIQUE,     -- identity, see catalog.Report.Key
  revision  INTEGER NOT NULL REFERENCES revisions (id),
  event     TEXT    NOT NULL,
  part      TEXT    NOT NULL,
  published INTEGER NOT NULL,
  precision INTEGER NOT NULL,            -- catalog.Precision
  recorded  INTEGER NOT NULL,
  news      INTEGER NOT NULL
) STRICT;
CREATE INDEX events_revision ON events (revision);
CREATE INDEX events_recorded ON events (recorded);

CREATE TABLE evidence (
  event     INTEGER NOT NULL REFERENCES events (id) ON UPDATE CASCADE ON DELETE CASCADE,
  message   INTEGER NOT NULL REFERENCES messages (id),
  rank      INTEGER NOT NULL,            -- catalog.Rank
  date      INTEGER NOT NULL,
  precision INTEGER NOT NULL,
  awaits    TEXT,                        -- a copy shown as a post: key of the event it would be evidence of
  PRIMARY KEY (event, message)
) STRICT, WITHOUT ROWID;
CREATE INDEX evidence_awaits ON evidence (awaits) WHERE awaits IS NOT NULL;
CREATE INDEX evidence_message ON evidence (message);

-- Analysed words of each event, in the columns of package filters.
CREATE VIRTUAL TABLE words USING fts5 (
  title, abstract, name, grp, authors, facets,
  content = '', contentless_delete = 1, tokenize = "ascii tokenchars '._@=-'"
);

CREATE TABLE topics (
  id       INTEGER PRIMARY KEY,
  name     TEXT    NOT NULL UNIQUE,
  query    TEXT    NOT NULL,             -- canonical text, as last selected with
  title    TEXT    NOT NULL,
  owner    TEXT    NOT NULL DEFAULT '',  -- empty: the configuration
  position INTEGER NOT NULL,
  gone     INTEGER NOT NULL DEFAULT 0,   -- when it left the configuration
  fault    TEXT    NOT NULL DEFAULT ''   -- why it is suspended
) STRICT;

CREATE TABLE selections (
  seq       INTEGER PRIMARY KEY AUTOINCREMENT,
  topic     INTEGER NOT NULL REFERENCES topics (id),
  event     INTEGER NOT NULL REFERENCES events (id) ON UPDATE CASCADE ON DELETE CASCADE,
  reason    TEXT    NOT NULL,
  news      INTEGER NOT NULL,
  recorded  INTEGER NOT NULL,
  withdrawn INTEGER NOT NULL DEFAULT 0,  -- when it stopped matching
  UNIQUE (topic, event)
) STRICT;
CREATE INDEX selections_event ON selections (event);

CREATE TABLE newsletters (
  id      INTEGER PRIMARY KEY,
  name    TEXT    NOT NULL UNIQUE,
  made    INTEGER NOT NULL,
  active  INTEGER NOT NULL DEFAULT 1,
  next_at INTEGER NOT NULL               -- when the open edition may be closed
) STRICT;

CREATE TABLE editions (
  id         INTEGER PRIMARY KEY,
  newsletter INTEGER NOT NULL REFERENCES newsletters (id),
  number     INTEGER NOT NULL,
  from_at    INTEGER NOT NULL,
  to_at      INTEGER NOT NULL,
  closed     INTEGER NOT NULL,
  content    BLOB    NOT NULL,           -- the edition as composed, JSON, deflated; never changes
  UNIQUE (newsletter, number),
  UNIQUE (newsletter, from_at)
) STRICT;

CREATE TABLE edition_items (
  edition INTEGER NOT NULL REFERENCES editions (id),
  event   INTEGER NOT NULL REFERENCES events (id) ON UPDATE CASCADE ON DELETE CASCADE,
  late    INTEGER NOT NULL,
  PRIMARY KEY (edition, event)
) STRICT, WITHOUT ROWID;
CREATE INDEX edition_items_event ON edition_items (event);

CREATE TABLE subscribers (
  id      INTEGER PRIMARY KEY,
  address TEXT    NOT NULL,
  folded  TEXT    NOT NULL UNIQUE,
  added   INTEGER NOT NULL
) STRICT;

CREATE TABLE subscriptions (
  id         INTEGER PRIMARY KEY,
  subscriber INTEGER NOT NULL REFERENCES subscribers (id),
  newsletter INTEGER NOT NULL REFERENCES newsletters (id),
  began      INTEGER NOT NULL,
  ended      INTEGER NOT NULL DEFAULT 0,
  UNIQUE (subscriber, newsletter)
) STRICT;

-- A row before an action: what is to be sent stands here before it is.
CREATE TABLE mails (
  id           INTEGER PRIMARY KEY,
  message_id   TEXT    NOT NULL UNIQUE,  -- without angle brackets, fixed
  subscription INTEGER NOT NULL REFERENCES subscriptions (id),
  state        TEXT    NOT NULL CHECK (state IN ('queued','sending','sent','deferred','failed','bounced','unknown')),
  next_at      INTEGER NOT NULL,
  lease_until  INTEGER NOT NULL DEFAULT 0,
  attempts     INTEGER NOT NULL DEFAULT 0,
  last_error   TEXT    NOT NULL DEFAULT '',
  changed      INTEGER NOT NULL
) STRICT;
CREATE INDEX mails_due ON mails (next_at) WHERE state IN ('queued','deferred');
CREATE INDEX mails_sending ON mails (state) WHERE state = 'sending';

CREATE TABLE deliveries (
  edition    INTEGER NOT NULL REFERENCES editions (id),
  subscriber INTEGER NOT NULL REFERENCES subscribers (id),
  mail       INTEGER NOT NULL REFERENCES mails (id),
  PRIMARY KEY (edition, subscriber)
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_mail ON deliveries (mail);
