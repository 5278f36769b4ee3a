package fetch

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"
)

const benchHosts = 2000

// unchanging serves 304 on an address of its own for each host.
func unchanging(b *testing.B) (urls []string) {
	b.Helper()
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusNotModified)
	})}
	b.Cleanup(func() { srv.Close() })
	for i := range benchHosts {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.%d.%d:0", 1+i/200, 1+i%200))
		if err != nil {
			b.Skip("no 127.0.x.y addresses here: ", err)
		}
		go srv.Serve(l)
		urls = append(urls, "http://"+l.Addr().String()+"/feed.atom")
	}
	return urls
}

// BenchmarkConditional is one conditional request to each of many hosts in
// turn, answered 304, at the default spacing; an hour passes between rounds.
func BenchmarkConditional(b *testing.B) {
	urls := unchanging(b)
	var hours atomic.Int64
	client := New(Options{Allow: []string{"127.0.0.0/8"}, Now: func() time.Time {
		return noon.Add(time.Duration(hours.Load()) * time.Hour)
	}})
	defer client.Close()
	for n := 0; b.Loop(); n++ {
		if n%benchHosts == 0 {
			hours.Add(1)
		}
		resp, err := client.Get(b.Context(), Request{URL: urls[n%benchHosts], ETag: `"a"`})
		if err != nil || !resp.NotModified {
			b.Fatal(resp, err)
		}
	}
}

// BenchmarkBareConditional is the limit for it: the same requests by net/http.
func BenchmarkBareConditional(b *testing.B) {
	urls := unchanging(b)
	transport := &http.Transport{MaxIdleConns: maxIdle, MaxIdleConnsPerHost: 1}
	client := &http.Client{Transport: transport}
	defer transport.CloseIdleConnections()
	for n := 0; b.Loop(); n++ {
		req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, urls[n%benchHosts], nil)
		if err != nil {
			b.Fatal(err)
		}
		req.Header.Set("If-None-Match", `"a"`)
		resp, err := client.Do(req)
		if err != nil || resp.StatusCode != http.StatusNotModified {
			b.Fatal(resp, err)
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
}
