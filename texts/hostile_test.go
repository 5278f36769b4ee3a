package texts

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/draftwire/draftwire/catalog"

	"github.com/rogpeppe/go-internal/txtar"
)

func TestRefused(t *testing.T) {
	for _, test := range []struct {
		name, raw string
		want      Fault
		says      string
	}{
		{"empty", "", Empty, "empty"},
		{"blank", " \r\n\f\t\n", Empty, "fetch it again"},
		{"only a byte order mark", "\ufeff\n", Empty, "empty"},
		{"html", "\n<!DOCTYPE html>\n<html><body>404</body></html>", HTML, "ends in .txt"},
		{"html without a doctype", "<HTML lang=en><head>", HTML, "HTML page"},
		{"xhtml", "<?xml version=\"1.0\"?>\n<html xmlns=\"http://www.w3.org/1999/xhtml\">", HTML, "HTML page"},
		{"xml2rfc", "<?xml version='1.0' encoding='utf-8'?>\n<rfc ipr=\"trust200902\">", XML, "XML, a draft's source"},
		{"xml2rfc without a declaration", "\ufeff<rfc version=\"3\">", XML, "ends in .txt"},
		{"pdf", "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", PDF, "PDF"},
		{"nul bytes", strings.Repeat("a\x00", 500), Binary, "control characters"},
		{"gzip", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x01\x02", Binary, "no plain text"},
		{"utf-16", "\xff\xfeA\x00b\x00s\x00t\x00r\x00a\x00c\x00t\x00", Binary, "no plain text"},
		{"a byte too many", strings.Repeat("a", MaxSize+1), TooLarge, "2097153 bytes, and at most 2097152"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text, err := Parse([]byte(test.raw))
			var fault *Error
			if !errors.As(err, &fault) || fault.Fault != test.want || fault.Size != len(test.raw) || text != nil {
				t.Fatalf("got %v, %#v, want %s", text, err, test.want)
			}
			if !strings.Contains(err.Error(), test.says) {
				t.Errorf("%q does not say %q", err, test.says)
			}
		})
	}
}

// TestHostile reads what no draft is, but might come; each within a second.
func TestHostile(t *testing.T) {
	largest := MaxSize / 8
	if os.Getenv("DRAFTWIRE_FULL") == "1" {
		largest = MaxSize
	}
	fill := func(s string) string { return strings.Repeat(s, largest/len(s)) }
	number := func(format string, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i+1)
		}
		return b.String()
	}
	r := rand.New(rand.NewPCG(5, 6))
	noise := func(words int) string {
		var b strings.Builder
		for range largest / 5 {
			fmt.Fprintf(&b, "%03x ", r.IntN(words))
			if r.IntN(12) == 0 {
				b.WriteString("\n   ")
			}
		}
		return b.String()
	}
	for name, raw := range map[string]string{
		"blanks of every kind":    "1.  Introduction\n\n   word\n   \u3000\n   here\n\n\u2003\n2.  \u1680\n\n   \u205f\n",
		"authors":                 "Authors' Addresses\n\n" + lettered(number("   A%d B\n   there\n\n", largest/20)),
		"one line of 2 MB":        strings.Repeat("word ", MaxSize/5),
		"one word of 2 MB":        strings.Repeat("w", MaxSize),
		"line ends":               "a" + fill("\n"),
		"form feeds":              fill("a\f"),
		"page after page":         fill("x  [Page 1]\n\fInternet-Draft   x   May 2020\n"),
		"tabs":                    "a" + fill("\t") + "b",
		"20,000 headings":         number("%[1]d.  Heading\n\n", 20_000),
		"headings of one chapter": number("1.%[1]d.  Heading %[1]d\n\n", 20_000),
		"headings of one title":   fill("1.  Heading\n\n   Text.\n\n"),
		"a table of contents":     "Table of Contents\n\n" + fill("1.  Heading\n\n"),
		"unnumbered headings":     fill("Heading\n\n   text\n\n"),
		"deep numbers":            number("1.1.1.1.1.1.1.1.1.1.1.1.1.1.%d.  Deep\n\n   text\n\n", 5000),
		"references":              "1.  References\n\n" + number("   [R%[1]d]  \"T %[1]d\", RFC %[1]d.\n\n", 50_000),
		"an open quotation":       "1.  References\n\n   [A] " + fill("\"x"),
		"open brackets":           "1.  A\n\n   " + fill("["),
		"cross references":        "1.  A\n\n   " + fill("Section 1, "),
		"only cross references":   "1.  A\n\n   Sections " + fill("1, "),
		"names of itself":         "Internet-Draft  draft-a-00\n\n\n   draft-a-00\n\n1.  A\n\n   " + fill("draft-a-00"),
		"captions":                fill("\n\n   Figure 1: x"),
		"hyphens":                 fill("   ab-\n"),
		"a table":                 fill("   | a | b |\n"),
		"noise of few words":      noise(3),
		"noise of some words":     noise(200),
		"noise of many words":     noise(4000),
	} {
		t.Run(name, func(t *testing.T) {
			raw = raw[:min(len(raw), MaxSize)]
			start := time.Now()
			text := parse(t, []byte(raw))
			turned := parse(t, []byte(backwards(raw)))
			parsed := time.Now()
			c := Compare(text, turned)
			compared := time.Now()
			if took := compared.Sub(start); took > limit {
				t.Errorf("%v, of which %v to parse", took, parsed.Sub(start))
			}
			if len(text.Sections) > maxSections+1 || len(text.Body()) > MaxBody || len(c.Sections) > 2*maxSections+2 {
				t.Errorf("%d sections, a body of %d bytes, %d changes", len(text.Sections), len(text.Body()), len(c.Sections))
			}
			if same := Compare(text, text); !slices.Equal(same.Marks, []Mark{catalog.ChangedNothing}) || same.Sections != nil {
				t.Errorf("the text and itself: %d changes, %v", len(same.Sections), same.Marks)
			}
		})
	}
}

// limit is generous: the machine may be busy, and the detector of races slow.
const limit = 8 * time.Second

// lettered is text with letters for its digits.
func lettered(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r - '0' + 'a'
		}
		return r
	}, text)
}

// backwards is text with its lines in the other order.
func backwards(text string) string {
	lines := strings.Split(text, "\n")
	slices.Reverse(lines)
	return strings.Join(lines, "\n")
}

// seeds are the texts of all pairs.
func seeds(f *testing.F) (pairs [][2][]byte) {
	f.Helper()
	files, err := filepath.Glob("testdata/pairs/*.txtar")
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for _, file := range files {
		if info, err := os.Stat(file); err != nil || info.Size() > 20_000 {
			continue
		}
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		pairs = append(pairs, [2][]byte{archive.Files[0].Data, archive.Files[1].Data})
	}
	return pairs
}

func FuzzParse(f *testing.F) {
	for _, pair := range seeds(f) {
		f.Add(pair[1])
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		start := time.Now()
		text, err := Parse(raw)
		if err != nil {
			var fault *Error
			if !errors.As(err, &fault) || text != nil {
				t.Fatal(text, err)
			}
			return
		}
		for _, s := range text.Sections {
			if len(s.Title) > maxTitle || s.Title == "" && len(s.Paragraphs) == 0 {
				t.Errorf("section %q %q", s.Number, s.Title)
			}
			for _, p := range s.Paragraphs {
				if strings.TrimSpace(p) == "" || strings.Contains(p, cutMark) || strings.ContainsAny(p, "\r\f\x00\t") {
					t.Errorf("paragraph %q", p)
				}
			}
		}
		if len(text.Body()) > MaxBody {
			t.Error("the body is too long")
		}
		if took := time.Since(start); took > limit {
			t.Error(took)
		}
	})
}

func FuzzCompare(f *testing.F) {
	for _, pair := range seeds(f) {
		f.Add(pair[0], pair[1])
	}
	f.Fuzz(func(t *testing.T, one, other []byte) {
		x, err := Parse(one)
		if err != nil {
			return
		}
		y, err := Parse(other)
		if err != nil {
			return
		}
		start := time.Now()
		checkTurned(t, x, y)
		for _, text := range []*Text{x, y} {
			if c := Compare(text, text); c.Sections != nil || !slices.Equal(c.Marks, []Mark{catalog.ChangedNothing}) || c.Kept != 1 {
				t.Errorf("a text and itself: %s", told(c))
			}
		}
		if took := time.Since(start); took > limit {
			t.Error(took)
		}
	})
}
