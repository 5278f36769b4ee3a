package mail

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMangledAddresses holds that the "user at host" of pipermail and
// HyperKitty archives is read as the address it was.
func TestMangledAddresses(t *testing.T) {
	for _, tt := range []struct{ in, name, addr string }{
		{"a at b.org (Ann)", "Ann", "a@b.org"},
		{"a.b+c at d-e.f.org (a.b at d.org)", "a.b at d.org", "a.b+c@d-e.f.org"},
		{`"Look at me.org" <a at b.org>`, "Look at me.org", "a@b.org"},
		{"Meet at ietf.org <a at b.org>", "Meet at ietf.org", "a@b.org"},
		{"Meet at ietf.org <a@b.org>", "Meet at ietf.org", "a@b.org"},
		{"a@b.org (Meet at ietf.org)", "Meet at ietf.org", "a@b.org"},
		{"root at localhost", "", "root@localhost"},
		{"Arrived late at night", "Arrived late at night", ""},
	} {
		m := Parse([]byte("From: " + tt.in + "\n\n"))
		if want := (Address{tt.name, tt.addr}); len(m.From) != 1 || m.From[0] != want {
			t.Errorf("%s: got %+v, want %+v", tt.in, m.From, want)
		}
	}
}

// TestMangledCorpus holds that real monthly files give all their messages, each
// with one sender who has an address.
func TestMangledCorpus(t *testing.T) {
	dir := filepath.Join(corpusDir(t), "mail-archives")
	for pattern, want := range map[string]int{
		"pipermail/*.mbox": 8, "pipermail/numpy*.txt": 164, "pipermail/bigbang*.txt": 6, "hyperkitty/*": 4,
	} {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil || len(files) == 0 {
			t.Fatal(pattern, err)
		}
		got := 0
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for box := NewMbox(bytes.NewReader(text)); ; got++ {
				raw, _, err := box.Next()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatal(file, err)
				}
				if m := Parse(raw); len(m.From) != 1 || strings.Count(m.From[0].Addr, "@") != 1 {
					t.Errorf("%s: %q is from %+v", filepath.Base(file), m.ID, m.From)
				}
			}
		}
		if got != want {
			t.Errorf("%s: %d messages, want %d", pattern, got, want)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "pipermail", "from-header-variations.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.Contains(line, "....") { // an archive has cut those for good
			continue
		}
		m := Parse([]byte("From: " + line + "\n\n"))
		if len(m.From) != 1 || strings.Count(m.From[0].Addr, "@") != 1 || strings.Contains(m.From[0].Addr, " ") {
			t.Errorf("%s: %+v", line, m.From)
		}
	}
}
