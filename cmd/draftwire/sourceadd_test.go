package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const aFeed = `<?xml version="1.0"?><rss version="2.0"><channel><title>News of the %s</title><link>https://x.example/</link>
<item><guid>1</guid><title>About QUIC</title><link>https://x.example/1</link><pubDate>Fri, 20 Mar 2026 10:00:00 +0000</pubDate></item>
</channel></rss>`

// aSite has a page that names the feeds, of one name each, and mailboxes, and gives the
// configuration that may read it.
func aSite(t *testing.T, feeds ...string) (address, configuration string) {
	t.Helper()
	mux := http.NewServeMux()
	page := "<html><head><title>Site</title>"
	for _, name := range feeds {
		page += fmt.Sprintf(`<link rel="alternate" type="application/rss+xml" title="The %s" href="/%s.xml">`, name, name)
		mux.HandleFunc("/"+name+".xml", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, aFeed, name) })
	}
	mux.HandleFunc("/list/", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, strings.Repeat("From a Fri Mar 20 10:00:00 2026\nFrom: a@x.example\nDate: Fri, 20 Mar 2026 10:00:00 +0000\nSubject: QUIC\n\nIt works.\n\n", 2))
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, page+"</head><body></body></html>")
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	configuration = filepath.Join(t.TempDir(), "draftwire.toml")
	text := fmt.Sprintf("[fetch]\nallow = [%q]\nspacing = \"1ms\"\n[server]\nlisten = \"127.0.0.1:0\"\n[[topic]]\nname = \"quic\"\nquery = \"title:quic\"\n",
		strings.TrimPrefix(s.URL, "http://"))
	if err := os.WriteFile(configuration, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return s.URL, configuration
}

// says runs a command and gives its exit code and all that it printed.
func says(t *testing.T, args ...string) (int, string) {
	t.Helper()
	var out strings.Builder
	code := run(t.Context(), args, &out, &out)
	return code, out.String()
}

// TestAddFromPage finds the feeds of a page.
func TestAddFromPage(t *testing.T) {
	site, configuration := aSite(t, "day", "night")
	code, out := says(t, "sources", "add", "--config", configuration, site)
	if code != exitUsage || !strings.Contains(out, "There are several things to poll:") || !strings.Contains(out, site+"/night.xml") {
		t.Fatalf("%d:\n%s", code, out)
	}
	code, out = says(t, "sources", "add", "--config", configuration, "--yes", site+"/night.xml")
	if code != exitOK || !strings.Contains(out, "1 message would come in with the first poll: post 1") || !strings.Contains(out, "in quic\n") {
		t.Fatalf("%d:\n%s", code, out)
	}
	text, err := os.ReadFile(filepath.Join(filepath.Dir(configuration), "sources", "news-of-the-night.toml"))
	if want := "[[source]]\nname = \"news-of-the-night\"\nkind = \"feed\"\nurl = \"" + site + "/night.xml\"\n"; err != nil || string(text) != want {
		t.Fatalf("%v, got\n%s\nwant\n%s", err, text, want)
	}
	code, out = says(t, "sources", "add", "--config", configuration, "--yes", "http://127.0.0.1:9/feed")
	if code != exitFailed || !strings.Contains(out, "127.0.0.1") {
		t.Errorf("an address that may not be read: %d, %s", code, out)
	}
}

// TestAddArchive says how far back an archive is read.
func TestAddArchive(t *testing.T) {
	site, configuration := aSite(t)
	for _, tt := range []struct {
		path string
		more []string
		hint bool
	}{
		{"/list/{YYYY}-{MM}.mbox", nil, true},
		{"/list/{YYYY}-{MM}.mbox", []string{"--since", now().AddDate(0, -1, 0).Format(time.DateOnly)}, false},
		{"/list/all.mbox", nil, false},
	} {
		code, out := says(t, append([]string{"sources", "add", "--config", configuration, "--kind", "mbox", site + tt.path}, tt.more...)...)
		if code != exitUsage || !strings.Contains(out, "would come in") || strings.Contains(out, "--since 2025-01-01 takes in what is older") != tt.hint {
			t.Errorf("%s %v: %d:\n%s", tt.path, tt.more, code, out)
		}
	}
}

// TestServeTakesUp holds that a running server polls what a command adds, and
// rests what a command pauses.
func TestServeTakesUp(t *testing.T) {
	site, configuration := aSite(t, "day")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan string, 1)
	ready := make(chan struct{}, 1)
	go func() {
		out := &firstLine{told: ready}
		code := run(ctx, []string{"serve", "--config", configuration}, out, out)
		ended <- fmt.Sprint(code)
	}()
	defer func() {
		cancel()
		if code := <-ended; code != "0" {
			t.Errorf("serve ended with %s", code)
		}
	}()
	select {
	case <-ready:
	case <-time.After(20 * time.Second):
		t.Fatal("serve does not begin")
	}
	code, out := says(t, "sources", "add", "--config", configuration, "--yes", "--name", "day", site)
	if code != exitOK || !strings.Contains(out, "the running draftwire takes it up") {
		t.Fatalf("%d: %s", code, out)
	}
	await := func(want string) {
		t.Helper()
		late := time.After(20 * time.Second)
		for {
			_, out := says(t, "sources", "--config", configuration, "--json")
			if strings.Contains(out, want) {
				return
			}
			select {
			case <-late:
				t.Fatalf("no %s in %s", want, out)
			case <-time.Tick(100 * time.Millisecond):
			}
		}
	}
	await(`"name":"day","active":true,"messages":1,"polls":1`)
	if code, out := says(t, "sources", "pause", "--config", configuration, "day"); code != exitOK {
		t.Fatalf("%d: %s", code, out)
	}
	await(`"name":"day","active":false,`)
	if code, out := says(t, "sources", "resume", "--config", configuration, "day"); code != exitOK {
		t.Fatalf("%d: %s", code, out)
	}
	await(`"name":"day","active":true,"messages":1,"polls":2`)
}

// firstLine tells when something is written.
type firstLine struct{ told chan struct{} }

func (f *firstLine) Write(b []byte) (int, error) {
	if strings.Contains(string(b), "http://") {
		select {
		case f.told <- struct{}{}:
		default:
		}
	}
	return len(b), nil
}

func TestSlugOf(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"IETF Blog", "ietf-blog"},
		{"  The «Élan» — of C++  ", "the-elan-of-c"},
		{"日刊IETF", "ietf"},
		{"日本", ""},
		{"Don't panic", "dont-panic"},
		{"A title that goes on and on about everything there is", "a-title-that-goes-on-and-on"},
		{strings.Repeat("x", 80), strings.Repeat("x", 32)},
	} {
		if got := slugOf(tt.in); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.in, got, tt.want)
		}
	}
}
