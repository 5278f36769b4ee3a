// This file reads I-D Action mails, as sent from 1994 to today.

package aggregator

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/draftwire/draftwire/catalog"
)

// idForm is the block of an I-D Action mail. Its labels changed with the years,
// its order hardly did.
var idForm = form{labels: map[string]string{
	"title":     "title",
	"author":    "authors",
	"authors":   "authors",
	"author(s)": "authors",
	"filename":  "name",
	"name":      "name",
	"pages":     "pages",
	"date":      "date",
	"dates":     "date",
}}

// draftReport makes the report of draft name-rev, announced with this body. If
// the body names another draft or revision the mail is confused or forged, and
// there is no report.
func draftReport(name, rev, body string) ([]catalog.Report, []string) {
	file, facts, missing := readIDAction(body)
	nameRev := name + "-" + rev
	if file != "" && catalog.Fold(file) != catalog.Fold(nameRev) {
		return nil, []string{fmt.Sprintf("I-D Action of %s, but its body names %.240q: want the same in both", nameRev, file)}
	}
	if facts.Group == "" {
		facts.GroupHint = catalog.GroupOfDraft(name)
	}
	facts.Stream = cmp.Or(facts.Stream, catalog.StreamOfDraft(name))
	report := catalog.Report{
		Document: name,
		Kind:     catalog.Draft,
		Event:    catalog.EventOfRevision(rev),
		Rev:      rev,
		Facts:    facts,
	}
	return []catalog.Report{report}, lacking("I-D Action of "+nameRev, missing)
}

// lacking says in one defect which fields an announcement's body did not give.
func lacking(what string, missing []string) []string {
	if len(missing) == 0 {
		return nil
	}
	return []string{what + " lacks " + strings.Join(missing, ", ")}
}

// readIDAction reads the body of an I-D Action mail: the announced draft with
// its revision, empty if the body does not say, the facts, and the names of
// fields that are missing or damaged.
func readIDAction(body string) (nameRev string, f catalog.Facts, missing []string) {
	lines := bodyLines(body)
	b := idForm.read(lines)
	opening := runOn(lines[:b.start])

	f.Title = clip(b.text("title"), maxTitle)
	f.Authors = readAuthors(b.lines("authors"))
	f.Pages = readPages(b.text("pages"))
	f.DocDate = readDocDate(b.text("date"))
	f.Group, f.Stream = workOf(opening, "work item of the ")
	f.Abstract = readAbstract(lines[b.end:], endsIDAbstract)

	file := b.text("name")
	if name, rev, ok := draftFile(file); ok {
		file = name + "-" + rev
	}
	for _, field := range []struct {
		name   string
		absent bool
	}{
		{"title", f.Title == ""},
		{"authors", len(f.Authors) == 0},
		{"name", file == ""},
		{"pages", f.Pages == 0},
		{"date", f.DocDate == ""},
		{"abstract", f.Abstract == ""},
	} {
		if field.absent {
			missing = append(missing, field.name)
		}
	}
	return file, f, missing
}

// idFooters begin the lines that follow the abstract, era by era.
var idFooters = []string{
	"The IETF datatracker status page for this ",
	"A URL for this Internet-Draft is",
	"A URL for the Internet-Draft is",
	"Internet-Drafts are available by ",
	"Internet-Drafts are also available by ",
	"Internet-Drafts directories are located at",
	"There's also a htmlized version",
	"There is also a htmlized version",
	"There is also an HTML version",
	"There are also htmlized versions",
	"A diff from the previous version is available",
	"Please note that it may take a couple of minutes",
	"To remove yourself from the ",
	"Below is the data which will enable a MIME",
	"I-D-Announce mailing list",
	"--NextPart",
}

func endsIDAbstract(line string, _ bool) bool {
	for _, footer := range idFooters {
		if strings.HasPrefix(line, footer) {
			return true
		}
	}
	return false
}

// betweenNames turns what stands between two names into a comma: a wide gap is
// where two lines of one name each were joined on the way.
var betweenNames = strings.NewReplacer("   ", ",", "\t", ",", " and ", ",")

// readAuthors takes names apart that stand one a line or in lists, and leaves
// out "et al." and the mark of an editor.
func readAuthors(lines []string) []catalog.Author {
	var authors []catalog.Author
	for _, line := range lines {
		for name := range strings.SplitSeq(betweenNames.Replace(line), ",") {
			name = strings.Join(strings.Fields(strings.TrimPrefix(name, "and ")), " ")
			switch strings.TrimSuffix(strings.ToLower(name), ".") {
			case "", "et al", "ed", "eds", "editor", "editors":
			case "jr", "sr", "ii", "iii", "iv":
				if n := len(authors); n > 0 && !strings.Contains(authors[n-1].Name, ",") {
					authors[n-1].Name += ", " + name
				}
			default:
				if name = cutEtAl(name); len(authors) < maxAuthors {
					authors = append(authors, catalog.Author{Name: clip(name, maxName)})
				}
			}
		}
	}
	return authors
}

// cutEtAl takes an "et al." off that no comma set apart.
func cutEtAl(name string) string {
	for _, tail := range []string{" et al.", " et al"} {
		if i := len(name) - len(tail); i > 0 && strings.EqualFold(name[i:], tail) {
			return name[:i]
		}
	}
	return name
}

// readPages reads a count of pages; 0 is unknown.
func readPages(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > 99_999 {
		return 0
	}
	return n
}

// docDates are the ways in which the date of a document was printed, the
// newest first.
var docDates = []struct{ in, out string }{
	{"2006-1-2", time.DateOnly},
	{"2-Jan-06", time.DateOnly},
	{"2-Jan-2006", time.DateOnly},
	{"1/2/2006", time.DateOnly},
	{"1/2/06", time.DateOnly},
	{"January 2006", "2006-01"},
	{"2 January 2006", time.DateOnly},
	{"January 2, 2006", time.DateOnly},
}

// readDocDate gives a printed date as YYYY-MM-DD, or YYYY-MM where no day was
// printed; empty is unknown.
func readDocDate(s string) string {
	if s == "" || len(s) > 20 {
		return ""
	}
	for _, form := range docDates {
		if t, err := time.Parse(form.in, s); err == nil && t.Year() >= 1969 && t.Year() < 2200 {
			return t.Format(form.out)
		}
	}
	return ""
}
