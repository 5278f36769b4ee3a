package mail

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-message/mail"
)

func outgoing() Outgoing {
	return Outgoing{
		From: Address{"Draftwire, the wire", "wire@example.org"}, To: Address{"日本の読者", "reader@example.net"},
		ReplyTo:   Address{"", "help@example.org"},
		Subject:   "日刊IETF(2025-12-07)" + strings.Repeat(" 新しいドラフトのお知らせ", 20),
		Date:      time.Date(2025, 12, 8, 1, 30, 0, 0, time.UTC),
		MessageID: "edition-1.sub-2@example.org",
		Headers: []Header{
			{"List-Id", "Daily <daily.example.org>"},
			{"List-Unsubscribe", "<https://example.org/u/" + strings.Repeat("x", 200) + ">, <mailto:u+" + strings.Repeat("y", 40) + "@example.org>"},
		},
		Text: "Hello\n.\n" + strings.Repeat("long ", 400) + "\n日本語\n", HTML: "<p>" + strings.Repeat("日本語", 1000) + "</p>\n",
	}
}

func TestOutgoing(t *testing.T) {
	o := outgoing()
	raw, err := o.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(raw) {
		if !bytes.HasSuffix(line, []byte("\r\n")) || bytes.IndexFunc(line, func(r rune) bool { return r > 126 }) >= 0 {
			t.Errorf("line without CRLF or not ASCII: %q", line)
		}
		if limit := 78 + 2; len(line) > limit && !bytes.Contains(line, []byte("https://")) {
			t.Errorf("line of %d bytes: %q", len(line), line)
		}
	}
	m := Parse(raw)
	if m.Subject != o.Subject || m.Text != o.Text || m.HTML != o.HTML || m.ID != o.MessageID ||
		!m.Date.Equal(o.Date) || m.From[0] != o.From || m.To[0] != o.To || len(m.Defects) > 0 {
		t.Errorf("read back: %+v", m)
	}
	if again, _ := o.Bytes(); !bytes.Equal(raw, again) {
		t.Error("the same input gave other bytes")
	}
	readWithGoMessage(t, raw, o)
}

// readWithGoMessage reads the mail with a parser that is not ours.
func readWithGoMessage(t *testing.T, raw []byte, o Outgoing) {
	r, err := mail.CreateReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if s, err := r.Header.Subject(); err != nil || s != o.Subject {
		t.Errorf("go-message: subject %q, %v", s, err)
	}
	if a, err := r.Header.AddressList("From"); err != nil || len(a) != 1 || a[0].Name != o.From.Name {
		t.Errorf("go-message: from %v, %v", a, err)
	}
	for _, want := range []string{o.Text, o.HTML} {
		p, err := r.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(p.Body)
		if got := strings.ReplaceAll(string(body), "\r\n", "\n"); err != nil || got != want {
			t.Errorf("go-message: part %.60q, %v; want %.60q", got, err, want)
		}
	}
}

func TestOutgoingRefuses(t *testing.T) {
	for name, spoil := range map[string]func(*Outgoing){
		"subject holds a line end": func(o *Outgoing) { o.Subject = "x\r\nBcc: a@b" },
		"subject holds a bare LF":  func(o *Outgoing) { o.Subject = "x\nBcc: a@b" },
		"NUL":                      func(o *Outgoing) { o.Headers = []Header{{"X-A", "\x00"}} },
		"header line end":          func(o *Outgoing) { o.Headers = []Header{{"X-A", "a\nb"}} },
		"header name":              func(o *Outgoing) { o.Headers = []Header{{"X-A: b\r\nBcc", "c"}} },
		"second Subject":           func(o *Outgoing) { o.Headers = []Header{{"subject", "c"}} },
		"endless word":             func(o *Outgoing) { o.Headers = []Header{{"X-A", strings.Repeat("x", 1000)}} },
		"name":                     func(o *Outgoing) { o.To.Name = "a\r\nBcc: x@y" },
		"address":                  func(o *Outgoing) { o.To.Addr = "a@b>\r\nBcc: x@y" },
		"no address":               func(o *Outgoing) { o.To.Addr = "nobody" },
		"two addresses":            func(o *Outgoing) { o.To.Addr = "a@b,c@d" },
		"message id":               func(o *Outgoing) { o.MessageID = "a@b>\r\nX: <" },
		"message id of two @":      func(o *Outgoing) { o.MessageID = "1@me@example.org" },
		"message id without host":  func(o *Outgoing) { o.MessageID = "1@" },
		"no date":                  func(o *Outgoing) { o.Date = time.Time{} },
		"no body":                  func(o *Outgoing) { o.Text, o.HTML = "", "" },
	} {
		o := outgoing()
		spoil(&o)
		if raw, err := o.Bytes(); err == nil {
			t.Errorf("%s: taken: %.300q", name, raw)
		}
	}
}

func ExampleOutgoing_Bytes() {
	raw, err := Outgoing{
		From: Address{"Wire", "wire@example.org"}, To: Address{"", "a@example.net"},
		Subject: "Drafts of 7 December", Date: time.Date(2025, 12, 8, 1, 30, 0, 0, time.UTC),
		MessageID: "1@example.org", Text: "None today.\n",
	}.Bytes()
	fmt.Print(strings.ReplaceAll(string(raw), "\r\n", "\n"), err)
	// Output:
	// From: Wire <wire@example.org>
	// To: a@example.net
	// Subject: Drafts of 7 December
	// Date: Mon, 08 Dec 2025 01:30:00 +0000
	// Message-ID: <1@example.org>
	// MIME-Version: 1.0
	// Content-Type: text/plain; charset=utf-8
	// Content-Transfer-Encoding: quoted-printable
	//
	// None today.
	// <nil>
}

func TestCheckAddress(t *testing.T) {
	for addr, want := range map[string]string{
		"ann@example.org":               "",
		"o'neil+wire@xn--mnchen-3ya.de": "",
		"":                              "want local@domain",
		"ann":                           "want local@domain",
		"a b@example.org":               "want local@domain",
		`"a b"@example.org`:             "want local@domain",
		"a@b@example.org":               "want local@domain",
		"a@example.org\r\nBcc: x@y":     "want local@domain",
		"ànn@example.org":               "want a local part in ASCII",
		"ann@münchen.de":                "want the ASCII form of its domain: ann@xn--mnchen-3ya.de",
		"ann@a\u200b.de\u00ad\u2028":    "want",
	} {
		err := CheckAddress(addr)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", addr, err, want)
		}
	}
}
