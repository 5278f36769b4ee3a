// Front matter: what publishing tools want to know of a Markdown file.

package editions

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// mostTags is how many tags Qiita and Zenn take, longestTag how many characters
// one may have at Zenn.
const (
	mostTags   = 5
	longestTag = 18
)

// mostTitle is how many characters a title may have; Zenn refuses a longer one.
const mostTitle = 70

// FrontMatter is YAML between lines of hyphens with the keys that Qiita, Zenn,
// Hugo and GitHub read; each leaves alone those it does not know. Qiita refuses
// a file without the last four, which it fills in itself. A composition is
// marked as unpublished wherever there is a word for that.
func (e *Edition) FrontMatter() string {
	draft := e.IsComposition()
	tags := yamlList(e.Tags())
	var b strings.Builder
	b.WriteString("---\n")
	for _, line := range []struct {
		key   string
		value any
	}{
		{"title", yaml(e.frontTitle())},
		{"date", e.LastDay},
		{"lang", yaml(e.Language)},
		{"tags", tags},
		{"topics", tags}, // Zenn's word for them
		{"type", yaml("tech")},
		{"emoji", yaml("📰")},
		{"published", !draft},
		{"draft", draft},
		{"private", draft},
		{"updated_at", yaml("")},
		{"id", "null"},
		{"organization_url_name", "null"},
		{"slide", false},
	} {
		fmt.Fprintf(&b, "%s: %v\n", line.key, line.value)
	}
	b.WriteString("---\n")
	return b.String()
}

// frontTitle is the subject, without its counts where it would be too long.
// That a composition is none that was published, other keys and the text say.
func (e *Edition) frontTitle() string {
	if e.Session != nil {
		return brief(e.Subject())
	}
	m, headline := messagesIn(e.Language), e.Headline()
	title := m.Subject(e.Title, m.Days(parseDay(e.FirstDay), parseDay(e.LastDay)), headline, e.Counts)
	if utf8.RuneCountInString(title) <= mostTitle {
		return title
	}
	title = e.Title + " " + e.Label
	if headline != "" {
		title = m.Tell(title, headline)
	}
	return brief(title)
}

// Tags are up to five words that tell what the edition is about: its hot topics
// first, then its sections, the largest first. They hold letters and digits
// only, as Zenn wants them.
func (e *Edition) Tags() (tags []string) {
	add := func(s string) {
		s = strings.ToLower(strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return r
			}
			return -1
		}, s))
		if s != "" && len([]rune(s)) <= longestTag && len(tags) < mostTags && !slices.Contains(tags, s) {
			tags = append(tags, s)
		}
	}
	add("IETF")
	if e.Session != nil {
		add(e.Session.Group)
		add("IETF" + e.Session.Meeting)
	}
	for _, h := range e.Hot {
		if h.Kind == HotGroup || h.Kind == HotTopic || h.Kind == HotWord {
			add(h.Name)
		}
	}
	sections := slices.Clone(e.Sections)
	slices.SortStableFunc(sections, func(a, b Section) int { return len(b.Items) - len(a.Items) })
	for _, s := range sections {
		add(s.Topic)
	}
	return tags
}

// yaml quotes a line: JSON's strings are YAML's too (YAML 1.2, section 1.3).
func yaml(s string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return `""` // a string always encodes
	}
	return strings.TrimSpace(b.String())
}

func yamlList(list []string) string {
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = yaml(s)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}
