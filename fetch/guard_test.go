package fetch

import (
	"errors"
	"net"
	"strings"
	"testing"
)

func TestGuardCheck(t *testing.T) {
	tests := []struct {
		address string
		web     bool
		want    string // in the reason; empty: allowed
	}{
		{"93.184.215.14:443", true, ""},
		{"93.184.215.14:80", true, ""},
		{"93.184.215.14:8080", true, "ports 80 and 443"},
		{"93.184.215.14:993", false, ""},
		{"[2606:2800:21f::1]:443", true, ""},
		{"0.0.0.0:80", true, "this network"},
		{"10.1.2.3:80", true, "private"},
		{"100.64.0.1:80", true, "carrier"},
		{"100.128.0.1:80", true, ""},
		{"127.0.0.1:80", true, "loopback"},
		{"127.9.9.9:993", false, "loopback"},
		{"169.254.169.254:80", true, "link-local"},
		{"172.16.0.1:80", true, "private"},
		{"172.32.0.1:80", true, ""},
		{"192.0.0.8:80", true, "assignments"},
		{"192.0.2.1:80", true, "documentation"},
		{"192.88.99.1:80", true, "6to4"},
		{"192.168.1.1:80", true, "private"},
		{"198.18.0.1:80", true, "benchmarking"},
		{"198.19.255.1:80", true, "benchmarking"},
		{"198.51.100.7:80", true, "documentation"},
		{"203.0.113.7:80", true, "documentation"},
		{"224.0.0.1:80", true, "multicast"},
		{"240.0.0.1:80", true, "reserved"},
		{"255.255.255.255:80", true, "reserved"},
		{"[::]:80", true, "unspecified"},
		{"[::1]:80", true, "loopback"},
		{"[::ffff:127.0.0.1]:80", true, "loopback"},
		{"[::ffff:10.0.0.1]:80", true, "private"},
		{"[::10.0.0.1]:80", true, "reserved"},
		{"[64:ff9b::7f00:1]:80", true, "NAT64"},
		{"[64:ff9b:1::1]:80", true, "NAT64"},
		{"[2001::1]:80", true, "Teredo"},
		{"[2001:db8::1]:80", true, "documentation"},
		{"[2002:7f00:1::]:80", true, "6to4"},
		{"[3fff::1]:80", true, "documentation"},
		{"[fc00::1]:80", true, "unique local"},
		{"[fd12::1]:80", true, "unique local"},
		{"[fe80::1%lo]:80", true, "link-local"},
		{"[fec0::1]:80", true, "reserved"},
		{"[ff02::1]:80", true, "multicast"},
		{"[5f00::1]:80", true, "reserved"},
		{"name:80", true, "not an IP"},
	}
	for _, tt := range tests {
		err := newGuard(nil).check("host", tt.address, tt.web)
		if got := reason(err); (tt.want == "") != (err == nil) || !strings.Contains(got, tt.want) {
			t.Errorf("check(%s, web %v) = %v, want a reason with %q", tt.address, tt.web, err, tt.want)
		}
	}
}

func reason(err error) string {
	if b := (*BlockedError)(nil); errors.As(err, &b) {
		return b.Reason
	}
	return ""
}

func TestGuardExceptions(t *testing.T) {
	tests := []struct {
		allow, host, address string
		want                 bool
	}{
		{"127.0.0.1:8080", "x", "127.0.0.1:8080", true},
		{"127.0.0.1:8080", "x", "[::ffff:127.0.0.1]:8080", true},
		{"127.0.0.1:8080", "x", "127.0.0.1:8081", false},
		{"127.0.0.1:8080", "x", "127.0.0.2:8080", false},
		{"127.0.0.1", "x", "127.0.0.1:9", true},
		{"127.0.0.0/8", "x", "127.3.2.1:9", true},
		{"127.0.0.0/8", "x", "10.0.0.1:80", false},
		{"[::1]:25", "x", "[::1]:25", true},
		{"::1", "x", "[::1]:25", true},
		{"fd00::/8", "x", "[fd00::5]:443", true},
		{"feeds.lan:8080", "Feeds.LAN", "10.0.0.1:8080", true},
		{"feeds.lan:8080", "feeds.lan", "10.0.0.1:80", false},
		{"feeds.lan:8080", "other.lan", "10.0.0.1:8080", false},
		{"feeds.lan", "feeds.lan", "10.0.0.1:99", true},
		{"", "", "10.0.0.1:80", false},
	}
	for _, tt := range tests {
		if err := newGuard([]string{tt.allow}).check(tt.host, tt.address, true); (err == nil) != tt.want {
			t.Errorf("allow %q: check(%s, %s) = %v, want allowed: %v", tt.allow, tt.host, tt.address, err, tt.want)
		}
	}
}

func TestCheckAllow(t *testing.T) {
	for _, good := range []string{"127.0.0.1:80", "10.0.0.0/8", "::1", "[::1]:80", "feeds.lan", "feeds.lan:81"} {
		if err := CheckAllow(good); err != nil {
			t.Errorf("CheckAllow(%q) = %v", good, err)
		}
	}
	for _, bad := range []string{"", ":80", "10.0.0.0/99", "http://x", "*", "a:b:c", "host:"} {
		if err := CheckAllow(bad); err == nil {
			t.Errorf("CheckAllow(%q) = nil, want an error", bad)
		}
	}
}

func TestDialContext(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	addr := l.Addr().String()

	if _, err := New(Options{}).DialContext(t.Context(), "tcp", addr); reason(err) != "loopback address" {
		t.Errorf("without an exception: %v, want a BlockedError", err)
	}
	conn, err := New(Options{Allow: []string{addr}}).DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
	if _, err := New(Options{Allow: []string{addr}}).DialContext(t.Context(), "unix", addr); err == nil {
		t.Error("unix socket dialled, want an error")
	}
}
