package aggregator

import (
	"fmt"
	"strings"
	"testing"

	"github.com/draftwire/draftwire/mail"
)

// TestLongAbstract holds that what is too long of an abstract is cut off, not
// the abstract left out, whatever its lines are like.
func TestLongAbstract(t *testing.T) {
	words := func(between string) string {
		var b strings.Builder
		for n := range 4000 {
			fmt.Fprintf(&b, "%04d%s", n, between)
		}
		return strings.TrimSpace(b.String())
	}
	const most = maxAbstract
	for _, tt := range []struct {
		name, abstract string
		least          int // bytes kept
		ends           string
	}{
		{"one line of 20 KB", "   " + words(" "), most - 10, " 1636"},
		{"a line behind others", "   Short.\n\n   " + words(" "), most - 20, " 1634"},
		{"lines of 5 bytes", words("\n"), most - 10, "\n1637"},
		{"no blank at all", strings.Repeat("x", 20_000), maxAbstract, "xxxx"},
		{"no blank, two bytes each", strings.Repeat("é", 10_000), maxAbstract - 1, "éé"},
	} {
		body := strings.Replace(idBody2026, idBody2026[strings.Index(idBody2026, "   Verifiers receive"):strings.Index(idBody2026, "The IETF datatracker status")],
			tt.abstract+"\n\n", 1)
		reports, defects := Recognise(mail.Parse(raw(wantDrafts, "I-D Action: draft-ietf-rats-sieve-03.txt",
			"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n", body)))
		if len(reports) != 1 || len(defects) != 0 {
			t.Errorf("%s: %d reports, defects %q", tt.name, len(reports), defects)
			continue
		}
		got := reports[0].Facts.Abstract
		if len(got) < tt.least || len(got) > maxAbstract || !strings.HasSuffix(got, tt.ends) {
			t.Errorf("%s: %d bytes that end in %q, want %d to %d that end in %q", tt.name, len(got), got[max(0, len(got)-20):], tt.least, maxAbstract, tt.ends)
		}
	}

	index := strings.Replace(someAbstracts, "      \"Quoted\", said no one.", "      "+words(" "), 1)
	var kept string
	if err := readAbstracts([]byte(index), func(r Record) { kept += r.Facts.Abstract }); err != nil || len(kept) < maxAbstract/2 || len(kept) > 2*maxAbstract {
		t.Errorf("of the index %d bytes are kept, %v", len(kept), err)
	}
}
