// This file reads what public-inbox tells of its messages.

package aggregator

import (
	"cmp"
	"encoding/base64"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/draftwire/draftwire/fetch"
	"github.com/draftwire/draftwire/store"
)

// inboxed is a message that an inbox holds.
type inboxed struct {
	id string    // Message-ID without angle brackets
	at time.Time // when it was received; zero if the feed does not say
}

// inboxPage lists the messages of a page of the feed, the one received first
// first. One that breaks off gives those before the break: the rest is asked
// for from there on.
func inboxPage(resp *fetch.Response) ([]inboxed, error) {
	entries, err := ParseFeed(resp.Body, resp.ContentType, resp.FinalURL)
	if err != nil && len(entries) == 0 {
		return nil, err
	}
	var page []inboxed
	for _, e := range entries {
		if id, ok := inboxID(e.Link); ok {
			page = append(page, inboxed{id, e.Updated.UTC().Truncate(time.Second)})
		}
	}
	slices.SortStableFunc(page, func(a, b inboxed) int { return a.at.Compare(b.at) })
	return page, nil
}

// furthest is the last time on a page that has come already.
func furthest(page []inboxed, now time.Time) (at time.Time) {
	for _, e := range page {
		if e.at.After(at) && !e.at.After(now) {
			at = e.at
		}
	}
	return at
}

// maxInboxID bounds a Message-ID; RFC 5322 bounds a line by 998.
const maxInboxID = 998

// inboxID tells a Message-ID by the message's address, whose last part it is,
// escaped. Nothing else of that address is used.
func inboxID(link string) (string, bool) {
	u, err := url.Parse(link)
	if err != nil {
		return "", false
	}
	id, err := url.PathUnescape(path.Base(strings.TrimSuffix(u.EscapedPath(), "/")))
	if err != nil || id == "" || strings.Trim(id, "./") == "" || len(id) > maxInboxID || !utf8.ValidString(id) {
		return "", false
	}
	odd := strings.ContainsFunc(id, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) })
	return id, !odd
}

// seenIDs is when messages were received, in Unix seconds, by a digest of
// their ids. It holds the newest maxSeen: any other would only be asked for
// again, and then known by its content.
type seenIDs map[string]int64

const maxSeen = 2000

func (s seenIDs) has(id string) bool {
	_, ok := s[shortened(id)]
	return ok
}

func (s seenIDs) add(id string, at time.Time) { s[shortened(id)] = at.Unix() }

func shortened(id string) string {
	return base64.RawURLEncoding.EncodeToString(store.Digest([]byte(id))[:9])
}

// forget drops what was received before a time, and more while there is too much.
func (s seenIDs) forget(before time.Time) {
	for id, at := range s {
		if at < before.Unix() {
			delete(s, id)
		}
	}
	if len(s) <= maxSeen {
		return
	}
	type entry struct {
		id string
		at int64
	}
	all := make([]entry, 0, len(s))
	for id, at := range s {
		all = append(all, entry{id, at})
	}
	slices.SortFunc(all, func(a, b entry) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.id, b.id)) })
	for _, e := range all[:len(all)-maxSeen] {
		delete(s, e.id)
	}
}
