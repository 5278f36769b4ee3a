package aggregator

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestArchiveCorpus reads every archive of the corpus as a file: how many
// messages each holds, or why it cannot be read. Fewer than the lines that begin
// with From: some of those are text, and simple.mbox sets no blank line before.
func TestArchiveCorpus(t *testing.T) {
	const noMail = "neither a mailbox nor a mail"
	want := map[string]int{
		"hyperkitty/hyperkitty_2016_april.mbox": 3, "hyperkitty/hyperkitty_2016_march.mbox": 1,
		"listserv/3GPP_TSG_RAN_WG4_NR-MIMO-OTA.mbox": 59, "listserv/3GPP_TSG_SA_ITUT_AHG.LOG1703C": 1,
		"mbox/content-length.mbox": 19, "mbox/issue1189.mbox": 4, "mbox/mbox_complex.mbox": 2, "mbox/mbox_iso8859_encoding.mbox": 1,
		"mbox/mbox_multipart.mbox": 2, "mbox/mbox_no_fields.mbox": 6, "mbox/mbox_single.mbox": 1, "mbox/mbox_unixfrom_encoding.mbox": 1,
		"mbox/mbox_unknown_encoding.mbox": 1, "mbox/simple.mbox": 1, "mbox/unmunged-from.mbox": 2,
		"pipermail/bigbang-dev-test.txt": 6, "pipermail/numpy-discussion-2001-November.txt": 164, "pipermail/pipermail_2015_november.mbox": 4,
		"pipermail/pipermail_2016_april.mbox": 3, "pipermail/pipermail_2016_march.mbox": 1,
	}
	unread := map[string]string{
		"groupsio/messages.zip":              "a ZIP, whose messages.mbox can be read once it is unpacked",
		"w3c/":                               "web pages: a rendering of mails, without the mails",
		"pipermail/from-header-variations":   "header values, no mails",
		"pipermail/pipermail_index":          "an index page, which the pipermail source reads",
		"pipermail/pipermail_apache_index.h": "likewise",
	}
	dir := filepath.Join(corpus(t), "mail-archives")
	files, err := filepath.Glob(filepath.Join(dir, "*", "*"))
	if err != nil || len(files) < len(want) {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, file := range files {
		name := file[len(dir)+1:]
		got := 0
		_, err := Mbox{Path: file, Whole: true, Now: func() time.Time { return now }}.Poll(t.Context(), "",
			func(_ context.Context, batch []Received, _ string) error { got += len(batch); return nil })
		if n, ok := want[name]; ok {
			if got != n || err != nil {
				t.Errorf("%s: %d messages, want %d: %v", name, got, n, err)
			}
			continue
		}
		known := false
		for prefix := range unread {
			known = known || strings.HasPrefix(name, prefix)
		}
		if !known || got != 0 || err == nil || !strings.Contains(err.Error(), noMail) {
			t.Errorf("%s: %d messages, %v", name, got, err)
		}
	}
}
