// This file reads and writes lists of feeds in OPML 2.0.

package aggregator

import (
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/draftwire/draftwire/markup"
)

// OPMLFeed is one feed of a list.
type OPMLFeed struct {
	URL        string   // http or https
	Title      string   // one line; may be empty
	HTMLURL    string   // the page the feed belongs to; may be empty
	Categories []string // the folders it stands in, outermost first joined by "/", and its category attribute; sorted
}

const (
	maxOPML      = 8 << 20 // bytes
	maxOPMLFeeds = 10_000
	maxOPMLDepth = 50
	maxFolder    = 200 // bytes of a category
)

// ReadOPML lists the feeds of an OPML document of any version, each address
// once, in the order of the document, and the titles of those left out, since
// their address is not one of http. A feed in several folders has them all as
// categories. Outlines that are no feeds are passed over; a document without any
// feed gives an empty list.
func ReadOPML(r io.Reader) (feeds []OPMLFeed, left []string, err error) {
	body, err := io.ReadAll(io.LimitReader(r, maxOPML+1))
	if err != nil {
		return nil, nil, fmt.Errorf("OPML: %w", err)
	}
	if len(body) > maxOPML {
		return nil, nil, fmt.Errorf("OPML: the file is larger than %d MB", maxOPML>>20)
	}
	o := opmlReader{known: map[string]int{}}
	d := lenient(normalise(body, ""))
	for {
		token, err := d.Token()
		switch {
		case errors.Is(err, io.EOF) && !o.opml:
			return nil, nil, errors.New("OPML: no opml element: want a list of feeds as feed readers export it")
		case errors.Is(err, io.EOF):
			return o.feeds, o.left, nil
		case err != nil:
			line, _ := d.InputPos()
			return nil, nil, fmt.Errorf("OPML: line %d: %w", line, err)
		}
		if err := o.token(token); err != nil {
			line, _ := d.InputPos()
			return nil, nil, fmt.Errorf("OPML: line %d: %w", line, err)
		}
	}
}

// opmlReader walks the outlines.
type opmlReader struct {
	opml    bool
	depth   int      // of all elements
	folders []string // one for each open outline; empty for a feed
	feeds   []OPMLFeed
	left    []string       // titles
	known   map[string]int // place in feeds by address
}

func (o *opmlReader) token(token xml.Token) error {
	switch token := token.(type) {
	case xml.StartElement:
		if o.depth++; o.depth > maxOPMLDepth {
			return fmt.Errorf("outlines are nested more than %d deep", maxOPMLDepth)
		}
		o.opml = o.opml || o.depth == 1 && strings.EqualFold(token.Name.Local, "opml")
		if strings.EqualFold(token.Name.Local, "outline") {
			return o.outline(token.Attr)
		}
	case xml.EndElement:
		o.depth--
		if strings.EqualFold(token.Name.Local, "outline") && len(o.folders) > 0 {
			o.folders = o.folders[:len(o.folders)-1]
		}
	}
	return nil
}

func (o *opmlReader) outline(attrs []xml.Attr) error {
	attr := map[string]string{}
	for _, a := range attrs {
		attr[strings.ToLower(a.Name.Local)] = strings.TrimSpace(a.Value)
	}
	title := oneLine(cmp.Or(attr["title"], attr["text"]), maxTitle)
	address, isFeed := attr["xmlurl"]
	if !isFeed {
		o.folders = append(o.folders, clip(title, maxFolder))
		return nil
	}
	o.folders = append(o.folders, "")
	if address = webURL(address); address == "" {
		if len(o.left) < maxOPMLFeeds {
			o.left = append(o.left, cmp.Or(title, "one without a title"))
		}
		return nil
	}
	i, again := o.known[address]
	if !again {
		if i = len(o.feeds); i >= maxOPMLFeeds {
			return fmt.Errorf("more than %d feeds", maxOPMLFeeds)
		}
		o.known[address] = i
		o.feeds = append(o.feeds, OPMLFeed{URL: address, Title: title, HTMLURL: webURL(attr["htmlurl"])})
	}
	o.feeds[i].categorise(o.folders, attr["category"])
	return nil
}

// categorise adds the folder, and the category attribute, which is a list with
// commas of words or paths that begin with a slash.
func (f *OPMLFeed) categorise(folders []string, attribute string) {
	named := slices.DeleteFunc(slices.Clone(folders), func(s string) bool { return s == "" })
	add := []string{strings.Join(named, "/")}
	for c := range strings.SplitSeq(attribute, ",") {
		add = append(add, clip(strings.Trim(markup.Clean(c), "/"), maxFolder))
	}
	for _, c := range add {
		if c != "" && !slices.Contains(f.Categories, c) && len(f.Categories) < maxOPMLDepth {
			f.Categories = append(f.Categories, c)
		}
	}
	slices.Sort(f.Categories)
}

// opmlDocument is what is written (OPML 2.0).
type opmlDocument struct {
	XMLName xml.Name      `xml:"opml"`
	Version string        `xml:"version,attr"`
	Title   string        `xml:"head>title"`
	Created string        `xml:"head>dateCreated"`
	Body    []opmlOutline `xml:"body>outline"`
}

type opmlOutline struct {
	Type     string `xml:"type,attr"`
	Text     string `xml:"text,attr"`
	Title    string `xml:"title,attr"`
	XMLURL   string `xml:"xmlUrl,attr"`
	HTMLURL  string `xml:"htmlUrl,attr,omitempty"`
	Category string `xml:"category,attr,omitempty"`
}

// WriteOPML writes a list of feeds as OPML 2.0, in their order, under a title.
// Categories go into the attribute of that name, so that a feed in several
// stands there once.
func WriteOPML(w io.Writer, title string, created time.Time, feeds []OPMLFeed) error {
	doc := opmlDocument{Version: "2.0", Title: title, Created: created.UTC().Format(time.RFC1123Z)}
	for _, f := range feeds {
		name := cmp.Or(f.Title, f.URL)
		doc.Body = append(doc.Body, opmlOutline{
			Type: "rss", Text: name, Title: name, XMLURL: f.URL, HTMLURL: f.HTMLURL, Category: strings.Join(f.Categories, ","),
		})
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(doc); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
