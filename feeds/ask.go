// Reading what an address asks for. Whatever is asked for has one address; all
// others lead there by one redirection, so that readers and caches share it.

package feeds

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
)

const (
	maxAddress = 16 << 10 // bytes of an address's query; a query of filters.MaxQuery bytes fits, encoded
	maxName    = 200      // bytes of a name in an address
)

// asks reads a request for what anybody may ask for, and reports whether its
// address is the canonical one.
func (f *Feeds) asks(r *http.Request, kind kind, format *format) (k key, canonical bool, err error) {
	k = key{kind: kind, format: format}
	if len(r.URL.RawQuery) > maxAddress {
		return k, false, faultError{fmt.Sprintf("The address is too long: a query has at most %d bytes.", filters.MaxQuery)}
	}
	given, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return k, false, faultError{"The address cannot be read: in its query, characters other than letters and digits " +
			"are written as %XX, a semicolon as %3B."}
	}
	asked := r.PathValue("name")
	if kind == aQuery {
		asked = strings.Join(given["q"], " ")
		k.name, err = canonicalQuery(asked)
	} else {
		k.name, err = canonicalName(kind, asked)
	}
	if err != nil {
		return k, false, err
	}
	if err := k.readPage(given); err != nil {
		return k, false, err
	}
	wanted, err := url.ParseQuery(f.self(k).query)
	same := k.name == asked && maps.EqualFunc(given, wanted, slices.Equal)
	return k, same, err
}

// readPage reads what else an address says. What is unknown is left out of the
// canonical one.
func (k *key) readPage(given url.Values) error {
	if per := given.Get("per"); per == string(perDocument) {
		k.per = perDocument // which has one page
		return nil
	} else if per != "" && per != "event" {
		return faultError{fmt.Sprintf("per=%.40q is not known. Leave it out for an entry a revision, or say per=document.", per)}
	}
	if k.last = given.Get("page") == "last"; k.last {
		return nil
	}
	text := given.Get("before")
	if text == "" {
		return nil
	}
	before, err := strconv.ParseInt(text, 10, 64)
	if err != nil || before == 0 {
		return faultError{fmt.Sprintf("before=%.40q is no place in the history. Leave it out, and go on by the links of the feed.", text)}
	}
	k.before = before
	return nil
}

// canonicalQuery prints a query as we write it. A faulty one is drawn.
func canonicalQuery(text string) (string, error) {
	q, err := filters.Parse(text)
	if wrong, ok := errors.AsType[*filters.Errors](err); ok {
		return "", faultError{wrong.Draw("q")}
	}
	switch {
	case err != nil:
		return "", err
	case q.Relative():
		return "", faultError{"q: the query depends on the day it is asked\n\t" +
			"within: is for searches: entries of a feed would go without anything happening; use after: with a date"}
	}
	return q.String(), nil
}

// canonicalName gives the name that a document, group, author or source has in
// addresses.
func canonicalName(kind kind, name string) (string, error) {
	switch kind {
	case aDocument:
		if rfc, ok := catalog.RFCName(name); ok {
			return rfc, nil
		}
		if draft, _, ok := catalog.SplitDraft(name); ok {
			name = draft
		}
		name = catalog.Fold(name)
	case aGroup:
		name = catalog.Fold(name)
	default: // what stands in quotation marks in a query
		name = clean(strings.Map(unquoted, name))
		if name != "" && len(name) <= maxName {
			return name, nil
		}
	}
	if name == "" || len(name) > maxName || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789.-_") != "" {
		return "", fmt.Errorf("%s %.100q: %w", kind, name, store.ErrNotFound)
	}
	return name, nil
}

// unquoted drops what would end a quotation in a query.
func unquoted(r rune) rune {
	if r == '"' || r == '\\' {
		return -1
	}
	return r
}
