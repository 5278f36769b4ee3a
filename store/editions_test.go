package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/store"
)

func TestEarlierRevisions(t *testing.T) {
	db := fresh(t)
	var ids []int64
	update(t, db, func(tx *store.Tx) error {
		for i, e := range []catalog.Event{
			{Document: "draft-a-b", Rev: "00", Event: catalog.New},
			{Document: "draft-a-b", Rev: "03", Event: catalog.Revised, Facts: catalog.Facts{Title: "Three", Pages: 3}},
			{Document: "draft-a-b", Rev: "03", Event: catalog.Expired, Part: "x"},
			{Document: "draft-a-b", Rev: "04", Event: catalog.Revised},
			{Document: "draft-c-d", Rev: "07", Event: catalog.Revised},
		} {
			e.Kind, e.Published = catalog.Draft, noon.Add(time.Duration(i)*time.Hour)
			id, err := put(tx, e)
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return nil
	})
	got, err := db.EarlierRevisions(ctx, ids)
	if err != nil {
		t.Fatal(err)
	}
	if e := got[ids[3]]; e.Rev != "03" || e.Facts.Title != "Three" || e.Facts.Pages != 3 || !e.Published.Equal(noon.Add(time.Hour)) {
		t.Errorf("before -04: %+v", e)
	}
	if e := got[ids[1]]; e.Rev != "00" {
		t.Errorf("before -03: %+v", e)
	}
	for _, i := range []int{0, 4} {
		if e, ok := got[ids[i]]; ok {
			t.Errorf("before the first that is known: %+v", e)
		}
	}
}

func TestBriefly(t *testing.T) {
	db := fresh(t)
	update(t, db, func(tx *store.Tx) error {
		_, err := put(tx, catalog.Event{
			Document: "draft-a-b", Rev: "01", Kind: catalog.Draft, Event: catalog.Revised, Published: noon,
			Facts: catalog.Facts{Title: "T", Group: "g", Authors: []catalog.Author{{Name: "Ada Wing"}}},
		})
		return err
	})
	got, err := db.Briefly(ctx, parse(t, ""), store.Page{})
	if err != nil || len(got) != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	b := got[0]
	if b.Document != "draft-a-b" || b.Event != catalog.Revised || b.Rev != "01" || b.Group != "g" || b.Title != "T" ||
		b.Lineage == 0 || !slices.Equal(b.Authors, []string{"Ada Wing"}) || !b.Published().Equal(noon) {
		t.Errorf("got %+v", b)
	}
}

func TestTopicNames(t *testing.T) {
	db := fresh(t)
	var id int64
	update(t, db, func(tx *store.Tx) (err error) {
		if id, err = put(tx, catalog.Event{Document: "draft-a-b", Rev: "00", Kind: catalog.Draft, Event: catalog.New, Published: noon}); err != nil {
			return err
		}
		for _, name := range []string{"one", "two", "three"} {
			topic, err := tx.PutTopic(ctx, store.Topic{Name: name, Query: "kind:draft", Title: name})
			if err != nil {
				return err
			}
			if err := tx.Select(ctx, topic, id, "", true, noon); err != nil {
				return err
			}
			if name == "three" {
				if err := tx.Withdraw(ctx, topic, id, noon); err != nil {
					return err
				}
			}
		}
		return nil
	})
	got, err := db.TopicNames(ctx, noon, noon.Add(time.Minute))
	if slices.Sort(got[id]); err != nil || !slices.Equal(got[id], []string{"one", "two"}) {
		t.Errorf("got %v, %v", got, err)
	}
	if got, err := db.TopicNames(ctx, noon.Add(time.Minute), noon.Add(time.Hour)); err != nil || len(got) != 0 {
		t.Errorf("of another time: %v, %v", got, err)
	}
}
