//go:build full

package main

// This file holds editions against four columns that people wrote of the same
// days: the sections, the hot topics, and days on which there are none.

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/draftwire/draftwire/aggregator"
	"github.com/draftwire/draftwire/config"
	"github.com/draftwire/draftwire/demo"
	"github.com/draftwire/draftwire/editions"
	"github.com/draftwire/draftwire/store"
)

// columns is a wire filled with a year of announcements.
type columns struct {
	testing.TB
	db  *store.DB
	cfg settings
}

func newColumns(t testing.TB, list []demo.Announcement) *columns {
	t.Helper()
	dir, ctx := t.TempDir(), context.Background()
	for name, content := range map[string]string{
		"year.mbox": string(mailbox(list)), "topics/ietf.toml": config.ShippedTopics(),
		"draftwire.toml": "[[newsletter]]\nname = \"daily\"\ntitle = \"Drafts of the day\"\n",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	a := &app{out: &out, err: &out, configPath: filepath.Join(dir, "draftwire.toml"), making: true}
	cfg, db, err := a.open(ctx, true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := cfg.adopt(ctx, db); err != nil {
		t.Fatal(err)
	}
	files := aggregator.Files{Paths: []string{filepath.Join(dir, "year.mbox")}, Source: "import", Announcements: true}
	if err := a.importFiles(ctx, db, files); err != nil {
		t.Fatal(err)
	}
	return &columns{t, db, cfg}
}

func (c *columns) edition(day string) *editions.Edition {
	c.Helper()
	n := c.cfg.newsletters()[0]
	w, err := n.ParseLabel(day)
	if err != nil {
		c.Fatal(err)
	}
	e, err := editions.Compose(context.Background(), &c.db.Reader, n, w)
	if err != nil {
		c.Fatal(err)
	}
	return e
}

// tell logs an edition as far as it is judged.
func (c *columns) tell(e *editions.Edition) {
	c.Logf("%s: %s", e.Label, e.Subject())
	for _, s := range e.Sections {
		for _, item := range s.Items {
			c.Logf("  %-22s %s", s.Topic, item.Title)
		}
	}
	for line := range strings.SplitSeq(e.Summary(editions.Links{}), "\n") {
		c.Logf("  %s", line)
	}
}

// byHand is how the column of 2025-12-07 put its ten drafts, by words of their titles.
var byHand = [][]string{
	{"ACME"},
	{"Home Networks", "Taxonomy"},
	{"Route Path Authorizations"},
	{"VRRP", "BGPsec", "LISP", "Flooding"},
	{"Reflection", "Edge Metadata"},
}

// agreement is the share of pairs of drafts that two ways of putting them into
// sections both put together, or both apart (the Rand index).
func agreement(e *editions.Edition) float64 {
	var ours, theirs []int
	for i, s := range e.Sections {
		for _, item := range s.Items {
			ours = append(ours, i)
			theirs = append(theirs, slices.IndexFunc(byHand, func(words []string) bool {
				return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(item.Title, w) })
			}))
		}
	}
	same, pairs := 0, 0
	for i := range ours {
		for j := range i {
			pairs++
			if (ours[i] == ours[j]) == (theirs[i] == theirs[j]) {
				same++
			}
		}
	}
	return float64(same) / float64(max(pairs, 1))
}

// found reports whether a hot topic tells of at least so many of the drafts
// whose titles hold one of the words.
func found(e *editions.Edition, least int, words ...string) bool {
	titles := map[string]string{}
	for _, s := range e.Sections {
		for _, item := range s.Items {
			titles[item.Key] = item.Title
		}
	}
	return slices.ContainsFunc(e.Hot, func(h editions.Hot) bool {
		n := 0
		for _, key := range h.Items {
			if slices.ContainsFunc(words, func(w string) bool { return strings.Contains(titles[key], w) }) {
				n++
			}
		}
		return n >= least && n > len(h.Items)/2
	})
}

func TestColumns(t *testing.T) {
	for seed := range uint64(3) {
		c := newColumns(t, fourDays(t, seed+1, false))
		at := map[string]*editions.Edition{}
		for _, day := range []string{"2025-11-02", "2025-12-07", "2025-12-08", "2025-12-31"} {
			at[day] = c.edition(day)
			if seed == 0 {
				c.tell(at[day])
			}
		}
		t.Logf("year %d: agreement with the sections of 2025-12-07: %.2f", seed, agreement(at["2025-12-07"]))
		for _, topic := range []struct {
			day, name string
			want      bool
			got       bool
		}{
			{"2025-11-02", "three WIMSE drafts", true, found(at["2025-11-02"], 3, "Workload")},
			{"2025-11-02", "AI agents", true, found(at["2025-11-02"], 5, "Agent")},
			{"2025-11-02", "two CFRG drafts", false, found(at["2025-11-02"], 2, "BLS", "Pairing")},
			{"2025-12-07", "home privacy", true, found(at["2025-12-07"], 2, "Privacy Preference")},
			{"2025-12-07", "BGP security", false, found(at["2025-12-07"], 2, "BGPsec", "Route Path")},
			{"2025-12-08", "attestation", false, found(at["2025-12-08"], 2, "Attestation", "EAT")},
		} {
			t.Logf("year %d: %s, %s: found %v", seed, topic.day, topic.name, topic.got)
			if topic.want && !topic.got {
				t.Errorf("year %d: %s is not a hot topic of %s", seed, topic.name, topic.day)
			}
		}
		if got := agreement(at["2025-12-07"]); got < 0.8 {
			t.Errorf("year %d: sections agree in %.2f of the pairs", seed, got)
		}
		if hot := at["2025-12-31"].Hot; len(hot) > 0 {
			t.Errorf("year %d: the column of 2025-12-31 rests on single drafts, but we say %+v", seed, hot)
		}
	}
}

// On days that are put together at random nothing is hot, or hardly ever.
func TestShuffledDaysHaveNoHotTopics(t *testing.T) {
	c := newColumns(t, outOfOrder(fourDays(t, 9, true), 9))
	days, wrong := 0, 0
	for day := time.Date(2025, 9, 1, 0, 0, 0, 0, time.UTC); day.Year() == 2025; day = day.AddDate(0, 0, 1) {
		e := c.edition(day.Format(time.DateOnly))
		days++
		wrong += len(e.Hot)
		for line := range strings.SplitSeq(e.Summary(editions.Links{}), "\n") {
			if len(e.Hot) > 0 {
				t.Logf("%s (%d items): %s", e.Label, e.Len(), line)
			}
		}
	}
	t.Logf("%d hot topics on %d shuffled days", wrong, days)
	if wrong > days/10 {
		t.Errorf("%d hot topics on %d shuffled days", wrong, days)
	}
}
