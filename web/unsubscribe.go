// The way out: a page with a button, and one-click unsubscription (RFC 8058).

package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/draftwire/draftwire/editions"
	"github.com/draftwire/draftwire/store"
)

type unsubscribeBody struct {
	Address    string // masked: who finds the link need not learn it
	Newsletter string
	Ended      bool // before or just now
}

// askUnsubscribe shows a page with a button. It changes nothing, since programs
// follow links in mails too.
func (w *Web) askUnsubscribe(r *http.Request) (*page, error) {
	s, err := w.subscriptionOf(r.Context(), r.PathValue("token"))
	if err != nil {
		return nil, err
	}
	return w.unsubscribePage(r, s, !s.Ended.IsZero()), nil
}

// unsubscribe ends the subscription, at once and however often it is asked. A
// mail program posts List-Unsubscribe=One-Click (RFC 8058, section 3.2), the
// button does the same; the token alone is the authority, so the body is not
// read.
func (w *Web) unsubscribe(r *http.Request) (*page, error) {
	s, err := w.subscriptionOf(r.Context(), r.PathValue("token"))
	if err != nil {
		return nil, err
	}
	// Whoever has asked to leave may hang up before we are done.
	ctx := context.WithoutCancel(r.Context())
	var ended bool
	err = w.cfg.DB.Update(ctx, func(tx *store.Tx) (err error) {
		ended, err = tx.Unsubscribe(ctx, s.ID, w.cfg.Now())
		return err
	})
	if err != nil {
		return nil, err
	}
	if ended {
		w.cfg.Log.Info("unsubscribed", "subscription", s.ID, "newsletter", s.Newsletter)
	}
	return w.unsubscribePage(r, s, true), nil
}

func (w *Web) subscriptionOf(ctx context.Context, token string) (store.Subscription, error) {
	unknown := absence{http.StatusNotFound, func(m *messages) string { return m.BadToken }}
	id, ok := store.ParseUnsubscribeToken(w.cfg.Secret, token)
	if !ok {
		return store.Subscription{}, unknown
	}
	s, err := w.cfg.DB.Subscription(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return store.Subscription{}, unknown
	}
	return s, err
}

func (w *Web) unsubscribePage(r *http.Request, s store.Subscription, ended bool) *page {
	title, language := s.Newsletter, ""
	if i := slices.IndexFunc(w.cfg.Newsletters, func(n editions.Newsletter) bool { return n.Name == s.Newsletter }); i >= 0 {
		title, language = cmp.Or(w.cfg.Newsletters[i].Title, title), w.cfg.Newsletters[i].Language
	}
	m := wordsFor(r, language)
	return &page{
		Title: m.Unsubscribe, Template: "unsubscribe", Private: true, Words: m,
		Body: unsubscribeBody{Address: masked(s.Address), Newsletter: title, Ended: ended},
	}
}

// masked shows the first character of an address and its domain.
func masked(address string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 1 {
		return "•••"
	}
	_, n := utf8.DecodeRuneInString(address)
	return address[:n] + "•••" + address[at:]
}
