package store_test

import (
	"testing"
	"time"

	"github.com/draftwire/draftwire/store"
)

// A notice is told once, is claimed once, and one that was being handed over
// when the process died is unknown, never sent again.
func TestNotices(t *testing.T) {
	db := fresh(t)
	add := func(key string, want bool) {
		t.Helper()
		update(t, db, func(tx *store.Tx) error {
			added, err := tx.AddNotice(ctx, store.Notice{Key: key, Subject: "about " + key, Text: "words\n"}, noon)
			if added != want {
				t.Errorf("%s added: %t, want %t", key, added, want)
			}
			return err
		})
	}
	add("one", true)
	add("two", true)
	add("one", false)
	claim := func(now time.Time) (list []store.Mail) {
		t.Helper()
		update(t, db, func(tx *store.Tx) (err error) {
			list, err = tx.ClaimNotices(ctx, now, now.Add(time.Minute), noon.Add(-time.Hour), 10)
			return err
		})
		return list
	}
	first := claim(noon)
	if len(first) != 2 || first[0].ID >= 0 || first[0].Notice.Subject != "about one" || first[0].MessageID == first[1].MessageID {
		t.Fatalf("claimed %+v", first)
	}
	if again := claim(noon); len(again) != 0 {
		t.Errorf("claimed twice: %+v", again)
	}
	update(t, db, func(tx *store.Tx) error {
		began, err := tx.BeginSending(ctx, first[0].ID, noon)
		if !began {
			t.Error("not to be sent")
		}
		return err
	})
	release, leads, err := db.Lead(ctx, noon) // as after a crash
	if err != nil || !leads {
		t.Fatal(leads, err)
	}
	defer release()
	second := claim(noon)
	if len(second) != 1 || second[0].MessageID != first[1].MessageID {
		t.Errorf("after a crash: %+v", second)
	}
	list, err := db.Notices(ctx, noon)
	if err != nil || len(list) != 2 || list[1].State != store.Unknown || list[0].State != store.Queued {
		t.Errorf("%+v, %v", list, err)
	}
	if next, err := db.NextNotice(ctx, noon.Add(time.Hour)); err != nil || !next.IsZero() {
		t.Errorf("an old notice is due: %s, %v", next, err)
	}
}
