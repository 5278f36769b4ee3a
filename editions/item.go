// Items: what an edition keeps of an event, made clean.

package editions

import (
	"cmp"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/markup"
)

// Bounds of what one item may take, in bytes. Real titles and abstracts stay
// far below.
const (
	maxLine     = 500
	maxAbstract = 6000
	maxAuthors  = 30
	maxAddress  = 1000
)

func (n Newsletter) item(f found, b background) Item {
	links := catalog.LinksTo(f.Event)
	item := Item{
		Key: f.Key, Document: clean(f.Document), Rev: clean(f.DraftRev()), Name: clean(f.NameRev()),
		Kind: f.Kind, Event: f.first().Event.Event, Title: clean(f.Facts.Title),
		Group: clean(f.Facts.Group), Stream: f.Facts.Stream, Level: f.Facts.Level, Pages: f.Facts.Pages,
		Summary: markup.Clean(summarise(f.Facts.Abstract)), Detail: detail(f.Event),
		Abstract: cleanAbstract(f.Facts.Abstract), Language: languageOf(f.Event),
		Published: f.Published.UTC(), Day: f.Published.In(n.zone()).Format(time.DateOnly),
		Change: b.changes[f.ID], Text: b.texts[f.ID], Origin: b.origins[f.ID],
		Approximate: f.Precision != catalog.Exact, Late: f.late, Older: n.postings(f),
		Links: ItemLinks{
			Page: address(links.Page), HTML: address(links.HTML), Text: address(links.Text), Diff: address(diffOf(f, links.Diff)),
			Mail: address(f.Archived),
		},
	}
	item.Title = cmp.Or(item.Title, item.Name)
	if item.Links.Mail == item.Links.Page {
		item.Links.Mail = ""
	}
	for _, name := range f.Facts.AuthorNames() {
		if name = clean(name); name != "" && len(item.Authors) < maxAuthors {
			item.Authors = append(item.Authors, name)
		}
	}
	return item
}

// detail is what an event's identity holds that people want to know.
func detail(e catalog.Event) string {
	if e.Event == catalog.LastCall || e.Event == catalog.IESGAction {
		return clean(e.Part)
	}
	return ""
}

// clean is one harmless line of bounded length.
func clean(s string) string { return shortened(markup.Clean(s), maxLine) }

// cleanAbstract is harmless paragraphs of bounded length. The first line keeps
// its indent, since what lines up with it tells prose from drawings.
func cleanAbstract(s string) string {
	s = strings.TrimRight(markup.CleanText(s), " \t\n")
	for {
		first, rest, more := strings.Cut(s, "\n")
		if !more || strings.TrimSpace(first) != "" {
			return shortened(s, maxAbstract)
		}
		s = rest
	}
}

// shortened cuts at the last blank before the bound, and says so.
func shortened(s string, bound int) string {
	if len(s) <= bound {
		return s
	}
	cut := bound
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	if blank := strings.LastIndexAny(s[:cut], " \n"); blank > cut/2 {
		cut = blank
	}
	return strings.TrimRight(s[:cut], " \n") + " …"
}

var languageTag = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$`)

// languageOf is the language of an event's texts. What the IETF publishes is
// English; of a post that does not say, nothing is known.
func languageOf(e catalog.Event) string {
	switch {
	case languageTag.MatchString(e.Facts.Language):
		return e.Facts.Language
	case e.Kind == catalog.Post:
		return ""
	}
	return "en"
}

// address keeps what a browser may safely follow.
func address(s string) string {
	u, err := url.Parse(s)
	if err != nil || len(s) > maxAddress || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return u.String()
}
