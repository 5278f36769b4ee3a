package store_test

import (
	"math"
	"strings"
	"testing"

	"github.com/draftwire/draftwire/store"
)

var tokenSecret = []byte("thirty-two bytes of test secret.")

func TestUnsubscribeToken(t *testing.T) {
	seen := map[string]bool{}
	for _, id := range []int64{0, 1, 2, 1 << 40, math.MaxInt64} {
		token := store.UnsubscribeToken(tokenSecret, id)
		if seen[token] {
			t.Errorf("two subscriptions share the token %s", token)
		}
		seen[token] = true
		if strings.Trim(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" || len(token) != 32 {
			t.Errorf("token %q does not fit an address", token)
		}
		if got, ok := store.ParseUnsubscribeToken(tokenSecret, token); !ok || got != id {
			t.Errorf("token of %d gave %d, %v", id, got, ok)
		}
	}
}

func TestUnsubscribeTokenRefused(t *testing.T) {
	good := store.UnsubscribeToken(tokenSecret, 7)
	for _, tt := range []struct{ name, token string }{
		{"empty", ""},
		{"short", good[:31]},
		{"long", good + "A"},
		{"another's id", store.UnsubscribeToken(tokenSecret, 8)[:11] + good[11:]},
		{"another's code", good[:11] + store.UnsubscribeToken(tokenSecret, 8)[11:]},
		{"not base64url", strings.Repeat("+", 32)},
		{"another secret", store.UnsubscribeToken([]byte("other"), 7)},
		{"line end", good[:30] + "\r\n"},
	} {
		if id, ok := store.ParseUnsubscribeToken(tokenSecret, tt.token); ok {
			t.Errorf("%s: taken for subscription %d", tt.name, id)
		}
	}
}

func FuzzParseUnsubscribeToken(f *testing.F) {
	f.Add(store.UnsubscribeToken(tokenSecret, 7))
	f.Add("")
	f.Add(strings.Repeat("_", 32))
	f.Fuzz(func(t *testing.T, token string) {
		id, ok := store.ParseUnsubscribeToken(tokenSecret, token)
		if ok && store.UnsubscribeToken(tokenSecret, id) != token {
			t.Errorf("%q is a second spelling of the token of %d", token, id)
		}
	})
}
