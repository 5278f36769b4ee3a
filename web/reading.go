// The page that helps to read a feed.

package web

import (
	"net/http"
	"net/url"
	"time"
)

type readingBody struct {
	Everything string   // address of a feed, to copy
	List       string   // of all feeds, as OPML
	Examples   []string // of addresses
	Areas      []areaLine
}

type areaLine struct{ Name, Path string }

func (w *Web) reading(r *http.Request) (*page, error) {
	areas, err := w.cfg.DB.Areas(r.Context())
	if err != nil {
		return nil, err
	}
	body := readingBody{Everything: w.cfg.Base + "/feed.atom", List: w.path + "/feeds.opml"}
	for _, example := range []string{
		"/feed.atom?q=post-quantum+-kind:post", "/groups/quic/feed.atom", "/documents/draft-ietf-tls-rfc8446bis/feed.atom",
		"/documents/rfc9000/feed.atom", "/authors/Jane%20Doe/feed.atom",
	} {
		body.Examples = append(body.Examples, w.cfg.Base+example)
	}
	for _, area := range areas {
		body.Areas = append(body.Areas, areaLine{area, w.path + "/areas/" + url.PathEscape(area) + "/feeds.opml"})
	}
	m := wordsFor(r, "")
	return &page{Title: m.Reading, Template: "reading." + m.Tag, Body: body, Cache: time.Hour, Words: m}, nil
}
