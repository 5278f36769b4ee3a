// This file prepares messages for the catalogue: all work that needs no
// database, so that it can run beside the writing of the batch before.

package aggregator

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/mail"
	"github.com/draftwire/draftwire/store"
)

// freshFor is how late a message may come and still be news.
const freshFor = 7 * 24 * time.Hour

// intake is one message ready to be written.
type intake struct {
	known     bool // given before, and so nothing of the rest is filled in
	message   store.Message
	tidings   []tiding // what it reports; one post where it announces nothing
	announces bool     // whether tidings are announcements of a trusted source
	copied    *tiding  // the announcement that an untrusted source repeats
	record    *Record  // what an index says; tidings are then at most one
	date      time.Time
	exact     catalog.Precision
	rank      catalog.Rank
	defects   []string
}

// tiding is one report with the event it makes when nothing else is known of
// its document, words analysed.
type tiding struct {
	report catalog.Report
	key    string
	event  catalog.Event
	item   *filters.Item
}

// prepare decodes and recognises a message and analyses its words.
func prepare(o Origin, r Received, now time.Time) intake {
	r.List = cmp.Or(r.List, o.List)
	if r.Digest == nil {
		r.Digest = store.Digest(r.Raw)
	}
	pack := store.Pack
	if r.Format == store.FeedEntry {
		pack = store.PackEntry
	}
	in := intake{message: store.Message{
		Source: o.Source, Digest: r.Digest, Format: r.Format, Received: r.At, Raw: pack(r.Raw),
	}}
	reading := read(r)
	in.message.MessageID, in.message.List = reading.id, reading.list
	in.message.NoArchive = reading.noArchive
	in.date, in.exact = reading.date, reading.precision
	for _, d := range reading.defects {
		in.defects = append(in.defects, fmt.Sprintf("message %.200q: %s", cmp.Or(reading.id, hex.EncodeToString(in.message.Digest)), d))
	}
	in.rank = rankOf(r.Format, o.Announcements && reading.announces)
	if r.Format == store.Record {
		in.record, in.rank = &reading.record, catalog.Indexed
		for _, report := range reading.reports {
			in.tidings = append(in.tidings, *newTiding(o, in, report, now))
		}
		return in
	}

	in.announces = reading.announces && o.Announcements
	reports := reading.reports
	if reading.announces && !o.Announcements {
		in.copied = newTiding(o, in, reports[0], now)
		reports = []catalog.Report{reading.post()}
	}
	for _, report := range reports {
		in.tidings = append(in.tidings, *newTiding(o, in, report, now))
	}
	return in
}

func rankOf(format store.Format, announced bool) catalog.Rank {
	switch {
	case format == store.FeedEntry && announced:
		return catalog.Syndicated
	case announced:
		return catalog.Announced
	}
	return catalog.Copied
}

func newTiding(o Origin, in intake, report catalog.Report, now time.Time) *tiding {
	t := &tiding{report: report, key: report.Key()}
	t.event = catalog.Event{
		Key: t.key, Document: report.Document, Kind: report.Kind, Event: report.Event, Rev: report.Rev, Part: report.Part,
		Published: in.date, Precision: in.exact, Recorded: now,
		News:    o.isNews(in.date, in.exact, now),
		Facts:   catalog.Settle([]catalog.Evidence{{Facts: report.Facts}}),
		Lineage: []string{report.Document},
	}
	store.Tell(&t.event, o.Name, in.message.List, in.message.MessageID)
	t.item = filters.NewItem(&t.event)
	for _, c := range filters.AllColumns() {
		t.item.Column(c)
	}
	return t
}

// isNews tells news from history.
func (o Origin) isNews(date time.Time, p catalog.Precision, now time.Time) bool {
	return !o.History && now.Sub(lastMoment(date, p)) <= freshFor
}

// reading is what a raw message says, by its format alone.
type reading struct {
	id, list  string
	noArchive bool
	date      time.Time
	precision catalog.Precision
	announces bool             // whether reports are announcements
	reports   []catalog.Report // at least one, but for a record that tells of no event
	post      func() catalog.Report
	record    Record    // of an index
	changed   time.Time // of a feed entry: when it became what it is
	sure      catalog.Precision
	means     func() string // of a feed entry: what it means; see meaning
	defects   []string
}

// read decodes and recognises. It is a pure function of the message, so what
// is stored can be read again when evidence is weighed anew.
func read(r Received) reading {
	switch r.Format {
	case store.FeedEntry:
		return readEntry(r)
	case store.Record:
		return readRecord(r)
	}
	return readMail(r)
}

func readMail(r Received) reading {
	m := mail.Parse(r.Raw)
	m.ListID = cmp.Or(m.ListID, r.List)
	date, precision := DateOf(m, r.At)
	g := reading{
		id: m.ID, list: m.ListID, noArchive: m.NoArchive, date: date, precision: precision, defects: m.Defects,
		post: func() catalog.Report { return PostReport(m, digestText(r.Raw)) },
	}
	reports, defects := Recognise(m)
	g.defects = append(g.defects, defects...)
	if g.reports, g.announces = reports, len(reports) > 0; !g.announces {
		g.reports = []catalog.Report{g.post()}
	}
	return g
}

func readEntry(r Received) reading {
	e, err := r.asEntry()
	if err != nil { // we wrote it, so only damage does that
		return reading{defects: []string{fmt.Sprintf("stored feed entry: %v", err)}, date: r.At, precision: catalog.Approximate}
	}
	date, precision := DateOfEntry(e, r.At)
	g := reading{
		id: cmp.Or(e.ID, e.Link), date: date, precision: precision, means: func() string { return meaning(e) },
		post: func() catalog.Report { return EntryReport(e, digestText(r.Raw)) },
	}
	if g.changed, g.sure = settled(r.At), catalog.Approximate; isPlausible(e.Updated, r.At) {
		g.changed, g.sure = settled(e.Updated), catalog.Exact
	}
	report, ok := RecogniseEntry(e)
	if !ok {
		report = g.post()
	}
	g.announces, g.reports = ok, []catalog.Report{report}
	return g
}

// asEntry gives the entry that the message is.
func (r Received) asEntry() (e Entry, err error) {
	if r.entry != nil {
		return *r.entry, nil
	}
	err = json.Unmarshal(r.Raw, &e)
	return e, err
}

func digestText(raw []byte) string { return hex.EncodeToString(store.Digest(raw)) }

// few messages are prepared out of turn: a mail that has just come must not wait
// for feeds that are read for the first time.
const few = 10

// prepareAll prepares a batch and sorts it by date, the order in which the word
// index is cheapest to write. It fails only if ctx ends before its turn comes.
func (c *Cataloguer) prepareAll(ctx context.Context, o Origin, batch []Received) ([]intake, error) {
	out, now := make([]intake, len(batch)), c.Now()
	known := c.known(ctx, o, batch)
	workers := min(cap(decoders), len(batch))
	share := func(w int) {
		for i := w; i < len(batch); i += workers {
			if len(known) > 0 && known[string(store.Digest(batch[i].Raw))] {
				out[i].known = true
				continue
			}
			out[i] = prepare(o, batch[i], now)
		}
	}
	errs := make([]error, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			if len(batch) <= few {
				share(w)
			} else {
				errs[w] = inTurn(ctx, func() { share(w) })
			}
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	sortIntakes(out)
	return out, nil
}

func sortIntakes(batch []intake) {
	slices.SortStableFunc(batch, func(a, b intake) int { return a.date.Compare(b.date) })
}
