package topics

import (
	"context"
	"errors"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
	"github.com/draftwire/draftwire/texts"
)

// Item prepares an event for matching, together with the text of its revision
// where that is here.
func Item(ctx context.Context, r *store.Reader, e *catalog.Event) (*filters.Item, error) {
	item := filters.NewItem(e)
	if e.Kind != catalog.Draft || e.Rev == "" {
		return item, nil
	}
	raw, err := r.Text(ctx, e.Document, e.Rev)
	if errors.Is(err, store.ErrNotFound) {
		return item, nil
	}
	if err != nil {
		return nil, err
	}
	return item.WithBody(func() string { return body(raw) }), nil
}

// body is what is looked for in a text. One that cannot be read says nothing;
// it was read before it was kept.
func body(raw []byte) string {
	text, err := texts.Parse(raw)
	if err != nil {
		return ""
	}
	return text.Body()
}

// ItemFor is [Item] for one query: most do not ask for texts.
func ItemFor(ctx context.Context, r *store.Reader, q *filters.Query, e *catalog.Event) (*filters.Item, error) {
	if !q.AsksBody() {
		return filters.NewItem(e), nil
	}
	return Item(ctx, r, e)
}
