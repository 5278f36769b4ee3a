// Another language: a closed edition told in other words than it was made in.

package editions

import "slices"

// In gives the edition with our own words, and the titles of topics, in the
// language of a newsletter, which is otherwise the edition's own. What came
// from outside stays as it is.
func (e *Edition) In(n Newsletter) *Edition {
	was, m := messagesIn(e.Language), messagesIn(n.Language)
	if was == m {
		return e
	}
	told := *e
	told.Language = m.Tag
	if e.IsComposition() {
		told.Note = m.Composition
	}
	title := func(name, title string) string {
		switch {
		case name != "" && n.Titles[name] != "":
			return clean(n.Titles[name])
		case name == "" && title == was.Rest:
			return m.Rest
		case name == "" && title == was.All:
			return m.All
		}
		return title
	}
	told.Sections = slices.Clone(e.Sections)
	for i, s := range told.Sections {
		s.Title, s.Items = title(s.Topic, s.Title), slices.Clone(s.Items)
		for j, item := range s.Items {
			s.Items[j].Topics = slices.Clone(item.Topics)
			for k, t := range item.Topics {
				s.Items[j].Topics[k].Title = title(t.Name, t.Title)
			}
		}
		told.Sections[i] = s
	}
	told.Hot = slices.Clone(e.Hot)
	for i, h := range told.Hot {
		if h.Kind == HotTopic {
			told.Hot[i].Title = title(h.Name, h.Title)
		}
	}
	return &told
}

// Languages lists the languages that editions can be told in (BCP 47), sorted.
func Languages() []string {
	var tags []string
	for tag := range languages {
		tags = append(tags, tag)
	}
	slices.Sort(tags)
	return tags
}
