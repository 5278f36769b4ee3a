package aggregator

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// packed is a member of an archive to be made.
type packed struct{ name, content string }

func zipOf(t *testing.T, members ...packed) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, m := range members {
		w, err := z.Create(m.name)
		if err == nil {
			_, err = w.Write([]byte(m.content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func tarOf(t *testing.T, members ...packed) string {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, m := range members {
		h := &tar.Header{Name: m.name, Mode: 0o600, Size: int64(len(m.content)), Typeflag: tar.TypeReg}
		if strings.HasSuffix(m.name, "@") {
			h.Typeflag, h.Linkname, h.Size = tar.TypeSymlink, m.content, 0
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if h.Size > 0 {
			if _, err := w.Write([]byte(m.content)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// importing imports paths, whose faults are joined to one text.
func (r *rig) importing(ctx context.Context, f Files, paths ...string) (sum FilesTally, faults string, err error) {
	r.t.Helper()
	f.Source, f.Paths = "import", paths
	sum, err = r.Catalogue.ImportFiles(ctx, f)
	if err := errors.Join(sum.Faults...); err != nil {
		faults = err.Error()
	}
	return sum, faults, err
}

// imports is importing where nothing may go wrong.
func (r *rig) imports(paths ...string) FilesTally {
	r.t.Helper()
	sum, faults, err := r.importing(r.t.Context(), Files{}, paths...)
	if err != nil || faults != "" {
		r.t.Fatalf("%v, faults %q", err, faults)
	}
	return sum
}

func single(n int) string { _, mail, _ := strings.Cut(letter(n), "\n"); return mail }

// TestImportForms holds that the same mails come out of whatever they are
// packed in, that a second import opens nothing again, and that Again does.
func TestImportForms(t *testing.T) {
	for _, tt := range []struct {
		name  string
		files map[string]string
		whole int
	}{
		{"mbox", map[string]string{"a": letters(1, 4)}, 1},
		{"gzip", map[string]string{"a.txt": zipped(t, letters(1, 4))}, 1},
		{"folders", map[string]string{"2026/a": letters(1, 2), "2026/03/b.gz": zipped(t, letters(3, 4)), ".hidden": "x", "2026/.x/a": "x"}, 2},
		{"single mails", map[string]string{"1.eml": single(1), "2.eml": single(2), "3": single(3), "4": single(4)}, 4},
		{"zip", map[string]string{"a.zip": zipOf(t, packed{"d/", ""}, packed{"d/a.mbox", letters(1, 2)}, packed{"b", letters(3, 4)},
			packed{"__MACOSX/d/a", "junk"}, packed{"d/.DS_Store", "junk"})}, 2},
		{"zip of gzip", map[string]string{"a": zipOf(t, packed{"a.mbox.gz", zipped(t, letters(1, 4))})}, 1},
		{"tar", map[string]string{"a": tarOf(t, packed{"l/2026-03.mbox", letters(1, 4)}, packed{"l/latest@", "2026-03.mbox"})}, 1},
		{"tar.gz of an archive's export", map[string]string{"export.tar.gz": zipped(t, tarOf(t,
			packed{"ietf/2026-02.mbox", letters(1, 1)}, packed{"ietf/2026-03.mbox", letters(2, 3)}, packed{"tls/2026-03.mbox", letters(4, 4)}))}, 3},
		{"tar of a Maildir", map[string]string{"a": tarOf(t, packed{"l/cur/1", single(1)}, packed{"l/new/2", single(2)}, packed{"l/cur/3", single(3)}, packed{"l/cur/4", single(4)})}, 4},
		{"names that go astray", map[string]string{"a": zipOf(t, packed{"../../etc/passwd", letters(1, 1)}, packed{"/abs", letters(2, 2)}, packed{"x\x1b[2J", letters(3, 3)}, packed{"/abs", letters(4, 4)})}, 4},
		{"tar names that go astray", map[string]string{"a": tarOf(t, packed{"../../x", letters(1, 2)}, packed{"../../x", letters(3, 4)})}, 2},
		{"Maildir with folders", map[string]string{
			"new/1": single(1), "cur/2:2,S": single(2), "tmp/3": single(9), "dovecot.index": "x", "dovecot-uidlist": "x",
			".Lists/new/3": single(3), ".Lists/cur/4": single(4), ".Lists/maildirfolder": "",
		}, 4},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, content := range tt.files {
				write(t, filepath.Join(dir, name), content, time.Hour)
			}
			r := newRig(t, openStore(t))
			if sum := r.imports(dir); sum.Messages != 4 || sum.New() != 4 || sum.Whole != tt.whole || sum.Before != 0 {
				t.Errorf("got %+v", sum)
			}
			if got := strings.Join(r.subjects(), ", "); got != "Letter 1, Letter 2, Letter 3, Letter 4" {
				t.Errorf("got %s", got)
			}
			for _, e := range catalogued(t, r.db) {
				if e.News {
					t.Errorf("%s is news", e.Document)
				}
			}
			if sum := r.imports(dir); sum.Messages != 0 || sum.Before == 0 {
				t.Errorf("again: got %+v", sum)
			}
			if sum, _, err := r.importing(t.Context(), Files{Again: true}, dir); err != nil || sum.Messages != 4 || sum.New() != 0 {
				t.Errorf("told to read again: got %+v, %v", sum, err)
			}
			if n := r.source("import").Messages; n != 4 {
				t.Errorf("the source has given %d messages", n)
			}
		})
	}
}

// TestImportGoesOn cuts imports off at many places. What follows takes the
// rest, and nothing twice.
func TestImportGoesOn(t *testing.T) {
	t.Parallel()
	const all = 3500
	text := letters(1, all)
	dir := t.TempDir()
	many := filepath.Join(dir, "many")
	for n := range all {
		write(t, filepath.Join(many, fmt.Sprintf("%04d.eml", n)), single(n+1), time.Hour)
	}
	for name, content := range map[string]string{
		"plain": text, "packed": zipped(t, text), "zip": zipOf(t, packed{"a", letters(1, 1700)}, packed{"b", letters(1701, all)}),
		"tgz": zipped(t, tarOf(t, packed{"a", letters(1, 1700)}, packed{"b", letters(1701, all)})),
	} {
		write(t, filepath.Join(dir, name), content, time.Hour)
	}
	for _, name := range []string{"plain", "packed", "zip", "tgz", "many"} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, openStore(t))
			path, cuts, taken := filepath.Join(dir, name), 0, 0
			for run := 0; ; run++ {
				ctx, cancel := context.WithCancel(t.Context())
				var read, total int64
				sum, faults, err := r.importing(ctx, Files{
					Began: func(_ int, bytes int64) { total = bytes },
					Read: func(n int64) {
						if read += n; read > total*int64(run+1)/8 {
							cancel()
						}
					},
				}, path)
				cancel()
				if faults != "" || err != nil && !errors.Is(err, context.Canceled) {
					t.Fatalf("%v, faults %q", err, faults)
				}
				if taken += sum.New(); sum.Known > 1 { // the last one taken may be looked at again
					t.Errorf("run %d read %d messages again", run, sum.Known)
				}
				if err == nil {
					break
				}
				cuts++
			}
			if taken != all || cuts < 2 {
				t.Errorf("%d messages after %d cuts, want %d", taken, cuts, all)
			}
			if sum := r.imports(path); sum.Messages != 0 {
				t.Errorf("in the end: %+v", sum)
			}
		})
	}
}

// TestImportChanged holds that a file that grew is read on, and one that was
// rewritten is read whole.
func TestImportChanged(t *testing.T) {
	r := newRig(t, openStore(t))
	path := filepath.Join(t.TempDir(), "box")
	head := letters(1, 60) // more than is looked at of a beginning
	for _, step := range []struct {
		name, content string
		messages, new int
	}{
		{"new", head, 60, 60},
		{"same", head, 0, 0},
		{"grown", head + letters(61, 62), 3, 2}, // the last one might have become longer
		{"shrunk", head, 60, 0},
		{"rewritten behind its beginning", head + letters(71, 99), 30, 29},
		{"another end of the same length", head + letters(61, 89), 0, 0}, // not to be seen: path, size and beginning are the same
		{"another beginning", letters(70, 71) + head + letters(90, 99), 72, 1},
		{"cut in its last message", head + letter(63)[:100], 61, 1},
		{"and whole", head + letter(63), 1, 1},
		{"half a file", letter(1)[:120], 1, 1},
		{"empty", "", 0, 0},
	} {
		write(t, path, step.content, time.Hour)
		if sum := r.imports(path); sum.Messages != step.messages || sum.New() != step.new {
			t.Errorf("%s: %d messages, %d new; want %d, %d", step.name, sum.Messages, sum.New(), step.messages, step.new)
		}
	}
}

// TestImportBadFiles holds that what cannot be read is told in words and stops
// nothing else.
func TestImportBadFiles(t *testing.T) {
	t.Parallel()
	text := letters(1, 400)
	packedText := zipped(t, text)
	bomb := zipped(t, strings.Repeat(strings.Repeat("x", 999)+"\n", 80<<10))
	archive := zipOf(t, packed{"a", text}, packed{"b", text})
	encrypted := []byte(zipOf(t, packed{"a", letter(1)}))
	encrypted[6] |= 1
	encrypted[bytes.Index(encrypted, []byte("PK\x01\x02"))+8] |= 1
	for _, tt := range []struct {
		name, content, want string
		some                bool // part of it can be taken
	}{
		{"junk", "\x00\x01 no mail \xff", "neither a mailbox nor a mail", false},
		{"page", "<!DOCTYPE html>\n<html><body>From here: there</body></html>\n", "neither a mailbox nor a mail", false},
		{"torn gzip", packedText[:len(packedText)/2], "gzip: unexpected EOF", true},
		{"gzip of nothing", packedText[:5], "gzip: unexpected EOF", false},
		{"gzip with a fault", packedText[:len(packedText)-6] + "xxxxxx", "gzip: gzip: invalid checksum", true},
		{"torn zip", archive[:len(archive)/2], "zip: the archive is cut off or damaged", false},
		{"zip with a fault", strings.Replace(archive, archive[60:70], "xxxxxxxxxx", 1), "!a: ", true},
		{"encrypted zip", string(encrypted), "!a: zip: it is encrypted", false},
		{"torn tar", tarOf(t, packed{"a", text})[:20_000], "unexpected EOF", true},
		{"gzip bomb", bomb, "unpacks to more than 200 times its size", false},
		{"zip bomb", zipOf(t, packed{"a", strings.Repeat(strings.Repeat("x", 999)+"\n", 80<<10)}), "unpacks to more than 200 times its size", false},
		{"gzip in gzip", zipped(t, packedText), "packed more than once", false},
		{"zip in zip", zipOf(t, packed{"a.zip", archive}), "packed more than once", false},
		{"zip in gzip", zipped(t, archive), "packed more than once", false},
		{"xz", "\xfd7zXZ\x00\x00", "xz, which is not read here", false},
		{"one huge mail", "From a@b Fri Mar 20 10:00:00 2026\nSubject: x\n\n" + strings.Repeat("x\n", 17<<20) + "\n" + letter(7), "message too large, and is left out", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			bad, good := filepath.Join(dir, "bad"), filepath.Join(dir, "good")
			write(t, bad, tt.content, time.Hour)
			write(t, good, letters(901, 902), time.Hour)
			r := newRig(t, openStore(t))
			for i := range 2 { // it is told of each time, but for a message that is left out
				if i == 1 && strings.HasSuffix(tt.want, "left out") {
					break
				}
				sum, faults, err := r.importing(t.Context(), Files{}, dir)
				if err != nil || !strings.Contains(faults, tt.want) || !strings.HasPrefix(faults, bad) {
					t.Errorf("%v, faults %q, want %q", err, faults, tt.want)
				}
				if sum.Whole+sum.Before == 0 {
					t.Errorf("the good file was not read: %+v", sum)
				}
			}
			if got := len(catalogued(t, r.db)); got < 2 || tt.some != (got > 2) {
				t.Errorf("%d events, some of the bad file: %v", got, tt.some)
			}
		})
	}
}

// TestImportLinks holds that no loop of folders is walked, and what a link
// leads to is read once.
func TestImportLinks(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	write(t, filepath.Join(dir, "a"), letter(1), time.Hour)
	write(t, filepath.Join(elsewhere, "b"), letter(2), time.Hour)
	for from, to := range map[string]string{
		"loop": ".", "up": dir, "again": "a", "b": filepath.Join(elsewhere, "b"), "folder": elsewhere, "nowhere": "missing",
	} {
		if err := os.Symlink(to, filepath.Join(dir, from)); err != nil {
			t.Fatal(err)
		}
	}
	r := newRig(t, openStore(t))
	sum, faults, err := r.importing(t.Context(), Files{}, dir)
	if err != nil || sum.New() != 2 {
		t.Errorf("got %+v, %v", sum, err)
	}
	for _, want := range []string{"folder: a link to a folder is not followed", "missing: no such file"} {
		if !strings.Contains(faults, want) {
			t.Errorf("got %q, want %q in it", faults, want)
		}
	}
	if n := len(sum.Faults); n != 2 {
		t.Errorf("%d faults: %s", n, faults)
	}
}

// TestImportManyFiles takes in a folder of 100,000 mails, and looks at it again.
func TestImportManyFiles(t *testing.T) {
	t.Parallel()
	n := 2000
	if os.Getenv("DRAFTWIRE_FULL") == "1" {
		n = 100_000
	}
	dir := t.TempDir()
	for i := range n {
		path := filepath.Join(dir, fmt.Sprint(i%100), fmt.Sprint(i))
		if i < 100 {
			if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(path, []byte(single(i)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := newRig(t, openStore(t))
	if sum := r.imports(dir); sum.New() != n || sum.Whole != n {
		t.Fatalf("got %+v", sum)
	}
	if sum := r.imports(dir); sum.Messages != 0 || sum.Before != n {
		t.Fatalf("again: %+v", sum)
	}
}

// TestImportCorpus holds which files of the corpus of archives can be read.
func TestImportCorpus(t *testing.T) {
	dir := filepath.Join(corpus(t), "mail-archives")
	r := newRig(t, openStore(t))
	sum, faults, err := r.importing(t.Context(), Files{}, dir)
	if err != nil {
		t.Fatal(err)
	}
	if sum.Messages != 331 || sum.Whole != 21 {
		t.Errorf("%d messages of %d files", sum.Messages, sum.Whole)
	}
	for _, fault := range sum.Faults {
		path, _, _ := strings.Cut(fault.Error(), ": neither a mailbox nor a mail")
		name := filepath.Base(path)
		if filepath.Ext(name) != ".html" && !strings.HasPrefix(name, "LICENSE") && name != "README.md" && name != "from-header-variations.txt" {
			t.Error(fault)
		}
	}
	if len(sum.Faults) != 10 {
		t.Errorf("%d faults:\n%s", len(sum.Faults), faults)
	}
}

func FuzzImport(f *testing.F) {
	t := &testing.T{}
	for _, seed := range []string{letter(1), zipped(t, letter(1)), zipOf(t, packed{"a", letter(1)}), tarOf(t, packed{"a", letter(1)}), zipped(t, tarOf(t, packed{"a", letter(1)}))} {
		f.Add([]byte(seed))
	}
	db := openStore(f)
	c := &Cataloguer{DB: db, Now: func() time.Time { return now }}
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		first, err := c.ImportFiles(t.Context(), Files{Source: "import", Paths: []string{path}})
		if err != nil {
			t.Fatal(err)
		}
		again, err := c.ImportFiles(t.Context(), Files{Source: "import", Paths: []string{path}})
		if err != nil || again.New() > 0 {
			t.Fatalf("again: %+v after %+v, %v", again, first, err)
		}
	})
}
