-- +goose Up

-- When the operator paused a source by hand; 0: not paused. The configuration
-- has a say of its own.
ALTER TABLE sources ADD COLUMN paused_at INTEGER NOT NULL DEFAULT 0;

-- How far each file of an import was read, written with what it gave.
CREATE TABLE imports (
  source   INTEGER NOT NULL REFERENCES sources (id),
  path     TEXT    NOT NULL,             -- absolute; of a member of an archive, with its name behind a "!"
  size     INTEGER NOT NULL,             -- of the file, bytes as it lies there
  head     BLOB    NOT NULL,             -- digest of its first 4 KiB
  place    INTEGER NOT NULL,             -- bytes taken, after decompression
  anchor   BLOB    NOT NULL,             -- digest of up to 1 KiB before the place; empty if that cannot be looked at
  whole    INTEGER NOT NULL,             -- it was read to its end
  changed  INTEGER NOT NULL,
  PRIMARY KEY (source, path)
) STRICT, WITHOUT ROWID;
