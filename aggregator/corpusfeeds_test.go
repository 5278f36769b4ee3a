package aggregator

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

// shape is what an entry of a feed has, counted without the parser under test.
type shape struct{ title, link, date, id bool }

// shapes counts the entries of a document that is well-formed: XML that a
// strict parser reads to its end once it is UTF-8, or JSON. ok is false for
// other documents, and for what is no feed.
func shapes(text []byte) (list []shape, ok bool) {
	if len(text) > 0 && text[0] == '{' {
		return jsonShapes(text)
	}
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Entity = xml.HTMLEntity
	var open []xml.StartElement
	var at *shape
	for {
		token, err := d.Token()
		if err != nil {
			return list, errors.Is(err, io.EOF) && ok
		}
		switch token := token.(type) {
		case xml.StartElement:
			if len(open) == 0 {
				ok = token.Name.Local == "rss" || token.Name.Local == "feed" || token.Name.Local == "RDF"
			}
			open = append(open, token.Copy())
			if depth := len(open); token.Name.Local == entryName(open[0]) && (depth == 2 || depth == 3) {
				list = append(list, shape{})
				at = &list[len(list)-1]
			}
			if at != nil {
				at.attributes(token)
			}
		case xml.EndElement:
			open = open[:len(open)-1]
			if isEntry(token.Name) && len(open) <= 2 {
				at = nil
			}
		case xml.CharData:
			if at != nil && len(bytes.TrimSpace(token)) > 0 {
				at.text(open)
			}
		}
	}
}

func entryName(root xml.StartElement) string {
	if root.Name.Local == "feed" {
		return "entry"
	}
	return "item"
}

// entryChild reports whether the innermost element belongs to the entry itself.
func entryChild(open []xml.StartElement) bool {
	return len(open) > 1 && isEntry(open[len(open)-2].Name)
}

var atomSpaces = []string{"http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#"}

func (s *shape) attributes(e xml.StartElement) {
	if e.Name.Local != "link" {
		return
	}
	rel, href := "alternate", ""
	for _, a := range e.Attr {
		switch a.Name.Local {
		case "rel":
			rel = a.Value
		case "href":
			href = strings.TrimSpace(a.Value)
		}
	}
	if href != "" && rel == "alternate" {
		s.link = true
	}
}

func (s *shape) text(open []xml.StartElement) {
	e := open[len(open)-1]
	inTitle := false
	for _, o := range open {
		inTitle = inTitle || o.Name.Local == "title" && o.Name.Space != "http://search.yahoo.com/mrss/"
	}
	s.title = s.title || inTitle
	if !entryChild(open) {
		return
	}
	switch e.Name.Local {
	case "link":
		s.link = s.link || !strings.Contains(strings.Join(atomSpaces, " "), cmp.Or(e.Name.Space, "none"))
	case "pubDate", "date", "published", "updated", "issued", "modified", "created":
		s.date = true
	case "id", "guid":
		s.id = true
	}
}

func jsonShapes(text []byte) (list []shape, ok bool) {
	var doc struct {
		Version string
		Items   []struct {
			ID            any
			URL, Title    string
			ExternalURL   string `json:"external_url"`
			DatePublished string `json:"date_published"`
			DateModified  string `json:"date_modified"`
		}
	}
	if json.Unmarshal(text, &doc) != nil || doc.Version == "" {
		return nil, false
	}
	for _, i := range doc.Items {
		list = append(list, shape{i.Title != "", i.URL != "" || i.ExternalURL != "", i.DatePublished+i.DateModified != "", i.ID != nil && i.ID != ""})
	}
	return list, true
}

// knownGaps names the well-formed feeds of the corpus that do not give all,
// and why.
var knownGaps = map[string]string{
	"feedparser/atom03/entry_created.xml": "the parser passes over created, an element of Atom 0.3 beside issued and modified",
}

// TestCorpusFeeds holds that every well-formed feed gives all its entries,
// with title, link, date and id wherever the source has them.
func TestCorpusFeeds(t *testing.T) {
	root := filepath.Join(corpus(t), "feeds")
	files, wellFormed, whole := 0, 0, 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "LICENSE" || d.Name() == "README.md" {
			return err
		}
		files++
		name, _ := filepath.Rel(root, path)
		body := []byte(readFile(t, path))
		entries, err := ParseFeed(body, "", "https://example.org/feeds/"+d.Name())
		for _, e := range entries {
			raw, err := json.Marshal(e)
			if err != nil || !utf8.Valid(raw) {
				t.Errorf("%s: entry %q cannot be kept: %v", name, e.ID, err)
			}
			if back, err := (Received{Raw: raw}).asEntry(); err != nil || !reflect.DeepEqual(back, e) {
				t.Errorf("%s: entry %q comes back another: %v", name, e.ID, err)
			}
		}
		want, ok := shapes(normalise(body, ""))
		if !ok {
			t.Logf("%s: not well-formed: %d entries, %v", name, len(entries), err)
			return nil
		}
		wellFormed++
		gap := missing(entries, want)
		if err != nil {
			gap = append(gap, err.Error())
		}
		if len(gap) == 0 {
			whole++
		}
		if reason, known := knownGaps[name]; known != (len(gap) > 0) {
			t.Errorf("%s: %d entries lack %v; expected: %q", name, len(want), gap, reason)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d files, %d well-formed feeds, %d of them give everything", files, wellFormed, whole)
	if wellFormed < 100 || whole*100 < wellFormed*99 {
		t.Errorf("%d of %d well-formed feeds give everything, want 99 %%", whole, wellFormed)
	}
}

func missing(entries []Entry, want []shape) (gap []string) {
	if len(entries) != len(want) {
		return []string{"entries"}
	}
	for i, e := range entries {
		for _, c := range []struct {
			what string
			lost bool
		}{
			{"title", want[i].title && strings.TrimSpace(e.Title) == ""},
			{"link", want[i].link && e.Link == ""},
			{"date", want[i].date && e.Published.IsZero() && e.Updated.IsZero()},
			{"id", want[i].id && e.ID == ""},
		} {
			if c.lost {
				gap = append(gap, c.what)
			}
		}
	}
	return gap
}
