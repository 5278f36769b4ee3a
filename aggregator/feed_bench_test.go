package aggregator

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"github.com/draftwire/draftwire/fetch"
	"github.com/draftwire/draftwire/store"
)

// upstreamEnv makes the test binary a web server of so many feeds, so that a
// benchmark's figures are of the product alone.
const upstreamEnv = "DRAFTWIRE_BENCH_FEEDS"

// TestUpstream is that server; it is no test. Each feed has an address of its
// own, 30 entries and 37 KB. A line of "ROUND DELAY" on standard input makes
// every tenth feed another with each round and sets how long each answer takes.
func TestUpstream(*testing.T) {
	n, err := strconv.Atoi(os.Getenv(upstreamEnv))
	if err != nil {
		return
	}
	var round, delay atomic.Int64
	words := strings.Repeat("A sentence about ropes and knots, as long as sentences are. ", 19)
	for i := range n {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.%d.%d:0", 1+i/200, 1+i%200))
		if err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		srv := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Duration(delay.Load()))
			version := (max(round.Load(), 0) + int64(i)) / 10 // the newest entry
			etag := fmt.Sprintf(`"%d"`, version)
			w.Header().Set("ETag", etag)
			if r.Header.Get("If-None-Match") == etag {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			var b bytes.Buffer
			fmt.Fprintf(&b, `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Feed %d</title>`, i)
			for e := version + 30; e > version; e-- {
				fmt.Fprintf(&b, `<entry><id>urn:feed:%d:%d</id><title>Entry %d of feed %d</title><link href="/%d"/><updated>%s</updated><content type="html">&lt;p&gt;Item %d. %s&lt;/p&gt;</content></entry>`,
					i, e, e, i, e, now.Add(time.Duration(e)*time.Minute).Format(time.RFC3339), e, words)
			}
			b.WriteString("</feed>")
			_, _ = w.Write(b.Bytes())
		})}
		go srv.Serve(l) //nolint:errcheck // ends with the process
		fmt.Println("http://" + l.Addr().String() + "/feed.atom")
	}
	fmt.Println("ready")
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		var r, d int64
		_, _ = fmt.Sscan(in.Text(), &r, &d)
		round.Store(r)
		delay.Store(d)
		fmt.Println("ready")
	}
	os.Exit(0)
}

// upstream is the server as a process of its own.
type upstream struct {
	urls []string
	in   io.Writer
	out  *bufio.Scanner
}

func startUpstream(b *testing.B, feeds int) *upstream {
	b.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestUpstream$")
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", upstreamEnv, feeds))
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		in.Close()
		_ = cmd.Wait()
	})
	u := &upstream{in: in, out: bufio.NewScanner(out)}
	for u.out.Scan() && u.out.Text() != "ready" {
		if strings.HasPrefix(u.out.Text(), "error") {
			b.Skip("no 127.0.x.y addresses here: ", u.out.Text())
		}
		u.urls = append(u.urls, u.out.Text())
	}
	if len(u.urls) != feeds {
		b.Fatalf("%d feeds are served", len(u.urls))
	}
	return u
}

// be makes the feeds those of a round, and each answer take so long.
func (u *upstream) be(round int, delay time.Duration) {
	fmt.Fprintln(u.in, round, int64(delay))
	u.out.Scan()
}

// cpu is the processor time this process has used.
func cpu() time.Duration {
	var r syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &r) != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// freshPeak begins the count of peak memory anew, where the system can.
func freshPeak() { _ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) }

// BenchmarkPollFeeds polls feeds of 30 entries by the poller as it is, durably;
// beside it, bare requests for the same at the same width, whose bodies are
// parsed by gofeed. The feeds are served by another process.
//
//	feeds/s      polled and recorded
//	of-bare      as a share of the bare rate
//	cpu-ms/feed  processor time of this process
//	MB-peak      resident memory of this process (VmHWM)
func BenchmarkPollFeeds(b *testing.B) {
	for _, bb := range []struct {
		name  string
		feeds int
		delay time.Duration
		round int // of the feeds, when they have been read in round 0; or else cold
	}{
		{"cold-200", 200, 0, cold},
		{"cold-2000", 2000, 0, cold},
		{"tenth-200", 200, 0, 1},
		{"tenth-2000", 2000, 0, 1},
		{"unchanged-200", 200, 0, 0},
		{"unchanged-2000", 2000, 0, 0},
		{"slow-cold-2000", 2000, 200 * time.Millisecond, cold},
		{"slow-tenth-2000", 2000, 200 * time.Millisecond, 1},
	} {
		b.Run(bb.name, func(b *testing.B) {
			u := startUpstream(b, bb.feeds)
			var product, bare, spent time.Duration
			var peak float64
			for b.Loop() {
				p := newFeedPolls(b, u.urls)
				if bb.round != cold {
					u.be(0, 0)
					p.round(b)
				}
				u.be(bb.round, bb.delay)
				freshPeak()
				began, used := time.Now(), cpu()
				p.round(b)
				product, spent = product+time.Since(began), spent+cpu()-used
				peak = max(peak, highWater())
				p.stop(b)
				began = time.Now()
				bareFeeds(b, u.urls, bb.round)
				bare += time.Since(began)
			}
			n := float64(b.N * bb.feeds)
			b.ReportMetric(n/product.Seconds(), "feeds/s")
			b.ReportMetric(bare.Seconds()/product.Seconds(), "of-bare")
			b.ReportMetric(spent.Seconds()*1000/n, "cpu-ms/feed")
			b.ReportMetric(peak, "MB-peak")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// cold is no round of feeds: they are asked for the first time.
const cold = -1

// feedPolls is a poller of feeds over a new database.
type feedPolls struct {
	hours  atomic.Int64
	poller *Poller
	db     *store.DB
	client *fetch.Client
	cancel context.CancelFunc
	ended  chan error
	rounds int
	feeds  int
	polled atomic.Int64
}

// countedPolls counts the polls that ended, so that nobody asks the database in
// vain.
type countedPolls struct {
	Feed
	ended *atomic.Int64
}

// At implements [Movable].
func (c countedPolls) At(address string, tell func(fetch.Outcome)) Upstream {
	c.Feed = c.Feed.At(address, tell).(Feed) //nolint:forcetypeassert // it is
	return c
}

func (c countedPolls) Poll(ctx context.Context, cursor string, take Taker) (time.Duration, error) {
	defer c.ended.Add(1)
	return c.Feed.Poll(ctx, cursor, take)
}

func newFeedPolls(b *testing.B, urls []string) *feedPolls {
	b.Helper()
	db, err := store.Open(b.Context(), filepath.Join(b.TempDir(), "draftwire.db"), store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	p := &feedPolls{db: db, ended: make(chan error, 1), feeds: len(urls)}
	began := time.Now() // one that stood still would make times of recording, which only grow, come in any order
	clock := func() time.Time { return now.Add(time.Duration(p.hours.Load())*time.Hour + time.Since(began)) }
	p.client = fetch.New(fetch.Options{Allow: []string{"127.0.0.0/8"}, Now: clock})
	var sources []Source
	for i, url := range urls {
		sources = append(sources, Source{
			Name: fmt.Sprintf("feed-%04d", i), Interval: time.Hour, Host: fetch.Host(url),
			Upstream: countedPolls{Feed{URL: url, Client: p.client, Now: clock}, &p.polled},
		})
	}
	p.poller = NewPoller(&Cataloguer{DB: p.db, Now: clock}, sources, slog.New(slog.DiscardHandler))
	p.poller.Client = p.client
	return p
}

// round polls every feed once.
func (p *feedPolls) round(b *testing.B) {
	b.Helper()
	if p.rounds++; p.rounds == 1 {
		var ctx context.Context
		ctx, p.cancel = context.WithCancel(context.Background())
		go func() { p.ended <- p.poller.Run(ctx) }()
	} else {
		p.hours.Add(2)
		p.poller.Wake()
	}
	for p.polled.Load() < int64(p.rounds*p.feeds) || !recorded(b, p.db, p.rounds) {
		time.Sleep(10 * time.Millisecond)
	}
}

func (p *feedPolls) stop(b *testing.B) {
	b.Helper()
	p.cancel()
	if err := <-p.ended; err != nil {
		b.Fatal(err)
	}
	p.client.Close()
	if err := p.db.Close(); err != nil {
		b.Fatal(err)
	}
}

// bareFeeds asks each address once and parses what comes, as many at a time as the
// poller. After
// round 0 it asks for what has changed since.
func bareFeeds(b *testing.B, urls []string, round int) {
	b.Helper()
	transport := &http.Transport{MaxIdleConns: 256, MaxIdleConnsPerHost: 1}
	defer transport.CloseIdleConnections()
	work := make(chan int)
	var wg sync.WaitGroup
	for range usualWidth {
		wg.Go(func() {
			for i := range work {
				req, err := http.NewRequest(http.MethodGet, urls[i], nil)
				if err != nil {
					b.Error(err)
					continue
				}
				if round != cold {
					req.Header.Set("If-None-Match", fmt.Sprintf(`"%d"`, i/10))
				}
				resp, err := transport.RoundTrip(req)
				if err != nil {
					b.Error(err)
					continue
				}
				if resp.StatusCode == http.StatusOK {
					if _, err := gofeed.NewParser().Parse(resp.Body); err != nil {
						b.Error(err)
					}
				}
				resp.Body.Close()
			}
		})
	}
	for i := range urls {
		work <- i
	}
	close(work)
	wg.Wait()
}
