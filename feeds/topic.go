// The feed of a topic: an entry for each event it finds, newest first. What is
// older is in archives; see archive.go.

package feeds

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/store"
)

func (f *Feeds) topic(ctx context.Context, r *store.Reader, k key) (made, error) {
	topic, err := r.Topic(ctx, k.name)
	switch {
	case err != nil:
		return made{}, fmt.Errorf("feed of topic %s: %w", k.name, err)
	case !topic.Gone.IsZero():
		return made{}, goneError{fmt.Sprintf("The topic %q was removed on %s, and its feed with it. Please unsubscribe; all feeds are listed at %s/",
			k.name, topic.Gone.UTC().Format("2 January 2006 (UTC)"), f.cfg.Base)}
	case k.number > 0:
		return f.archive(ctx, r, topic, k.number)
	}
	selected, err := f.selected(ctx, r, topic, k.per)
	if err != nil {
		return made{}, fmt.Errorf("feed of topic %s: %w", k.name, err)
	}
	doc := f.topicHead(topic)
	if k.per == perDocument {
		doc.Self = doc.Self.with("per", string(perDocument))
		return f.filled(ctx, r, k.per, doc, selected)
	}
	newest, err := r.ArchiveCount(ctx, topic.ID)
	if err != nil {
		return made{}, err
	}
	if newest > 0 {
		doc.Series = append(doc.Series, relative{"prev-archive", f.archiveAddress(topic, newest)})
	}
	return f.filled(ctx, r, k.per, doc, selected)
}

// topicHead is a topic's feed without entries.
func (f *Feeds) topicHead(t store.Topic) *feed {
	subtitle := cmp.Or(t.Description, "Everything that matches: "+t.Query)
	return f.newFeed("topics/"+t.First, title(t.Title, t.Name), subtitle, "en",
		f.address("topics", t.Name).path, f.address("topics", t.Name, "feed"))
}

// selected lists what the feed of a topic shows: the newest, and whatever was
// selected late and is in no archive yet, so that nobody can miss it.
func (f *Feeds) selected(ctx context.Context, r *store.Reader, topic store.Topic, per grouping) ([]found, error) {
	newest, unarchived := maxEntries, perArchive
	if per == perDocument {
		newest, unarchived = maxEntries*perDocumentLooks, 0
	}
	list, err := r.Current(ctx, topic.ID, newest, unarchived)
	return ofTopic(topic, list), err
}

func ofTopic(topic store.Topic, list []store.Selection) []found {
	mention := []store.Mention{{Topic: topic.Name, Title: topic.Title}}
	shown := make([]found, len(list))
	for i, s := range list {
		shown[i] = found{event: s.Event, reason: s.Reason, topics: mention}
	}
	return shown
}

// filled puts entries into a feed.
func (f *Feeds) filled(ctx context.Context, r *store.Reader, per grouping, doc *feed, shown []found) (made, error) {
	m := made{feed: doc, changed: f.began()}
	var err error
	if per == perDocument {
		shown, err = f.addDocuments(ctx, r, doc, shown)
	} else {
		err = f.addEvents(ctx, r, doc, shown)
	}
	for _, s := range shown {
		if s.event.Recorded.After(m.changed) {
			m.changed = s.event.Recorded
		}
	}
	return m, err
}

func (f *Feeds) addEvents(ctx context.Context, r *store.Reader, doc *feed, shown []found) error {
	entries, err := f.entriesOf(ctx, r, shown)
	for _, e := range entries {
		doc.add(e)
	}
	return err
}

// addDocuments adds an entry for each document, newest first, from the newest
// of its events, and gives those. A document's first appearance is that of its
// first event, also where the feed does not show that one.
func (f *Feeds) addDocuments(ctx context.Context, r *store.Reader, doc *feed, shown []found) ([]found, error) {
	var newest []found
	var names []string
	seen := make(map[string]bool)
	for _, s := range shown {
		name := catalog.Fold(s.event.Document)
		if seen[name] || len(newest) == maxEntries {
			continue
		}
		seen[name] = true
		newest, names = append(newest, s), append(names, name)
	}
	first, err := r.FirstPublished(ctx, names)
	if err != nil {
		return nil, err
	}
	entries, err := f.entriesOf(ctx, r, newest)
	for i, e := range entries {
		e.ID = f.cfg.Authority.Tag(names[i])
		e.Answers = nil
		if at, ok := first[names[i]]; ok && at.Before(e.Published) {
			e.Published = at.UTC().Truncate(time.Second)
		}
		doc.add(e)
	}
	return newest, err
}
