package aggregator

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/draftwire/draftwire/mail"
)

// letter is a mail in an mbox, numbered.
func letter(n int) string {
	return fmt.Sprintf("From a@example.org Fri Mar 20 10:00:00 2026\nFrom: a@example.org\nSubject: Letter %d\n"+
		"Message-ID: <%d@example.org>\nDate: Fri, 20 Mar 2026 10:00:00 +0000\n\nBody\n\nof %d.\n\n", n, n, n)
}

func letters(from, to int) (s string) {
	for n := from; n <= to; n++ {
		s += letter(n)
	}
	return s
}

// write makes a file whose last change was long ago, or just now.
func write(t *testing.T, path, content string, age time.Duration) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	touch(t, path, age)
}

func touch(t *testing.T, path string, age time.Duration) {
	t.Helper()
	at := now.Add(-age)
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}

func zipped(t *testing.T, content string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// mboxRig polls one path.
func mboxRig(t *testing.T, box Mbox) *rig {
	t.Helper()
	r := newRig(t, openStore(t))
	box.Now = r.now
	r.use(Source{Name: "box", Interval: time.Hour, Upstream: box})
	return r
}

// subjects lists what has been catalogued, sorted.
func (r *rig) subjects() (list []string) {
	r.t.Helper()
	for _, e := range catalogued(r.t, r.db) {
		list = append(list, e.Facts.Title)
	}
	slices.Sort(list)
	return list
}

// TestMboxGrows follows one file through its life: only what is new is taken,
// a last message only when it is whole.
func TestMboxGrows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "box")
	r := mboxRig(t, Mbox{Path: path})
	half := strings.LastIndex(letter(3), "of 3")
	for _, step := range []struct {
		name    string
		content string
		age     time.Duration
		want    Tally
	}{
		{"one, still being written", letters(1, 1), 0, Tally{}},
		{"two, still being written", letters(1, 2), 0, Tally{Messages: 1, Posts: 1}},
		{"and a half", letters(1, 2) + letter(3)[:half], 0, Tally{Messages: 1, Posts: 1}},
		{"the other half", letters(1, 3), time.Second, Tally{}},
		{"quiet", letters(1, 3), time.Minute, Tally{Messages: 1, Posts: 1}},
		{"nothing new", letters(1, 3), time.Minute, Tally{}},
		{"touched", letters(1, 3), 30 * time.Second, Tally{Messages: 1, Known: 1}}, // the last could have grown
		{"two more", letters(1, 5), 20 * time.Second, Tally{Messages: 3, Known: 1, Posts: 2}},
		{"the clock is wrong", letters(1, 6), -time.Hour, Tally{Messages: 2, Known: 1, Posts: 1}},
		{"shrunk", letters(5, 6), time.Minute, Tally{Messages: 2, Known: 2}},
		{"rewritten, longer", letters(4, 9), time.Minute, Tally{Messages: 6, Known: 3, Posts: 3}},
		{"emptied", "", time.Minute, Tally{}},
		{"filled", letters(9, 10), time.Minute, Tally{Messages: 2, Known: 1, Posts: 1}},
	} {
		write(t, path, step.content, step.age)
		if res := r.one(step.want); res.Err != nil || t.Failed() {
			t.Fatalf("%s: %v", step.name, res.Err)
		}
	}
	if got := r.source("box"); len(r.subjects()) != 10 || got.Messages != 10 {
		t.Errorf("%d posts, %d messages counted, want 10", len(r.subjects()), got.Messages)
	}
}

// TestMboxDirectory holds that files are read for themselves: what one has
// wrong stops no other, and each fault names its file.
func TestMboxDirectory(t *testing.T) {
	dir := t.TempDir()
	old := time.Hour
	write(t, filepath.Join(dir, "2026-01"), letters(1, 2), old)
	write(t, filepath.Join(dir, "2026-02.gz"), zipped(t, letters(3, 4)), old)
	cut := zipped(t, letters(5, 400))
	write(t, filepath.Join(dir, "2026-03.gz"), cut[:len(cut)-30], old)
	write(t, filepath.Join(dir, "2026-04"), letter(401)+"From b Fri Mar 20 10:00:00 2026\nSubject: Huge\n\n"+
		strings.Repeat(strings.Repeat("x", 99)+"\n", mail.DefaultMaxMessage/100+1)+"\n"+letter(402), old)
	write(t, filepath.Join(dir, "junk.bin"), "\x00\x01\xff\x00\n\x7fELF", old)
	write(t, filepath.Join(dir, "README"), "This is about the archive.\n\nNo mail at all.\n", old)
	write(t, filepath.Join(dir, "deeper", "box"), letters(403, 403), old)
	write(t, filepath.Join(dir, ".hidden"), letters(900, 901), old)
	write(t, filepath.Join(dir, "fake.gz"), "\x1f\x8bnot gzip", old)
	if err := os.Symlink("nowhere", filepath.Join(dir, "dangling")); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	r := mboxRig(t, Mbox{Path: link})
	res := r.poll()["box"]
	if got := len(r.subjects()); got < 390 || got > 403 {
		t.Errorf("%d posts are taken", got)
	}
	for _, n := range []int{1, 2, 3, 4, 5, 300, 401, 402, 403} {
		if !slices.Contains(r.subjects(), fmt.Sprintf("Letter %d", n)) {
			t.Errorf("letter %d is missing", n)
		}
	}
	for _, want := range []string{
		"2026-03.gz: ", "unexpected EOF", "2026-04: message at byte " + fmt.Sprint(len(letter(401))-1) + ": ",
		"junk.bin: neither a mailbox nor a mail", "README: neither", "fake.gz: ", "dangling: no such file",
	} {
		if res.Err == nil || !strings.Contains(res.Err.Error(), want) {
			t.Errorf("the error does not tell %q: %v", want, res.Err)
		}
	}
	if row := r.source("box"); row.Polls != 1 || row.Attempts != 0 || row.LastError == "" {
		t.Errorf("files that can be read do not make it a success: %+v", row)
	}
	write(t, filepath.Join(dir, "2026-03.gz"), cut, old/2) // the download is repeated
	if r.poll(); len(r.subjects()) != 403 {
		t.Errorf("%d posts, want 403", len(r.subjects()))
	}
	before := r.source("box").Cursor
	if err := os.Remove(filepath.Join(dir, "2026-01")); err != nil {
		t.Fatal(err)
	}
	r.poll()
	if after := r.source("box").Cursor; len(after) >= len(before) || strings.Contains(after, "2026-01") {
		t.Errorf("the cursor keeps a file that is gone: %s", after)
	}
}

// TestMboxFails holds that a source none of whose files can be read fails.
func TestMboxFails(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "junk"), "\x00\x00", time.Hour)
	for _, tt := range []struct{ path, err string }{
		{filepath.Join(dir, "absent"), "absent: no such file"},
		{filepath.Join(dir, "junk"), "junk: neither a mailbox nor a mail"},
		{dir, "junk: neither"},
		{os.DevNull, "neither a file nor a directory"},
	} {
		r := mboxRig(t, Mbox{Path: tt.path})
		res := r.poll()["box"]
		if row := r.source("box"); res.Err == nil || !strings.Contains(row.LastError, tt.err) || row.Attempts != 1 {
			t.Errorf("%s: %v, %+v", tt.path, res.Err, row)
		}
	}
}

func TestMboxBomb(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bomb.gz")
	write(t, path, zipped(t, letters(1, 2)+letter(3)+strings.Repeat("0", 5<<20)), time.Hour)
	r := mboxRig(t, Mbox{Path: path, MaxSize: 1 << 20})
	res := r.one(Tally{Messages: 2, Posts: 2})
	if res.Err == nil || !strings.Contains(res.Err.Error(), "more than 1048576 bytes") || !strings.Contains(res.Err.Error(), path) {
		t.Error(res.Err)
	}
}

// TestMboxManyFiles holds that a folder of many small files costs a commit for
// each thousand messages, not for each file.
func TestMboxManyFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for n := range 1500 {
		write(t, filepath.Join(dir, fmt.Sprintf("%04d.eml", n)), strings.SplitAfterN(letter(n), "\n", 2)[1], time.Hour)
	}
	r := mboxRig(t, Mbox{Path: dir})
	before := r.db.Commits()
	if res := r.one(Tally{Messages: 1500, Posts: 1500}); res.Err != nil {
		t.Fatal(res.Err)
	}
	if commits := r.db.Commits() - before; commits > 5 {
		t.Errorf("%d commits, want 5", commits)
	}
	if n := len(r.source("box").Cursor); n > 1500*100 {
		t.Errorf("the cursor takes %d bytes", n)
	}
}

// TestMboxInterrupted holds that cursor and messages agree when a poll ends in
// the middle, and that the next one goes on there.
func TestMboxInterrupted(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "box")
	write(t, path, letters(1, 2500), time.Hour)
	box := Mbox{Path: path, Now: func() time.Time { return now }}
	stop := errors.New("killed")
	var kept []Received
	var cursor string
	_, err := box.Poll(context.Background(), "", func(_ context.Context, batch []Received, next string) error {
		if len(kept) > 0 {
			return stop
		}
		kept, cursor = append(kept, batch...), next
		return nil
	})
	if !errors.Is(err, stop) || len(kept) != batchMessages {
		t.Fatalf("%d messages, %v", len(kept), err)
	}
	_, err = box.Poll(context.Background(), cursor, func(_ context.Context, batch []Received, _ string) error {
		kept = append(kept, batch...)
		return nil
	})
	if err != nil || len(kept) != 2500 {
		t.Fatalf("%d messages in all, %v", len(kept), err)
	}
	for i, m := range kept {
		if !strings.Contains(string(m.Raw), fmt.Sprintf("Subject: Letter %d\n", i+1)) {
			t.Fatalf("message %d is %.90q", i, m.Raw)
		}
	}
}

// TestCorpusMail takes every mail of the corpus into a real database. told are
// the files that are no mails: licences, descriptions, bodies and parts of mails.
func TestCorpusMail(t *testing.T) {
	root := corpus(t)
	for _, tt := range []struct {
		dir            string
		messages, told int
	}{{"mail-archives/mbox", 40, 0}, {"mail-mime", 163, 8}, {"mail-ietf", 81, 8}} {
		r := newRig(t, openStore(t))
		box := Mbox{Path: filepath.Join(root, tt.dir), Whole: true, Now: r.now}
		tally, err := r.Catalogue.Import(context.Background(), "import", true, box)
		var partial *PartialError
		if errors.As(err, &partial) != (tt.told > 0) || tt.told > 0 && len(partial.Faults) != tt.told {
			t.Errorf("%s: want %d files told, got %v", tt.dir, tt.told, err)
		}
		if tally.Messages != tt.messages || r.source("import").Messages != tally.New() {
			t.Errorf("%s: got %+v, want %d messages", tt.dir, tally, tt.messages)
		}
		events := len(catalogued(t, r.db))
		if want := tally.Announced + tally.Posts; events > want || events == 0 {
			t.Errorf("%s: %d events of %d tidings", tt.dir, events, want)
		}
		again, _ := r.Catalogue.Import(context.Background(), "import", true, box)
		if again.New() != 0 || len(catalogued(t, r.db)) != events {
			t.Errorf("%s: taken in twice: %+v", tt.dir, again)
		}
	}
}
