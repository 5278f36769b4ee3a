package mail

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// readAll gives the messages of a mailbox, their ends, and the error after them.
func readAll(m *MboxReader) (raws []string, ends []int64, err error) {
	for {
		raw, end, err := m.Next()
		if errors.Is(err, ErrTooLarge) && raw == nil {
			raws, ends = append(raws, "TOO LARGE"), append(ends, end)
			continue
		}
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return raws, ends, err
		}
		raws, ends = append(raws, string(raw)), append(ends, end)
	}
}

const head = "From: a@b\nDate: 1 Jan 2020 00:00\n\n"

var mboxTests = []struct {
	name, in string
	want     []string
}{
	{"empty", "", nil},
	{"blank lines only", "\n\r\n\n", nil},
	{"two", "From a@b Wed Jan  1 17:54:55 2020\nX: 1\n\none\n\nFrom nobody Fri Apr 10 14:49:40 2020\nX: 2\n\ntwo\n", []string{"X: 1\n\none\n", "X: 2\n\ntwo\n"}},
	{"blank line first, CRLF", "\r\nFrom a at b.c  Wed Jan  1 17:54:55 2020\r\nX: 1\r\n\r\none\r\n\r\nFrom c Wed Jan  1 17:54:55 PST 2020\r\nX: 2\r\n\r\n", []string{"X: 1\r\n\r\none\r\n", "X: 2\r\n"}},
	{"escapes", "From a Wed Jan  1 17:54:55 2020\nX: 1\n\n>From x\n>>From y\n> From z\n", []string{"X: 1\n\nFrom x\n>From y\n> From z\n"}},
	{
		"From in the text", "From a Wed Jan  1 17:54:55 2020\nX: 1\n\nFrom here to there\n\nFrom what I saw on Wed Jan  1 17:54:55 2020\nFrom b Wed Jan  1 17:54:55 2020\nx\n",
		[]string{"X: 1\n\nFrom here to there\n\nFrom what I saw on Wed Jan  1 17:54:55 2020\nFrom b Wed Jan  1 17:54:55 2020\nx\n"},
	},
	{"no date", "\uFEFFFrom - \nX: 1\n\n\nFrom -\nX: 2\n\nFrom 123@xxx\nX: 3\n", []string{"X: 1\n\n", "X: 2\n", "X: 3\n"}},
	{"MMDF", "\x01\x01\x01\x01\nX: 1\n\none\n\x01\x01\x01\x01\n\x01\x01\x01\x01\nX: 2\n\nFrom a Wed Jan  1 17:54:55 2020\n\x01\x01\x01\x01\n", []string{"X: 1\n\none\n", "X: 2\n\nFrom a Wed Jan  1 17:54:55 2020\n"}},
	{"LISTSERV", strings.Repeat("=", 73) + "\nX: 1\n\none\n" + strings.Repeat("=", 73) + "\nX: 2\n", []string{"X: 1\n\none\n", "X: 2\n"}},
	{"years", "\n2005\n" + head + "one\n2005\n\n2006\nmore\n\n2005\n" + head + "two\n", []string{head + "one\n2005\n\n2006\nmore\n", head + "two\n"}},
	{"Return-Path", "\nReturn-Path: <a>\n" + head + "Return-Path: x\n\nReturn-Path: y\n\nReturn-Path: <b>\n" + head, []string{"Return-Path: <a>\n" + head + "Return-Path: x\n\nReturn-Path: y\n", "Return-Path: <b>\n" + head[:len(head)-1]}},
	{
		"stripped", head + "one\n\nDate: 2 Jan 2020 00:00\nFrom: c@d\n\ntwo\n\nFrom: x\nSent: y\n\nz\n<ftp://example.org/x>\n" + head + "three\n",
		[]string{head + "one\n", "Date: 2 Jan 2020 00:00\nFrom: c@d\n\ntwo\n\nFrom: x\nSent: y\n\nz\n<ftp://example.org/x>\n", head + "three\n"},
	},
	{"stripped, forwarded at once", head + head + "text\n\n" + head + "two\n", []string{head + head + "text\n", head + "two\n"}},
	{"single mail", "Return-Path: <a>\n" + head + "copy:\n\nReturn-Path: <a>\n" + head, []string{"Return-Path: <a>\n" + head + "copy:\n\nReturn-Path: <a>\n" + head[:len(head)-1]}},
	{"single mail with another within", "From: a\nDate: x\n\n--b\nContent-Type: message/rfc822\n\n" + head + "--b--\n", []string{"From: a\nDate: x\n\n--b\nContent-Type: message/rfc822\n\n" + head + "--b--\n"}},
	{"no final newline", "From a Wed Jan  1 17:54:55 2020\nX: 1\n\nhalf a li", []string{"X: 1\n\nhalf a li"}},
	{"binary", "\x00\xff\x00\n\x01", []string{"\x00\xff\x00\n\x01"}},
}

func TestMbox(t *testing.T) {
	for _, tt := range mboxTests {
		m := NewMbox(strings.NewReader(tt.in))
		got, ends, err := readAll(m)
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, %v; want %q", tt.name, got, err, tt.want)
		}
		if slow, _, _ := readAll(NewMbox(iotest.OneByteReader(strings.NewReader(tt.in)))); !slices.Equal(slow, tt.want) {
			t.Errorf("%s, byte by byte: got %q", tt.name, slow)
		}
		if len(got) > 0 && !m.Last() {
			t.Logf("%s: the last message is closed by its separator", tt.name)
		}
		for i, end := range ends { // what follows can be read from there
			rest, _, _ := readAll(NewMbox(strings.NewReader(tt.in[end:])))
			if !slices.Equal(rest, tt.want[i+1:]) {
				t.Errorf("%s: from byte %d: got %q, want %q", tt.name, end, rest, tt.want[i+1:])
			}
		}
	}
}

func TestMboxGrows(t *testing.T) {
	const one, two = "From a Wed Jan  1 17:54:55 2020\nX: 1\n\none\n", "From b Wed Jan  1 17:54:55 2020\nX: 2\n\ntwo\n"
	m := NewMbox(strings.NewReader(one + "\n" + two[:40]))
	if raw, _, _ := m.Next(); string(raw) != "X: 1\n\none\n" || m.Last() {
		t.Fatalf("got %q, last %v", raw, m.Last())
	}
	_, begin, _ := NewMbox(strings.NewReader(one + "\n" + two)).Next()
	if raw, _, _ := m.Next(); string(raw) == "" || !m.Last() {
		t.Fatalf("got %q, last %v; want the half, and that it ran to the end", raw, m.Last())
	}
	raw, end, err := NewMbox(strings.NewReader((one + "\n" + two)[begin:])).Next()
	if string(raw) != "X: 2\n\ntwo\n" || err != nil || begin+end != int64(len(one+two)+1) {
		t.Errorf("read again: got %q, %d, %v", raw, end, err)
	}
}

func TestMboxTooLarge(t *testing.T) {
	in := "From a Wed Jan  1 17:54:55 2020\n" + strings.Repeat("X: 1234567\n", 30000) + "\n" + strings.Repeat("y", 200000) + "\n\nFrom b Wed Jan  1 17:54:55 2020\nX: 2\n"
	m := NewMbox(strings.NewReader(in))
	m.Max = 1000
	got, _, err := readAll(m)
	if want := []string{"TOO LARGE", "X: 2\n"}; !slices.Equal(got, want) || err != nil {
		t.Errorf("got %.100q, %v, want %q", got, err, want)
	}
}

func TestOpenMbox(t *testing.T) {
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	for range 200 {
		w.Write([]byte("From a Wed Jan  1 17:54:55 2020\n" + head + strings.Repeat("text of it\n", 100) + "\n"))
	}
	w.Close()
	write := func(name string, b []byte) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, tt := range []struct {
		name       string
		content    []byte
		limit      int64
		compressed bool
		min, max   int
		err        string
	}{
		{"plain", []byte("From a Wed Jan  1 17:54:55 2020\nX: 1\n"), 0, false, 1, 1, ""},
		{"whole", z.Bytes(), 1 << 30, true, 200, 200, ""},
		{"bomb", z.Bytes(), 50_000, true, 1, 50, "decompresses to more than 50000 bytes"},
		{"truncated", z.Bytes()[:z.Len()-20], 0, true, 1, 199, "unexpected EOF"},
		{"no gzip behind the magic", []byte("\x1f\x8bnonsense"), 0, true, 0, 0, "gzip header"},
	} {
		r, compressed, err := OpenMbox(write(tt.name, tt.content), tt.limit)
		var got []string
		if err == nil {
			got, _, err = readAll(NewMbox(r))
			r.Close()
		}
		if compressed != tt.compressed || len(got) < tt.min || len(got) > tt.max {
			t.Errorf("%s: got %d messages, compressed %v", tt.name, len(got), compressed)
		}
		if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.err)
		}
	}
}

func FuzzMbox(f *testing.F) {
	for _, tt := range mboxTests {
		f.Add([]byte(tt.in))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		m := NewMbox(bytes.NewReader(in))
		m.Max = 200
		var before int64
		for n := 0; ; n++ {
			raw, end, err := m.Next()
			if end < before || end > int64(len(in)) || n > len(in) || len(raw) > m.Max {
				t.Fatalf("message %d ends at %d after %d, %d bytes", n, end, before, len(raw))
			}
			if err != nil && !errors.Is(err, ErrTooLarge) {
				if !errors.Is(err, io.EOF) {
					t.Fatal(err)
				}
				return
			}
			before = end
		}
	})
}

func BenchmarkMbox(b *testing.B) {
	box := bytes.Repeat(append(append([]byte("From a@b Wed Jan  1 17:54:55 2020\n"), benchMail...), '\n'), 1000)
	b.SetBytes(int64(len(box)))
	for b.Loop() {
		if got, _, err := readAll(NewMbox(bytes.NewReader(box))); len(got) != 1000 || err != nil {
			b.Fatal(len(got), err)
		}
	}
}

// TestMboxOfCandidates holds that lines which might begin a message, or are
// blank, cost no more than others.
func TestMboxOfCandidates(t *testing.T) {
	for name, text := range map[string]string{
		"blank lines": strings.Repeat("\n", 8<<20),
		"dates":       "Date: x\nFrom: y\n\nz\n" + strings.Repeat("\nDate: x\n", 400_000),
	} {
		began := time.Now()
		for box := NewMbox(strings.NewReader(text)); ; {
			if _, _, err := box.Next(); err != nil {
				break
			}
		}
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("%s: %v", name, took)
		}
	}
}
