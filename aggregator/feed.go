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
}

// feedCursor is what makes the next request conditional (RFC 9110, section
// 13): the validators verbatim, and what the body was for servers that have none.
type feedCursor struct {
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"last_modified,omitempty"`
	Digest       string `json:"digest,omitempty"`
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
		URL: f.URL, ETag: at.ETag, LastModified: at.LastModified, Accept: acceptFeeds,
	})
	if err != nil {
		return 0, err
	}
	next := feedCursor{ETag: resp.ETag, LastModified: resp.LastModified, Digest: at.Digest}
	if resp.NotModified {
		next.ETag, next.LastModified = cmp.Or(resp.ETag, at.ETag), cmp.Or(resp.LastModified, at.LastModified)
	} else {
		next.Digest = digestText(resp.Body)
	}
	text, err := json.Marshal(next)
	if err != nil {
		return resp.Fresh, err
	}
	if next.Digest == at.Digest {
		return resp.Fresh, take(ctx, nil, string(text))
	}
	batch, err := f.entries(resp)
	if err != nil { // the validators stay old, so that a mended feed is read
		text = []byte(cursor)
	}
	if len(batch) > 0 || err == nil {
		if err := take(ctx, batch, string(text)); err != nil {
			return resp.Fresh, err
		}
	}
	return resp.Fresh, err
}

// entries gives what the document holds, with a *[PartialError] if not all.
func (f Feed) entries(resp *fetch.Response) ([]Received, error) {
	entries, err := ParseFeed(resp.Body, resp.ContentType, resp.FinalURL)
	batch := make([]Received, 0, len(entries))
	for _, e := range entries {
		if e.ID != "" && !isIRI(e.ID) {
			e.Feed = f.URL
		}
		raw, err := json.Marshal(e)
		if err != nil {
			return nil, err
		}
		batch = append(batch, Received{Raw: raw, Format: store.FeedEntry, At: f.Now()})
	}
	if err != nil {
		return batch, fmt.Errorf("%s: %w", resp.FinalURL, err)
	}
	return batch, nil
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
