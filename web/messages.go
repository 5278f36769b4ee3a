// Messages: every word of the pages that is ours, in each language. A language
// joins by a value of messages, a line in the table, and a page on reading.

package web

import (
	"fmt"
	"html/template"
	"time"

	"github.com/draftwire/draftwire/editions"
	"github.com/draftwire/draftwire/store"
)

// messages are the words of one language.
type messages struct {
	Tag  string // BCP 47
	Name string // of the language, in itself

	Skip, Site, Languages                 string // of what all pages have
	Newsletters, Topics, Feeds, Sources   string
	Foot                                  string
	Lead, Latest, Gathered                string // of the home page
	NoNewsletter, NoTopic, Suspended      string
	AllFeeds, FeedList, HowToRead         string
	AtomFeed                              string
	Editions                              string // of a newsletter
	Reading                               string // title of the page on feeds
	Where, Success, Never, Next, NoSource string // of the sources
	Matches, PerDocument, TopicSuspended  string // of a topic
	HTML, Text, Diff, Mail, Why, NoMatch  string
	NoSubject, List                       string
	ReadIt, Happened, History             string // of a document
	Meetings, Sessions, AgendaDrafts      string // of meetings
	NothingBrought, Side                  string
	Unsubscribe, Unsubscribed, NotBefore  string // of the way out
	BadToken                              string
	NotFound, Gone, Refused               string // titles of problems
	Foreign, Fault                        string
	NotFoundWords, RefusedWords           string // and what they say
	ForeignWords, FaultWords, Home        string
	PartNumbers, NotYet                   string
	Paused, NotPolled, FirstMail          string // states of a source
	Pushed, GoneForGood, Polling, Unasked string
	Partly, Working, Silent, Elsewhere    string

	Everything func(site string) string // title of the feed of all
	Rhythm     func(c editions.Cadence, zone string) string
	Week       func(n int) string // found in seven days
	Appears    func(rhythm string) string
	SoFar      func(label string) string
	Stopped    func(since template.HTML) template.HTML // nobody polls
	MovedTo    func(host string) string
	Group      func(acronym string) string
	Older      func(n int) string                        // events that a page leaves out
	Brought    func(slides, drafts, papers int) []string // to a session, what is not zero
	NoSession  func(why string) string
	Pages      func(n int) string
	About      func(date template.HTML) template.HTML // a date that is not certain
	By         func(authors string) string
	Gets       func(address, newsletter string) string
	GotNoMore  func(address, newsletter string) string
	WasRemoved func(title string, on time.Time) string
	NoEdition  func(why string) string
	NoPart     func(parts, asked int) string
	First      func(label string) string // the first edition there is
	Messages   func(n int) string
	Volume     func(sum, days, most, today int) string // what a source's bars show
	LastDays   func(n int) string                      // beside them
	Wait       func(until time.Time) string
	Failing    func(tries int) string
	Alarms     map[store.AlarmKind]func(since time.Time) string // what is wrong with a source
	Answered   func(status string) string                       // a host refused
	Faults     map[fault]string                                 // nil where they are words of the language
	Instant    string                                           // layout of an instant, see package time
	Day        string                                           // and of a day
}

var languages = []*messages{english, japanese}

// Time shows an instant to the minute, with its zone.
func (m *messages) Time(t time.Time) template.HTML { return timeElement(t, m.Instant) }

// Date shows the day of an instant in UTC.
func (m *messages) Date(t time.Time) template.HTML { return timeElement(t, m.Day) }

func timeElement(t time.Time, layout string) template.HTML {
	t = t.UTC()
	return template.HTML(fmt.Sprintf(`<time datetime="%s">%s</time>`, //nolint:gosec // digits and names of months
		t.Format(time.RFC3339), t.Format(layout)))
}

// since writes an instant within a sentence.
func since(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

var english = &messages{
	Tag: "en", Name: "English",
	Skip: "Skip to the text", Site: "Site", Languages: "Languages",
	Newsletters: "Newsletters", Topics: "Topics", Feeds: "Feeds", Sources: "Sources",
	Foot:     ", a wire service for internet standards. All dates are given with their time zone.",
	Lead:     "New Internet-Drafts and RFCs, selected by rules and republished as newsletters and as feeds. Read an edition here, or put a feed into your reader.",
	Latest:   "Latest: ",
	Gathered: "The first edition is being gathered.", NoNewsletter: "There is no newsletter yet.",
	NoTopic: "There is no topic yet. A topic is a named query in the configuration.", Suspended: "suspended",
	AllFeeds: "All feeds for your reader: ", FeedList: "a list to import (OPML)", HowToRead: "how to read a feed", AtomFeed: "Atom feed",
	Editions: "Editions", Reading: "Read a feed",
	Where: "Where the news comes from, and whether it still does.", Success: "Last success: ", Never: "none yet", Next: "next poll: ",
	NoSource: "No source is configured yet.",
	Matches:  "Everything that matches", PerDocument: "one entry per document", TopicSuspended: "This topic is suspended.",
	HTML: "HTML", Text: "Text", Diff: "What changed", Mail: "Announcement", Why: "Why it is here: ",
	NoMatch:   "Nothing has matched so far. As soon as something does, it appears here and in the feed.",
	NoSubject: "(no subject)", List: ", ",
	ReadIt: "Read it", Happened: "What happened", History: "History",
	Meetings: "Meetings", Sessions: "Sessions", AgendaDrafts: "Drafts on the agendas",
	NothingBrought: "Nothing has been brought to a session yet.", Side: "side meeting",
	Unsubscribe: "Unsubscribe", Unsubscribed: "You are unsubscribed",
	NotBefore: "Nothing happens before you press the button. After it, no more mail comes.",
	BadToken: "This link to unsubscribe is not complete or is not one of ours. " +
		"Please copy it from the mail again, whole, or answer the mail and ask to be removed.",
	NotFound: "Not found", Gone: "This is gone", Refused: "Not like this", Foreign: "Sent from elsewhere", Fault: "Our fault",
	NotFoundWords: "Nothing is published at this address. It may have been cut short on its way to you.",
	RefusedWords:  "This address can be read, but does not take what was sent to it.",
	ForeignWords:  "This was sent from a page of another site, so nothing was done. Open the link yourself and try again.",
	FaultWords:    "This page cannot be made just now. The reason is in the log; please try again in a minute.",
	Home:          "All newsletters and topics",
	PartNumbers:   "The parts of an edition are numbered 1, 2, 3 and so on.",
	NotYet:        "The time that this edition will tell of has not come yet.",
	Paused:        "paused by the operator", NotPolled: "not polled: an import, or no longer configured", FirstMail: "waiting for its first mail",
	Pushed: "working: its mail is sent to us", GoneForGood: "gone for good, says its host; not polled any more", Polling: "being polled",
	Unasked: "not polled yet", Partly: "working, but not all could be taken in", Working: "working", Silent: "silent", Elsewhere: "another address",

	Everything: func(site string) string { return site + ": everything" },
	Rhythm: func(c editions.Cadence, zone string) string {
		often := map[editions.Cadence]string{
			editions.Weekdays: "on weekdays, on Mondays with the weekend", editions.Weekly: "every week, Monday to Sunday", editions.Monthly: "every month",
		}[c]
		if often == "" {
			often = "every day"
		}
		return often + " (" + zone + ")"
	},
	Week:    func(n int) string { return fmt.Sprintf("%d in the last seven days", n) },
	Appears: func(rhythm string) string { return "Appears " + rhythm + "." },
	SoFar:   func(label string) string { return "What has come in for " + label + " so far" },
	Stopped: func(t template.HTML) template.HTML {
		return "Nothing has been polled since " + t + ", although sources are due."
	},
	MovedTo: func(host string) string { return "moved to " + host },
	Group:   func(acronym string) string { return "group " + acronym },
	Older:   func(n int) string { return counted(n, "older event is", "older events are") + " in the feed." },
	Pages:   func(n int) string { return counted(n, "page", "pages") },
	About:   func(date template.HTML) template.HTML { return "about " + date },
	Brought: func(slides, drafts, papers int) (list []string) {
		if slides > 0 {
			list = append(list, counted(slides, "slide deck", "slide decks"))
		}
		if drafts > 0 {
			list = append(list, counted(drafts, "draft", "drafts"))
		}
		if papers > 0 {
			list = append(list, counted(papers, "record", "records"))
		}
		return list
	},
	NoSession: func(why string) string { return "There is no such session: " + why + "." },
	By:        func(authors string) string { return "By " + authors },
	Gets:      func(address, newsletter string) string { return address + " gets “" + newsletter + "” by mail." },
	GotNoMore: func(address, newsletter string) string {
		return address + " gets no more mail of “" + newsletter + "”. There is nothing else to do."
	},
	WasRemoved: func(title string, on time.Time) string {
		return "The topic “" + title + "” was removed on " + on.UTC().Format("2 January 2006") + "."
	},
	NoEdition: func(why string) string { return "There is no such edition: " + why + "." },
	NoPart: func(parts, asked int) string {
		return fmt.Sprintf("This edition has %s, and none of number %d.", counted(parts, "part", "parts"), asked)
	},
	First:    func(label string) string { return "The first edition of this newsletter is " + label + "." },
	Messages: func(n int) string { return counted(n, "message", "messages") },
	Volume: func(sum, days, most, today int) string {
		return fmt.Sprintf("%s in the last %d days, at most %d in one, %d today", counted(sum, "message", "messages"), days, most, today)
	},
	LastDays: func(n int) string { return counted(n, "day", "days") },
	Wait:     func(until time.Time) string { return "waiting: the host asks us to wait until " + since(until) },
	Failing:  func(tries int) string { return "failing, " + counted(tries, "try", "tries") + " in a row" },
	Alarms: map[store.AlarmKind]func(time.Time) string{
		store.Silence: func(t time.Time) string { return "Silent since " + since(t) + ", longer than is usual." },
		store.Drop:    func(t time.Time) string { return "Since " + since(t) + " far less came than is usual." },
		store.Failing: func(t time.Time) string { return "It has been unreadable since " + since(t) + "." },
		store.Gone:    func(t time.Time) string { return "It has been gone since " + since(t) + "." },
	},
	Answered: func(status string) string { return "refused: HTTP " + status },
	Instant:  "2 January 2006, 15:04 UTC", Day: "2 January 2006",
}

// counted writes a number with its noun.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

var japanese = &messages{
	Tag: "ja", Name: "日本語",
	Skip: "本文へ", Site: "サイト", Languages: "言語",
	Newsletters: "ニュースレター", Topics: "トピック", Feeds: "フィード", Sources: "情報源",
	Foot:     "：インターネット標準の通信社。日時には時間帯を併記しています。",
	Lead:     "新しいInternet-DraftとRFCをルールで選び、ニュースレターとフィードでお届けします。ここで号を読むか、フィードをリーダーに登録してください。",
	Latest:   "最新号：",
	Gathered: "創刊号を準備中です。", NoNewsletter: "ニュースレターはまだありません。",
	NoTopic: "トピックはまだありません。トピックは、設定で名前を付けた検索式です。", Suspended: "停止中",
	AllFeeds: "すべてのフィード：", FeedList: "読み込み用の一覧（OPML）", HowToRead: "フィードの読み方", AtomFeed: "Atomフィード",
	Editions: "バックナンバー", Reading: "フィードの読み方",
	Where: "ニュースの出どころと、その現在の状態です。", Success: "最後の成功：", Never: "まだありません", Next: "次の確認：",
	NoSource: "情報源はまだ設定されていません。",
	Matches:  "次の検索式に合うものすべて：", PerDocument: "文書ごとに1項目", TopicSuspended: "このトピックは停止中です。",
	HTML: "HTML", Text: "テキスト", Diff: "差分", Mail: "告知メール", Why: "掲載理由：",
	NoMatch:   "該当するものはまだありません。見つかり次第、ここにもフィードにも載ります。",
	NoSubject: "（題名なし）", List: "、",
	ReadIt: "本文を読む", Happened: "これまでの経過", History: "経過",
	Meetings: "会合", Sessions: "セッション", AgendaDrafts: "アジェンダにあるドラフト",
	NothingBrought: "資料のあるセッションはまだありません。", Side: "サイドミーティング",
	Unsubscribe: "購読をやめる", Unsubscribed: "購読をやめました",
	NotBefore: "ボタンを押すまでは何も変わりません。押したあとは、メールは届かなくなります。",
	BadToken: "この購読停止用リンクは途中で切れているか、当サイトのものではありません。" +
		"メールからリンク全体をコピーし直すか、停止の希望をメールに返信してください。",
	NotFound: "見つかりません", Gone: "削除されました", Refused: "受け付けられません", Foreign: "別のサイトからの送信です", Fault: "こちらの不具合です",
	NotFoundWords: "このアドレスには何も公開されていません。アドレスが途中で切れているのかもしれません。",
	RefusedWords:  "このアドレスは読むことはできますが、送信されたものは受け付けません。",
	ForeignWords:  "別のサイトのページから送信されたため、何も行いませんでした。ご自身でリンクを開いて、もう一度お試しください。",
	FaultWords:    "今はこのページを表示できません。原因は記録されています。1分ほどしてから、もう一度お試しください。",
	Home:          "ニュースレターとトピックの一覧",
	PartNumbers:   "号のパートの番号は1、2、3……です。",
	NotYet:        "この号の対象期間はまだ始まっていません。",
	Paused:        "運用者が休止中", NotPolled: "確認対象外（取り込み専用か、設定から外れたもの）", FirstMail: "最初のメールを待っています",
	Pushed: "正常（メールで受信）", GoneForGood: "配信元によると廃止済み。今後は確認しません", Polling: "確認中",
	Unasked: "未確認", Partly: "正常。ただし一部は取り込めませんでした", Working: "正常", Silent: "配信なし", Elsewhere: "別のアドレス",

	Everything: func(site string) string { return site + "：すべて" },
	Rhythm: func(c editions.Cadence, zone string) string {
		often := map[editions.Cadence]string{
			editions.Weekdays: "平日（週末分は月曜日）", editions.Weekly: "毎週（月曜日から日曜日まで）", editions.Monthly: "毎月",
		}[c]
		if often == "" {
			often = "毎日"
		}
		return often + "、" + zone
	},
	Week:    func(n int) string { return fmt.Sprintf("直近7日間に%d件", n) },
	Appears: func(rhythm string) string { return "発行：" + rhythm + "。" },
	SoFar:   func(label string) string { return label + "号のこれまでの内容" },
	Stopped: func(t template.HTML) template.HTML {
		return "予定の時刻を過ぎていますが、" + t + "以降、どの情報源も確認していません。"
	},
	MovedTo: func(host string) string { return "移転先：" + host },
	Group:   func(acronym string) string { return "グループ " + acronym },
	Older:   func(n int) string { return fmt.Sprintf("これより古い%d件はフィードにあります。", n) },
	Pages:   func(n int) string { return fmt.Sprintf("%dページ", n) },
	About:   func(date template.HTML) template.HTML { return date + "頃" },
	Brought: func(slides, drafts, papers int) (list []string) {
		for _, of := range []struct {
			what string
			n    int
		}{{"スライド", slides}, {"ドラフト", drafts}, {"議事録・録画", papers}} {
			if of.n > 0 {
				list = append(list, fmt.Sprintf("%s%d件", of.what, of.n))
			}
		}
		return list
	},
	NoSession: func(string) string {
		return "そのようなセッションはありません。名前は124/hotrfcや124/hotrfc/sessaのような形です。"
	},
	By: func(authors string) string { return "著者：" + authors },
	Gets: func(address, newsletter string) string {
		return address + "には「" + newsletter + "」をメールで送っています。"
	},
	GotNoMore: func(address, newsletter string) string {
		return address + "に「" + newsletter + "」は今後送りません。ほかの手続きは不要です。"
	},
	WasRemoved: func(title string, on time.Time) string {
		return "トピック「" + title + "」は" + on.UTC().Format("2006年1月2日") + "に削除されました。"
	},
	NoEdition: func(string) string {
		return "そのような号はありません。号の名前は、日刊は2025-12-07、週刊は2025-W49、月刊は2025-12のような形です。"
	},
	NoPart: func(parts, asked int) string {
		return fmt.Sprintf("この号のパートは全部で%dつです。%d番のパートはありません。", parts, asked)
	},
	First: func(label string) string {
		return "このニュースレターの創刊号は" + label + "号です。"
	},
	Messages: func(n int) string { return fmt.Sprintf("受信%d件", n) },
	Volume: func(sum, days, most, today int) string {
		return fmt.Sprintf("直近%d日間に%d件、1日最多%d件、今日%d件", days, sum, most, today)
	},
	LastDays: func(n int) string { return fmt.Sprintf("%d日間", n) },
	Wait: func(until time.Time) string {
		return "待機中：" + since(until) + "まで待つよう配信元に求められています"
	},
	Failing: func(tries int) string { return fmt.Sprintf("失敗中（連続%d回）", tries) },
	Alarms: map[store.AlarmKind]func(time.Time) string{
		store.Silence: func(t time.Time) string {
			return since(t) + "以降、ふだんより長く配信がありません。"
		},
		store.Drop: func(t time.Time) string {
			return since(t) + "以降、配信がふだんより大幅に減っています。"
		},
		store.Failing: func(t time.Time) string { return since(t) + "以降、読み取れていません。" },
		store.Gone:    func(t time.Time) string { return since(t) + "以降、廃止されています。" },
	},
	Answered: func(status string) string { return "拒否されました：HTTP " + status },
	Faults: map[fault]string{
		askedToWait: "待つよう求められました", notAllowed: "許可されていません（取得対象外のアドレス）", badRedirect: "転送先にたどり着けません",
		unknownName: "接続できません（名前が見つかりません）", nobodyThere: "接続できません（応答するものがありません）", unreachable: "接続できません",
		noAnswer: "接続できません（時間内に応答がありません）", insecure: "接続できません（安全な接続を確立できません）", badLogin: "拒否されました（ログイン失敗）",
		tooLarge: "大きすぎます", noFeed: "フィードではありません", noArchive: "メールのアーカイブではありません", shrunk: "前回より大幅に短くなっています",
		otherFile: "探しているファイルではありません", notThere: "存在しません", unreadable: "読み取れません", brokenOff: "途中で切れています",
		partUnread: "一部を読み取れませんでした", otherFault: "異常があります。詳しくは運用者に知らせてあります",
	},
	Instant: "2006年1月2日 15:04 UTC", Day: "2006年1月2日",
}
