// This file tells what an entry means from how it is written, so that a change
// of mark-up, white space, tracking or counters is no change.

package aggregator

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/draftwire/draftwire/catalog"
)

// meaning identifies what an entry's title and text say, as a [catalog.MeaningRev].
// Both its summary and its content count.
func meaning(e Entry) string {
	words := gist(e.TitleType.line(e.Title)) + "\n" +
		gist(e.SummaryType.paragraphs(e.Summary)) + "\n" + gist(e.ContentType.paragraphs(e.Content))
	return catalog.MeaningRev(words)
}

// Counters and ages change without anyone's doing.
var (
	query   = regexp.MustCompile(`(https?://[^\s<>"?#]*)[?#][^\s<>"]*`)
	tallied = `(?:comments?|replies|reply|responses?|views?|reads?|likes?|points?|votes?|upvotes?|shares?|claps?|stars?|reactions?|retweets?|boosts?|favou?rites?|visitors?|downloads?|` +
		`kommentare?|antworten|aufrufe|commentaires?|vues?|comentarios?)`
	changing = regexp.MustCompile(`(?i)\b[0-9][0-9.,]*[km]? ?` + tallied + `\b|\b` + tallied + ` ?[:(\[#]* ?[0-9][0-9.,]*[km]?\b` +
		`|\b(?:[0-9]+|an?|one) ?(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?) ago\b` +
		`|(?:コメント|いいね|閲覧数?) ?[:：(（]? ?[0-9,]+|[0-9,]+ ?(?:件の)?(?:コメント|いいね)|[0-9]+ ?(?:秒|分|時間|日|週間|か月|年)前`)
)

// gist reduces text to its words: letters and digits in lower case, without the
// queries of addresses, counters and ages.
func gist(text string) string {
	text = query.ReplaceAllString(text, "$1")
	text = changing.ReplaceAllString(text, " ")
	return strings.ToLower(strings.Join(strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r)
	}), " "))
}
