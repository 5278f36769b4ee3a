package feeds

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/draftwire/draftwire/aggregator"
	"github.com/draftwire/draftwire/config"
	"github.com/draftwire/draftwire/demo"
	"github.com/draftwire/draftwire/store"
	"github.com/draftwire/draftwire/topics"
)

// shipped is a catalogue filled from mailboxes, with the topics that come with
// the program.
type shipped struct {
	*wire
	dir    string
	path   string // of the database
	topics []string
}

// newShipped makes one without mail.
func newShipped(t *testing.T) *shipped {
	t.Helper()
	s := &shipped{wire: &wire{t: t, now: noon}, dir: t.TempDir()}
	s.path = filepath.Join(s.dir, "wire.db")
	s.open(s.path)
	list, err := config.ParseTopics("topics.toml", []byte(config.ShippedTopics()))
	if err != nil {
		t.Fatal(err)
	}
	var set []topics.Topic
	for _, c := range list {
		set = append(set, topics.Topic{Name: c.Name, Title: c.Title, Description: c.Description, Query: c.Query.Tree})
		s.topics = append(s.topics, c.Name)
	}
	if _, err := topics.Sync(t.Context(), s.db, set, noon); err != nil {
		t.Fatal(err)
	}
	return s
}

var fromLine = regexp.MustCompile(`(?m)^>*From `)

// take imports mails as a mailbox of that name.
func (s *shipped) take(name string, mails iter.Seq[[]byte]) {
	s.t.Helper()
	var box bytes.Buffer
	for mail := range mails {
		fmt.Fprintf(&box, "From wire@example.org Thu Jan  1 00:00:00 1970\n%s\n\n", fromLine.ReplaceAll(mail, []byte(">$0")))
	}
	path := filepath.Join(s.dir, name+".mbox")
	if err := os.WriteFile(path, box.Bytes(), 0o600); err != nil {
		s.t.Fatal(err)
	}
	s.again(name)
}

// again reads a mailbox that was taken before, whole.
func (s *shipped) again(name string) {
	s.t.Helper()
	c := aggregator.Cataloguer{DB: s.db, Now: func() time.Time { return s.now }}
	sum, err := c.ImportFiles(s.t.Context(), aggregator.Files{
		Paths: []string{filepath.Join(s.dir, name+".mbox")}, Source: "import", Announcements: true, Again: true,
	})
	if err != nil || len(sum.Faults) > 0 {
		s.t.Fatal(err, sum.Faults)
	}
}

// reopen is a restart of the program.
func (s *shipped) reopen() {
	s.t.Helper()
	if err := s.db.Close(); err != nil {
		s.t.Fatal(err)
	}
	s.open(s.path)
}

// addresses lists the feeds of the topics, and some of each other kind.
func (s *shipped) addresses() (list []string) {
	s.t.Helper()
	stems := []string{"/feed.%s", "/feed.%s?q=kind%%3Arfc", "/sources/import/feed.%s", "/feed.%s?q=path+OR+key&per=document"}
	groups, err := s.db.Groups(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	stems = append(stems, "/groups/"+groups[0]+"/feed.%s")
	err = s.db.View(context.Background(), func(r *store.Reader) error {
		for _, name := range s.topics {
			stems = append(stems, "/topics/"+name+"/feed.%s")
			topic, err := r.Topic(s.t.Context(), name)
			if err != nil {
				return err
			}
			n, err := r.ArchiveCount(s.t.Context(), topic.ID)
			for i := 1; i <= n && err == nil; i++ {
				stems = append(stems, fmt.Sprintf("/topics/%s/archive/%d/feed.%%s", name, i))
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, stem := range stems {
		for _, format := range formats {
			list = append(list, fmt.Sprintf(stem, format.ending))
		}
	}
	return list
}

func (s *shipped) bodies() map[string]string {
	s.t.Helper()
	bodies := make(map[string]string)
	for _, path := range s.addresses() {
		bodies[path] = s.body(path)
	}
	return bodies
}

// bulk gives n generated mails of the year before noon, and some that follow.
func bulk(n int) (mails iter.Seq[[]byte], later [][]byte) {
	const more = 20
	all := demo.Bulk(7, n+more, noon.AddDate(-1, 0, 0), noon)
	i := 0
	for mail := range all {
		if i++; i > n {
			later = append(later, bytes.Clone(mail))
		}
	}
	return func(yield func([]byte) bool) {
		left := n
		for mail := range all {
			if left--; left < 0 || !yield(mail) {
				return
			}
		}
	}, later
}
