// Words as they are compared: what layout, revision and numbering alone change
// is made the same.

package texts

import (
	"bytes"
	"slices"
	"strings"
	"time"
)

// word stands for a word, the same in both texts.
type word = int32

// vocabulary numbers the words of two texts.
type vocabulary map[string]word

func (v vocabulary) id(s string) word {
	id, ok := v[s]
	if !ok {
		id = word(len(v))
		v[s] = id
	}
	return id
}

// passage is what a section says.
type passage struct {
	words   []word
	numbers []number // of other sections, figures and tables
}

// maxNumbers bounds those of a section that are followed.
const maxNumbers = 5000

// number is a word that names a part of the text by its number.
type number struct {
	at            int    // in the words
	of            byte   // 's'ection, 'f'igure or 't'able
	before, after string // what is glued to it
	number        string
}

// reader turns the sections of one text into passages.
type reader struct {
	vocabulary
	self     []string          // name without revision, and that of the other text
	dates    []string          // of the text itself
	cited    map[string]string // what a label in brackets stands for
	captions map[string]string // of figures and tables, by f or t and number
	buffer   []byte
	passage
}

func newReader(v vocabulary, t *Text) *reader {
	r := &reader{vocabulary: v, self: []string{ofRevision.ReplaceAllString(t.Name, "")}, cited: map[string]string{}, captions: map[string]string{}}
	for _, one := range t.References {
		r.cited[one.Label] = one.key()
	}
	if t.Date != "" {
		r.dates = append(r.dates, t.Date)
		for _, form := range []string{"2 January 2006", "January 2, 2006"} {
			if day, err := time.Parse(form, t.Date); err == nil {
				r.dates = append(r.dates, day.Format("2006-01-02"))
			}
		}
	}
	return r
}

// read returns the passage of some paragraphs.
func (r *reader) read(paragraphs []string) passage {
	size := 0
	for _, p := range paragraphs {
		size += len(p)/6 + 1
	}
	r.passage = passage{words: make([]word, 0, size)}
	for _, p := range paragraphs {
		r.paragraph(p)
	}
	return r.passage
}

func (r *reader) paragraph(p string) {
	for _, date := range r.dates {
		if strings.Contains(p, date) {
			p = strings.ReplaceAll(p, date, "<date>")
		}
	}
	if isKeyWords(p) {
		r.put("<key words>")
		return
	}
	if strings.Contains(p, "\n") {
		for l := range strings.SplitSeq(p, "\n") {
			r.line(l)
		}
		return
	}
	if first, rest, more := strings.Cut(p, " "); more && isBullet(first) {
		p = rest
	}
	r.caption(p)
	r.sentence(strings.Fields(p))
}

// isKeyWords recognises the paragraph of BCP 14, of whichever age.
func isKeyWords(p string) bool {
	return strings.HasPrefix(p, "The key words ") && strings.Contains(p, "MUST") && strings.Contains(p, "interpreted as described in") && len(p) < 800
}

// line reads a line of artwork, where borders are layout.
func (r *reader) line(l string) {
	fields := strings.Fields(l)
	if len(fields) == 0 {
		return
	}
	if c := fields[0][0]; c == '|' || c == '+' {
		fields = slices.DeleteFunc(fields, isBorder)
	}
	r.caption(strings.Join(fields, " "))
	r.sentence(fields)
}

// isBorder recognises what stands between the cells of a table.
func isBorder(s string) bool { return strings.Trim(s, "+-=|_") == "" }

// caption remembers what figure or table a paragraph is the caption of.
func (r *reader) caption(p string) {
	head, title, ok := strings.Cut(p, ": ")
	of, n, _ := strings.Cut(head, " ")
	if ok && isNumber(n) && (of == "Figure" || of == "Table") {
		r.captions[strings.ToLower(of[:1])+n] = title
	}
}

// sentence reads words in a row.
func (r *reader) sentence(fields []string) {
	for i := 0; i < len(fields); i++ {
		of := names(fields[i])
		if of == 0 {
			r.single(fields, i)
			continue
		}
		r.single(fields, i)
		i = r.list(fields, i+1, of) - 1
	}
}

// names reports whether a number follows such a word: s for a section, f, t.
func names(s string) byte {
	if s[0] < 0x80 && s[0] != '(' && s[0] != '[' && s[0]|0x20 != 's' && s[0]|0x20 != 'a' && s[0] != 'F' && s[0] != 'T' {
		return 0
	}
	switch strings.TrimLeft(s, "([") {
	case "Section", "Sections", "section", "sections", "Sec.", "Appendix", "Appendices", "appendix", "appendices", "\u00a7":
		return 's'
	case "Figure", "Figures", "Fig.", "Figs.":
		return 'f'
	case "Table", "Tables":
		return 't'
	}
	return 0
}

// list reads numbers such as "4.2, 4.3 and 5", and returns what comes behind.
// Those of another document stay as they are.
func (r *reader) list(fields []string, i int, of byte) int {
	start, end := i, i
	for i < len(fields) {
		_, bare, after := parts(fields[i])
		switch {
		case isSection(bare) || of == 's' && isAppendix(bare):
			i++
			end = i
			if after == "," || after == "" {
				continue
			}
		case i > start && (bare == "and" || bare == "or" || bare == "to" || bare == "through" || bare == "-"):
			i++
			continue
		}
		break
	}
	if of == 's' && isForeign(fields, start-1, end) {
		for i = start; i < end; i++ {
			r.single(fields, i)
		}
		return end
	}
	for i = start; i < end; i++ {
		before, bare, after := parts(fields[i])
		if bare[0] >= 'a' && bare[0] <= 'z' || bare == "-" || len(r.numbers) > maxNumbers {
			r.single(fields, i)
			continue
		}
		r.numbers = append(r.numbers, number{at: len(r.words), of: of, before: before, after: after, number: bare})
		r.put("<number>")
	}
	return end
}

// parts are the punctuation before a word, the word, and that behind it.
func parts(s string) (before, bare, after string) {
	bare = strings.TrimLeft(s, "([")
	before = s[:len(s)-len(bare)]
	trimmed := strings.TrimRight(bare, ".,;:)]")
	trimmed = strings.TrimSuffix(trimmed, "'s")
	return before, trimmed, bare[len(trimmed):]
}

// isForeign reports whether the numbers from the word at from to end are those
// of another document, which is named before or behind them.
func isForeign(fields []string, from, end int) bool {
	if end < len(fields) && !strings.ContainsAny(fields[end-1], ".;)") || end < len(fields) && isSection(strings.TrimLeft(fields[end-1], "([")) {
		next := fields[end]
		if (next == "of" || next == "in" || next == "from") && end+1 < len(fields) {
			next = fields[end+1]
		}
		if isDocument(next) {
			return true
		}
	}
	if from > 0 && !strings.HasSuffix(fields[from-1], ".") {
		before := strings.TrimRight(fields[from-1], ",;:")
		if strings.HasSuffix(before, "]") || isDocument(before) && before != "RFC" {
			return true
		}
		return from > 1 && isNumber(strings.TrimRight(before, ")")) && isDocument(fields[from-2])
	}
	return false
}

func isDocument(s string) bool {
	s = strings.TrimLeft(s, "(")
	return strings.HasPrefix(s, "[") || strings.HasPrefix(s, "RFC") || strings.HasPrefix(s, "BCP") || strings.HasPrefix(s, "STD") || strings.HasPrefix(s, "draft-")
}

// single reads the word i.
func (r *reader) single(fields []string, i int) {
	s := fields[i]
	plain := true // nothing in it that is made the same
	for j := range len(s) {
		if c := s[j]; c >= 0x80 || c == '[' || c == '-' && j+1 < len(s) && s[j+1] == '-' {
			plain = false
			break
		}
	}
	if !plain {
		s = straight.Replace(s)
		s = r.label(s)
		s = squeeze(s)
	}
	for _, self := range r.self {
		if self != "" && len(s) >= len(self) {
			s = r.unnamed(s, self)
		}
	}
	if i > 0 && len(s) >= 4 && s[0] >= '1' && s[0] <= '2' {
		switch fields[i-1] {
		case "(c)", "(C)", "\u00a9", "Copyright":
			if isYear(s[:4]) {
				s = "<year>" + s[4:]
			}
		}
	}
	r.put(s)
}

func (r *reader) put(s string) { r.words = append(r.words, r.id(s)) }

// label replaces a label in brackets by what it stands for.
func (r *reader) label(s string) string {
	open := strings.IndexByte(s, '[')
	if open < 0 {
		return s
	}
	end := strings.IndexByte(s[open:], ']')
	if end < 0 {
		return s
	}
	if key, ok := r.cited[s[open+1:open+end]]; ok {
		return s[:open+1] + key + s[open+end:]
	}
	return s
}

// squeeze shortens rows of a sign that is drawn with.
func squeeze(s string) string {
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		if c := s[i]; i > 1 && c == s[i-1] && c == s[i-2] && (c == '-' || c == '=' || c == '_') {
			continue
		}
		out = append(out, s[i])
	}
	return string(out)
}

// unnamed takes the draft's own name out of a word, with any revision.
func (r *reader) unnamed(s, self string) string {
	at := strings.Index(s, self)
	if at < 0 {
		return s
	}
	r.buffer = r.buffer[:0]
	for at >= 0 {
		rest := s[at+len(self):]
		revised := len(rest) >= 3 && rest[0] == '-' && isNumber(rest[1:3]) && (len(rest) == 3 || !alphanumeric(rest[3]) && rest[3] != '-')
		if revised {
			rest = rest[3:]
		}
		if !revised && rest != "" && (alphanumeric(rest[0]) || rest[0] == '-' && len(rest) > 1) {
			r.buffer = append(r.buffer, s[:at+len(self)]...)
		} else {
			r.buffer = append(append(r.buffer, s[:at]...), "<self>"...)
		}
		s = rest
		at = strings.Index(s, self)
	}
	return string(bytes.Clone(append(r.buffer, s...)))
}
