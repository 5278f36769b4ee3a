package catalog

import (
	"testing"
	"time"
)

func TestPresentedParts(t *testing.T) {
	for _, tt := range []struct {
		name, meeting, group string
		kind                 MaterialType
		slot                 string
		number               int
	}{
		{"slides-124-hotrfc-sessa-01-gaps", "124", "hotrfc", SlideDeck, "sessa", 1},
		{"slides-124-hotrfc-sessa-00-chairs", "124", "hotrfc", SlideDeck, "sessa", 0},
		{"slides-124-hotrfc-sessb-12-x", "124", "hotrfc", SlideDeck, "sessb", 12},
		{"slides-124-hotrfc-sessa-gaps", "124", "hotrfc", SlideDeck, "sessa", -1},
		{"slides-124-hotrfc-07-x", "124", "hotrfc", SlideDeck, "", 7},
		{"slides-124-hotrfc-2025-review", "124", "hotrfc", SlideDeck, "", -1},
		{"slides-124-a-b-sessa-03-x", "124", "a-b", SlideDeck, "sessa", 3},
		{"slides-124-other-sessa-03-x", "124", "hotrfc", SlideDeck, "", -1},
		{"Slides-124-HotRFC-SessA-03-X", "124", "hotrfc", SlideDeck, "sessa", 3},
		{"slides-interim-2026-tls-01-sessa-02-x", "interim-2026-tls-01", "tls", SlideDeck, "sessa", 2}, // the group stands in the meeting's name
		{"minutes-124-tls-202511031430", "124", "tls", Minutes, "", -1},
		{"draft-ietf-tls-x", "124", "tls", DraftOnAgenda, "", -1},
	} {
		p := Presented{Name: tt.name}
		if p.Type() != tt.kind || p.Slot(tt.meeting, tt.group) != tt.slot || p.Number(tt.meeting, tt.group) != tt.number {
			t.Errorf("%s: got %s, %q, %d", tt.name, p.Type(), p.Slot(tt.meeting, tt.group), p.Number(tt.meeting, tt.group))
		}
	}
}

func TestIsMaterialName(t *testing.T) {
	for name, want := range map[string]bool{
		"slides-124-tls-x": true, "minutes-124-tls-202511031430": true, "draft-ietf-pilc-2.5g3g": true, "": false, "slides": false, "-x": false,
		"slides-../x": false, "slides-a..b": false, "slides-a b": false, "slides-\u202ea": false, "1-2": false, "slides-a/b": false,
	} {
		if IsMaterialName(name) != want {
			t.Errorf("%q: got %v", name, !want)
		}
	}
}

func TestCalled(t *testing.T) {
	for _, tt := range []struct{ group, name, session, want string }{
		{"hotrfc", "Request for Conversation (HotRFC)", "", "HotRFC"},
		{"hotrfc", "", "HotRFC Lightning Talks", "HotRFC"},
		{"tls", "Transport Layer Security", "", "TLS"},
		{"tls", "tls", "", "TLS"},
		{"quic", "QUIC", "", "QUIC"},
	} {
		s := Session{Group: tt.group, GroupName: tt.name, Name: tt.session}
		if got := s.Called(); got != tt.want {
			t.Errorf("%+v: got %q", tt, got)
		}
	}
}

func TestSessionSlot(t *testing.T) {
	s := Session{Meeting: Meeting{Number: "124"}, Group: "tls", Materials: []Presented{{Name: "slides-124-tls-sessb-x"}, {Name: "agenda-124-tls"}}}
	if got := s.Slot(); got != "sessb" {
		t.Errorf("got %q", got)
	}
	s.Materials = append(s.Materials, Presented{Name: "slides-124-tls-sessa-y"})
	if got := s.Slot(); got != "" {
		t.Errorf("got %q of documents that do not agree", got)
	}
	late, unknown := Session{Starts: time.Unix(2, 0)}, Session{}
	if late.Compare(unknown) >= 0 || unknown.Compare(late) <= 0 {
		t.Error("a session of unknown time is not last")
	}
}
