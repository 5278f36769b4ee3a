// This file reads the block of labelled fields that all announcements have.

package aggregator

import "strings"

// block holds the labelled fields of a body. A field's lines are its value and
// the deeper indented lines under it.
type block struct {
	values map[string][]string
	lost   map[string]bool // fields in which a forwarder's re-flow mixed others
	start  int             // index of the first line
	end    int             // index after the last line
}

// form says how a kind of announcement lays its block out.
type form struct {
	labels map[string]string // lower-case label to field name
	loose  bool              // fields are set apart by empty lines
}

// read finds the block in lines. A label stands within two columns of the
// first one; deeper lines continue a value. A line that is neither shows that
// somebody re-flowed the body: the value above it cannot be trusted then.
func (f form) read(lines []string) block {
	b := block{values: make(map[string][]string, 12), start: f.find(lines), end: len(lines)}
	if b.start == len(lines) {
		return b
	}
	column, current, afterBlank := indentation(lines[b.start]), "", false
	for i := b.start; i < len(lines); i++ {
		line := lines[i]
		if isBlank(line) {
			if !f.loose {
				b.end = i
				return b
			}
			current, afterBlank = "", true
			continue
		}
		depth := indentation(line)
		name, value, labelled := f.cutLabel(line)
		switch {
		case labelled && max(depth-column, column-depth) <= 2:
			current = b.open(name, value, f)
		case f.loose && afterBlank, !f.loose && isHeading(line):
			b.end = i
			return b
		case depth > column+2:
			b.extend(current, line, f)
		default:
			b.lose(current)
			current = ""
		}
		afterBlank = false
	}
	return b
}

// find gives the index of the block's first line: the title's near the top, or
// where that is damaged the first with a label, or len(lines).
func (f form) find(lines []string) int {
	first := len(lines)
	for i, line := range lines {
		if i == 40 && first < i {
			break
		}
		name, _, ok := f.cutLabel(line)
		if ok && name == "title" {
			return i
		}
		if ok && first == len(lines) {
			first = i
		}
	}
	return first
}

// open starts a field and gives its name; a repeated field is passed over.
func (b *block) open(name, value string, f form) string {
	if _, again := b.values[name]; again {
		return ""
	}
	b.values[name] = nil
	b.extend(name, value, f)
	return name
}

func (b *block) extend(name, line string, f form) {
	line = strings.TrimSpace(line)
	if name == "" || line == "" {
		return
	}
	if f.holdsLabel(line) {
		b.lose(name)
		return
	}
	b.values[name] = append(b.values[name], line)
}

func (b *block) lose(name string) {
	if name == "" {
		return
	}
	if b.lost == nil {
		b.lost = make(map[string]bool)
	}
	b.lost[name] = true
}

// lines gives a field's value line by line, nothing for a damaged one.
func (b *block) lines(name string) []string {
	if b.lost[name] {
		return nil
	}
	return b.values[name]
}

// text gives a field's value as one line.
func (b *block) text(name string) string {
	return runOn(b.lines(name))
}

// cutLabel takes "Label  : value" apart if the label is one of the form's.
func (f form) cutLabel(line string) (name, value string, ok bool) {
	s := strings.TrimLeft(line, " \t")
	colon := strings.IndexByte(s[:min(len(s), 40)], ':')
	if colon <= 0 {
		return "", "", false
	}
	name, ok = f.labels[strings.ToLower(strings.TrimRight(s[:colon], " \t"))]
	return name, s[colon+1:], ok
}

// holdsLabel reports whether a value goes on, after a gap, into another label,
// as it does where a line that ended in a blank was joined with the next.
func (f form) holdsLabel(value string) bool {
	for rest := value; ; {
		gap := strings.IndexAny(rest, " \t")
		if gap < 0 || gap+2 > len(rest) {
			return false
		}
		wide := rest[gap] == '\t' || rest[gap+1] == ' ' || rest[gap+1] == '\t'
		rest = strings.TrimLeft(rest[gap:], " \t")
		if !wide {
			continue
		}
		if _, _, ok := f.cutLabel(rest); ok {
			return true
		}
	}
}
