// HTML made safe: cut down by tokens, by policy and as a tree, until it stays
// as it is.

package markup

import (
	"errors"
	"io"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxRounds is how often Sanitize tries to reach HTML that no longer changes.
// Ordinary HTML takes one round and one to see it; misnested links and tables
// take another.
const maxRounds = 5

// Sanitize returns HTML that may be embedded in a page: balanced, of
// allow-listed elements without id, class and style, but with lang, and with
// links to http, https and mailto only. Relative links are resolved against
// base, an absolute URL; without one they become plain text. Images and scripts
// are dropped.
//
// The result is stable: Sanitize of it returns the same. What is nested
// deeper than 512 elements, or has more than 20,000 tags, becomes its text.
func Sanitize(s, base string) string {
	at, _ := url.Parse(base)
	if at != nil && !at.IsAbs() {
		at = nil
	}
	for range maxRounds {
		nodes, ok := tree(s, at)
		if !ok {
			break
		}
		next := render(nodes)
		if next == s {
			return s
		}
		s = next
	}
	// Escaped, a text may grow fivefold, and has to stay within what is read.
	return "<p>" + html.EscapeString(cut(Clean(bareText(s)), maxHTML/8)) + "</p>"
}

// tree parses HTML as the content of a div that holds nothing unsafe; ok is
// false if it cannot be had within bounds. Text in it is harmless already.
func tree(s string, base *url.URL) ([]*html.Node, bool) {
	if s = harmless(cut(s, maxHTML)); !isBare(s) {
		s = policy.Sanitize(prune(s))
	}
	if strings.Count(s, "<") > maxTags {
		return nil, false
	}
	return parse(s, base)
}

// isBare reports whether all tags are of elements that prune and the policy leave
// as they are, without attributes: most entries of feeds are no more than that,
// and reading them once is enough.
func isBare(s string) bool {
	for {
		_, tag, ok := strings.Cut(s, "<")
		if !ok {
			return true
		}
		end := strings.IndexByte(tag[:min(len(tag), len("/blockquote>"))], '>')
		if end < 0 || !bare[strings.TrimPrefix(tag[:end], "/")] {
			return false
		}
		s = tag[end+1:]
	}
}

// parse is tree for HTML that is known to be safe.
func parse(s string, base *url.URL) (kept []*html.Node, ok bool) {
	nodes, err := html.ParseFragment(strings.NewReader(s), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
	if err != nil {
		return nil, false
	}
	for _, n := range nodes {
		kept = append(kept, plain(n, base)...)
	}
	return kept, true
}

// cut bounds s to n bytes, at the end of a rune.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}

// prune drops opaque elements with their content, and comments. It works on
// tokens, so that no input can make it build a tree. An element that is not
// closed takes the rest with it.
func prune(s string) string {
	if !strings.Contains(s, "<") {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	z := html.NewTokenizer(strings.NewReader(s))
	for inside, depth := "", 0; ; {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return b.String()
		case html.CommentToken, html.DoctypeToken:
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			raw := string(z.Raw()) // before TagName, which folds its case in place
			tag, _ := z.TagName()
			name := string(tag)
			switch {
			case depth > 0 && name == inside && kind == html.StartTagToken:
				depth++
			case depth > 0 && name == inside && kind == html.EndTagToken:
				depth--
			case depth > 0:
			case opaque[name] && kind == html.StartTagToken:
				inside, depth = name, 1
			case !opaque[name]:
				b.WriteString(raw)
			}
		default:
			if depth == 0 {
				b.Write(z.Raw())
			}
		}
	}
}

// plain returns n in the plain form of our pages, or what it holds if n itself
// has to go.
func plain(n *html.Node, base *url.URL) []*html.Node {
	if n.Type == html.TextNode {
		n.Data = harmless(n.Data) // character references hide from the first look
		return []*html.Node{n}
	}
	if n.Type != html.ElementNode {
		return nil
	}
	var held []*html.Node
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		n.RemoveChild(c)
		held = append(held, plain(c, base)...)
		c = next
	}
	if n.DataAtom == atom.A && !relink(n, base) || n.DataAtom == atom.Span && len(n.Attr) == 0 {
		return held
	}
	if to, ok := plainer[n.DataAtom]; ok {
		n.DataAtom, n.Data = to, to.String()
	}
	for _, c := range held {
		n.AppendChild(c)
	}
	return []*html.Node{n}
}

// relink makes the link of an a element absolute and marks it as a stranger's.
// It is false if there is nothing to link to.
func relink(n *html.Node, base *url.URL) bool {
	i := slices.IndexFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "href" })
	if i < 0 {
		return false
	}
	href, ok := link(n.Attr[i].Val, base)
	if !ok {
		return false
	}
	n.Attr = []html.Attribute{{Key: "href", Val: href}, {Key: "rel", Val: linkRel}}
	return true
}

// linkRel goes with every link out of a page of ours.
const linkRel = "nofollow noopener noreferrer"

// link returns where href leads, made absolute by base, which may be nil; ok
// is false for anything but http, https and mailto.
func link(href string, base *url.URL) (abs string, ok bool) {
	u, err := url.Parse(strings.TrimSpace(href))
	if err != nil {
		return "", false
	}
	if base != nil {
		u = base.ResolveReference(u)
	}
	switch u.Scheme {
	case "http", "https":
		ok = u.Host != ""
	case "mailto":
		ok = u.Opaque != ""
	}
	return u.String(), ok
}

func render(nodes []*html.Node) string {
	var b strings.Builder
	for _, n := range nodes {
		_ = html.Render(&b, n) // fails only as its writer does
	}
	return b.String()
}

// bareText is the text of HTML that is not worth a tree: the text tokens, with
// a blank for each tag.
func bareText(s string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(prune(harmless(cut(s, maxHTML)))))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if !errors.Is(z.Err(), io.EOF) {
				return ""
			}
			return b.String()
		case html.TextToken:
			b.Write(z.Text())
		default:
			b.WriteByte(' ')
		}
	}
}
