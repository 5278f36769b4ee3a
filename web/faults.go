// What the public is told of a source's fault: its class, in our own words.

package web

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// faultClasses are told apart by what their errors say, the first that fits;
// the store keeps the text only. Not a word of that text is shown: it may hold
// addresses with keys in them, paths of this machine and words of strangers.
var faultClasses = []struct {
	signs []string // any of them, in lower case
	words string
}{
	{[]string{"asked for no requests until"}, "asked us to wait"},
	{[]string{"an operator may allow it"}, "not allowed: its address is not one that we fetch from"},
	{[]string{"redirect"}, "redirects that lead nowhere"},
	{[]string{"no such host", "server misbehaving"}, "unreachable: its name is not known"},
	{[]string{"connection refused"}, "unreachable: nobody answers at its address"},
	{[]string{"no route to host", "network is unreachable", "connection reset", "broken pipe"}, "unreachable"},
	{[]string{"deadline exceeded", "timeout", "timed out"}, "unreachable: no answer in time"},
	{[]string{"x509:", "tls:", "certificate"}, "unreachable: no secure connection"},
	{[]string{"authenticationfailed", "login:", "authenticate:"}, "refused: the login failed"},
	{[]string{"larger than the limit", "too large", "decompresses to more", "far more than the sizes"}, "too large"},
	{[]string{"not a readable feed", "no feed in it", "the feed is empty", "neither version nor items"}, "not a feed"},
	{[]string{"neither a mailbox nor a mail", "links to no mailbox", "no maildir"}, "not an archive of mail"},
	{[]string{"bytes and had"}, "much shorter than the last time"},
	{[]string{"the file begins with", "is no page of a collection"}, "not the file that we look for"},
	{[]string{"no such file", "neither a file nor a directory"}, "not there"},
	{[]string{"permission denied"}, "not readable"},
	{[]string{"breaks off", "broken off", "cut off", "unexpected eof"}, "broken off"},
	{[]string{"is left out"}, "a part could not be read"},
}

var statusIn = regexp.MustCompile(`the server answers ([1-5][0-9][0-9])\b`)

// faultWords gives the class of an error's text, or nothing for none.
func faultWords(text string) string {
	if text == "" {
		return ""
	}
	if found := statusIn.FindStringSubmatch(text); found != nil {
		status, _ := strconv.Atoi(found[1]) // three digits
		return strings.TrimSpace("refused: HTTP " + found[1] + " " + http.StatusText(status))
	}
	lower := strings.ToLower(text)
	for _, class := range faultClasses {
		for _, sign := range class.signs {
			if strings.Contains(lower, sign) {
				return class.words
			}
		}
	}
	return "not as it should be; the operator is told more"
}
