-- +goose Up

-- Names that topics had before. Their addresses answer with what the topic is
-- called now; once no configuration claims them they are gone.
CREATE TABLE topic_names (
  name  TEXT    PRIMARY KEY,
  topic INTEGER NOT NULL REFERENCES topics (id),
  gone  INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- The id of a topic's feed is made from the name it had first and never changes.
ALTER TABLE topics ADD COLUMN first TEXT NOT NULL DEFAULT '';
ALTER TABLE topics ADD COLUMN description TEXT NOT NULL DEFAULT '';
UPDATE topics SET first = name;
