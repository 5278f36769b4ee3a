// In which language a page speaks: the one asked for by ?lang=, else the one
// that the reader's browser prefers. There are no cookies: links carry the choice.

package web

import (
	"net/http"

	"golang.org/x/text/language"
)

var matcher = func() language.Matcher {
	var tags []language.Tag
	for _, m := range languages {
		tags = append(tags, language.MustParse(m.Tag))
	}
	return language.NewMatcher(tags)
}()

// wordsFor gives the words for who asks, those of a given language where no
// preference is told, and English where we speak none that is preferred.
func wordsFor(r *http.Request, otherwise string) *messages {
	if m := chosen(r); m != nil {
		return m
	}
	tags, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil || len(tags) == 0 {
		tags = []language.Tag{language.Make(otherwise)}
	}
	_, i, _ := matcher.Match(tags...)
	return languages[i]
}

// chosen gives the words that an address asks for, or nil.
func chosen(r *http.Request) *messages {
	tag := r.URL.Query().Get("lang")
	for _, m := range languages {
		if m.Tag == tag {
			return m
		}
	}
	return nil
}

// choice is what links within the site carry on: nothing, or the language.
func choice(r *http.Request) string {
	if m := chosen(r); m != nil {
		return "?lang=" + m.Tag
	}
	return ""
}

// others are the languages that a page is told in beside its own.
func (m *messages) others() (list []*messages) {
	for _, o := range languages {
		if o != m {
			list = append(list, o)
		}
	}
	return list
}
