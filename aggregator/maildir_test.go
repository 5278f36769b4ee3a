package aggregator

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/draftwire/draftwire/mail"
)

// letterbox is a Maildir.
type letterbox struct {
	t    *testing.T
	path string
}

func newLetterbox(t *testing.T) (letterbox, *rig) {
	t.Helper()
	b := letterbox{t, t.TempDir()}
	for _, sub := range []string{"new", "cur", "tmp"} {
		if err := os.Mkdir(filepath.Join(b.path, sub), 0o750); err != nil {
			t.Fatal(err)
		}
	}
	r := newRig(t, openStore(t))
	r.archive(Maildir{b.path, r.now})
	return b, r
}

// put delivers a letter that says it was written some time ago.
func (b letterbox) put(name string, n int, age time.Duration) {
	b.t.Helper()
	_, text, _ := strings.Cut(letter(n), "\n")
	write(b.t, filepath.Join(b.path, name), text, age)
}

func (b letterbox) move(from, to string) {
	b.t.Helper()
	if err := os.Rename(filepath.Join(b.path, from), filepath.Join(b.path, to)); err != nil {
		b.t.Fatal(err)
	}
}

// stamp sets the times of the directories.
func (b letterbox) stamp(age time.Duration) {
	b.t.Helper()
	touch(b.t, filepath.Join(b.path, "new"), age)
	touch(b.t, filepath.Join(b.path, "cur"), age)
}

// TestMaildir follows a Maildir through its life: each file is taken once,
// whatever its flags, its place and its time.
func TestMaildir(t *testing.T) {
	b, r := newLetterbox(t)
	b.put("new/1.a.host", 1, time.Hour)
	b.put("cur/2.b.host:2,S", 2, time.Hour)
	b.put("tmp/3.c.host", 3, time.Hour)
	b.put("new/.hidden", 4, time.Hour)
	for i, step := range []struct {
		name string
		do   func()
		want Tally
	}{
		{"two", func() {}, Tally{Messages: 2, Posts: 2}},
		{"nothing", func() {}, Tally{}},
		{"delivered", func() { b.move("tmp/3.c.host", "new/3.c.host") }, Tally{Messages: 1, Posts: 1}},
		{"read and flagged", func() { b.move("new/3.c.host", "cur/3.c.host:2,"); b.move("cur/2.b.host:2,S", "cur/2.b.host:2,FS") }, Tally{}},
		{"the newest", func() { b.put("new/5.e.host", 5, time.Minute) }, Tally{Messages: 1, Posts: 1}},
		{"copied in, old", func() { b.put("cur/6.f.host:2,S", 6, 1000*time.Hour) }, Tally{Messages: 1, Posts: 1}},
		{"from a clock that is ahead", func() { b.put("new/7.g.host", 7, -time.Hour) }, Tally{Messages: 1, Posts: 1}},
		{"from a clock set back", func() { b.put("new/8.h.host", 8, time.Second) }, Tally{Messages: 1, Posts: 1}},
		{"not yet written", func() { write(t, filepath.Join(b.path, "new/9.i.host"), "", time.Second) }, Tally{}},
		{"written", func() { b.put("new/9.i.host", 9, time.Second) }, Tally{Messages: 1, Posts: 1}},
		{"taken away", func() {
			if err := os.Remove(filepath.Join(b.path, "new/1.a.host")); err != nil {
				t.Fatal(err)
			}
		}, Tally{}},
	} {
		step.do()
		b.stamp(time.Hour - time.Duration(i)*time.Minute)
		if res := r.one(step.want); res.Err != nil || t.Failed() {
			t.Fatalf("%s: %v", step.name, res.Err)
		}
	}
	if n := len(r.source("list").Cursor); n > 6000 {
		t.Errorf("the cursor takes %d bytes", n)
	}
}

// TestMaildirWatched holds that a poll looks at nothing while the directories
// are as they were, and looks again at ones that have only just changed.
func TestMaildirWatched(t *testing.T) {
	b, r := newLetterbox(t)
	b.put("new/1", 1, time.Hour)
	b.stamp(time.Hour)
	r.one(Tally{Messages: 1, Posts: 1})
	b.put("new/2", 2, time.Hour)
	b.stamp(time.Hour) // which no file system does: it shows that nothing was looked at
	r.one(Tally{})
	b.stamp(time.Second)
	r.one(Tally{Messages: 1, Posts: 1})
	b.put("new/3", 3, time.Second)
	b.stamp(time.Second) // within the grain of a coarse clock
	r.one(Tally{Messages: 1, Posts: 1})
}

// TestMaildirMany holds that a big Maildir is taken in few batches, and that a
// poll that was cut off goes on where the last batch ended.
func TestMaildirMany(t *testing.T) {
	b, r := newLetterbox(t)
	const many = 3 * batchMessages
	for n := range many {
		b.put(fmt.Sprintf("cur/%d.host:2,S", n), n, time.Hour)
	}
	b.stamp(time.Hour)
	cursor, taken := "", 0
	_, err := Maildir{b.path, r.now}.Poll(t.Context(), cursor, func(_ context.Context, batch []Received, next string) error {
		if taken > 0 {
			return errors.New("killed")
		}
		cursor, taken = next, len(batch)
		return nil
	})
	if !errors.Is(err, errTake) {
		t.Fatal(err)
	}
	if _, err := (Maildir{b.path, r.now}).Poll(t.Context(), cursor, func(_ context.Context, batch []Received, _ string) error {
		taken += len(batch)
		return nil
	}); err != nil || taken < many || taken > many+many/100 { // the group in hand is read again
		t.Errorf("%d taken, want %d: %v", taken, many, err)
	}
	before := r.db.Commits()
	if res := r.one(Tally{Messages: many, Posts: many}); res.Err != nil {
		t.Fatal(res.Err)
	}
	if commits := r.db.Commits() - before; commits > many/batchMessages+4 {
		t.Errorf("%d commits", commits)
	}
	b.put("new/one", many, time.Minute)
	b.stamp(time.Minute)
	r.one(Tally{Messages: 1, Posts: 1})
}

func TestMaildirFaults(t *testing.T) {
	b, r := newLetterbox(t)
	b.put("new/1", 1, time.Hour)
	write(t, filepath.Join(b.path, "new/2"), strings.Repeat("x", mail.DefaultMaxMessage+1), time.Hour)
	if err := os.Mkdir(filepath.Join(b.path, "new/dir"), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/dev/zero", filepath.Join(b.path, "new/link")); err != nil {
		t.Fatal(err)
	}
	b.stamp(time.Hour)
	res := r.one(Tally{Messages: 1, Posts: 1})
	if res.failed() || res.Err == nil || !strings.Contains(res.Err.Error(), filepath.Join(b.path, "new/2")+": message too large") {
		t.Errorf("a huge file: %v", res.Err)
	}
	b.put("new/3", 3, time.Minute)
	b.stamp(time.Minute)
	if res := r.one(Tally{Messages: 1, Posts: 1}); res.Err != nil {
		t.Errorf("the huge file is told again: %v", res.Err)
	}
	r.archive(Maildir{filepath.Join(b.path, "tmp"), r.now})
	if res := r.poll()["list"]; !res.failed() || !strings.Contains(res.Err.Error(), "want the directories new and cur") {
		t.Errorf("no Maildir: %v", res.Err)
	}
}
