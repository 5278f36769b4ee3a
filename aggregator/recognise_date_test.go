package aggregator

import (
	"testing"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/mail"
)

func TestDates(t *testing.T) {
	received := time.Date(2026, 3, 4, 10, 0, 0, 1234, time.FixedZone("", 3600))
	now := received.UTC().Truncate(time.Microsecond)
	good := time.Date(2026, 3, 3, 8, 0, 0, 0, time.UTC)
	east := good.In(time.FixedZone("", 9*3600))
	before := time.Date(1979, 12, 31, 23, 59, 59, 0, time.UTC)
	after := received.Add(24*time.Hour + time.Second)
	tests := []struct {
		name      string
		date      time.Time
		received  []time.Time
		want      time.Time
		precision catalog.Precision
	}{
		{"as said", good, nil, good, catalog.Exact},
		{"in UTC", east, nil, good, catalog.Exact},
		{"a day ahead", received.Add(24 * time.Hour), nil, now.Add(24 * time.Hour), catalog.Exact},
		{"1980", oldest, nil, oldest, catalog.Exact},
		{"missing", time.Time{}, []time.Time{east, before}, good, catalog.Approximate},
		{"too old", before, []time.Time{good}, good, catalog.Approximate},
		{"too new", after, []time.Time{good}, good, catalog.Approximate},
		{"absurd Received passed over", after, []time.Time{after, before, good}, good, catalog.Approximate},
		{"nothing to go by", before, []time.Time{after}, now, catalog.Approximate},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, precision := DateOf(mail.Message{Date: tt.date, Received: tt.received}, received)
			if !got.Equal(tt.want) || got.Location() != time.UTC || precision != tt.precision {
				t.Errorf("mail: got %v %v, want %v %v", got, precision, tt.want, tt.precision)
			}
			if len(tt.received) > 1 {
				return
			}
			e := Entry{Published: tt.date}
			if len(tt.received) == 1 {
				e.Updated = tt.received[0]
			}
			got, precision = DateOfEntry(e, received)
			if !got.Equal(tt.want) || got.Location() != time.UTC || precision != tt.precision {
				t.Errorf("entry: got %v %v, want %v %v", got, precision, tt.want, tt.precision)
			}
		})
	}
}
