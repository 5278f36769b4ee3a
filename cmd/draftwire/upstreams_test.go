package main

import (
	"fmt"
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
		{"imap", `url = "imaps://h/f"`, aggregator.IMAP{}, filters.MailingLists},
		{"mbox", `path = "p"`, aggregator.Mbox{}, filters.MailingLists},
		{"mbox", `url = "https://h/{YYYY}-{MM}.mail"`, aggregator.MboxHTTP{}, filters.MailingLists},
		{"maildir", `path = "p"`, aggregator.Maildir{}, filters.MailingLists},
		{"pipermail", "url = \"https://h/p/\"\nsince = 2025-01-01", aggregator.Pipermail{}, filters.MailingLists},
		{"hyperkitty", `url = "https://h/list/l@h/"`, aggregator.HyperKitty{}, filters.MailingLists},
		{"public-inbox", `url = "https://h/inbox/"`, aggregator.PublicInbox{}, filters.MailingLists},
		{"rfc-index", "", aggregator.RFCIndex{}, filters.Datatracker},
		{"id-abstracts", "", aggregator.Abstracts{}, filters.Datatracker},
		{"all-ids", "", aggregator.AllIDs{}, filters.Datatracker},
		{"datatracker", "announcements = true", &aggregator.Datatracker{}, filters.Announcements},
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
