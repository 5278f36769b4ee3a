package aggregator

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/mail"
)

// announced is what one announcement of the corpus must give, written down by
// reading the file.
type announced struct {
	document, rev, title string
	authors              string // joined by ", "
	group, hint          string
	stream               catalog.Stream
	pages                int
	docDate              string
	published            string // RFC 3339
	first, last          string // of the abstract
}

var ancpFramework = announced{
	"draft-ietf-ancp-framework", "06",
	"Framework and Requirements for an Access Node Control Mechanism in Broadband Multi-Service Networks",
	"S. Ooghe", "", "ancp", catalog.IETF, 47, "2008-05-09", "2008-05-09T16:00:01Z",
	"The purpose of this document is to define", "the existing OSS systems.",
}

var ancpExtensions = announced{
	"draft-ietf-ancp-mc-extensions", "10", "Multicast Control Extensions for ANCP",
	"Francois Le Faucheur, Roberta Maglione, Tom Taylor", "", "ancp", catalog.IETF, 85, "2013-08-21", "2013-08-21T23:20:36Z",
	"This document specifies the extensions to the Access Node Control\nProtocol required",
	"These capabilities may be combined according to the rules given in\nthis specification.",
}

// corpusMail lists every announcement in the files, in their order.
var corpusMail = []struct {
	file string
	want []announced
}{
	{file: "mailbox_mmdf", want: []announced{
		{
			"draft-ietf-uri-url", "07", "Uniform Resource Locators (URL)",
			"T. Berners-Lee, L. Masinter, M. McCahill", "", "uri", catalog.IETF, 16, "1994-09-08", "1994-09-09T19:33:46Z",
			"This document specifies a Uniform Resource Locator (URL), the syntax and", "of resources\nvia the Internet.",
		},
		{
			"draft-simpson-ipv6-hc", "00", "IPv6 Header Compression",
			"W. Simpson", "", "", "", 26, "1994-09-08", "1994-09-09T19:32:27Z",
			"This document describes a mechanism to improve IP performance", "point-to-point links.",
		},
		{
			"draft-kessler-primer", "01", "A Primer On Internet and TCP/IP Tools",
			"G. Kessler, S. Shepard", "", "", "", 32, "1994-09-08", "1994-09-09T19:30:30Z",
			"This memo is an introductory guide", "other sources for\nmore detailed information.",
		},
	}},
	{file: "mailbox_from", want: []announced{{
		"draft-ietf-cat-mpaker", "00", "The Multiple-Path Authentication of Kerberos (MPAKER)",
		"L. Harn, Y. Xu", "", "cat", catalog.IETF, 9, "1998-01-13", "1998-01-14T14:53:45Z",
		"This draft proposes an authentication scheme that improves the\nefficiency", "multiple-path authentication for Kerberos.",
	}}},
	{file: "mailbox_to", want: []announced{
		{
			"draft-ietf-rddp-problem-statement", "04", "Remote Direct Memory Access (RDMA) over IP Problem Statement",
			"A. Romanow", "", "rddp", catalog.IETF, 21, "2004-07-13", "2004-07-13T20:05:59Z",
			"This draft addresses an IP-based solution to the problem of high\nsystem overhead", "is proposed to eliminate it.",
		},
		{
			"draft-ietf-rddp-arch", "05",
			"The Architecture of Direct Data Placement (DDP)And Remote Direct Memory Access (RDMA)On Internet Protocols",
			"S. Bailey, T. Talpey", "", "rddp", catalog.IETF, 20, "2004-07-13", "2004-07-13T20:06:34Z",
			"This document defines an abstract architecture for Direct Data\nPlacement (DDP)", "consistent with application requirements.",
		},
		{
			"draft-ietf-rddp-security", "02", "DDP/RDMAP Security",
			"J. Pinkerton", "", "rddp", catalog.IETF, 57, "2004-07-19", "2004-07-19T19:59:44Z",
			"This document analyzes security issues around implementation and\nuse of", "security\nservices for RDDP, such as IPSec.",
		},
		{
			"draft-ietf-rddp-mpa", "01", "Marker PDU Aligned Framing for TCP Specification",
			"P. Culley", "", "rddp", catalog.IETF, 59, "2004-07-20", "2004-07-20T20:22:11Z",
			"A framing protocol is defined for TCP", "record boundaries\nthat DDP requires.",
		},
	}},
	{file: "mail_external_body.1", want: []announced{ancpFramework}},
	{file: "mail_external_body_invalid.1", want: []announced{ancpFramework}},
	{file: "mailbox_mbox", want: []announced{ancpExtensions}},
	{file: "mbox.1", want: []announced{ancpExtensions}},
	{file: "mail_external_body.2"}, // a person's FW:
	{file: "mailbox_date"},         // a person's copy with the bare Subject
	{file: "mailbox-x-envelope-from"},
	{file: "mailbox_envelope-to"},
	{file: "mailbox_received"},
	{file: "mailbox_return-path"},
	{file: "mailbox_year"},
}

func TestCorpusAnnouncements(t *testing.T) {
	dir := filepath.Join(corpus(t), "mail-ietf", "mailarchive-tests")
	received := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	for _, tt := range corpusMail {
		t.Run(tt.file, func(t *testing.T) {
			raw := readFile(t, filepath.Join(dir, tt.file))
			mails := splitMails(t, raw)
			var got []announced
			var abstracts []string
			for _, text := range mails {
				m := mail.Parse(text)
				reports, defects := Recognise(m)
				for _, r := range reports {
					if len(defects) > 0 {
						t.Errorf("%s-%s: %q", r.Document, r.Rev, defects)
					}
					at, precision := DateOf(m, received)
					if precision != catalog.Exact {
						t.Errorf("%s-%s: date is not exact", r.Document, r.Rev)
					}
					got = append(got, flatten(r, at))
					abstracts = append(abstracts, r.Facts.Abstract)
				}
			}
			if len(got) != len(tt.want) {
				t.Fatalf("%d announcements in %d mails, want %d: %v", len(got), len(mails), len(tt.want), got)
			}
			for i, want := range tt.want {
				checkEnds(t, want.document, abstracts[i], want.first, want.last)
				want.first, want.last = "", ""
				if got[i] != want {
					t.Errorf("got  %+v\nwant %+v", got[i], want)
				}
			}
		})
	}
}

// transcribedBodies are bodies without headers of their own; lost names what
// re-flow on the way damaged.
var transcribedBodies = []struct {
	file, from, subject string
	want                announced
	lost                []string
	relations           []catalog.Relation
}{
	{
		file: "i-d-action-2025-08-12-rats-msg-wrap-17.body.txt", from: "internet-drafts@ietf.org",
		subject: "I-D Action: draft-ietf-rats-msg-wrap-17.txt",
		want: announced{
			"draft-ietf-rats-msg-wrap", "17", "RATS Conceptual Messages Wrapper (CMW)",
			"Henk Birkholz, Ned Smith, Thomas Fossati, Hannes Tschofenig, Dionna Glaze", "rats", "", catalog.IETF, 39, "2025-08-12", "",
			"The Remote Attestation Procedures architecture (RFC 9334) defines\nseveral", "redefine how messages are handled\nin each protocol.",
		},
	},
	{
		file: "i-d-action-2025-08-15-rats-ar4si-09.body.txt", from: "internet-drafts@ietf.org",
		subject: "I-D Action: draft-ietf-rats-ar4si-09.txt",
		want: announced{
			"draft-ietf-rats-ar4si", "09", "Attestation Results for Secure Interactions",
			"Eric Voit, Henk Birkholz, Thomas Hardjono, Thomas Fossati, Vincent Scarlata", "rats", "", catalog.IETF, 39, "2025-08-15", "",
			"This document defines reusable Attestation Result information elements.",
			"\n\nThis document also defines two serialisations of the proposed\ninformation model, utilising CBOR and JSON.",
		},
	},
	{
		file: "i-d-action-2026-07-19-individual-00.body.txt", from: "internet-drafts@ietf.org",
		subject: "I-D Action: draft-gerke-publication-process-reform-00.txt",
		want: announced{
			"draft-gerke-publication-process-reform", "00",
			"Publication Process Reform to prevent misuse of AUTH48 or equivalent states",
			"Timo Gerke", "", "", "", 12, "2026-07-19", "",
			"This document updates the AUTH48 or equivalent process by introducing\ndeterministic", "safeguarding the Rough\nConsensus.",
		},
	},
	{
		file: "rfc-announce-2025-02-26-rfc9737.forwarded.txt", from: "rfc-editor@rfc-editor.org",
		subject: "RFC 9737 on Reporting Errors in NFSv4.2 via LAYOUTRETURN",
		want: announced{
			"rfc9737", "", "Reporting Errors in NFSv4.2 via LAYOUTRETURN",
			"", "", "nfsv4", catalog.IETF, 6, "2025-02", "",
			"The Parallel Network File System (pNFS) allows", "via LAYOUTRETURN and avoid\nthe resilvering.",
		},
		lost:      []string{"announcement of RFC 9737 lacks title, authors"},
		relations: []catalog.Relation{{From: "draft-ietf-nfsv4-layrec", Type: catalog.BecameRFC, To: "rfc9737"}},
	},
}

func TestTranscribedBodies(t *testing.T) {
	dir := filepath.Join(corpus(t), "mail-ietf", "transcribed")
	for _, tt := range transcribedBodies {
		t.Run(tt.file, func(t *testing.T) {
			m := mail.Message{
				From:    []mail.Address{{Addr: tt.from}},
				Subject: tt.subject,
				Text:    readFile(t, filepath.Join(dir, tt.file)),
			}
			reports, defects := Recognise(m)
			if len(reports) != 1 {
				t.Fatalf("%d reports, want 1; defects %q", len(reports), defects)
			}
			if !reflect.DeepEqual(defects, tt.lost) {
				t.Errorf("defects %q, want %q", defects, tt.lost)
			}
			r, want := reports[0], tt.want
			checkEnds(t, r.Document, r.Facts.Abstract, want.first, want.last)
			want.first, want.last = "", ""
			if got := flatten(r, time.Time{}); got != want {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
			if !reflect.DeepEqual(r.Relations, tt.relations) {
				t.Errorf("relations %v, want %v", r.Relations, tt.relations)
			}
		})
	}
}

func TestCorpusDiscussionIsNoAnnouncement(t *testing.T) {
	dir := filepath.Join(corpus(t), "mail-ietf")
	files, err := filepath.Glob(filepath.Join(dir, "lists-2026", "*.eml"))
	if err != nil || len(files) != 23 {
		t.Fatalf("%d mails in lists-2026, want 23 (%v)", len(files), err)
	}
	files = append(files,
		filepath.Join(dir, "transcribed", "new-version-notification-2019-09-05-forwarded.eml"),
		filepath.Join(dir, "transcribed", "secretariat-2021-11-09-jmap-milestones.eml"))
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			m := mail.Parse([]byte(readFile(t, file)))
			if reports, _ := Recognise(m); len(reports) > 0 {
				t.Errorf("taken for an announcement: %+v", reports)
			}
			post := PostReport(m, "digest")
			if post.Document != catalog.PostName(m.ID) || m.ID == "" {
				t.Errorf("named %s for Message-ID %q", post.Document, m.ID)
			}
			f := post.Facts
			if f.Title == "" || len(f.Authors) == 0 || f.Abstract == "" {
				t.Errorf("facts are incomplete: %+v", f)
			}
			for line := range strings.Lines(f.Abstract) {
				if strings.HasPrefix(line, ">") || isRule(line) || strings.Contains(line, "To unsubscribe send an email to") {
					t.Errorf("abstract holds %q", line)
				}
			}
		})
	}
}

// corpus gives the directory of real mail, or skips the test where there is none.
func corpus(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("DRAFTWIRE_CORPUS")
	if dir == "" {
		if os.Getenv("DRAFTWIRE_REQUIRE") == "1" {
			t.Fatal("DRAFTWIRE_CORPUS is not set: want the directory of the corpus")
		}
		t.Skip("DRAFTWIRE_CORPUS is not set")
	}
	return dir
}

func readFile(t *testing.T, file string) string {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// splitMails takes a mailbox of the corpus apart.
func splitMails(t *testing.T, text string) [][]byte {
	t.Helper()
	var mails [][]byte
	for box := mail.NewMbox(strings.NewReader(text)); ; {
		raw, _, err := box.Next()
		if errors.Is(err, io.EOF) {
			return mails
		}
		if err != nil {
			t.Fatal(err)
		}
		mails = append(mails, bytes.Clone(raw))
	}
}

// flatten puts a report beside what is expected; the abstract is checked apart.
func flatten(r catalog.Report, at time.Time) announced {
	published := ""
	if !at.IsZero() {
		published = at.Format(time.RFC3339)
	}
	f := r.Facts
	return announced{
		r.Document, r.Rev, f.Title, strings.Join(f.AuthorNames(), ", "),
		f.Group, f.GroupHint, f.Stream, f.Pages, f.DocDate, published, "", "",
	}
}

func checkEnds(t *testing.T, name, abstract, first, last string) {
	t.Helper()
	if !strings.HasPrefix(abstract, first) || !strings.HasSuffix(abstract, last) {
		t.Errorf("%s: abstract is %q, want %q ... %q", name, abstract, first, last)
	}
}
