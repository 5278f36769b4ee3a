// Speech: whether an answer is in the language it was asked for, by its script
// and the small words that every sentence has.

package llm

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// small are words that no text of a language does without, and few of another
// language has.
var small = map[string]string{
	"en": "the of and to that for it with are this by be which from can is an how when between used these its via",
	"de": "der die das und ist nicht ein eine mit für von zu auf den dem des werden wird sich oder über zur zum bei durch wie dieses",
	"fr": "le les des et est une un pour dans que qui sur avec par au aux ce cette du sont ou être l d plus",
	"es": "el los las y es una un para en que con por se del al su son cómo este esta o más",
	"it": "il lo gli di è un una per che con della nel si sono questo questa come dei delle anche",
	"pt": "os as é um uma para em que com por da do na no se são como este esta dos das ao não",
	"nl": "de het een en van dat voor op met zijn te niet aan worden wordt deze dit of door bij naar",
}

var smallSets = func() map[string]map[string]bool {
	sets := make(map[string]map[string]bool)
	for tag, list := range small {
		sets[tag] = make(map[string]bool)
		for w := range strings.FieldsSeq(list) {
			sets[tag][w] = true
		}
	}
	return sets
}()

// language refuses an answer in another language than the one asked for.
func language(c claim, s string) error {
	s = norm.NFKC.String(s)
	if err := scripts(c, s); err != nil {
		return err
	}
	hits := make(map[string]int)
	list := words(s)
	for _, w := range list {
		for tag, set := range smallSets {
			if set[w] {
				hits[tag]++
			}
		}
	}
	own := primary(c.language)
	if own == "ja" {
		if hits["en"] > 4 {
			return refuse("it is in English in part, want %s", nameOf(own))
		}
		return nil
	}
	if smallSets[own] == nil {
		return nil
	}
	likely := own
	for _, tag := range slices.Sorted(maps.Keys(hits)) {
		if hits[tag] > hits[likely] {
			likely = tag
		}
	}
	if likely != own {
		return refuse("it seems to be in %s, want %s", nameOf(likely), nameOf(own))
	}
	if c.task != Title && hits[own] == 0 {
		return refuse("it does not read like %s", nameOf(own))
	}
	return nil
}

// scripts compares the letters with those of the language. Others may stand in
// what the model was told.
func scripts(c claim, s string) error {
	own := []*unicode.RangeTable{unicode.Latin}
	japanese := primary(c.language) == "ja"
	if japanese {
		own = append(own, unicode.Han, unicode.Hiragana, unicode.Katakana)
	}
	input := norm.NFKC.String(c.input)
	letters, kana, latin := 0, 0, 0
	for _, r := range s {
		if !unicode.IsLetter(r) {
			continue
		}
		letters++
		switch {
		case unicode.In(r, unicode.Hiragana, unicode.Katakana):
			kana++
		case unicode.Is(unicode.Latin, r):
			latin++
		}
		if !unicode.In(r, own...) && r != 'ー' && !strings.ContainsRune(input, r) {
			return refuse("it has the letter %c, want %s", r, nameOf(c.language))
		}
	}
	if japanese && c.task == Title {
		return japaneseTitle(c, s)
	}
	if japanese && (kana == 0 || 8*kana < letters-latin || 4*(letters-latin) < letters) {
		return refuse("it does not read like %s", nameOf(c.language))
	}
	return nil
}

// japaneseTitle refuses what is no title in Japanese: many have no kana, and
// names stay as they are.
func japaneseTitle(c claim, s string) error {
	if fold(s) == fold(c.input) {
		return nil
	}
	notLatin := func(r rune) bool { return !unicode.Is(unicode.Latin, r) }
	told := strings.FieldsFunc(fold(c.input), notLatin)
	own, kept, letters := 0, 0, 0
	for _, r := range s {
		if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) {
			own++
		}
		if unicode.IsLetter(r) {
			letters++
		}
	}
	for _, w := range strings.FieldsFunc(fold(s), notLatin) {
		if slices.Contains(told, w) {
			kept += utf8.RuneCountInString(w)
		}
	}
	if own == 0 || 2*(own+kept) < letters {
		return refuse("it does not read like %s", nameOf(c.language))
	}
	return nil
}

func nameOf(tag string) string {
	if name := languageNames[primary(tag)]; name != "" {
		return name
	}
	return tag
}
