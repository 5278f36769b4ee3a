// This file looks a feed's XML over before it is parsed: how deep it goes, and
// where it breaks.

package aggregator

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
)

// maxDepth bounds the nesting of elements. The parser of feeds recurses, and a
// stack that overflows cannot be recovered from.
const maxDepth = 2000

// survey walks a document as leniently as its parser does. whole is the
// document up to the end of its last whole entry, closed behind it; nil when
// there is no whole entry. err says where and why the walk ended too early.
func survey(text []byte) (whole []byte, err error) {
	d := lenient(text)
	var open []xml.Name
	var cut int64
	var around []xml.Name // open elements at the cut
	for {
		token, err := d.RawToken()
		if err != nil {
			line, _ := d.InputPos()
			switch {
			case !errors.Is(err, io.EOF):
			case len(open) > 0:
				err = fmt.Errorf("line %d: the document ends within <%s>", line, nameOf(open[len(open)-1]))
			default:
				err = nil
			}
			return closed(text, cut, around), err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if open = append(open, token.Name); len(open) > maxDepth {
				return closed(text, cut, around), fmt.Errorf("elements are nested more than %d deep", maxDepth)
			}
		case xml.EndElement:
			depth := len(open)
			for depth > 0 && open[depth-1] != token.Name {
				depth-- // what was left open ends here too
			}
			if depth == 0 {
				line, _ := d.InputPos()
				return closed(text, cut, around), fmt.Errorf("line %d: </%s> closes nothing", line, nameOf(token.Name))
			}
			open = open[:depth-1]
			if isEntry(token.Name) && len(open) <= 2 {
				cut, around = d.InputOffset(), append(around[:0], open...)
			}
		}
	}
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

// nameOf is a raw name as written: RawToken leaves the prefix in Space.
func nameOf(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}

// closed ends the text at cut and closes the elements open there.
func closed(text []byte, cut int64, open []xml.Name) []byte {
	if cut == 0 {
		return nil
	}
	text = bytes.Clone(text[:cut])
	for _, name := range slices.Backward(open) {
		text = append(text, "</"+nameOf(name)+">"...)
	}
	return text
}
