package aggregator

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/mail"
)

func TestPostReport(t *testing.T) {
	m := mail.Message{
		ID:         "x@example.org",
		Subject:    "[Kite] Re: [EXT] Rope",
		ListID:     "kite.ietf.org",
		From:       []mail.Address{{Name: "Ida  Jay", Addr: "ida=40example.org@dmarc.ietf.org"}, {Addr: "kai@example.org"}},
		ArchivedAt: "https://mailarchive.ietf.org/arch/msg/kite/abc/",
		Text:       "Hello,\n\nOn Monday, Lea Moth\n<lea@example.org> wrote:\n> Rope?\n\nYes, rope.\n-- \nIda\n",
	}
	want := catalog.Report{
		Document: catalog.PostName("x@example.org"), Kind: catalog.Post, Event: catalog.Posted, Part: "x@example.org",
		Facts: catalog.Facts{
			Title:    "Re: [EXT] Rope",
			Authors:  []catalog.Author{{Name: "Ida Jay", Email: "ida@example.org"}, {Name: "kai", Email: "kai@example.org"}},
			Abstract: "Hello,\n\nYes, rope.",
			URL:      "https://mailarchive.ietf.org/arch/msg/kite/abc/",
		},
	}
	if got := PostReport(m, "digest"); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	m.ID, m.ArchivedAt, m.Text, m.HTML = "", "javascript:alert(1)", "", "<p>Only <b>HTML</b></p>"
	got := PostReport(m, "digest")
	if got.Document != catalog.PostName("digest") || got.Part != "digest" || got.Facts.URL != "" || got.Facts.Abstract != "Only HTML" {
		t.Errorf("without id, with HTML alone: %+v", got)
	}
}

func TestTrimListPrefix(t *testing.T) {
	tests := []struct{ subject, list, to, want string }{
		{"[Kite] Rope", "kite.ietf.org", "", "Rope"},
		{"[Kite] Re: Rope", "kite.ietf.org", "", "Re: Rope"},
		{"[kite] Rope", "", "kite@ietf.org", "Rope"},
		{"[Technical Errata Reported] Rope", "kite.ietf.org", "kite@ietf.org", "[Technical Errata Reported] Rope"},
		{"[Kite]", "kite.ietf.org", "", "[Kite]"},
		{"[] Rope", "kite.ietf.org", "", "[] Rope"},
		{"Rope [Kite]", "kite.ietf.org", "", "Rope [Kite]"},
	}
	for _, tt := range tests {
		m := mail.Message{Subject: tt.subject, ListID: tt.list}
		if tt.to != "" {
			m.To = []mail.Address{{Addr: tt.to}}
		}
		if got := trimListPrefix(m); got != tt.want {
			t.Errorf("%q on %q%q: got %q, want %q", tt.subject, tt.list, tt.to, got, tt.want)
		}
	}
}

func TestOwnWords(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"plain", "One.\n\n\n\nTwo.\n", "One.\n\nTwo."},
		{"signature", "One.\n-- \nIda\n", "One."},
		{"list footer", "One.\n\n_______________________________________________\nkite mailing list\n", "One."},
		{"attribution in German", "Am 3. Mai schrieb Ida Jay:\n> Rope\nJa.\n", "Ja."},
		{"attribution without a date", "Ida Jay writes:\n> Rope\nYes.\n", "Yes."},
		{"colon that is no attribution", "I like this:\n> Rope\n", "I like this:"},
		{"bottom of a forward", "See below.\n\n-------- Forwarded Message --------\nSubject: Rope\n", "See below."},
		{"original message", "Yes.\n-----Original Message-----\nFrom: Ida\n", "Yes."},
		{"header block without a divider", "Yes.\n\nFrom: Ida\nSent: Monday\nTo: Kai\nSubject: Rope\n\nRope?\n", "Yes."},
		{"From: in the text", "From: here to there.\nIt is far.\n", "From: here to there.\nIt is far."},
		{"PGP", "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nYes.\n-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n", "Yes."},
		{"quotation alone", "> Rope\n", ""},
		{"nothing", "", ""},
	}
	for _, tt := range tests {
		if got := excerpt(ownWords(bodyLines(tt.text)), maxExcerpt); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestShorten(t *testing.T) {
	tests := []struct {
		text, want string
		n          int
	}{
		{"Short.", "Short.", 20},
		{"One sentence. Another one here.", "One sentence.", 20},
		{"No sentence ends in here at all", "No sentence ends…", 20},
		{"Unbroken" + strings.Repeat("x", 30), "Unbrokenxxxxxxxxx…", 20},
		{"長い文章です。次の文章もあります。", "長い文章です。", 30},
		{"語語語語語語語語語語", "語語語語語…", 20},
	}
	for _, tt := range tests {
		got := shorten(tt.text, tt.n)
		if got != tt.want || len(got) > tt.n || !utf8.ValidString(got) {
			t.Errorf("%q to %d: got %q, want %q", tt.text, tt.n, got, tt.want)
		}
	}
}

func FuzzPost(f *testing.F) {
	f.Add("[a] b", "On 1, x wrote:\n> y\nz\n-- \nq")
	f.Add("", "-----BEGIN PGP SIGNED MESSAGE-----\n\n")
	f.Fuzz(func(t *testing.T, subject, text string) {
		facts := PostReport(mail.Message{Subject: subject, Text: text}, "d").Facts
		if len(facts.Title) > maxTitle || len(facts.Abstract) > maxExcerpt {
			t.Errorf("not bounded: %d %d", len(facts.Title), len(facts.Abstract))
		}
		for line := range strings.Lines(facts.Abstract) {
			if isRule(line) || strings.HasPrefix(strings.TrimLeft(line, " "), ">") {
				t.Errorf("abstract holds %q", line)
			}
		}
	})
}
