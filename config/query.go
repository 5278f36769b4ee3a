package config

import (
	"errors"

	"github.com/draftwire/draftwire/filters"
)

// Query is the text of a query with its tree.
type Query struct {
	Text string
	Tree *filters.Query
}

// UnmarshalText takes the text; it is read when the whole file is known.
func (q *Query) UnmarshalText(text []byte) error {
	q.Text = string(text)
	return nil
}

// query reads a query and records each of its faults where it stands in the
// file.
func (k *checker) query(path string, q *Query) {
	tree, err := filters.Parse(q.Text)
	if err == nil {
		q.Tree = tree
		return
	}
	var faults *filters.Errors
	if !errors.As(err, &faults) {
		k.doc.wrong(path, err.Error(), "")
		return
	}
	for _, f := range faults.All {
		if k.doc.has(path) {
			k.doc.at(k.doc.within(path, f.Start, f.End), f.Message, f.Hint)
		} else {
			k.doc.wrong(path, f.Message, f.Hint)
		}
	}
}
