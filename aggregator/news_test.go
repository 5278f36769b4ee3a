package aggregator

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/mail"
)

const (
	newsID     = "1@example.org" // of the mails that raw makes
	wantExpiry = "I-D Expiring System <ietf-secretariat-reply@ietf.org>"
	wantCalls  = "Ada Chair via Datatracker <noreply@ietf.org>"
	wantIPR    = "IETF Secretariat <ietf-ipr@ietf.org>"
)

const approvalBody = `The IESG has approved the following document:
- 'Carrying Mail by Kite'
  (draft-ietf-kite-carry-14.txt) as Proposed Standard

This document is the product of the Kite Mail Working Group.

The IESG contact persons are Ida Jay and Kai Lark.

A URL of this Internet-Draft is:
https://datatracker.ietf.org/doc/draft-ietf-kite-carry/


Technical Summary

  It goes with 'Lines' (draft-ietf-kite-lines-01.txt) as Historic RFC.
`

const charterBody = `A new IETF WG has been formed in the Applications Area. For additional
information, please contact the Area Directors or the WG Chairs.

Kite Mail (kite)
-----------------------------------------------------------------------
Current status: Active WG

Chairs:
  Ida Jay <ida@example.org>

Mailing list:
  Address: kite@ietf.org

Charter: https://datatracker.ietf.org/doc/charter-ietf-kite/

Kites carry mail where wires do not reach. The group says how.

It will not fly in storms.

Milestones:

  Jul 2026 - Submit ropes to the IESG
`

const interimBody = `MEETING DETAILS HAVE CHANGED.  SEE LATEST DETAILS BELOW.

The Kite Mail (kite) Working Group will hold
a virtual interim meeting on 2026-04-02 from 15:00 to 16:00 UTC.

Agenda:
1. Ropes

Information about remote participation:
https://meetings.example.org/kite
`

const callForAdoption = `Subject: Call for adoption: draft-reed-kite-knots-03  (Ends 2026-03-18)

This message starts a 2-week Call for Adoption for this document.

Abstract:
Knots hold ropes. This draft ties
them.

File can be retrieved from:
https://datatracker.ietf.org/doc/draft-reed-kite-knots/

Please reply to this message keeping kite@ietf.org in copy.
`

const disclosureBody = `Dear Ida Jay:

An IPR disclosure that pertains to your Internet-Draft entitled "Carrying Mail
by Kite" (draft-ietf-kite-carry) was submitted to the IETF Secretariat on
2026-03-04 and has been posted on the "IETF Page of Intellectual Property
Rights Disclosures" (https://datatracker.ietf.org/ipr/9999/). The title of the
IPR disclosure is "Rope Works' Statement about IPR related to
draft-ietf-kite-carry and RFC 9999"

Thank you

IETF Secretariat
`

const erratumBody = `The following errata report has been submitted for RFC9999,
"Kites: A Primer, Version 2".

--------------------------------------
You may review the report below and at:
https://www.rfc-editor.org/errata/eid1234

Type: Technical
`

func approval(name, rev, part, title string, level catalog.Level) catalog.Report {
	return catalog.Report{
		Document: name, Kind: catalog.Draft, Event: catalog.IESGAction, Rev: rev, Part: part,
		Facts: catalog.Facts{Title: title, GroupHint: catalog.GroupOfDraft(name), Stream: catalog.IETF, Level: level},
	}
}

func groupNews(document, acronym string, event catalog.EventKind, stream catalog.Stream, title, text string) catalog.Report {
	return catalog.Report{
		Document: document, Kind: catalog.Charter, Event: event, Rev: catalog.CharterRev(newsID), Part: newsID,
		Facts: catalog.Facts{Title: title, Abstract: text, Group: acronym, Stream: stream},
	}
}

const charterText = "Kites carry mail where wires do not reach. The group says how.\n\nIt will not fly in storms."

const meetingText = "MEETING DETAILS HAVE CHANGED.  SEE LATEST DETAILS BELOW.\n\nThe Kite Mail (kite) Working Group will hold\n" +
	"a virtual interim meeting on 2026-04-02 from 15:00 to 16:00 UTC.\n\nAgenda:\n1. Ropes"

// newsMails are whole mails of all other kinds, and what each must give.
var newsMails = []struct {
	name, from, subject, body string
	want                      []catalog.Report
	defects                   []string
}{
	{
		name: "Protocol Action", from: wantIESG, body: approvalBody,
		subject: "[kite] Protocol Action: 'Carrying Mail by Kite' to Proposed Standard (draft-ietf-kite-carry-14.txt)",
		want:    []catalog.Report{approval("draft-ietf-kite-carry", "14", "ps", "Carrying Mail by Kite", catalog.ProposedStandard)},
	},
	{
		name: "2005, no draft in the Subject", from: wantIESG, subject: "Document Action: 'Knots to Tie' to Informational RFC",
		body: "The IESG has approved the following documents:\n\n- 'Knots to Tie '\n   <draft-reed-knots-02.txt> as an Informational RFC\n- 'Untie '\n" +
			"   <draft-reed-untie-00.txt> as an Experimental RFC\n\nThis document has been reviewed in the IETF but is not the product of an\nIETF Working Group.\n",
		want: []catalog.Report{
			approval("draft-reed-knots", "02", "inf", "Knots to Tie", catalog.Informational),
			approval("draft-reed-untie", "00", "exp", "Untie", catalog.Experimental),
		},
	},
	{
		name: "title that names an RFC like a file", from: wantIESG, subject: "Protocol Action: 'Knots (RFC1) Again' to BCP (draft-reed-knots-02.txt)",
		body: "The IESG has approved the following document:\n- 'Knots (RFC1) Again'\n  (draft-reed-knots-02.txt) as Best Current Practice\n",
		want: []catalog.Report{approval("draft-reed-knots", "02", "bcp", "Knots (RFC1) Again", catalog.BestCurrentPractice)},
	},
	{
		name: "action without a level", from: wantIESG, subject: "Document Action: 'Knots' (draft-reed-knots-02.txt)", body: "\n",
		want:    []catalog.Report{approval("draft-reed-knots", "02", "approved", "Knots", "")},
		defects: []string{"approval of draft-reed-knots-02 lacks level"},
	},
	{
		name: "status of an RFC", from: wantIESG, subject: "Protocol Action: Kites to Internet Standard",
		body: "The IESG has approved changing the status of the following document:\n- Kites\n  (rfc9999) to Internet Standard\n\n" +
			"This protocol action is documented at:\nhttps://datatracker.ietf.org/doc/status-change-kites/\n\nA URL of the affected document is:\n(rfc1)\n",
		want: []catalog.Report{{
			Document: "rfc9999", Kind: catalog.RFC, Event: catalog.IESGAction, Part: "std",
			Facts: catalog.Facts{Title: "Kites", Level: catalog.InternetStandard},
		}},
	},
	{
		name: "action on another draft", from: wantIESG, subject: "Protocol Action: 'X' to Proposed Standard (draft-ietf-kite-x-14.txt)", body: approvalBody,
		defects: []string{"approval of draft-ietf-kite-x-14, but its body lists draft-ietf-kite-carry-14: want the same in both"},
	},
	{
		name: "action on nothing", from: wantIESG, subject: "Protocol Action: 'X' to Proposed Standard", body: "See (draft-ietf-kite-x-14.txt).\n",
		defects: []string{`approval "X" names no document: want (draft-x-NN.txt) in its Subject or body`},
	},

	{
		name: "formed", from: wantIESG, subject: "WG Action: Formed Kite Mail (kite)", body: charterBody,
		want: []catalog.Report{groupNews("charter-ietf-kite", "kite", catalog.CharterAction, catalog.IETF, "Formed Kite Mail", charterText)},
	},
	{
		name: "review, 2013's layout", from: wantIESG, subject: "[new-work] WG Review: Kite (Air) Mail (KITE)",
		body: "A new IETF working group has been proposed.\n\nCharter:\n\n" + charterText + "\n\nMilestones:\n",
		want: []catalog.Report{groupNews("charter-ietf-kite", "kite", catalog.CharterReview, catalog.IETF, "Kite (Air) Mail", charterText)},
	},
	{
		name: "research group", from: wantIESG, subject: "RG Action: Rechartered Far Ropes (far)", body: "Short.\n",
		want: []catalog.Report{groupNews("charter-irtf-far", "far", catalog.CharterAction, catalog.IRTF, "Rechartered Far Ropes", "")},
	},
	{
		name: "interim", from: "IESG Secretary <iesg-secretary@ietf.org>", subject: "Kite Mail (kite) WG Virtual Meeting: 2026-04-02 CHANGED", body: interimBody,
		want: []catalog.Report{groupNews("charter-ietf-kite", "kite", catalog.Interim, catalog.IETF, "Kite Mail WG Virtual Meeting: 2026-04-02 CHANGED", meetingText)},
	},
	{
		name: "interim cancelled", from: wantIESG, subject: "Kite Mail (kite) WG Interim Meeting Cancelled (was 2026-04-02)", body: "It is off.\n",
		want: []catalog.Report{groupNews("charter-ietf-kite", "kite", catalog.Interim, catalog.IETF, "Kite Mail WG Interim Meeting Cancelled (was 2026-04-02)", "It is off.")},
	},
	{
		name: "research group's interim", from: wantIESG, subject: "Far Ropes (far) RG Interim Meeting: 2026-04-02", body: "\n",
		want: []catalog.Report{groupNews("charter-irtf-far", "far", catalog.Interim, catalog.IRTF, "Far Ropes RG Interim Meeting: 2026-04-02", "")},
	},
	{name: "interim of the IAB, who is not on the list", from: "execd@iab.org", subject: "Kite Mail (kite) PROGRAM Virtual Meeting: 2026-04-02", body: interimBody},
	{name: "interim without a date", from: wantIESG, subject: "Kite Mail (kite) WG Virtual Meeting", body: interimBody},

	{
		name: "expired", from: wantExpiry, subject: "I-D was expired <draft-ietf-kite-carry-14.txt>", body: "<draft-ietf-kite-carry-14.txt> was just expired.\n",
		want: []catalog.Report{{
			Document: "draft-ietf-kite-carry", Kind: catalog.Draft, Event: catalog.Expired, Rev: "14", Part: "14",
			Facts: catalog.Facts{GroupHint: "kite", Stream: catalog.IETF},
		}},
	},
	{name: "about to expire", from: wantExpiry, subject: "Expiration impending: <draft-ietf-kite-carry-14.txt>", body: "Soon.\n"},
	{
		name: "call for adoption", from: wantCalls, subject: "[kite] Call for adoption: draft-reed-kite-knots-03  (Ends 2026-03-18)", body: callForAdoption,
		want: []catalog.Report{{
			Document: "draft-reed-kite-knots", Kind: catalog.Draft, Event: catalog.AdoptionCall, Rev: "03", Part: newsID,
			Facts: catalog.Facts{Abstract: "Knots hold ropes. This draft ties\nthem."},
		}},
	},
	{
		name: "WG Last Call, 2025, no end in the Subject", from: wantCalls, subject: "WG Last Call: draft-ietf-kite-carry-11", body: "Please review.\n",
		want: []catalog.Report{{
			Document: "draft-ietf-kite-carry", Kind: catalog.Draft, Event: catalog.WGLastCall, Rev: "11", Part: newsID,
			Facts: catalog.Facts{GroupHint: "kite", Stream: catalog.IETF},
		}},
	},
	{name: "call by a chair's own hand", from: "Ada Chair <ada@example.org>", subject: "Call for adoption: draft-reed-kite-knots-03 (Ends 2026-03-18)", body: callForAdoption},
	{name: "call with other words after it", from: wantCalls, subject: "WG Last Call: draft-ietf-kite-carry-11 (really)", body: "\n"},
	{name: "call without a revision", from: wantCalls, subject: "WG Last Call: draft-ietf-kite-carry", body: "\n"},
	{name: "ballot position", from: wantCalls, subject: "Ada Chair's Discuss on draft-ietf-kite-carry-11: (with DISCUSS)", body: "No.\n"},

	{
		name: "disclosure", from: wantIPR, body: disclosureBody,
		subject: "[IPR-announce] IPR Disclosure Rope Works' Statement about IPR related to draft-ietf-kite-carry and RFC 9999",
		want: []catalog.Report{{
			Document: "draft-ietf-kite-carry", Kind: catalog.Draft, Event: catalog.IPR, Part: newsID,
			Facts: catalog.Facts{Title: "Carrying Mail by Kite", GroupHint: "kite", Stream: catalog.IETF},
		}},
	},
	{
		name: "disclosure, documents from the Subject, the last cut off", from: wantIPR, body: "Dear all:\n",
		subject: "IPR Disclosure A related to B's Statement about IPR related to draft-reed-knots, RFC 9999, and draft-ietf-ki...",
		want: []catalog.Report{
			{Document: "draft-reed-knots", Kind: catalog.Draft, Event: catalog.IPR, Part: newsID},
			{Document: "rfc9999", Kind: catalog.RFC, Event: catalog.IPR, Part: newsID},
		},
	},
	{name: "general disclosure", from: wantIPR, subject: "IPR Disclosure Rope Works' General License Statement", body: "Dear all:\n"},

	{
		name: "erratum", from: wantRFCs, subject: "[kite] [Technical Errata Reported] RFC9999 (1234)", body: erratumBody,
		want: []catalog.Report{{
			Document: "rfc9999", Kind: catalog.RFC, Event: catalog.Errata, Part: newsID, Facts: catalog.Facts{Title: "Kites: A Primer, Version 2"},
		}},
	},
	{
		name: "erratum held, body about another RFC", from: "RFC Errata System <rfc-editor@rfc-editor.org>", subject: "[Errata Held for Document Update] RFC9998 (1234)", body: erratumBody,
		want: []catalog.Report{{Document: "rfc9998", Kind: catalog.RFC, Event: catalog.Errata, Part: newsID}},
	},
	{name: "erratum without its number", from: wantRFCs, subject: "[Technical Errata Reported] RFC9999", body: erratumBody},
	{name: "milestones", from: "IETF Secretariat <ietf-secretariat-reply@ietf.org>", subject: "[kite] Milestones changed for kite WG", body: "Changed.\n"},
}

func TestNews(t *testing.T) {
	for _, tt := range newsMails {
		t.Run(tt.name, func(t *testing.T) {
			const text = "Content-Type: text/plain; charset=utf-8\n"
			reports, defects := Recognise(mail.Parse(raw(tt.from, tt.subject, text, tt.body)))
			if !reflect.DeepEqual(reports, tt.want) || !slices.Equal(defects, tt.defects) {
				t.Errorf("got  %+v\nwant %+v\ndefects %q, want %q", reports, tt.want, defects, tt.defects)
			}
			for _, subject := range []string{"Re: " + tt.subject, "[kite] Re: " + tt.subject, "Fwd: " + tt.subject, "AW: " + tt.subject} {
				if reports, _ := Recognise(mail.Parse(raw(tt.from, subject, text, tt.body))); len(reports) > 0 {
					t.Errorf("%q is taken for an announcement: %+v", subject, reports)
				}
			}
			if reports, _ := Recognise(mail.Parse(raw(tt.from, tt.subject, text+"In-Reply-To: <0@example.org>\n", tt.body))); len(reports) > 0 {
				t.Errorf("a reply is taken for an announcement: %+v", reports)
			}
		})
	}
}

// TestForgedNews holds that no announcement is believed from another sender,
// whatever the name shown beside the address.
func TestForgedNews(t *testing.T) {
	for _, tt := range newsMails {
		if len(tt.want) == 0 {
			continue
		}
		addr := tt.from[strings.IndexByte(tt.from, '<')+1:]
		local, host, _ := strings.Cut(strings.TrimSuffix(addr, ">"), "@")
		for _, from := range []string{
			local + "@" + host + ".evil.example", local + "@evil-" + host, "x@" + host, `"` + local + "@" + host + `" <x@evil.example>`,
			local + "=40evil.example@dmarc.ietf.org", "", local + "@" + host + ", x@evil.example",
		} {
			if reports, _ := Recognise(mail.Parse(raw(from, tt.subject, "", tt.body))); len(reports) > 0 {
				t.Errorf("%s from %q is believed: %+v", tt.name, from, reports)
			}
		}
	}
}

// TestNewsWithoutID holds that events of mails without a Message-ID differ by
// what the mails say.
func TestNewsWithoutID(t *testing.T) {
	key := func(m mail.Message) string {
		reports, _ := Recognise(m)
		if len(reports) != 1 {
			t.Fatalf("%d reports of %+v", len(reports), m)
		}
		return reports[0].Key()
	}
	m := mail.Message{From: []mail.Address{{Addr: "iesg-secretary@ietf.org"}}, Subject: "WG Review: Kite Mail (kite)", Text: "Fly."}
	again, other := m, m
	other.Text = "Land."
	if key(m) != key(again) || key(m) == key(other) {
		t.Errorf("keys %q, %q, %q: want the first two equal, the last different", key(m), key(again), key(other))
	}
}

// TestNewsInLinearTime reads the mails that a quadratic reader would choke on.
func TestNewsInLinearTime(t *testing.T) {
	leads := map[string]string{
		"Last Call: ": "The IESG has received a request from the following ", "Protocol Action: ": "The IESG has approved ",
		"WG Review: X (x)": "Charter:\n", "A (a) WG Interim Meeting: 2026-01-01": "", "IPR Disclosure A related to draft-a": "pertains to your ",
		"[Errata Verified] RFC1 (1)": "errata report has been ", "WG Last Call: draft-a-00": "Abstract\n",
	}
	for _, piece := range []string{
		"- '", ": - ", "<draft-a-00.txt> as ", "(draft-a-00.txt, .pdf", "(rfc1) to ", " by 2026-01-01", "entitled \"", "\" (", "Abstract\n",
		"https://ietf.org/", "a/draft-", "request from ", " to consider ", "The files can be obtained via\n", " for ", "Meeting: ", " (x) WG ",
	} {
		many := strings.Repeat(piece, 1<<20/len(piece))
		for subject, lead := range leads {
			began := time.Now()
			for _, s := range []string{subject, subject + many[:1<<10], many[:1<<10] + subject} {
				for _, desk := range []desk{iesgDesk, rfcDesk, datatrackerDesk, iprDesk} {
					Recognise(mail.Message{ID: newsID, From: []mail.Address{{Addr: desk.String()}}, Subject: s, Text: lead + many})
				}
			}
			if took := time.Since(began); took > 2*time.Second {
				t.Errorf("%q, then %q repeated to 1 MiB, took %v", subject, piece, took)
			}
		}
	}
}

// BenchmarkRecogniseNothing is what each discussion mail costs.
func BenchmarkRecogniseNothing(b *testing.B) {
	m := mail.Message{
		ID: newsID, From: []mail.Address{{Addr: "ada@example.org"}}, Text: strings.Repeat("Words of a discussion (kite) follow here.\n", 50),
		Subject: "[kite] Some thoughts on draft-ietf-kite-carry-12 (and on kites that carry mail where wires do not reach)",
	}
	b.ReportAllocs()
	for b.Loop() {
		if reports, _ := Recognise(m); reports != nil {
			b.Fatal("recognised")
		}
	}
}

func FuzzIESGNews(f *testing.F) { fuzzNews(f, wantIESG, "iesg-secretary@ietf.org") }

func FuzzDraftNews(f *testing.F) { fuzzNews(f, wantCalls, "noreply@ietf.org") }

func FuzzIPR(f *testing.F) { fuzzNews(f, wantIPR, "ietf-ipr@ietf.org") }

func FuzzErratum(f *testing.F) { fuzzNews(f, wantRFCs, "rfc-editor@rfc-editor.org") }

func fuzzNews(f *testing.F, shown, addr string) {
	for _, tt := range newsMails {
		if tt.from == shown {
			f.Add(tt.subject, tt.body)
		}
	}
	fuzzRecognise(f, addr, func(string, bool) bool { return false })
}
