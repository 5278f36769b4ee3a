// This file reads the pages of a collection of the Datatracker.

package aggregator

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/draftwire/draftwire/fetch"
)

// trackerPage is a page of any collection.
type trackerPage struct {
	Meta struct {
		Limit int    `json:"limit"`
		Next  string `json:"next"` // relative or absolute; empty or null on the last page
		Total int    `json:"total_count"`
	} `json:"meta"`
	Objects []json.RawMessage `json:"objects"`
}

const (
	maxTrackerPages = 20_000
	maxTrackerLimit = 5000 // of objects on one page that is read one by one
)

// collections are those of one Datatracker, as one poll reads them.
type collections struct {
	base   string // where they stand; empty: DefaultDatatracker
	client *fetch.Client
	limit  int     // objects asked for at a time; 0 is 100
	faults []error // what could not be read
	lost   int     // rows that the server could not show
}

// answerError says that an answer came, but cannot be what was asked for.
type answerError struct{ error }

func (p *collections) fault(err error) {
	if err != nil && len(p.faults) < 2*maxFaults {
		p.faults = append(p.faults, err)
	}
}

// received are the records in the form they are kept; what has none is a fault.
func (p *collections) received(records []Record, now time.Time) (batch []Received) {
	for _, r := range records {
		m, err := r.received(now)
		if err != nil {
			p.fault(fmt.Errorf("%s: %w", r.Document, err))
			continue
		}
		batch = append(batch, m)
	}
	return batch
}

// address is where a collection begins.
func (p *collections) address(collection string, filters ...string) string {
	q := url.Values{"format": {"json"}, "limit": {strconv.Itoa(cmp.Or(p.limit, 100))}}
	for i := 0; i+1 < len(filters); i += 2 {
		q.Set(filters[i], filters[i+1])
	}
	return cmp.Or(p.base, DefaultDatatracker) + "/api/v1/" + collection + "/?" + q.Encode()
}

// walk reads a collection from an address on. each is told the objects of a
// page and the address of the next, which is empty at the end. A page behind
// the first that is not there holds a damaged row: it is read one by one, and
// the row left out. A last page behind which there should be more is an error:
// what it lacks would look as if it had been taken back.
func (p *collections) walk(ctx context.Context, from string, each func(objects []json.RawMessage, next string) error) error {
	at, total, limit, seen := from, 0, 0, 0
	if u, err := url.Parse(from); err == nil {
		seen = offset(u) // where a pass goes on
	}
	for range maxTrackerPages {
		lost := p.lost
		page, err := p.page(ctx, at)
		switch {
		case damaged(err) && total > 0 && at != from:
			page, err = p.oneByOne(ctx, at, limit, total)
		case err == nil:
			total, limit = page.Meta.Total, page.Meta.Limit
		}
		if err != nil {
			return err
		}
		seen += len(page.Objects) + p.lost - lost
		if page.Meta.Next == "" && seen < total {
			return answerError{fmt.Errorf("%s ends after %d of %d objects", from, seen, total)}
		}
		if err := each(page.Objects, page.Meta.Next); err != nil {
			return err
		}
		if page.Meta.Next == "" {
			return nil
		}
		at = page.Meta.Next
	}
	return fmt.Errorf("%s: more than %d pages; want an end", from, maxTrackerPages)
}

// page reads one page. Its Next is absolute, on the same host, in the same
// collection, and further on.
func (p *collections) page(ctx context.Context, at string) (page trackerPage, err error) {
	var resp *fetch.Response
	err = patiently(ctx, func() (err error) {
		resp, err = p.client.Get(ctx, fetch.Request{URL: at, Accept: "application/json"})
		return err
	})
	if err != nil {
		return page, err
	}
	if err := json.Unmarshal(resp.Body, &page); err != nil {
		return page, answerError{fmt.Errorf("%s is no page of a collection: %w", at, err)}
	}
	if page.Objects == nil {
		return page, answerError{fmt.Errorf("%s is no page of a collection; want meta and objects", at)}
	}
	page.Meta.Next, err = nextPage(at, resp.FinalURL, page.Meta.Next)
	return page, err
}

// nextPage resolves the address of the page behind at, which final answered.
func nextPage(at, final, next string) (string, error) {
	if next == "" {
		return "", nil
	}
	here, err := url.Parse(at)
	if err != nil {
		return "", err
	}
	there, err := here.Parse(next)
	if err != nil {
		return "", fmt.Errorf("%s: next page %.200q: %w", at, next, err)
	}
	if there.Host != here.Host && there.Host == hostOf(final) { // redirects lead there again
		there.Host = here.Host
	}
	if there.Host != here.Host || there.Path != here.Path || offset(there) <= offset(here) {
		return "", fmt.Errorf("%s: the next page is said to be %.200q; want a greater offset in the same collection", at, next)
	}
	there.Scheme, there.User = here.Scheme, here.User // behind a proxy a server may take itself for http
	return there.String(), nil
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

func offset(u *url.URL) int {
	n, err := strconv.Atoi(u.Query().Get("offset"))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// oneByOne reads the rows of a page that a damaged one keeps from being
// answered.
func (p *collections) oneByOne(ctx context.Context, at string, limit, total int) (page trackerPage, err error) {
	u, err := url.Parse(at)
	if err != nil {
		return page, err
	}
	if n, err := strconv.Atoi(u.Query().Get("limit")); err == nil && n > 0 {
		limit = n
	}
	limit = min(max(limit, 1), maxTrackerLimit)
	first := offset(u)
	for i := first; i < min(first+limit, total); i++ {
		row, err := p.page(ctx, rowsAt(u, 1, i))
		if damaged(err) {
			p.lost++
			p.fault(fmt.Errorf("row %d of %s: %w", i, u.Path, err))
			continue
		}
		if err != nil {
			return page, err
		}
		page.Objects = append(page.Objects, row.Objects...)
	}
	if first+limit < total {
		page.Meta.Next = rowsAt(u, limit, first+limit)
	}
	return page, nil
}

func rowsAt(u *url.URL, limit, offset int) string {
	v := *u
	q := v.Query()
	q.Set("limit", strconv.Itoa(limit))
	q.Set("offset", strconv.Itoa(offset))
	v.RawQuery = q.Encode()
	return v.String()
}

// damaged reports whether an answer says that a row cannot be shown.
func damaged(err error) bool {
	status, ok := errors.AsType[*fetch.StatusError](err)
	return ok && (status.Status == http.StatusNotFound || status.Status == http.StatusInternalServerError)
}

// busy reports whether a host asks to be left alone.
func busy(err error) bool {
	if _, ok := errors.AsType[*fetch.BusyError](err); ok {
		return true
	}
	status, ok := errors.AsType[*fetch.StatusError](err)
	return ok && (status.Status == http.StatusTooManyRequests || status.Status == http.StatusServiceUnavailable)
}

// itsOwn reports whether an error is one of the object asked for, so that others
// can be read all the same.
func itsOwn(err error) bool {
	_, status := errors.AsType[*fetch.StatusError](err)
	_, large := errors.AsType[*fetch.TooLargeError](err)
	_, odd := errors.AsType[answerError](err)
	return (status || large || odd) && !busy(err)
}

// gone reports whether an answer says that a page is not there.
func gone(err error) bool {
	status, ok := errors.AsType[*fetch.StatusError](err)
	return ok && status.Status == http.StatusNotFound
}
