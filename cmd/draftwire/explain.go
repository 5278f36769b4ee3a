package main

// This file prints why a query finds a document or does not.

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
	"github.com/draftwire/draftwire/topics"
)

func explainCommand(a *app) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "explain [flags] [--] QUERY DOCUMENT",
		Short: "Say why a query finds a document or does not",
		Long: `Say why a query finds a document or does not: the sentence that decides it, and
each part of the query with where it matched. The document is a draft's name,
with revision or without, also a former one, or an RFC; without a revision, its
newest event is explained. topic:NAME explains a topic.

With --json, one object with the keys query, document, rev, event, title,
published, matched, sentence, tree (query, matched, place, reason, parts) and
history (document, rev, event, title, published, matched).`,
		Example: `  draftwire explain topic:quic draft-ietf-quic-multipath-18
  draftwire explain 'group:tls -kind:post' 'RFC 8446'`,
		Args: exactly(2, "a query, quoted as one argument, and a document"),
		ValidArgsFunction: func(c *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return completeQuery(a)(c, args, typed)
		},
		RunE: func(c *cobra.Command, args []string) error {
			q, err := a.query(args[0])
			if err != nil {
				return err
			}
			return a.readFor(c.Context(), func(cfg settings, db *store.DB) error {
				q, err := cfg.settled(c.Context(), db, q)
				if err != nil {
					return err
				}
				var e *topics.Explanation
				err = db.View(c.Context(), func(r *store.Reader) (err error) {
					e, err = topics.Explain(c.Context(), r, q, args[1])
					return err
				})
				if err != nil {
					return err
				}
				w := bufio.NewWriter(a.out)
				if asJSON {
					err = writeExplanationJSON(w, args[0], e)
				} else {
					err = writeExplanation(w, e)
				}
				return errors.Join(err, w.Flush())
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object")
	return c
}

func writeExplanation(w io.Writer, e *topics.Explanation) error {
	if err := writeLine(w, e.Event); err != nil {
		return err
	}
	fmt.Fprintln(w, e.Sentence())
	fmt.Fprintln(w)
	writeTree(w, e.Tree, 0)
	if len(e.History) < 2 {
		return nil
	}
	fmt.Fprintf(w, "\nOf this document it finds %s of %d:\n", counted(e.Matches(), "event"), len(e.History))
	const most = 20
	for i, v := range e.History {
		if i == most {
			fmt.Fprintf(w, "  and %d more\n", len(e.History)-most)
			break
		}
		fmt.Fprintf(w, "  %-3s  %s  %-9s %s\n", yesNo(v.Matched), v.Event.Published.Format(time.DateOnly), v.Event.Event, v.Event.NameRev())
	}
	return nil
}

// writeTree prints a part of a query a line, parts of parts below it. What
// parts have in common with the whole is told by the parts.
func writeTree(w io.Writer, e filters.Explanation, depth int) {
	line := fmt.Sprintf("%-3s  %s%s", yesNo(e.Matched), strings.Repeat("   ", depth), oneLine(e.Query, 100))
	if why := e.Reason; len(e.Parts) == 0 && why != "" && why != e.Query {
		line += "   (" + oneLine(why, 160) + ")"
	}
	fmt.Fprintln(w, line)
	for _, part := range e.Parts {
		writeTree(w, part, depth+1)
	}
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// oneLine cuts a text to n characters.
func oneLine(s string, n int) string {
	runes := []rune(strings.Join(strings.Fields(s), " "))
	if len(runes) > n {
		return string(runes[:n]) + "…"
	}
	return string(runes)
}

// explanation is one as `explain --json` prints it. Its keys are stable.
type explanation struct {
	Query string `json:"query"`
	example
	Matched  bool      `json:"matched"`
	Sentence string    `json:"sentence"`
	Tree     treePart  `json:"tree"`
	History  []verdict `json:"history"`
}

type treePart struct {
	Query   string     `json:"query"`
	Matched bool       `json:"matched"`
	Place   string     `json:"place"`
	Reason  string     `json:"reason"`
	Parts   []treePart `json:"parts,omitempty"`
}

type verdict struct {
	example
	Matched bool `json:"matched"`
}

func writeExplanationJSON(w io.Writer, query string, e *topics.Explanation) error {
	v := explanation{
		Query: query, example: exampleOf(e.Event), Matched: e.Tree.Matched, Sentence: e.Sentence(), Tree: partOf(e.Tree),
	}
	for _, h := range e.History {
		v.History = append(v.History, verdict{exampleOf(h.Event), h.Matched})
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

func partOf(e filters.Explanation) treePart {
	p := treePart{Query: e.Query, Matched: e.Matched, Place: e.Place, Reason: e.Reason}
	for _, part := range e.Parts {
		p.Parts = append(p.Parts, partOf(part))
	}
	return p
}
