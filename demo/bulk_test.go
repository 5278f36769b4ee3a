package demo

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/draftwire/draftwire/mail"
)

func TestBulk(t *testing.T) {
	from, to := someDay.AddDate(-1, 0, 0), someDay
	ids, last, rfcs := map[string]bool{}, time.Time{}, 0
	n, total := 0, 0
	for raw := range Bulk(7, 4000, from, to) {
		n, total = n+1, total+len(raw)
		if len(raw) < 2048 || len(raw) > 3072 {
			t.Fatalf("mail %d has %d bytes, want 2 to 3 KB:\n%s", n, len(raw), raw)
		}
		if n%8 != 0 && n%20 != 0 {
			continue // decoding all of them takes seconds
		}
		m := mail.Parse(raw)
		if len(m.Defects) > 0 || ids[m.ID] || m.Date.Before(last) {
			t.Fatalf("mail %d: defects %v, id %s, date %s after %s", n, m.Defects, m.ID, m.Date, last)
		}
		ids[m.ID], last = true, m.Date
		if strings.HasPrefix(m.Subject, "RFC ") {
			rfcs++
		} else if !draftLayout.MatchString(strings.SplitAfter(m.Text, "rsync.ietf.org::internet-drafts\n\n")[0]) {
			t.Fatalf("mail %d is not laid out as announcements are:\n%s", n, m.Text)
		}
	}
	if n != 4000 || rfcs != 200 || !last.Equal(to.Truncate(time.Second)) {
		t.Errorf("%d mails, %d RFCs, the last at %s; want 4000, 200, %s", n, rfcs, last, to)
	}
	t.Logf("%d bytes on average", total/n)
}

func TestBulkIsDeterministic(t *testing.T) {
	take := func(seed uint64) [][]byte { return slices.Collect(Bulk(seed, 300, someDay, someDay.Add(time.Hour))) }
	a, b, c := take(1), take(1), take(2)
	if !slices.EqualFunc(a, b, bytes.Equal) {
		t.Error("one seed gave two different sequences")
	}
	if slices.EqualFunc(a, c, bytes.Equal) {
		t.Error("two seeds gave the same sequence")
	}
}

func BenchmarkBulk(b *testing.B) {
	size := 0
	for raw := range Bulk(1, b.N, someDay.AddDate(-5, 0, 0), someDay) {
		size += len(raw)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
	b.SetBytes(int64(size / b.N))
}
