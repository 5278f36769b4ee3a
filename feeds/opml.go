// Lists of feeds to import into a reader (OPML 2.0, opml.org/spec2.opml).

package feeds

import (
	"context"
	"encoding/xml"
	"fmt"
	"slices"

	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
)

type opml struct {
	XMLName xml.Name  `xml:"opml"`
	Version string    `xml:"version,attr"`
	Title   string    `xml:"head>title"`
	Docs    string    `xml:"head>docs"`
	Body    []outline `xml:"body>outline"`
}

// outline is a folder, or a feed, which has a type.
type outline struct {
	Type        string    `xml:"type,attr,omitempty"`
	Text        string    `xml:"text,attr"`
	Title       string    `xml:"title,attr,omitempty"`
	Description string    `xml:"description,attr,omitempty"`
	XMLURL      string    `xml:"xmlUrl,attr,omitempty"`
	HTMLURL     string    `xml:"htmlUrl,attr,omitempty"`
	Feeds       []outline `xml:"outline"`
}

// list makes the list of all topics and newsletters, or that of an area.
func (f *Feeds) list(ctx context.Context, r *store.Reader, k key) (made, error) {
	all, err := r.Topics(ctx)
	if err != nil {
		return made{}, err
	}
	all = slices.DeleteFunc(all, func(t store.Topic) bool { return !t.Gone.IsZero() })
	out := opml{Version: "2.0", Title: f.cfg.Title, Docs: "http://opml.org/spec2.opml"}
	if k.name == "" {
		out.Body = folders(outline{Text: "Newsletters", Feeds: f.newsletterOutlines()}, outline{Text: "Topics", Feeds: f.topicOutlines(all)})
	} else if err := f.listArea(ctx, r, k.name, all, &out); err != nil {
		return made{}, err
	}
	text, err := xml.MarshalIndent(out, "", "  ")
	if err != nil {
		return made{}, fmt.Errorf("write OPML: %w", err)
	}
	return made{body: append(append([]byte(xml.Header), text...), '\n'), changed: f.began()}, nil
}

// listArea lists the feed of an area, the topics that ask for it or for one of
// its groups, and the groups.
func (f *Feeds) listArea(ctx context.Context, r *store.Reader, area string, all []store.Topic, out *opml) error {
	areas, err := r.Areas(ctx)
	if err != nil {
		return err
	}
	if !slices.Contains(areas, area) {
		return fmt.Errorf("area %q: %w", area, store.ErrNotFound)
	}
	groups, err := r.GroupsOf(ctx, area)
	if err != nil {
		return err
	}
	out.Title += ": area " + area
	everything := f.outline("Area "+area, "Everything of the area "+area+".", f.self(key{kind: aQuery, name: "area:" + area}), "")
	of := outline{Text: "Groups"}
	for _, group := range groups {
		of.Feeds = append(of.Feeds, f.outline("Group "+group, "", f.self(key{kind: aGroup, name: group}), ""))
	}
	about := slices.DeleteFunc(all, func(t store.Topic) bool { return !asksFor(t, area, groups) })
	out.Body = append([]outline{everything}, folders(outline{Text: "Topics", Feeds: f.topicOutlines(about)}, of)...)
	return nil
}

// asksFor reports whether a topic's query names an area or one of the groups.
func asksFor(t store.Topic, area string, groups []string) bool {
	q, err := filters.Parse(t.Query)
	if err != nil {
		return false
	}
	return slices.Contains(q.Values("area"), area) ||
		slices.ContainsFunc(q.Values("group"), func(group string) bool { return slices.Contains(groups, group) })
}

// folders leaves out the empty ones.
func folders(list ...outline) []outline {
	return slices.DeleteFunc(list, func(o outline) bool { return len(o.Feeds) == 0 })
}

func (f *Feeds) topicOutlines(list []store.Topic) (out []outline) {
	for _, t := range list {
		out = append(out, f.outline(title(t.Title, t.Name), t.Description,
			f.address("topics", t.Name, "feed"), f.address("topics", t.Name).path))
	}
	return out
}

func (f *Feeds) newsletterOutlines() (out []outline) {
	for _, n := range f.cfg.Newsletters {
		out = append(out, f.outline(title(n.Title, n.Name), "",
			f.address("newsletters", n.Name, "feed"), f.address("newsletters", n.Name).path))
	}
	return out
}

// outline makes a feed's. Its type is rss for Atom too, by custom.
func (f *Feeds) outline(text, description string, feed address, page string) outline {
	text = clean(text)
	return outline{Type: "rss", Text: text, Title: text, Description: clean(description), XMLURL: feed.in(atomFormat), HTMLURL: page}
}
