// What the public is told of a source's fault: its class, in our own words.

package web

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// fault is the class of what is wrong with a source, in English words.
type fault string

// The classes.
const (
	askedToWait fault = "asked us to wait"
	notAllowed  fault = "not allowed: its address is not one that we fetch from"
	badRedirect fault = "redirects that lead nowhere"
	unknownName fault = "unreachable: its name is not known"
	nobodyThere fault = "unreachable: nobody answers at its address"
	unreachable fault = "unreachable"
	noAnswer    fault = "unreachable: no answer in time"
	insecure    fault = "unreachable: no secure connection"
	badLogin    fault = "refused: the login failed"
	tooLarge    fault = "too large"
	noFeed      fault = "not a feed"
	noArchive   fault = "not an archive of mail"
	shrunk      fault = "much shorter than the last time"
	otherFile   fault = "not the file that we look for"
	notThere    fault = "not there"
	unreadable  fault = "not readable"
	brokenOff   fault = "broken off"
	partUnread  fault = "a part could not be read"
	otherFault  fault = "not as it should be; the operator is told more"
)

// faultClasses are told apart by what their errors say, the first that fits;
// the store keeps the text only. Not a word of that text is shown: it may hold
// addresses with keys in them, paths of this machine and words of strangers.
var faultClasses = []struct {
	signs []string // any of them, in lower case
	class fault
}{
	{[]string{"asked for no requests until"}, askedToWait},
	{[]string{"an operator may allow it"}, notAllowed},
	{[]string{"redirect"}, badRedirect},
	{[]string{"no such host", "server misbehaving"}, unknownName},
	{[]string{"connection refused"}, nobodyThere},
	{[]string{"no route to host", "network is unreachable", "connection reset", "broken pipe"}, unreachable},
	{[]string{"deadline exceeded", "timeout", "timed out"}, noAnswer},
	{[]string{"x509:", "tls:", "certificate"}, insecure},
	{[]string{"authenticationfailed", "login:", "authenticate:"}, badLogin},
	{[]string{"larger than the limit", "too large", "decompresses to more", "far more than the sizes"}, tooLarge},
	{[]string{"not a readable feed", "no feed in it", "the feed is empty", "neither version nor items"}, noFeed},
	{[]string{"neither a mailbox nor a mail", "links to no mailbox", "no maildir"}, noArchive},
	{[]string{"bytes and had"}, shrunk},
	{[]string{"the file begins with", "is no page of a collection"}, otherFile},
	{[]string{"no such file", "neither a file nor a directory"}, notThere},
	{[]string{"permission denied"}, unreadable},
	{[]string{"breaks off", "broken off", "cut off", "unexpected eof"}, brokenOff},
	{[]string{"is left out"}, partUnread},
}

var statusIn = regexp.MustCompile(`the server answers ([1-5][0-9][0-9])\b`)

// fault gives the class of an error's text in words, or nothing for none.
func (m *messages) fault(text string) string {
	if text == "" {
		return ""
	}
	if found := statusIn.FindStringSubmatch(text); found != nil {
		status, _ := strconv.Atoi(found[1]) // three digits
		return strings.TrimSpace(m.Answered(found[1]) + " " + http.StatusText(status))
	}
	class := faultIn(strings.ToLower(text))
	if words := m.Faults[class]; words != "" {
		return words
	}
	return string(class)
}

func faultIn(lower string) fault {
	for _, class := range faultClasses {
		for _, sign := range class.signs {
			if strings.Contains(lower, sign) {
				return class.class
			}
		}
	}
	return otherFault
}
