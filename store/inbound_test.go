package store_test

import (
	"errors"
	"fmt"
	"regexp"
	"testing"
	"time"

	"github.com/draftwire/draftwire/store"
)

func TestPushedSourcesAreNeverDue(t *testing.T) {
	db := fresh(t)
	ctx := t.Context()
	now := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	err := db.Update(ctx, func(tx *store.Tx) error {
		if err := tx.KeepSources(ctx, nil); err != nil {
			return err
		}
		if err := tx.KeepPushed(ctx, []string{"list"}); err != nil {
			return err
		}
		due, err := tx.ClaimSources(ctx, now, now.Add(time.Hour), 10)
		if err != nil || len(due) != 0 {
			t.Errorf("claimed %v: %v", due, err)
		}
		if _, err := tx.ClaimSource(ctx, "list", now, now.Add(time.Hour)); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("claimed by name: %v", err)
		}
		id, err := tx.SourceID(ctx, "list")
		if err != nil {
			return err
		}
		return tx.CountPushed(ctx, id, 3, now)
	})
	if err != nil {
		t.Fatal(err)
	}
	if next, err := db.NextPoll(ctx); err != nil || !next.IsZero() {
		t.Errorf("next poll %v: %v", next, err)
	}
	list, err := db.Sources(ctx)
	if err != nil || len(list) != 1 || !list[0].Pushed || !list[0].Active || list[0].Messages != 3 || !list[0].Success.Equal(now) {
		t.Errorf("got %+v: %v", list, err)
	}
	err = db.Update(ctx, func(tx *store.Tx) error { return tx.KeepSources(ctx, []string{"list"}) }) // now it is polled
	if next, nextErr := db.NextPoll(ctx); err != nil || nextErr != nil || next.IsZero() || next.After(now) {
		t.Errorf("next poll %v: %v, %v", next, err, nextErr)
	}
	if list, err = db.Sources(ctx); err != nil || list[0].Pushed {
		t.Errorf("got %+v: %v", list, err)
	}
}

func TestHeldMails(t *testing.T) {
	const held = 20 // of a source, the newest
	db := fresh(t)
	ctx := t.Context()
	if _, err := db.HeldMails(ctx, "list"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("unknown source: %v", err)
	}
	now := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	mail := func(n int) store.HeldMail {
		return store.HeldMail{
			Source: "list", Digest: store.Digest([]byte{byte(n)}), Received: now.Add(time.Duration(n) * time.Second),
			Sender: "list-request@example.org", Subject: fmt.Sprint("confirm ", n), Text: "confirm it",
		}
	}
	err := db.Update(ctx, func(tx *store.Tx) error {
		id, err := tx.SourceID(ctx, "list")
		if err != nil {
			return err
		}
		if none, err := tx.HeldMails(ctx, "list"); err != nil || len(none) != 0 {
			t.Errorf("nothing is held, got %v: %v", none, err)
		}
		for n := range held + 5 {
			if fresh, err := tx.HoldMail(ctx, id, mail(n)); err != nil || !fresh {
				t.Errorf("mail %d: %v, %v", n, fresh, err)
			}
		}
		fresh, err := tx.HoldMail(ctx, id, mail(held))
		if fresh {
			t.Error("the same mail was held twice")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	list, err := db.HeldMails(ctx, "list")
	if err != nil || len(list) != held {
		t.Fatalf("%d are held: %v", len(list), err)
	}
	if got, want := fmt.Sprintf("%+v", list[0]), fmt.Sprintf("%+v", mail(5)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestInboundToken(t *testing.T) {
	seen := map[string]bool{}
	for _, secret := range []string{"one", "two"} {
		for _, source := range []string{"a", "b", "a-b"} {
			token := store.InboundToken([]byte(secret), source)
			if !regexp.MustCompile(`^[a-z2-7]{16}$`).MatchString(token) || seen[token] {
				t.Errorf("%s of %s: %q", source, secret, token)
			}
			seen[token] = true
		}
	}
	if again := store.InboundToken([]byte("one"), "a"); !seen[again] {
		t.Errorf("a token became %q", again)
	}
}
