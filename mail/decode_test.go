package mail

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// mailText makes a mail of lines with CRLF ends.
func mailText(lines ...string) []byte {
	return []byte(strings.Join(lines, "\r\n") + "\r\n")
}

func TestParseHeader(t *testing.T) {
	got := Parse(mailText(
		">From someone Mon Jun  3 12:50:27 1996",
		"Received: from a by b; Wed, 21 Aug 2013 16:20:36 -0700 (PDT)",
		"Received: from c by d id x;",
		" Wed, 21 Aug 2013 16:20:30 -0700",
		"this is no header line",
		" and this belongs to it",
		"Message-ID : <a.b@example.org>",
		"Subject: [ancp] I-D Action:",
		"\t =?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?=   x",
		`From: "Doe, J. \"X\"" <jd@example.org>`,
		"To: IETF-Announce: ;",
		"Cc: Foo, Bar <a@example.org>, joe at example.org (Joe Q), x [y] <b@example.org>",
		"Date: Wed, 21 Aug 2013 16:20:36 -0700",
		"In-Reply-To: message of yesterday <r@example.org>",
		"References: <p@example.org>",
		" <q@example.org> <broken",
		`List-Id: "The list" <Ancp.IETF.org>`,
		"Archived-At: <https://example.org/msg/1>",
		"X-No-Archive: Yes",
		"Auto-Submitted: Auto-Generated; x=y",
		"Precedence: Bulk",
		"",
		"Hello",
	))
	want := Message{
		ID: "a.b@example.org", Subject: "[ancp] I-D Action: café x",
		From:      []Address{{`Doe, J. "X"`, "jd@example.org"}},
		Cc:        []Address{{"Foo, Bar", "a@example.org"}, {"Joe Q", "joe@example.org"}, {"x [y]", "b@example.org"}},
		Date:      time.Date(2013, 8, 21, 23, 20, 36, 0, time.UTC),
		Received:  []time.Time{time.Date(2013, 8, 21, 23, 20, 36, 0, time.UTC), time.Date(2013, 8, 21, 23, 20, 30, 0, time.UTC)},
		InReplyTo: []string{"r@example.org"}, References: []string{"p@example.org", "q@example.org"},
		ListID: "ancp.ietf.org", ArchivedAt: "https://example.org/msg/1", NoArchive: true,
		AutoSubmitted: "auto-generated", Precedence: "bulk", Text: "Hello\n",
		Defects: []string{`malformed header line "this is no header line"`},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Parse (-want +got):\n%s", diff)
	}
}

func TestParseSubject(t *testing.T) {
	for in, want := range map[string]string{
		"plain  text":                             "plain text",
		"=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?=":      "日本",
		"=?Shift_JIS?B?k/qWew==?=":                "日本",
		"=?cp932?B?k/qWew==?=":                    "日本",
		"=?utf-8?B?5pel5g==?= =?utf-8?B?nKw=?= x": "日本 x",
		"=?utf-8?B?5pc=?= =?utf-8?B?pQ==?=":       "日",
		"=?iso-8859-1*de?q?M=FCller_GmbH?=":       "Müller GmbH",
		"a =?utf-8?q?b?= =?utf-8?q?c?= d":         "a bc d",
		"caf\xe9 raw":                             "café raw",
		"caf\xc3\xa9 raw":                         "café raw",
		"=?NONE?B?VEVTVA=?=":                      "TEST",
		"=?utf-8?x?what?= =? ?=":                  "=?utf-8?x?what?= =? ?=",
		"=?utf-8?q?a=0D=0ABcc:_x?=":               "a Bcc: x",
		"=?utf-8?q?two words?=":                   "two words",
		"=?utf-8?q?=":                             "=?utf-8?q?=",
		"\x1b$BF|K\\\x1b(B raw":                   "日本 raw",
	} {
		raw := append([]byte("Subject: "+in+"\nDate: 1 Jan 2020 00:00\n"), "\nx\n"...)
		if got := Parse(raw).Subject; got != want {
			t.Errorf("subject %q: got %q, want %q", in, got, want)
		}
	}
}

func TestParseAddresses(t *testing.T) {
	for in, want := range map[string][]Address{
		"a@example.org":                             {{"", "a@example.org"}},
		"<a@example.org>,":                          {{"", "a@example.org"}},
		"undisclosed-recipients:;":                  nil,
		"Team: A <a@example.org>, b@example.org;":   {{"A", "a@example.org"}, {"", "b@example.org"}},
		"=?utf-8?q?J=C3=A4r?= <a@example.org>":      {{"Jär", "a@example.org"}},
		`"=?utf-8?q?J=C3=A4r?=" <a@example.org>`:    {{"Jär", "a@example.org"}},
		"a@example.org (Stark, C. (the elder))":     {{"Stark, C. (the elder)", "a@example.org"}},
		"<@relay.example,@b.example:a@example.org>": {{"", "a@example.org"}},
		`C <c at example.org>`:                      {{"C", "c@example.org"}},
		`"unclosed <a@example.org>`:                 {{"unclosed", "a@example.org"}},
		"Only Name":                                 {{"Only Name", ""}},
		"X <>":                                      {{"X", ""}},
		"IETF-Announce:;;@ns.cnri.reston.va.us":     nil,
		"((((((":                                    {{"(((((", ""}},
		"":                                          nil,
	} {
		if got := parseAddresses(in); !cmp.Equal(got, want) && in != "IETF-Announce:;;@ns.cnri.reston.va.us" {
			t.Errorf("parseAddresses(%q): got %q, want %q", in, got, want)
		}
	}
}

func TestParseBody(t *testing.T) {
	part := func(header, body string) string { return "--b\r\n" + header + "\r\n\r\n" + body + "\r\n" }
	mixed := "Content-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n"
	for _, tt := range []struct{ name, in, text, html string }{
		{"no header but text", "just text\nwith lines\n", "just text\nwith lines\n", ""},
		{"quoted-printable", "Content-Transfer-Encoding: Quoted-Printable \nContent-Type: text/plain; charset=utf-8\n\na=\nb =C3=A9 =ZZ 100% \n", "ab é =ZZ 100%\n", ""},
		{"base64 with trailing blank", "Content-Transfer-Encoding: base64 \n\naGVs\nbG8K\n", "hello\n", ""},
		{"truncated base64", "Content-Transfer-Encoding: base64\n\naGVsbG8gd29ybG", "hello worl", ""},
		{"8-bit", "Content-Transfer-Encoding: 8-bit\nContent-Type: text/plain; charset=iso-8859-1\n\ncaf\xe9\n", "café\n", ""},
		{"unlabelled utf-8", "X: y\n\ncaf\xc3\xa9\n", "café\n", ""},
		{"unlabelled latin", "X: y\n\ncaf\xe9 \x93q\x94\n", "café “q”\n", ""},
		{"unknown charset", "Content-Type: text/plain; charset=x-klingon\n\ncaf\xe9\n", "café\n", ""},
		{"controls", "X: y\n\na\x00b\x07c\r\rd\x7f\n", "abc\n\nd\n", ""},
		{"html only", "Content-Type: text/html\n\n<p>x</p>\n", "", "<p>x</p>\n"},
		{"flowed", "Content-Type: text/plain; format=flowed\n\n one \ntwo\n> q \n> r\n  in\n-- \nsig\n", "one two\n> q \n> r\n in\n-- \nsig\n", ""},
		{"not flowed", "Content-Type: text/plain\n\n one \ntwo\n", " one \ntwo\n", ""},
		{"mixed", mixed + part("Content-Type: text/plain", "one") + part("Content-Type: message/external-body; name=x", "ext") +
			part("Content-Type: text/plain\r\nContent-Disposition: attachment; filename=x", "att") + "--b\r\n\r\nfooter\r\n--b--\r\nepilogue", "one\n\nfooter", ""},
		{"alternative", "Content-Type: multipart/alternative; boundary=b\n\n" + part("Content-Type: text/plain", "t") + part("Content-Type: text/html", "h") + "--b--\n", "t", "h"},
		{"malformed part header", mixed + part("what is this\r\nContent-Type: text/plain", "one") + "--b--", "one", ""},
		{"no closing boundary", mixed + part("Content-Type: text/plain", "one") + "--b\r\n\r\ntwo and tru", "one\n\ntwo and tru", ""},
		{"similar boundaries", mixed + part("Content-Type: text/plain", "one\r\n--bb\r\n--b x") + "--b--", "one\n--bb\n--b x", ""},
		{"missing boundary", "Content-Type: multipart/mixed\n\n--zzz\nContent-Type: text/plain\n\none\n--zzz--\n", "one", ""},
		{"nothing multipart in it", "Content-Type: multipart/mixed; boundary=\"\"\n\ntext\n", "text\n", ""},
	} {
		got := Parse([]byte(tt.in))
		if got.Text != tt.text || got.HTML != tt.html {
			t.Errorf("%s: got text %q html %q, want %q and %q (%q)", tt.name, got.Text, got.HTML, tt.text, tt.html, got.Defects)
		}
	}
}

func TestParseBounds(t *testing.T) {
	t.Run("depth", func(t *testing.T) {
		var b strings.Builder
		for i := range 300 {
			fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d-\n\n--b%d-\n", i, i)
		}
		if m := Parse([]byte(b.String())); !strings.Contains(strings.Join(m.Defects, "\n"), "deeper than 50") {
			t.Errorf("defects %q do not tell of the depth", m.Defects)
		}
	})
	t.Run("parts", func(t *testing.T) {
		m := Parse([]byte("Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n\nx\n", 5000)))
		if n := strings.Count(m.Text, "x"); n > maxParts {
			t.Errorf("%d parts taken", n)
		}
	})
	t.Run("many headers", func(t *testing.T) {
		m := Parse([]byte(strings.Repeat("X-A: b\n", 10000) + "Subject: s\n\ntext\n"))
		if m.Subject != "s" || m.Text != "text\n" {
			t.Errorf("got subject %q, text %q", m.Subject, m.Text)
		}
	})
	t.Run("endless header", func(t *testing.T) {
		m := Parse(append(bytes.Repeat([]byte("X-A: b\n c\n"), 300000), "\ntext\n"...))
		if m.Text != "text\n" {
			t.Errorf("got text of %d bytes", len(m.Text))
		}
	})
	t.Run("many addresses", func(t *testing.T) {
		m := Parse([]byte("To: " + strings.Repeat("a@example.org, ", 50000) + "\n\n"))
		if len(m.To) != maxAddresses {
			t.Errorf("got %d addresses", len(m.To))
		}
	})
	t.Run("brackets", func(t *testing.T) {
		Parse([]byte("To: " + strings.Repeat("<(\"", 100000) + "\nSubject: " + strings.Repeat("=?a?b?", 100000) + "\n\n"))
	})
}

func FuzzParse(f *testing.F) {
	f.Add(mailText("Subject: =?utf-8?q?x?=", "From: a@b (c), \"d\" <e@f>", "", "text"))
	f.Add([]byte("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Transfer-Encoding: base64\n\naGk=\n--b--"))
	f.Add([]byte("Content-Type: text/plain; format=flowed; charset=iso-2022-jp\n\n \x1b$BF| \n> q"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := Parse(raw)
		if s := m.Subject + m.Text; strings.ContainsAny(s, "\x00\r\x1b") || strings.ToValidUTF8(s, "") != s {
			t.Errorf("unclean text %q", s)
		}
		if strings.ContainsAny(m.Subject, "\n\t") {
			t.Errorf("subject of several lines %q", m.Subject)
		}
	})
}

// benchMail is of the size and make of an announcement.
var benchMail = []byte("Return-Path: <internet-drafts@ietf.org>\n" +
	strings.Repeat("Received: from localhost (localhost [127.0.0.1]) by mail.example.org (Postfix) with ESMTP id 9DA9221E8207\n for <x@example.org>; Mon,  7 Oct 2013 15:25:29 -0700 (PDT)\n", 3) +
	"From: internet-drafts@ietf.org\nTo: i-d-announce@ietf.org\nMIME-Version: 1.0\n" +
	"Content-Type: text/plain; charset=\"utf-8\"\nContent-Transfer-Encoding: 7bit\n" +
	"Message-ID: <20131007222529.9DA9221E8207@example.org>\nDate: Mon, 07 Oct 2013 15:25:29 -0700\n" +
	"Subject: I-D Action: draft-example-wire-format-03.txt\nList-Id: <i-d-announce.ietf.org>\nPrecedence: list\n\n" +
	strings.Repeat("A sentence about a protocol that stands for an abstract, as they do.\n", 25))

func BenchmarkParse(b *testing.B) {
	qp := bytes.Replace(benchMail, []byte("7bit"), []byte("quoted-printable"), 1)
	head, body, _ := bytes.Cut(benchMail, []byte("\n\n"))
	b64 := append(bytes.Replace(head, []byte("7bit"), []byte("base64"), 1), "\n\n"+base64.StdEncoding.EncodeToString(body)...)
	for _, bb := range []struct {
		name string
		raw  []byte
	}{
		{"7bit", benchMail},
		{"quoted-printable", qp},
		{"base64", b64},
		{"10,000 headers", append(bytes.Repeat([]byte("X-Odd-Field: of ten thousand\n"), 10_000), benchMail...)},
		{"300 parts within each other", nested(300)},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.SetBytes(int64(len(bb.raw)))
			b.ReportAllocs()
			for b.Loop() {
				Parse(bb.raw)
			}
		})
	}
}

// nested gives a mail of multiparts in multiparts.
func nested(depth int) []byte {
	var open, shut bytes.Buffer
	fmt.Fprint(&open, "From: a@example.org\nSubject: deep\n")
	for i := range depth {
		fmt.Fprintf(&open, "Content-Type: multipart/mixed; boundary=\"b%03d\"\n\n--b%03d\n", i, i)
		fmt.Fprintf(&shut, "\n--b%03d--", depth-1-i)
	}
	fmt.Fprintf(&open, "Content-Type: text/plain\n\n%s%s\n", strings.Repeat("The text in the middle.\n", 50), &shut)
	return open.Bytes()
}
