package mail

// This file takes the header of a message or part to pieces, whatever its
// defects, and finds where the body begins.

import (
	"bytes"
	"strings"
)

// maxHeader bounds the bytes of one header block; what follows up to the blank line is ignored.
const maxHeader = 1 << 20

// field is one header field (RFC 5322, section 2.2) with its folds still in it.
type field struct {
	name  string
	value []byte
}

// header is a header block in the order of the message.
type header []field

// get gives the unfolded value of the first field of that name, or "".
func (h header) get(name string) string {
	for i := range h {
		if len(h[i].name) == len(name) && strings.EqualFold(h[i].name, name) {
			return unfold(h[i].value)
		}
	}
	return ""
}

// splitHeader cuts raw into header fields and body. Lines that are no header
// line are left out, with their continuations, and reported; when the block
// holds no field at all, the whole of raw is body.
func splitHeader(raw []byte, defect func(string)) (header, []byte) {
	all := bytes.TrimLeft(raw, "\r\n")
	fields := make(header, 0, 24)
	value := -1 // where the value of the open field begins in all
	for pos := 0; pos < len(all); {
		line, rest := cutLine(all[pos:])
		end := pos + len(line)
		pos = len(all) - len(rest)
		switch {
		case len(line) == 0 && len(fields) > 0:
			return fields, rest
		case len(line) == 0:
			defect("no header")
			return nil, all
		case pos > maxHeader:
			defect("header longer than 1 MiB: the rest of it is ignored")
			return fields, afterBlankLine(rest)
		case line[0] == ' ' || line[0] == '\t':
			if value >= 0 {
				fields[len(fields)-1].value = all[value:end]
			}
			continue
		}
		f, ok := parseField(line)
		if ok {
			fields = append(fields, f)
			value = end - len(f.value)
			continue
		}
		value = -1
		if !isFromLine(line) { // a separator, escaped or not, that some archive left here
			defect("malformed header line " + quoteStart(line))
		}
	}
	if len(fields) == 0 && len(all) > 0 {
		defect("no header")
		return nil, all
	}
	return fields, nil
}

// parseField cuts one line at its colon; blanks before the colon are forgiven.
func parseField(line []byte) (field, bool) {
	colon := bytes.IndexByte(line, ':')
	if colon < 1 {
		return field{}, false
	}
	name := bytes.TrimRight(line[:colon], " \t")
	if len(name) == 0 || len(name) > 200 {
		return field{}, false
	}
	for _, c := range name {
		if c < 33 || c > 126 {
			return field{}, false
		}
	}
	return field{name: internName(name), value: line[colon+1:]}, true
}

// commonNames spares an allocation for nearly every field.
var commonNames = func() map[string]string {
	m := make(map[string]string)
	for n := range strings.FieldsSeq(`Received Return-Path Delivered-To X-Original-To From To Cc Date Subject
		Message-ID Message-Id In-Reply-To References List-Id List-ID List-Unsubscribe List-Archive List-Post List-Help
		List-Subscribe List-Owner Content-Type Content-Transfer-Encoding Content-Disposition MIME-Version Mime-Version
		Reply-To Sender Precedence Errors-To X-BeenThere X-Mailman-Version Archived-At Auto-Submitted DKIM-Signature
		X-No-Archive X-Archive User-Agent X-Mailer Authentication-Results X-Virus-Scanned Received-SPF`) {
		m[n] = n
	}
	return m
}()

func internName(b []byte) string {
	if s, ok := commonNames[string(b)]; ok {
		return s
	}
	return string(b)
}

// isFromLine reports an mbox separator that is still in the header.
func isFromLine(line []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(line, ">"), []byte("From "))
}

// cutLine gives the first line without its end, and what follows.
func cutLine(b []byte) (line, rest []byte) {
	line, rest, _ = bytes.Cut(b, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r")), rest
}

func afterBlankLine(b []byte) []byte {
	for len(b) > 0 {
		var line []byte
		if line, b = cutLine(b); len(line) == 0 {
			return b
		}
	}
	return nil
}

// unfold takes the folds out of a header value and repairs raw 8-bit text,
// which RFC 5322 forbids and RFC 6532 allows as UTF-8. White space is collapsed.
func unfold(value []byte) string {
	value = bytes.TrimSpace(value)
	if plainValue(value) {
		return string(value)
	}
	return strings.Join(strings.Fields(withoutControls(guessText(value))), " ")
}

// plainValue reports printable ASCII with single blanks only.
func plainValue(b []byte) bool {
	blank := false
	for _, c := range b {
		if c < 32 || c > 126 || c == ' ' && blank {
			return false
		}
		blank = c == ' '
	}
	return true
}

// quoteStart shows the beginning of a line in a defect.
func quoteStart(line []byte) string {
	if len(line) > 40 {
		line = line[:40]
	}
	return `"` + withoutControls(strings.ToValidUTF8(string(line), "\uFFFD")) + `"`
}
