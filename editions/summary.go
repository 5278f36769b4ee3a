// Summaries: the sentences of an abstract that carry it, as they stand there.

package editions

import (
	"regexp"
	"slices"
	"strings"
)

// Bounds of a summary, in bytes. One sentence may be longer than the room that
// all of them share; one longer than maxSentence is none that can be read.
const (
	summaryRoom  = 420
	maxSentence  = 900
	maxSummary   = 3        // sentences
	readAbstract = 64 << 10 // bytes of an abstract that are looked at
)

// summarise gives the sentences of an abstract that say what the document
// specifies, what it changes and what it is for: at most three, whole, in their
// order, without the boilerplate that many abstracts end with. It is empty
// where no sentence can be made out. The same abstract gives the same summary.
func summarise(abstract string) string {
	told := prose(abstract)
	if isShort(told) {
		return joined(spoken(told, nil))
	}
	chosen := make([]bool, len(told))
	room := summaryRoom
	for n := range maxSummary {
		at := bestSentence(told, chosen, room, n == 0)
		if at < 0 {
			break
		}
		chosen[at] = true
		room -= len(told[at].text) + 1
	}
	return joined(spoken(told, chosen))
}

// isShort reports whether an abstract is no longer than a summary would be.
func isShort(told []sentence) bool {
	size := 0
	for _, s := range told {
		size += len(s.text) + 1
	}
	return len(told) <= maxSummary && size <= summaryRoom*2/3
}

// spoken gives the sentences that were chosen, or all.
func spoken(told []sentence, chosen []bool) (list []string) {
	for i, s := range told {
		if chosen == nil || chosen[i] {
			list = append(list, s.text)
		}
	}
	return list
}

// joined puts sentences side by side: Japanese ones without a blank.
func joined(list []string) string {
	var b strings.Builder
	for i, s := range list {
		if i > 0 && !strings.HasSuffix(list[i-1], "。") {
			b.WriteByte(' ')
		}
		b.WriteString(s)
	}
	return b.String()
}

// sentence is one with what it is worth.
type sentence struct {
	text      string
	worth     int
	leans     bool // says "it" or "however" of the one before, and cannot stand without it
	paragraph int
}

// prose gives the sentences of an abstract's paragraphs. Lists, drawings and
// what announces them are no prose, and boilerplate is left out.
func prose(abstract string) (told []sentence) {
	text := plain(strings.ToValidUTF8(abstract[:min(len(abstract), readAbstract)], ""))
	cut := len(abstract) > readAbstract
	blocks := strings.Split(text, "\n\n")
	for p, block := range blocks {
		if block = strings.Trim(block, "\n"); strings.Contains(block, "\n") || strings.HasPrefix(block, "- ") || strings.HasPrefix(block, "> ") {
			continue
		}
		list := sentences(block)
		if cut && p == len(blocks)-1 && len(list) > 0 {
			list = list[:len(list)-1] // may be half a sentence
		}
		if p+1 < len(blocks) && strings.HasPrefix(strings.TrimLeft(blocks[p+1], "\n"), "- ") && len(list) > 0 && !ended.MatchString(list[len(list)-1]) {
			list = list[:len(list)-1] // goes on in a list
		}
		for _, s := range list {
			if isReadable(s) && !boilerplate.MatchString(s) {
				told = append(told, sentence{text: s, worth: worth(s), leans: leaning.MatchString(s), paragraph: p})
			}
		}
	}
	return told
}

// isReadable reports whether a text is a sentence of words that ends.
func isReadable(s string) bool {
	return len(s) <= maxSentence && strings.ContainsAny(s, " 、。") && !strings.HasSuffix(s, ":") && !strings.HasSuffix(s, "：")
}

var (
	carrier = regexp.MustCompile(`(?i)\b(this|the present|these|our) (document|memo|memorandum|specification|draft|internet-draft|note|rfc|profile|standard|report|paper|text|bcp|documents|extension)\b|\bin this (document|memo|draft|specification|note), we\b|\bwe (propose|present|define|describe|specify|introduce)\b|この(文書|仕様|メモ|ドラフト)|本(文書|仕様|書)`)
	tells   = regexp.MustCompile(`(?i)\b(specif|defin|describ|propos|present|introduc|extend|provid|document|discuss|analy[sz]|clarif|deprecat|register|list|outlin|establish|standardi[sz]|elaborat|explain|remov|examin|profil|add|allocat|updat|obsolet|replac|complement|requir|recommend|address|collect)(e|es|s|ies|y|yzes|zes|ses|ed|ing)?\b`)
	changes = regexp.MustCompile(`(?i)\b(updates?|obsoletes?|replaces?|deprecates?|supersedes?|moves|retires|revises?)\b.{0,80}\b(RFC|draft-|BCP|STD)`)
	purpose = regexp.MustCompile(`(?i)\b(allow|enabl|permit)(s|es|ing)?\b|\bso that\b|\bin order to\b|\bmak(es|ing) it possible\b|\b(intended|meant|designed|used|useful) (to|for|as|because)\b|\b(aims?|goal|purpose|benefits?)\b`)

	// leaning sentences need the one before them.
	leaning = regexp.MustCompile(`^(It|Its|They|Their|These|Those|Such|Both|However|Therefore|Thus|Hence|Furthermore|Moreover|Additionally|Also|Meanwhile|Collectively|As a result|In particular|In addition|For example|For instance|Instead|Then|That|Here|When validated|Consequently|Similarly|Finally|Otherwise|そのため|また|これ|それ|しかし)\b?|^This (?i:approach|allows|enables|is|was|can|makes|mechanism|separation|object|unique|format|identifier|method|will|means|includes|also|ensures|has)\b`)

	boilerplate = regexp.MustCompile(`(?i)^\s*(discussion venues?|note to (readers|the rfc)|about this document|status of this memo|editor'?s? note|rfc editor|author'?s note|note:|\[\[|copyright)|` +
		`to be removed|remove this (note|section|paragraph)|latest (version|revision|draft) of this|source for this draft|issue tracker|github\.com|` +
		`(discussion|comments|feedback|contributions?) (of|on|about|regarding|to|are|is|should|can|may) .{0,80}(list|welcome|solicited|sent|github|directed|addressed|takes place)|please (send|direct|address)|mailing list\b.{0,60}(@|archive)|` +
		`product of the .{0,120}(working|research|task) (group|force)|key words "?must|bcp ?14|rfc ?2119|conformance with the provisions|distribution of this (memo|document) is unlimited|` +
		`work in progress|all rights reserved|trust legal provisions|does not (specify|represent|constitute) an? (internet )?standard of any kind|not a standard and does not|` +
		`rendered version|git repository|venue`)
)

var ended = regexp.MustCompile(`[.!?。！？][` + regexp.QuoteMeta(closers) + `」』）]*$`)

// worth is how much of an abstract a sentence carries.
func worth(s string) int {
	n := 0
	if carrier.MatchString(s) {
		n += 4
		if tells.MatchString(s) {
			n += 6
		}
	}
	if changes.MatchString(s) {
		n += 5
	}
	if purpose.MatchString(s) {
		n += 3
	}
	return n
}

// bestSentence picks the sentence to add: the worthiest that has room and what
// it leans on, the earlier among equals. The first may take more than the room.
// Without one that carries the document, its beginning does.
func bestSentence(told []sentence, chosen []bool, room int, first bool) int {
	best := -1
	for i, s := range told {
		if chosen[i] || !first && len(s.text) > room {
			continue
		}
		if s.leans && (i == 0 || !chosen[i-1]) && !(first && s.worth >= 10) {
			continue
		}
		if !first && s.worth == 0 && !follows(told, chosen, i) {
			continue
		}
		if best < 0 || s.worth > told[best].worth {
			best = i
		}
	}
	if best < 0 && first && len(told) > 0 {
		best = 0 // all lean on something that is no prose
	}
	return best
}

// follows reports whether a sentence goes on from one that was chosen, in the
// same paragraph.
func follows(told []sentence, chosen []bool, i int) bool {
	return i > 0 && chosen[i-1] && told[i].paragraph == told[i-1].paragraph &&
		slices.Index(chosen, true) >= i-2
}
