// This file reads the Datatracker's documents and their revisions.

package aggregator

import (
	"context"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/markup"
)

// trackerTime is a time with a zone, or without one, which is UTC then.
type trackerTime struct{ time.Time }

var trackerForms = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", time.DateOnly}

// UnmarshalJSON implements [json.Unmarshaler]. null is the zero time.
func (t *trackerTime) UnmarshalJSON(text []byte) error {
	var s *string
	if err := json.Unmarshal(text, &s); err != nil || s == nil {
		return err
	}
	for _, form := range trackerForms {
		if parsed, err := time.Parse(form, *s); err == nil {
			t.Time = settled(parsed)
			return nil
		}
	}
	return fmt.Errorf("%.60q is not a time such as 2026-03-01T12:00:00Z", *s)
}

// slug is the last part of an address: ietf of /api/v1/name/streamname/ietf/.
func slug(address string) string {
	if address == "" {
		return ""
	}
	return path.Base(address)
}

// trackerDocument is an object of doc/document.
type trackerDocument struct {
	Name     string      `json:"name"`
	Title    string      `json:"title"`
	Abstract string      `json:"abstract"`
	Rev      string      `json:"rev"`
	Pages    json.Number `json:"pages"`
	Time     trackerTime `json:"time"` // of its last change, whatever that was
	Expires  trackerTime `json:"expires"`
	Stream   string      `json:"stream"`             // addresses
	Group    string      `json:"group"`              //
	Intended string      `json:"intended_std_level"` //
	Level    string      `json:"std_level"`          //
	States   []string    `json:"states"`             //
}

// documents reads the drafts that changed.
func (p *trackerPoll) documents(ctx context.Context) error {
	return p.changed(ctx, "doc/document", &p.at.Documents, p.back(p.at.Documents), p.document, "type", "draft")
}

func (p *trackerPoll) document(object json.RawMessage) ([]Record, time.Time, error) {
	var doc trackerDocument
	if err := json.Unmarshal(object, &doc); err != nil {
		return nil, time.Time{}, err
	}
	if !catalog.IsDraftName(doc.Name) {
		return nil, time.Time{}, fmt.Errorf("%.80q is not a draft's name", doc.Name)
	}
	r := Record{Document: doc.Name, Facts: p.facts(doc), Said: doc.Time.Time, Complete: true}
	if isRev(doc.Rev) {
		// Its time is that of any change, and says no more of the revision's
		// date than that it is not later: it must not stand for a date.
		r.Event, r.Rev, r.Supporting = catalog.EventOfRevision(doc.Rev), doc.Rev, true
		r.Date, r.Precision = doc.Time.Time, catalog.Month
	}
	r.Area = p.area(p.groups[doc.Group])
	for _, address := range doc.States[:min(len(doc.States), 50)] {
		state, known := p.states[address]
		if !known {
			p.forget()
			p.fault(fmt.Errorf("%s is in state %.80q, which is not among the states; they are read anew at the next poll", doc.Name, address))
			continue
		}
		if r.States == nil {
			r.States = make(map[string]string)
		}
		r.States[slug(state.Type)] = state.Slug
	}
	records := []Record{r}
	if at := doc.Expires.Time; r.States["draft"] == "expired" && r.Rev != "" && at.After(p.floor) && at.Before(p.Now()) {
		expiry := r.expiry()
		expiry.Date, expiry.Precision = at, catalog.Approximate
		records = append(records, expiry)
	}
	if doc.Time.After(p.floor) {
		p.met[catalog.Fold(doc.Name)] = trackerRecent{doc.Rev, doc.Time.Time, r.Facts}
	}
	return records, doc.Time.Time, nil
}

func (p *trackerPoll) facts(doc trackerDocument) catalog.Facts {
	f := catalog.Facts{
		Title: oneLine(doc.Title, maxTitle), Abstract: plainParagraphs(doc.Abstract),
		Pages: readPages(doc.Pages.String()), GroupHint: catalog.GroupOfDraft(doc.Name),
	}
	if g := p.groups[doc.Group]; slug(g.Type) != "area" && slug(g.Type) != "individ" {
		f.Group = acronym(g.Acronym)
	}
	if s := catalog.Stream(slug(doc.Stream)); slices.Contains(catalog.Streams(), s) {
		f.Stream = s
	}
	for _, address := range []string{doc.Intended, doc.Level} {
		if l := catalog.Level(slug(address)); f.Level == "" && slices.Contains(catalog.Levels(), l) {
			f.Level = l
		}
	}
	return f
}

// plainParagraphs gives text without markup line by line as paragraphs.
func plainParagraphs(text string) string {
	var list []string
	for p := range strings.SplitSeq(markup.CleanText(clip(text, maxBody)), "\n\n") {
		if p = strings.Join(strings.Fields(p), " "); p != "" {
			list = append(list, p)
		}
	}
	return clip(strings.Join(list, "\n\n"), maxAbstract)
}

func isRev(s string) bool {
	return len(s) == 2 && strings.Trim(s, "0123456789") == ""
}

// revisions reads when revisions were posted.
func (p *trackerPoll) revisions(ctx context.Context) error {
	from := p.back(p.at.Revisions)
	if from.IsZero() {
		from = p.floor
	}
	return p.changed(ctx, "doc/newrevisiondocevent", &p.at.Revisions, from, p.revision)
}

func (p *trackerPoll) revision(object json.RawMessage) ([]Record, time.Time, error) {
	var e struct {
		Doc  string      `json:"doc"` // address
		Rev  string      `json:"rev"`
		Time trackerTime `json:"time"`
	}
	if err := json.Unmarshal(object, &e); err != nil {
		return nil, time.Time{}, err
	}
	name := slug(e.Doc)
	if catalog.KindOf(name) != catalog.Draft || !catalog.IsDraftName(name) || !isRev(e.Rev) || e.Time.IsZero() {
		return nil, e.Time.Time, nil // charters have revisions too
	}
	r := Record{
		Document: name, Event: catalog.EventOfRevision(e.Rev), Rev: e.Rev, Date: e.Time.Time, Precision: catalog.Exact,
	}
	if doc, met := p.met[catalog.Fold(name)]; met {
		r.Facts = doc.facts
		if doc.rev != e.Rev { // these may have been others
			r.Facts.Abstract, r.Facts.Pages = "", 0
		}
	}
	return []Record{r}, e.Time.Time, nil
}
