package store_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"testing"
	"time"

	"github.com/draftwire/draftwire/aggregator"
	"github.com/draftwire/draftwire/store"
)

// BenchmarkImportLong imports 300,000 generated announcements, to see whether
// the rate holds while the database grows.
//
//	messages/s    over all
//	at-50k ...    messages/s of each 50,000
//	end-of-start  the rate of the last 50,000 as a share of the first's
//	µs-cpu/first  processor time of this process for each of the first 50,000
//	µs-cpu/last   and of the last, which does not depend on what else runs here
//	bytes/msg     of the database file, raw mail kept
//	MB-peak       resident memory of the whole process (VmHWM) during the import
func BenchmarkImportLong(b *testing.B) {
	const messages, each = 300_000, 50_000
	dir := b.TempDir()
	box := writeMbox(b, dir, messages)
	for b.Loop() {
		path := filepath.Join(dir, "long.db")
		resetHighWater()
		laps := &lapped{Upstream: aggregator.Mbox{Path: box, Whole: true, Now: time.Now}, each: each}
		db, took := importFrom(b, path, laps, messages)
		b.ReportMetric(highWater(b), "MB-peak")
		b.ReportMetric(messages/took.Seconds(), "messages/s")
		b.ReportMetric(float64(fileSize(b, path))/messages, "bytes/msg")
		rates, costs := laps.rates()
		last := len(rates) - 1
		for i, rate := range rates {
			b.ReportMetric(rate, fmt.Sprintf("at-%dk", (i+1)*each/1000))
		}
		b.ReportMetric(rates[last]/rates[0], "end-of-start")
		b.ReportMetric(costs[0], "µs-cpu/first")
		b.ReportMetric(costs[last], "µs-cpu/last")
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
		for _, suffix := range []string{"", "-wal", "-shm"} {
			_ = os.Remove(path + suffix)
		}
	}
}

// lapped takes the time whenever so many more messages have been taken.
type lapped struct {
	aggregator.Upstream
	each  int
	taken int
	laps  []lap
}

type lap struct {
	at  time.Time
	cpu time.Duration // of this process so far
}

func (l *lapped) Poll(ctx context.Context, cursor string, take aggregator.Taker) (time.Duration, error) {
	l.laps = append(l.laps, lap{time.Now(), cpuTime()})
	return l.Upstream.Poll(ctx, cursor, func(ctx context.Context, batch []aggregator.Received, next string) error {
		err := take(ctx, batch, next)
		if l.taken += len(batch); l.taken >= l.each*len(l.laps) {
			l.laps = append(l.laps, lap{time.Now(), cpuTime()})
		}
		return err
	})
}

// rates gives for each lap messages a second, and microseconds of processor
// time a message.
func (l *lapped) rates() (rates, costs []float64) {
	n := float64(l.each)
	for i, before := range l.laps[:len(l.laps)-1] {
		after := l.laps[i+1]
		rates = append(rates, n/after.at.Sub(before.at).Seconds())
		costs = append(costs, float64((after.cpu-before.cpu).Microseconds())/n)
	}
	return rates, costs
}

// cpuTime is what this process has used of all processors.
func cpuTime() time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		return 0
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

// resetHighWater makes the peak of resident memory what is resident now.
func resetHighWater() {
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // elsewhere than on Linux there is no such file
}

// importFrom imports all that an upstream has into a new database.
func importFrom(b *testing.B, path string, up aggregator.Upstream, want int) (*store.DB, time.Duration) {
	b.Helper()
	defer debug.SetGCPercent(debug.SetGCPercent(200))       // as the command does
	ctx, cancel := context.WithCancel(context.Background()) // as a command's, which signals end
	defer cancel()
	db, err := store.Open(ctx, path, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	c := &aggregator.Cataloguer{DB: db, Now: time.Now}
	tally, err := c.Import(ctx, "import", true, up)
	took := time.Since(began)
	if err != nil {
		b.Fatal(err)
	}
	if tally.Announced != want {
		b.Fatalf("%d announcements of %d messages, want %d: %v", tally.Announced, tally.Messages, want, tally.Defects)
	}
	return db, took
}
