package main

import (
	"strings"
	"testing"
	"time"
)

// TestProgress lets a clock of its own run while work is done.
func TestProgress(t *testing.T) {
	began := time.Date(2025, 12, 7, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		name     string
		terminal bool
		total    int64
		step     time.Duration // from one quarter of the work to the next
		want     string
	}{
		{"short work says nothing", true, 400, time.Millisecond, ""},
		{"nor does it in a file", false, 400, time.Second, ""},
		{"a bar is drawn over itself", true, 400, time.Second, "" +
			"\r\x1b[K[######------------------] send:  25% of 400 mails, 100 mails/s" +
			"\r\x1b[K[############------------] send:  50% of 400 mails, 100 mails/s" +
			"\r\x1b[Knote\n" +
			"\r\x1b[K[############------------] send:  50% of 400 mails, 100 mails/s" +
			"\r\x1b[K[##################------] send:  75% of 400 mails, 100 mails/s" +
			"\r\x1b[K[########################] send: 100% of 400 mails, 100 mails/s" +
			"\r\x1b[K[########################] send: 100% of 400 mails, 100 mails/s\n"},
		{"a file gets plain lines", false, 400, 4 * time.Second, "" +
			"send:  50% of 400 mails, 25 mails/s\nnote\nsend: 100% of 400 mails, 25 mails/s\n"},
		{"a total that is not known", false, 0, 4 * time.Second, "" +
			"send: 200 mails, 25 mails/s\nnote\nsend: 400 mails, 25 mails/s\n"},
		{"a total that was too low", false, 200, 8 * time.Second, "" +
			"send:  50% of 200 mails, 12 mails/s\nsend: 100% of 200 mails, 12 mails/s\nnote\n" +
			"send: 100% of 200 mails, 12 mails/s\nsend: 100% of 200 mails, 12 mails/s\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out strings.Builder
			clock := began
			p := &progress{
				w: &out, terminal: test.terminal, what: "send", unit: "mails", total: test.total,
				began: began, shown: began, now: func() time.Time { return clock },
			}
			for quarter := range 4 {
				clock = clock.Add(test.step)
				p.add(100)
				if quarter == 1 && test.want != "" {
					p.print(&out, "note")
				}
			}
			p.end()
			if got := out.String(); got != test.want {
				t.Errorf("got\n%q, want\n%q", got, test.want)
			}
		})
	}
}

func TestProgressInBytes(t *testing.T) {
	began := time.Date(2025, 12, 7, 12, 0, 0, 0, time.UTC)
	p := &progress{what: "import", unit: "bytes", began: began, shown: began, now: func() time.Time { return began }}
	p.expect(14_200_000)
	p.add(3_550_000)
	if got, want := p.text(began.Add(2*time.Second)), "import:  25% of 14.2 MB, 1.8 MB/s, 10.7 MB left"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	p.spare(7_100_000) // no work was done on these
	if got, want := p.text(began.Add(2*time.Second)), "import:  75% of 14.2 MB, 1.8 MB/s, 3.5 MB left"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	p.total, p.done = 812_300_000, 411_000_000
	p.terminal = true
	if got := p.text(began.Add(time.Second)); len(got) > 79 {
		t.Errorf("%d columns: %q", len(got), got)
	}
}
