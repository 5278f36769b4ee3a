package aggregator

import (
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/mail"
)

// TestTranscribedLastCalls reads real Last Calls that people pasted. The one of
// 2021 lost all that stood in angle brackets: the address in From, so that the
// whole mail is no announcement, and the draft's file.
func TestTranscribedLastCalls(t *testing.T) {
	dir := filepath.Join(corpus(t), "mail-ietf", "transcribed")
	tests := []struct {
		file, subject string
		want          catalog.Report
		first, last   string // of the abstract
		lost          []string
	}{
		{
			file:    "last-call-2021-03-08-dtls-connection-id.txt",
			subject: "Last Call: (Connection Identifiers for DTLS 1.2) to Proposed Standard",
			want: catalog.Report{
				Document: "draft-ietf-tls-dtls-connection-id", Kind: catalog.Draft, Event: catalog.LastCall, Part: "2021-03-28",
				Facts: catalog.Facts{
					Title: "Connection Identifiers for DTLS 1.2", Group: "tls", Stream: catalog.IETF, Level: catalog.ProposedStandard,
				},
			},
			first: "This document specifies the Connection ID (CID) construct", last: "to locate the correct security context.",
			lost: []string{"Last Call of draft-ietf-tls-dtls-connection-id lacks revision"},
		},
		{
			file:    "last-call-2026-07-13-pim-gaap.body.txt",
			subject: "Last Call: <draft-ietf-pim-gaap-18.txt> (Group Address Allocation Protocol (GAAP)) to Experimental RFC",
			want: catalog.Report{
				Document: "draft-ietf-pim-gaap", Kind: catalog.Draft, Event: catalog.LastCall, Rev: "18", Part: "2026-08-03",
				Facts: catalog.Facts{
					Title: "Group Address Allocation Protocol (GAAP)", Group: "pim", Stream: catalog.IETF, Level: catalog.Experimental,
				},
			},
			first: "This document describes a design for a lightweight decentralized", last: "rather than extending an existing protocol.",
		},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			text := readFile(t, filepath.Join(dir, tt.file))
			m := mail.Message{From: []mail.Address{{Addr: "iesg-secretary@ietf.org"}}, Subject: tt.subject, Text: text}
			if strings.HasPrefix(text, "From:") {
				whole := mail.Parse([]byte(text))
				if reports, _ := Recognise(whole); len(reports) > 0 || whole.Subject != tt.subject {
					t.Errorf("without a sender's address: Subject %q, %d reports, want %q and none", whole.Subject, len(reports), tt.subject)
				}
				m.Text = whole.Text
			}
			reports, defects := Recognise(m)
			if len(reports) != 1 || !reflect.DeepEqual(defects, tt.lost) {
				t.Fatalf("%d reports, want 1; defects %q, want %q", len(reports), defects, tt.lost)
			}
			got := reports[0]
			checkEnds(t, tt.file, got.Facts.Abstract, tt.first, tt.last)
			got.Facts.Abstract = ""
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got  %+v\nwant %+v", got, tt.want)
			}
		})
	}
}

// templateValues fill the placeholders of the Datatracker's templates of 2013.
var templateValues = map[string]string{
	"action_type": "Protocol", "cc": "kite-chairs@ietf.org",
	"doc.title|clean_whitespace": "Carrying Mail by Kite", "doc|std_level_prompt": "Proposed Standard",
	"doc.filename_with_rev": "draft-ietf-kite-carry-14.txt", "doc.file_tag": "<draft-ietf-kite-carry-14.txt>",
	"doc.file_tag|safe": "<draft-ietf-kite-carry-14.txt>",
	"d.filled_title":    "Carrying Mail by Kite", "d.filename_with_rev": "draft-ietf-kite-carry-14.txt",
	"d.file_tag": "<draft-ietf-kite-carry-14.txt>", "d|std_level_prompt": "Proposed Standard", "d.abstract": "   Kites carry mail.",
	"docs|pluralize": "", "urls|pluralize": "", "chairs|pluralize": "s",
	"made_by":  "This document is the product of the Kite Mail Working Group.",
	"contacts": "The IESG contact persons are Ida Jay and Kai Lark.",
	"doc_type": "Internet Draft", "doc_url": "https://datatracker.ietf.org/doc/draft-ietf-kite-carry/",
	"u": "https://datatracker.ietf.org/doc/draft-ietf-kite-carry/", "link": "https://datatracker.ietf.org/ipr/9999/",
	"group": "the Kite Mail WG (kite)", "expiration_date": "2013-09-04", "review_date": "2013-09-04", "state": "I-D Exists",
	"group.name": "Kite Mail", "group.acronym": "kite", "group.type.name": "WG", "group.parent.name": "Applications Area",
	"group.state.name": "Active", "group.list_email": "kite@ietf.org", "group.list_subscribe": "kite-request@ietf.org",
	"group.list_archive": "https://mailarchive.ietf.org/arch/browse/kite/", "group.ad.plain_name": "Kai Lark", "ad_email": "kai@example.org",
	"r.person.plain_name": "Ida Jay", "r.email.address": "ida@example.org",
	"charter_text": "Kites carry mail where wires do not reach.", "milestone.resolved": "Done", "milestone.due|date:\"M Y\"": "Sep 2013",
	"milestone.desc|safe": "Submit ropes to the IESG",
}

var (
	placeholder = regexp.MustCompile(`\{\{ ?(.*?) ?\}\}`)
	included    = regexp.MustCompile(`\{% include "wgcharter/(\w+\.txt)" %\}`)
	statement   = regexp.MustCompile(`\{%.*?%\}`)
)

// render fills a template in: every branch of a condition stays, every loop
// runs once, and the body is wrapped.
func render(t *testing.T, dir, file string) string {
	t.Helper()
	text := readFile(t, filepath.Join(dir, file))
	text = included.ReplaceAllStringFunc(text, func(s string) string {
		return readFile(t, filepath.Join(dir, "wgcharter_"+included.FindStringSubmatch(s)[1]))
	})
	text = placeholder.ReplaceAllStringFunc(statement.ReplaceAllString(text, ""), func(s string) string {
		value, ok := templateValues[placeholder.FindStringSubmatch(s)[1]]
		if !ok {
			t.Fatalf("%s: no value for %s", file, s)
		}
		return value
	})
	headers, body, _ := strings.Cut(text, "\n\n")
	return strings.TrimSpace(headers) + "\n\n" + wrap(body, 73)
}

// wrap breaks long lines at blanks.
func wrap(text string, width int) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		for len(line) > width+1 {
			i := strings.LastIndexByte(line[:width+1], ' ')
			if i <= 0 {
				break
			}
			b.WriteString(line[:i] + "\n")
			line = line[i+1:]
		}
		b.WriteString(line)
	}
	return b.String()
}

// TestTemplates reads what the templates of 2013 give.
func TestTemplates(t *testing.T) {
	dir := filepath.Join(corpus(t), "ietf-meta", "datatracker-2013", "mail-templates")
	draft := catalog.Report{Document: "draft-ietf-kite-carry", Kind: catalog.Draft, Rev: "14", Facts: catalog.Facts{
		Title: "Carrying Mail by Kite", Stream: catalog.IETF, Level: catalog.ProposedStandard,
	}}
	called, approved := draft, draft
	called.Event, called.Part, called.Facts.Group, called.Facts.Abstract = catalog.LastCall, "2013-09-04", "kite", "Kites carry mail."
	approved.Event, approved.Part, approved.Facts.GroupHint = catalog.IESGAction, "ps", "kite"
	charter := func(event catalog.EventKind, title string) catalog.Report {
		return catalog.Report{
			Document: "charter-ietf-kite", Kind: catalog.Charter, Event: event,
			Facts: catalog.Facts{Title: title, Group: "kite", Stream: catalog.IETF, Abstract: templateValues["charter_text"]},
		}
	}
	for file, want := range map[string]catalog.Report{
		"idrfc_last_call_announcement.txt": called,
		"idrfc_approval_mail.txt":          approved,
		"wgcharter_action_text.txt":        charter(catalog.CharterAction, "Protocol Kite Mail"),
		"wgcharter_review_text.txt":        charter(catalog.CharterReview, "Kite Mail"),
	} {
		text := render(t, dir, file)
		reports, defects := Recognise(mail.Parse([]byte(text)))
		if len(reports) != 1 || len(defects) > 0 {
			t.Errorf("%s: %d reports, want 1; defects %q\n%s", file, len(reports), defects, text)
			continue
		}
		got := reports[0]
		if got.Kind == catalog.Charter {
			got.Rev, got.Part = "", ""
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\ngot  %+v\nwant %+v\n%s", file, got, want, text)
		}
	}
}
