package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/draftwire/draftwire/aggregator"
	"github.com/draftwire/draftwire/config"
	"github.com/draftwire/draftwire/filters"
)

// TestUpstreams holds that each kind of source that the configuration takes is
// read by the upstream it names.
func TestUpstreams(t *testing.T) {
	for _, tt := range []struct {
		kind, where string
		want        aggregator.Upstream
		fills       string
	}{
		{"feed", `url = "https://h/f"`, aggregator.Feed{}, filters.Feeds},
		{"imap", `url = "imaps://h/f"`, &aggregator.IMAP{}, filters.MailingLists},
		{"mbox", `path = "p"`, aggregator.Mbox{}, filters.MailingLists},
		{"mbox", `url = "https://h/{YYYY}-{MM}.mail"`, aggregator.MboxHTTP{}, filters.MailingLists},
		{"maildir", `path = "p"`, aggregator.Maildir{}, filters.MailingLists},
		{"pipermail", "url = \"https://h/p/\"\nsince = 2025-01-01", aggregator.Pipermail{}, filters.MailingLists},
		{"hyperkitty", `url = "https://h/list/l@h/"`, aggregator.HyperKitty{}, filters.MailingLists},
		{"public-inbox", `url = "https://h/inbox/"`, aggregator.PublicInbox{}, filters.MailingLists},
		{"rfc-index", "", aggregator.RFCIndex{}, filters.Datatracker},
		{"id-abstracts", "", aggregator.Abstracts{}, filters.Datatracker},
		{"all-ids", "", aggregator.AllIDs{}, filters.Datatracker},
		{"smtp", "list_id = \"l.h.example\"\n[inbound]\nlisten = \":2525\"", nil, filters.MailingLists},
		{"datatracker", "announcements = true", &aggregator.Datatracker{}, filters.Announcements},
		{"meeting", "meetings = [\"124\"]", &aggregator.Meetings{}, filters.Datatracker},
	} {
		cfg, err := config.Parse("test", fmt.Appendf(nil, "[[source]]\nname = \"s\"\nkind = %q\n%s\n", tt.kind, tt.where))
		if err != nil {
			t.Errorf("%s: %v", tt.kind, err)
			continue
		}
		s := settings{Config: cfg}
		got := s.sources(s.client(), nil)[0]
		if fmt.Sprintf("%T", got.Upstream) != fmt.Sprintf("%T", tt.want) {
			t.Errorf("%s is read by %T, want %T", tt.kind, got.Upstream, tt.want)
		}
		switch p := got.Upstream.(type) {
		case aggregator.Pipermail:
			if p.Since.Year() != 2025 || p.Overlap != 48*time.Hour {
				t.Errorf("since came as %v, overlap as %v", p.Since, p.Overlap)
			}
		case *aggregator.Meetings:
			if len(p.Numbers) != 1 || p.Numbers[0] != "124" {
				t.Errorf("meetings came as %q", p.Numbers)
			}
		case *aggregator.Datatracker:
			if p.Overlap != 48*time.Hour {
				t.Errorf("overlap came as %v", p.Overlap)
			}
		}
		if !s.fills(tt.fills) {
			t.Errorf("%s does not count as %s", tt.kind, tt.fills)
		}
	}
}

// TestListID holds which list the mails of an archive belong to.
func TestListID(t *testing.T) {
	for _, tt := range []struct{ kind, url, listID, want string }{
		{"hyperkitty", "https://h/archives/list/tls@Example.org/", "", "tls.example.org"},
		{"hyperkitty", "https://h/archives/list/tls%40example.org", "", "tls.example.org"},
		{"hyperkitty", "https://h/archives/list/tls@example.org/", "TLS.ietf.org", "tls.ietf.org"},
		{"hyperkitty", "https://h/archives/tls/", "", ""},
		{"pipermail", "https://h/pipermail/tls@example.org/", "", ""},
		{"pipermail", "https://h/pipermail/tls/", "tls.ietf.org", "tls.ietf.org"},
	} {
		c := config.Source{Kind: config.SourceKind(tt.kind), URL: tt.url, ListID: tt.listID}
		if got := listID(c); got != tt.want {
			t.Errorf("%s %s: got %q, want %q", tt.kind, tt.url, got, tt.want)
		}
	}
}

// TestIdle holds that so many IMAP sources of a server keep a connection as it
// can be asked for, those that announce first.
func TestIdle(t *testing.T) {
	var text strings.Builder
	for i := range 20 {
		fmt.Fprintf(&text, "[[source]]\nname = \"s%02d\"\nkind = \"imap\"\nurl = \"imaps://h%d/f\"\nannouncements = %v\npaused = %v\n", i, i%2, i >= 16, i == 0)
	}
	cfg, err := config.Parse("test", []byte(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	got := slices.Sorted(maps.Keys(settings{Config: cfg}.idle()))
	want := []string{"s01", "s02", "s03", "s04", "s05", "s06", "s07", "s08", "s16", "s17", "s18", "s19"}
	if !slices.Equal(got, want) {
		t.Errorf("idle on %v, want %v", got, want)
	}
}
