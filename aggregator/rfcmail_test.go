package aggregator

import (
	"reflect"
	"slices"
	"testing"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/mail"
)

// rfcBodies are announcements with all that the form can hold.
var rfcBodies = []struct {
	name, subject, body string
	want                catalog.Report
	missing             string
}{
	{
		name:    "updates and obsoletes, folded title, best current practice",
		subject: "[ietf] BCP 999, RFC 9990 on Keeping Kites Aloft: A Practice for Long Winters",
		body: "A new Request for Comments is now available in online RFC libraries.\n\n        BCP 999        \n\n        RFC 9990\n\n" +
			"        Title:      Keeping Kites Aloft: A Practice \n                    for Long Winters \n" +
			"        Author:     A. Heron, Ed.,\n                    B. Stork\n        Status:     Best Current Practice\n" +
			"        Stream:     IETF\n        Date:       December 2025\n        Mailbox:    heron@example.org, \n                    stork@example.org\n" +
			"        Pages:      12\n        Obsoletes:  RFC 1234, RFC5678\n        Updates:    RFC 9110\n        See Also:   BCP 999\n\n" +
			"        I-D Tag:    draft-ietf-kite-aloft-09.txt\n\n        URL:        https://www.rfc-editor.org/info/rfc9990\n\n        DOI:        10.17487/RFC9990\n\n" +
			"Kites fall when the wind does.\n\nThis document says what to do then.\n\n" +
			"This document is a product of the Kite Mail Working Group of the IETF.\n\n\nBCP: This document specifies an Internet Best Current Practices\nfor the Internet Community.\n",
		want: catalog.Report{
			Document: "rfc9990", Kind: catalog.RFC, Event: catalog.Published,
			Facts: catalog.Facts{
				Title:     "Keeping Kites Aloft: A Practice for Long Winters",
				Abstract:  "Kites fall when the wind does.\n\nThis document says what to do then.",
				Authors:   []catalog.Author{{Name: "A. Heron", Email: "heron@example.org"}, {Name: "B. Stork", Email: "stork@example.org"}},
				GroupHint: "kite", Stream: catalog.IETF, Level: catalog.BestCurrentPractice, Pages: 12, DocDate: "2025-12",
			},
			Relations: []catalog.Relation{
				{From: "rfc9990", Type: catalog.Updates, To: "rfc9110"},
				{From: "rfc9990", Type: catalog.Obsoletes, To: "rfc1234"},
				{From: "rfc9990", Type: catalog.Obsoletes, To: "rfc5678"},
				{From: "draft-ietf-kite-aloft", Type: catalog.BecameRFC, To: "rfc9990"},
			},
		},
	},
	{
		name:    "research group with an acronym, more authors than mailboxes",
		subject: "RFC 9991 on Rope",
		body: "A new Request for Comments is now available in online RFC libraries.\n\n        RFC 9991\n\n" +
			"        Title:      Rope\n        Author:     G. Owl,\n                    H. Tit\n        Status:     Informational\n" +
			"        Stream:     IRTF\n        Date:       May 2026\n        Mailbox:    owl@example.org\n        Pages:      5\n" +
			"        Updates/Obsoletes/SeeAlso:   None\n\n        I-D Tag:    draft-irtf-far-rope-07.txt\n\n        URL:        https://www.rfc-editor.org/info/rfc9991\n\n" +
			"Rope holds.\n\nThis document is a product of the Feathers, Air and Rope (FAR) Research\nGroup of the IRTF.\n\n" +
			"INFORMATIONAL: This memo provides information for the Internet community.\n",
		want: catalog.Report{
			Document: "rfc9991", Kind: catalog.RFC, Event: catalog.Published,
			Facts: catalog.Facts{
				Title: "Rope", Abstract: "Rope holds.", Authors: []catalog.Author{{Name: "G. Owl"}, {Name: "H. Tit"}},
				Group: "far", Stream: catalog.IRTF, Level: catalog.Informational, Pages: 5, DocDate: "2026-05",
			},
			Relations: []catalog.Relation{{From: "draft-irtf-far-rope", Type: catalog.BecameRFC, To: "rfc9991"}},
		},
	},
	{
		name:    "standard, and no group of its own",
		subject: "STD 1, RFC 9992 on Wind",
		body: "        STD 1\n        RFC 9992\n\n        Title:      Wind\n        Author:     I. Jay\n        Status:     Standards Track\n        Stream:     Independent\n" +
			"        Date:       1 April 2026\n        Mailbox:    jay\n        Pages:      2\n        Obsoletes:  9991, STD 1, RFC 9992\n\n        I-D Tag:    draft-jay-wind-00.txt\n\n        URL:        https://example.org/\n\n" +
			"Wind blows.\n\nThis is now an Internet Standard.\n\nSTANDARDS TRACK: This document\n",
		want: catalog.Report{
			Document: "rfc9992", Kind: catalog.RFC, Event: catalog.Published,
			Facts: catalog.Facts{
				Title: "Wind", Abstract: "Wind blows.", Authors: []catalog.Author{{Name: "I. Jay"}},
				Stream: catalog.Independent, Level: catalog.InternetStandard, Pages: 2, DocDate: "2026-04-01",
			},
			Relations: []catalog.Relation{
				{From: "rfc9992", Type: catalog.Obsoletes, To: "rfc9991"},
				{From: "draft-jay-wind", Type: catalog.BecameRFC, To: "rfc9992"},
			},
		},
	},
	{
		name:    "empty body",
		subject: "RFC 9993 on Air",
		want: catalog.Report{
			Document: "rfc9993", Kind: catalog.RFC, Event: catalog.Published, Facts: catalog.Facts{Title: "Air"},
		},
		missing: "announcement of RFC 9993 lacks title, authors, level, pages, date, I-D tag, abstract",
	},
}

func TestRFCAnnouncements(t *testing.T) {
	for _, tt := range rfcBodies {
		t.Run(tt.name, func(t *testing.T) {
			reports, defects := Recognise(mail.Message{
				From: []mail.Address{{Addr: "rfc-editor@rfc-editor.org"}}, Subject: tt.subject, Text: tt.body,
			})
			if !reflect.DeepEqual(reports, []catalog.Report{tt.want}) {
				t.Errorf("got  %+v\nwant %+v", reports, tt.want)
			}
			var missing []string
			if tt.missing != "" {
				missing = []string{tt.missing}
			}
			if !slices.Equal(defects, missing) {
				t.Errorf("defects %q, want %q", defects, missing)
			}
		})
	}
}

func TestRFCAnnouncementIsRefused(t *testing.T) {
	tests := []struct{ name, from, subject, body string }{
		{"another number in the body", "rfc-editor@rfc-editor.org", "RFC 9994 on Rope", rfcBodies[1].body},
		{"forged host", "rfc-editor@rfc-editor.org.evil.example", "RFC 9991 on Rope", rfcBodies[1].body},
		{"the drafts' mailbox", "internet-drafts@ietf.org", "RFC 9991 on Rope", rfcBodies[1].body},
		{"the mailbox at another trusted host", "rfc-editor@ietf.org", "RFC 9991 on Rope", rfcBodies[1].body},
	}
	for _, tt := range tests {
		reports, defects := Recognise(mail.Message{From: []mail.Address{{Addr: tt.from}}, Subject: tt.subject, Text: tt.body})
		if reports != nil || len(defects) != 1 {
			t.Errorf("%s: got %+v, defects %q; want none and one", tt.name, reports, defects)
		}
	}
}

func TestReadLevel(t *testing.T) {
	tests := []struct {
		closing, status string
		want            catalog.Level
	}{
		{"This is now a Proposed Standard.", "Standards Track", catalog.ProposedStandard},
		{"This is now a Draft Standard Protocol.", "Standards Track", catalog.DraftStandard},
		{"This is now an Internet Standard.", "Standards Track", catalog.InternetStandard},
		{"", "Standards Track", ""},
		{"", "Proposed Standard", catalog.ProposedStandard},
		{"", "Best Current Practice", catalog.BestCurrentPractice},
		{"", "Experimental", catalog.Experimental},
		{"", "Historic", catalog.Historic},
		{"", "INFORMATIONAL", catalog.Informational},
	}
	for _, tt := range tests {
		if got := readLevel(tt.closing, tt.status); got != tt.want {
			t.Errorf("%q, %q: got %q, want %q", tt.closing, tt.status, got, tt.want)
		}
	}
}

func FuzzRFC(f *testing.F) {
	for _, tt := range rfcBodies {
		f.Add(tt.body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		r := readRFCNotice("rfc9999", body)
		checkBounds(t, r.facts, endsRFCAbstract)
		if len(r.relations) > maxRelated+1 {
			t.Errorf("%d relations", len(r.relations))
		}
	})
}
