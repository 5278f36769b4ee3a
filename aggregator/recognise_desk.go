// This file knows who announces: offices, and the hosts they write from.

package aggregator

import (
	"fmt"
	"strings"

	"github.com/draftwire/draftwire/mail"
)

// desk is an office that announces: its mailbox and the hosts it has written
// from over the years. The lists are closed.
type desk struct {
	mailbox string
	hosts   []string
}

var (
	ietfHosts      = []string{"ietf.org", "ns.ietf.org", "cnri.reston.va.us", "ietf.cnri.reston.va.us"}
	rfcEditorHosts = []string{"rfc-editor.org", "rfcpa.rfc-editor.org"}

	draftsDesk      = desk{"internet-drafts", ietfHosts}
	iesgDesk        = desk{"iesg-secretary", ietfHosts}
	expiryDesk      = desk{"ietf-secretariat-reply", ietfHosts}
	datatrackerDesk = desk{"noreply", ietfHosts}
	iprDesk         = desk{"ietf-ipr", ietfHosts}
	rfcDesk         = desk{"rfc-editor", rfcEditorHosts}
)

func (d desk) String() string { return d.mailbox + "@" + d.hosts[0] }

// sent reports whether the desk alone stands in From, by address: a display
// name proves nothing.
func (d desk) sent(from []mail.Address) bool {
	if len(from) != 1 {
		return false
	}
	local, host, ok := strings.Cut(undoDMARC(from[0].Addr), "@")
	if !ok || !strings.EqualFold(local, d.mailbox) {
		return false
	}
	for _, h := range d.hosts {
		if strings.EqualFold(host, h) {
			return true
		}
	}
	return false
}

// undoDMARC gives the address that an IETF list rewrote to get through the
// DMARC policy (RFC 7489) of the sender's domain: user=40dom@dmarc.ietf.org.
func undoDMARC(addr string) string {
	const host = "@dmarc.ietf.org"
	i := len(addr) - len(host)
	if i <= 0 || !strings.EqualFold(addr[i:], host) {
		return addr
	}
	local, domain, ok := strings.Cut(addr[:i], "=40")
	if !ok || local == "" || domain == "" || strings.Contains(addr[:i], "@") {
		return addr
	}
	return local + "@" + domain
}

// fromText shows the senders' addresses in a defect.
func fromText(from []mail.Address) string {
	if len(from) == 0 {
		return "empty"
	}
	addrs := make([]string, 0, 3)
	for _, a := range from[:min(len(from), 3)] {
		addrs = append(addrs, fmt.Sprintf("%.100q", a.Addr))
	}
	return strings.Join(addrs, ", ")
}
