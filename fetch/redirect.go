// Redirects: where they may lead, and whether they are for good.

package fetch

import (
	"fmt"
	"net/http"
	"slices"
)

const maxRedirects = 5

// follow moves t to a redirect's target.
func (t *trip) follow(location string, status int) error {
	refuse := func(target, reason string) error {
		return &RedirectError{Chain: append(t.chain, target), Reason: reason}
	}
	if len(location) > maxURL {
		return refuse(location[:100]+"...", "redirect to an endless URL")
	}
	u, err := t.at.Parse(location)
	if err != nil {
		return refuse(fmt.Sprintf("%q", location), "redirect to something that is no URL")
	}
	u.Fragment, u.RawFragment, u.User = "", "", nil
	if u.Scheme == t.at.Scheme && u.Host == t.at.Host {
		u.User = t.at.User
	}
	target := u.Redacted()
	switch {
	case !web(u):
		return refuse(target, "redirect to something other than http and https")
	case slices.Contains(t.chain, target):
		return refuse(target, "redirect loop")
	case len(t.chain) > maxRedirects:
		return refuse(target, fmt.Sprintf("more than %d redirects", maxRedirects))
	}
	if status != http.StatusMovedPermanently && status != http.StatusPermanentRedirect {
		t.moved = true
	}
	if !t.moved {
		t.permanent = bare(u)
	}
	t.at, t.chain = u, append(t.chain, target)
	return nil
}
