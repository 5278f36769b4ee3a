package aggregator

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/draftwire/draftwire/catalog"
)

// TestDecisions holds which events the tales of decisions make, on which
// document, with whose facts: those of a draft's revision are shared with its
// announcement, those of a charter's mails are each mail's own.
func TestDecisions(t *testing.T) {
	type line struct {
		event              catalog.EventKind
		nameRev, part      string
		title, group, text string
		level              catalog.Level
	}
	const thing = "This document is about A Better Thing."
	want := []line{ // newest first
		{catalog.Expired, "draft-WRITER-Thing-2.5-03", "", "Old Names", "", "This document is about Old Names.", ""},
		{catalog.IPR, "draft-none", "", "", "", "", ""},
		{catalog.IPR, "draft-ietf-quic-thing", "", "A Better Thing", "quic", "As the call says it.", "ps"},
		{catalog.Errata, "rfc9999", "", "A Thing Done", "quic", "It tells of A Thing Done.", "ps"},
		{catalog.IESGAction, "draft-ietf-quic-thing-01", "ps", "A Better Thing", "quic", thing, "ps"},
		{catalog.LastCall, "draft-ietf-quic-thing", "2026-03-27", "A Better Thing", "quic", "As the call says it.", "ps"},
		{catalog.LastCall, "draft-ietf-quic-rope-05", "2026-03-28", "Rope", "quic", "", "ps"},
		{catalog.LastCall, "draft-Writer-Knot-02", "2026-03-28", "Knot", "quic", "", "ps"},
		{catalog.LastCall, "draft-ietf-quic-thing-01", "2026-03-27", "A Better Thing", "quic", thing, "ps"},
		{catalog.CharterAction, "charter-ietf-quic", "", "Formed Some Name", "quic", "Fly high.", ""},
		{catalog.AdoptionCall, "draft-Writer-Knot-00", "", "", "", "Tie.", ""},
		{catalog.AdoptionCall, "draft-Writer-Knot-01", "", "", "", "Tie.", ""},
		{catalog.Interim, "charter-ietf-quic", "", "Some Name WG Virtual Meeting: 2026-04-02", "quic", "It will meet.", ""},
		{catalog.Interim, "charter-ietf-quic", "", "Some Name WG Virtual Meeting: 2026-04-02 CHANGED", "quic", "It meets later.", ""},
		{catalog.CharterReview, "charter-ietf-quic", "", "Some Name", "quic", "Fly.", ""},
	}
	db := openStore(t)
	order := make([]int, len(tales()))
	for i := range order {
		order[i] = len(order) - 1 - i
	}
	take(t, db, order, 5)
	var got []line
	for _, e := range catalogued(t, db) {
		switch e.Event {
		case catalog.New, catalog.Revised, catalog.Published, catalog.Posted:
			continue
		}
		l := line{e.Event, e.NameRev(), e.Part, e.Facts.Title, e.Facts.Group, e.Facts.Abstract, e.Facts.Level}
		if e.Event != catalog.LastCall && e.Event != catalog.IESGAction {
			l.part = "" // a Message-ID
		}
		got = append(got, l)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(line{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
