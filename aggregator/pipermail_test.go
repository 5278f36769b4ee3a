package aggregator

import (
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// rows is an index page with links.
func rows(links ...string) string {
	page := "<HTML><BODY><table border=3>"
	for _, l := range links {
		page += fmt.Sprintf("<tr><td>x:</td><td><A href=\"%s\">[ Text 2 KB ]</a></td></tr>\n", l)
	}
	return page + "</table></BODY></HTML>"
}

func TestArchiveIndex(t *testing.T) {
	base, err := url.Parse("https://lists.example.org/pipermail/tls/")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ link, want, start, end string }{
		{"2026-March.txt", "2026-March.txt", "2026-03-01", "2026-04-01"},
		{"2026-March.txt.gz", "2026-March.txt.gz", "2026-03-01", "2026-04-01"},
		{" /pipermail/tls/2026-March.txt#x", "2026-March.txt", "2026-03-01", "2026-04-01"},
		{"2025q4.txt.gz", "2025q4.txt.gz", "2025-10-01", "2026-01-01"},
		{"2025.txt", "2025.txt", "2025-01-01", "2026-01-01"},
		{"Week-of-Mon-20260316.txt", "Week-of-Mon-20260316.txt", "2026-03-16", "2026-03-23"},
		{"20260316.txt", "20260316.txt", "2026-03-16", "2026-03-17"},
		{"2026-03.mail", "2026-03.mail", "2026-03-01", "2026-04-01"},
		{"202603.mbox/thread", "202603.mbox", "2026-03-01", "2026-04-01"},
		{"2026-March/thread.html", "", "", ""},
		{"2026-Smarch.txt", "", "", ""},
		{"2026-13.mail", "", "", ""},
		{"20260230.txt", "", "", ""},
		{"2026q5.txt", "", "", ""},
		{"../dns/2026-March.txt", "", "", ""},
		{"https://evil.example/pipermail/tls/2026-March.txt", "", "", ""},
		{"http://lists.example.org/pipermail/tls/2026-March.txt", "", "", ""},
		{"javascript:2026-March.txt", "", "", ""},
		{"%zz", "", "", ""},
		{"", "", "", ""},
	} {
		got := archiveIndex([]byte(rows(tt.link)), base)
		if tt.want == "" {
			if len(got) > 0 {
				t.Errorf("%s: got %v, want none", tt.link, got)
			}
			continue
		}
		if len(got) != 1 || got[0].url != base.String()+tt.want ||
			got[0].start.Format(time.DateOnly) != tt.start || got[0].end.Format(time.DateOnly) != tt.end {
			t.Errorf("%s: got %v, want %v", tt.link, got, tt)
		}
	}
	both := archiveIndex([]byte(rows("2026-March.txt.gz", "2026-March.txt", "2026-March.txt.gz")), base)
	if len(both) != 1 || both[0].url != base.String()+"2026-March.txt" {
		t.Errorf("plain and gzipped: %v", both)
	}
}

func TestArchiveIndexCorpus(t *testing.T) {
	dir := filepath.Join(corpus(t), "mail-archives", "pipermail")
	base := &url.URL{Scheme: "https", Host: "example.org", Path: "/l/"}
	for file, want := range map[string][]string{
		"pipermail_index.html":        {"2016-April.txt", "2016-March.txt", "2015-November.txt.gz"},
		"pipermail_apache_index.html": {"201603.mbox", "201604.mbox", "201511.mbox"},
		"pipermail_index_empty.html":  nil,
	} {
		var got []string
		for _, f := range archiveIndex([]byte(readFile(t, filepath.Join(dir, file))), base) {
			got = append(got, filepath.Base(f.url))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", file, got, want)
		}
	}
}

func TestPipermail(t *testing.T) {
	s, r := newShelf(t), newRig(t, openStore(t))
	a := s.archive(r)
	a.Since = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	r.archive(Pipermail{a, s.URL + "/pipermail/tls/"})
	const dir = "/pipermail/tls/"
	s.put(dir, rows("2026-April.txt", "2026-March.txt", "2026-February.txt.gz", "2026-January.txt.gz", "2025-December.txt.gz"), time.Time{})
	mangled := strings.ReplaceAll(letters(5, 6), "a@example.org", "a at example.org (A)")
	for file, text := range map[string]string{
		"2025-December.txt.gz": zipped(t, letters(1, 2)), "2026-January.txt.gz": zipped(t, letters(3, 4)),
		"2026-March.txt": mangled, "2026-April.txt": letters(9, 9), // ahead of our clock
	} {
		s.put(dir+file, text, now.Add(-time.Hour))
	}
	res := r.one(Tally{Messages: 4, Posts: 4})
	if res.failed() || res.Err == nil || !strings.Contains(res.Err.Error(), s.URL+dir+"2026-February.txt.gz: ") {
		t.Errorf("a file that is not there: %v", res.Err)
	}
	s.expect("first", dir, dir+"2026-January.txt.gz", dir+"2026-February.txt.gz", dir+"2026-March.txt")
	s.put(dir+"2026-February.txt.gz", zipped(t, letters(7, 7)), now.Add(-time.Hour))
	s.put(dir+"2026-March.txt", mangled+letter(8), now.Add(-time.Minute))
	if res := r.one(Tally{Messages: 3, Known: 1, Posts: 2}); res.Err != nil {
		t.Error(res.Err)
	}
	s.requests()
	r.one(Tally{})
	s.expect("then", dir, dir+"2026-March.txt")

	s.put(dir, rows("../tls/thread.html"), time.Time{})
	if res := r.poll()["list"]; res.failed() || res.Err == nil || !strings.Contains(res.Err.Error(), "links to no mailbox") {
		t.Errorf("an index of nothing: %v", res.Err)
	}
	s.drop(dir)
	if res := r.poll()["list"]; !res.failed() {
		t.Errorf("no index: %v", res.Err)
	}
}

// TestPipermailCorpus serves the real archive, as Mailman lays it out.
func TestPipermailCorpus(t *testing.T) {
	dir := filepath.Join(corpus(t), "mail-archives", "pipermail")
	s, r := newShelf(t), newRig(t, openStore(t))
	a := s.archive(r)
	a.Since = time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)
	r.archive(Pipermail{a, s.URL + "/pipermail/list/"})
	s.put("/pipermail/list/", readFile(t, filepath.Join(dir, "pipermail_index.html")), time.Time{})
	for name, file := range map[string]string{
		"2015-November.txt.gz": "pipermail_2015_november.mbox", "2016-March.txt": "pipermail_2016_march.mbox", "2016-April.txt": "pipermail_2016_april.mbox",
	} {
		text := readFile(t, filepath.Join(dir, file))
		if strings.HasSuffix(name, ".gz") {
			text = zipped(t, text)
		}
		s.put("/pipermail/list/"+name, text, now.Add(-time.Hour))
	}
	if res := r.one(Tally{Messages: 8, Posts: 8}); res.Err != nil {
		t.Error(res.Err)
	}
	for _, e := range catalogued(t, r.db) {
		if len(e.Facts.Authors) != 1 || !strings.Contains(e.Facts.Authors[0].Email, "@") {
			t.Errorf("%s is by %+v", e.Facts.Title, e.Facts.Authors)
		}
	}
}

func FuzzArchiveIndex(f *testing.F) {
	for _, s := range []string{"", rows("2026-March.txt", "2025q1.txt.gz"), "<a href=//[::1/2026.txt", "<a href='../tls/x/2026.txt'><A HREF=201603.mbox/x"} {
		f.Add([]byte(s), "https://example.org/pipermail/tls/")
		f.Add([]byte(s), "https://example.org")
	}
	f.Fuzz(func(t *testing.T, page []byte, address string) {
		base, err := url.Parse(address)
		if err != nil || base.Host == "" {
			return
		}
		for _, found := range archiveIndex(page, base) {
			u, err := url.Parse(found.url)
			if err != nil || u.Host != base.Host || u.Scheme != base.Scheme || !found.end.After(found.start) || found.stem == "" {
				t.Errorf("%q gives %+v (%v)", page, found, err)
			}
		}
	})
}
