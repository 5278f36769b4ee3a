package mail

// This file is Parse: the way from the bytes of a mail to a Message.

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"
)

// maxDefects bounds what one message can write into the record.
const maxDefects = 20

// Parse decodes a message (RFC 5322, MIME by RFC 2045 to 2047). It never
// fails: what cannot be read is left empty and named in Defects.
func Parse(raw []byte) Message {
	var m Message
	h, body := splitHeader(raw, m.defect)
	m.readHeader(h)
	m.readBody(h, body)
	return m
}

func (m *Message) defect(what string) {
	if len(m.Defects) < maxDefects && !slices.Contains(m.Defects, what) {
		m.Defects = append(m.Defects, what)
	}
}

// readHeader fills everything that comes from the header. Of a field that
// may stand once, the first counts.
func (m *Message) readHeader(h header) {
	for i := range h {
		f := &h[i]
		switch len(f.name) { // most fields are of no interest: tell them by length first
		case 2, 4, 7, 8, 9, 10, 11, 12, 14:
			m.readField(strings.ToLower(f.name), f)
		}
	}
	if h.get("Date") == "" {
		m.defect("no Date")
	}
}

func (m *Message) readField(name string, f *field) {
	switch name {
	case "message-id":
		setOnce(&m.ID, func() string { return messageID(unfold(f.value)) })
	case "subject":
		setOnce(&m.Subject, func() string { return decodeWords(unfold(f.value)) })
	case "from":
		m.From = append(m.From, parseAddresses(unfold(f.value))...)
	case "to":
		m.To = append(m.To, parseAddresses(unfold(f.value))...)
	case "cc":
		m.Cc = append(m.Cc, parseAddresses(unfold(f.value))...)
	case "date":
		m.readDate(unfold(f.value))
	case "received":
		if t, ok := receivedDate(f.value); ok && len(m.Received) < 200 {
			m.Received = append(m.Received, t)
		}
	case "in-reply-to":
		m.InReplyTo = appendIDs(m.InReplyTo, unfold(f.value))
	case "references":
		m.References = appendIDs(m.References, unfold(f.value))
	case "list-id":
		setOnce(&m.ListID, func() string { return strings.ToLower(inAngles(unfold(f.value))) })
	case "archived-at":
		setOnce(&m.ArchivedAt, func() string { return inAngles(unfold(f.value)) })
	case "x-no-archive":
		m.NoArchive = m.NoArchive || strings.EqualFold(unfold(f.value), "yes")
	case "x-archive":
		m.NoArchive = m.NoArchive || strings.EqualFold(unfold(f.value), "no")
	case "auto-submitted":
		setOnce(&m.AutoSubmitted, func() string { return keyword(unfold(f.value)) })
	case "precedence":
		setOnce(&m.Precedence, func() string { return keyword(unfold(f.value)) })
	}
}

func setOnce(to *string, value func() string) {
	if *to == "" {
		*to = value()
	}
}

func (m *Message) readDate(s string) {
	if !m.Date.IsZero() {
		return
	}
	t, err := ParseDate(s)
	if err != nil {
		m.defect(fmt.Sprintf("Date: %v", err))
		return
	}
	m.Date = t
}

// receivedDate reads what stands behind the last semicolon of a Received
// field (RFC 5321, section 4.4).
func receivedDate(value []byte) (time.Time, bool) {
	i := bytes.LastIndexByte(value, ';')
	if i < 0 {
		return time.Time{}, false
	}
	t, err := ParseDate(unfold(value[i+1:]))
	return t, err == nil
}

// keyword gives the first word of a value like "auto-generated; owner=x", in lower case.
func keyword(s string) string {
	s, _, _ = strings.Cut(s, ";")
	s, _, _ = strings.Cut(s, "(")
	return strings.ToLower(strings.TrimSpace(s))
}

// inAngles gives what stands in the last angle brackets, or else the whole.
func inAngles(s string) string {
	if open := strings.LastIndexByte(s, '<'); open >= 0 {
		s, _, _ = strings.Cut(s[open+1:], ">")
	}
	return strings.TrimSpace(s)
}

// messageID gives the id of a Message-ID field without brackets and comments.
func messageID(s string) string {
	if open := strings.IndexByte(s, '<'); open >= 0 {
		s, _, _ = strings.Cut(s[open+1:], ">")
	}
	return strings.ReplaceAll(strings.TrimSpace(s), " ", "")
}

// maxIDs bounds the ids taken from References and In-Reply-To.
const maxIDs = 1000

// appendIDs adds the ids in angle brackets of s; without brackets, s itself if it is one id.
func appendIDs(ids []string, s string) []string {
	found := false
	for rest := s; len(ids) < maxIDs; {
		_, after, ok := strings.Cut(rest, "<")
		if !ok {
			break
		}
		id, next, closed := strings.Cut(after, ">")
		if id = strings.ReplaceAll(strings.TrimSpace(id), " ", ""); id != "" && strings.Contains(id, "@") {
			ids, found = append(ids, id), true
		}
		if rest = next; !closed {
			break
		}
	}
	if !found && strings.Contains(s, "@") && !strings.ContainsAny(s, " <>") {
		ids = append(ids, s)
	}
	return ids
}
