// This file reads the documents that were brought to sessions.

package aggregator

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/draftwire/draftwire/catalog"
)

// trackerMaterial is an object of doc/document, or the summary at
// /doc/NAME/doc.json, which has the names of the authors.
type trackerMaterial struct {
	Title    string      `json:"title"`
	Rev      string      `json:"rev"`
	Time     trackerTime `json:"time"`
	Abstract string      `json:"abstract"`
	External string      `json:"external_url"`
	Authors  []struct {
		Name string `json:"name"`
	} `json:"authors"`
}

// material reads a document, and makes of it what the catalogue is told: slides
// are an event of the group, what tells of the session is a post. Of one that
// cannot be read no more is known than its name.
func (p *meetingPoll) material(ctx context.Context, w wantedMaterial) (Record, error) {
	var doc trackerMaterial
	found, err := p.object(ctx, "/api/v1/doc/document/"+w.Name+"/", &doc)
	if err != nil {
		return Record{}, err
	}
	var authors []string
	if found {
		if w.Type() == catalog.SlideDeck {
			if authors, err = p.authors(ctx, w.Name); err != nil {
				return Record{}, err
			}
		}
	} else {
		doc = trackerMaterial{}
		if found, err = p.object(ctx, "/doc/"+w.Name+"/doc.json", &doc); err != nil {
			return Record{}, err
		}
		if !found {
			doc = trackerMaterial{}
			p.fault(fmt.Errorf("%s cannot be read: its title is not known", w.Name))
		}
		for _, a := range doc.Authors {
			authors = append(authors, a.Name)
		}
	}
	return materialRecord(w, doc, authors), nil
}

// materialRecord tells of a document by what was read of it.
func materialRecord(w wantedMaterial, doc trackerMaterial, authors []string) Record {
	m := &catalog.Material{Name: w.Name, Rev: w.Rev, Title: oneLine(name(doc.Title), maxTitle)}
	id := w.Presented
	if id.Rev == "" && materialRev.MatchString(doc.Rev) {
		id.Rev = doc.Rev
	}
	m.URL = catalog.MaterialPage(w.session.Meeting.Number, id.NameRev())
	if w.Type() == catalog.Recording {
		m.URL = cmp.Or(secureURL(doc.External), m.URL)
	}
	for _, a := range authors[:min(len(authors), maxAuthors)] {
		if a = oneLine(name(a), maxName); a != "" {
			m.Authors = append(m.Authors, a)
		}
	}
	r := Record{
		Document: w.group.charter(), Material: m,
		Date: doc.Time.Time, Precision: catalog.Approximate, // of its last change, which in most cases was this revision
		Facts: catalog.Facts{Title: cmp.Or(m.Title, w.Name), Group: w.session.Group, URL: m.URL, Abstract: plainParagraphs(doc.Abstract)},
	}
	for _, a := range m.Authors {
		r.Facts.Authors = append(r.Facts.Authors, catalog.Author{Name: a})
	}
	r.Part = w.NameRev()
	switch {
	case w.Type() == catalog.SlideDeck:
		r.Event, r.Rev, r.Facts.Stream = catalog.Slides, catalog.CharterRev(r.Part), w.group.stream()
	case w.Type().TellsOfSession():
		r.Event, r.Document = catalog.Posted, catalog.PostName(r.Part)
		r.Facts.Title = materialTitle(w)
	default: // an agenda is no event, and neither is a list of who was there
		r.Part, r.Facts, r.Date, r.Precision = "", catalog.Facts{}, time.Time{}, 0
	}
	return r
}

// materialWords are what posts of a session are called.
var materialWords = map[catalog.MaterialType]string{
	catalog.Minutes: "Minutes", catalog.NarrativeMinutes: "Narrative minutes", catalog.ChatLog: "Chat log",
	catalog.Polls: "Polls", catalog.Recording: "Recording", catalog.Transcript: "Transcript",
}

// materialTitle is such as Minutes, HotRFC, IETF 124.
func materialTitle(w wantedMaterial) string {
	return materialWords[w.Type()] + ", " + w.session.Called() + ", " + w.session.Meeting.Title()
}

// authors reads who made a document, in their order.
func (p *meetingPoll) authors(ctx context.Context, document string) ([]string, error) {
	type author struct {
		Person string      `json:"person"` // address
		Order  json.Number `json:"order"`
	}
	var list []author
	err := p.collect(ctx, "doc/documentauthor", 10*maxAuthors, func(object json.RawMessage) error {
		var o struct {
			author
			Document string `json:"document"` // address
		}
		err := json.Unmarshal(object, &o)
		if err == nil && slug(o.Document) == document {
			list = append(list, o.author)
		}
		return err
	}, "document__name", document)
	if itsOwn(err) {
		if !gone(err) {
			p.fault(fmt.Errorf("who made %s: %w", document, err))
		}
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	place := func(a author) int64 {
		n, _ := a.Order.Int64()
		return n
	}
	slices.SortStableFunc(list, func(a, b author) int { return cmp.Compare(place(a), place(b)) })
	var names []string
	for _, a := range list[:min(len(list), maxAuthors)] {
		named, err := p.person(ctx, a.Person)
		if err != nil {
			return nil, err
		}
		if named != "" {
			names = append(names, named)
		}
	}
	return names, nil
}

// person gives the name of a person by its address.
func (p *meetingPoll) person(ctx context.Context, address string) (string, error) {
	named, known := p.persons[address]
	if known {
		return named, nil
	}
	var o struct {
		Name string `json:"name"`
	}
	found, err := p.object(ctx, address, &o)
	if err != nil {
		return "", err
	}
	if found {
		named = o.Name
	}
	p.persons[address] = named
	return named, nil
}
