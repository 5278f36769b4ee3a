-- +goose Up

-- Documents of feed entries were named otherwise at first. Where there are such,
-- what is told of them goes on under the name they have.
INSERT INTO settings (name, value) SELECT 'entry_names', 'first'
  WHERE EXISTS (SELECT 1 FROM documents WHERE folded >= 'entry-' AND folded < 'entry.');
