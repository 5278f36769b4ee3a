package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/draftwire/draftwire/store"
)

// subscribe adds a subscription and gives it with its address to unsubscribe.
func (s *site) subscribe(address string) (store.Subscription, string) {
	s.t.Helper()
	s.update(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Subscribe(ctx, "daily", address, s.now)
		return err
	})
	sub, err := s.db.FindSubscription(context.Background(), "daily", address)
	if err != nil {
		s.t.Fatal(err)
	}
	return sub, "/unsubscribe/" + store.UnsubscribeToken(secret, sub.ID)
}

func (s *site) live(id int64) bool {
	s.t.Helper()
	sub, err := s.db.Subscription(context.Background(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	return sub.Ended.IsZero()
}

func TestUnsubscribe(t *testing.T) {
	s := newSite(t)
	ada, link := s.subscribe("ada.long@example.org")
	other, _ := s.subscribe("bo@example.org")

	for _, method := range []string{"GET", "HEAD", "GET"} {
		resp, body := s.ask(method, link, "")
		if resp.StatusCode != http.StatusOK || !s.live(ada.ID) {
			t.Fatalf("%s: %s, still subscribed: %v", method, resp.Status, s.live(ada.ID))
		}
		if resp.Header.Get("Cache-Control") != "no-store" || resp.Header.Get("X-Robots-Tag") != "noindex" {
			t.Errorf("%s may be kept: %v", method, resp.Header)
		}
		if method == "GET" {
			checkPage(t, resp, body)
			for _, want := range []string{`<form method="post">`, "a•••@example.org", "Drafts &amp; RFCs, daily"} {
				if !strings.Contains(body, want) {
					t.Errorf("the page does not say %q", want)
				}
			}
			if strings.Contains(body, "ada.long") {
				t.Error("the page tells the whole address")
			}
		}
	}
	for range 2 { // as a mail program does, RFC 8058; twice is as good as once
		resp, body := s.ask("POST", link, "List-Unsubscribe=One-Click", "Content-Type", "application/x-www-form-urlencoded")
		if resp.StatusCode != http.StatusOK || s.live(ada.ID) || !strings.Contains(body, "You are unsubscribed") {
			t.Fatalf("%s, subscribed: %v\n%s", resp.Status, s.live(ada.ID), body)
		}
		if len(resp.Cookies()) > 0 {
			t.Error("it set cookies")
		}
	}
	if resp, body := s.ask("GET", link, ""); resp.StatusCode != 200 || strings.Contains(body, "<form") {
		t.Errorf("afterwards the page still asks: %s", resp.Status)
	}
	if !s.live(other.ID) {
		t.Error("another's subscription ended too")
	}
}

func TestUnsubscribeOrigins(t *testing.T) {
	const body = "List-Unsubscribe=One-Click"
	for _, tt := range []struct {
		name    string
		headers []string
		want    int
	}{
		{"a mail program", nil, 200},
		{"multipart", []string{"Content-Type", "multipart/form-data; boundary=x"}, 200},
		{"our button", []string{"Sec-Fetch-Site", "same-origin", "Origin", base}, 200},
		{"our button behind a proxy", []string{"Origin", base}, 200},
		{"another site", []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, 403},
		{"another site, old browser", []string{"Origin", "https://evil.example"}, 403},
	} {
		s := newSite(t)
		sub, link := s.subscribe("ada@example.org")
		resp, page := s.ask("POST", link, body, tt.headers...)
		if resp.StatusCode != tt.want || s.live(sub.ID) != (tt.want != 200) {
			t.Errorf("%s: %s, subscribed: %v", tt.name, resp.Status, s.live(sub.ID))
		}
		checkPage(t, resp, page)
	}
}

func TestUnsubscribeRefusesForgery(t *testing.T) {
	s := newSite(t)
	sub, _ := s.subscribe("ada@example.org")
	for _, token := range []string{
		store.UnsubscribeToken([]byte("guess"), sub.ID), store.UnsubscribeToken(secret, 999), strings.Repeat("A", 32), strings.Repeat("A", 5000), "..",
	} {
		resp, _ := s.ask("POST", "/unsubscribe/"+token, "List-Unsubscribe=One-Click")
		if resp.StatusCode == http.StatusOK || !s.live(sub.ID) {
			t.Errorf("token %.40q: %s", token, resp.Status)
		}
	}
}
