// Reasons: why a topic found an item, in the words of the edition's language.

package editions

import (
	"iter"
	"regexp"
	"strconv"
	"strings"

	"github.com/draftwire/draftwire/catalog"
)

// reasonPart is what decided, as [filters.Explanation] writes it: a column with
// what was found in it, a field with its value, or how many more there were.
var reasonPart = regexp.MustCompile(`(title|abstract|name|group|authors|body) ("(?:[^"\\]|\\.)*")|(group):([^\s,;()]+)|and ([0-9]{1,4}) more`)

// Reason puts why a topic found an event into words of a language, given by its tag.
func Reason(language, reason string) string { return messagesIn(language).reason(reason) }

// EventWord is what happened, in words of a language, given by its tag.
func EventWord(language string, kind catalog.EventKind) string {
	return messagesIn(language).Events[kind]
}

// reason puts a reason into words. Parts of other kinds stay as a query writes
// them, which is the same in every language.
func (m *messages) reason(s string) string {
	var parts []string
	more := ""
	for part := range splitReason(s) {
		at := reasonPart.FindStringSubmatch(part)
		switch {
		case at == nil || at[0] != part:
			parts = append(parts, part)
		case at[1] != "":
			words, err := strconv.Unquote(at[2])
			if err != nil {
				words = strings.Trim(at[2], `"`)
			}
			parts = append(parts, m.Says[at[1]](clean(words)))
		case at[3] != "":
			parts = append(parts, m.Says[at[3]](at[4]))
		default:
			n, _ := strconv.Atoi(at[5]) // of digits
			more = m.AndMore(n)
		}
	}
	return strings.Join(parts, m.List) + more
}

// splitReason yields the parts of a reason, which commas separate outside quotes.
func splitReason(s string) iter.Seq[string] {
	return func(yield func(string) bool) {
		from, quoted := 0, false
		for i := 0; i < len(s); i++ {
			switch {
			case quoted && s[i] == '\\':
				i++
			case s[i] == '"':
				quoted = !quoted
			case !quoted && strings.HasPrefix(s[i:], ", "):
				if !yield(s[from:i]) {
					return
				}
				from = i + len(", ")
			}
		}
		yield(s[from:])
	}
}
