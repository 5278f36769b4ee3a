package mail

// This file writes messages: 7-bit, folded, and the same bytes for the same input.

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"mime/quotedprintable"
	"strings"
	"time"

	"golang.org/x/net/idna"
)

// Header is a further header field of an Outgoing message.
type Header struct {
	Name, Value string
}

// Outgoing is a message to be sent.
type Outgoing struct {
	From      Address
	To        Address
	ReplyTo   Address   // left out when Addr is empty
	Subject   string    // UTF-8, one line
	Date      time.Time // must be set
	MessageID string    // local@domain, with or without angle brackets
	Headers   []Header  // further fields, in this order
	Text      string    // text/plain, UTF-8
	HTML      string    // text/html, UTF-8
}

// Bytes gives the message (RFC 5322) with CRLF line ends and only ASCII in
// it: multipart/alternative with the text first, or a single part when Text
// or HTML is empty. Line ends or NUL in a header value, a bad address, a
// missing date or id and a header word over 900 bytes are errors.
func (o Outgoing) Bytes() ([]byte, error) {
	var b bytes.Buffer
	if err := o.writeHeader(&b); err != nil {
		return nil, err
	}
	switch {
	case o.Text == "" && o.HTML == "":
		return nil, errors.New("mail to write: both text and HTML are empty")
	case o.HTML == "":
		writePart(&b, "text/plain", o.Text)
	case o.Text == "":
		writePart(&b, "text/html", o.HTML)
	default:
		sum := sha256.Sum256([]byte(strings.Trim(o.MessageID, "<>")))
		boundary := "=_" + hex.EncodeToString(sum[:16]) // =_ occurs neither in quoted-printable nor in base64
		fmt.Fprintf(&b, "Content-Type: multipart/alternative;\r\n boundary=\"%s\"\r\n\r\n", boundary)
		fmt.Fprintf(&b, "--%s\r\n", boundary)
		writePart(&b, "text/plain", o.Text)
		fmt.Fprintf(&b, "\r\n--%s\r\n", boundary)
		writePart(&b, "text/html", o.HTML)
		fmt.Fprintf(&b, "\r\n--%s--\r\n", boundary)
	}
	return b.Bytes(), nil
}

func (o Outgoing) writeHeader(b *bytes.Buffer) error {
	id := strings.Trim(o.MessageID, "<>")
	local, domain, _ := strings.Cut(id, "@")
	if local == "" || domain == "" || strings.Contains(domain, "@") || strings.ContainsAny(id, " <>\t") {
		return fmt.Errorf("mail to write: Message-ID %q: want local@domain", o.MessageID)
	}
	if o.Date.IsZero() {
		return errors.New("mail to write: no date")
	}
	from, err := formatAddress(o.From)
	if err != nil {
		return fmt.Errorf("mail to write: From: %w", err)
	}
	to, err := formatAddress(o.To)
	if err != nil {
		return fmt.Errorf("mail to write: To: %w", err)
	}
	fields := []Header{{"From", from}, {"To", to}}
	if o.ReplyTo.Addr != "" {
		reply, err := formatAddress(o.ReplyTo)
		if err != nil {
			return fmt.Errorf("mail to write: Reply-To: %w", err)
		}
		fields = append(fields, Header{"Reply-To", reply})
	}
	fields = append(fields, Header{"Subject", encodeText(o.Subject)},
		Header{"Date", o.Date.Format("Mon, 02 Jan 2006 15:04:05 -0700")}, Header{"Message-ID", "<" + id + ">"})
	for _, h := range o.Headers {
		if err := checkName(h.Name); err != nil {
			return err
		}
		fields = append(fields, Header{h.Name, encodeText(h.Value)})
	}
	for _, h := range append(fields, Header{"MIME-Version", "1.0"}) {
		if err := fold(b, h.Name, h.Value); err != nil {
			return err
		}
	}
	return nil
}

// ownFields are written by Bytes itself.
var ownFields = []string{
	"From", "To", "Reply-To", "Subject", "Date", "Message-ID", "MIME-Version",
	"Content-Type", "Content-Transfer-Encoding",
}

func checkName(name string) error {
	for _, own := range ownFields {
		if strings.EqualFold(name, own) {
			return fmt.Errorf("mail to write: header %s is written from its own field", name)
		}
	}
	if _, ok := parseField([]byte(name + ":")); !ok || strings.ContainsAny(name, " \t:") {
		return fmt.Errorf("mail to write: header name %q: want letters, digits and hyphens", name)
	}
	return nil
}

// maxWord bounds a header word that cannot be folded; with the name before it
// the line stays under the 998 bytes of RFC 5322, section 2.1.1.
const maxWord = 900

// fold writes one field, broken at blanks before column 76.
func fold(b *bytes.Buffer, name, value string) error {
	if strings.ContainsAny(value, "\r\n\x00") {
		return fmt.Errorf("mail to write: header %s: value holds a line end or NUL", name)
	}
	b.WriteString(name + ":")
	col := len(name) + 1
	for i, w := range strings.Fields(value) {
		if len(w) > maxWord {
			return fmt.Errorf("mail to write: header %s: a word of %d bytes, at most %d can be sent", name, len(w), maxWord)
		}
		if i > 0 && col+1+len(w) > 76 {
			b.WriteString("\r\n")
			col = 0
		}
		b.WriteString(" " + w)
		col += 1 + len(w)
	}
	b.WriteString("\r\n")
	return nil
}

// encodeText gives unstructured text as ASCII, in encoded words (RFC 2047) if
// it needs them. Line ends and NUL are left for fold to refuse.
func encodeText(s string) string {
	if strings.ContainsAny(s, "\r\n\x00") || isPrintable(s) && !strings.Contains(s, "=?") {
		return s
	}
	const piece = 39 // bytes: as a word 64 long, so that "Subject: " fits before it
	s = withoutControls(strings.ToValidUTF8(s, "\uFFFD"))
	var words []string
	start := 0
	for i, r := range s {
		if i+len(string(r))-start > piece {
			words = append(words, encodeWord(s[start:i]))
			start = i
		}
	}
	if start < len(s) {
		words = append(words, encodeWord(s[start:]))
	}
	return strings.Join(words, " ")
}

func encodeWord(s string) string {
	return "=?utf-8?B?" + base64.StdEncoding.EncodeToString([]byte(s)) + "?="
}

func isPrintable(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < 32 || r > 126 }) < 0
}

// CheckAddress refuses what no mail can be written to: an address that is not
// local@domain without quotes and comments, in ASCII. It says what would be right.
func CheckAddress(addr string) error {
	local, domain, _ := strings.Cut(addr, "@")
	switch {
	case addr == "" || addrSpec(addr) != addr || strings.Contains(domain, "@") || strings.ContainsAny(addr, "()[]:;\"\\\r\n\x00"):
		return fmt.Errorf("address %q: want local@domain, without quotes and blanks", addr)
	case !isPrintable(local):
		return fmt.Errorf("address %q: want a local part in ASCII", addr)
	case isPrintable(domain):
		return nil
	}
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil {
		return fmt.Errorf("address %q: want a domain in ASCII: %w", addr, err)
	}
	return fmt.Errorf("address %q: want the ASCII form of its domain: %s@%s", addr, local, ascii)
}

// formatAddress gives name and address for a header.
func formatAddress(a Address) (string, error) {
	if strings.ContainsAny(a.Name, "\r\n\x00") {
		return "", errors.New("name holds a line end or NUL")
	}
	if err := CheckAddress(a.Addr); err != nil {
		return "", err
	}
	name := strings.Join(strings.Fields(a.Name), " ")
	switch {
	case name == "":
		return a.Addr, nil
	case !isPrintable(name) || strings.Contains(name, "=?"):
		name = encodeText(name)
	case strings.ContainsAny(name, `()<>[]:;@\,."`):
		name = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
	}
	return name + " <" + a.Addr + ">", nil
}

// writePart writes Content fields, blank line and body of one text part, in
// whichever transfer encoding is shorter.
func writePart(b *bytes.Buffer, media, text string) {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "")
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")
	var qp bytes.Buffer
	w := quotedprintable.NewWriter(&qp)
	_, _ = w.Write([]byte(text)) // a bytes.Buffer takes everything
	w.Close()
	fmt.Fprintf(b, "Content-Type: %s; charset=utf-8\r\n", media)
	if qp.Len() <= base64.StdEncoding.EncodedLen(len(text)) {
		b.WriteString("Content-Transfer-Encoding: quoted-printable\r\n\r\n")
		b.Write(qp.Bytes())
		return
	}
	b.WriteString("Content-Transfer-Encoding: base64\r\n\r\n")
	for enc := base64.StdEncoding.EncodeToString([]byte(text)); enc != ""; {
		n := min(76, len(enc))
		b.WriteString(enc[:n] + "\r\n")
		enc = enc[n:]
	}
}
