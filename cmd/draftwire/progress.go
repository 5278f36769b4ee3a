package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// progress tells how far long work has come: a bar that is drawn over itself on
// a terminal, otherwise a plain line now and then. Its methods may be called
// concurrently.
type progress struct {
	w        io.Writer
	terminal bool
	what     string
	unit     string
	total    int64 // 0 when unknown
	began    time.Time
	now      func() time.Time

	mu    sync.Mutex // guards total, what follows, and what is written
	done  int64
	saved int64     // of it, what took no work
	shown time.Time // when it was last drawn
	drawn bool      // at all
	told  int64     // how much was done then
}

func (a *app) progress(what, unit string, total int64) *progress {
	t := now()
	return &progress{w: a.err, terminal: isTerminal(a.err), what: what, unit: unit, total: total, began: t, shown: t, now: now}
}

// add counts n more units of work done.
func (p *progress) add(n int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done += n
	every := 5 * time.Second
	if p.terminal {
		every = 100 * time.Millisecond
	}
	if t := p.now(); t.Sub(p.shown) >= every {
		p.draw(t)
	}
}

// expect says how much work there is, when that shows only later.
func (p *progress) expect(total int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total = total
}

// spare counts n units that need no work.
func (p *progress) spare(n int64) {
	p.mu.Lock()
	p.saved += n
	p.mu.Unlock()
	p.add(n)
}

// print writes a line that stays, where the bar is.
func (p *progress) print(w io.Writer, line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.terminal && p.drawn {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
	fmt.Fprintln(w, line)
	if p.terminal && p.drawn {
		p.draw(p.now())
	}
}

// end draws the last state, if any was drawn before.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.drawn {
		return
	}
	if p.terminal || p.told < p.done {
		p.draw(p.now())
	}
	if p.terminal {
		fmt.Fprintln(p.w)
	}
}

func (p *progress) draw(t time.Time) {
	p.shown, p.drawn, p.told = t, true, p.done
	if p.terminal {
		fmt.Fprint(p.w, "\r\x1b[K", p.text(t))
		return
	}
	fmt.Fprintln(p.w, p.text(t))
}

func (p *progress) text(t time.Time) string {
	rate := p.amount(float64(p.done-p.saved)/max(t.Sub(p.began).Seconds(), 0.001)) + "/s"
	if p.total <= 0 {
		return fmt.Sprintf("%s: %s, %s", p.what, p.amount(float64(p.done)), rate)
	}
	share := min(float64(p.done)/float64(p.total), 1)
	text := fmt.Sprintf("%s: %3.0f%% of %s, %s", p.what, 100*share, p.amount(float64(p.total)), rate)
	if p.unit == "bytes" {
		text += fmt.Sprintf(", %s left", p.amount(float64(max(p.total-p.done, 0))))
	}
	if !p.terminal {
		return text
	}
	const width = 24 // so that all of it fits into 80 columns
	full := int(share * width)
	return "[" + strings.Repeat("#", full) + strings.Repeat("-", width-full) + "] " + text
}

func (p *progress) amount(n float64) string {
	if p.unit == "bytes" {
		return fmt.Sprintf("%.1f MB", n/1e6)
	}
	return fmt.Sprintf("%.0f %s", n, p.unit)
}
