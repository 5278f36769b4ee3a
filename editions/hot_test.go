package editions

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/draftwire/draftwire/catalog"
)

// ordinary is a draft like any other: one of 20 groups and of 100 authors.
func ordinary(i int, at time.Time) happening {
	return happening{name: fmt.Sprintf("draft-a%d-thing-%02d", i, i%7), at: at, facts: catalog.Facts{
		Title: fmt.Sprintf("Word%c of Thing%c", 'a'+rune(i%26), 'a'+rune(i*7%26)), Group: fmt.Sprintf("group%c", 'a'+rune(i%20)),
		Authors: []catalog.Author{{Name: fmt.Sprintf("Jo Writer%c%c", 'a'+rune(i%10), 'a'+rune(i/10%10))}},
	}}
}

// past fills a wire with four postings a day for so many days before day.
func (w *wire) past(days int, day time.Time) {
	var list []happening
	for i := range 4 * days {
		list = append(list, ordinary(i, day.Add(-time.Duration(i+1)*6*time.Hour)))
	}
	w.add(list...)
}

func in(group, name, title, author string, hour int) happening {
	return happening{name: name, at: at("2025-12-07 00:00").Add(time.Duration(hour) * time.Hour), facts: catalog.Facts{
		Title: title, Group: group, Authors: []catalog.Author{{Name: author}},
	}}
}

func hotLines(e *Edition) (list []string) {
	for _, v := range e.hotViews(site, 0) {
		line := v.Sentence
		for _, item := range v.Items {
			line += fmt.Sprintf(" %d", item.Number)
		}
		list = append(list, line)
	}
	return list
}

func TestHotTopics(t *testing.T) {
	day := at("2025-12-07 00:00")
	for _, tt := range []struct {
		name  string
		days  int // of history
		today []happening
		want  []string
	}{
		{"a group that is rarely seen", 90, []happening{
			in("coop", "draft-ietf-coop-a-00", "One Roof", "Ada Wing", 1), in("coop", "draft-ietf-coop-b-00", "Two Beaks", "Bo Beak", 2),
			in("coop", "draft-ietf-coop-c-01", "Three Claws", "Cy Claw", 3), in("groupa", "draft-x-00", "Four", "Di Down", 4),
		}, []string{"3 COOP drafts in one day; none in the 90 days before. 1 2 4"}},
		{"an ordinary day", 90, []happening{ordinary(1003, day), ordinary(1009, day), ordinary(1014, day), ordinary(1401, day)}, nil},
		{"two of a group that is often seen", 90, []happening{
			in("groupa", "draft-ietf-groupa-a-00", "One Roof", "Ada Wing", 1), in("groupa", "draft-ietf-groupa-b-00", "Two Beaks", "Bo Beak", 2),
		}, nil},
		{"one draft twice on a day", 90, []happening{
			in("coop", "draft-ietf-coop-a-00", "One Roof", "Ada Wing", 1), in("coop", "draft-ietf-coop-a-01", "One Roof", "Ada Wing", 2),
			in("coop", "draft-ietf-coop-a-02", "One Roof", "Ada Wing", 3),
		}, nil},
		{"an author", 90, []happening{
			in("", "draft-wing-a-00", "One Roof", "Ada Wing", 1), in("", "draft-wing-b-00", "Two Beaks", "Ada Wing", 2),
			in("", "draft-wing-c-00", "Three Claws", "Ada Wing", 3),
		}, []string{"3 drafts by Ada Wing in one day; none in the 90 days before. 1 2 3"}},
		{"a word", 90, []happening{
			in("groupa", "draft-a-pigeon-00", "A Pigeon", "Ada Wing", 1), in("groupb", "draft-b-pigeon-00", "Pigeon Post", "Bo Beak", 2),
			in("groupc", "draft-c-pigeon-00", "Pigeons", "Cy Claw", 3), ordinary(1005, day),
		}, []string{"3 drafts with “Pigeon” in their titles in one day; none in the 90 days before. 1 2 3"}},
		{"too little history", 10, []happening{
			in("coop", "draft-ietf-coop-a-00", "One Roof", "Ada Wing", 1), in("coop", "draft-ietf-coop-b-00", "Two Roofs", "Ada Wing", 2),
			in("coop", "draft-ietf-coop-c-01", "Three Roofs", "Ada Wing", 3),
		}, nil},
		{"nothing", 90, nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWire(t)
			w.past(tt.days, day)
			w.add(tt.today...)
			equal(t, "hot topics", hotLines(w.compose(daily(), "2025-12-07")), tt.want)
		})
	}
}

func TestHotTopicsAreToldEverywhere(t *testing.T) {
	w := newWire(t)
	w.past(90, at("2025-12-07 00:00"))
	w.add(in("coop", "draft-ietf-coop-a-00", "One Roof", "Ada Wing", 1), in("coop", "draft-ietf-coop-b-00", "Two Beaks", "Bo Beak", 2),
		in("coop", "draft-ietf-coop-c-01", "Three Claws", "Cy Claw", 3))
	for _, language := range []string{"en", "ja"} {
		n := daily()
		n.Language = language
		e := w.compose(n, "2025-12-07")
		mail, _ := e.MailHTML(site, 0)
		want := messagesIn(language).hot(e.Hot[0], 1)
		for format, got := range map[string]string{
			"text": strings.Join(strings.Fields(e.Text(site, 1)), " "), "html": string(e.HTML(site, 1)), "mail": string(mail), "markdown": e.Markdown(site), "summary": e.Summary(site),
		} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %s has no %q:\n%s", language, format, want, got)
			}
		}
		if !strings.Contains(e.Subject(), "COOP") {
			t.Errorf("subject %q", e.Subject())
		}
	}
}

func TestTargets(t *testing.T) {
	event := func(key string, updates, obsoletes []string) found {
		return found{Event: catalog.Event{Key: key, Updates: updates, Obsoletes: obsoletes}}
	}
	got := targets([]found{
		event("a", []string{"rfc1"}, []string{"rfc1", "rfc2"}), event("b", nil, []string{"rfc1"}), event("c", []string{"rfc3"}, nil),
	})
	if len(got) != 1 || got[0].Name != "rfc1" || got[0].Count != 2 {
		t.Fatalf("got %+v", got)
	}
	if s := english.hot(got[0], 1); s != "2 drafts update or obsolete RFC 1." {
		t.Error(s)
	}
}

func TestUsual(t *testing.T) {
	for _, tt := range []struct {
		before, days, window int
		want                 string
	}{
		{0, 90, 1, "3 X drafts in one day; none in the 90 days before."},
		{6, 90, 1, "3 X drafts in one day; usually one in 15 days."},
		{80, 90, 1, "3 X drafts in one day; usually one a day."},
		{135, 90, 1, "3 X drafts in one day; usually 1.5 a day."},
		{180, 90, 7, "3 X drafts in one week; usually 14 a week."},
		{9, 90, 30, "3 X drafts in one month; usually 3 a month."},
	} {
		if got := english.hot(Hot{Kind: HotGroup, Name: "x", Count: 3, Before: tt.before, Days: tt.days}, tt.window); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

// unlikely agrees with the sum that it stands for.
func TestUnlikely(t *testing.T) {
	for _, tt := range []struct {
		k      int
		lambda float64
	}{{1, 0.5}, {3, 0.1}, {5, 4.2}, {12, 3}, {2, 1e-4}} {
		below, term := 0.0, math.Exp(-tt.lambda)
		for i := range tt.k {
			below += term
			term *= tt.lambda / float64(i+1)
		}
		want := -math.Log10(1 - below)
		if got := unlikely(tt.k, tt.lambda); math.Abs(got-want) > 0.01*want+1e-6 {
			t.Errorf("%d of %g: got %g, want %g", tt.k, tt.lambda, got, want)
		}
	}
	if got := unlikely(2, 2); got != 0 {
		t.Errorf("as many as expected: %g", got)
	}
}

func TestHotTopicsDoNotRepeat(t *testing.T) {
	hot := func(kind HotKind, keys ...string) Hot { return Hot{Kind: kind, Items: keys} }
	got := withoutRepeats([]Hot{
		hot(HotWord, "a", "b", "c"), hot(HotGroup, "a", "b"), hot(HotAuthor, "d", "e"), hot(HotTopic, "a", "f", "g"), hot(HotGroup, "x", "y"),
	})
	if len(got) != mostHot || got[1].Kind != HotAuthor || got[2].Kind != HotTopic {
		t.Errorf("got %+v", got)
	}
}
