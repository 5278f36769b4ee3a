package aggregator

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestMaildirNotices holds that what is delivered is taken at once, and that a
// Maildir that is taken away and made anew is watched again.
func TestMaildirNotices(t *testing.T) {
	b, r := newLetterbox(t)
	r.use(Source{Name: "list", Interval: time.Hour, Upstream: Maildir{b.path, time.Now}})
	r.Catalogue.Now, r.watchRest = time.Now, 10*time.Millisecond
	r.serve()
	for n := range 10 {
		b.put("tmp/one", n, 0)
		b.move("tmp/one", filepath.Join("new", string(rune('a'+n))))
		until(t, "mail", func() bool { return r.messages() == n+1 })
	}
	parts := []string{filepath.Join(b.path, "new"), filepath.Join(b.path, "cur")}
	for _, dir := range parts {
		if err := errors.Join(os.RemoveAll(dir), os.Mkdir(dir, 0o750)); err != nil {
			t.Fatal(err)
		}
	}
	b.put("new/again", 100, 0)
	until(t, "mail in the new one", func() bool { return r.messages() == 11 })
}

func TestMaildirUnwatched(t *testing.T) {
	path := t.TempDir()
	err := Maildir{path, time.Now}.Watch(t.Context(), func() { t.Error("news") })
	if err == nil || !strings.Contains(err.Error(), filepath.Join(path, "new")) {
		t.Errorf("no Maildir: %v", err)
	}
}
