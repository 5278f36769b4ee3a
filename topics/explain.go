package topics

// This file tells afterwards why a query selects a document or does not.

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
)

// Explanation is what a query makes of a document.
type Explanation struct {
	Event   catalog.Event       // the newest event of what was asked for
	Tree    filters.Explanation // the query, each part with what became of it
	History []Verdict           // all events of the document's lineage, newest first
}

// Verdict is whether a query finds an event.
type Verdict struct {
	Event   catalog.Event
	Matched bool
}

// Sentence says what decided.
func (e *Explanation) Sentence() string { return e.Tree.Sentence() }

// Matches counts the events of the document's lineage that the query finds.
func (e *Explanation) Matches() (n int) {
	for _, v := range e.History {
		if v.Matched {
			n++
		}
	}
	return n
}

// UnknownDocument is the error for a document that the catalogue does not have.
type UnknownDocument struct {
	Name string
	Near []string // names that it has, and that may have been meant
}

// Error says what is not there, and what is.
func (e *UnknownDocument) Error() string {
	text := fmt.Sprintf("the catalogue has no document %q", e.Name)
	if len(e.Near) > 0 {
		text += "; did you mean " + strings.Join(e.Near, ", ") + "?"
	}
	return text
}

// Explain tells why q, resolved, finds a document or does not. The
// document is given by a name, also one that its lineage had before, a name
// with revision, an RFC's number (RFC 9000) or the address of its page. The
// error is an *UnknownDocument if there is none.
func Explain(ctx context.Context, r *store.Reader, q *filters.Query, document string) (*Explanation, error) {
	events, event, err := find(ctx, r, document)
	if err != nil {
		return nil, err
	}
	item, err := ItemFor(ctx, r, q, &event)
	if err != nil {
		return nil, err
	}
	e := &Explanation{Event: event, Tree: q.Explain(item)}
	for _, other := range events {
		if item, err = ItemFor(ctx, r, q, &other); err != nil {
			return nil, err
		}
		e.History = append(e.History, Verdict{other, q.Match(item)})
	}
	return e, nil
}

// find gives the events of a document's lineage, and the one that is asked for.
func find(ctx context.Context, r *store.Reader, document string) (all []catalog.Event, one catalog.Event, err error) {
	name := plainName(document)
	if all, err = r.EventsOf(ctx, name); err != nil {
		return nil, one, err
	}
	if len(all) > 0 {
		return all, newest(all, name), nil
	}
	bare, rev, ok := catalog.SplitDraft(name)
	if ok && rev != "" {
		if all, err = r.EventsOf(ctx, bare); err != nil {
			return nil, one, err
		}
	}
	if len(all) == 0 {
		near, err := nearNames(ctx, r, name)
		if err != nil {
			return nil, one, err
		}
		return nil, one, &UnknownDocument{Name: name, Near: near}
	}
	var there []string
	for _, e := range all {
		if catalog.Fold(e.NameRev()) == catalog.Fold(name) {
			return all, e, nil
		}
		if e.DraftRev() != "" && !slices.Contains(there, e.NameRev()) {
			there = append(there, e.NameRev())
		}
	}
	return nil, one, &UnknownDocument{Name: name, Near: there[:min(len(there), maxNear)]}
}

// newest gives the newest event of the document itself, or of its lineage
// where only others of that tell of it.
func newest(events []catalog.Event, name string) catalog.Event {
	for _, e := range events {
		if catalog.Fold(e.Document) == catalog.Fold(name) {
			return e
		}
	}
	return events[0]
}

// plainName takes a name out of what people copy: an address, a file's name,
// RFC 9000.
func plainName(s string) string {
	s = strings.Trim(strings.TrimSpace(s), "/")
	s = s[strings.LastIndexByte(s, '/')+1:]
	for _, suffix := range []string{".txt", ".html", ".xml", ".pdf"} {
		s = strings.TrimSuffix(s, suffix)
	}
	if name, ok := catalog.RFCName(s); ok {
		return name
	}
	return s
}

const maxNear = 5

var wordOfName = regexp.MustCompile(`^[A-Za-z0-9]+([.-][A-Za-z0-9]+)*$`)

// nearNames lists names of documents that begin like name, as far as possible,
// or that hold it.
func nearNames(ctx context.Context, r *store.Reader, name string) ([]string, error) {
	prefix, _, isDraft := strings.Cut(name, "-")
	if !isDraft || catalog.Fold(prefix) != "draft" {
		return namesWith(ctx, r, name)
	}
	for prefix = name; strings.Count(prefix, "-") > 0; prefix = prefix[:strings.LastIndexByte(prefix, '-')] {
		if prefix == "draft-ietf" || prefix == "draft-irtf" {
			break
		}
		names, err := r.NamesFrom(ctx, prefix, 200)
		if err != nil {
			return nil, err
		}
		if len(names) > 0 {
			slices.SortStableFunc(names, func(a, b string) int { return shared(b, name) - shared(a, name) })
			return names[:min(len(names), maxNear)], nil
		}
	}
	return nil, nil
}

// shared counts the bytes with which both names begin.
func shared(a, b string) int {
	a, b = catalog.Fold(a), catalog.Fold(b)
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// namesWith lists names of documents that hold a word.
func namesWith(ctx context.Context, r *store.Reader, word string) (names []string, err error) {
	if !wordOfName.MatchString(word) {
		return nil, nil
	}
	q, err := filters.Parse("name:" + word)
	if err != nil {
		return nil, nil //nolint:nilerr // too long to be one
	}
	events, err := r.Search(ctx, q, store.Page{Limit: 4 * maxNear})
	for _, e := range events {
		if !slices.Contains(names, e.Document) && len(names) < maxNear {
			names = append(names, e.Document)
		}
	}
	return names, err
}
