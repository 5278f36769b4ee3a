package feeds

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"testing"
	"time"
)

// BenchmarkFeed200 asks for a feed of 50 entries over keep-alive connections,
// in turn from Draftwire and from a bare handler that writes the same bytes
// with the same headers from memory. of-bare is the ratio of their speeds.
func BenchmarkFeed200(b *testing.B) {
	for _, encoding := range []string{"identity", "gzip"} {
		b.Run(encoding, func(b *testing.B) { benchmarkFeed(b, http.Header{"Accept-Encoding": {encoding}}, http.StatusOK) })
	}
}

// BenchmarkFeed304 is BenchmarkFeed200 with the ETag that the feed has.
func BenchmarkFeed304(b *testing.B) {
	benchmarkFeed(b, http.Header{"Accept-Encoding": {"gzip"}, "If-None-Match": {""}}, http.StatusNotModified)
}

func benchmarkFeed(b *testing.B, header http.Header, want int) {
	w := newWire(b)
	w.fill(maxEntries)
	d, err := w.feeds.named.get(context.Background(), quicKey, free)
	if err != nil {
		b.Fatal(err)
	}
	if _, conditional := header["If-None-Match"]; conditional {
		header.Set("If-None-Match", d.variants[asPacked].etag[0])
	}
	ours := listen(b, w.feeds.Handler())
	bare := listen(b, bareHandler(d, header.Get("Accept-Encoding") == "gzip", want))

	// Slices of both in turn, so that what else the machine does meets both.
	var spent [2]time.Duration
	var each [2][]time.Duration
	const slice = 500
	b.ResetTimer()
	for done := 0; done < b.N; done += slice {
		n := min(slice, b.N-done)
		spent[0] += request(b, ours, header, want, n, &each[0])
		b.StopTimer()
		spent[1] += request(b, bare, header, want, n, &each[1])
		b.StartTimer()
	}
	b.StopTimer()
	for i, unit := range []string{"ms-p99", "ms-p99-bare"} {
		slices.Sort(each[i])
		b.ReportMetric(float64(each[i][len(each[i])*99/100].Microseconds())/1000, unit)
	}
	b.ReportMetric(spent[1].Seconds()/spent[0].Seconds(), "of-bare")
	b.ReportMetric(float64(b.N)/spent[0].Seconds(), "req/s")
}

// bareHandler is the least net/http can do to give the same answer.
func bareHandler(d *document, gzip bool, status int) http.Handler {
	sent, own := d.plain, d.variants[0]
	if gzip {
		sent, own = d.packed(), d.variants[asPacked]
	}
	modified := []string{d.modified.Format(http.TimeFormat)}
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h["Cache-Control"], h["Vary"], h["Access-Control-Allow-Origin"] = headerCache, headerVaries, headerAnyone
		h["X-Content-Type-Options"], h["Etag"], h["Content-Security-Policy"] = headerSniff, own.etag, headerPolicy
		h["Access-Control-Expose-Headers"] = headerExpose
		if status == http.StatusNotModified {
			w.WriteHeader(status)
			return
		}
		if gzip {
			h["Content-Encoding"] = headerGzip
		}
		h["Content-Type"], h["Content-Length"], h["Last-Modified"] = own.media, sent.length, modified
		h["Accept-Ranges"] = headerBytes
		w.Write(sent.body) //nolint:errcheck // the client tells
	})
}

func listen(b *testing.B, h http.Handler) string {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go server.Serve(l)                   //nolint:errcheck // ends with Close
	b.Cleanup(func() { server.Close() }) //nolint:errcheck // nothing to lose
	return "http://" + l.Addr().String() + quic
}

const clients = 4

var client = &http.Client{
	Transport: &http.Transport{MaxIdleConnsPerHost: clients, DisableCompression: true},
	Timeout:   time.Minute,
}

// request makes n requests over a few connections and tells how long all took,
// and each.
func request(b *testing.B, url string, header http.Header, want, n int, each *[]time.Duration) time.Duration {
	b.Helper()
	start := time.Now()
	jobs, results := make(chan struct{}, n), make(chan error, clients)
	took := make(chan time.Duration, n)
	for range n {
		jobs <- struct{}{}
	}
	close(jobs)
	for range clients {
		go func() {
			for range jobs {
				began := time.Now()
				if err := get(url, header, want); err != nil {
					results <- err
					return
				}
				took <- time.Since(began)
			}
			results <- nil
		}()
	}
	for range clients {
		if err := <-results; err != nil {
			b.Error(err)
		}
	}
	spent := time.Since(start)
	close(took)
	for one := range took {
		*each = append(*each, one)
	}
	return spent
}

func get(url string, header http.Header, want int) error {
	r, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	r.Header = header
	resp, err := client.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != want {
		return fmt.Errorf("got %s, want %d", resp.Status, want)
	}
	return nil
}
