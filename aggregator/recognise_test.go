package aggregator

import (
	"encoding/base64"
	"fmt"
	"io"
	"mime/quotedprintable"
	"reflect"
	"strings"
	"testing"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/mail"
)

const wantDrafts, wantRFCs = "internet-drafts@ietf.org", "rfc-editor@rfc-editor.org"

// idBody2026 is laid out as since 2023, the sentence wrapped inside the name.
const idBody2026 = `Internet-Draft draft-ietf-rats-sieve-03.txt is now available. It is a work item
of the Remote ATtestation
ProcedureS (RATS) WG of the IETF.

   Title:   Sieving Evidence: A Guide
            for Verifiers
   Authors: Ada Écluse
            José Martín, Jr.
   Name:    draft-ietf-rats-sieve-03.txt
   Pages:   21
   Dates:   2026-03-04

Abstract:

   Verifiers receive more evidence than they can weigh.  This document
   sorts it:

   o  what is fresh;

      +  or nearly so;

   o  what is signed.

   Nothing else is kept.

The IETF datatracker status page for this Internet-Draft is:
https://datatracker.ietf.org/doc/draft-ietf-rats-sieve/

Internet-Drafts are also available by rsync at:
rsync.ietf.org::internet-drafts


_______________________________________________
I-D-Announce mailing list -- i-d-announce@ietf.org
To unsubscribe send an email to i-d-announce-leave@ietf.org
`

var idFacts2026 = catalog.Facts{
	Title: "Sieving Evidence: A Guide for Verifiers",
	Abstract: "Verifiers receive more evidence than they can weigh.  This document\nsorts it:\n\n" +
		"o  what is fresh;\n\n   +  or nearly so;\n\no  what is signed.\n\nNothing else is kept.",
	Authors: []catalog.Author{{Name: "Ada Écluse"}, {Name: "José Martín, Jr."}},
	Group:   "rats",
	Stream:  catalog.IETF,
	Pages:   21,
	DocDate: "2026-03-04",
}

// raw makes a mail; headers follow From and Subject, one a line.
func raw(from, subject, headers, body string) []byte {
	return fmt.Appendf(nil, "From: %s\nSubject: %s\nDate: Wed, 4 Mar 2026 10:00:00 +0000\nMessage-ID: <1@example.org>\n%s\n%s", from, subject, headers, body)
}

func TestRecogniseEncodings(t *testing.T) {
	const subject = "I-D Action: draft-ietf-rats-sieve-03.txt"
	const utf8Text = "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
	var quoted strings.Builder
	w := quotedprintable.NewWriter(&quoted)
	if _, err := io.WriteString(w, idBody2026); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	inBase64 := base64.StdEncoding.EncodeToString([]byte(idBody2026))
	var folded strings.Builder
	for ; len(inBase64) > 76; inBase64 = inBase64[76:] {
		folded.WriteString(inBase64[:76] + "\n")
	}
	folded.WriteString(inBase64 + "\n")

	tests := []struct {
		name string
		mail []byte
	}{
		{"8bit", raw(wantDrafts, subject, utf8Text+"Content-Transfer-Encoding: 8bit\n", idBody2026)},
		{"CRLF", []byte(strings.ReplaceAll(string(raw(wantDrafts, subject, utf8Text, idBody2026)), "\n", "\r\n"))},
		{"quoted-printable", raw(wantDrafts, subject, utf8Text+"Content-Transfer-Encoding: quoted-printable\n", quoted.String())},
		{"base64", raw(wantDrafts, subject, utf8Text+"Content-Transfer-Encoding: base64\n", folded.String())},
		{"encoded prefix", raw(wantDrafts, "=?utf-8?q?=5BRats=5D_I-D_Action=3A_draft-ietf-rats-sieve-03=2Etxt?=", utf8Text, idBody2026)},
		{"list footer in a part", raw(wantDrafts, "[Rats] "+subject, "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n",
			"--x\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"+idBody2026+
				"\n--x\nContent-Type: text/plain\n\n_______________________________________________\nrats mailing list\n--x--\n")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			reports, defects := Recognise(mail.Parse(tt.mail))
			want := []catalog.Report{{
				Document: "draft-ietf-rats-sieve", Kind: catalog.Draft, Event: catalog.Revised, Rev: "03", Facts: idFacts2026,
			}}
			if !reflect.DeepEqual(reports, want) || len(defects) > 0 {
				t.Errorf("got  %+v\nwant %+v\ndefects %q", reports, want, defects)
			}
		})
	}
}

func TestRecogniseHeaders(t *testing.T) {
	const action = "I-D Action: draft-ietf-rats-sieve-03.txt"
	tests := []struct {
		name, from, subject, headers, body string
		want                               string // name-rev, empty for a post
		defect                             string // part of the first
	}{
		{name: "as sent", from: wantDrafts, subject: action, want: "draft-ietf-rats-sieve-03"},
		{name: "upper case, no blank", from: "Internet-Drafts@IETF.org", subject: "I-D ACTION:draft-ietf-rats-sieve-03.txt", want: "draft-ietf-rats-sieve-03"},
		{name: "several formats", from: wantDrafts, subject: "I-D ACTION:draft-ietf-rats-sieve-03.txt,.pdf", want: "draft-ietf-rats-sieve-03"},
		{name: "host of 1994", from: "Internet-Drafts@CNRI.Reston.VA.US", subject: action, want: "draft-ietf-rats-sieve-03"},
		{name: "host of 1994, deeper", from: "Internet-Drafts@IETF.CNRI.Reston.VA.US", subject: action, want: "draft-ietf-rats-sieve-03"},
		{name: "host of 1998", from: "Internet-Drafts@ns.ietf.org", subject: action, want: "draft-ietf-rats-sieve-03"},
		{name: "display name", from: "IETF Drafts <internet-drafts@ietf.org>", subject: action, want: "draft-ietf-rats-sieve-03"},
		{name: "rewritten for DMARC", from: "internet-drafts=40ietf.org@dmarc.ietf.org", subject: action, want: "draft-ietf-rats-sieve-03"},
		{name: "list prefix", from: wantDrafts, subject: "[Rats] " + action, want: "draft-ietf-rats-sieve-03"},
		{name: "two list prefixes", from: wantDrafts, subject: "[a][Ext b] " + action, want: "draft-ietf-rats-sieve-03"},
		{name: "other case in the body", from: wantDrafts, subject: "I-D Action: draft-ietf-RATS-Sieve-03.txt", want: "draft-ietf-RATS-Sieve-03"},
		{name: "dots in the name", from: wantDrafts, subject: "I-D Action: draft-ietf-pilc-2.5g3g-00.txt", body: "\n", want: "draft-ietf-pilc-2.5g3g-00", defect: "lacks title, authors, name"},
		{name: "folded Subject", from: wantDrafts, subject: "[Rats] I-D Action:\n draft-ietf-rats-sieve-03.txt", want: "draft-ietf-rats-sieve-03"},

		{name: "longer host", from: "internet-drafts@ietf.org.evil.example", subject: action, defect: "want internet-drafts@ietf.org"},
		{name: "other host, right display name", from: `"internet-drafts@ietf.org" <x@evil.example>`, subject: action, defect: "evil.example"},
		{name: "subdomain that is not listed", from: "internet-drafts@mail.ietf.org", subject: action, defect: "mail.ietf.org"},
		{name: "other mailbox", from: "internet-drafts-x@ietf.org", subject: action, defect: "internet-drafts-x"},
		{name: "the RFC Editor's mailbox", from: wantRFCs, subject: action, defect: "rfc-editor"},
		{name: "two senders", from: "internet-drafts@ietf.org, x@evil.example", subject: action, defect: "evil.example"},
		{name: "DMARC of another host", from: "internet-drafts=40evil.example@dmarc.ietf.org", subject: action, defect: "dmarc"},
		{name: "DMARC at another host", from: "internet-drafts=40ietf.org@evil.example", subject: action, defect: "evil.example"},
		{name: "no sender", from: "", subject: action, defect: "empty"},
		{name: "another draft in the body", from: wantDrafts, subject: "I-D Action: draft-ietf-rats-other-03.txt", defect: "names \"draft-ietf-rats-sieve-03\""},
		{name: "another revision in the body", from: wantDrafts, subject: "I-D Action: draft-ietf-rats-sieve-04.txt", defect: "draft-ietf-rats-sieve-04"},

		{name: "reply", from: wantDrafts, subject: "Re: " + action},
		{name: "reply on a list", from: wantDrafts, subject: "[Rats] Re: " + action},
		{name: "forward", from: wantDrafts, subject: "Fwd: " + action},
		{name: "FW:", from: wantDrafts, subject: "FW: " + action},
		{name: "AW:", from: wantDrafts, subject: "AW: " + action},
		{name: "reply without a prefix", from: wantDrafts, subject: action, headers: "In-Reply-To: <2@example.org>\n"},
		{name: "author notice", from: wantDrafts, subject: "New Version Notification for draft-ietf-rats-sieve-03.txt"},
		{name: "author notice to others", from: wantDrafts, subject: "New Version Notification - draft-ietf-rats-sieve-03.txt"},
		{name: "no revision", from: wantDrafts, subject: "I-D Action: draft-ietf-rats-sieve.txt"},
		{name: "words after the file", from: wantDrafts, subject: action + " is great"},
		{name: "not the file", from: wantDrafts, subject: "I-D Action: draft-ietf-rats-sieve-03"},
		{name: "only in the body", from: "Jo <jo@example.org>", subject: "Have you seen this?"},
		{name: "no Subject", from: wantDrafts, subject: ""},
		{name: "an open bracket", from: wantDrafts, subject: "[" + action},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			body := tt.body
			if body == "" {
				body = idBody2026
			}
			headers := tt.headers + "Content-Type: text/plain; charset=utf-8\n"
			reports, defects := Recognise(mail.Parse(raw(tt.from, tt.subject, headers, body)))
			got := ""
			for _, r := range reports {
				got += r.Document + "-" + r.Rev
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if first := strings.Join(defects, "\n"); (first == "") != (tt.defect == "") || !strings.Contains(first, tt.defect) {
				t.Errorf("defects %q, want one with %q", defects, tt.defect)
			}
		})
	}
}

func TestRecogniseQuotedAnnouncement(t *testing.T) {
	quoted := "On Wed, 4 Mar 2026, internet-drafts@ietf.org wrote:\n> " + strings.ReplaceAll(idBody2026, "\n", "\n> ") + "\nI like it.\n"
	m := mail.Parse(raw("Jo <jo@example.org>", "[Rats] Re: I-D Action: draft-ietf-rats-sieve-03.txt", "Content-Type: text/plain; charset=utf-8\n", quoted))
	if reports, defects := Recognise(m); reports != nil || defects != nil {
		t.Fatalf("got %+v, %q; want a post without a defect", reports, defects)
	}
	if got := PostReport(m, "").Facts.Abstract; got != "I like it." {
		t.Errorf("abstract %q", got)
	}
}

func TestRFCSubject(t *testing.T) {
	tests := []struct {
		subject string
		number  int
		title   string
	}{
		{"RFC 9737 on Reporting Errors in NFSv4.2 via LAYOUTRETURN", 9737, "Reporting Errors in NFSv4.2 via LAYOUTRETURN"},
		{"BCP 14, RFC 8174 on Ambiguity of Uppercase vs Lowercase", 8174, "Ambiguity of Uppercase vs Lowercase"},
		{"STD 97, BCP 1, RFC 9110 on HTTP, and on Semantics", 9110, "HTTP, and on Semantics"},
		{"FYI 4, RFC 10000 on Questions", 10000, "Questions"},
		{"RFC 9737", 0, ""},
		{"RFC 9737 on ", 0, ""},
		{"RFC9737 on a title", 0, ""},
		{"XYZ 4, RFC 9737 on a title", 0, ""},
		{"Comments, RFC 9737 on a title", 0, ""},
		{"RFC 99999999 on a title", 0, ""},
		{"RFC none on a title", 0, ""},
		{"", 0, ""},
	}
	for _, tt := range tests {
		number, title, ok := rfcSubject(tt.subject)
		if ok != (tt.number != 0) || ok && (number != tt.number || title != tt.title) {
			t.Errorf("%q: got %d %q %t, want %d %q", tt.subject, number, title, ok, tt.number, tt.title)
		}
	}
}

func BenchmarkRecognise(b *testing.B) {
	body := strings.Replace(idBody2026, "   Nothing else is kept.\n", strings.Repeat("   Nothing else is kept, as far as anybody can tell from here.\n", 24), 1)
	m := mail.Parse(raw(wantDrafts, "[Rats] I-D Action: draft-ietf-rats-sieve-03.txt", "Content-Type: text/plain; charset=utf-8\n", body))
	b.SetBytes(int64(len(m.Text)))
	b.ReportAllocs()
	for b.Loop() {
		if reports, _ := Recognise(m); len(reports) != 1 {
			b.Fatal("not recognised")
		}
	}
}
