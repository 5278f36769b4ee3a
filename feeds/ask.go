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

// names reads a request for what the configuration names, and reports whether
// its address is the canonical one. It is what readers poll, so that is told
// first of an address that says nothing more.
func (f *Feeds) names(r *http.Request, kind kind, format *format) (k key, canonical bool, err error) {
	asked := r.PathValue("name")
	k = key{kind: kind, format: format}
	if k.name, err = canonicalName(kind, asked); err != nil {
		return k, false, err
	}
	if number := r.PathValue("number"); number != "" {
		if k.number = count(number); k.number == 0 {
			return k, false, errNoArchive
		}
	}
	if r.URL.RawQuery == "" {
		return k, k.name == asked, nil
	}
	given, err := parameters(r)
	if err != nil {
		return k, false, err
	}
	if kind == aTopic && k.number == 0 {
		if err := k.readGrouping(given); err != nil {
			return k, false, err
		}
	}
	return k, k.name == asked && f.says(k, given), nil
}

// asks reads a request for what anybody may ask for, and reports whether its
// address is the canonical one.
func (f *Feeds) asks(r *http.Request, kind kind, format *format) (k key, canonical bool, err error) {
	k = key{kind: kind, format: format}
	given, err := parameters(r)
	if err != nil {
		return k, false, err
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
	return k, k.name == asked && f.says(k, given), nil
}

// parameters reads what stands behind the question mark of an address.
func parameters(r *http.Request) (url.Values, error) {
	if len(r.URL.RawQuery) > maxAddress {
		return nil, faultError{fmt.Sprintf("The address is too long: a query has at most %d bytes.", filters.MaxQuery)}
	}
	given, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, faultError{"The address cannot be read: in its query, characters other than letters and digits " +
			"are written as %XX, a semicolon as %3B."}
	}
	return given, nil
}

// says reports whether these are the parameters of the canonical address.
func (f *Feeds) says(k key, given url.Values) bool {
	wanted, err := url.ParseQuery(f.self(k).query)
	return err == nil && maps.EqualFunc(given, wanted, slices.Equal)
}

// readGrouping reads what an entry is to stand for.
func (k *key) readGrouping(given url.Values) error {
	switch per := given.Get("per"); per {
	case "", "event":
	case string(perDocument):
		k.per = perDocument
	default:
		return faultError{fmt.Sprintf("per=%.40q is not known. Leave it out for an entry for each revision, or say per=document.", per)}
	}
	return nil
}

// readPage reads what else an address says. What is unknown is left out of the
// canonical one.
func (k *key) readPage(given url.Values) error {
	if err := k.readGrouping(given); err != nil || k.per == perDocument { // which has one page
		return err
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
		return "", faultError{"q: the query depends on the day it is asked\n" +
			"within: is for searches: entries of a feed would go without anything happening; use after: with a date"}
	}
	return q.String(), nil
}

// canonicalName gives the name that a topic, newsletter, document, group, author
// or source has in addresses.
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
	case aTopic, aNewsletter, aGroup:
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
