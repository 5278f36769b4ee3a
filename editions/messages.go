// Messages: every word of an edition that is ours, in each language. A
// language joins by a value of messages and a line in the table.

package editions

import (
	"fmt"
	"strings"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/store"
)

// messages are the words of one language.
type messages struct {
	Tag         string // BCP 47
	Composition string // what is not a published edition says of itself
	Unpublished string // the same before a subject
	All         string // the only section of a newsletter without topics
	Rest        string // the section of what no topic finds
	Nothing     string // in scope
	Yet         string // nothing in scope so far
	Ongoing     string // what an edition whose window is not over says of itself
	Unlisted    string // something in scope, but nothing in the sections
	Contents    string
	PartsWord   string
	SectionWord string
	Web         string // link to the page
	Also        string // before the other topics
	Why         string // before the reason
	List        string // between things listed
	Fact        string // between facts
	Colon       string
	Abstract    string // before the whole abstract
	News        string // above what is new
	HotTopics   string // above them
	Held        string // what an edition that an editor holds says of itself
	Editor      string // before what an editor wrote at an item
	Earlier     string // before the editions that had an item before
	Older       string // before other revisions of the same edition
	LateWord    string // mark of a late one among them
	Before      string // before the revision before; so on
	TitleBefore string //
	LevelWord   string //
	PagesWord   string //
	Joined      string // before new authors
	Left        string // before those who are authors no more
	Rewritten   string // of an abstract
	Replaces    string // before drafts that are replaced
	Likely      string // before one that this seems to go on from
	Previous    string // link to the part before
	Following   string // link to the part after
	HTML, Text  string // links
	Texts       textWords
	Diff, Mail  string //
	History     string // link to the document's page

	Number    func(n int) string               // of the edition
	Days      func(first, last day) string     // the window
	Zone      func(date, zone string) string   // the window and its zone
	Tally     func(title string, n int) string // a section and its size
	Day       func(d day) string               // a date
	Approx    func(date string) string         // a date that is not certain
	Subject   func(title, when, headline string, c Counts) string
	Drafts    func(n, fresh int) string            // counts
	RFCs      func(n int) string                   //
	Other     func(n int) string                   //
	Late      func(n int) string                   //
	LateItem  func(date string) string             // mark of a late item
	Part      func(part, of int) string            //
	Items     func(from, to int) string            // which a part has
	Continued func(title string) string            // a section that began in an earlier part
	More      func(n int) string                   // items that a mail had no room for
	Pages     func(n int) string                   //
	Group     func(group string) string            //
	Says      map[string]func(words string) string // a reason: what the title, abstract, name, group or authors say
	Until     func(what, date string) string
	Tell      func(what, more string) string
	Since     func(rev, date string, days int) string // the revision before
	Posted    func(rev, date string) string           // a revision of the same edition
	Became    func(before, now string) string
	Works     func(author string) string      // before the other drafts of an author
	AndMore   func(n int) string              // behind a list
	Machine   func(task, model string) string // label of what a language model wrote
	Bracketed func(s string) string
	Alike     map[Likeness]string

	Missing map[store.AlarmKind]func(source, since string) string // what a source's trouble means to readers

	HotCount    map[HotKind]func(n int, name string) string // so many drafts have this in common
	HotPlain    func(what string) string                    // of which no history tells
	HotUsual    func(what string, days int, usual string) string
	Usual       func(n string, days int) string // so many in a window of so many days
	UsualOne    func(days int) string           // one in so many days
	UsualNone   func(days int) string
	SharedWords func(words string) string
	Joint       func(one, two string) string        // two sentences
	Weeks       func(weeks, least, most int) string // what a chart shows

	Page   map[catalog.Kind]string // link to the document's page
	Events map[catalog.EventKind]string
	Levels map[catalog.Level]string
	Stream map[catalog.Stream]string // those that are not plain from the group
}

var languages = map[string]*messages{"en": english, "ja": japanese}

// messagesIn gives the words of a language tag such as ja or en-GB, English
// where there are none.
func messagesIn(tag string) *messages {
	primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
	if m := languages[primary]; m != nil {
		return m
	}
	return english
}

// day is a date in the calendar.
type day = time.Time

// parseDay reads a date of the model; see Edition.FirstDay.
func parseDay(s string) day {
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{} // of no stored edition
	}
	return d
}

var english = &messages{
	Tag:         "en",
	Texts:       englishTexts,
	Composition: "This is a composition, not a published edition.",
	Unpublished: "[composition, not published] ",
	All:         "All documents",
	Rest:        "Everything else",
	Nothing:     "Nothing was published.",
	Yet:         "Nothing has been published so far.",
	Ongoing:     "Its time is not over: more may come.",
	Unlisted:    "Nothing that was published belongs to a section.",
	Contents:    "Contents",
	PartsWord:   "Parts",
	SectionWord: "Sections",
	Web:         "Read this edition on the web",
	Also:        "Also in",
	Why:         "Why it is here",
	List:        ", ",
	Fact:        " · ",
	Colon:       ": ",
	Abstract:    "Abstract",
	News:        "What is new",
	HotTopics:   "Hot topics",
	Earlier:     "Earlier editions",
	Held:        "An editor is still at work on it.",
	Editor:      "Editor’s note",
	Older:       "Also posted",
	LateWord:    "late",
	Before:      "Revision before",
	TitleBefore: "Title before",
	LevelWord:   "Level",
	PagesWord:   "Pages",
	Joined:      "New authors",
	Left:        "No longer authors",
	Rewritten:   "rewritten",
	Replaces:    "Replaces",
	Likely:      "Seems to go on from",
	Previous:    "Previous part",
	Following:   "Next part",
	HTML:        "HTML",
	Text:        "Text",
	Diff:        "Changes",
	Mail:        "Announcement",
	History:     "History",

	Number: func(n int) string { return fmt.Sprintf("No. %d", n) },
	Days: func(first, last day) string {
		switch {
		case first.Equal(last):
			return first.Format("Monday, 2 January 2006")
		case first.Month() == last.Month():
			return first.Format("2") + "–" + last.Format("2 January 2006")
		case first.Year() == last.Year():
			return first.Format("2 January") + " – " + last.Format("2 January 2006")
		}
		return first.Format("2 January 2006") + " – " + last.Format("2 January 2006")
	},
	Zone:   func(date, zone string) string { return date + " (" + zone + ")" },
	Tally:  func(title string, n int) string { return fmt.Sprintf("%s (%d)", title, n) },
	Day:    func(d day) string { return d.Format("2 January 2006") },
	Approx: func(date string) string { return "about " + date },
	Subject: func(title, when, headline string, c Counts) string {
		counts := plural(c.Drafts, "draft", "drafts") + ", " + plural(c.RFCs, "RFC", "RFCs")
		if headline != "" {
			return fmt.Sprintf("%s, %s: %s (%s)", brief(title), when, headline, counts)
		}
		return fmt.Sprintf("%s, %s: %s", brief(title), when, counts)
	},
	Drafts:    func(n, fresh int) string { return fmt.Sprintf("Internet-Drafts: %d (%d new)", n, fresh) },
	RFCs:      func(n int) string { return fmt.Sprintf("RFCs: %d", n) },
	Other:     func(n int) string { return fmt.Sprintf("Other events: %d", n) },
	Late:      func(n int) string { return fmt.Sprintf("Late, from earlier editions: %d", n) },
	LateItem:  func(date string) string { return "late: published " + date },
	Part:      func(part, of int) string { return fmt.Sprintf("Part %d of %d", part, of) },
	Items:     func(from, to int) string { return fmt.Sprintf("Items %d–%d", from, to) },
	Continued: func(title string) string { return title + " (continued)" },
	More:      func(n int) string { return plural(n, "more item is", "more items are") + " in the edition on the web" },
	Pages:     func(n int) string { return plural(n, "page", "pages") },
	Group:     func(group string) string { return "group " + group },
	Says: map[string]func(string) string{
		"title":    func(words string) string { return "“" + words + "” in the title" },
		"abstract": func(words string) string { return "“" + words + "” in the abstract" },
		"name":     func(words string) string { return "“" + words + "” in the name" },
		"group":    func(words string) string { return "group " + words },
		"authors":  func(words string) string { return "by " + words },
		"body":     func(words string) string { return "“" + words + "” in the text" },
	},
	Until: func(what, date string) string { return what + " until " + date },
	Tell:  func(what, more string) string { return what + ": " + more },
	Since: func(rev, date string, days int) string {
		return fmt.Sprintf("%s of %s, %s earlier", rev, date, plural(days, "day", "days"))
	},
	Posted:    func(rev, date string) string { return rev + " on " + date },
	Became:    func(before, now string) string { return before + " → " + now },
	Works:     func(author string) string { return "Also by " + author },
	AndMore:   func(n int) string { return fmt.Sprintf(" and %d more", n) },
	Machine:   englishMachine,
	Bracketed: func(s string) string { return " (" + s + ")" },
	Alike: map[Likeness]string{
		SameTitle: "an author and the title are the same; the IETF has not said so",
		SameName:  "an author and the name behind the authors' are the same; the IETF has not said so",
	},
	Missing: map[store.AlarmKind]func(string, string) string{
		store.Silence: func(source, since string) string {
			return source + " has been silent since " + since + "; documents may be missing."
		},
		store.Drop: func(source, since string) string {
			return "Far less than usual has come from " + source + " since " + since + "; documents may be missing."
		},
		store.Failing: func(source, since string) string {
			return source + " has been unreadable since " + since + "; documents may be missing."
		},
		store.Gone: func(source, since string) string {
			return source + " has been gone since " + since + "; documents may be missing."
		},
		store.Stopped: func(_, since string) string {
			return "No source has been read since " + since + "; documents may be missing."
		},
	},
	HotCount: map[HotKind]func(int, string) string{
		HotGroup:  func(n int, name string) string { return fmt.Sprintf("%d %s drafts", n, name) },
		HotTopic:  func(n int, name string) string { return fmt.Sprintf("%d drafts on “%s”", n, name) },
		HotAuthor: func(n int, name string) string { return fmt.Sprintf("%d drafts by %s", n, name) },
		HotWord: func(n int, name string) string {
			return fmt.Sprintf("%d drafts with “%s” in their titles", n, name)
		},
		HotTarget: func(n int, name string) string { return fmt.Sprintf("%d drafts update or obsolete %s", n, name) },
	},
	HotPlain: func(what string) string { return what + "." },
	HotUsual: func(what string, days int, usual string) string {
		return what + " in one " + span(days) + "; " + usual + "."
	},
	Usual: func(n string, days int) string { return "usually " + n + " a " + span(days) },
	UsualOne: func(days int) string {
		if days == 1 {
			return "usually one a day"
		}
		return fmt.Sprintf("usually one in %d days", days)
	},
	UsualNone: func(days int) string { return fmt.Sprintf("none in the %d days before", days) },
	Joint:     func(one, two string) string { return one + " " + two },
	Weeks: func(weeks, least, most int) string {
		return fmt.Sprintf("%d weeks, %d to %d a week", weeks, least, most)
	},
	SharedWords: func(words string) string { return "Also in their titles: " + words + "." },

	Page: map[catalog.Kind]string{
		catalog.Draft: "Datatracker", catalog.RFC: "RFC Editor", catalog.Charter: "Datatracker", catalog.Post: "Read",
	},
	Events: map[catalog.EventKind]string{
		catalog.New: "new draft", catalog.Revised: "revision", catalog.Published: "RFC", catalog.LastCall: "IETF Last Call",
		catalog.IESGAction: "IESG action", catalog.CharterReview: "charter review", catalog.CharterAction: "charter action",
		catalog.Interim: "interim meeting", catalog.AdoptionCall: "call for adoption", catalog.WGLastCall: "working group Last Call",
		catalog.Replaced: "replaced", catalog.Expired: "expired", catalog.IPR: "IPR disclosure", catalog.Errata: "erratum",
		catalog.Slides: "slides", catalog.Posted: "post",
	},
	Levels: map[catalog.Level]string{
		catalog.InternetStandard: "Internet Standard", catalog.ProposedStandard: "Proposed Standard",
		catalog.DraftStandard: "Draft Standard", catalog.BestCurrentPractice: "Best Current Practice",
		catalog.Informational: "Informational", catalog.Experimental: "Experimental", catalog.Historic: "Historic",
	},
	Stream: map[catalog.Stream]string{
		catalog.IRTF: "IRTF", catalog.IAB: "IAB", catalog.Independent: "Independent Submission", catalog.Editorial: "Editorial",
	},
}

// span names the length of a window.
func span(days int) string {
	switch {
	case days == 1:
		return "day"
	case days == 7:
		return "week"
	case days >= 28 && days <= 31:
		return "month"
	}
	return fmt.Sprintf("span of %d days", days)
}

func japaneseSpan(days int) string {
	switch {
	case days == 7:
		return "1週間"
	case days >= 28 && days <= 31:
		return "1か月"
	}
	return fmt.Sprintf("%d日", days)
}

// plural is a number with its noun.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// brief is a title short enough for a subject line.
func brief(title string) string {
	const most = 70
	runes := []rune(title)
	if len(runes) <= most {
		return title
	}
	return strings.TrimRight(string(runes[:most-1]), " ") + "…"
}

var japanese = &messages{
	Tag:         "ja",
	Texts:       japaneseTexts,
	Composition: "これは再構成したもので、発行された号ではありません。",
	Unpublished: "【再構成・未発行】",
	All:         "すべての文書",
	Rest:        "その他",
	Nothing:     "公開されたものはありません。",
	Yet:         "今のところ、公開されたものはありません。",
	Ongoing:     "対象期間がまだ終わっていないため、今後増えることがあります。",
	Unlisted:    "公開されたもののうち、掲載対象のものはありません。",
	Contents:    "目次",
	PartsWord:   "パート",
	SectionWord: "セクション",
	Web:         "この号をウェブで読む",
	Also:        "関連トピック",
	Why:         "掲載理由",
	List:        "、",
	Fact:        " / ",
	Colon:       "：",
	Abstract:    "要旨",
	News:        "変更点",
	HotTopics:   "注目トピック",
	Earlier:     "過去の掲載号",
	Held:        "編集者が確認中です。",
	Editor:      "編集者より",
	Older:       "同じ号のほかの版",
	LateWord:    "遅着",
	Before:      "前の版",
	TitleBefore: "以前の題名",
	LevelWord:   "位置づけ",
	PagesWord:   "ページ数",
	Joined:      "加わった著者",
	Left:        "外れた著者",
	Rewritten:   "全面的に書き換え",
	Replaces:    "置き換える文書",
	Likely:      "前身とみられる文書",
	Previous:    "前のパート",
	Following:   "次のパート",
	HTML:        "HTML",
	Text:        "テキスト",
	Diff:        "差分",
	Mail:        "告知メール",
	History:     "経過",

	Number: func(n int) string { return fmt.Sprintf("第%d号", n) },
	Days: func(first, last day) string {
		switch {
		case first.Equal(last):
			return japaneseDay(first) + "（" + japaneseWeekday(first) + "）"
		case first.Month() == last.Month():
			return first.Format("2006年1月2日") + "〜" + last.Format("2日")
		case first.Year() == last.Year():
			return first.Format("2006年1月2日") + "〜" + last.Format("1月2日")
		}
		return japaneseDay(first) + "〜" + japaneseDay(last)
	},
	Zone:   func(date, zone string) string { return date + " " + zone },
	Tally:  func(title string, n int) string { return fmt.Sprintf("%s（%d件）", title, n) },
	Day:    japaneseDay,
	Approx: func(date string) string { return date + "頃" },
	Subject: func(title, when, headline string, c Counts) string {
		counts := fmt.Sprintf("Internet-Draft %d件、RFC %d件", c.Drafts, c.RFCs)
		if headline != "" {
			return fmt.Sprintf("%s %s：%s（%s）", brief(title), when, headline, counts)
		}
		return fmt.Sprintf("%s %s：%s", brief(title), when, counts)
	},
	Drafts: func(n, fresh int) string {
		return fmt.Sprintf("Internet-Draft：%d件（うち新規%d件）", n, fresh)
	},
	RFCs:      func(n int) string { return fmt.Sprintf("RFC：%d件", n) },
	Other:     func(n int) string { return fmt.Sprintf("その他のできごと：%d件", n) },
	Late:      func(n int) string { return fmt.Sprintf("以前の号に間に合わなかったもの：%d件", n) },
	LateItem:  func(date string) string { return "遅着：" + date + "公開" },
	Part:      func(part, of int) string { return fmt.Sprintf("パート%d（全%d）", part, of) },
	Items:     func(from, to int) string { return fmt.Sprintf("%d〜%d番", from, to) },
	Continued: func(title string) string { return title + "（続き）" },
	More:      func(n int) string { return fmt.Sprintf("残り%d件はウェブの号に掲載しています", n) },
	Pages:     func(n int) string { return fmt.Sprintf("%dページ", n) },
	Group:     func(group string) string { return "グループ " + group },
	Says: map[string]func(string) string{
		"title":    func(words string) string { return "題名に「" + words + "」" },
		"abstract": func(words string) string { return "要旨に「" + words + "」" },
		"name":     func(words string) string { return "文書名に「" + words + "」" },
		"group":    func(words string) string { return "グループ " + words },
		"authors":  func(words string) string { return "著者に「" + words + "」" },
		"body":     func(words string) string { return "本文に「" + words + "」" },
	},
	Until: func(what, date string) string { return what + "（" + date + "まで）" },
	Tell:  func(what, more string) string { return what + "：" + more },
	Since: func(rev, date string, days int) string {
		return fmt.Sprintf("%s（%s、%d日前）", rev, date, days)
	},
	Posted:    func(rev, date string) string { return rev + "（" + date + "）" },
	Became:    func(before, now string) string { return before + " → " + now },
	Works:     func(author string) string { return author + "のほかの文書" },
	AndMore:   func(n int) string { return fmt.Sprintf("、ほか%d件", n) },
	Machine:   japaneseMachine,
	Bracketed: func(s string) string { return "（" + s + "）" },
	Alike: map[Likeness]string{
		SameTitle: "著者と題名が一致。IETFの発表ではなく推定",
		SameName:  "著者と文書名が一致。IETFの発表ではなく推定",
	},
	Missing: map[store.AlarmKind]func(string, string) string{
		store.Silence: func(source, since string) string {
			return source + "からの配信が" + since + "以降途絶えています。掲載漏れの可能性があります。"
		},
		store.Drop: func(source, since string) string {
			return source + "からの配信が" + since + "以降大幅に減っています。掲載漏れの可能性があります。"
		},
		store.Failing: func(source, since string) string {
			return source + "を" + since + "以降読み取れていません。掲載漏れの可能性があります。"
		},
		store.Gone: func(source, since string) string {
			return source + "は" + since + "以降廃止されています。掲載漏れの可能性があります。"
		},
		store.Stopped: func(_, since string) string {
			return since + "以降、どの情報源も読み取れていません。掲載漏れの可能性があります。"
		},
	},
	HotCount: map[HotKind]func(int, string) string{
		HotGroup:  func(n int, name string) string { return fmt.Sprintf("%sのドラフトが%d件", name, n) },
		HotTopic:  func(n int, name string) string { return fmt.Sprintf("「%s」のドラフトが%d件", name, n) },
		HotAuthor: func(n int, name string) string { return fmt.Sprintf("%sのドラフトが%d件", name, n) },
		HotWord: func(n int, name string) string {
			return fmt.Sprintf("題名に「%s」を含むドラフトが%d件", name, n)
		},
		HotTarget: func(n int, name string) string {
			return fmt.Sprintf("%sを更新または廃止するドラフトが%d件", name, n)
		},
	},
	HotPlain: func(what string) string { return what + "。" },
	HotUsual: func(what string, days int, usual string) string {
		return japaneseSpan(days) + "に" + what + "（" + usual + "）。"
	},
	Usual:     func(n string, days int) string { return "ふだんは" + japaneseSpan(days) + "に" + n + "件" },
	UsualOne:  func(days int) string { return fmt.Sprintf("ふだんは%d日に1件", days) },
	UsualNone: func(days int) string { return fmt.Sprintf("直前の%d日間は0件", days) },
	Joint:     func(one, two string) string { return one + two },
	Weeks: func(weeks, least, most int) string {
		return fmt.Sprintf("直近%d週間、週%d〜%d件", weeks, least, most)
	},
	SharedWords: func(words string) string { return "題名に共通する語：" + words },

	Page: map[catalog.Kind]string{
		catalog.Draft: "Datatracker", catalog.RFC: "RFC Editor", catalog.Charter: "Datatracker", catalog.Post: "読む",
	},
	Events: map[catalog.EventKind]string{
		catalog.New: "新規", catalog.Revised: "改訂", catalog.Published: "RFC", catalog.LastCall: "IETFラストコール",
		catalog.IESGAction: "IESGの決定", catalog.CharterReview: "チャーターのレビュー", catalog.CharterAction: "チャーターの決定",
		catalog.Interim: "中間会合", catalog.AdoptionCall: "採択の呼びかけ", catalog.WGLastCall: "WGラストコール",
		catalog.Replaced: "置き換え", catalog.Expired: "失効", catalog.IPR: "IPR開示", catalog.Errata: "正誤情報",
		catalog.Slides: "スライド", catalog.Posted: "投稿",
	},
	Levels: map[catalog.Level]string{
		catalog.InternetStandard: "インターネット標準", catalog.ProposedStandard: "標準化への提唱",
		catalog.DraftStandard: "標準化への草案", catalog.BestCurrentPractice: "BCP",
		catalog.Informational: "情報提供", catalog.Experimental: "実験的", catalog.Historic: "歴史的",
	},
	Stream: map[catalog.Stream]string{
		catalog.IRTF: "IRTF", catalog.IAB: "IAB", catalog.Independent: "独立投稿", catalog.Editorial: "Editorial",
	},
}

func japaneseDay(d day) string { return d.Format("2006年1月2日") }

func japaneseWeekday(d day) string {
	return string([]rune("日月火水木金土")[d.Weekday()])
}
