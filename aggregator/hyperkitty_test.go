package aggregator

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestHyperKitty holds which days are exported: a month once whole, then from
// two days before the last time that something came.
func TestHyperKitty(t *testing.T) {
	s, r := newShelf(t), newRig(t, openStore(t))
	r.archive(HyperKitty{s.archive(r), s.URL + "/list/tls@example.org/"})
	const path = "/list/tls@example.org/export/"
	s.put(path+"2026-02.mbox.gz", zipped(t, letters(1, 2)), time.Time{})
	s.put(path+"2026-03.mbox.gz", zipped(t, letters(3, 4)), time.Time{})
	r.one(Tally{Messages: 4, Posts: 4})
	s.expect("first", path+"2026-02.mbox.gz?end=2026-03-01&start=2026-02-01", path+"2026-03.mbox.gz?end=2026-04-01&start=2026-03-01")

	s.put(path+"2026-03.mbox.gz", zipped(t, letters(4, 5)), time.Time{})
	r.one(Tally{Messages: 2, Known: 1, Posts: 1})
	s.expect("then", path+"2026-03.mbox.gz?end=2026-04-01&start=2026-03-18")

	r.pass(13 * 24 * time.Hour) // 2 April
	s.put(path+"2026-04.mbox.gz", zipped(t, ""), time.Time{})
	if res := r.one(Tally{}); res.Err != nil {
		t.Errorf("a month without mail: %v", res.Err)
	}
	s.expect("2 April", path+"2026-03.mbox.gz?end=2026-04-01&start=2026-03-18", path+"2026-04.mbox.gz?end=2026-05-01&start=2026-04-01")

	s, r = newShelf(t), newRig(t, openStore(t))
	r.archive(HyperKitty{s.archive(r), s.URL + "/list/nobody@example.org"})
	if res := r.poll()["list"]; !res.failed() || !strings.Contains(res.Err.Error(), "/list/nobody@example.org/export/2026-02.mbox.gz") {
		t.Errorf("no such list: %v", res.Err)
	}
}

func TestHyperKittyCorpus(t *testing.T) {
	dir := filepath.Join(corpus(t), "mail-archives", "hyperkitty")
	s, r := newShelf(t), newRig(t, openStore(t))
	a := s.archive(r)
	a.Since = time.Date(2016, 3, 1, 0, 0, 0, 0, time.UTC)
	a.Files = 2
	r.archive(HyperKitty{a, s.URL + "/list/l@example.org"})
	for month, file := range map[string]string{"2016-03": "hyperkitty_2016_march.mbox", "2016-04": "hyperkitty_2016_april.mbox"} {
		text, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		s.put("/list/l@example.org/export/"+month+".mbox.gz", zipped(t, string(text)), time.Time{})
	}
	if res := r.one(Tally{Messages: 4, Posts: 4}); res.Err != nil {
		t.Error(res.Err)
	}
}
