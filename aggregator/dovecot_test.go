//go:build full

package aggregator

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/feeds"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/mail"
	"github.com/draftwire/draftwire/topics"
)

// TestDovecot goes through the life of a folder on a real server: read, told
// by IDLE, killed in the middle, numbered afresh. Each mail comes once, at once.
func TestDovecot(t *testing.T) {
	d := newDovecot(t)
	r := d.reader()

	d.mails(1, 1000)
	r.serve()
	until(t, "a start", func() bool { return r.messages() > 0 })
	d.kill() // in the middle, or soon after
	killed := r.messages()
	d.start()
	until(t, "all of it", func() bool { return r.messages() == 1000 })
	t.Logf("killed when %d of 1000 were taken", killed)

	heard, told, shown := latencies(t, d, r, 1001, 50, nil)
	t.Logf("median from APPEND until Dovecot tells a client that only idles: %s; until it is in the catalogue: %s; in the topic's feed: %s",
		heard[25], told[25], shown[25])
	// Dovecot gathers news for half a second before it tells (NOTIFY_DELAY_MSECS).
	if ours := shown[25] - heard[25]; ours > 200*time.Millisecond {
		t.Errorf("the feed is %s behind what Dovecot says", ours)
	}

	_, before, _ := strings.Cut(r.source("list").Cursor, "uidvalidity")
	d.renumber()
	d.mails(1051, 1060)
	until(t, "ten more under another UIDVALIDITY", func() bool { return r.messages() == 1060 })
	if _, after, _ := strings.Cut(r.source("list").Cursor, "uidvalidity"); after[:12] == before[:12] {
		t.Errorf("the UIDVALIDITY is the same: %s", after)
	}
	latencies(t, d, r, 1061, 3, nil)
	d.expunge(1, 2, 3)
	d.mails(1064, 1066)
	until(t, "three more", func() bool { return r.messages() == 1066 })
	if row := r.source("list"); row.Messages != 1066 || len(r.subjects()) != 1066 {
		t.Errorf("%d posts, %+v", len(r.subjects()), row)
	}
}

// TestDovecotHibernation measures a Dovecot that lets idle connections hibernate:
// the process that keeps them wakes one at once, without the half second.
func TestDovecotHibernation(t *testing.T) {
	d := newDovecot(t, hibernation)
	r := d.reader()
	r.serve()
	d.mails(1, 1)
	until(t, "a start", func() bool { return r.messages() == 1 })
	const n = 15
	heard, told, shown := latencies(t, d, r, 2, n, func() bool { return d.hibernating() == 2 })
	t.Logf("median from APPEND until Dovecot tells a client that hibernates: %s; until it is in the catalogue: %s; in the topic's feed: %s",
		heard[n/2], told[n/2], shown[n/2])
	if shown[n/2] > 200*time.Millisecond {
		t.Errorf("the feed is %s behind the mail", shown[n/2])
	}
}

// reader is a rig that watches the folder and has a topic of its letters.
func (d *dovecot) reader() *rig {
	r := newRig(d.t, openStore(d.t))
	up := r.folder(d.cfg)
	up.Idle, up.Hosts, up.Batch, up.Now = true, &IMAPHosts{}, 50, time.Now
	r.use(Source{Name: "list", Interval: time.Hour, Upstream: up})
	r.Catalogue.Now, r.watchRest = time.Now, 100*time.Millisecond
	r.Log = slog.New(slog.NewTextHandler(&lines{}, nil))
	query, err := filters.Parse("letter")
	if err != nil {
		d.t.Fatal(err)
	}
	if _, err := topics.Sync(d.t.Context(), r.db, []topics.Topic{{Name: "letters", Title: "Letters", Query: query}}, time.Now()); err != nil {
		d.t.Fatal(err)
	}
	return r
}

// idler idles on the folder and notes when it is told of news.
func (d *dovecot) idler() <-chan time.Time {
	d.tb.Helper()
	c, err := mail.DialIMAP(d.t.Context(), d.cfg)
	if err == nil {
		_, err = c.Examine(d.t.Context(), "list")
	}
	if err != nil {
		d.tb.Fatal(err)
	}
	heard := make(chan time.Time, 100)
	go func() { _ = c.Idle(d.t.Context(), nil, func() { heard <- time.Now() }) }()
	return heard
}

// latencies appends mails one after the other and gives, sorted, how long it
// took until somebody else was told of each, until it was in the catalogue, and
// in the feed of the topic letters. Each waits until all is ready, if that is
// asked for.
func latencies(t *testing.T, d *dovecot, r *rig, from, n int, ready func() bool) (heard, told, shown []time.Duration) {
	t.Helper()
	idler := d.idler()
	handler := feeds.New(feeds.Config{
		DB: r.db, Base: "http://127.0.0.1", Authority: catalog.Authority{Name: "example.org", Year: 2026}, Log: slog.New(slog.DiscardHandler),
	}).Handler()
	for i := from; i < from+n; i++ {
		if ready != nil {
			until(t, "readiness", ready)
		}
		have := r.messages()
		began := time.Now()
		d.mails(i, i)
		until(t, "a mail", func() bool { return r.messages() == have+1 })
		told = append(told, time.Since(began))
		until(t, "an entry", func() bool {
			w := httptest.NewRecorder()
			req := httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/topics/letters/feed.atom", nil)
			req.SetPathValue("name", "letters")
			handler.ServeHTTP(w, req)
			return strings.Contains(w.Body.String(), fmt.Sprintf("no%05d", i))
		})
		shown = append(shown, time.Since(began))
		heard = append(heard, (<-idler).Sub(began))
	}
	slices.Sort(heard)
	slices.Sort(told)
	slices.Sort(shown)
	return heard, told, shown
}
