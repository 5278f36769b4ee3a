// The words of reports on sessions and meetings, in each language of messages.

package editions

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/draftwire/draftwire/catalog"
)

// sessionWords are the words of one language that only reports on sessions have.
type sessionWords struct {
	Talks    string // above them
	Papers   string // above agenda, minutes and so on
	Drafts   string // above the drafts on the agenda
	Others   string // above other sessions
	Slides   string // link to them
	Absent   string // mark of a talk
	None     string // no slides
	NoDrafts string // of no draft of a meeting's agendas
	Agenda   string // before the sessions that had a draft on their agendas
	Side     string // mark of a session beside the agenda

	Title    func(group, meeting, city string) string
	Agendas  func(meeting, city string) string // title of the report on a meeting
	At       func(day, from, to string) string // day and time
	Said     func(when string) string          // how new the report is
	Count    func(n, last int) string          // talks, and the highest number they have
	Missing  func(numbers []int) string        //
	Absents  func(n int) string                // talks whose speakers were absent
	OnAgenda func(drafts, sessions int) string // of a meeting
	Revision func(rev string) string           //
	Speaker  func(name string) string          // by an editor
	By       func(names string) string         // who made the slides
	Subject  func(title string, n int) string  // of a session
	Meeting  func(title string, n int) string  // of a whole meeting
	Papered  map[catalog.MaterialType]string   // what agenda, minutes and so on are called
}

var sessionLanguages = map[string]*sessionWords{"en": sessionsInEnglish, "ja": sessionsInJapanese}

// session gives the words for sessions of the same language.
func (m *messages) session() *sessionWords { return sessionLanguages[m.Tag] }

// inCity joins a meeting with its city, where that is known.
func inCity(meeting, city string) string { return strings.TrimSpace(meeting + " " + city) }

// ranges writes numbers, those in a row as a range.
func ranges(numbers []int, dash string) (list []string) {
	for i := 0; i < len(numbers); {
		j := i
		for j+1 < len(numbers) && numbers[j+1] == numbers[j]+1 {
			j++
		}
		one := strconv.Itoa(numbers[i])
		switch {
		case j == i+1:
			list = append(list, one, strconv.Itoa(numbers[j]))
		case j > i:
			list = append(list, one+dash+strconv.Itoa(numbers[j]))
		default:
			list = append(list, one)
		}
		i = j + 1
	}
	return list
}

// and lists in English.
func and(list []string) string {
	if n := len(list); n > 1 {
		return strings.Join(list[:n-1], ", ") + " and " + list[n-1]
	}
	return strings.Join(list, "")
}

var sessionsInEnglish = &sessionWords{
	Talks:    "Talks",
	Papers:   "Minutes, recordings and agenda",
	Drafts:   "Drafts on the agenda",
	Others:   "Other sessions",
	Slides:   "Slides",
	Absent:   "speaker absent",
	None:     "There are no slides.",
	NoDrafts: "No draft of these topics was on an agenda.",
	Agenda:   "On the agenda of",
	Side:     "side meeting",

	Title:   func(group, meeting, city string) string { return group + ", " + inCity(meeting, city) },
	Agendas: func(meeting, city string) string { return inCity(meeting, city) + ": drafts on the agendas" },
	At: func(day, from, to string) string {
		if to != "" {
			from += "–" + to
		}
		return day + ", " + from
	},
	Said: func(when string) string {
		return "As the Datatracker had it on " + when + ". The report changes when that does."
	},
	Count: func(n, last int) string {
		if last > 0 {
			return fmt.Sprintf("Talks with slides: %d, numbered up to %d", n, last)
		}
		return fmt.Sprintf("Talks with slides: %d", n)
	},
	Missing: func(numbers []int) string {
		list := ranges(numbers, "–")
		verb := " are missing: there are no slides under these numbers"
		if len(numbers) == 1 {
			verb = " is missing: there are no slides under this number"
		}
		return and(list) + verb
	},
	Absents: func(n int) string { return fmt.Sprintf("Speaker absent: %d", n) },
	OnAgenda: func(drafts, sessions int) string {
		return fmt.Sprintf("Drafts on the agendas of %s: %d", plural(sessions, "session", "sessions"), drafts)
	},
	Revision: func(rev string) string { return "revision " + rev },
	Speaker:  func(name string) string { return "Speaker: " + name },
	By:       func(names string) string { return "Slides by " + names },
	Subject:  func(title string, n int) string { return title + ": " + plural(n, "talk", "talks") },
	Meeting:  func(title string, n int) string { return fmt.Sprintf("%s (%d)", title, n) },
	Papered: map[catalog.MaterialType]string{
		catalog.Agenda: "Agenda", catalog.Minutes: "Minutes", catalog.NarrativeMinutes: "Narrative minutes", catalog.ChatLog: "Chat log",
		catalog.Polls: "Polls", catalog.Transcript: "Transcript", catalog.Recording: "Recording",
	},
}

var sessionsInJapanese = &sessionWords{
	Talks:    "発表",
	Papers:   "議事録・録画・アジェンダ",
	Drafts:   "アジェンダにあるドラフト",
	Others:   "ほかのセッション",
	Slides:   "スライド",
	Absent:   "発表者欠席",
	None:     "スライドはありません。",
	NoDrafts: "これらのトピックのドラフトは、どのアジェンダにもありません。",
	Agenda:   "アジェンダに載せたセッション",
	Side:     "サイドミーティング",

	Title: func(group, meeting, city string) string { return inCity(meeting, city) + " " + group },
	Agendas: func(meeting, city string) string {
		return inCity(meeting, city) + "：アジェンダにあるドラフト"
	},
	At: func(day, from, to string) string {
		if to != "" {
			from += "〜" + to
		}
		if strings.HasSuffix(day, "）") {
			return day + from
		}
		return day + " " + from
	},
	Said: func(when string) string {
		return when + "時点のDatatrackerによるものです。Datatrackerが変わると、この報告も変わります。"
	},
	Count: func(n, last int) string {
		if last > 0 {
			return fmt.Sprintf("スライドのある発表：%d件（番号は%dまで）", n, last)
		}
		return fmt.Sprintf("スライドのある発表：%d件", n)
	},
	Missing: func(numbers []int) string {
		return "欠番：" + strings.Join(ranges(numbers, "〜"), "、") + "（この番号のスライドはありません）"
	},
	Absents: func(n int) string { return fmt.Sprintf("発表者欠席：%d件", n) },
	OnAgenda: func(drafts, sessions int) string {
		return fmt.Sprintf("%dセッションのアジェンダにあるドラフト：%d件", sessions, drafts)
	},
	Revision: func(rev string) string { return "改訂" + rev },
	Speaker:  func(name string) string { return "発表者：" + name },
	By:       func(names string) string { return "スライド作成：" + names },
	Subject:  func(title string, n int) string { return fmt.Sprintf("%s：発表%d件", title, n) },
	Meeting:  func(title string, n int) string { return fmt.Sprintf("%s（%d件）", title, n) },
	Papered: map[catalog.MaterialType]string{
		catalog.Agenda: "アジェンダ", catalog.Minutes: "議事録", catalog.NarrativeMinutes: "詳細な議事録", catalog.ChatLog: "チャットの記録",
		catalog.Polls: "投票", catalog.Transcript: "書き起こし", catalog.Recording: "録画",
	},
}
