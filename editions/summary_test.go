package editions

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSummarise(t *testing.T) {
	long := strings.Repeat("This sentence is only there to fill the abstract with words. ", 400)
	for _, tt := range []struct{ name, in, want string }{
		{"none", "", ""},
		{"one", "This document specifies a pigeon.", "This document specifies a pigeon."},
		{"what it is for", "Pigeons are old. This document specifies a pigeon. It allows receivers to wait. Hawks are quicker.", "This document specifies a pigeon. It allows receivers to wait. Hawks are quicker."},
		{
			"what it changes", "This document specifies a pigeon. Some say it flies. This document updates RFC 1149.",
			"This document specifies a pigeon. Some say it flies. This document updates RFC 1149.",
		},
		{
			"boilerplate", "Discussion of this document takes place on the birds mailing list (birds@example.org).\n\n" +
				"This note is to be removed before publishing as an RFC.\n\nThis document defines wings.\n\n" +
				"Source for this draft and an issue tracker can be found at https://github.com/x/y.",
			"This document defines wings.",
		},
		{"only boilerplate", "This document is a product of the Internet Research Task Force.", ""},
		{"a list is no prose", "This document defines:\n\n- wings;\n- beaks.\n\nThe wings carry letters.", "The wings carry letters."},
		{
			"a dash that begins a line", "The protocols that carry our letters today\n- such as pigeons - are slow. This draft defines\nquicker ones.",
			"The protocols that carry our letters today - such as pigeons - are slow. This draft defines quicker ones.",
		},
		{"half a sentence before a list", "This document is on birds. It defines\n\n- wings;\n- beaks.", "This document is on birds."},
		{"a quotation before a list", "This document says \"fly.\"\n\n- wings;\n- beaks.", "This document says \"fly.\""},
		{"no carrier", "BLS is a scheme. Given a set, anyone can add. Furthermore, it is new. No more fits.", "BLS is a scheme. Given a set, anyone can add. Furthermore, it is new."},
		{"short", "Letters are slow. It is why we fly. This memo describes flight.", "Letters are slow. It is why we fly. This memo describes flight."},
		{"nothing leans on air", "Letters are slow. It is why we fly. This memo describes flight. " + long, "This memo describes flight. " + strings.TrimSpace(strings.Repeat("This sentence is only there to fill the abstract with words. ", 2))},
		{"a drawing", "+---+\n| x |\n+---+", ""},
		{"a heading", "Abstract", ""},
		{"half", strings.Repeat("word ", 20000), ""},
		{"Japanese", "本文書は鳩による手紙の運び方を定める。鷹のほうが速い場合の扱いも示す。", "本文書は鳩による手紙の運び方を定める。鷹のほうが速い場合の扱いも示す。"},
		{"20 KB", "This memo describes flight. " + long, "This memo describes flight. " + strings.TrimSpace(strings.Repeat("This sentence is only there to fill the abstract with words. ", 2))},
	} {
		if got := summarise(tt.in); got != tt.want {
			t.Errorf("%s\n got %q\nwant %q", tt.name, got, tt.want)
		}
	}
}

// A summary of a real abstract is made of its sentences, and says what the
// document is for where the abstract does.
func TestSummariesOfRealAbstracts(t *testing.T) {
	for _, d := range seeds(t) {
		got, text := summarise(d.Abstract), strings.Join(strings.Fields(d.Abstract), " ")
		if d.Abstract == "" {
			continue
		}
		if got == "" || len(got) > maxSentence+summaryRoom {
			t.Errorf("%s: %d bytes", d.Title, len(got))
		}
		for _, s := range sentences(got) {
			if !strings.Contains(text, s) {
				t.Errorf("%s: not in the abstract: %s", d.Title, s)
			}
		}
		if carrier.MatchString(text) != carrier.MatchString(got) {
			t.Errorf("%s: does not say what the document does: %s", d.Title, got)
		}
	}
}

// seed is a draft of a real day, as far as it is known.
type seed struct{ Date, Title, Name, Rev, WG, Abstract string }

// seeds reads the drafts of four real days.
func seeds(t testing.TB) []seed {
	t.Helper()
	dir := os.Getenv("DRAFTWIRE_CORPUS")
	if dir == "" {
		if os.Getenv("DRAFTWIRE_REQUIRE") == "1" {
			t.Fatal("DRAFTWIRE_CORPUS is not set, and DRAFTWIRE_REQUIRE=1 asks for it")
		}
		t.Skip("DRAFTWIRE_CORPUS is not set")
	}
	raw, err := os.ReadFile(filepath.Join(dir, "seeds-drafts.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Drafts []seed }
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	return file.Drafts
}

func FuzzSummarise(f *testing.F) {
	f.Add("This document (e.g. RFC 1) defines x. It is. \n\n- a\n\n本文書は。「」")
	f.Fuzz(func(t *testing.T, s string) {
		got := summarise(s)
		if len(got) > maxSentence+summaryRoom+maxSummary || utf8.ValidString(s) && !utf8.ValidString(got) {
			t.Errorf("%q: %q", s, got)
		}
	})
}
