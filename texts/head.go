// The first page: name, title, date and authors of a draft.

package texts

import (
	"regexp"
	"strings"
)

// maxHead bounds the first page, in lines: what comes later is text.
const maxHead = 80

var (
	draftName = regexp.MustCompile(`(?i)\bdraft-[a-z0-9][a-z0-9.+_-]*-[0-9][0-9]\b`)
	printed   = regexp.MustCompile(`^(?:[0-9]{1,2}(?:st|nd|rd|th)? )?(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)\.?,? (?:[0-9]{1,2}(?:st|nd|rd|th)?, ?)?(?:19|20)[0-9]{2}$`)
)

// readHead reads what stands before the first heading, and returns the lines
// that say something else.
func (t *Text) readHead(lines []line) (rest []line) {
	start := 0
	for start < len(lines) && lines[start].blank() {
		start++
	}
	end := start
	for end < len(lines) && !lines[end].blank() {
		end++
	}
	if !isHead(lines[start:end]) {
		return lines
	}
	left, right := columns(lines[start:end])
	t.readColumns(left, right)
	// Below the columns stand the title, in the middle, and the name.
	at := end
	for at < len(lines) && at < maxHead {
		if lines[at].blank() {
			at++
			continue
		}
		stop := at
		for stop < len(lines) && !lines[stop].blank() {
			stop++
		}
		if !t.readTitle(lines[at:stop]) {
			break
		}
		at = stop
	}
	return lines[at:]
}

// isHead recognises the first block of a draft or RFC.
func isHead(block []line) bool {
	for _, l := range block[:min(len(block), 8)] {
		lower := strings.ToLower(strings.Join(strings.Fields(l.text), " "))
		for _, start := range []string{"internet-draft", "internet draft", "request for comments", "network working group", "intended status"} {
			if strings.HasPrefix(lower, start) {
				return len(block) < maxHead/2
			}
		}
		if name := draftName.FindString(lower); name != "" && strings.HasPrefix(lower, name) || strings.Contains(lower, "internet-draft") && strings.Contains(l.text, "   ") {
			return len(block) < maxHead/2
		}
	}
	return false
}

// columns parts the left column of the first page from the right one.
func columns(block []line) (left, right []string) {
	for _, l := range block {
		if l.indent > 20 {
			right = append(right, strings.TrimSpace(l.text))
			continue
		}
		a, b, _ := strings.Cut(l.text[l.indent:], "  ")
		left = append(left, strings.TrimSpace(a))
		right = append(right, strings.TrimSpace(b))
	}
	return left, right
}

var initials = regexp.MustCompile(`^(?:\p{Lu}[\p{Ll}]?\.[ -]?)+ ?[\p{L}'. -]+(?:, Ed(?:itor)?\.?)?$`)

func (t *Text) readColumns(left, right []string) {
	for _, s := range append(append([]string(nil), right...), left...) {
		if t.Date == "" && printed.MatchString(s) {
			t.Date = s
		}
	}
	for _, s := range right {
		if initials.MatchString(s) {
			t.Authors = append(t.Authors, trimEditor(s))
		}
	}
	t.Status = standing(left)
	for _, s := range append(append([]string(nil), left...), right...) {
		if t.Name == "" && !strings.Contains(s, ":") {
			t.Name = nameIn([]string{s})
		}
	}
}

// standing are the lines that say what the draft is to become, and what of
// others, whether or not they were broken.
func standing(left []string) (lines []string) {
	open := false // the line before goes on
	for _, s := range left {
		s = strings.ToLower(strings.Join(strings.Fields(s), " "))
		field, _, _ := strings.Cut(s, ":")
		switch field {
		case "intended status", "updates", "obsoletes":
			lines, open = append(lines, s), true
		default:
			if open = open && s != "" && !strings.Contains(s, ":") && (s[0] == '(' || s[0] >= '0' && s[0] <= '9' || strings.HasSuffix(lines[len(lines)-1], ",")); open {
				lines[len(lines)-1] += " " + s
			}
		}
	}
	for i, s := range lines {
		lines[i] = strings.TrimSpace(strings.ReplaceAll(s, "(if approved)", ""))
	}
	return lines
}

func trimEditor(s string) string {
	s, _, _ = strings.Cut(s, ", Ed")
	return s
}

// readTitle reads a block between the columns and the first heading, and
// reports whether it was the title, the name or a date.
func (t *Text) readTitle(block []line) bool {
	if len(block) > 8 {
		return false
	}
	var title []string
	for _, l := range block {
		s := strings.TrimSpace(l.text)
		bare := strings.Trim(s, "<>()")
		switch name := draftName.FindString(bare); {
		case name != "" && len(bare) <= len(name)+len(".txt"):
			t.Name = strings.ToLower(name)
		case printed.MatchString(s):
			if t.Date == "" {
				t.Date = s
			}
		default:
			title = append(title, s)
		}
	}
	if len(title) == 0 {
		return true
	}
	if t.Title != "" || block[0].indent <= 3 && len(block[0].text) > 66 {
		return false
	}
	whole := title[0]
	for _, s := range title[1:] {
		whole = glue(whole, s)
	}
	if len(whole) > maxTitle {
		return false
	}
	t.Title = strings.Join(strings.Fields(straight.Replace(whole)), " ")
	return true
}

// nameIn finds the name of a draft in lines.
func nameIn(lines []string) string {
	for _, l := range lines {
		if len(l) < 200 {
			if name := draftName.FindString(l); name != "" {
				return strings.ToLower(name)
			}
		}
	}
	return ""
}

// addressed are the names in the authors' addresses: the first line of a block
// that has others below it.
func (t *Text) addressed() (names []string) {
	for _, s := range t.Sections {
		if s.Kind != Addresses {
			continue
		}
		for _, p := range s.Paragraphs {
			first, rest, _ := strings.Cut(p, "\n")
			if rest != "" && len(first) < 80 && !strings.ContainsAny(first, "@:0123456789") && len(strings.Fields(first)) > 1 {
				names = append(names, trimEditor(first))
			}
		}
	}
	return names
}
