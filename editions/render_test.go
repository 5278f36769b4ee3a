package editions

import (
	"encoding/json"
	"flag"
	"html/template"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/draftwire/draftwire/catalog"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; go test ./editions -update writes it", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

var site = Links{Base: "https://wire.example.org"}

const paragraph = "This document describes a way to carry letters by pigeon, and what a receiver has to do when a hawk " +
	"is quicker. It replaces the habit of asking the pigeon."

// sample is a week of a small wire: several kinds, a late item, text of several
// shapes, hostile text and Japanese.
func sample(t testing.TB, language string) *Edition {
	w := newWire(t, "pigeons", "letters")
	w.keep(at("2025-12-01 00:00"), "birds")
	authors := []catalog.Author{{Name: "Ada Wing"}, {Name: "Bo Beak"}}
	w.add(
		happening{name: "draft-ietf-coop-carrying-00", at: at("2025-12-02 10:00"), topics: []string{"pigeons", "letters"}, facts: catalog.Facts{
			Title: "Carrying Letters", Abstract: "   " + paragraph + "\n\n   It says:\n\n   o  feed it;\n   o  let it go.\n\n" +
				"   +-------+      +-------+\n   | coop  |----->| roof  |\n   +-------+      +-------+",
			Authors: authors, Group: "coop", Stream: catalog.IETF, Level: catalog.ProposedStandard, Pages: 12,
		}},
		happening{name: "draft-wing-hawks-03", at: at("2025-12-03 10:00"), topics: []string{"pigeons"}, facts: catalog.Facts{
			Title: "Hawks <script>alert(\"x\")</script> & *their* [habits](http://evil.example/) _in_ `code`", Abstract: paragraph +
				" See https://example.org/a_b for <b>more</b>.", Authors: authors[:1], Pages: 1,
		}},
		happening{name: "rfc9999", at: at("2025-12-04 10:00"), topics: []string{"letters"}, facts: catalog.Facts{
			Title: "Letters: Their Weight", Abstract: paragraph, Stream: catalog.IRTF, Level: catalog.Experimental, Pages: 30,
		}},
		happening{name: "draft-ietf-coop-weights-07", at: at("2025-12-04 11:00"), event: catalog.LastCall},
		happening{name: "draft-nest-eggs-01", at: at("2025-11-30 10:00"), recorded: at("2025-12-01 10:00")},
		happening{name: "msg-1", at: at("2025-12-05 10:00"), facts: catalog.Facts{
			Title: "鳩による手紙の運び方について、受け取り側がすべきことをまとめた文書(第二版)を公開しました", Language: "ja", URL: "https://example.jp/鳩",
			Abstract: "この文書は、鳩で手紙を運ぶ方法と、鷹のほうが速かった場合に受け取り側がすべきことを説明します。「鳩に尋ねる」という習慣を置き換えるものです。",
		}},
	)
	n := Newsletter{Name: "birds", Title: "Birds of the Week", Topics: []string{"pigeons", "letters"}, Rest: true, Cadence: Weekly, Language: language}
	if language == "ja" {
		n.Title, n.Titles = "週刊「鳩」", map[string]string{"pigeons": "鳩", "letters": "手紙"}
	}
	closed, _ := w.closeDue(n, "2025-12-08 00:00")
	return closed[0]
}

func TestGolden(t *testing.T) {
	for _, language := range []string{"en", "ja"} {
		e := sample(t, language)
		mail, complete := e.MailHTML(site, 0)
		if !complete {
			t.Error("without a limit the mail is not complete")
		}
		golden(t, language+".text", e.Text(site, 0))
		golden(t, language+".markdown", e.Markdown(site))
		golden(t, language+".html", string(e.HTML(site, 0)))
		golden(t, language+".mail", string(mail))
		golden(t, language+".lines", e.Subject()+"\n\n"+e.Summary(site)+"\n")
	}
	model, err := json.MarshalIndent(sample(t, "en"), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "en.json", string(model)+"\n") // how editions are stored: old ones must still be read
	e := unpublished()
	short, _ := e.MailHTML(site, 4000)
	golden(t, "part.text", e.Text(site, 2))
	golden(t, "part.html", string(e.HTML(site, 2)))
	golden(t, "short.mail", string(short))
}

// Every format has what a reader needs of each item.
func TestEveryFormatIsWhole(t *testing.T) {
	e := sample(t, "en")
	mail, _ := e.MailHTML(site, 0)
	page := string(e.HTML(site, 0))
	for format, got := range map[string]string{"text": e.Text(site, 0), "html": page, "mail": string(mail), "markdown": e.Markdown(site)} {
		for _, want := range []string{
			"Birds of the Week", "1–7 December 2025", "No. 1", "Internet-Drafts: 2 (1 new)", "RFCs: 1", "Other events: 2", "Late, from earlier editions: 1",
			"Topic pigeons", "Everything else", "Carrying Letters", "draft-ietf-coop-carrying-00", "group coop", "Ada Wing, Bo Beak", "12 pages",
			"carry letters by pigeon", "https://datatracker.ietf.org/doc/draft-wing-hawks/", "https://www.ietf.org/archive/id/draft-wing-hawks-03.html",
			"https://author-tools.ietf.org/iddiff?url2=draft-wing-hawks-03", "https://www.rfc-editor.org/info/rfc9999", "RFC 9999",
			"late: published 30 November 2025", "Also in: ", "Why it is here: group:letters matched", "https://wire.example.org/newsletters/birds/2025-W49",
			"鳩による手紙の運び方",
		} {
			if want == "https://wire.example.org/newsletters/birds/2025-W49" && format == "html" {
				continue // it is that page
			}
			if !strings.Contains(got, want) {
				t.Errorf("%s has no %q", format, want)
			}
		}
	}
}

// unpublished is an edition of three parts that was never published.
func unpublished() *Edition {
	e := sized(12, 30, 1)
	e.Newsletter, e.Title, e.Label, e.Zone, e.Language = "daily", "The Daily Draft", "2025-12-07", "UTC", "en"
	e.FirstDay, e.LastDay, e.Counts.Drafts = "2025-12-07", "2025-12-07", 43
	return e
}

func TestCompositionSaysSo(t *testing.T) {
	for _, e := range []*Edition{unpublished(), newWire(t).compose(Newsletter{Name: "n", Language: "ja"}, "2025-12-07")} {
		mail, _ := e.MailHTML(site, 0)
		notice := messagesIn(e.Language).Composition
		for format, got := range map[string]string{
			"text": e.Text(site, 1), "html": string(e.HTML(site, 1)), "mail": string(mail), "markdown": e.Markdown(site), "summary": e.Summary(site),
		} {
			if !strings.Contains(got, notice) {
				t.Errorf("%s in %s does not say %q", format, e.Language, notice)
			}
		}
		e.Closed, e.Number = time.Now(), 1
		if got := e.Text(site, 0); strings.Contains(got, notice) || !strings.Contains(got, messagesIn(e.Language).Number(1)) {
			t.Errorf("an edition says that it is none:\n%s", got)
		}
	}
}

func TestMailHTMLStaysUnderItsLimit(t *testing.T) {
	e := unpublished()
	whole, _ := e.MailHTML(site, 0)
	for limit := 3000; limit < len(whole)+500; limit += 97 {
		got, complete := e.MailHTML(site, limit)
		items := strings.Count(string(got), "<h3 ")
		if len(got) > limit || complete != (items == 43) || strings.Contains(string(got), "<strong>"+english.More(43-items)) == complete {
			t.Fatalf("limit %d: %d bytes, %d items, complete %v", limit, len(got), items, complete)
		}
		wellFormed(t, got)
	}
	if _, complete := e.MailHTML(site, len(whole)); !complete {
		t.Error("what fits exactly is cut")
	}
	if got, complete := e.MailHTML(site, 1); complete || !strings.Contains(string(got), english.More(43)) {
		t.Errorf("without room for an item: %v\n%s", complete, got)
	}
}

// wellFormed checks that elements are closed in order.
func wellFormed(t testing.TB, fragment template.HTML) {
	t.Helper()
	var open []string
	z := html.NewTokenizer(strings.NewReader(string(fragment)))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) != 0 {
				t.Fatalf("not closed: %v", open)
			}
			return
		case html.StartTagToken:
			if name := z.Token().Data; name != "br" {
				open = append(open, name)
			}
		case html.EndTagToken:
			name := z.Token().Data
			if len(open) == 0 || open[len(open)-1] != name {
				t.Fatalf("</%s> closes %v", name, open)
			}
			open = open[:len(open)-1]
		}
	}
}

// Every id is there once, and every link within the page has where to go.
func TestAnchors(t *testing.T) {
	for _, e := range []*Edition{unpublished(), sample(t, "en"), newConference(t).report(canada, "124/hotrfc/sessa")} {
		for part := range e.Parts() + 1 {
			page := e.HTML(site, part)
			wellFormed(t, page)
			ids, links := map[string]int{}, []string{}
			z := html.NewTokenizer(strings.NewReader(string(page)))
			for z.Next() != html.ErrorToken {
				for _, a := range z.Token().Attr {
					switch {
					case a.Key == "id":
						ids[a.Val]++
					case a.Key == "href" && strings.HasPrefix(a.Val, "#"):
						links = append(links, a.Val[1:])
					case a.Key == "aria-labelledby":
						links = append(links, a.Val)
					}
				}
			}
			for id, n := range ids {
				if n > 1 {
					t.Errorf("part %d: id %s stands %d times", part, id, n)
				}
			}
			for _, l := range links {
				if ids[l] == 0 {
					t.Errorf("part %d: %q leads nowhere", part, l)
				}
			}
		}
	}
}

func TestTextWidth(t *testing.T) {
	for _, language := range []string{"en", "ja"} {
		for line := range strings.SplitSeq(sample(t, language).Text(site, 0), "\n") {
			if columns(line) > textColumns && !strings.Contains(line, "://") {
				t.Errorf("%s: %d columns: %s", language, columns(line), line)
			}
			if strings.TrimRight(line, " ") != line {
				t.Errorf("%s: blanks at the end of %q", language, line)
			}
		}
	}
}
