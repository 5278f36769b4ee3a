package editions

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/store"
)

func TestSubjectIsShort(t *testing.T) {
	for _, language := range []string{"en", "ja"} {
		e := unpublished()
		e.Language, e.Title = language, strings.Repeat("長い題", 200)
		if n := utf8.RuneCountInString(e.Subject()); n > 170 {
			t.Errorf("%s: %d characters: %s", language, n, e.Subject())
		}
	}
}

// Every language has every word, for every kind.
func TestMessagesAreComplete(t *testing.T) {
	for tag, m := range languages {
		v := reflect.ValueOf(*m)
		for i := range v.NumField() {
			if v.Field(i).IsZero() {
				t.Errorf("%s has no %s", tag, v.Type().Field(i).Name)
			}
		}
		if m.Tag != tag {
			t.Errorf("%s calls itself %s", tag, m.Tag)
		}
		for _, kind := range []store.AlarmKind{store.Silence, store.Drop, store.Failing, store.Gone, store.Stopped} {
			if m.Missing[kind] == nil {
				t.Errorf("%s has no words for %s", tag, kind)
			}
		}
		for _, kind := range catalog.EventKinds() {
			if m.Events[kind] == "" {
				t.Errorf("%s has no word for event %s", tag, kind)
			}
		}
		for _, kind := range catalog.Kinds() {
			if m.Page[kind] == "" {
				t.Errorf("%s has no word for the page of a %s", tag, kind)
			}
		}
		for _, level := range catalog.Levels() {
			if m.Levels[level] == "" {
				t.Errorf("%s has no word for level %s", tag, level)
			}
		}
	}
	for tag, want := range map[string]string{"ja-JP": "ja", "JA": "ja", "en-GB": "en", "de": "en", "": "en"} {
		if got := messagesIn(tag).Tag; got != want {
			t.Errorf("%q: got %s, want %s", tag, got, want)
		}
	}
}

func TestDays(t *testing.T) {
	tests := []struct{ lang, first, last, want string }{
		{"en", "2025-12-07", "2025-12-07", "Sunday, 7 December 2025"},
		{"en", "2025-12-01", "2025-12-07", "1–7 December 2025"},
		{"en", "2025-11-24", "2025-12-01", "24 November – 1 December 2025"},
		{"en", "2025-12-29", "2026-01-04", "29 December 2025 – 4 January 2026"},
		{"ja", "2025-12-07", "2025-12-07", "2025年12月7日（日）"},
		{"ja", "2025-12-01", "2025-12-07", "2025年12月1日〜7日"},
		{"ja", "2025-11-24", "2025-12-01", "2025年11月24日〜12月1日"},
		{"ja", "2025-12-29", "2026-01-04", "2025年12月29日〜2026年1月4日"},
	}
	for _, tt := range tests {
		if got := messagesIn(tt.lang).Days(parseDay(tt.first), parseDay(tt.last)); got != tt.want {
			t.Errorf("%s %s to %s: got %q, want %q", tt.lang, tt.first, tt.last, got, tt.want)
		}
	}
}

func TestLinks(t *testing.T) {
	e := &Edition{Newsletter: "a b", Label: "2025-W49"}
	for _, tt := range []struct{ got, want string }{
		{site.Edition(e, 0), "https://wire.example.org/newsletters/a%20b/2025-W49"},
		{site.Edition(e, 1), "https://wire.example.org/newsletters/a%20b/2025-W49"},
		{Links{}.Edition(e, 3), "/newsletters/a%20b/2025-W49/3"},
		{site.Topic("quic"), "https://wire.example.org/topics/quic"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %s, want %s", tt.got, tt.want)
		}
	}
}

func TestEventsTellUntilWhen(t *testing.T) {
	for _, tt := range []struct {
		item   Item
		en, ja string
	}{
		{Item{Event: catalog.LastCall, Detail: "2026-03-18"}, "IETF Last Call until 18 March 2026", "IETFラストコール（2026年3月18日まで）"},
		{Item{Event: catalog.LastCall, Detail: "soon"}, "IETF Last Call", "IETFラストコール"},
		{Item{Event: catalog.IESGAction, Detail: "ps"}, "IESG action: Proposed Standard", "IESGの決定：標準化への提唱"},
		{Item{Event: catalog.IESGAction, Detail: "ps", Level: catalog.ProposedStandard}, "IESG action", "IESGの決定"},
		{Item{Event: catalog.IESGAction, Detail: "approved"}, "IESG action", "IESGの決定"},
	} {
		if en, ja := english.eventWord(tt.item), japanese.eventWord(tt.item); en != tt.en || ja != tt.ja {
			t.Errorf("%+v: got %q and %q, want %q and %q", tt.item, en, ja, tt.en, tt.ja)
		}
	}
}
