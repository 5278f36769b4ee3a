package config

import (
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Where the texts of drafts are had.

// longestBack bounds how far back texts are fetched of what is no news: some
// ten thousand revisions appear in a year.
const longestBack = 366 * 24 * time.Hour

func (k *checker) checkTexts() {
	t := k.cfg.Texts
	u, err := url.Parse(strings.NewReplacer("{name}", "draft-x", "{rev}", "00").Replace(t.URL))
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		k.doc.wrong("texts.url", fmt.Sprintf("%q is not an address", t.URL), `write it as "https://www.ietf.org/archive/id/{name}-{rev}.txt"`)
	case !strings.Contains(t.URL, "{name}") || !strings.Contains(t.URL, "{rev}"):
		k.doc.wrong("texts.url", "every draft would have the same text", `write {name} and {rev} where the draft's name and revision stand`)
	}
	if t.Back.Duration < 0 || t.Back.Duration > longestBack {
		k.doc.wrong("texts.back", "texts cannot be fetched for so far back", `write "0s" to "366d", such as "30d"`)
	}
}
