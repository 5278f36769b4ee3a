// This file polls feeds: RSS, Atom and JSON Feed over HTTP.

package aggregator

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/draftwire/draftwire/fetch"
	"github.com/draftwire/draftwire/store"
)

// Feed is a feed at an http or https address.
type Feed struct {
	URL    string
	Client *fetch.Client
	Now    func() time.Time

	// Announces makes all entries of a feed that has changed be read, those that
	// were there before too: they may have come before it was trusted.
	Announces bool

	at string // asked instead of URL, if not empty
}

// Address implements [Movable].
func (f Feed) Address() string { return f.URL }

// At implements [Movable]. Ids that mean something within the feed only go on
// with URL.
func (f Feed) At(address string, tell func(fetch.Outcome)) Upstream {
	f.at, f.Client = address, f.Client.Telling(tell)
	return f
}

// feedCursor is what makes the next request conditional (RFC 9110, section
// 13): the validators verbatim, and what the body was for servers that have none.
type feedCursor struct {
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"last_modified,omitempty"`
	Digest       string `json:"digest,omitempty"`
	Rest         rest   `json:"rest,omitzero"` // what the document asks for, for as long as it stays
	Seen         seen   `json:"seen,omitzero"` // what it held
}

const acceptFeeds = "application/atom+xml, application/feed+json, application/rss+xml;q=0.9, application/xml;q=0.8, */*;q=0.5"

// Poll implements [Upstream].
func (f Feed) Poll(ctx context.Context, cursor string, take Taker) (time.Duration, error) {
	var at feedCursor
	if cursor != "" {
		if err := json.Unmarshal([]byte(cursor), &at); err != nil {
			at = feedCursor{} // an unconditional request loses nothing
		}
	}
	resp, err := f.Client.Get(ctx, fetch.Request{
		URL: cmp.Or(f.at, f.URL), ETag: at.ETag, LastModified: at.LastModified, Accept: acceptFeeds,
	})
	if err != nil {
		return 0, err
	}
	next := feedCursor{ETag: resp.ETag, LastModified: resp.LastModified, Digest: at.Digest, Rest: at.Rest, Seen: at.Seen}
	if resp.NotModified {
		next.ETag, next.LastModified = cmp.Or(resp.ETag, at.ETag), cmp.Or(resp.LastModified, at.LastModified)
	} else {
		next.Digest = digestText(resp.Body)
	}
	if next.Digest == at.Digest {
		text, err := json.Marshal(next)
		if err != nil {
			return resp.Fresh, err
		}
		return f.fresh(resp, next.Rest), take(ctx, nil, string(text))
	}
	before := at.Seen
	if f.Announces {
		before = seen{}
	}
	var d document
	var broken error
	if err := inTurn(ctx, func() { d, broken = readDocument(resp.Body, resp.ContentType, resp.FinalURL, before) }); err != nil {
		return resp.Fresh, err
	}
	if broken != nil {
		broken = fmt.Errorf("%s: %w", resp.FinalURL, broken)
		if len(d.entries) == 0 {
			return resp.Fresh, broken
		}
	}
	batch, err := f.entries(d.entries)
	if err != nil {
		return resp.Fresh, err
	}
	next.Rest = d.rest
	if !f.Announces {
		next.Seen = d.seen
	}
	if broken == nil { // else the validators stay old, so that a mended feed is read
		text, err := json.Marshal(next)
		if err != nil {
			return resp.Fresh, err
		}
		cursor = string(text)
	}
	if err := take(ctx, batch, cursor); err != nil {
		return resp.Fresh, err
	}
	return f.fresh(resp, d.rest), broken
}

// fresh is the longer of what the server asks for and what the feed does.
func (f Feed) fresh(resp *fetch.Response, r rest) time.Duration {
	return max(resp.Fresh, r.from(f.Now()))
}

// entries makes messages of a document's entries.
func (f Feed) entries(entries []Entry) ([]Received, error) {
	shared := sharedIDs(entries)
	batch := make([]Received, 0, len(entries))
	for _, e := range entries {
		if shared[e.ID] && e.Link != "" {
			e.ID = e.Link
		}
		if e.ID != "" && !isIRI(e.ID) {
			e.Feed = f.URL
		}
		raw, err := json.Marshal(e)
		if err != nil {
			return nil, err
		}
		batch = append(batch, Received{Raw: raw, Format: store.FeedEntry, At: f.Now(), entry: &e})
	}
	return batch, nil
}

// sharedIDs finds the ids that entries with different links share: what is the
// same for several entries identifies none, so their links do. The same id with
// the same link is one entry told twice (RFC 4287, section 4.1.1).
func sharedIDs(entries []Entry) map[string]bool {
	links := make(map[string]string, len(entries))
	shared := map[string]bool{}
	for _, e := range entries {
		if e.ID == "" || e.Link == "" {
			continue
		}
		if link, known := links[e.ID]; known && link != e.Link {
			shared[e.ID] = true
		}
		links[e.ID] = e.Link
	}
	return shared
}

// isIRI reports whether an id is absolute (RFC 3987), as Atom wants it. Others,
// such as the numbers that many RSS guids are, repeat from feed to feed.
func isIRI(id string) bool {
	scheme, rest, ok := strings.Cut(id, ":")
	if !ok || rest == "" || scheme == "" || len(scheme) > 20 {
		return false
	}
	return strings.Trim(strings.ToLower(scheme), "abcdefghijklmnopqrstuvwxyz0123456789+-.") == "" && scheme[0] >= 'A'
}
