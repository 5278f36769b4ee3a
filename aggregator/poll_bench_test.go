package aggregator

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/draftwire/draftwire/fetch"
	"github.com/draftwire/draftwire/store"
)

// manyFeeds serves on an address of its own for each feed, so that pacing by
// host holds, and counts the answers.
func manyFeeds(b *testing.B, n int) (urls []string, answered *atomic.Int64) {
	b.Helper()
	answered = new(atomic.Int64)
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answered.Add(1)
		w.Header().Set("ETag", `"same"`)
		if r.Header.Get("If-None-Match") == `"same"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = io.WriteString(w, `<feed xmlns="http://www.w3.org/2005/Atom"><title>Quiet</title></feed>`)
	})}
	b.Cleanup(func() { srv.Close() })
	for i := range n {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.%d.%d:0", 1+i/200, 1+i%200))
		if err != nil {
			b.Skip("no 127.0.x.y addresses here: ", err)
		}
		go srv.Serve(l) //nolint:errcheck // ends with Close
		urls = append(urls, "http://"+l.Addr().String()+"/feed.atom")
	}
	return urls, answered
}

// BenchmarkPollUnchanged polls 2,000 feeds that all answer 304, by the poller
// as it is, schedule and results durable; beside it, as many bare conditional
// requests at the same width.
//
//	feeds/s   polled and recorded
//	of-bare   as a share of the bare requests' rate
//	MB-peak   resident memory of the whole process (VmHWM)
func BenchmarkPollUnchanged(b *testing.B) {
	const feeds = 2000
	urls, answered := manyFeeds(b, feeds)
	var hours atomic.Int64
	clock := func() time.Time { return now.Add(time.Duration(hours.Load()) * time.Hour) }
	client := fetch.New(fetch.Options{Allow: []string{"127.0.0.0/8"}, Now: clock})
	defer client.Close()
	db := openStore(b)
	var sources []Source
	for i, url := range urls {
		sources = append(sources, Source{
			Name: fmt.Sprintf("feed-%04d", i), Interval: 30 * time.Minute,
			Upstream: Feed{URL: url, Client: client, Now: clock},
		})
	}
	poller := NewPoller(&Cataloguer{DB: db, Now: clock}, sources, slog.New(slog.DiscardHandler))
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- poller.Run(ctx) }()
	rounds := 0
	round := func() {
		want := answered.Load() + feeds
		rounds++
		hours.Add(1)
		poller.Wake()
		for !(answered.Load() >= want && recorded(b, db, rounds)) {
			time.Sleep(200 * time.Microsecond)
		}
	}
	round() // the first brings the validators
	var product, bare time.Duration
	for b.Loop() {
		began := time.Now()
		round()
		product += time.Since(began)
		began = time.Now()
		bareRound(b, urls)
		bare += time.Since(began)
	}
	stop()
	if err := <-ended; err != nil {
		b.Fatal(err)
	}
	n := float64((rounds - 1) * feeds)
	b.ReportMetric(n/product.Seconds(), "feeds/s")
	b.ReportMetric(n/bare.Seconds(), "bare/s")
	b.ReportMetric(bare.Seconds()/product.Seconds(), "of-bare")
	b.ReportMetric(highWater(), "MB-peak")
}

// recorded reports whether every feed has been polled so often, successfully.
func recorded(b *testing.B, db *store.DB, rounds int) bool {
	b.Helper()
	list, err := db.Sources(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	for _, s := range list {
		if s.LastError != "" {
			b.Fatal(s.LastError)
		}
		if s.Polls != rounds {
			return false
		}
	}
	return true
}

// bareRound asks each address once, as many at a time as the poller does.
func bareRound(b *testing.B, urls []string) {
	b.Helper()
	transport := &http.Transport{MaxIdleConns: 256, MaxIdleConnsPerHost: 1}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	work := make(chan string)
	var wg sync.WaitGroup
	for range usualWidth {
		wg.Go(func() {
			for url := range work {
				req, err := http.NewRequest(http.MethodGet, url, nil)
				if err != nil {
					b.Error(err)
					continue
				}
				req.Header.Set("If-None-Match", `"same"`)
				resp, err := client.Do(req)
				if err != nil || resp.StatusCode != http.StatusNotModified {
					b.Error(resp, err)
					continue
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
		})
	}
	for _, url := range urls {
		work <- url
	}
	close(work)
	wg.Wait()
}

// highWater reads the peak resident memory of this process in MB, 0 where
// there is no /proc.
func highWater() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		var kb float64
		if n, _ := fmt.Sscanf(line, "VmHWM: %f kB", &kb); n == 1 {
			return kb / 1024
		}
	}
	return 0
}
