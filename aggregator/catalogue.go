// This file records prepared messages: documents, revisions, events, evidence,
// words and selections, in the caller's transaction.

package aggregator

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
	"github.com/draftwire/draftwire/topics"
)

// Cataloguer takes messages in. It is safe for use by several goroutines:
// their transactions queue.
type Cataloguer struct {
	DB  *store.DB
	Now func() time.Time

	set    topics.Set   // guarded by the writing transaction
	queue  queue        // of batches to write
	logged atomic.Int64 // messages handed to the queue since the log was last brought into the file
}

// Tally counts what became of a batch.
type Tally struct {
	Messages   int // given, but for entries of feeds that stand there unchanged
	Known      int // of them given before
	Announced  int // new draft, RFC and charter events
	Posts      int // new posts
	Supporting int // further evidence of events known before
	Defects    []string
}

// Add adds up, and keeps the first twenty defects.
func (t *Tally) Add(o Tally) {
	t.Messages += o.Messages
	t.Known += o.Known
	t.Announced += o.Announced
	t.Posts += o.Posts
	t.Supporting += o.Supporting
	if room := 20 - len(t.Defects); room > 0 {
		t.Defects = append(t.Defects, o.Defects[:min(room, len(o.Defects))]...)
	}
}

// Take records a batch of messages of one origin in one transaction.
func (c *Cataloguer) Take(ctx context.Context, o Origin, batch []Received) (Tally, error) {
	prepared, err := c.prepareAll(ctx, o, batch)
	if err != nil {
		return Tally{}, err
	}
	return c.write(ctx, o, prepared, nil)
}

// after runs in a batch's transaction when it has been recorded.
type after func(*store.Tx, Tally) error

// New counts what was not known before.
func (t Tally) New() int { return t.Messages - t.Known }

// recorder records messages within one transaction.
type recorder struct {
	tx     *store.Tx
	set    *topics.Set
	origin Origin
	now    time.Time
	tally  *Tally
	dates  []time.Time // of the new messages

	waiting bool // whether any copy stands as a post
	indexed bool // whether an index has said anything that a new event must be asked for
	texts   bool // whether the text of any draft is here
	renamed bool // whether feed entries may stand under another name
}

func (r *recorder) take(ctx context.Context, in intake) error {
	if in.known {
		r.tally.Known++
		return nil
	}
	message, added, err := r.tx.AddMessage(ctx, in.message)
	if err != nil {
		return err
	}
	if !added {
		r.tally.Known++
		return r.trust(ctx, in)
	}
	r.tally.Add(Tally{Defects: in.defects})
	known := r.tally.Known
	if err := r.accept(ctx, in, message); err != nil {
		return err
	}
	if date, dated := in.came(r.origin, r.now); dated && r.tally.Known == known {
		r.dates = append(r.dates, date)
	}
	return nil
}

// accept records what a new message tells.
func (r *recorder) accept(ctx context.Context, in intake, message int64) error {
	if in.message.NoArchive {
		return nil // kept, and nothing made of it
	}
	if in.record != nil {
		return r.index(ctx, in, message)
	}
	proof := store.Proof{Message: message, Rank: in.rank, Date: in.date, Precision: in.exact}
	if in.copied != nil {
		event, known, err := r.tx.EventOf(ctx, in.copied.key)
		if err != nil {
			return err
		}
		if known {
			return r.support(ctx, event, *in.copied, proof)
		}
		proof.Awaits = in.copied.key
		r.waiting = true
	}
	for _, t := range in.tidings {
		if err := r.tell(ctx, t, proof); err != nil {
			return err
		}
	}
	return nil
}

// trust takes a known message again for the announcement it is, if its source
// was not trusted with announcements when it first came.
func (r *recorder) trust(ctx context.Context, in intake) error {
	if !in.announces || in.message.NoArchive {
		return nil
	}
	message, found, err := r.tx.Distrusted(ctx, in.message.Source, in.message.Digest, in.rank)
	if err != nil || !found {
		return err
	}
	r.waiting = true
	proof := store.Proof{Message: message, Rank: in.rank, Date: in.date, Precision: in.exact}
	for _, t := range in.tidings {
		if err := r.tell(ctx, t, proof); err != nil {
			return err
		}
	}
	return nil
}

// tell records one report: a new event, or evidence of one that is known.
func (r *recorder) tell(ctx context.Context, t tiding, proof store.Proof) error {
	if event, first, err := r.underFirstName(ctx, t.report); err != nil {
		return err
	} else if event != 0 {
		t.report = first
		return r.amend(ctx, event, t, proof)
	}
	if err := r.relate(ctx, t.report.Relations); err != nil {
		return err
	}
	doc, _, err := r.tx.Document(ctx, t.report.Document, t.report.Kind)
	if err != nil {
		return err
	}
	revision, made, err := r.tx.Revision(ctx, doc.ID, t.report.Rev, t.event.Facts)
	if err != nil {
		return err
	}
	if !made { // a new revision has no events: their keys tell theirs
		event, known, err := r.tx.EventOf(ctx, t.key)
		if err != nil {
			return err
		}
		if known {
			return r.support(ctx, event, t, proof)
		}
	}
	return r.begin(ctx, t, proof, doc, revision, !made)
}

// underFirstName finds the event of a feed entry that stands under the name it
// got at first, and gives the report under that name; 0 if there is none.
func (r *recorder) underFirstName(ctx context.Context, report catalog.Report) (int64, catalog.Report, error) {
	if !r.renamed || !catalog.IsEntry(report.Document) {
		return 0, report, nil
	}
	report.Document = catalog.FirstEntryName(report.Part)
	event, _, err := r.tx.EventOf(ctx, report.Key())
	return event, report, err
}

// begin records a new event of a revision, which may be shared with others.
func (r *recorder) begin(ctx context.Context, t tiding, proof store.Proof, doc store.Document, revision int64, shared bool) error {
	id, err := r.tx.AddEvent(ctx, revision, t.event)
	if err != nil {
		return err
	}
	proof.Event = id
	if err := r.tx.AddProof(ctx, proof); err != nil {
		return err
	}
	if t.report.Kind == catalog.Post {
		r.tally.Posts++
	} else {
		r.tally.Announced++
		adopted, err := r.adopt(ctx, id, t.key)
		if err != nil {
			return err
		}
		claimed, err := r.claim(ctx, id, t.key)
		if err != nil {
			return err
		}
		shared = shared || adopted || claimed
	}
	if shared { // other evidence speaks of this revision too: weigh it all
		return r.settle(ctx, t.report.Document, t.report.Rev)
	}
	item := t.item
	if r.indexed || len(t.report.Relations) > 0 || r.texts && t.report.Kind == catalog.Draft { // more may be known of it than this message says
		e, err := r.tx.Event(ctx, id)
		if err != nil {
			return err
		}
		if item, err = r.item(ctx, &e); err != nil {
			return err
		}
	} else if !doc.Alone || doc.Name != t.event.Document { // other names, or another spelling of this one
		if t.event.Lineage, err = r.tx.LineageNames(ctx, doc.Lineage); err != nil {
			return err
		}
		t.event.Document = doc.Name
		item = filters.NewItem(&t.event)
	}
	return r.publish(ctx, id, item, true)
}

// support records further evidence of a known event.
func (r *recorder) support(ctx context.Context, event int64, t tiding, proof store.Proof) error {
	if catalog.IsEntry(t.report.Document) {
		return r.amend(ctx, event, t, proof)
	}
	r.tally.Supporting++
	if _, _, err := r.tx.Document(ctx, t.report.Document, t.report.Kind); err != nil { // its spelling
		return err
	}
	proof.Event = event
	if err := r.tx.AddProof(ctx, proof); err != nil {
		return err
	}
	return r.settle(ctx, t.report.Document, t.report.Rev)
}

// adopt makes copies that stood as posts evidence of the announcement that has
// now come. It reports whether there were any.
func (r *recorder) adopt(ctx context.Context, event int64, key string) (bool, error) {
	if !r.waiting {
		return false, nil
	}
	waiting, err := r.tx.Awaiting(ctx, key)
	if err != nil {
		return false, err
	}
	posts := make(map[int64]catalog.Event)
	for _, proof := range waiting {
		if posts[proof.Event], err = r.tx.Event(ctx, proof.Event); err != nil {
			return false, err
		}
		if err := r.tx.MoveProof(ctx, proof, event); err != nil {
			return false, err
		}
	}
	for id, post := range posts {
		if err := r.leave(ctx, id, post); err != nil {
			return false, err
		}
	}
	return len(waiting) > 0, nil
}

// leave shows what is left of a post that lost evidence.
func (r *recorder) leave(ctx context.Context, id int64, post catalog.Event) error {
	left, err := r.tx.ProofCount(ctx, id)
	if err != nil {
		return err
	}
	if left == 0 {
		if err := r.tx.DropEvent(ctx, id); err != nil || !catalog.IsEntry(post.Document) {
			return err
		}
	}
	return r.settle(ctx, post.Document, post.Rev)
}

// settle weighs all evidence of a revision anew: its facts, and the dates of
// its events. The stored messages are read again, since they are the evidence.
func (r *recorder) settle(ctx context.Context, document, rev string) error {
	if catalog.IsEntry(document) {
		return r.reviseAll(ctx, document)
	}
	doc, _, err := r.tx.Document(ctx, document, catalog.KindOf(document))
	if err != nil {
		return err
	}
	told, err := r.tx.Testimonies(ctx, doc.ID, rev)
	if err != nil {
		return err
	}
	list, err := r.thin(ctx, accounts(told))
	if err != nil {
		return err
	}
	var all []catalog.Evidence
	byEvent := make(map[int64][]catalog.Evidence)
	keys := make(map[int64]string)
	for _, a := range list {
		e := a.evidence()
		all = append(all, e)
		byEvent[a.Event] = append(byEvent[a.Event], e)
		keys[a.Event] = a.Key
	}
	if err := r.tx.ChangeRevision(ctx, doc.ID, rev, catalog.Settle(all)); err != nil {
		return err
	}
	for id, evidence := range byEvent {
		if err := r.redate(ctx, id, keys[id], evidence); err != nil {
			return err
		}
	}
	return nil
}

// redate settles when an event was published, and shows it as it now is.
func (r *recorder) redate(ctx context.Context, id int64, key string, evidence []catalog.Evidence) error {
	e, err := r.tx.Event(ctx, id)
	if err != nil {
		return err
	}
	if date, precision := catalog.SettleDate(evidence); !date.Equal(e.Published) || precision != e.Precision {
		if id, err = r.tx.Redate(ctx, id, key, date, precision); err != nil {
			return err
		}
	}
	return r.refresh(ctx, id)
}

// thin forgets what feeds repeat too often of the same event, and gives the rest.
func (r *recorder) thin(ctx context.Context, told []account) (kept []account, err error) {
	byEvent := make(map[int64][]account)
	for _, a := range told {
		byEvent[a.Event] = append(byEvent[a.Event], a)
	}
	for _, list := range byEvent {
		slices.SortFunc(list, account.compare)
		worth, surplus := thin(list, func(a account) string { return a.Source })
		kept = append(kept, worth...)
		for _, a := range surplus {
			if err := r.tx.DropMessage(ctx, a.Message); err != nil {
				return nil, err
			}
		}
	}
	return kept, nil
}

// relate records what a trusted message says of documents to each other.
func (r *recorder) relate(ctx context.Context, relations []catalog.Relation) error {
	for _, relation := range relations {
		added, err := r.tx.Relate(ctx, relation)
		if err != nil {
			return err
		}
		if !added {
			continue
		}
		concerned := r.tx.Concerned
		if relation.Type.JoinsLineage() {
			concerned = r.tx.Siblings
		}
		events, err := concerned(ctx, relation.From)
		if err != nil {
			return err
		}
		if err := r.refreshAll(ctx, events); err != nil {
			return err
		}
	}
	return nil
}

// refreshed is how many events are read at a time to be shown anew.
const refreshed = 100

func (r *recorder) refreshAll(ctx context.Context, ids []int64) error {
	for some := range slices.Chunk(ids, refreshed) {
		events, err := r.tx.Events(ctx, some)
		if err != nil {
			return err
		}
		for _, e := range slices.Backward(events) { // oldest first
			if err := r.tellAnew(ctx, &e); err != nil {
				return err
			}
		}
	}
	return nil
}

// refresh writes an event's words anew and matches it against every topic.
func (r *recorder) refresh(ctx context.Context, id int64) error {
	e, err := r.tx.Event(ctx, id)
	if err != nil {
		return err
	}
	return r.tellAnew(ctx, &e)
}

// tellAnew publishes an event that is known as it now is.
func (r *recorder) tellAnew(ctx context.Context, e *catalog.Event) error {
	item, err := r.item(ctx, e)
	if err != nil {
		return err
	}
	return r.publish(ctx, e.ID, item, false)
}

func (r *recorder) publish(ctx context.Context, id int64, item *filters.Item, fresh bool) error {
	r.tx.PutWords(id, item)
	if err := r.tx.KeepBody(ctx, id, item); err != nil {
		return err
	}
	return r.set.Select(ctx, r.tx, id, item, fresh, r.now)
}
