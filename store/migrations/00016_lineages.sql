-- +goose Up

-- A lineage is the id of the document among those joined whose folded name is
-- least; of a document on its own that is its own id, so that new rows go to the
-- end of this index, whatever their names.
ALTER TABLE documents ADD COLUMN head INTEGER NOT NULL DEFAULT 0;
UPDATE documents SET head = (SELECT d.id FROM documents d WHERE d.lineage = documents.lineage ORDER BY d.folded LIMIT 1);
DROP INDEX documents_lineage;
ALTER TABLE documents DROP COLUMN lineage;
ALTER TABLE documents RENAME COLUMN head TO lineage;
CREATE INDEX documents_lineage ON documents (lineage);
