-- +goose Up

-- Editions whose mails are all queued. An edition is closed in one transaction
-- and queued in others; what is missing here is still to be queued.
CREATE TABLE mailings (
  edition INTEGER PRIMARY KEY REFERENCES editions (id),
  queued  INTEGER NOT NULL
) STRICT;

-- Nothing that was closed before this table existed is mailed because of it.
INSERT INTO mailings (edition, queued) SELECT id, closed FROM editions;
