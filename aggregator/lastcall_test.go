package aggregator

import (
	"encoding/base64"
	"fmt"
	"io"
	"mime/quotedprintable"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/mail"
)

const wantIESG = "The IESG <iesg-secretary@ietf.org>"

// callBody is laid out as in 2026, the title wrapped inside its quotes and
// opened by a hyphen.
const callBody = `The IESG has received a request from the Kites and Lines for Mail WG (kite)
to consider the following document: - 'Carrying Mail by Kite: A Low-
   Wind Profile (CMK)'
 <draft-ietf-kite-carry-12.txt> as Proposed Standard

The IESG plans to make a decision in the next few weeks, and solicits final
comments on this action. Please send substantive comments to the
last-call@ietf.org mailing lists by 2026-03-18. Exceptionally, comments may
be sent to iesg@ietf.org instead. In either case, please retain the beginning
of the Subject line to allow automated sorting.

Abstract


  Kites carry mail where wires do not reach.  This document says how,
  by way of <draft-ietf-kite-lines-01.txt> as Historic RFC.

  It updates nothing.




The file can be obtained via
https://datatracker.ietf.org/doc/draft-ietf-kite-carry/



No IPR declarations have been submitted directly on this I-D.





_______________________________________________
kite mailing list -- kite@ietf.org
To unsubscribe send an email to kite-leave@ietf.org
`

var carryCall = catalog.Report{
	Document: "draft-ietf-kite-carry", Kind: catalog.Draft, Event: catalog.LastCall, Rev: "12", Part: "2026-03-18",
	Facts: catalog.Facts{
		Title: "Carrying Mail by Kite: A Low-Wind Profile (CMK)", Group: "kite", Stream: catalog.IETF, Level: catalog.ProposedStandard,
		Abstract: "Kites carry mail where wires do not reach.  This document says how,\nby way of <draft-ietf-kite-lines-01.txt> as Historic RFC.\n\nIt updates nothing.",
	},
}

const carrySubject = "Last Call: <draft-ietf-kite-carry-12.txt> (Carrying Mail by Kite: A Low-Wind Profile (CMK)) to Proposed Standard"

// twoCalled lists two documents in one mail, as was possible until 2026.
const twoCalled = `
The IESG has received a request from the Kites and Lines for Mail WG (kite)
to consider the following documents:
- 'Ropes'
  <draft-ietf-kite-rope-03.txt> as Best Current Practice
- 'The Knots' Knot'
  <draft-ietf-kite-knot-07.txt> as Informational RFC

The IESG plans to make a decision in the next few weeks, and solicits
final comments on this action. Please send substantive comments to the
ietf@ietf.org mailing lists by 2013-09-04. Exceptionally, comments may be
sent to iesg@ietf.org instead.

Abstracts


   Ropes hold.


   Knots hold ropes.


The files can be obtained via
http://datatracker.ietf.org/doc/draft-ietf-kite-rope/
http://datatracker.ietf.org/doc/draft-ietf-kite-knot/
`

// lastCallMails are whole mails and what each must give.
var lastCallMails = []struct {
	name, subject, body string
	want                []catalog.Report
	defects             []string
}{
	{name: "2026", subject: carrySubject, body: callBody, want: []catalog.Report{carryCall}},
	{name: "list prefix", subject: "[Last-Call] [kite] " + carrySubject, body: callBody, want: []catalog.Report{carryCall}},
	{
		name: "folded, called again", body: callBody, want: []catalog.Report{carryCall},
		subject: "Second " + strings.Replace(carrySubject, " A Low", "\n A Low", 1),
	},
	{
		name: "several documents", body: twoCalled, subject: "Last Call: <draft-ietf-kite-rope-03.txt> (Ropes) to BCP",
		want: []catalog.Report{
			{
				Document: "draft-ietf-kite-rope", Kind: catalog.Draft, Event: catalog.LastCall, Rev: "03", Part: "2013-09-04",
				Facts: catalog.Facts{Title: "Ropes", Group: "kite", Stream: catalog.IETF, Level: catalog.BestCurrentPractice},
			},
			{
				Document: "draft-ietf-kite-knot", Kind: catalog.Draft, Event: catalog.LastCall, Rev: "07", Part: "2013-09-04",
				Facts: catalog.Facts{Title: "The Knots' Knot", Group: "kite", Stream: catalog.IETF, Level: catalog.Informational},
			},
		},
	},
	{
		name: "individual submission", subject: "Last Call: <draft-reed-knots-02.txt> (Knots to Tie) to Experimental RFC",
		body: "The IESG has received a request from an individual submitter to consider\nthe following document:\n- 'Knots to Tie'\n" +
			"  <draft-reed-knots-02.txt> as Experimental RFC\n\nThe IESG plans to make a decision in the next few weeks.\nPlease send comments by 2026-04-01.\n",
		want: []catalog.Report{{
			Document: "draft-reed-knots", Kind: catalog.Draft, Event: catalog.LastCall, Rev: "02", Part: "2026-04-01",
			Facts: catalog.Facts{Title: "Knots to Tie", Stream: catalog.IETF, Level: catalog.Experimental},
		}},
	},
	{
		name: "2004, title alone in the Subject, quoted there", subject: "Last Call: 'Kite Lines' to Draft Standard",
		body: "The IESG has received a request from the Kite Mail WG to consider the\nfollowing document:\n\n- 'Kite Lines '\n" +
			"   <draft-ietf-kite-lines-05.txt> as a Draft Standard\n\nThe IESG plans to make a decision in the next few weeks, and solicits final\n" +
			"comments on this action.  Please send any comments to the\niesg@ietf.org or ietf@ietf.org mailing lists by 2004-7-9.\n\n" +
			"The file can be obtained via\nhttp://www.ietf.org/internet-drafts/draft-ietf-kite-lines-05.txt\n",
		want: []catalog.Report{{
			Document: "draft-ietf-kite-lines", Kind: catalog.Draft, Event: catalog.LastCall, Rev: "05", Part: "2004-07-09",
			Facts: catalog.Facts{Title: "Kite Lines", GroupHint: "kite", Stream: catalog.IETF, Level: catalog.DraftStandard},
		}},
	},
	{
		name: "angle brackets lost", subject: "Last Call: (Kite Lines) to Historic RFC",
		body: "The IESG has received a request from the Kite Mail WG (kite) to\nconsider the following document: - 'Kite Lines'\n as Historic RFC\n\n" +
			"The IESG plans to make a decision by 2021-03-28.\n\nAbstract\n\n Lines.\n\nThe file can be obtained via\n" +
			"https://datatracker.ietf.org/doc/draft-ietf-kite-lines/\n\nIESG discussion can be tracked via\nhttps://datatracker.ietf.org/doc/draft-ietf-other/ballot/\n",
		want: []catalog.Report{{
			Document: "draft-ietf-kite-lines", Kind: catalog.Draft, Event: catalog.LastCall, Part: "2021-03-28",
			Facts: catalog.Facts{Title: "Kite Lines", Abstract: "Lines.", Group: "kite", Stream: catalog.IETF, Level: catalog.Historic},
		}},
		defects: []string{"Last Call of draft-ietf-kite-lines lacks revision"},
	},
	{
		name: "nothing in the body", subject: "Last Call: draft-ietf-kite-lines (Kite Lines) to be decided", body: "See the web.\n",
		want: []catalog.Report{{
			Document: "draft-ietf-kite-lines", Kind: catalog.Draft, Event: catalog.LastCall,
			Facts: catalog.Facts{Title: "(Kite Lines) to be decided", GroupHint: "kite", Stream: catalog.IETF},
		}},
		defects: []string{"Last Call of draft-ietf-kite-lines lacks revision, level, end date"},
	},
	{
		name: "another draft in the body", subject: "Last Call: <draft-ietf-kite-other-12.txt> (Other) to Proposed Standard", body: callBody,
		defects: []string{"Last Call of draft-ietf-kite-other-12, but its body lists draft-ietf-kite-carry-12: want the same in both"},
	},
	{
		name: "another revision in the body", subject: "Last Call: <draft-ietf-kite-carry-11.txt> (Carry) to Proposed Standard", body: callBody,
		defects: []string{"Last Call of draft-ietf-kite-carry-11, but its body lists draft-ietf-kite-carry-12: want the same in both"},
	},
	{
		name: "status change", subject: "Last Call: Moving Kites to Historic", body: "The IESG has received a request from an individual participant to make the\nfollowing status changes:\n- RFC1 from Standard to Historic\n",
		defects: []string{`Last Call "Moving Kites" names no draft: want <draft-x-NN.txt> in its Subject or body`},
	},
	{name: "reply", subject: "Re: " + carrySubject, body: callBody},
	{name: "reply on a list", subject: "[kite] Re: " + carrySubject, body: callBody},
	{name: "working group's", subject: "WG " + carrySubject, body: callBody},
	{name: "other words", subject: "My " + carrySubject, body: callBody},
}

func TestLastCalls(t *testing.T) {
	for _, tt := range lastCallMails {
		t.Run(tt.name, func(t *testing.T) {
			reports, defects := Recognise(mail.Parse(raw(wantIESG, tt.subject, "Content-Type: text/plain; charset=utf-8\n", tt.body)))
			if !reflect.DeepEqual(reports, tt.want) || !slices.Equal(defects, tt.defects) {
				t.Errorf("got  %+v\nwant %+v\ndefects %q, want %q", reports, tt.want, defects, tt.defects)
			}
		})
	}
}

func TestLastCallEncodings(t *testing.T) {
	var quoted strings.Builder
	w := quotedprintable.NewWriter(&quoted)
	if _, err := io.WriteString(w, callBody); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	const text = "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: "
	encodedPrefix := "=?utf-8?q?=5BLast-Call=5D_Last_Call=3A_=3Cdraft-ietf-kite-carry-12=2Etxt=3E?=\n =?utf-8?q?_=28Carrying_Mail_by_Kite=3A_A_Low-Wind_Profile_=28CMK=29=29_to?=\n =?utf-8?q?_Proposed_Standard?="
	for name, message := range map[string][]byte{
		"quoted-printable": raw(wantIESG, carrySubject, text+"quoted-printable\n", quoted.String()),
		"base64":           raw(wantIESG, carrySubject, text+"base64\n", base64.StdEncoding.EncodeToString([]byte(callBody))),
		"encoded Subject":  raw(wantIESG, encodedPrefix, text+"8bit\n", callBody),
		"CRLF":             []byte(strings.ReplaceAll(string(raw(wantIESG, carrySubject, text+"8bit\n", callBody)), "\n", "\r\n")),
	} {
		reports, defects := Recognise(mail.Parse(message))
		if !reflect.DeepEqual(reports, []catalog.Report{carryCall}) || len(defects) > 0 {
			t.Errorf("%s: got  %+v\nwant %+v\ndefects %q", name, reports, carryCall, defects)
		}
	}
}

// TestQuotedLastCall holds that a reply with a whole Last Call in it, even one
// without a mark of quotation, stays a post.
func TestQuotedLastCall(t *testing.T) {
	for name, message := range map[string][]byte{
		"quoted":         raw("Jo <jo@example.org>", "Re: "+carrySubject, "", "> "+strings.ReplaceAll(callBody, "\n", "\n> ")+"\nI object.\n"),
		"threaded":       raw(wantIESG, carrySubject, "In-Reply-To: <0@example.org>\n", callBody),
		"body alone":     raw(wantIESG, "Something else", "", callBody),
		"a person's own": raw("Jo <jo@example.org>", "Have you seen this?", "", callBody),
	} {
		if reports, defects := Recognise(mail.Parse(message)); reports != nil || defects != nil {
			t.Errorf("%s: got %+v, %q; want a post without a defect", name, reports, defects)
		}
	}
}

func FuzzLastCall(f *testing.F) {
	for _, tt := range lastCallMails {
		f.Add(tt.subject, tt.body)
	}
	fuzzRecognise(f, "iesg-secretary@ietf.org", endsCallAbstract)
}

// fuzzRecognise fuzzes the Subjects and bodies of mails from one desk.
func fuzzRecognise(f *testing.F, from string, ends func(string, bool) bool) {
	f.Fuzz(func(t *testing.T, subject, body string) {
		reports, _ := Recognise(mail.Message{ID: "1@example.org", From: []mail.Address{{Addr: from}}, Subject: subject, Text: body})
		if len(reports) > maxListed {
			t.Errorf("%d reports", len(reports))
		}
		for _, r := range reports {
			checkReport(t, r)
			checkBounds(t, r.Facts, ends)
		}
	})
}

// checkReport holds what is true of every report that an announcement gives.
func checkReport(t *testing.T, r catalog.Report) {
	t.Helper()
	if r.Kind != catalog.KindOf(r.Document) || r.Kind == catalog.Post || len(r.Document) > 260 {
		t.Errorf("document %.300q of kind %q", r.Document, r.Kind)
	}
	if r.Kind == catalog.Draft && !catalog.IsDraftName(r.Document) {
		t.Errorf("no draft's name: %q", r.Document)
	}
	if r.Kind == catalog.Draft && r.Rev != "" && len(r.Rev) != 2 {
		t.Errorf("revision %q", r.Rev)
	}
	if f := r.Facts; len(f.Title) > maxTitle || len(f.Abstract) > 8*maxAbstract || len(f.Group) > 32 || strings.Contains(f.Title, "\n") {
		t.Errorf("not bounded: %s", fmt.Sprintf("%.1000q", f.Title))
	}
}
