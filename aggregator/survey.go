// This file looks a feed's XML over before it is parsed: how deep it goes, where
// its entries stand, and where it breaks.

package aggregator

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
)

// maxDepth bounds the nesting of elements. The parser of feeds recurses, and a
// stack that overflows cannot be recovered from.
const maxDepth = 2000

// entryMarks is what gofeed does not tell of an entry.
type entryMarks struct {
	title, summary, content string // type attributes of its texts
	language                string // xml:lang, inherited
	span                           // where it stands
}

// span is a part of the text.
type span struct{ begin, end int64 }

// surveyed is what a walk over a feed finds.
type surveyed struct {
	entries []entryMarks // of the whole entries
	aside   []span       // the entries, and around them what changes with them
	mixed   bool         // the entries stand at two depths
	whole   []byte       // the document up to the end of its last whole entry, closed behind it; nil if there is none or nothing is broken
}

// survey walks a document as leniently as its parser does. err says where and
// why the walk ended too early.
func survey(text []byte) (surveyed, error) {
	w := walk{d: lenient(text)}
	for {
		w.at = w.d.InputOffset()
		token, err := w.d.RawToken()
		if errors.Is(err, io.EOF) && len(w.open) == 0 {
			return surveyed{entries: w.entries, aside: w.aside, mixed: w.mixed}, nil
		}
		if errors.Is(err, io.EOF) {
			err = w.fault("the document ends within <%s>", nameOf(w.open[len(w.open)-1].name))
		}
		if err == nil {
			err = w.token(token)
		}
		if err != nil {
			return surveyed{entries: w.entries, whole: closed(text, w.cut, w.around)}, err
		}
	}
}

// walk is a survey under way.
type walk struct {
	d       *xml.Decoder
	at      int64 // where the token begins
	open    []element
	entry   entryMarks // of the open entry
	within  int        // how many elements are open around the open entry, and it; 0 if there is none
	entries []entryMarks
	depth   int  // of the first entry
	mixed   bool // another stands at another depth
	passing span // the open element around the entries that changes with them
	passed  int  // how many elements are open around it, and it; 0 if there is none
	aside   []span
	cut     int64     // where the last whole entry ends
	around  []element // open there
}

type element struct {
	name     xml.Name
	language string // xml:lang, inherited
}

func (w *walk) fault(format string, args ...any) error {
	line, _ := w.d.InputPos()
	return fmt.Errorf("line %d: "+format, append([]any{line}, args...)...)
}

func (w *walk) token(token xml.Token) error {
	switch token := token.(type) {
	case xml.StartElement:
		if len(w.open) >= maxDepth {
			return fmt.Errorf("elements are nested more than %d deep", maxDepth)
		}
		w.start(token)
	case xml.EndElement:
		return w.end(token)
	case xml.Comment:
		if w.within == 0 && w.passed == 0 {
			w.aside = append(w.aside, span{w.at, w.d.InputOffset()})
		}
	}
	return nil
}

func (w *walk) start(token xml.StartElement) {
	e := element{name: token.Name}
	if n := len(w.open); n > 0 {
		e.language = w.open[n-1].language
	}
	kind := ""
	for _, a := range token.Attr {
		switch {
		case a.Name.Space == "xml" && a.Name.Local == "lang":
			e.language = a.Value
		case a.Name.Space == "" && a.Name.Local == "type":
			kind = a.Value
		}
	}
	w.open = append(w.open, e)
	depth := len(w.open)
	switch {
	case w.within == 0 && isEntry(token.Name) && (depth == 2 || depth == 3):
		w.within, w.passed = depth, 0
		w.depth = cmp.Or(w.depth, depth)
		w.mixed = w.mixed || w.depth != depth
		w.entry = entryMarks{language: e.language, span: span{begin: w.at}}
	case w.within == 0 && w.passed == 0 && passes(token.Name) && (depth == 2 || depth == 3):
		w.passed, w.passing.begin = depth, w.at
	case w.within > 0 && depth == w.within+1 && token.Name.Space == w.open[depth-2].name.Space:
		w.entry.mark(token.Name.Local, kind)
	}
}

func (m *entryMarks) mark(name, kind string) {
	switch name {
	case "title":
		m.title = kind
	case "summary":
		m.summary = kind
	case "content":
		m.content = kind
	}
}

func (w *walk) end(token xml.EndElement) error {
	depth := len(w.open)
	for depth > 0 && w.open[depth-1].name != token.Name {
		depth-- // what was left open ends here too
	}
	if depth == 0 {
		return w.fault("</%s> closes nothing", nameOf(token.Name))
	}
	w.open = w.open[:depth-1]
	if w.within >= depth {
		w.entry.end = w.endOf(w.within, depth)
		w.within = 0
		w.entries = append(w.entries, w.entry)
		w.aside = append(w.aside, w.entry.span)
	}
	if w.passed >= depth {
		w.passing.end = w.endOf(w.passed, depth)
		w.passed = 0
		w.aside = append(w.aside, w.passing)
	}
	if isEntry(token.Name) && len(w.open) <= 2 {
		w.cut, w.around = w.d.InputOffset(), append(w.around[:0], w.open...)
	}
	return nil
}

// endOf is where an element of a depth ends, now that one of another depth is
// closed: before the tag, if that is of an element around it.
func (w *walk) endOf(depth, closed int) int64 {
	if depth > closed {
		return w.at
	}
	return w.d.InputOffset()
}

// lenient reads UTF-8 text that says it is XML, whatever charset it declares.
func lenient(text []byte) *xml.Decoder {
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Strict = false
	d.Entity = xml.HTMLEntity
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	return d
}

func isEntry(n xml.Name) bool { return n.Local == "item" || n.Local == "entry" }

// passes reports whether an element of the feed itself is another whenever an
// entry comes, and bears on none: when it changed, and which entries it has (RSS
// 1.0, OpenSearch).
func passes(n xml.Name) bool {
	return slices.Contains([]string{"updated", "pubDate", "lastBuildDate", "date", "modified", "items", "totalResults"}, n.Local)
}

// nameOf is a raw name as written: RawToken leaves the prefix in Space.
func nameOf(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}

// closed ends the text at cut and closes the elements open there.
func closed(text []byte, cut int64, open []element) []byte {
	if cut == 0 {
		return nil
	}
	text = bytes.Clone(text[:cut])
	for _, e := range slices.Backward(open) {
		text = append(text, "</"+nameOf(e.name)+">"...)
	}
	return text
}
