package main

// This file draws the table of sources.

import (
	"bufio"
	"fmt"
	"io"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/draftwire/draftwire/markup"
	"github.com/draftwire/draftwire/store"
)

// The table is at most so wide, and a trouble below it so many lines high.
const (
	tableWidth   = 80
	troubleLines = 4
)

// writeSources draws the table. Bars that leave no room for the names stand for
// two days each, and names that are longer still are cut.
func writeSources(out io.Writer, list []standing, now time.Time) error {
	w := bufio.NewWriter(out)
	if len(list) == 0 {
		return w.Flush()
	}
	heads := []string{"SOURCE", "STATE", "LAST", "NEXT", "", "MESSAGES"}
	rows := make([][]string, len(list))
	for i, s := range list {
		state := s.state()
		if s.Attempts > 0 && state == failing {
			state += fmt.Sprintf(" %d", s.Attempts)
		}
		rows[i] = []string{s.Name, state, ago(s.Success, now), s.soon(now), "", fmt.Sprint(s.Messages)}
	}
	days := 1
	if room := tableWidth - widthOf(append(rows, heads)); room < sourceDays {
		days = 2
	}
	heads[4] = drawDays(list, rows, days)
	widths := widthsOf(append(rows, heads))
	if over := sum(widths) + len(widths) - 1 - tableWidth; over > 0 {
		widths[0] = max(widths[0]-over, 10)
	}
	writeRow(w, widths, heads)
	for i, row := range rows {
		writeRow(w, widths, row)
		for _, why := range list[i].troubles() {
			fmt.Fprintln(w, "  "+strings.Join(fold(why, tableWidth-4, troubleLines), "\n    "))
		}
	}
	return w.Flush()
}

// troubles says what is wrong with a source that is polled.
func (s standing) troubles() (list []string) {
	if s.conf == nil {
		return nil
	}
	for _, alarm := range s.alarms {
		list = append(list, markup.Clean(alarm.Words))
	}
	if s.Asked.After(now()) {
		list = append(list, "its host asks us to wait until "+day(s.Asked))
	}
	if why := s.fault(); why != "" {
		list = append(list, why)
	}
	return list
}

// fault is what went wrong in the last try, without the name and the address of
// the source, which whoever reads it sees beside it.
func (s standing) fault() string {
	why := faultOf(s.Source)
	address := markup.Clean(s.address())
	if u, err := url.Parse(address); err == nil {
		address = u.Redacted()
	}
	if rest, ok := strings.CutPrefix(strings.TrimPrefix(why, "fetch "), address+": "); ok {
		return rest
	}
	return why
}

// faultOf is what went wrong in the last try of a source, without its name.
func faultOf(s store.Source) string {
	return strings.TrimPrefix(markup.Clean(s.LastError), "source "+s.Name+": ")
}

// drawDays fills in the column of days, and gives its head.
func drawDays(list []standing, rows [][]string, days int) string {
	if !speaksUTF8() {
		for i, s := range list {
			rows[i][4] = fmt.Sprintf("%5d %5d %6d", s.days[sourceDays-1], sum(s.days[sourceDays-7:]), sum(s.days))
		}
		return "1 DAY     7     30"
	}
	for i, s := range list {
		var groups []int
		for group := range slices.Chunk(s.days, days) {
			groups = append(groups, sum(group))
		}
		rows[i][4] = bars(groups, slices.Max(groups))
	}
	return "30 DAYS"
}

func writeRow(w io.Writer, widths []int, cells []string) {
	var b strings.Builder
	for i, cell := range cells {
		pad := strings.Repeat(" ", max(widths[i]-utf8.RuneCountInString(cell), 0))
		switch {
		case i == len(cells)-1:
			b.WriteString(pad + cell)
		default:
			b.WriteString(cut(cell, widths[i]) + pad + " ")
		}
	}
	fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
}

func widthsOf(rows [][]string) []int {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	return widths
}

// widthOf is how wide a table is, with a blank behind each column.
func widthOf(rows [][]string) int { return sum(widthsOf(rows)) + len(rows[0]) - 1 }

func sum(list []int) (n int) {
	for _, v := range list {
		n += v
	}
	return n
}

// cut shortens a text to so many characters.
func cut(s string, width int) string {
	if utf8.RuneCountInString(s) <= width {
		return s
	}
	return string([]rune(s)[:width-3]) + "..."
}

// fold breaks a text into at most so many lines, between words where that can be.
func fold(s string, width, most int) (lines []string) {
	for runes := []rune(s); len(runes) > width && len(lines) < most-1; runes = []rune(s) {
		head := string(runes[:width])
		if i := strings.LastIndexByte(string(runes[:width+1]), ' '); i > 0 {
			head = head[:i]
		}
		lines = append(lines, head)
		s = strings.TrimPrefix(s[len(head):], " ")
	}
	return append(lines, cut(s, width))
}

// speaksUTF8 reports whether the locale (POSIX, Environment Variables 8.2) says so.
func speaksUTF8() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value := os.Getenv(name); value != "" {
			value = strings.ToLower(value)
			return strings.Contains(value, "utf-8") || strings.Contains(value, "utf8")
		}
	}
	return false
}

// ago says how long ago something was, in a few letters.
func ago(t, now time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return span(now.Sub(t)) + " ago"
}

// soon says when a source is polled next.
func (s standing) soon(now time.Time) string {
	state := s.state()
	switch {
	case state == paused || state == resting || state == gone:
		return "-"
	case s.conf.Kind.Sent():
		return "pushed"
	case !s.LeaseUntil.IsZero():
		return "now"
	case s.Next.Sub(now) < time.Second:
		return "due"
	}
	return "in " + span(s.Next.Sub(now))
}

// span is a length of time in its largest unit.
func span(d time.Duration) string {
	switch d = max(d, 0); {
	case d < time.Minute:
		return fmt.Sprintf("%ds", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%dm", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", d/time.Hour)
	}
	return fmt.Sprintf("%dd", d/(24*time.Hour))
}
