package aggregator

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/fetch"
)

// logLines is a log that passes on what is written to it.
type logLines chan string

func (l logLines) Write(p []byte) (int, error) {
	l <- string(p)
	return len(p), nil
}

// await reads the log up to a line that has this in it.
func (l logLines) await(t *testing.T, part string) {
	t.Helper()
	timer := time.NewTimer(time.Minute)
	defer timer.Stop()
	for {
		select {
		case line := <-l:
			if strings.Contains(line, part) {
				return
			}
		case <-timer.C:
			t.Fatalf("nothing was logged of %q", part)
		}
	}
}

// TestFeedDrips holds that a server that sends a byte and then none for a minute
// costs its own source a failure, and the others nothing: they are polled, and
// polled again, while it drips.
func TestFeedDrips(t *testing.T) {
	t.Parallel()
	r, log := newRig(t, openStore(t)), make(logLines, 100)
	drips := make(chan bool, 1)
	slow := newSite(t)
	slow.does(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "<")
		_ = http.NewResponseController(w).Flush()
		drips <- true
		<-r.Context().Done()
	})
	const limit = 20 * time.Second // the others' polls must fit in, on a busy machine too
	sources := []Source{{Name: "slow", Interval: time.Hour, Upstream: slow.feed(t, r, fetch.Options{Timeout: limit})}}
	well := newSite(t)
	for i := range 3 {
		sources = append(sources, Source{Name: fmt.Sprint("well", i), Interval: time.Hour, Upstream: well.feed(t, r, fetch.Options{})})
	}
	well.says(posts(1))
	r.use(sources...)
	r.Log = slog.New(slog.NewTextHandler(log, nil))
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	<-drips
	for range 3 {
		log.await(t, "polled")
	}
	well.says(posts(2))
	r.pass(2 * time.Hour)
	r.Wake()
	for range 3 {
		log.await(t, "polled")
	}
	if row := r.source("slow"); row.LeaseUntil.IsZero() {
		t.Error("the slow one has ended before the others, so that nothing is shown")
	}
	log.await(t, "poll failed")
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if row := r.source("slow"); row.Attempts != 1 || !strings.Contains(row.LastError, "no complete answer within 20s") || !row.LeaseUntil.IsZero() {
		t.Errorf("recorded: %+v", row)
	}
	for i := range 3 {
		if row := r.source(fmt.Sprint("well", i)); row.Polls != 2 || row.Messages != 2 {
			t.Errorf("recorded: %+v", row)
		}
	}
}

// TestFeedBomb holds that gzip that would become 5 GB is read no further than
// what a feed may be, and costs no more memory than that.
func TestFeedBomb(t *testing.T) {
	const limit = 4 << 20
	var member bytes.Buffer // 10 MB; as often as one likes, they are gzip still
	z, err := gzip.NewWriterLevel(&member, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = z.Write(make([]byte, 10<<20))
	_ = z.Close()
	r, s := feedRig(t, fetch.Options{MaxBytes: limit}, false)
	s.does(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		for range 512 {
			if _, err := w.Write(member.Bytes()); err != nil {
				return
			}
		}
	})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	res := r.one(Tally{})
	runtime.ReadMemStats(&after)
	if large, ok := errors.AsType[*fetch.TooLargeError](res.Err); !ok || large.Limit != limit {
		t.Errorf("got %v, want that it is too large", res.Err)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 10*limit {
		t.Errorf("took %d MB of memory for a feed of at most %d", used>>20, limit>>20)
	}
	if row := r.source("news"); row.Attempts != 1 || !strings.Contains(row.LastError, "larger than the limit") {
		t.Errorf("recorded: %+v", row)
	}
	s.says(posts(1))
	r.one(Tally{Messages: 1, Posts: 1})
}

// TestFeedClockJumps holds that what a feed says is catalogued alike, and the
// feed polled again soon, whatever the clock did between its polls.
func TestFeedClockJumps(t *testing.T) {
	const year = 365 * 24 * time.Hour
	item := func(n int, text string) string {
		return fmt.Sprintf("<item><title>%d</title><description>%s</description><guid>https://example.org/%d</guid>"+
			"<pubDate>Tue, 10 Mar 2026 0%d:00:00 GMT</pubDate></item>", n, text, n, n)
	}
	told := []string{
		rssOf(item(1, "as it was")),
		rssOf(item(2, "one more") + item(1, "as it was")),
		rssOf(item(3, "another") + item(2, "one more") + item(1, "as it is now")),
	}
	type seen struct {
		Document, Title, Abstract string
		Event                     catalog.EventKind
	}
	read := func(t *testing.T, jumps ...time.Duration) (events []seen) {
		t.Helper()
		r, s := feedRig(t, fetch.Options{}, false)
		for i, body := range told {
			s.says(body, "Expires", r.now().Add(time.Hour).Format(http.TimeFormat))
			for _, res := range r.poll() {
				if res.Err != nil {
					t.Fatal(res.Err)
				}
			}
			if row := r.source("news"); row.Next.After(r.now().Add(longestWait)) || row.Success.After(r.now()) {
				t.Errorf("poll %d at %s: %+v", i+1, r.now(), row)
			}
			r.pass(jumps[i])
		}
		for _, e := range catalogued(t, r.db) {
			events = append(events, seen{e.Document, e.Facts.Title, e.Facts.Abstract, e.Event})
			if e.Event == catalog.Posted && !e.Published.Equal(time.Date(2026, 3, 10, int(e.Facts.Title[0]-'0'), 0, 0, 0, time.UTC)) {
				t.Errorf("%s was published at %s, want its own date", e.Facts.Title, e.Published)
			}
		}
		return events
	}
	want := read(t, 2*time.Hour, 2*time.Hour, 0)
	if len(want) != 4 {
		t.Fatalf("%d events, want three posts and a revision", len(want))
	}
	for _, jumps := range [][]time.Duration{{year, 2*time.Hour - year, 0}, {2 * time.Hour, year, 0}, {24 * time.Hour, -23 * time.Hour, 0}} {
		if diff := cmp.Diff(want, read(t, jumps...)); diff != "" {
			t.Errorf("with the clock set on by %v: (-undisturbed +got)\n%s", jumps, diff)
		}
	}
}
