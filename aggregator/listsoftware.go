// This file tells what list software writes to a subscriber from what a list
// distributes.

package aggregator

import (
	"regexp"
	"slices"
	"strings"

	"github.com/draftwire/draftwire/mail"
)

// isListSoftware reports a mail that list software wrote to an address: to have
// a subscription confirmed, to welcome it, or to ask whether it is still there.
// Some of these bear the List-Id, so what is written in a list's name counts
// then only if the software says that it wrote it.
func isListSoftware(m mail.Message, raw []byte, list string) bool {
	if len(mail.Fields(raw, "X-List-Administrivia")) > 0 { // Mailman
		return true
	}
	from := localParts(m.From)
	if ids := mail.ListIDs(raw); len(ids) > 0 {
		own, _, _ := strings.Cut(list, ".")
		return slices.Equal(ids, []string{strings.ToLower(list)}) &&
			slices.ContainsFunc(from, func(local string) bool { return isControlOf(strings.ToLower(own), local) })
	}
	from = append(from, localParts(mail.Addresses(raw, "Reply-To"))...)
	return slices.ContainsFunc(from, isControl) || confirmation.MatchString(m.Subject)
}

// localParts gives the parts before the @, in lower case.
func localParts(addresses []mail.Address) (locals []string) {
	for _, a := range addresses {
		local, _, _ := strings.Cut(a.Addr, "@")
		locals = append(locals, strings.ToLower(local))
	}
	return locals
}

// isControlOf tells the addresses at which a list's software answers.
func isControlOf(list, local string) bool {
	rest, ok := strings.CutPrefix(local, list+"-")
	return ok && (rest == "request" || rest == "bounces" || strings.HasPrefix(rest, "confirm+"))
}

// isControl tells such addresses whatever list they belong to: those of Mailman,
// Sympa, LISTSERV, Majordomo and ezmlm.
func isControl(local string) bool {
	switch local {
	case "mailman", "mailman-owner", "mailman-bounces", "sympa", "listserv", "majordomo", "majordomo-owner":
		return true
	}
	return controlAddress.MatchString(local)
}

var (
	controlAddress = regexp.MustCompile(`-(request|confirm\+\S+|sc\.\S+|help)$`)

	// confirmation tells the subjects of requests to confirm:
	// Mailman's "confirm 1f2e...", Sympa's "auth 1f2e... subscribe list",
	// LISTSERV's "Command confirmation request (1F2E)", Majordomo's
	// "Confirmation for subscribe list" and ezmlm's "confirm subscribe to list@".
	confirmation = regexp.MustCompile(`(?i)^(re: *)?(confirm [0-9a-f]{8,}$|confirm (un)?subscribe |auth [0-9a-f]{6,}\b|command confirmation request\b|confirmation for (un)?subscribe\b|your confirmation is required to )`)
)
