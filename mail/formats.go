package mail

// This file knows how messages are set apart in the mailboxes that are met.

import (
	"bytes"
	"regexp"
	"strings"
)

// format is one kind of mailbox.
type format struct {
	// starts reports a line that opens a message; ahead gives it and what follows.
	starts func(line []byte, ahead func() []byte) bool
	// skip tells that the opening line is no part of the message.
	skip bool
	// anywhere tells that no blank line is needed before.
	anywhere bool
	// bare tells that nothing but a header block sets messages apart. One that
	// stands directly below another is what somebody forwarded.
	bare bool
}

var (
	single   = &format{}
	mmdf     = &format{starts: isMMDF, skip: true, anywhere: true}
	listserv = &format{starts: isListserv, skip: true, anywhere: true}
	mbox     = &format{starts: isFromSeparator, skip: true}
	yearly   = &format{starts: isYearLine, skip: true}
	stripped = &format{starts: isStrippedStart, bare: true}
)

// transportStarts are fields that a mail host writes on top of a message.
// In an archive whose messages start with one of them, all do.
var transportStarts = []string{"Return-Path", "Envelope-to", "X-Envelope-From", "Received", "Path"}

// detect tells the format by the first line that is not blank. A file that
// starts with a transport field is a mailbox only if a blank line came first,
// else a single mail; one that starts with Date, From or To only if its
// header holds no trace of transport, as old archives cut it.
func detect(line []byte, afterBlank bool, ahead []byte) *format {
	switch {
	case bytes.HasPrefix(line, []byte("From ")):
		return mbox
	case isMMDF(line, nil):
		return mmdf
	case isListserv(line, nil):
		return listserv
	case isYearLine(line, func() []byte { return ahead }):
		return yearly
	}
	for _, name := range transportStarts {
		if afterBlank && hasName(line, name) {
			return &format{starts: func(line []byte, ahead func() []byte) bool {
				return hasName(line, name) && isHeaderBlock(ahead())
			}, bare: true}
		}
	}
	if isStrippedStart(line, func() []byte { return ahead }) && !showsTransport(ahead) {
		return stripped
	}
	return single
}

// skips reports whether the first line of a message is its separator.
func (f *format) skips(line []byte) bool {
	if f == mbox {
		return bytes.HasPrefix(line, []byte("From ")) // at a start, any form of it
	}
	return f.skip && f.starts(line, func() []byte { return line })
}

// separates reports whether line opens the next message.
func (f *format) separates(line []byte, ctx boundaryContext, ahead func() []byte) bool {
	if f.starts == nil || !f.anywhere && !ctx.open() || f.bare && !ctx.body {
		return false
	}
	return f.starts(line, ahead)
}

// boundaryContext is what came before a line.
type boundaryContext struct {
	blank    int  // bytes of the blank line just before, zero if there was none
	link     bool // the line before was a bare link
	embedded bool // the paragraph before announced a message within a message
	inside   bool // in a paragraph
	headed   bool // behind the header
	body     bool // a line of the body has been seen
}

// open reports whether a message may start here. Archives of the 1990s put a
// bare link for a removed part, with no blank line behind it.
func (c boundaryContext) open() bool { return (c.blank > 0 || c.link) && !c.embedded }

func (c *boundaryContext) see(line []byte) {
	text := trimEOL(line)
	if len(text) == 0 {
		c.blank, c.link, c.inside, c.headed = len(line), false, false, true
		return
	}
	if !c.inside {
		c.embedded = false
	}
	c.inside, c.blank, c.body = true, 0, c.headed
	c.link = bytes.HasPrefix(text, []byte("<ftp://")) && text[len(text)-1] == '>'
	if hasName(text, "Content-Type") && bytes.Contains(bytes.ToLower(text), []byte("message/")) {
		c.embedded = true
	}
}

func isMMDF(line []byte, _ func() []byte) bool {
	return string(trimEOL(line)) == "\x01\x01\x01\x01"
}

// isListserv tells the line of 73 equal signs between messages of a LISTSERV log.
func isListserv(line []byte, _ func() []byte) bool {
	return len(line) > 70 && string(trimEOL(line)) == strings.Repeat("=", 73)
}

func isYearLine(line []byte, ahead func() []byte) bool {
	y := trimEOL(line)
	if len(y) != 4 || string(y[:2]) != "19" && string(y[:2]) != "20" || !isDigit(y[2]) || !isDigit(y[3]) {
		return false
	}
	_, rest := cutLine(ahead())
	return len(rest) == 0 || isHeaderBlock(rest)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isStrippedStart tells the first line of a message in an archive that kept
// only a few fields, in no fixed order.
func isStrippedStart(line []byte, ahead func() []byte) bool {
	return (hasName(line, "Date") || hasName(line, "From") || hasName(line, "To")) && isHeaderBlock(ahead())
}

// isHeaderBlock reports a block of header lines that ends in a blank line and
// names both sender and date: quoted headers of a reply lack one or the other.
func isHeaderBlock(b []byte) bool {
	from, date := false, false
	for n := 0; len(b) > 0; n++ {
		line, rest := cutLine(b)
		switch {
		case len(line) == 0:
			return from && date
		case n > 0 && (line[0] == ' ' || line[0] == '\t'):
		default:
			f, ok := parseField(line)
			if !ok {
				return false
			}
			from = from || strings.EqualFold(f.name, "From")
			date = date || strings.EqualFold(f.name, "Date")
		}
		b = rest
	}
	return from && date // a block cut off by the end, or longer than the look ahead
}

func showsTransport(b []byte) bool {
	for len(b) > 0 {
		var line []byte
		if line, b = cutLine(b); len(line) == 0 {
			return false
		}
		for _, name := range []string{"Received", "Return-Path", "Delivered-To", "X-Original-To"} {
			if hasName(line, name) {
				return true
			}
		}
	}
	return false
}

// hasName reports whether line is a header field of that name.
func hasName(line []byte, name string) bool {
	return len(line) > len(name) && line[len(name)] == ':' && strings.EqualFold(string(line[:len(name)]), name)
}

// isFromSeparator tells "From SENDER DATE". Writers that give no date, as
// Netscape's "From - " and the number@xxx of Google Takeout, must have a
// header line behind it. Anything else that starts with From is text.
func isFromSeparator(line []byte, ahead func() []byte) bool {
	if !bytes.HasPrefix(line, []byte("From ")) {
		return false
	}
	text := string(bytes.TrimSpace(line[5:]))
	if at := fromDate.FindStringIndex(text); at != nil {
		sender := strings.TrimSpace(text[:at[0]])
		_, err := ParseDate(text[at[0]:])
		return err == nil && isSender(sender)
	}
	if text != "-" && (strings.ContainsAny(text, " \t") || !strings.Contains(text, "@")) {
		return false
	}
	_, rest := cutLine(ahead())
	next, _ := cutLine(rest)
	_, ok := parseField(next)
	return ok
}

// fromDate finds the ctime date of a separator: weekday, month, day, time.
var fromDate = regexp.MustCompile(`(?:^|\s)(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),?\s+(?:[A-Z][a-z]{2}\s+\d{1,2}|\d{1,2}\s+[A-Z][a-z]{2})\s.*\d:\d\d`)

// isSender tells one word, or an address, mangled or not.
func isSender(s string) bool {
	return s != "" && (!strings.ContainsAny(s, " \t") || strings.Contains(s, "@") || strings.Contains(s, " at "))
}
