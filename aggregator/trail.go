// This file tells from the requests of one poll where a source's address leads.

package aggregator

import (
	"regexp"
	"slices"
	"strings"

	"github.com/draftwire/draftwire/fetch"
)

// trail is what the requests of one poll say of the address that they were made
// from. Those that ended in an answer of another kind say nothing.
type trail struct {
	base   string
	own    *fetch.Outcome // of the request for the base itself: it alone decides, if it was made
	made   int            // requests for addresses made from it that were answered
	buried int            // requests that were told that what was there is gone for good
	asked  int            // requests in all
	to     string         // where the first of them says that the base leads; empty: nowhere else
	split  bool           // another one says otherwise, or more changed than the base
}

// step takes in how one request ended.
func (t *trail) step(o fetch.Outcome) {
	if t.asked++; isGone(o.Err) {
		t.buried++
	}
	switch {
	case o.Err != nil:
		return
	case o.Asked == t.base:
		t.own = &o
		return
	}
	to, derived, plain := rebase(t.base, o)
	if !derived {
		return
	}
	if t.made++; t.made == 1 {
		t.to = to
	}
	t.split = t.split || !plain || to != t.to
}

// gone reports whether a poll that failed with err says that all is gone for
// good. That one month of an archive is says nothing of the archive.
func (t *trail) gone(err error) bool { return isGone(err) && t.buried == t.asked }

// end tells where the base leads for good, which is nowhere if what the
// requests say does not agree; known is false if none said anything.
func (t *trail) end() (to string, known bool) {
	switch {
	case t.own != nil:
		return ownMove(*t.own), true
	case t.made == 0:
		return "", false
	case t.split:
		return "", true
	}
	return t.to, true
}

// ownMove is where an address itself leads. Braces in it would stand for a year
// and a month.
func ownMove(o fetch.Outcome) string {
	if strings.ContainsAny(o.Permanent, "{}") {
		return ""
	}
	return o.Permanent
}

// rebase tells where a base leads when an address that was made from it does:
// one below it, or one with the year and month in place of {YYYY} and {MM}. The
// redirect must have left alone all that is not the base; plain is false if it
// did not. derived is false if the address is not one made from the base.
func rebase(base string, o fetch.Outcome) (to string, derived, plain bool) {
	head, dated := strings.TrimSuffix(base, "/"), strings.IndexByte(base, '{')
	if dated >= 0 {
		head = base[:dated]
	}
	rest, ok := strings.CutPrefix(o.Asked, head)
	if !ok || dated < 0 && !strings.HasPrefix(rest, "/") {
		return "", false, false
	}
	if o.Permanent == "" {
		return "", true, true
	}
	moved, ok := strings.CutSuffix(o.Permanent, rest)
	if !ok || strings.ContainsAny(moved, "{}") || repeats(rest, head, moved) {
		return "", true, false
	}
	return moved + base[len(head):], true, true
}

var numbers = regexp.MustCompile(`\d{2,}`)

// repeats reports whether a new base holds a number of what follows it, such as
// the year in /2026/2026-11.mbox, that the old one did not: the next file would
// stand elsewhere. Ports and addresses of hosts are none.
func repeats(rest, old, moved string) bool {
	was := numbers.FindAllString(old, -1)
	following := numbers.FindAllString(rest, -1)
	return slices.ContainsFunc(numbers.FindAllString(pathOf(moved), -1), func(n string) bool {
		return slices.Contains(following, n) && !slices.Contains(was, n)
	})
}

// pathOf is what follows the host.
func pathOf(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		return rest[i:]
	}
	return ""
}
