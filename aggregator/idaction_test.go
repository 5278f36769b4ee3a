package aggregator

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/draftwire/draftwire/catalog"
)

// idBodies are bodies of every era, each with one more oddity than the last.
var idBodies = []struct {
	name, body, nameRev string
	want                catalog.Facts
	missing             []string
}{
	{
		name: "1994, padded lines",
		body: "A Revised Internet-Draft is available from the on-line Internet-Drafts \n" +
			"directories. This draft is a work item of the Kite Mail Working Group\nof the IETF.      \n\n" +
			"       Title     : Carrying Mail by Kite                 \n" +
			"       Author(s) : A. Heron, B. Stork\n" +
			"       Filename  : draft-ietf-kite-carry-04.txt\n" +
			"       Pages     : 12\n" +
			"       Date      : 09/08/1994\n\n" +
			"Kites carry mail where wires do not \nreach.            \n\n" +
			"Internet-Drafts are available by anonymous FTP.  Login with the\t\nusername \"anonymous\"\n",
		nameRev: "draft-ietf-kite-carry-04",
		want: catalog.Facts{
			Title: "Carrying Mail by Kite", Authors: []catalog.Author{{Name: "A. Heron"}, {Name: "B. Stork"}},
			Stream: catalog.IETF, Pages: 12, DocDate: "1994-09-08",
			Abstract: "Kites carry mail where wires do not\nreach.",
		},
	},
	{
		name: "1998, a line of one tab, no empty line before the URL",
		body: "A New Internet-Draft is available from the on-line Internet-Drafts directories.\n\n" +
			"\tTitle\t\t: Knots\n\tAuthor(s)\t: C. Reed\n\tFilename\t: draft-reed-knots-00.txt\n" +
			"\tPages\t\t: 3\n\tDate\t\t: 13-Jan-98\n\t\n" +
			"   Knots hold.\nA URL for the Internet-Draft is:\nftp://ds.internic.net/internet-drafts/draft-reed-knots-00.txt\n",
		nameRev: "draft-reed-knots-00",
		want: catalog.Facts{
			Title: "Knots", Authors: []catalog.Author{{Name: "C. Reed"}}, Pages: 3, DocDate: "1998-01-13", Abstract: "Knots hold.",
		},
	},
	{
		name: "2002 to 2008, folded title, et al., two formats, first line at the margin",
		body: "A New Internet-Draft is available from the on-line Internet-Drafts directories.\n" +
			"This draft is a work item of the Kite Mail Working Group of the IETF.\n\n" +
			"\tTitle\t\t: The Longest Title That Ever Was Folded \n\t\t\t  Over Two Lines: Part One\n" +
			"\tAuthor(s)\t: D. Crane, et al.\n\tFilename\t: draft-ietf-kite-long-11.txt,.ps,.pdf\n" +
			"\tPages\t\t: 100\n\tDate\t\t: 2004-7-3\n\t\n" +
			"Titles can be long.\n     This one\n     is.\n\nA URL for this Internet-Draft is:\nhttp://example.org/\n",
		nameRev: "draft-ietf-kite-long-11",
		want: catalog.Facts{
			Title: "The Longest Title That Ever Was Folded Over Two Lines: Part One", Authors: []catalog.Author{{Name: "D. Crane"}},
			Stream: catalog.IETF, Pages: 100, DocDate: "2004-07-03", Abstract: "Titles can be long.\nThis one\nis.",
		},
	},
	{
		name: "2013, one author a line under a deep indentation, heading",
		body: "\nA New Internet-Draft is available from the on-line Internet-Drafts directories.\n" +
			" This draft is a work item of the Kite Mail Working Group of the IETF.\n\n" +
			"\tTitle           : Kites\n\tAuthor(s)       : Eva Finch\n                          Fred Wren\n" +
			"\tFilename        : draft-ietf-kite-kites-01.txt\n\tPages           : 8\n\tDate            : 2013-08-21\n\n" +
			"Abstract:\n   Kites.\n\n\nThe IETF datatracker status page for this draft is:\nhttps://example.org/\n",
		nameRev: "draft-ietf-kite-kites-01",
		want: catalog.Facts{
			Title: "Kites", Authors: []catalog.Author{{Name: "Eva Finch"}, {Name: "Fred Wren"}},
			Stream: catalog.IETF, Pages: 8, DocDate: "2013-08-21", Abstract: "Kites.",
		},
	},
	{
		name: "2019 to 2023, research group with an acronym",
		body: "\nA New Internet-Draft is available from the on-line Internet-Drafts directories.\n" +
			"This draft is a work item of the Feathers, Air and Rope (FAR) RG of the IRTF.\n\n" +
			"        Title           : Rope\n        Authors         : Gil Owl\n                          Hana Tit\n" +
			"\tFilename        : draft-irtf-far-rope-00.txt\n\tPages           : 8\n\tDate            : 2021-02-03\n\n" +
			"Abstract:\n   Rope\n   holds.\n\nThere are also htmlized versions available at:\nhttps://example.org/\n",
		nameRev: "draft-irtf-far-rope-00",
		want: catalog.Facts{
			Title: "Rope", Authors: []catalog.Author{{Name: "Gil Owl"}, {Name: "Hana Tit"}},
			Group: "far", Stream: catalog.IRTF, Pages: 8, DocDate: "2021-02-03", Abstract: "Rope\nholds.",
		},
	},
	{name: "since 2023", body: idBody2026, nameRev: "draft-ietf-rats-sieve-03", want: idFacts2026},
	{
		name: "re-flowed: title and authors on one line",
		body: "   Title:   Two Fields on One Line   Authors: Ida Jay\n            Kai Lark\n" +
			"   Name:    draft-jay-line-00.txt\n   Pages:   2\n   Dates:   2026-03-04\n\nAbstract:\n\n   Short.\n",
		nameRev: "draft-jay-line-00",
		want:    catalog.Facts{Pages: 2, DocDate: "2026-03-04", Abstract: "Short."},
		missing: []string{"title", "authors"},
	},
	{
		name: "re-flowed: the title's second line at the margin",
		body: "   Title:   A Title That\nWent to the Margin\n   Authors: Ida Jay\n" +
			"   Name:    draft-jay-line-00.txt\n   Pages:   many\n   Dates:   soon\n\n",
		nameRev: "draft-jay-line-00",
		want:    catalog.Facts{Authors: []catalog.Author{{Name: "Ida Jay"}}},
		missing: []string{"title", "pages", "date", "abstract"},
	},
	{
		name:    "a repeated field, and a label deeper than the block",
		body:    "Title: First\n   Name: and more\nAuthor: Lea Moth\nTitle: Second\nName: draft-moth-x-00.txt\nPages: 1\nDate: 2020-01-01\n\nFine.\n",
		nameRev: "draft-moth-x-00",
		want: catalog.Facts{
			Title: "First Name: and more", Authors: []catalog.Author{{Name: "Lea Moth"}}, Pages: 1, DocDate: "2020-01-01", Abstract: "Fine.",
		},
	},
	{
		name: "nothing", body: "See below.\n",
		missing: []string{"title", "authors", "name", "pages", "date", "abstract"},
	},
}

func TestIDActionBodies(t *testing.T) {
	for _, tt := range idBodies {
		t.Run(tt.name, func(t *testing.T) {
			nameRev, got, missing := readIDAction(tt.body)
			if nameRev != tt.nameRev || !reflect.DeepEqual(got, tt.want) || !slices.Equal(missing, tt.missing) {
				t.Errorf("got  %q %+v, missing %q\nwant %q %+v, missing %q", nameRev, got, missing, tt.nameRev, tt.want, tt.missing)
			}
		})
	}
}

func TestWorkOf(t *testing.T) {
	tests := []struct {
		sentence, group string
		stream          catalog.Stream
	}{
		{"It is a work item of the IPv6 over Low Power (6lo) WG of the IETF.", "6lo", catalog.IETF},
		{"It is a work item of the Crypto (Forum) Things (CFRG) RG of the IRTF.", "cfrg", catalog.IRTF},
		{"It is a work item of the Protocols (one and all) Working Group of the IETF.", "", catalog.IETF},
		{"It is a work item of the Mail (SMTP) Service Extensions Working Group of the IETF.", "", catalog.IETF},
		{"It is a work item of the Kite Mail Working Group of the IETF.", "", catalog.IETF},
		{"It is a work item of the Kite Mail Working Group.", "", ""},
		{"It is a work item of the Moon. It is of the IETF (x).", "", ""},
		{"It is an individual draft of the IETF.", "", ""},
		{"It is a work item of the )( WG of the IETF.", "", catalog.IETF},
	}
	for _, tt := range tests {
		group, stream := workOf(tt.sentence, "work item of the ")
		if group != tt.group || stream != tt.stream {
			t.Errorf("%s\ngot %q %q, want %q %q", tt.sentence, group, stream, tt.group, tt.stream)
		}
	}
}

func TestReadAuthors(t *testing.T) {
	tests := []struct {
		lines []string
		want  string // joined by "; "
	}{
		{[]string{"S. Ooghe, et al."}, "S. Ooghe"},
		{[]string{"S. Ooghe et al."}, "S. Ooghe"},
		{[]string{"A. One, Ed.,", "B. Two, Editor"}, "A. One; B. Two"},
		{[]string{"A. One, Jr., B. Two, III"}, "A. One, Jr.; B. Two, III"},
		{[]string{"A. One, B. Two, and C. Three"}, "A. One; B. Two; C. Three"},
		{[]string{"A. One and B. Two"}, "A. One; B. Two"},
		{[]string{"Anders  Andersson", "Sandy Sand"}, "Anders Andersson; Sandy Sand"},
		{[]string{"Henk Birkholz              Ned Smith\tEva Finch"}, "Henk Birkholz; Ned Smith; Eva Finch"},
		{[]string{"and C. Three"}, "C. Three"},
		{[]string{"Sandy Anderson, Roland Land"}, "Sandy Anderson; Roland Land"},
		{[]string{",,", " "}, ""},
		{[]string{"Jr."}, ""},
	}
	for _, tt := range tests {
		var names []string
		for _, a := range readAuthors(tt.lines) {
			names = append(names, a.Name)
		}
		if got := strings.Join(names, "; "); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.lines, got, tt.want)
		}
	}
}

func TestReadDocDate(t *testing.T) {
	tests := []struct{ in, want string }{
		{"09/08/1994", "1994-09-08"},
		{"9/8/94", "1994-09-08"},
		{"13-Jan-98", "1998-01-13"},
		{"25-Jul-02", "2002-07-25"},
		{"5-JUL-2002", "2002-07-05"},
		{"2004-7-13", "2004-07-13"},
		{"2013-08-21", "2013-08-21"},
		{"February 2025", "2025-02"},
		{"1 April 2024", "2024-04-01"},
		{"2013-13-21", ""},
		{"0001-01-01", ""},
		{"9999-01-01", ""},
		{"2013-08-21 and more words than a date", ""},
		{"", ""},
	}
	for _, tt := range tests {
		if got := readDocDate(tt.in); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.in, got, tt.want)
		}
	}
}

func FuzzIDAction(f *testing.F) {
	for _, tt := range idBodies {
		f.Add(tt.body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		_, facts, _ := readIDAction(body)
		checkBounds(t, facts, endsIDAbstract)
	})
}

// checkBounds holds what is true of the facts of any body.
func checkBounds(t *testing.T, f catalog.Facts, ends func(string, bool) bool) {
	t.Helper()
	// CleanText and clip never lengthen, but a tab becomes up to eight blanks.
	if len(f.Title) > maxTitle || len(f.Authors) > maxAuthors || len(f.Abstract) > 8*maxAbstract || len(f.Group) > 32 {
		t.Errorf("not bounded: %d %d %d", len(f.Title), len(f.Authors), len(f.Abstract))
	}
	first := true
	for line := range strings.SplitSeq(f.Abstract, "\n") {
		if isRule(line) || line != "" && ends(strings.TrimSpace(line), first) {
			t.Errorf("abstract holds the footer %q", line)
		}
		first = line == ""
	}
	for _, a := range f.Authors {
		if len(a.Name) > maxName+10 || strings.TrimSpace(a.Name) == "" {
			t.Errorf("author %q", a.Name)
		}
	}
}

// TestBodiesInLinearTime reads the bodies that a quadratic reader would choke on.
func TestBodiesInLinearTime(t *testing.T) {
	for _, piece := range []string{"Title: ", "  Title:", " (", ") (", "\t \n", "work item of the ", "Title: x\n   y", ",", "-----", "> a:\n", "On 1\n", "a and "} {
		body := "Title: x\n" + strings.Repeat(piece, 1<<20/len(piece))
		began := time.Now()
		readIDAction(body)
		readRFCNotice("rfc1", body)
		excerpt(ownWords(bodyLines(body)), maxExcerpt)
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("%q repeated to 1 MiB took %v", piece, took)
		}
	}
}
