// This file records the revisions of feed entries.

package aggregator

import (
	"context"
	"reflect"
	"slices"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/store"
)

// amend records a further account of a known entry and derives the entry's
// revisions anew. What means the same as its source said before is nothing new.
func (r *recorder) amend(ctx context.Context, event int64, t tiding, proof store.Proof) error {
	proof.Event = event
	if err := r.tx.AddProof(ctx, proof); err != nil {
		return err
	}
	told, err := r.tx.Accounts(ctx, t.report.Document)
	if err != nil {
		return err
	}
	list, posts := accounts(told), r.tally.Posts
	at := slices.IndexFunc(list, func(a account) bool { return a.Message == proof.Message })
	repeated := slices.ContainsFunc(list, func(a account) bool {
		return a.Message != proof.Message && a.Source == r.origin.Name && a.meaning == list[at].meaning
	})
	if err := r.revise(ctx, t.report.Document, list, repeated); err != nil {
		return err
	}
	switch {
	case repeated:
		r.tally.Known++
	case r.tally.Posts == posts:
		r.tally.Supporting++
	}
	return nil
}

// reviseAll derives the revisions of an entry anew from all that is stored of it.
func (r *recorder) reviseAll(ctx context.Context, document string) error {
	told, err := r.tx.Accounts(ctx, document)
	if err != nil {
		return err
	}
	return r.revise(ctx, document, accounts(told), false)
}

// revise makes the events of an entry those of its versions. Quiet leaves alone
// what it finds as it should be.
func (r *recorder) revise(ctx context.Context, document string, told []account, quiet bool) error {
	if len(told) == 0 {
		return nil
	}
	versions, surplus := arrange(told)
	for _, a := range surplus {
		if err := r.tx.DropMessage(ctx, a.Message); err != nil {
			return err
		}
	}
	events := make([]int64, len(versions))
	for i, v := range versions {
		var err error
		if events[i], err = r.place(ctx, document, v); err != nil {
			return err
		}
	}
	for _, a := range told {
		if slices.Contains(events, a.Event) {
			continue
		}
		if err := r.tx.DropEvent(ctx, a.Event); err != nil {
			return err
		}
		events = append(events, a.Event) // gone, and not to be dropped again
	}
	for i, v := range versions {
		if err := r.show(ctx, events[i], v, quiet); err != nil {
			return err
		}
	}
	return nil
}

// place gives a version its event, made if there is none, and the event its
// evidence.
func (r *recorder) place(ctx context.Context, document string, v version) (event int64, err error) {
	report := catalog.Report{Document: document, Kind: catalog.Post, Event: catalog.Posted, Rev: v.rev, Part: v.told[0].post().Part}
	if v.rev != "" {
		report.Event = catalog.Revised
	}
	event, known, err := r.tx.EventOf(ctx, report.Key())
	if err != nil {
		return 0, err
	}
	if !known {
		if event, err = r.make(ctx, report, v); err != nil {
			return 0, err
		}
	}
	for _, a := range v.told {
		if a.Event == event {
			continue
		}
		if err := r.tx.MoveAccount(ctx, a.Proof, event); err != nil {
			return 0, err
		}
	}
	return event, nil
}

// make makes a version's event.
func (r *recorder) make(ctx context.Context, report catalog.Report, v version) (event int64, err error) {
	doc, _, err := r.tx.Document(ctx, report.Document, report.Kind)
	if err != nil {
		return 0, err
	}
	revision, _, err := r.tx.Revision(ctx, doc.ID, report.Rev, v.facts)
	if err != nil {
		return 0, err
	}
	r.tally.Posts++
	return r.tx.AddEvent(ctx, revision, catalog.Event{
		Key: report.Key(), Event: report.Event, Part: report.Part, Published: v.date, Precision: v.precision,
		Recorded: r.now, News: r.origin.isNews(v.date, v.precision, r.now),
	})
}

// show brings an event's facts and date up to date, and its words and
// selections with them.
func (r *recorder) show(ctx context.Context, event int64, v version, quiet bool) error {
	e, err := r.tx.Event(ctx, event)
	if err != nil {
		return err
	}
	same := sameFacts(e.Facts, v.facts)
	if !same {
		doc, _, err := r.tx.Document(ctx, e.Document, e.Kind)
		if err != nil {
			return err
		}
		if err := r.tx.ChangeRevision(ctx, doc.ID, e.Rev, v.facts); err != nil {
			return err
		}
	}
	if !v.date.Equal(e.Published) || v.precision != e.Precision {
		same = false
		if event, err = r.tx.Redate(ctx, event, e.Key, v.date, v.precision); err != nil {
			return err
		}
	}
	if quiet && same {
		return nil
	}
	return r.refresh(ctx, event)
}

func sameFacts(a, b catalog.Facts) bool {
	if len(a.Authors) == 0 && len(b.Authors) == 0 {
		a.Authors, b.Authors = nil, nil
	}
	return reflect.DeepEqual(a, b)
}
