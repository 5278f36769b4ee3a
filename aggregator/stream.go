// This file lets the reading and decoding of one batch run beside the writing
// of the one before.

package aggregator

import (
	"context"
	"runtime"
)

// decoders are the places of those who decode what came: writing takes longest
// and everything waits for it, so it keeps a processor to itself.
var decoders = make(chan struct{}, max(1, runtime.GOMAXPROCS(0)-1))

// inTurn does such work when there is a place for it, unless ctx ends before.
func inTurn(ctx context.Context, work func()) error {
	select {
	case decoders <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-decoders }()
	work()
	return nil
}

// stream takes in the batches of one origin, in order. It is used by one
// goroutine, and started by its first batch.
type stream struct {
	c      *Cataloguer
	origin Origin
	queue  chan job
	done   chan struct{}
	tally  Tally // owned by the writing goroutine until done
	err    error // likewise
}

// logMost is how many messages may gather in the database's log before it is
// brought into the file, while the writer has the next ones to write.
const logMost = 1000

type job struct {
	batch []intake
	with  after
}

// add prepares a batch and hands it on. An error may belong to a batch before;
// nothing after that one has been written.
func (s *stream) add(ctx context.Context, batch []Received, with after) error {
	if s.queue == nil {
		s.queue, s.done = make(chan job), make(chan struct{})
		go s.write(ctx)
	}
	prepared, err := s.c.prepareAll(ctx, s.origin, batch)
	if err != nil {
		return err
	}
	j := job{prepared, with}
	if n := s.c.logged.Add(int64(len(batch))); n > logMost && s.c.logged.CompareAndSwap(n, int64(len(batch))) {
		_ = s.c.DB.Checkpoint(ctx) // an economy: what fails here the writer meets as well
	}
	select {
	case s.queue <- j:
		return nil
	case <-s.done:
		return s.err
	}
}

func (s *stream) write(ctx context.Context) {
	defer close(s.done)
	for j := range s.queue {
		tally, err := s.c.write(ctx, s.origin, j.batch, j.with)
		if err != nil {
			s.err = err
			return
		}
		s.tally.Add(tally)
	}
}

// finish waits until everything is written.
func (s *stream) finish() (Tally, error) {
	if s.queue == nil {
		return Tally{}, nil
	}
	close(s.queue)
	<-s.done
	return s.tally, s.err
}
