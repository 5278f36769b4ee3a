// JSON Feed 1.1 (jsonfeed.org/version/1.1), from the types of gorilla/feeds.

package feeds

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	gfeeds "github.com/gorilla/feeds"
)

type jsonFeed struct {
	gfeeds.JSONFeed
	Items []*jsonItem `json:"items"` // required, also when there are none
}

type jsonItem struct {
	gfeeds.JSONItem
	Language string `json:"language,omitempty"`
}

func (f *Feeds) writeJSON(doc *feed, in *format) ([]byte, error) {
	out := jsonFeed{
		JSONFeed: gfeeds.JSONFeed{
			Version: "https://jsonfeed.org/version/1.1", Title: doc.Title, Description: doc.Subtitle, Language: doc.Lang,
			HomePageUrl: doc.Page, FeedUrl: doc.Self.in(in), NextUrl: doc.next(in),
			UserComment: "This is a feed: paste its address into a feed reader to follow it. How to: " + f.cfg.Base + "/reading",
			Authors:     []*gfeeds.JSONAuthor{{Name: f.cfg.Title, Url: f.cfg.Base + "/"}},
		},
		Items: []*jsonItem{},
	}
	for _, e := range doc.Entries {
		out.Items = append(out.Items, newJSONItem(e))
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // it is never read as HTML, and half the size
	enc.SetIndent("", " ")
	if err := enc.Encode(out); err != nil {
		return nil, fmt.Errorf("write JSON Feed: %w", err)
	}
	return b.Bytes(), nil
}

// next is where the items before these are: JSON Feed has one word for the
// next page and for the archive before.
func (f *feed) next(in *format) string {
	for _, s := range f.Series {
		if s.Rel == "next" || s.Rel == "prev-archive" {
			return s.To.in(in)
		}
	}
	return ""
}

func newJSONItem(e entry) *jsonItem {
	published, updated := e.Published.UTC(), e.Updated.UTC()
	item := &jsonItem{
		JSONItem: gfeeds.JSONItem{
			Id: e.ID, Url: e.alternate(), Title: e.Title, Summary: e.Summary, ContentHTML: e.Content,
			PublishedDate: &published, ModifiedDate: &updated,
		},
		Language: e.Lang,
	}
	for _, name := range e.Authors {
		item.Authors = append(item.Authors, &gfeeds.JSONAuthor{Name: name})
	}
	for _, c := range e.Categories { // a topic may have the name of a group
		if !slices.Contains(item.Tags, c.Term) {
			item.Tags = append(item.Tags, c.Term)
		}
	}
	return item
}
