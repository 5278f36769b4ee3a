// What anybody may ask for: queries, and documents, groups, authors and
// sources, which are queries by another name.

package feeds

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
	"github.com/draftwire/draftwire/topics"
)

// subject is what a feed with pages of history is about.
type subject struct {
	id, title, subtitle string
	page                string          // where a person reads of it; may be empty
	query               *filters.Query  // resolved
	events              []catalog.Event // instead of a query: all there are, newest first
	reasons             bool            // whether to say why each event is here
	known               bool            // only if something is found
}

// self gives the address of a document of a feed.
func (f *Feeds) self(k key) address {
	segments := []string{string(k.kind), k.name, "feed"}
	switch {
	case k.kind == aQuery:
		segments = segments[2:]
	case k.number > 0:
		segments = []string{string(k.kind), k.name, "archive", strconv.Itoa(k.number), "feed"}
	}
	a := f.address(segments...)
	if k.kind == aQuery && k.name != "" {
		a = a.with("q", k.name)
	}
	if k.per != perEvent {
		a = a.with("per", string(k.per))
	}
	switch {
	case k.last:
		a = a.with("page", "last")
	case k.before != 0:
		a = a.with("before", strconv.FormatInt(k.before, 10))
	}
	return a
}

// subject finds what a key asks for.
func (f *Feeds) subject(ctx context.Context, r *store.Reader, k key) (s subject, err error) {
	s = subject{id: string(k.kind) + "/" + k.name}
	switch k.kind {
	case aDocument:
		return s, f.lineage(ctx, r, k.name, &s)
	case aGroup:
		s.title, s.subtitle = "Group "+k.name, "Everything of the group "+k.name+"."
		s.page = "https://datatracker.ietf.org/group/" + k.name + "/about/"
		told, err := r.HasGroup(ctx, k.name)
		if err != nil {
			return s, err
		}
		s.known = !told
		if s.query, err = filters.Parse("group:" + k.name); err != nil {
			return s, err
		}
	case anAuthor:
		s.id = string(k.kind) + "/" + strings.ToLower(k.name)
		s.title, s.subtitle = k.name, "Everything by "+k.name+"."
		s.query, err = filters.Parse(`author:"` + k.name + `"`)
	case aSource:
		s.title, s.subtitle = "Source "+k.name, "Everything that the source "+k.name+" told of."
		s.page = f.address("sources").path
		if err := knownSource(ctx, r, k.name); err != nil {
			return s, err
		}
		s.query, err = filters.Parse(`source:"` + k.name + `"`)
	case aQuery:
		return s, f.queried(ctx, r, k.name, &s)
	}
	return s, err
}

// lineage is all that happened to a document, what it was before and what it
// became. Each name of a lineage has a feed of its own, for which of them comes
// first may change.
func (f *Feeds) lineage(ctx context.Context, r *store.Reader, name string, s *subject) error {
	events, err := r.EventsOf(ctx, name)
	if err != nil {
		return err
	}
	if len(events) == 0 {
		return fmt.Errorf("document %s: %w", name, store.ErrNotFound)
	}
	own := events[0]
	if i := slices.IndexFunc(events, func(e catalog.Event) bool { return catalog.Fold(e.Document) == name }); i >= 0 {
		own = events[i]
	}
	s.events = events
	s.title = cmp.Or(clean(own.Facts.Title), own.Document)
	if own.Kind != catalog.Post {
		s.title += " (" + own.Document + ")"
	}
	s.subtitle = "What happens to " + strings.Join(own.Lineage, ", ") + "."
	s.page = webAddress(catalog.LinksTo(own).Page)
	return nil
}

func knownSource(ctx context.Context, r *store.Reader, name string) error {
	list, err := r.Sources(ctx)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(list, func(s store.Source) bool { return s.Name == name }) {
		return fmt.Errorf("source %q: %w", name, store.ErrNotFound)
	}
	return nil
}

// queried is what a query finds, references to topics resolved.
func (f *Feeds) queried(ctx context.Context, r *store.Reader, text string, s *subject) error {
	s.id, s.title, s.subtitle, s.reasons = "queries/all", f.cfg.Title+": everything", "Everything there is.", false
	if text != "" {
		sum := sha256.Sum256([]byte(text))
		s.id, s.reasons = "queries/"+hex.EncodeToString(sum[:12]), true
		s.title, s.subtitle = f.cfg.Title+": "+cutRunes(text, maxTitle), "Everything that matches: "+text
	}
	q, err := filters.Parse(text)
	if err != nil {
		return err
	}
	if s.query = q; len(q.References()) == 0 {
		return nil
	}
	rows, err := r.Topics(ctx)
	if err != nil {
		return err
	}
	former, err := r.FormerNames(ctx)
	if err != nil {
		return err
	}
	s.query, err = topics.Resolve(q, topics.Stored(rows, former))
	if wrong, ok := errors.AsType[*filters.Errors](err); ok {
		return faultError{wrong.Draw("q")}
	}
	return err
}

const maxTitle = 120 // characters shown of a query
