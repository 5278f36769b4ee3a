// HTML: an edition as a piece of a web page or of a feed entry.

package editions

import (
	"html/template"
	"strings"

	"github.com/draftwire/draftwire/markup"
)

// HTML is the edition, or one part of it from 1, as a piece of a page: an
// element that holds the h1, without html, head and body. Part 0 is everything
// and has no navigation between parts.
func (e *Edition) HTML(l Links, part int) template.HTML {
	return l.render("page", pageView{e.view(l, part)})
}

// pageView is a view with what only HTML needs.
type pageView struct{ view }

// partsView is one of the two navigations of a page. Their names differ, so
// that who hears the page can tell them apart.
type partsView struct {
	Label, Where  string
	Links         []partLink
	Before, After *labelled // neighbours, at the end of the page only
}

// Above is the navigation before the items.
func (v pageView) Above() partsView {
	where := v.messages.Part(v.Part, len(v.Nav))
	return partsView{Label: v.PartsWord, Where: where, Links: v.Nav}
}

// Below is the navigation behind the items, with the ways to the neighbours.
func (v pageView) Below() partsView {
	below := v.Above()
	below.Label = below.Where
	if p := v.Part - 2; p >= 0 && p < len(v.Nav) {
		below.Before = &labelled{v.Previous, v.Nav[p].Address}
	}
	if p := v.Part; p > 0 && p < len(v.Nav) {
		below.After = &labelled{v.Following, v.Nav[p].Address}
	}
	return below
}

// Start is the number of a section's first item.
func (s sectionView) Start() int { return s.Items[0].Number }

// Datetime is the edition's time as HTML has it.
func (v pageView) Datetime() string {
	if v.Edition.Session != nil {
		return v.Edition.FirstDay
	}
	return v.Edition.Label
}

// itemPage is an item with the words its template needs.
type itemPage struct {
	itemView
	Words *messages
	Fact  string
	style *strings.Replacer // for the elements of the abstract; nil is none
}

// Of joins an item with the page's words.
func (v pageView) Of(item itemView) itemPage { return itemPage{item, v.messages, v.Fact, nil} }

// BodyHTML is the summary, or the abstract where there is none, made safe by
// package markup; WholeHTML the abstract beside a summary.
func (p itemPage) BodyHTML() template.HTML { return p.safe(p.Body) }

// WholeHTML is documented with BodyHTML.
func (p itemPage) WholeHTML() template.HTML { return p.safe(p.Whole) }

func (p itemPage) safe(text string) template.HTML {
	s := markup.FromText(text)
	if p.style != nil {
		s = p.style.Replace(s)
	}
	return template.HTML(s) //nolint:gosec // built and escaped by markup.FromText
}
