package catalog

import "testing"

// TestKey pins identities: they are stored, and feeds make ids of them.
func TestKey(t *testing.T) {
	mail := digest("1@example.org")
	tests := []struct {
		report Report
		want   string
	}{
		{Report{Document: "draft-A-b", Kind: Draft, Event: New, Rev: "00"}, "draft-a-b-00"},
		{Report{Document: "draft-a-b", Kind: Draft, Event: Revised, Rev: "01", Part: "ignored"}, "draft-a-b-01"},
		{Report{Document: "rfc9999", Kind: RFC, Event: Published}, "rfc9999"},
		{Report{Document: "draft-a-b", Kind: Draft, Event: LastCall, Rev: "01", Part: "2026-03-18"}, "draft-a-b-01/last-call/2026-03-18"},
		{Report{Document: "draft-a-b", Kind: Draft, Event: LastCall, Part: "2026-03-18"}, "draft-a-b-/last-call/2026-03-18"},
		{Report{Document: "draft-a-b", Kind: Draft, Event: IESGAction, Rev: "01", Part: "ps"}, "draft-a-b-01/iesg-action/ps"},
		{Report{Document: "draft-a-b", Kind: Draft, Event: Expired, Rev: "01", Part: "1@example.org"}, "draft-a-b-01/expired/" + mail},
		{Report{Document: "draft-a-b", Kind: Draft, Event: IPR, Part: "1@example.org"}, "draft-a-b/ipr/" + mail},
		{Report{Document: "rfc9999", Kind: RFC, Event: Errata, Part: "1@example.org"}, "rfc9999/errata/" + mail},
		{
			Report{Document: "charter-ietf-tls", Kind: Charter, Event: Interim, Rev: CharterRev("1@example.org"), Part: "1@example.org"},
			"charter-ietf-tls/interim/" + mail,
		},
		{Report{Document: "msg-1", Kind: Post, Event: Posted, Part: "1@example.org"}, "msg-1"},
	}
	for _, tt := range tests {
		if got := tt.report.Key(); got != tt.want {
			t.Errorf("%+v: got %q, want %q", tt.report, got, tt.want)
		}
	}
}

func TestNameRev(t *testing.T) {
	for want, e := range map[string]Event{
		"draft-a-01":       {Document: "draft-a", Kind: Draft, Rev: "01"},
		"draft-a":          {Document: "draft-a", Kind: Draft},
		"charter-ietf-tls": {Document: "charter-ietf-tls", Kind: Charter, Rev: CharterRev("1@example.org")},
	} {
		if got := e.NameRev(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestEntryName(t *testing.T) {
	site := func(id string) string { return EntryName(id)[:len("entry-")+4] }
	for _, same := range [][]string{
		{"https://a.example/2026/one", "https://a.example/?p=2", "https://a.example"},
		{"tag:a.example,2026:/one", "tag:a.example,2026:/two"},
		{"urn:feed:1:2", "urn:feed:1:3"},
		{"", "0123abcd"},
	} {
		names := make(map[string]bool)
		for _, id := range same {
			name := EntryName(id)
			if !IsEntry(name) || names[name] || site(id) != site(same[0]) {
				t.Errorf("%q is %s, %q is %s", same[0], EntryName(same[0]), id, name)
			}
			names[name] = true
		}
	}
	if site("https://a.example/1") == site("http://a.example/1") || site("urn:feed:1:2") == site("urn:feed:2:2") {
		t.Error("two authorities share their digits")
	}
}
