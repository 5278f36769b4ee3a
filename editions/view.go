// The view: an edition put into the words of its language, before any markup.
// Every renderer shows one.

package editions

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/markup"
)

// view is a part of an edition, in words.
type view struct {
	*messages
	Edition  *Edition
	When     string   // the window as a date, with the number of the edition
	Notice   string   // of a composition, else empty
	Missing  []string // what to know of sources in trouble
	Counts   []string // each with its name
	Empty    string   // why there are no items, else empty
	Part     int      // 0 is everything
	Nav      []partLink
	Intro    written       // in the first part only
	Machine  []machineView // likewise: a proposal for it
	Hot      []hotView     // likewise
	Closing  written       // in the last part only
	Tallies  string        // the sections with the number of their items, where there are several
	Sections []sectionView
	Blocks   []block // of a report on a session, behind the sections of the last part
	Page     string  // address of the edition; empty when it has none
}

type sectionView struct {
	Anchor  string
	Title   string
	Address string        // of the topic's page, else empty
	Chart   string        // the topic's history in block characters, or empty
	Shows   string        // what it shows
	Drawing template.HTML // the same as SVG
	Items   []itemView
}

type itemView struct {
	Item
	Label   string   // number and full stop
	Facts   []string // name, event, group and so on
	Body    string   // the summary, else the abstract
	Whole   string   // the abstract where the summary is not all of it
	News    []row
	Persons string
	Made    []machineView // by a language model
	Remark  written       // by an editor
	Late    string        // mark of a late item, else empty
	Links   []labelled    // all
	Main    []labelled    // those that a mail has room for
	Also    []labelled
}

// labelled is a link with its text.
type labelled struct{ Label, Address string }

type partLink struct {
	Name    string // part 2 of 5
	Label   string // which items it has
	Address string
	Current bool
	Titles  string // the sections that it holds
}

func (e *Edition) view(l Links, part int) view {
	m := messagesIn(e.Language)
	v := view{messages: m, Edition: e, When: e.when(), Missing: e.missingWords(), Counts: e.countWords(), Part: part}
	v.Page = e.page(l)
	if e.IsComposition() {
		v.Notice = m.Composition
		if e.Open {
			v.Notice = m.Joint(v.Notice, m.Ongoing)
		}
		if e.Held {
			v.Notice = m.Joint(v.Notice, m.Held)
		}
	}
	if e.Len() == 0 {
		v.Empty = m.Nothing
		if e.Open {
			v.Empty = m.Yet
		}
		if c := e.Counts; c.Drafts+c.RFCs+c.Other+c.Late > 0 {
			v.Empty = m.Unlisted
		}
	}
	if part > 0 && e.Parts() > 1 && !e.Before {
		v.Nav = e.nav(l, part)
	}
	if part <= 1 {
		v.Intro, v.Hot = written(e.Intro), e.hotViews(l, part)
		if e.Machine != nil {
			v.Machine = m.machine(*e.Machine)
		}
	}
	if part == 0 || part == e.Parts() {
		v.Closing = written(e.Closing)
	}
	if len(e.Sections) > 1 {
		v.Tallies = e.tallies()
	}
	if e.Session != nil {
		e.sessionView(&v)
	}
	for _, s := range e.part(part) {
		v.Sections = append(v.Sections, e.sectionView(l, s))
	}
	return v
}

// when is the window in words: a date, zone and number.
func (e *Edition) when() string {
	if e.Session != nil {
		return e.sessionWhen()
	}
	m := messagesIn(e.Language)
	words := []string{m.Zone(m.Days(parseDay(e.FirstDay), parseDay(e.LastDay)), e.Zone)}
	if e.Cadence == Weekly || e.Cadence == Monthly {
		words = append(words, e.Label)
	}
	if !e.IsComposition() {
		words = append(words, m.Number(e.Number))
	}
	return strings.Join(words, m.Fact)
}

// countWords are the figures with their names; zero is a figure, but of what
// is late only where something is.
func (e *Edition) countWords() []string {
	if e.Session != nil {
		return e.sessionCounts()
	}
	m, c := messagesIn(e.Language), e.Counts
	words := []string{m.Drafts(c.Drafts, c.New), m.RFCs(c.RFCs), m.Other(c.Other)}
	if c.Late > 0 {
		words = append(words, m.Late(c.Late))
	}
	return words
}

func (e *Edition) nav(l Links, part int) (nav []partLink) {
	m, from := messagesIn(e.Language), 1
	for i, end := range e.cuts() {
		var titles []string
		for _, s := range e.part(i + 1) {
			titles = append(titles, s.Title)
		}
		nav = append(nav, partLink{
			Name: m.Part(i+1, e.Parts()), Label: m.Items(from, end), Address: l.Edition(e, i+1),
			Current: i+1 == part, Titles: strings.Join(titles, m.List),
		})
		from = end + 1
	}
	return nav
}

func (e *Edition) sectionView(l Links, s Section) sectionView {
	m := messagesIn(e.Language)
	v := sectionView{Anchor: "section-" + s.Topic, Title: s.Title}
	if s.Topic == "" {
		v.Anchor = "section"
	} else {
		v.Address = l.Topic(s.Topic)
	}
	if len(s.Items) > 0 && !e.begins(s.Items[0].Number) {
		v.Title = m.Continued(s.Title)
	}
	if len(s.Weeks) > 0 {
		shows := m.Weeks(len(s.Weeks), slices.Min(s.Weeks), slices.Max(s.Weeks))
		v.Chart, v.Shows, v.Drawing = bars(s.Weeks), shows, markup.Bars(s.Weeks, shows)
	}
	for _, item := range s.Items {
		v.Items = append(v.Items, e.itemView(l, item))
	}
	return v
}

// begins reports whether a section begins with the item of a number.
func (e *Edition) begins(number int) bool {
	for _, s := range e.Sections {
		if len(s.Items) > 0 && s.Items[0].Number == number {
			return true
		}
	}
	return false
}

func (e *Edition) itemView(l Links, item Item) itemView {
	m := messagesIn(e.Language)
	v := itemView{Item: item, Label: item.label(), Remark: written(item.Note), Facts: e.facts(item), Persons: strings.Join(item.Authors, m.List)}
	v.Body, v.Whole = item.body()
	v.Made = m.machine(item.Machine...)
	v.Reason = m.reason(item.Reason)
	if item.ReasonRev != "" {
		v.Reason = "-" + item.ReasonRev + m.Colon + v.Reason
	}
	v.News = e.news(l, item)
	if item.Late {
		v.Late = m.LateItem(date(m, item))
	}
	to := item.Links
	page, html, diff := labelled{m.Page[item.Kind], to.Page}, labelled{m.HTML, to.HTML}, labelled{m.Diff, to.Diff}
	v.Links = existing(page, html, labelled{m.Text, to.Text}, diff, labelled{m.Mail, to.Mail})
	if item.Kind != catalog.Post && item.Event != "" && item.Talk == nil { // what the catalogue has
		v.Links = append(v.Links, labelled{m.History, l.Document(item.Document)})
	}
	v.Main = existing(page, html, diff)
	for _, t := range item.Topics {
		v.Also = append(v.Also, labelled{t.Title, l.Topic(t.Name)})
	}
	if item.Talk != nil {
		v.talkView(m)
	}
	return v
}

// body is what an item tells, and the abstract where it leaves some of that
// out. Editions of before there were summaries tell the abstract.
func (item Item) body() (text, whole string) {
	switch {
	case item.Summary == "":
		return item.Abstract, ""
	case strings.Join(strings.Fields(item.Abstract), " ") == item.Summary:
		return item.Summary, ""
	}
	return item.Summary, item.Abstract
}

// eventWord is what happened, with the day until which something may be done
// about it, or what was decided.
func (m *messages) eventWord(item Item) string {
	word := m.Events[item.Event]
	switch item.Event {
	case catalog.LastCall:
		if until := parseDay(item.Detail); !until.IsZero() {
			return m.Until(word, m.Day(until))
		}
	case catalog.IESGAction:
		if level := m.Levels[catalog.Level(item.Detail)]; level != "" && level != m.Levels[item.Level] {
			return m.Tell(word, level)
		}
	}
	return word
}

func existing(links ...labelled) []labelled {
	return slices.DeleteFunc(links, func(l labelled) bool { return l.Address == "" })
}

// facts are what is known of an item beside its text. The date of a daily
// edition's item is the edition's.
func (e *Edition) facts(item Item) []string {
	m := messagesIn(e.Language)
	var facts []string
	add := func(fact string) {
		if fact != "" {
			facts = append(facts, fact)
		}
	}
	switch item.Kind {
	case catalog.Post: // its name is a digest
	case catalog.RFC:
		add(fmt.Sprintf("RFC %d", catalog.RFCNumber(item.Document)))
	default:
		add(item.Name)
	}
	if item.Event != catalog.Published {
		add(m.eventWord(item))
	}
	if item.Group != "" {
		add(m.Group(item.Group))
	}
	add(m.Stream[item.Stream])
	add(m.Levels[item.Level])
	if item.Pages > 0 {
		add(m.Pages(item.Pages))
	}
	if e.FirstDay != e.LastDay && !item.Late && item.Day != "" {
		add(date(m, item))
	}
	return facts
}

func date(m *messages, item Item) string {
	s := m.Day(parseDay(item.Day))
	if item.Approximate {
		return m.Approx(s)
	}
	return s
}

// Subject is the edition's title in one line of at most some 150 characters,
// such as for a mail or a feed entry.
func (e *Edition) Subject() string {
	if e.Session != nil {
		return e.sessionSubject()
	}
	m := messagesIn(e.Language)
	when := m.Days(parseDay(e.FirstDay), parseDay(e.LastDay))
	s := m.Subject(e.Title, when, e.Headline(), e.Counts)
	if e.IsComposition() {
		return m.Unpublished + s
	}
	return s
}

// Summary is the edition in a few lines of plain text: its counts, and its
// sections with the number of their items.
func (e *Edition) Summary(_ Links) string {
	m := messagesIn(e.Language)
	var lines []string
	if e.IsComposition() && e.Session == nil {
		lines = append(lines, m.Composition)
	}
	lines = append(lines, strings.Join(e.countWords(), m.List))
	for _, h := range e.Hot {
		lines = append(lines, m.hot(h, e.days()))
	}
	if len(e.Sections) > 0 {
		lines = append(lines, m.SectionWord+m.Colon+e.tallies())
	}
	return strings.Join(lines, "\n")
}

// tallies are the sections with the number of their items.
func (e *Edition) tallies() string {
	m := messagesIn(e.Language)
	var sections []string
	for _, s := range e.Sections {
		sections = append(sections, m.Tally(s.Title, len(s.Items)))
	}
	return strings.Join(sections, m.List)
}
