// The address guard: which addresses a connection may reach, asked after DNS.

package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"syscall"
)

// denied lists what no name from outside may lead to, by the IANA registries
// of special-purpose addresses (RFC 6890 and its updates).
var denied = []struct {
	prefix netip.Prefix
	reason string
}{
	{netip.MustParsePrefix("0.0.0.0/8"), "this network (RFC 1122)"},
	{netip.MustParsePrefix("10.0.0.0/8"), "private (RFC 1918)"},
	{netip.MustParsePrefix("100.64.0.0/10"), "carrier-grade NAT (RFC 6598)"},
	{netip.MustParsePrefix("127.0.0.0/8"), "loopback"},
	{netip.MustParsePrefix("169.254.0.0/16"), "link-local (RFC 3927)"},
	{netip.MustParsePrefix("172.16.0.0/12"), "private (RFC 1918)"},
	{netip.MustParsePrefix("192.0.0.0/24"), "protocol assignments (RFC 6890)"},
	{netip.MustParsePrefix("192.0.2.0/24"), "documentation (RFC 5737)"},
	{netip.MustParsePrefix("192.88.99.0/24"), "6to4 relay (RFC 7526)"},
	{netip.MustParsePrefix("192.168.0.0/16"), "private (RFC 1918)"},
	{netip.MustParsePrefix("198.18.0.0/15"), "benchmarking (RFC 2544)"},
	{netip.MustParsePrefix("198.51.100.0/24"), "documentation (RFC 5737)"},
	{netip.MustParsePrefix("203.0.113.0/24"), "documentation (RFC 5737)"},
	{netip.MustParsePrefix("224.0.0.0/4"), "multicast"},
	{netip.MustParsePrefix("240.0.0.0/4"), "reserved (RFC 1112)"},
	{netip.MustParsePrefix("::/128"), "unspecified"},
	{netip.MustParsePrefix("::1/128"), "loopback"},
	{netip.MustParsePrefix("64:ff9b::/96"), "NAT64 (RFC 6052)"},
	{netip.MustParsePrefix("64:ff9b:1::/48"), "local NAT64 (RFC 8215)"},
	{netip.MustParsePrefix("2001::/23"), "protocol assignments, Teredo (RFC 6890)"},
	{netip.MustParsePrefix("2001:db8::/32"), "documentation (RFC 3849)"},
	{netip.MustParsePrefix("2002::/16"), "6to4 (RFC 3056)"},
	{netip.MustParsePrefix("3fff::/20"), "documentation (RFC 9637)"},
	{netip.MustParsePrefix("fc00::/7"), "unique local (RFC 4193)"},
	{netip.MustParsePrefix("fe80::/10"), "link-local (RFC 4291)"},
	{netip.MustParsePrefix("ff00::/8"), "multicast"},
}

// globalUnicast holds every IPv6 address that is routed (RFC 4291, section
// 2.4, as IANA hands it out); what is outside is reserved.
var globalUnicast = netip.MustParsePrefix("2000::/3")

// denial says why addr, unmapped and without zone, is refused; "" if it is not.
func denial(addr netip.Addr) string {
	for _, d := range denied {
		if d.prefix.Contains(addr) {
			return d.reason + " address"
		}
	}
	if addr.Is6() && !globalUnicast.Contains(addr) {
		return "reserved address (RFC 4291)"
	}
	return ""
}

// exception is one entry of Options.Allow: addresses or a name, and a port
// (0 means any).
type exception struct {
	prefix netip.Prefix
	host   string // lower case; set when prefix is not
	port   string
}

// parseException reads one entry of Options.Allow.
func parseException(entry string) (exception, error) {
	if p, err := netip.ParsePrefix(entry); err == nil {
		return exception{prefix: p.Masked()}, nil
	}
	host, port := entry, ""
	if h, p, err := net.SplitHostPort(entry); err == nil {
		if _, err := strconv.ParseUint(p, 10, 16); err == nil {
			host, port = h, p
		}
	}
	if a, err := netip.ParseAddr(host); err == nil {
		a = a.Unmap().WithZone("")
		return exception{prefix: netip.PrefixFrom(a, a.BitLen()), port: port}, nil
	}
	if host == "" || strings.ContainsAny(host, ":/ []*") {
		return exception{}, fmt.Errorf(`%q allows nothing: want "127.0.0.1:8080", "10.1.0.0/16" or "host:port"`, entry)
	}
	return exception{host: strings.ToLower(host), port: port}, nil
}

// CheckAllow says what is wrong with an entry of Options.Allow; nil if nothing.
func CheckAllow(entry string) error {
	_, err := parseException(entry)
	return err
}

// guard decides which connections are made. It never changes.
type guard struct{ exceptions []exception }

func newGuard(allow []string) guard {
	var g guard
	for _, entry := range allow {
		if e, err := parseException(entry); err == nil {
			g.exceptions = append(g.exceptions, e)
		}
	}
	return g
}

// allows reports whether an exception covers addr and port, reached by the
// name that was dialled.
func (g guard) allows(host string, addr netip.Addr, port string) bool {
	for _, e := range g.exceptions {
		switch {
		case e.port != "" && e.port != port:
		case e.host != "" && strings.EqualFold(e.host, host):
			return true
		case e.host == "" && e.prefix.Contains(addr):
			return true
		}
	}
	return false
}

// check refuses a connection to address ("ip:port", as resolved from host).
func (g guard) check(host, address string, web bool) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return &BlockedError{Addr: address, Reason: "not an IP address and port"}
	}
	addr := ap.Addr().Unmap().WithZone("")
	_, port, _ := net.SplitHostPort(address)
	if g.allows(host, addr, port) {
		return nil
	}
	if reason := denial(addr); reason != "" {
		return &BlockedError{Addr: address, Reason: reason}
	}
	if web && port != "80" && port != "443" {
		return &BlockedError{Addr: address, Reason: "HTTP goes to ports 80 and 443"}
	}
	return nil
}

// dial connects to addr; web restricts the port. The check runs on each
// address that DNS gave, between its resolution and the connection, so that
// a name cannot change its mind in between.
func (g guard) dial(ctx context.Context, network, addr string, web bool) (net.Conn, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(network, "tcp") {
		return nil, fmt.Errorf("dial %s: network %q: want tcp", addr, network)
	}
	d := net.Dialer{
		Timeout: dialTimeout,
		ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
			return g.check(host, address, web)
		},
	}
	if web { // requests have limits of time, and idle connections end soon
		d.KeepAlive = -1
	}
	conn, err := d.DialContext(ctx, network, addr)
	if blocked := (*BlockedError)(nil); errors.As(err, &blocked) {
		return nil, blocked
	}
	return conn, err
}
