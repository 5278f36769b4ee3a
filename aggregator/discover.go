// This file finds what an address can be polled as: a feed, the feeds of a
// page, an archive of a list, an index of documents.

package aggregator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/draftwire/draftwire/fetch"
)

// FoundKind is the kind of source that an address can be polled as, by the
// word that the configuration has for it.
type FoundKind string

// The kinds that [Discover] knows.
const (
	FoundFeed        FoundKind = "feed"
	FoundMbox        FoundKind = "mbox"
	FoundPipermail   FoundKind = "pipermail"
	FoundHyperKitty  FoundKind = "hyperkitty"
	FoundPublicInbox FoundKind = "public-inbox"
	FoundRFCIndex    FoundKind = "rfc-index"
	FoundAbstracts   FoundKind = "id-abstracts"
	FoundAllIDs      FoundKind = "all-ids"
	FoundDatatracker FoundKind = "datatracker"
	FoundMeeting     FoundKind = "meeting"
)

// Found is something to poll.
type Found struct {
	URL   string // absolute, http or https
	Title string // one line of text as the upstream says it; may be empty
	Kind  FoundKind
}

// maxGuesses bounds the requests for what a page does not declare.
const maxGuesses = 5

// wellKnown are the paths at which many sites have a feed.
var wellKnown = []string{"/feed", "/atom.xml", "/feed.xml", "/index.xml", "/rss.xml"}

// Discover tells what can be polled at an address, the likeliest first: what is
// there itself, else what the page there declares (RFC 4287's autodiscovery,
// link rel=alternate), else what its links to the same host and a few well-known
// paths turn out to be, for which it makes at most five requests more. What a
// page declares is not asked for. An address with nothing to poll is an error
// that says what was found instead.
func Discover(ctx context.Context, client *fetch.Client, address string) ([]Found, error) {
	if found := foundByName(address); len(found) > 0 {
		return found, nil
	}
	resp, err := client.Get(ctx, fetch.Request{URL: address, Accept: acceptFeeds + ", text/html;q=0.7"})
	if err != nil {
		return nil, err
	}
	found, p, err := look(resp)
	if len(found) > 0 || p == nil {
		return found, err
	}
	for _, guess := range p.guesses() {
		resp, err := client.Get(ctx, fetch.Request{URL: guess, Accept: acceptFeeds})
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			if busy := (*fetch.BusyError)(nil); errors.As(err, &busy) {
				break // the host wants no more requests
			}
			continue
		}
		if more, _, _ := look(resp); len(more) > 0 {
			found = addFound(found, more...)
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s is a page that names no feed: give the address of a feed, or of the archive of a list", resp.FinalURL)
	}
	return found, nil
}

// foundByName knows some addresses without asking: indexes by the name of
// their file, and pages of the Datatracker by the feeds it has for them.
func foundByName(address string) []Found {
	u, err := url.Parse(address)
	if err != nil {
		return nil
	}
	switch path.Base(u.Path) {
	case "rfc-index.xml":
		return []Found{{address, "RFC index", FoundRFCIndex}}
	case "1id-abstracts.txt":
		return []Found{{address, "Internet-Drafts with abstracts", FoundAbstracts}}
	case "all_id2.txt":
		return []Found{{address, "All Internet-Drafts", FoundAllIDs}}
	}
	if strings.Contains(u.Path, "{YYYY}") {
		return []Found{{address, "", FoundMbox}}
	}
	if strings.EqualFold(u.Hostname(), "datatracker.ietf.org") {
		return trackerFeeds(u)
	}
	return nil
}

// trackerFeeds gives the feed of a page of the Datatracker. Pages that have none
// stand for the whole of it.
func trackerFeeds(u *url.URL) []Found {
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	feed := func(title string, path ...string) []Found {
		to := url.URL{Scheme: "https", Host: u.Host, Path: "/feed/" + strings.Join(path, "/") + "/"}
		return []Found{{to.String(), title, FoundFeed}}
	}
	switch {
	case parts[0] == "feed":
		return nil // to be asked
	case len(parts) > 1 && parts[0] == "doc" && strings.Contains(parts[1], "-"):
		return feed("Changes of "+parts[1], "document-changes", parts[1])
	case len(parts) > 1 && slices.Contains([]string{"wg", "rg", "group"}, parts[0]):
		return feed("Changes of "+parts[1], "group-changes", parts[1])
	case parts[0] == "meeting":
		return []Found{{"https://" + u.Host, "IETF meetings", FoundMeeting}}
	case parts[0] == "ipr":
		return feed("IPR disclosures", "ipr")
	}
	return []Found{{"https://" + u.Host, "IETF Datatracker", FoundDatatracker}}
}

// look tells what an answer is: something to poll, or a page, whose
// declarations count, or an error.
func look(resp *fetch.Response) ([]Found, *page, error) {
	if bytes.HasPrefix(resp.Body, []byte("From ")) || bytes.HasPrefix(resp.Body, []byte("\x01\x01\x01\x01\n")) {
		return []Found{{resp.FinalURL, "", FoundMbox}}, nil, nil
	}
	at, err := url.Parse(resp.FinalURL)
	if err != nil {
		return nil, nil, err
	}
	if isPage(resp) {
		p := readPage(resp, at)
		if archive, ok := p.archive(resp.Body); ok {
			return addFound([]Found{archive}, p.declared...), nil, nil
		}
		return p.declared, p, nil
	}
	read, err := parseFeed(normalise(resp.Body, resp.ContentType), resp.FinalURL, seen{})
	if read.feed == nil {
		return nil, nil, fmt.Errorf("%s is neither a feed nor a page: %w", resp.FinalURL, err)
	}
	return []Found{{resp.FinalURL, clip(plain(read.feed.Title), maxTitle), FoundFeed}}, nil, nil
}

// addFound adds what is not there yet.
func addFound(found []Found, more ...Found) []Found {
	for _, f := range more {
		known := slices.ContainsFunc(found, func(o Found) bool { return o.URL == f.URL })
		if !known && len(found) < maxDeclared {
			found = append(found, f)
		}
	}
	return found
}
