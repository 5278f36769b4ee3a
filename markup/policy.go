// The allow-list: which elements and attributes of a stranger's HTML stay.

package markup

import (
	"regexp"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html/atom"
)

// policy has neither id, class and style nor images, forms and frames. Links
// may be relative here; relink resolves them.
var policy = func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements(
		"h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "br", "hr", "blockquote", "pre", "figure", "figcaption",
		"article", "aside", "details", "footer", "header", "main", "nav", "section", "summary",
		"ul", "ol", "li", "dl", "dt", "dd",
		"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td",
		"em", "strong", "b", "i", "code", "kbd", "samp", "tt", "var", "sub", "sup", "q", "cite", "abbr", "del", "ins",
	)
	p.AllowNoAttrs().OnElements("article", "aside", "details", "footer", "header", "main", "nav", "section",
		"summary", "figure", "figcaption", "tfoot", "caption", "samp", "kbd", "var", "tt", "q", "cite", "del", "ins")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.AllowRelativeURLs(true)
	p.RequireParseableURLs(true)
	number := regexp.MustCompile(`^[1-9][0-9]{0,2}$`)
	p.AllowAttrs("colspan", "rowspan").Matching(number).OnElements("td", "th")
	p.AllowAttrs("start").Matching(number).OnElements("ol")
	p.AllowAttrs("lang").Matching(regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$`)).Globally() // RFC 5646
	p.AllowElements("span")                                                                                 // for its lang
	return p
}()

// plainer maps an element to the one that says the same in our pages; the
// tree is rewritten with it.
var plainer = map[atom.Atom]atom.Atom{
	atom.Article: atom.Div, atom.Aside: atom.Div, atom.Details: atom.Div, atom.Footer: atom.Div,
	atom.Header: atom.Div, atom.Main: atom.Div, atom.Nav: atom.Div, atom.Section: atom.Div, atom.Summary: atom.Div,
	atom.B: atom.Strong, atom.I: atom.Em, atom.Tt: atom.Code,
}

// opaque elements are dropped with all they hold: it is not text for people,
// or only for those whose reader shows no frames.
var opaque = map[string]bool{
	"script": true, "style": true, "title": true, "template": true, "noscript": true, "noembed": true,
	"noframes": true, "iframe": true, "object": true, "applet": true, "audio": true, "video": true, "canvas": true,
	"svg": true, "math": true, "select": true, "textarea": true, "xmp": true, "plaintext": true,
}

// bare elements may stand without attributes, and hold text as any other.
var bare = map[string]bool{
	"p": true, "br": true, "br/": true, "br /": true, "div": true, "blockquote": true, "ul": true, "ol": true, "li": true,
	"h1": true, "h2": true, "h3": true, "h4": true, "h5": true, "h6": true, "pre": true,
	"em": true, "strong": true, "b": true, "i": true, "code": true,
}
