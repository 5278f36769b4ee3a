package notify

import (
	"context"
	"testing"

	"github.com/draftwire/draftwire/store"
)

// BenchmarkSend sends queued mails of 20 items: claim, compose, begin durably,
// hand over, settle durably.
func BenchmarkSend(b *testing.B) {
	s, c := newSink(b, nil), &clock{t: noon}
	db := newDB(b, 0)
	update(b, db, func(ctx context.Context, tx *store.Tx) error {
		for i := range b.N {
			if _, err := tx.Subscribe(ctx, "daily", reader(i), noon); err != nil {
				return err
			}
		}
		return nil
	})
	n := newNotifier(db, s.addr, c)
	closeEdition(b, db, sample(20), noon)
	if _, err := n.EnqueueClosed(context.Background()); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	if tally := drain(b, n); tally.Sent != b.N {
		b.Fatalf("%+v", tally)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
}

// BenchmarkBareSMTP hands over the same bytes again and again, over as many
// connections: the limit of BenchmarkSend.
func BenchmarkBareSMTP(b *testing.B) {
	s := newSink(b, nil)
	n, m, raw := oneMail(b, sample(20))
	n.Relay.Addr = s.addr
	b.SetParallelism(1)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		session, err := n.Relay.Connect(context.Background())
		if err != nil {
			b.Error(err)
			return
		}
		defer session.Close()
		for pb.Next() {
			if err := session.Send(context.Background(), n.From.Addr, m.Address, raw); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
}

// BenchmarkCompose writes one mail of 20 items; the edition is rendered anew
// each time.
func BenchmarkCompose(b *testing.B) {
	n, m, raw := oneMail(b, sample(20))
	e := sampleClosed(20)
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		if _, err := n.Compose(m, e); err != nil {
			b.Fatal(err)
		}
	}
}
