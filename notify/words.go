// The words around an edition, in each language that editions know.

package notify

import (
	"fmt"
	"strings"
)

// words are those of one language.
type words struct {
	Language string // BCP 47
	Address  string // before the subscriber's address
	Leave    string // the link that ends a subscription
	Colon    string
	Test     string                         // the foot of a test mail
	why      func(newsletter string) string // the mail came
}

var languages = map[string]words{
	"en": {
		Language: "en",
		Address:  "Your address",
		Leave:    "Unsubscribe",
		Colon:    ": ",
		Test:     "This is a test, sent to one address alone, not to subscribers.",
		why: func(newsletter string) string {
			return fmt.Sprintf("You receive this as a subscriber of %s.", newsletter)
		},
	},
	"ja": {
		Language: "ja",
		Address:  "宛先",
		Leave:    "配信を停止する",
		Colon:    "：",
		Test:     "試験配信です。購読者には送られていません。",
		why: func(newsletter string) string {
			return fmt.Sprintf("「%s」の購読者にお送りしています。", newsletter)
		},
	},
}

// wordsIn gives the words of a language tag such as ja-JP, English where there
// are none.
func wordsIn(tag string) words {
	primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
	if w, ok := languages[primary]; ok {
		return w
	}
	return languages["en"]
}
