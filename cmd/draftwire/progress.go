package main

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// progress tells how far long work has come: a bar that is drawn over itself on
// a terminal, otherwise a plain line now and then.
type progress struct {
	w        io.Writer
	terminal bool
	what     string
	unit     string
	total    int64 // 0 when unknown
	done     int64
	shown    time.Time
	began    time.Time
	now      func() time.Time
}

func (a *app) progress(what, unit string, total int64) *progress {
	t := now()
	return &progress{w: a.err, terminal: isTerminal(a.err), what: what, unit: unit, total: total, began: t, shown: t, now: now}
}

// add counts n more units of work done.
func (p *progress) add(n int64) {
	p.done += n
	every := 5 * time.Second
	if p.terminal {
		every = 100 * time.Millisecond
	}
	if t := p.now(); t.Sub(p.shown) >= every {
		p.shown = t
		p.show(t)
	}
}

// end draws the last state, if any was drawn before.
func (p *progress) end() {
	if p.shown.Equal(p.began) {
		return
	}
	p.show(p.now())
	if p.terminal {
		fmt.Fprintln(p.w)
	}
}

func (p *progress) show(t time.Time) {
	rate := float64(p.done) / max(t.Sub(p.began).Seconds(), 0.001)
	text := fmt.Sprintf("%s: %d %s, %.0f/s", p.what, p.done, p.unit, rate)
	if p.total > 0 {
		share := min(float64(p.done)/float64(p.total), 1)
		text = fmt.Sprintf("%s: %3.0f%% of %d %s, %.0f/s", p.what, 100*share, p.total, p.unit, rate)
		if p.terminal {
			const width = 30
			full := int(share * width)
			text = "[" + strings.Repeat("#", full) + strings.Repeat("-", width-full) + "] " + text
		}
	}
	if p.terminal {
		fmt.Fprintf(p.w, "\r\x1b[K%s", text)
		return
	}
	fmt.Fprintln(p.w, text)
}
