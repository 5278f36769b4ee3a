// The archives of a topic's feed (RFC 5005, section 4). Each holds a hundred
// selections by the order of being selected, not by date: what is found late or
// filled in lands in the next archive, never in one that a reader has read. It
// is kept as it was when it was cut, and never changes: what a topic withdrew
// since, or learned about a draft, stays as it was told.

package feeds

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/draftwire/draftwire/store"
)

// perArchive is how many entries an archive holds.
const perArchive = 100

// kept is an archive's content in the store.
type kept struct {
	Title    string  `json:"title"`
	Subtitle string  `json:"subtitle"`
	Entries  []entry `json:"entries"`
}

func (f *Feeds) archiveAddress(t store.Topic, number int) address {
	return f.address("topics", t.Name, "archive", strconv.Itoa(number), "feed")
}

// archive gives a stored one. Archives know those before them, and what is
// current, but not those that come after: they would change with each.
func (f *Feeds) archive(ctx context.Context, r *store.Reader, topic store.Topic, number int) (made, error) {
	row, err := r.Archive(ctx, topic.ID, number)
	if err != nil {
		return made{}, fmt.Errorf("feed of topic %s: %w", topic.Name, err)
	}
	var content kept
	if err := json.Unmarshal(row.Content, &content); err != nil {
		return made{}, fmt.Errorf("archive %d of topic %s: %w", number, topic.Name, err)
	}
	doc := f.topicHead(topic)
	doc.Series = []relative{{"current", doc.Self}}
	doc.Self, doc.Archive, doc.Title, doc.Subtitle = f.archiveAddress(topic, number), true, content.Title, content.Subtitle
	if number > 1 {
		doc.Series = append(doc.Series, relative{"prev-archive", f.archiveAddress(topic, number-1)})
	}
	for _, e := range content.Entries {
		doc.add(e)
	}
	return made{feed: doc, changed: row.Cut}, nil
}

// Archive cuts archives of the topics that have selected a hundred more, and
// gives their number.
func (f *Feeds) Archive(ctx context.Context) (int, error) {
	f.cutting.Lock()
	defer f.cutting.Unlock()
	topics, last, err := f.cfg.DB.Archivable(ctx, f.cutUpTo, perArchive)
	if err != nil {
		return 0, fmt.Errorf("look for archives to cut: %w", err)
	}
	cut := 0
	for _, id := range topics {
		n, err := f.archiveTopic(ctx, id)
		cut += n
		if err != nil {
			return cut, err
		}
	}
	f.cutUpTo = last
	return cut, nil
}

// archiveTopic cuts all archives that a topic has enough for, each in a
// transaction of its own, so that others write in between.
func (f *Feeds) archiveTopic(ctx context.Context, id int64) (cut int, err error) {
	for {
		var number int
		err := f.cfg.DB.Update(ctx, func(tx *store.Tx) (err error) {
			topic, err := tx.TopicByID(ctx, id)
			if err != nil {
				return err
			}
			number, err = f.cut(ctx, tx, topic)
			return err
		})
		if err != nil {
			return cut, fmt.Errorf("archive of topic %d: %w", id, err)
		}
		if number == 0 {
			return cut, nil
		}
		cut++
	}
}

// cut makes the next archive of a topic, and gives its number, or 0 if there
// is not enough for one.
func (f *Feeds) cut(ctx context.Context, tx *store.Tx, topic store.Topic) (int, error) {
	list, err := tx.Unarchived(ctx, topic.ID, perArchive)
	if err != nil || len(list) < perArchive || !topic.Gone.IsZero() {
		return 0, err
	}
	doc := f.topicHead(topic)
	newestFirst := slices.SortedFunc(slices.Values(list), func(a, b store.Selection) int { return cmp.Compare(b.Event.ID, a.Event.ID) })
	if err := f.addEvents(ctx, &tx.Reader, doc, ofTopic(topic, newestFirst)); err != nil {
		return 0, err
	}
	content, err := json.Marshal(kept{doc.Title, doc.Subtitle, doc.Entries})
	if err != nil {
		return 0, err
	}
	seqs := make([]int64, len(list))
	for i, s := range list {
		seqs[i] = s.Seq
	}
	return tx.AddArchive(ctx, topic.ID, content, seqs, f.cfg.Now())
}

// Run cuts archives when there are enough selections for one, until ctx ends.
// See Wake. Nothing is lost where it fails: what is in no archive is in the
// feed, and is archived the next time.
func (f *Feeds) Run(ctx context.Context) error {
	for {
		wait := calm
		switch n, err := f.Archive(ctx); {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			f.cfg.Log.Error("archives not cut", "err", err)
			wait = time.Minute
		case n > 0:
			f.cfg.Log.Debug("archives cut", "archives", n)
		}
		if !pause(ctx, wait) {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-f.wake:
		}
	}
}

// calm is the least time from one look for archives to the next.
const calm = 5 * time.Second

// Wake tells Run that the catalogue has changed.
func (f *Feeds) Wake() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// pause reports whether so much time has passed, and ctx has not ended.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
