package mail

// This file reads dates, of mail and of feeds, as tolerantly as can be done
// without inventing anything.

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// maxDate bounds the bytes of a date that are looked at; junk may follow.
const maxDate = 120

// ParseDate reads a date of a mail (RFC 5322, section 3.3, with the obsolete
// forms of 4.3, and the ctime form) or of a feed (RFC 3339 and its usual
// breakages, also a bare date) and gives it in UTC. Seconds and the zone may
// be missing (no zone is UTC), two-digit years are 1950 to 2049, and what
// follows a complete date is ignored. IST is India's, CST America's; letters
// of the military zones other than Z count as UTC (RFC 5322, section 4.3).
// Years before 1900, impossible days and impossible times are errors.
func ParseDate(s string) (time.Time, error) {
	if len(s) > maxDate {
		s = s[:maxDate]
	}
	rest, _ := cutComments(strings.ReplaceAll(s, "(", " (")) // a comment parts words as a blank does
	var d dateParts
	for tok := range strings.FieldsFuncSeq(rest, isDateSeparator) {
		if d.full() || !d.take(tok) {
			break
		}
	}
	t, err := d.time()
	if err != nil {
		return time.Time{}, fmt.Errorf("date %s: %w", quoteStart([]byte(s)), err)
	}
	return t, nil
}

func isDateSeparator(r rune) bool {
	return r == ' ' || r == ',' || r == '\t' || r == '\n' || r == '\r' || r == '\u00a0'
}

// dateParts is what has been found of a date.
type dateParts struct {
	year, month, day   int // zero: not yet
	hour, min          int
	sec, nano          int
	offset             int // seconds east of UTC
	hasTime, hasZone   bool
	hasYear, badNumber bool
}

func (d *dateParts) hasDate() bool { return d.hasYear && d.month > 0 && d.day > 0 }
func (d *dateParts) full() bool    { return d.hasDate() && d.hasTime && d.hasZone }

// take puts one token in its place; false ends the reading.
func (d *dateParts) take(tok string) bool {
	switch {
	case strings.Contains(tok, ":") && !d.hasTime:
		return d.takeTimed(tok)
	case len(tok) >= 15 && tok[8] == 'T' && !d.hasTime && !d.hasYear: // 20060102T150405Z
		return d.takeTimed(tok[:11] + ":" + tok[11:13] + ":" + tok[13:])
	case d.takeAMPM(tok):
		return true
	case d.hasTime && !d.hasZone && d.takeZone(tok):
		return true
	case tok[0] >= '0' && tok[0] <= '9':
		return d.takeNumeric(tok)
	}
	if m := monthOf(tok); m > 0 && d.month == 0 {
		d.month = m
		return true
	}
	return !d.hasDate() // weekday names and other words before the date do no harm
}

// takeTimed reads 15:04:05, and 2006-01-02T15:04:05+09:00 where it hangs together.
func (d *dateParts) takeTimed(tok string) bool {
	if i := strings.IndexAny(tok, "Tt"); i > 0 && !d.hasDate() && strings.ContainsAny(tok[:i], "-/") || i == 8 {
		if !d.takeNumeric(tok[:i]) {
			return false
		}
		tok = tok[i+1:]
	}
	end := 0
	for end < len(tok) && (tok[end] >= '0' && tok[end] <= '9' || tok[end] == ':' || tok[end] == '.') {
		end++
	}
	clock, zone := tok[:end], tok[end:]
	if !d.takeClock(clock) {
		d.badNumber = true
		return false
	}
	if zone != "" && !d.takeAMPM(zone) {
		d.takeZone(zone)
	}
	return true
}

func (d *dateParts) takeClock(s string) bool {
	clock, frac, _ := strings.Cut(s, ".")
	parts := strings.Split(clock, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return false
	}
	var n [3]int
	for i, p := range parts {
		v, err := strconv.Atoi(p)
		if err != nil || len(p) > 2 {
			return false
		}
		n[i] = v
	}
	if n[2] == 60 {
		n[2] = 59 // a leap second
	}
	if n[0] > 24 || n[0] == 24 && n[1]+n[2] > 0 || n[1] > 59 || n[2] > 59 {
		return false
	}
	d.hour, d.min, d.sec, d.hasTime = n[0], n[1], n[2], true
	for i := range 9 {
		d.nano *= 10
		if i < len(frac) && frac[i] >= '0' && frac[i] <= '9' {
			d.nano += int(frac[i] - '0')
		}
	}
	return true
}

func (d *dateParts) takeAMPM(tok string) bool {
	if !d.hasTime || d.hour > 12 || len(tok) != 2 {
		return false
	}
	switch strings.ToLower(tok) {
	case "am":
		d.hour %= 12
	case "pm":
		d.hour = d.hour%12 + 12
	default:
		return false
	}
	return true
}

// takeNumeric reads day, year, or a whole date such as 13-Jan-98, 2006-01-02,
// 20060102, 1/13/98 (month first, unless it cannot be) and 31.12.2003.
func (d *dateParts) takeNumeric(tok string) bool {
	if i := strings.IndexAny(tok, "-/."); i > 0 && !d.hasDate() {
		return d.takeWhole(strings.FieldsFunc(tok, func(r rune) bool { return r == '-' || r == '/' || r == '.' }), tok[i])
	}
	digits := len(tok) - len(strings.TrimLeft(tok, "0123456789"))
	if suffix := strings.ToLower(tok[digits:]); suffix == "st" || suffix == "nd" || suffix == "rd" || suffix == "th" {
		tok = tok[:digits]
	}
	n, err := strconv.Atoi(tok)
	switch {
	case err != nil:
		return !d.hasDate()
	case len(tok) == 8 && !d.hasYear:
		d.setYear(tok[:4])
		d.month, d.day = n/100%100, n%100
	case len(tok) <= 2 && d.day == 0:
		if d.day = n; n == 0 {
			d.badNumber = true
		}
	case !d.hasYear:
		d.setYear(tok)
	default:
		return !d.hasDate()
	}
	return true
}

func (d *dateParts) takeWhole(p []string, sep byte) bool {
	if len(p) < 2 || len(p) > 3 {
		d.badNumber = true
		return false
	}
	if len(p) == 2 { // 2006-01
		p = append(p, "1")
	}
	year, month, day := p[0], p[1], p[2]
	switch {
	case len(p[0]) == 4:
	case sep == '/' && !(number(p[0]) > 12):
		year, month, day = p[2], p[0], p[1]
	default:
		year, month, day = p[2], p[1], p[0]
	}
	d.setYear(year)
	if d.month = monthOf(month); d.month == 0 {
		d.month = number(month)
	}
	d.day = number(day)
	return true
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// setYear reads a year; short ones by RFC 5322, section 4.3.
func (d *dateParts) setYear(s string) {
	n, err := strconv.Atoi(s)
	if err != nil {
		d.badNumber = true
		return
	}
	switch {
	case len(s) <= 2 && n < 50:
		n += 2000
	case len(s) <= 3:
		n += 1900
	}
	d.year, d.hasYear = n, true
}

var (
	errNoDate  = errors.New("not a date: want one like Wed, 03 Jan 2001 16:27:10 -0800 or 2001-01-03T16:27:10Z")
	errBadDate = errors.New("no such day or time")
	errOldDate = errors.New("year before 1900 or after 9999")
)

// time puts the parts together and checks them.
func (d *dateParts) time() (time.Time, error) {
	switch {
	case d.badNumber:
		return time.Time{}, errBadDate
	case !d.hasYear || d.month == 0 || d.day == 0:
		return time.Time{}, errNoDate
	case d.year < 1900 || d.year > 9999:
		return time.Time{}, errOldDate
	}
	day := time.Date(d.year, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC)
	if d.month > 12 || day.Day() != d.day || int(day.Month()) != d.month {
		return time.Time{}, errBadDate
	}
	return time.Date(d.year, time.Month(d.month), d.day, d.hour, d.min, d.sec-d.offset, d.nano, time.UTC), nil
}

// monthOf knows English months by their first letters, and the German ones that differ.
func monthOf(s string) int {
	if len(s) < 3 {
		return 0
	}
	const names = "janfebmaraprmayjunjulaugsepoctnovdec"
	low := strings.ToLower(strings.TrimRight(s, "."))
	if len(low) < 3 || len(low) > 9 {
		return 0
	}
	if i := strings.Index(names, low[:3]); i >= 0 && i%3 == 0 {
		return i/3 + 1
	}
	switch low[:3] {
	case "mai":
		return 5
	case "okt":
		return 10
	case "dez":
		return 12
	}
	return 0
}
