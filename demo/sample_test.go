package demo

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/mail"
)

var someDay = time.Date(2026, 11, 22, 0, 18, 0, 0, time.UTC)

// everyDay gives n days of now from a date on, so that all weekdays and the
// borders of months and years come up.
func everyDay(from time.Time, n int) []time.Time {
	var out []time.Time
	for i := range n {
		out = append(out, from.AddDate(0, 0, i).Add(13*time.Hour))
	}
	return out
}

func TestSampleCounts(t *testing.T) {
	nows := slices.Concat(
		everyDay(time.Date(2025, 12, 20, 0, 0, 0, 0, time.UTC), 60),
		everyDay(time.Date(2028, 2, 24, 0, 0, 0, 0, time.UTC), 14), // a leap year
	)
	for _, now := range nows {
		s := Generate(now)
		today := now.Truncate(24 * time.Hour)
		if want := today.AddDate(0, 0, -1); !s.Yesterday.Equal(want) {
			t.Fatalf("%s: Yesterday = %s, want %s", now, s.Yesterday, want)
		}
		busy, quiet, rest := 0, 0, 0
		for d := 1; d <= days; d++ {
			day := today.AddDate(0, 0, -d)
			drafts, rfcs := len(s.On(day, catalog.Draft)), len(s.On(day, catalog.RFC))
			if drafts == 88 {
				busy++
			} else {
				rest += drafts
			}
			if d <= 7 && drafts == 0 {
				quiet++
			}
			switch {
			case d == 1 && (drafts < 10 || drafts > 16 || rfcs < 1):
				t.Errorf("%s: yesterday has %d drafts and %d RFCs, want 10 to 16 and one", now, drafts, rfcs)
			case day.Equal(s.Busy) && (drafts != 88 || d == 1 || d > 7):
				t.Errorf("%s: busy day %s has %d drafts", now, day, drafts)
			case day.Equal(s.Quiet) && (drafts+rfcs != 0 || d == 1 || d > 7):
				t.Errorf("%s: quiet day %s has %d drafts, %d RFCs", now, day, drafts, rfcs)
			}
		}
		if busy != 1 || quiet != 1 || rest < 120 {
			t.Errorf("%s: %d days of 88, %d days of none in the last week, %d other drafts; want 1, 1, at least 120", now, busy, quiet, rest)
		}
		first, last := s.Mails[0].At, s.Mails[len(s.Mails)-1].At
		if first.Before(today.AddDate(0, 0, -days)) || !last.Before(today) {
			t.Errorf("%s: mails from %s to %s lie outside of the thirty days before today", now, first, last)
		}
	}
}

func TestRevisionsGoUp(t *testing.T) {
	for _, now := range everyDay(time.Date(2026, 2, 25, 0, 0, 0, 0, time.UTC), 14) {
		last, seen, revised := map[string]string{}, map[string]bool{}, 0
		for _, a := range Generate(now).Announcements {
			if seen[a.MessageID] {
				t.Errorf("%s: Message-ID %s comes twice", now, a.MessageID)
			}
			seen[a.MessageID] = true
			if a.Kind != catalog.Draft {
				continue
			}
			if before, ok := last[a.Name]; ok {
				revised++
				if number(a.Rev) != number(before)+1 {
					t.Errorf("%s: %s-%s comes after -%s", now, a.Name, a.Rev, before)
				}
			}
			last[a.Name] = a.Rev
		}
		if revised < 40 {
			t.Errorf("%s: only %d revisions of drafts announced before", now, revised)
		}
	}
}

func TestRFCsNameDraftsAnnouncedBefore(t *testing.T) {
	for _, now := range everyDay(time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC), 14) {
		announced, rfcs := map[string]bool{}, 0
		for _, a := range Generate(now).Announcements {
			if a.Kind == catalog.Draft {
				announced[a.Name+"-"+a.Rev] = true
				continue
			}
			rfcs++
			if !announced[a.Tag] {
				t.Errorf("%s: %s has the tag %s, which was not announced before it", now, a.Name, a.Tag)
			}
		}
		if rfcs < 5 || rfcs > 8 {
			t.Errorf("%s: %d RFCs, want 5 to 8", now, rfcs)
		}
	}
}

func TestSampleDependsOnTheDateOnly(t *testing.T) {
	a, b := Generate(someDay), Generate(someDay.Add(23*time.Hour))
	if diff := cmp.Diff(a, b); diff != "" {
		t.Error(diff)
	}
}

func TestRecords(t *testing.T) {
	l, names, abstracts := data(), map[string]bool{}, map[string]string{}
	for _, r := range slices.Concat(l.burst, l.yesterday, l.month, l.today) {
		text := strings.Join(r.abstract, "\n")
		if names[r.name] || abstracts[text] != "" {
			t.Errorf("%s: its name or its abstract comes twice", r.name)
		}
		names[r.name], abstracts[text] = true, r.name
		// A sentence ends where a capital begins the next one.
		if n := len(regexp.MustCompile(`[.?](?: [A-Z]|$)`).FindAllString(text, -1)); n < 2 || n > 6 {
			t.Errorf("%s: an abstract of %d sentences, want 2 to 6", r.name, n)
		}
		if group := catalog.GroupOfDraft(r.name); group != "" && l.groups[group].Name == "" {
			t.Errorf("%s: the group %s is not in groups.txt", r.name, group)
		}
	}
	if len(abstracts) < 110 || len(l.burst) != 88 {
		t.Errorf("%d abstracts, %d of the busy day; want at least 110, and 88", len(abstracts), len(l.burst))
	}
}

// draftLayout is the announcement since 2023, first line to last.
var draftLayout = regexp.MustCompile(`^Internet-Draft (draft-\S+)-(\d\d)\.txt\sis\snow\savailable\.` +
	`(\sIt\sis\sa\swork\sitem\sof\sthe\s[^\n]+(\n[^\n]+)*)?\n\n` +
	`   Title:   \S[^\n]*\n(            \S[^\n]*\n)*` +
	`   Author(:  \S[^\n]*\n|s: \S[^\n]*\n(            \S[^\n]*\n)+)` +
	`   Name:    draft-\S+-\d\d\.txt\n   Pages:   [1-9]\d*\n   Dates:   \d{4}-\d\d-\d\d\n\n` +
	`Abstract:\n(\n(   \S[^\n]*\n)+)+\n` +
	`The IETF datatracker status page for this Internet-Draft is:\nhttps://datatracker\.ietf\.org/doc/draft-\S+/\n\n` +
	`There is also an HTML version available at:\nhttps://www\.ietf\.org/archive/id/draft-\S+-\d\d\.html\n\n` +
	`(A diff from the previous version is available at:\nhttps://author-tools\.ietf\.org/iddiff\?url2=draft-\S+-\d\d\n\n)?` +
	`Internet-Drafts are also available by rsync at:\nrsync\.ietf\.org::internet-drafts\n\n$`)

func TestLayout(t *testing.T) {
	for _, a := range Generate(someDay).Announcements {
		body := string(appendBody(nil, &a))
		for line := range strings.Lines(body) {
			if len([]rune(line)) > 80 && !strings.Contains(line, "https://") {
				t.Errorf("%s: a line of more than 79 columns: %q", a.Name, line)
			}
		}
		if a.Kind == catalog.RFC {
			continue
		}
		m := draftLayout.FindStringSubmatch(body)
		if m == nil || m[1] != a.Name || m[2] != a.Rev {
			t.Fatalf("%s-%s is not laid out as announcements are:\n%s", a.Name, a.Rev, body)
		}
		if hasDiff := strings.Contains(body, "A diff from"); hasDiff == (a.Rev == "00") {
			t.Errorf("%s-%s: names a diff: %v", a.Name, a.Rev, hasDiff)
		}
	}
}

func TestRFCLayout(t *testing.T) {
	a := Announcement{
		Kind: catalog.RFC, Name: "rfc9999", Title: "A <Small> Protocol & Its Uses", Pages: 12, BCP: 7, Updates: []int{1, 2},
		Authors: []Person{{"mueller", "Jörg Müller"}, {"lindqvist", "Åsa Lindqvist"}}, Level: catalog.ProposedStandard,
		Group: data().groups["ccwg"], Abstract: []string{"It is small."}, At: someDay, Tag: "draft-ietf-ccwg-small-04",
	}
	got := string(appendBody(nil, &a))
	want := `A new Request for Comments is now available in online RFC libraries.

        BCP 7

        RFC 9999

        Title:      A <Small> Protocol & Its Uses
        Author:     J. Müller,
                    Å. Lindqvist
        Status:     Standards Track
        Stream:     IETF
        Date:       November 2026
        Mailbox:    mueller@example.com,
                    lindqvist@example.com
        Pages:      12
        Updates:    RFC 1, RFC 2

        I-D Tag:    draft-ietf-ccwg-small-04.txt

        URL:        https://www.rfc-editor.org/info/rfc9999

        DOI:        10.17487/RFC9999

It is small.

This document is a product of the Congestion Control Working Group of
the IETF.

This is now a Proposed Standard.
`
	if diff := cmp.Diff(want, got[:min(len(want), len(got))]); diff != "" {
		t.Error(diff)
	}
}

func TestMailsDecode(t *testing.T) {
	s := Generate(someDay)
	byID := map[string]Announcement{}
	for _, a := range s.Announcements {
		byID[a.MessageID] = a
	}
	encodings, copies, replies := map[string]int{}, 0, 0
	for _, m := range s.Mails {
		p := mail.Parse(m.Raw)
		if len(p.Defects) > 0 {
			t.Fatalf("%s on %s: %v\n%s", m.MessageID, m.List, p.Defects, m.Raw)
		}
		if p.ID != m.MessageID || !p.Date.Equal(m.At.Truncate(time.Second)) || !strings.HasPrefix(p.ListID, m.List+".") {
			t.Fatalf("%s on %s: got id %s, date %s (want %s), list %s", m.MessageID, m.List, p.ID, p.Date, m.At, p.ListID)
		}
		if p.ArchivedAt != catalog.ArchivedAt(m.MessageID, m.List) {
			t.Errorf("%s: Archived-At is %q", m.MessageID, p.ArchivedAt)
		}
		encodings[regexp.MustCompile(`Transfer-Encoding: (\S+)`).FindStringSubmatch(string(m.Raw))[1]]++
		a, announced := byID[m.MessageID]
		prefix := ""
		if m.List != DraftList && m.List != RFCList {
			copies++
			prefix = "[" + strings.ToUpper(m.List[:1]) + m.List[1:] + "] "
		}
		if !announced {
			replies++
			if !strings.HasPrefix(p.Subject, prefix+"Re: I-D Action: draft-") || len(p.InReplyTo) != 1 || !strings.Contains(p.Text, "\n> Internet-Draft draft-") {
				t.Errorf("%s: not a reply that quotes: %q %v\n%s", m.MessageID, p.Subject, p.InReplyTo, p.Text)
			}
			continue
		}
		if e := a.envelope(); p.Subject != prefix+e.subject {
			t.Errorf("%s: Subject is %q, want %q", m.MessageID, p.Subject, prefix+e.subject)
		}
		if want := string(appendBody(nil, &a)); !strings.HasPrefix(p.Text, want) || !strings.Contains(p.Text[len(want):], "mailing list -- "+m.List+"@") {
			t.Errorf("%s on %s: the body or the footer is damaged:\n%s", m.MessageID, m.List, cmp.Diff(want, p.Text))
		}
	}
	if copies < 100 || replies < 4 || encodings["base64"] < 20 || encodings["quoted-printable"] < 20 || encodings["7bit"] < 20 {
		t.Errorf("%d copies, %d replies, encodings %v", copies, replies, encodings)
	}
}
