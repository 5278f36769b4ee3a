// Checks: what an answer must be to be shown. They know nothing of the world,
// only what the model was told, and refuse rather than guess.

package llm

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// claim is an answer's task, and what the model was told.
type claim struct {
	task     Task
	language string // that the answer is to be in
	prompt   string
	input    string
}

// refusal says why an answer is not shown.
type refusal string

func (r refusal) Error() string { return string(r) }

func refuse(format string, args ...any) error { return refusal(fmt.Sprintf(format, args...)) }

// maxAnswer bounds what is looked at, in bytes.
const maxAnswer = 64 << 10

// check gives an answer as it may be shown, in one line, or a refusal.
func check(c claim, answer string) (string, error) {
	if len(answer) > maxAnswer {
		return "", refuse("it is too long: %d bytes", len(answer))
	}
	if !utf8.ValidString(answer) {
		return "", refusal("it is not UTF-8")
	}
	text := unwrap(norm.NFC.String(answer))
	for _, test := range []func(claim, string) error{
		characters, size, markupFree, aboutItself, repeats, language, names, figures, addresses, commanded,
	} {
		if err := test(c, text); err != nil {
			return "", err
		}
	}
	return strings.Join(strings.Fields(text), " "), nil
}

var thinking = regexp.MustCompile(`(?s)^\s*<think>.*?</think>`)

// quotes are marks that models put around an answer.
var quotes = [][2]string{{`"`, `"`}, {"“", "”"}, {"「", "」"}, {"『", "』"}, {"«", "»"}, {"'", "'"}, {"‘", "’"}}

// unwrap takes off what some models put around an answer, and is no part of it.
func unwrap(s string) string {
	s = strings.TrimSpace(thinking.ReplaceAllString(s, ""))
	for _, q := range quotes {
		inner, begins := strings.CutPrefix(s, q[0])
		inner, ends := strings.CutSuffix(inner, q[1])
		if begins && ends && len(s) >= len(q[0])+len(q[1]) && !strings.Contains(inner, q[1]) {
			return strings.TrimSpace(inner)
		}
	}
	return s
}

// characters refuses what is not seen, or turns text around.
func characters(_ claim, s string) error {
	for _, r := range s {
		if unicode.IsControl(r) && r != '\n' && r != '\t' && r != '\r' || unicode.In(r, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp) {
			return refuse("it has the invisible character %U", r)
		}
	}
	return nil
}

// sizes are the least and the most characters of an answer in letters, and in
// scripts that say more with fewer.
var sizes = map[Task]struct{ least, most, denseLeast, denseMost int }{
	Summary:     {30, 700, 12, 400},
	Use:         {20, 500, 10, 300},
	Title:       {2, 400, 2, 250},
	Translation: {15, 3000, 8, 2000},
	Intro:       {40, 1200, 20, 700},
}

func size(c claim, s string) error {
	n, bounds := utf8.RuneCountInString(s), sizes[c.task]
	least, most := bounds.least, bounds.most
	if primary(c.language) == "ja" {
		least, most = bounds.denseLeast, bounds.denseMost
	}
	if c.task == Title || c.task == Translation {
		most = min(most, 3*utf8.RuneCountInString(c.input)+100)
	}
	switch {
	case s == "":
		return refusal("it is empty")
	case n < least:
		return refuse("it is too short: %d characters, want %d", n, least)
	case n > most:
		return refuse("it is too long: %d characters, want at most %d", n, most)
	case c.task == Title && strings.Contains(s, "\n"):
		return refusal("a title has one line")
	}
	return nil
}

var marks = regexp.MustCompile("(?m)<[/!?a-zA-Z]|&#?[a-zA-Z0-9]+;|`|\\*\\*|__|~~|\\]\\(|(^|\\s)\\*\\S[^*]*\\*|" +
	`^\s*(#{1,6}\s|[-*+•]\s|\d{1,3}[.)]\s|\||>)|\\[a-z]+\{`)

func markupFree(_ claim, s string) error {
	if m := marks.FindString(s); m != "" {
		return refuse("it has markup: %.20q", strings.TrimSpace(m))
	}
	return nil
}

var (
	selfAtStart = regexp.MustCompile(`(?i)^\s*((here(’|')?s?\s+(is|are|the|a|my)|here(’|')s|sure|certainly|of course|okay|ok|absolutely|in summary|` +
		`hier ist|voici|aquí|ecco|hier is)\b|(summary|translation|title|abstract|answer|output|introduction|zusammenfassung|résumé)\s*[:：]|以下[はに]|(要約|翻訳|和訳|訳文|訳|題名|タイトル|回答)\s*[:：、はに]|はい、|承知|了解|かしこまり)`)
	selfTalk = regexp.MustCompile(`(?i)\b(as an? (ai|assistant|language model|llm)|i(’|')?m (sorry|unable|an?)|i am (sorry|unable|an?)|i (cannot|can(’|')t|can not|will|won(’|')t|have|do not|don(’|')t)|i(’|')(ll|ve)|` +
		`my (instructions?|prompt)|your (instructions?|prompt|request)|the user (asked|asks|wants|requested)|system prompt|(previous|above) instructions?|the data (says|provided)|als ki|en tant qu(’|')ia)\b|` +
		`AI\s*として|言語モデルとして|申し訳(あり|ござ)|お手伝い|ご指示|ご依頼|プロンプトに`)
)

// aboutItself refuses what speaks of the model or of its task.
func aboutItself(c claim, s string) error {
	if m := selfAtStart.FindString(s); m != "" && !strings.HasPrefix(fold(strings.TrimPrefix(c.input, "Title: ")), fold(m)) {
		return refuse("it speaks of itself: %q", m)
	}
	for _, m := range selfTalk.FindAllString(s, -1) {
		if !strings.Contains(fold(c.input), fold(m)) {
			return refuse("it speaks of itself: %q", m)
		}
	}
	return nil
}

// run is how many words in a row of the prompt are a repetition.
const run = 8

func repeats(c claim, s string) error {
	said, told := " "+strings.Join(words(s), " ")+" ", " "+strings.Join(words(c.input), " ")+" "
	list := words(preface + " " + c.prompt)
	for i := range len(list) - run + 1 {
		piece := " " + strings.Join(list[i:i+run], " ") + " "
		if strings.Contains(said, piece) && !strings.Contains(told, piece) {
			return refuse("it repeats the prompt: %q", strings.TrimSpace(piece))
		}
	}
	return nil
}

// words are the runs of letters and digits, in small letters.
func words(s string) []string {
	return strings.FieldsFunc(fold(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// fold makes forms of one thing compare equal: width, case, ligatures.
func fold(s string) string { return strings.ToLower(norm.NFKC.String(s)) }

var (
	draftName = regexp.MustCompile(`(?i)(?:\b|_)(?:draft[-_]|I-D\.)[a-z0-9][a-z0-9._+-]*[a-z0-9]`)
	draftRev  = regexp.MustCompile(`-[0-9]{2}$`)
	series    = regexp.MustCompile(`(?i)\b(RFC|BCP|STD|FYI)s?[\s#:.-]*(?:no\.?|numbers?|第|番号)?[\s#:.-]*[0-9]+((\s*(,|and|&|/|、|と|および|及び)\s*)+(RFC|BCP|STD)?\s*[0-9]+\b)*`)
	digits    = regexp.MustCompile(`[0-9]+`)
)

// hyphens are what passes for one in a name. The long dashes part sentences.
var hyphens = strings.NewReplacer("‐", "-", "‑", "-", "‒", "-", "–", "-", "−", "-", "˗", "-", "⁃", "-", "﹣", "-")

// names refuses drafts and RFCs that the model was not told of.
func names(c claim, s string) error {
	s, input := hyphens.Replace(norm.NFKC.String(s)), hyphens.Replace(norm.NFKC.String(c.input))
	told := make(map[string]bool)
	for _, d := range drafts(input) {
		told[d], told[draftRev.ReplaceAllString(d, "")] = true, true
	}
	for _, d := range drafts(s) {
		if !told[d] {
			return refuse("it names %s, of which it was not told", d)
		}
	}
	for _, n := range numbered(input) {
		told[n] = true
	}
	for _, n := range numbered(s) {
		if !told[n] {
			return refuse("it names %s, of which it was not told", n)
		}
	}
	return nil
}

// drafts gives the drafts that a text names, however it writes them.
func drafts(s string) (list []string) {
	for _, d := range draftName.FindAllString(s, -1) {
		d = strings.Trim(strings.ReplaceAll(strings.ToLower(d), "_", "-"), "-")
		d = strings.TrimPrefix(strings.TrimPrefix(d, "i-d."), "draft-")
		list = append(list, "draft-"+d)
	}
	return list
}

// numbered gives the documents of numbered series that a text names, "RFC 9000".
func numbered(s string) (list []string) {
	for _, m := range series.FindAllString(s, -1) {
		kind := strings.ToUpper(m[:3])
		for _, n := range digits.FindAllString(m, -1) {
			list = append(list, kind+" "+strings.TrimLeft(n, "0"))
		}
	}
	return list
}

var (
	figure  = regexp.MustCompile(`[0-9]+(?:[.,][0-9]+)*`)
	grouped = regexp.MustCompile(`^[0-9]{1,3}(,[0-9]{3})+$`)

	// spelt are numbers as words, which a translation may write in digits: none
	// that mostly say something else, such as "second" or "may".
	spelt = map[string]string{
		"zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
		"third": "3", "fourth": "4", "fifth": "5",
	}

	// amounts are those that an answer in English must have been told, as words
	// or in digits. Smaller ones are too common in sentences.
	amounts = map[string]string{
		"ten": "10", "eleven": "11", "twelve": "12", "dozen": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15", "sixteen": "16",
		"seventeen": "17", "eighteen": "18", "nineteen": "19", "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60",
		"seventy": "70", "eighty": "80", "ninety": "90", "hundred": "100", "thousand": "1000", "million": "1000000", "billion": "1000000000",
		"twice": "2", "double": "2", "doubled": "2", "doubling": "2", "triple": "3", "tripled": "3", "tenfold": "10",
		"half": "half", "halve": "half", "halved": "half", "halving": "half", "percent": "%", "cent": "%", "percentage": "%",
	}

	// months are their names, as they are not other words too.
	months = regexp.MustCompile(`\b(?:(January)|(February)|(March\s+[0-9]|[0-9]\s+March\b)|(April)|(May\s+[0-9]|[0-9]\s+May\b)|(June)|(July)|` +
		`(August)|(September)|(October)|(November)|(December))`)

	kanji = regexp.MustCompile(`([一二三四五六七八九十百千万億〇]+)(割|倍|パーセント|%|年|台)?`)
)

// figures refuses numbers that the model was not told.
func figures(c claim, s string) error {
	s, input := norm.NFKC.String(s), norm.NFKC.String(c.input)
	told := map[string]bool{"": true, "%": strings.Contains(input, "%")}
	for _, n := range numbersIn(input) {
		told[n] = true
		if len(n) == 2 {
			told[n[:1]+"0 and more"] = true // "twenty-five" has a word of its own for 20
		}
	}
	for _, w := range words(input) {
		told[spelt[w]], told[amount(w)] = true, true
	}
	for _, m := range months.FindAllStringSubmatch(input, -1) {
		for i := range m[1:] {
			if m[i+1] != "" {
				told[strconv.Itoa(i+1)] = true
			}
		}
	}
	for _, n := range numbersIn(s) {
		if !told[n] {
			return refuse("it says %s, which it was not told", n)
		}
	}
	for _, r := range s {
		if unicode.Is(unicode.N, r) && (r < '0' || r > '9') && !strings.ContainsRune(input, r) && !kanji.MatchString(string(r)) {
			return refuse("it says %c, which it was not told", r)
		}
	}
	if primary(c.language) == "en" {
		for _, w := range words(s) {
			if n := amount(w); !told[n] && !told[n+" and more"] {
				return refuse("it says %s, which it was not told", w)
			}
		}
	}
	for _, at := range kanji.FindAllStringSubmatchIndex(s, -1) {
		all, run, unit := s[at[0]:at[1]], s[at[2]:at[3]], strings.TrimPrefix(s[at[0]:at[1]], s[at[2]:at[3]])
		before, _ := utf8.DecodeLastRuneInString(s[:at[0]])
		switch n := valueOf(run); {
		case utf8.RuneCountInString(run) == 1 && unit == "", run == "万一", run == "一" && strings.ContainsRune("同統単唯均画随", before):
		case strings.Contains(input, all), told[strconv.Itoa(n)], unit == "割" && told[strconv.Itoa(10*n)]:
		default:
			return refuse("it says %s, which it was not told", all)
		}
	}
	return nil
}

// amount gives what a word of amounts stands for, in the plural too, or nothing.
func amount(w string) string {
	if n := amounts[w]; n != "" {
		return n
	}
	return amounts[strings.TrimSuffix(w, "s")]
}

// valueOf reads a number in Kanji.
func valueOf(s string) (n int) {
	part, digit := 0, 0 // below 10,000, and before a unit
	for _, r := range s {
		switch i := strings.IndexRune("〇一二三四五六七八九十百千万億", r) / len("〇"); i {
		case 10, 11, 12:
			part, digit = part+max(digit, 1)*[]int{10, 100, 1000}[i-10], 0
		case 13, 14:
			n, part, digit = n+max(part+digit, 1)*[]int{10_000, 100_000_000}[i-13], 0, 0
		default:
			digit = 10*digit + i
		}
	}
	return n + part + digit
}

// numbersIn gives the numbers of a text in one form.
func numbersIn(s string) (list []string) {
	for _, n := range figure.FindAllString(norm.NFKC.String(s), -1) {
		if grouped.MatchString(n) {
			n = strings.ReplaceAll(n, ",", "")
		}
		if trimmed := strings.TrimLeft(n, "0"); trimmed != "" && unicode.IsDigit(rune(trimmed[0])) {
			n = trimmed
		} else if trimmed == "" {
			n = "0"
		}
		list = append(list, n)
	}
	return list
}

var (
	link = regexp.MustCompile(`(?i)\b([a-z][a-z0-9+.-]*://|www\.|(mailto|javascript|data|tel|sip|sips|urn|file|magnet):)[^\s<>"「」（）、。]*|[^\s<>"「」（）、。]*@[^\s<>"「」（）、。]*`)
	host = regexp.MustCompile(`(?i)\b[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*\.[a-z]{2,24}\b`)

	// Browsers follow these too. Sentences in Japanese may end in the same marks,
	// so only small letters count, and after 。 only what is a top-level domain.
	foreignHost = regexp.MustCompile(`([\p{L}\p{N}]\.[a-z]{2,24})(?:[^a-z0-9-]|$)`)
	wideHost    = regexp.MustCompile(`\b([a-z0-9-]+(?:[.。][a-z0-9-]+)*。(?:[a-z]{2}|com|net|org|info|biz|dev|app|xyz|top|site|online|shop|club|link|click|live))\b`)
)

// addresses refuses what leads somewhere. Only a translation keeps the links
// that stand in what it translates; names of hosts may be what a document is about.
func addresses(c claim, s string) error {
	told := func(re *regexp.Regexp, one string) bool {
		for _, m := range re.FindAllString(fold(c.input), -1) {
			if bareAddress(m) == bareAddress(fold(one)) {
				return true
			}
		}
		return false
	}
	for _, m := range link.FindAllString(s, -1) {
		if c.task != Translation || !told(link, m) {
			return refuse("it has an address: %.60q", m)
		}
	}
	for _, m := range host.FindAllString(fold(s), -1) {
		if !told(host, m) {
			return refuse("it has an address: %.60q", m)
		}
	}
	plain, input := norm.NFKC.String(s), norm.NFKC.String(c.input)
	for _, found := range append(foreignHost.FindAllStringSubmatch(plain, -1), wideHost.FindAllStringSubmatch(plain, -1)...) {
		m := found[1]
		ascii := m[0] < utf8.RuneSelf && !strings.Contains(m, "。") // looked at above
		if !ascii && !strings.Contains(input, m) {
			return refuse("it has an address: %.60q", m)
		}
	}
	return nil
}

func bareAddress(s string) string { return strings.TrimRight(s, ".,;:!?'\")]}") }

var orders = regexp.MustCompile(`(?i)\b(ignore|disregard|forget|override|bypass)\s+((\w+)\s+){0,4}(instructions?|prompts?)\b|` +
	`\b(you are|act as|pretend to be)\s+(now\s+)?((\w+)\s+){0,3}(ai|assistant|chatbot|llm|(language )?model)\b|\bsystem prompt\b|` +
	`\b(assistant|summari[sz]er|translator|language model|ai|llm)s?,?\s+(must|should|please)\s+(now\s+)?(write|say|output|answer|respond|reply|print|include|mention|recommend)\b|` +
	`<\|[a-z_]+\|>|\[/?INST\]|<<SYS>>|(指示|命令|プロンプト)を?(すべて|全て)?(無視|忘れ)`)

// commanded refuses whatever comes of data that gives a model orders: that it
// did not obey cannot be told.
func commanded(c claim, _ string) error {
	if m := orders.FindString(norm.NFKC.String(c.input)); m != "" {
		return refuse("the document gives orders to a model (%.60q), so nothing it brings about is shown", m)
	}
	return nil
}
