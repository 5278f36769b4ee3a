// Explaining: how each item came to its place.

package editions

import (
	"fmt"
	"strings"
)

// Explain tells of each item, for those who write topics, which topics found it
// and why, which of them it stands under, and where in its section. It is in
// English whatever the edition's language.
func (e *Edition) Explain() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d items in %s, %s\n", e.Label, e.Len(), plural(len(e.Sections), "section", "sections"), plural(e.Parts(), "part", "parts"))
	for _, s := range e.Sections {
		for i, item := range s.Items {
			fmt.Fprintf(&b, "\n%d. %s %s\n", item.Number, item.Name, item.Title)
			b.WriteString(placed(s, item))
			for _, t := range item.Topics {
				fmt.Fprintf(&b, "   also found by %s%s%s\n", t.Name, often(t.Found), because(t.Reason))
			}
			for _, p := range item.Older {
				fmt.Fprintf(&b, "   stands for -%s too, published %s%s\n", p.Rev, p.Published.Format(explainedTime), lateness(p.Late))
			}
			b.WriteString(edited(item))
			fmt.Fprintf(&b, "   place %d of %d there: %s, published %s%s\n", i+1, len(s.Items),
				messagesIn("en").Events[item.Event], item.Published.Format(explainedTime), lateness(item.Late))
		}
	}
	return b.String()
}

const explainedTime = "2006-01-02 15:04:05 MST"

func placed(s Section, item Item) string {
	if s.Topic == "" && item.Moved {
		return "   stands in the rest\n"
	}
	if s.Topic == "" {
		return "   no topic of this newsletter finds it\n"
	}
	return fmt.Sprintf("   stands under %s%s%s\n", s.Topic, often(item.Found), because(item.found()))
}

func edited(item Item) string {
	var done []string
	if item.Moved {
		done = append(done, "moved here")
	}
	if item.Pinned {
		done = append(done, "pinned")
	}
	if item.Note != "" {
		done = append(done, "noted")
	}
	if len(done) == 0 {
		return ""
	}
	return "   by an editor: " + strings.Join(done, ", ") + "\n"
}

func often(found int) string {
	if found == 0 {
		return "" // an edition of before this was kept
	}
	return fmt.Sprintf(" (%d found in 90 days)", found)
}

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return ": " + reason
}

// found is why the section's topic found an item, as an older revision if that
// is what it found.
func (item Item) found() string {
	if item.ReasonRev != "" {
		return "as -" + item.ReasonRev + ", " + item.Reason
	}
	return item.Reason
}

func lateness(late bool) string {
	if late {
		return ", late"
	}
	return ""
}
