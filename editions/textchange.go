// What a revision changed in its text.

package editions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/store"
	"github.com/draftwire/draftwire/texts"
)

// TextChange is what the text of a revision changed against that of the one
// before.
type TextChange struct {
	Rev string `json:"rev"` // the revision before
	texts.Comparison
}

// Bounds of what an edition keeps of one change, and of what it shows.
const (
	maxSections   = 100
	maxReferences = 100
	showSections  = 5 // of a kind
)

// textChanges gives what is known of the texts of events, by their ids. One that
// stands for several revisions is compared with the one before the first of them.
func textChanges(ctx context.Context, r *store.Reader, events []found) (map[int64]*TextChange, error) {
	changes := make(map[int64]*TextChange)
	before := make(map[int64]string)
	var ids []int64
	for _, f := range events {
		rev, ok := revBefore(f.first().Rev)
		switch {
		case f.Kind != catalog.Draft || f.Event.Event != catalog.Revised || !ok:
		case len(f.older) > 0:
			c, err := compareTexts(ctx, r, f.Document, rev, f.Rev)
			if err != nil {
				return nil, err
			}
			if c != nil {
				changes[f.ID] = c
			}
		default:
			ids, before[f.ID] = append(ids, f.ID), rev
		}
	}
	if len(ids) == 0 {
		return changes, nil
	}
	told, err := r.TextChanges(ctx, ids)
	if err != nil {
		return nil, err
	}
	for id, change := range told {
		c, err := readTextChange(change)
		if err != nil {
			return nil, err
		}
		c.Rev, changes[id] = before[id], c
	}
	return changes, nil
}

// compareTexts compares the texts of two revisions; it gives nil where one is not
// here, or cannot be read.
func compareTexts(ctx context.Context, r *store.Reader, document, before, after string) (*TextChange, error) {
	var parsed [2]*texts.Text
	for i, rev := range []string{before, after} {
		raw, err := r.Text(ctx, document, rev)
		if errors.Is(err, store.ErrNotFound) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if parsed[i], err = texts.Parse(raw); err != nil {
			return nil, nil //nolint:nilerr // it was read before it was kept: damage must not be in the way of an edition
		}
	}
	c := &TextChange{Rev: before, Comparison: texts.Compare(parsed[0], parsed[1])}
	c.clean()
	return c, nil
}

// revBefore gives the revision that another follows.
func revBefore(rev string) (string, bool) {
	var n int
	if _, err := fmt.Sscanf(rev, "%02d", &n); err != nil || n < 1 {
		return "", false
	}
	return fmt.Sprintf("%02d", n-1), true
}

// readTextChange reads a stored comparison.
func readTextChange(change []byte) (*TextChange, error) {
	c := new(TextChange)
	if err := json.Unmarshal(change, &c.Comparison); err != nil {
		return nil, fmt.Errorf("stored comparison of texts: %w", err)
	}
	c.clean()
	return c, nil
}

// clean bounds what is kept, and makes clean what stood in texts.
func (c *TextChange) clean() {
	c.Sections = slices.Clip(c.Sections[:min(len(c.Sections), maxSections)])
	for i := range c.Sections {
		s := &c.Sections[i]
		s.Number, s.Was, s.Title, s.TitleWas = clean(s.Number), clean(s.Was), clean(s.Title), clean(s.TitleWas)
	}
	c.Added, c.Dropped = cleanReferences(c.Added), cleanReferences(c.Dropped)
	c.TitleWas = clean(c.TitleWas)
	c.AuthorsAdded, c.AuthorsDropped = cleanNames(c.AuthorsAdded), cleanNames(c.AuthorsDropped)
}

func cleanReferences(list []texts.Reference) []texts.Reference {
	list = slices.Clip(list[:min(len(list), maxReferences)])
	for i := range list {
		r := &list[i]
		r.Label, r.Document, r.Title = clean(r.Label), clean(r.Document), clean(r.Title)
	}
	return list
}

func cleanNames(list []string) []string {
	list = slices.Clip(list[:min(len(list), maxAuthors)])
	for i := range list {
		list[i] = clean(list[i])
	}
	return list
}

// textWords are the words of one language for what a text changed.
type textWords struct {
	Text       string // before how much was changed
	Sections   string // before the sections
	Normative  string // before new normative references
	NoLonger   string // before normative references that are gone
	Informed   string // before new informative references
	Uninformed string // before informative references that are gone
	OnlyDate   string
	Against    func(what, rev string) string
	Same       string // of the sections, where only something else was changed
	Kept       func(percent int) string
	Grew       func(words int) string
	Changed    func(considerations string) string
	Subjects   map[catalog.Mark]string
	Kinds      map[texts.ChangeKind]string
	Numbered   func(number, title string) string
	Retitled   func(section, was string) string
	Renumbered func(n int) string
	Between    string // kinds of sections
}

var englishTexts = textWords{
	Text: "Text", Sections: "Sections", Normative: "New normative references", NoLonger: "No longer normative references",
	Informed: "New informative references", Uninformed: "No longer informative references",
	OnlyDate: "nothing changed but date and revision",
	Against:  func(what, rev string) string { return what + " (against -" + rev + ")" },
	Same:     "the sections say the same",
	Kept:     func(percent int) string { return fmt.Sprintf("%d%% of the words kept", percent) },
	Grew:     func(words int) string { return plural(words, "word", "words") + " added, none taken out" },
	Changed:  func(considerations string) string { return considerations + " changed" },
	Subjects: map[catalog.Mark]string{
		catalog.ChangedIANA: "IANA Considerations", catalog.ChangedSecurity: "Security Considerations", catalog.ChangedPrivacy: "Privacy Considerations",
	},
	Kinds: map[texts.ChangeKind]string{
		texts.Added: "new", texts.Removed: "removed", texts.Rewritten: "rewritten", texts.Moved: "moved",
		texts.Retitled: "renamed", texts.Renumbered: "elsewhere in the outline", texts.Edited: "edited",
	},
	Numbered:   func(number, title string) string { return number + " " + title },
	Retitled:   func(section, was string) string { return section + " (was “" + was + "”)" },
	Renumbered: func(n int) string { return plural(n, "section has", "sections have") + " only another number" },
	Between:    "; ",
}

var japaneseTexts = textWords{
	Text: "本文", Sections: "節", Normative: "加わった規範的参照", NoLonger: "外れた規範的参照",
	Informed: "加わった参考文献", Uninformed: "外れた参考文献",
	OnlyDate: "日付と版番号のほかに変更なし",
	Against:  func(what, rev string) string { return what + "（-" + rev + "との比較）" },
	Same:     "各節の文章は同一",
	Kept:     func(percent int) string { return fmt.Sprintf("語の%d%%は元のまま", percent) },
	Grew:     func(words int) string { return fmt.Sprintf("%d語追加、削除なし", words) },
	Changed:  func(considerations string) string { return considerations + "に変更" },
	Subjects: map[catalog.Mark]string{
		catalog.ChangedIANA: "IANAに関する考慮事項", catalog.ChangedSecurity: "セキュリティに関する考慮事項", catalog.ChangedPrivacy: "プライバシーに関する考慮事項",
	},
	Kinds: map[texts.ChangeKind]string{
		texts.Added: "新設", texts.Removed: "削除", texts.Rewritten: "書き換え", texts.Moved: "移動",
		texts.Retitled: "改題", texts.Renumbered: "構成上の移動", texts.Edited: "修正",
	},
	Numbered:   func(number, title string) string { return number + " " + title },
	Retitled:   func(section, was string) string { return section + "（旧「" + was + "」）" },
	Renumbered: func(n int) string { return fmt.Sprintf("%d節は番号のみ変更", n) },
	Between:    "；",
}

// textRows are the rows of what a text changed. Of each kind at most show are
// named; informative references only if all is wanted.
func (m *messages) textRows(c *TextChange, show int, all bool) (rows []row) {
	w := m.Texts
	has := func(mark catalog.Mark) bool { return slices.Contains(c.Marks, mark) }
	if has(catalog.ChangedNothing) {
		return []row{{w.Text, text(w.Against(w.OnlyDate, c.Rev))}}
	}
	said := []string{m.howMuch(c)}
	if subjects := m.subjects(has); subjects != "" {
		said = append(said, w.Changed(subjects))
	}
	if all && c.Renumbered > 0 {
		said = append(said, w.Renumbered(c.Renumbered))
	}
	rows = append(rows, row{w.Text, text(w.Against(strings.Join(said, w.Between), c.Rev))})
	if sections := m.sectionKinds(c.Sections, show); sections != "" {
		rows = append(rows, row{w.Sections, text(sections)})
	}
	for _, list := range []struct {
		label      string
		references []texts.Reference
		normative  bool
	}{
		{w.Normative, c.Added, true}, {w.NoLonger, c.Dropped, true}, {w.Informed, c.Added, false}, {w.Uninformed, c.Dropped, false},
	} {
		if marks := m.references(list.references, list.normative, show); len(marks) > 0 && (list.normative || all) {
			rows = append(rows, row{list.label, marks})
		}
	}
	return rows
}

// howMuch says how much of the words stayed.
func (m *messages) howMuch(c *TextChange) string {
	words := 0
	for _, s := range c.Sections {
		words += s.Words
	}
	switch {
	case c.Kept < 1:
		return m.Texts.Kept(int(math.Floor(100 * c.Kept)))
	case words > 0:
		return m.Texts.Grew(words)
	}
	return m.Texts.Same
}

// subjects names the considerations that were changed.
func (m *messages) subjects(has func(catalog.Mark) bool) string {
	var list []string
	for _, mark := range catalog.Marks() {
		if name := m.Texts.Subjects[mark]; name != "" && has(mark) {
			list = append(list, name)
		}
	}
	return strings.Join(list, m.List)
}

// kindsOrder is what a reader wants to know first.
var kindsOrder = []texts.ChangeKind{
	texts.Added, texts.Removed, texts.Rewritten, texts.Moved, texts.Retitled, texts.Renumbered, texts.Edited,
}

// sectionKinds lists sections by what became of them; of those that were edited,
// the ones with most changed words, in their order.
func (m *messages) sectionKinds(sections []texts.SectionChange, show int) string {
	var kinds []string
	for _, kind := range kindsOrder {
		of := slices.DeleteFunc(slices.Clone(sections), func(s texts.SectionChange) bool { return s.Kind != kind })
		if len(of) == 0 {
			continue
		}
		shown := most(of, show)
		var names []string
		for _, s := range shown {
			names = append(names, m.section(s))
		}
		list := strings.Join(names, m.List)
		if more := len(of) - len(shown); more > 0 {
			list += m.AndMore(more)
		}
		kinds = append(kinds, m.Texts.Kinds[kind]+m.Colon+list)
	}
	return strings.Join(kinds, m.Texts.Between)
}

// most keeps the n sections with the most changed words, in their order.
func most(sections []texts.SectionChange, n int) []texts.SectionChange {
	if len(sections) <= n {
		return sections
	}
	words := make([]int, len(sections))
	for i, s := range sections {
		words[i] = s.Words
	}
	slices.SortFunc(words, func(a, b int) int { return b - a })
	var kept []texts.SectionChange
	for _, least := range []int{words[n-1] + 1, words[n-1]} { // above it all, of equals the first
		for _, s := range sections {
			if above := s.Words >= words[n-1]+1; s.Words >= least && above == (least > words[n-1]) && len(kept) < n {
				kept = append(kept, s)
			}
		}
	}
	slices.SortStableFunc(kept, func(a, b texts.SectionChange) int {
		return slices.Index(sections, a) - slices.Index(sections, b)
	})
	return kept
}

func (m *messages) section(s texts.SectionChange) string {
	number := s.Number
	if s.Kind == texts.Removed {
		number = s.Was
	}
	name := s.Title
	if number != "" {
		name = m.Texts.Numbered(number, s.Title)
	}
	if s.TitleWas != "" && s.TitleWas != s.Title {
		name = m.Texts.Retitled(name, s.TitleWas)
	}
	return name
}

// references lists references, those of the IETF as links.
func (m *messages) references(list []texts.Reference, normative bool, show int) (marks []mark) {
	n := 0
	for _, r := range list {
		if r.Normative != normative {
			continue
		}
		if n++; n > show {
			continue
		}
		if n > 1 {
			marks = append(marks, mark{Text: m.List})
		}
		name, page := r.Label, ""
		switch kind := catalog.KindOf(r.Document); {
		case r.Document == "":
		case kind == catalog.RFC:
			name, page = fmt.Sprintf("RFC %d", catalog.RFCNumber(r.Document)), catalog.LinksTo(catalog.Event{Document: r.Document, Kind: kind}).Page
		case kind == catalog.Draft && catalog.IsDraftName(r.Document):
			name, page = r.Document, catalog.LinksTo(catalog.Event{Document: r.Document, Kind: kind}).Page
		default:
			name = r.Document
		}
		marks = append(marks, mark{Text: name, Address: address(page)})
	}
	if n > show {
		marks = append(marks, mark{Text: m.AndMore(n - show)})
	}
	return marks
}

// TextLines tells all that a stored comparison holds, a line each, in a language.
func TextLines(change []byte, before, language string) ([]string, error) {
	c, err := readTextChange(change)
	if err != nil {
		return nil, err
	}
	c.Rev = before
	m := messagesIn(language)
	var lines []string
	for _, r := range m.textRows(c, maxSections, true) {
		lines = append(lines, r.Label+m.Colon+r.plain())
	}
	return lines, nil
}
