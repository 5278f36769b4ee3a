// Paragraphs: what flows is joined, what was drawn keeps its lines.

package texts

import (
	"bytes"
	"strings"
)

// paragraphs are the blocks of lines, with those joined that a page cut.
func paragraphs(lines []line) (all []string) {
	for start := 0; start < len(lines); {
		if lines[start].blank() {
			start++
			continue
		}
		end := start + 1
		for end < len(lines) && !lines[end].blank() && (!lines[end].page || goesOn(lines, end)) {
			end++
		}
		all = appendBlock(all, lines[start:end])
		start = end
	}
	return all
}

// listed are the entries of a list of references: each begins with its label,
// and its lines always flow.
func listed(lines []line) (all []string) {
	from := 0
	for i, l := range lines {
		entry := strings.HasPrefix(l.text[l.indent:], "[")
		if (l.blank() || entry || l.page) && i > from {
			all = append(all, flow(lines[from:i]))
			from = i
		}
		if l.blank() {
			from = i + 1
		}
	}
	if from < len(lines) {
		all = append(all, flow(lines[from:]))
	}
	return all
}

// asTheyStand are the blocks of lines, none of which flows.
func asTheyStand(lines []line) (all []string) {
	for start := 0; start < len(lines); {
		end := start
		for end < len(lines) && !lines[end].blank() {
			end++
		}
		if end > start {
			all = append(all, dedent(lines[start:end]))
		}
		start = end + 1
	}
	return all
}

// goesOn reports whether the paragraph before line i, where a page begins, is
// not at its end: its last line is full, or the sentence is not.
func goesOn(lines []line, i int) bool {
	before, after := lines[i-1], lines[i]
	if before.blank() {
		return false
	}
	first, _, _ := strings.Cut(strings.TrimSpace(after.text), " ")
	if isBullet(first) || after.indent < before.indent && (i < 2 || lines[i-2].indent <= before.indent) {
		return false
	}
	full := len(before.text)+1+len(first) > 70
	open := !strings.ContainsAny(before.text[len(before.text)-1:], ".:!?")
	return after.indent == before.indent && (full || open) || full && open
}

// appendBlock adds a block of lines: as it stands if it was drawn, else as the
// paragraphs and items of a list that it holds.
func appendBlock(all []string, block []line) []string {
	if isDrawn(block) {
		return append(all, dedent(block))
	}
	for start := 0; start < len(block); {
		end := start + 1
		for end < len(block) && !startsItem(block, start, end) {
			end++
		}
		all = append(all, flow(block[start:end]))
		start = end
	}
	return all
}

// startsItem reports whether line i begins another item than the one from start:
// with a bullet, or as far left as that after lines further right.
func startsItem(block []line, start, i int) bool {
	l := block[i]
	if l.indent > block[start].indent || l.indent == 0 {
		return false
	}
	first, _, _ := strings.Cut(strings.TrimSpace(l.text), " ")
	return isBullet(first) && block[start].indent == l.indent || i > start+1 && block[i-1].indent > l.indent && block[start].indent == l.indent
}

// isBullet recognises o, *, -, 1., (a) and their like.
func isBullet(word string) bool {
	switch word {
	case "o", "*", "-", "+", "\u2022", "\u25cb", "\u25e6", "\u00b7":
		return true
	case "":
		return false
	}
	inner := strings.TrimPrefix(word, "(")
	short := strings.TrimRight(inner, ".):")
	if len(short) == len(inner) || len(short) == 0 || len(inner)-len(short) > 1 {
		return false
	}
	return isNumber(short) && len(short) < 4 || len(short) == 1 && letter(short[0]) || strings.Trim(short, "ivx") == "" && len(short) < 6
}

// isDrawn reports whether the lines of a block mean something: artwork, a
// table, code. Prose is filled: the first word of a line had no room above.
func isDrawn(block []line) bool {
	drawn, roomy, width := 0, 0, 0
	for _, l := range block {
		width = max(width, len(l.text))
		if looksDrawn(strings.TrimSpace(l.text)) {
			drawn++
		}
	}
	if drawn*2 >= len(block) {
		return true
	}
	for i := 1; i < len(block); i++ {
		first, _, _ := strings.Cut(strings.TrimSpace(block[i].text), " ")
		if len(block[i-1].text)+1+len(first) <= width && !startsItem(block, i-1, i) && (i < 2 || !startsItem(block, i-2, i)) {
			roomy++
		}
	}
	return len(block) > 2 && roomy*2 > len(block)-1
}

// looksDrawn reports whether one line looks like no sentence.
func looksDrawn(s string) bool {
	for _, part := range []string{"+-", "-+", "---", "===", "::=", "->", "<-", "...  ", "//", "&&", "||", "/*", "*/", "</"} {
		if strings.Contains(s, part) && !strings.Contains(s, "://") {
			return true
		}
	}
	switch s[0] {
	case '|', '{', '}', '#', '+':
		return len(s) == 1 || s[0] != '+' || s[1] != ' '
	}
	switch s[len(s)-1] {
	case '{', '}', ';', '\\', '|':
		return true
	}
	if strings.Contains(s, " = ") || strings.Contains(s, `": `) {
		return true
	}
	// A gap inside a line that does not follow a sentence or a term is a column.
	for at := 0; ; {
		gap := strings.Index(s[at:], "   ")
		if gap < 0 {
			return false
		}
		at += gap
		if at > 4 && !strings.ContainsAny(s[at-1:at], ".:!?") {
			return true
		}
		at += 3
	}
}

// dedent keeps the lines of a block and what of their indentation differs.
func dedent(block []line) string {
	least := block[0].indent
	for _, l := range block {
		least = min(least, l.indent)
	}
	var b strings.Builder
	for i, l := range block {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(l.text[least:])
	}
	return b.String()
}

// flow joins the lines of a paragraph, and collapses its white space.
func flow(block []line) string {
	size := 0
	for _, l := range block {
		size += len(l.text) - l.indent + 1
	}
	out := make([]byte, 0, size)
	for _, l := range block {
		whole := false // nothing parts this word from the one before
		if len(out) > 0 {
			first, _, _ := strings.Cut(l.text[l.indent:], " ")
			whole = joins(out, first)
		}
		for word := range strings.FieldsSeq(l.text) {
			switch {
			case whole && out[len(out)-1] == '-':
				out = append(out, cutMark...)
			case len(out) > 0 && !whole:
				out = append(out, ' ')
			}
			out, whole = append(out, word...), false
		}
	}
	return string(out)
}

// cutMark stands behind a hyphen at the end of a line until the whole text is
// known. No text that was decoded has it.
const cutMark = "\u00ad"

// mend decides on the hyphens at the ends of lines: where the text has the word
// without a hyphen elsewhere, the hyphen was not its author's.
func mend(sections []Section) {
	var cuts []*string
	whole := map[string]bool{} // words without their hyphen, and whether they are seen
	for _, s := range sections {
		for i := range s.Paragraphs {
			p := &s.Paragraphs[i]
			if !strings.Contains(*p, cutMark) {
				continue
			}
			cuts = append(cuts, p)
			for w := range strings.FieldsSeq(*p) {
				if strings.Contains(w, cutMark) {
					whole[bareWord(strings.ReplaceAll(w, "-"+cutMark, ""))] = false
				}
			}
		}
	}
	if len(cuts) == 0 {
		return
	}
	for _, s := range sections {
		for _, p := range s.Paragraphs {
			for w := range strings.FieldsSeq(p) {
				w = bareWord(w)
				if seen, ok := whole[w]; ok && !seen {
					whole[w] = true
				}
			}
		}
	}
	for _, p := range cuts {
		words := strings.Split(*p, " ")
		for i, w := range words {
			if !strings.Contains(w, cutMark) {
				continue
			}
			if one := strings.ReplaceAll(w, "-"+cutMark, ""); whole[bareWord(one)] {
				words[i] = one
			} else {
				words[i] = strings.ReplaceAll(w, cutMark, "")
			}
		}
		*p = strings.Join(words, " ")
	}
}

// bareWord is a word without the punctuation around it.
func bareWord(s string) string { return strings.Trim(s, ".,;:!?()[]\"'") }

// joins reports whether a line's end cut a word in two: behind a hyphen, or
// within an address in angle brackets.
func joins(out []byte, next string) bool {
	last := out[max(0, len(out)-maxTitle):]
	last = last[bytes.LastIndexByte(last, ' ')+1:]
	if bytes.HasPrefix(last, []byte("<http")) && !bytes.ContainsRune(last, '>') {
		return true
	}
	n := len(last)
	if n < 2 || next == "" {
		return false
	}
	if last[n-1] == '/' && bytes.Contains(last, []byte("://")) {
		return true
	}
	if last[n-1] != '-' || !alphanumeric(last[n-2]) || !alphanumeric(next[0]) {
		return false
	}
	switch strings.TrimRight(next, ",.;:") {
	case "and", "or", "to", "nor":
		return false // pre- and postfix
	}
	return true
}

func alphanumeric(c byte) bool { return letter(c) || c >= '0' && c <= '9' || c >= 0x80 }

// glue joins two lines of a title.
func glue(a, b string) string {
	first, _, _ := strings.Cut(b, " ")
	if joins([]byte(a), first) {
		return a + b
	}
	return a + " " + b
}
