package filters_test

import (
	"fmt"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/filters"
)

func ExampleParse() {
	q, err := filters.Parse(`wg:QUIC AND NOT "Multiple Paths"`)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(q)
	// Output: group:quic -"multiple path"
}

func ExampleErrors_Draw() {
	_, err := filters.Parse(`group:quic OR gruop:masque`)
	fmt.Println(err)
	// Output:
	// 15: unknown field "gruop"
	// 	group:quic OR gruop:masque
	// 	              ^^^^^
	// 	did you mean "group"? fields: abstract, after, area, author, before, body, changed, date, event, group, kind, lang, level, list, name, obsoletes, pages, replaces, rev, source, state, stream, text, title, topic, updates, within
}

func ExampleQuery_Explain() {
	q, err := filters.Parse(`group:quic post-quantum`)
	if err != nil {
		fmt.Println(err)
		return
	}
	it := filters.NewItem(&catalog.Event{
		Document: "draft-ietf-quic-example",
		Facts:    catalog.Facts{Title: "Postquantum QUIC", Group: "quic"},
	})
	e := q.Explain(it)
	fmt.Println(e.Sentence())
	for _, part := range e.Parts {
		fmt.Println(part.Matched, part.Query, "by", part.Place)
	}
	// Output:
	// It matches: group:quic, title "Postquantum".
	// true group:quic by group quic
	// true post-quantum by title "Postquantum"
}
