// Rendered feeds, kept as long as the catalogue stands still.

package feeds

import (
	"bytes"
	"container/list"
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// rendering is a feed as made from one picture of the catalogue.
type rendering struct {
	body    []byte
	changed time.Time // when what it shows last changed, as far as the catalogue tells
	stamp   string    // names what it was made from, where that is cheaper to know than to render; may be empty
}

// renderer makes a feed. When it sees that nothing has changed since the
// rendering with the stamp known, it may give an empty one with that stamp.
type renderer func(ctx context.Context, k key, known string) (rendering, error)

// cache keeps one document a feed. Those used least recently go when the bytes
// of all exceed its limit.
type cache struct {
	limit   int
	version func() uint64
	now     func() time.Time
	render  renderer

	mu    *sync.Mutex // guards what follows
	slots map[key]*slot
	used  *list.List // of *slot, most recently used first
	bytes *int
}

// overhead is about what a kept feed takes beside its bytes.
const overhead = 2 << 10

// slot is a feed's place in the cache.
type slot struct {
	key  key
	busy chan struct{}            // holds a token while the feed is rendered
	doc  atomic.Pointer[document] // nil until it was rendered

	element *list.Element // in cache.used; guarded by cache.mu
	size    int           // counted in cache.bytes; guarded by cache.mu
}

func newCache(limit int, version func() uint64, now func() time.Time, render renderer) cache {
	return cache{
		limit: limit, version: version, now: now, render: render,
		mu: new(sync.Mutex), slots: make(map[key]*slot), used: list.New(), bytes: new(int),
	}
}

// get gives a feed as the catalogue has it now. Of any number of requests for
// a feed that has changed, one renders it and the others wait for that. admit
// is asked before any work is done for the request, and may refuse it.
func (c *cache) get(ctx context.Context, k key, admit func() error) (*document, error) {
	s := c.touch(k)
	if d := s.doc.Load(); d != nil && d.version.Load() == c.version() {
		return d, nil
	}
	if err := admit(); err != nil {
		c.dropEmpty(s)
		return nil, err
	}
	select {
	case s.busy <- struct{}{}:
		defer func() { <-s.busy }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	// Taken before the catalogue is read: what is committed meanwhile makes
	// this rendering old, never a later one young.
	version := c.version()
	old := s.doc.Load()
	if old != nil && old.version.Load() == version {
		return old, nil // another request rendered it while this one waited
	}
	known := ""
	if old != nil {
		known = old.stamp
	}
	r, err := c.render(ctx, k, known)
	if err != nil {
		c.dropEmpty(s)
		return nil, err
	}
	return c.keep(s, old, r, version), nil
}

// keep puts a rendering into its slot. An unchanged feed keeps its validators;
// a changed one gets a Last-Modified after the former.
func (c *cache) keep(s *slot, old *document, r rendering, version uint64) *document {
	same := old != nil && (r.stamp != "" && r.stamp == old.stamp || bytes.Equal(old.plain.body, r.body))
	if same {
		old.version.Store(version)
		return old
	}
	modified := r.changed.Truncate(time.Second)
	if old != nil && !modified.After(old.modified) {
		modified = c.now().UTC().Truncate(time.Second)
	}
	d := newDocument(s.key, r.body, modified, version)
	d.stamp = r.stamp
	s.doc.Store(d)
	c.weigh(s, len(r.body)+len(r.body)/packs+len(s.key.name)+overhead)
	return d
}

func (c *cache) touch(k key) *slot {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.slots[k]
	if s == nil {
		s = &slot{key: k, busy: make(chan struct{}, 1)}
		s.element = c.used.PushFront(s)
		c.slots[k] = s
	} else {
		c.used.MoveToFront(s.element)
	}
	return s
}

// weigh counts a slot's new size and makes room for it.
func (c *cache) weigh(s *slot, size int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.slots[s.key] != s {
		return // dropped meanwhile: it serves who holds it and is then forgotten
	}
	*c.bytes += size - s.size
	s.size = size
	for *c.bytes > c.limit && c.used.Len() > 1 {
		c.remove(c.used.Back().Value.(*slot))
	}
}

// dropEmpty forgets a feed that has never been rendered.
func (c *cache) dropEmpty(s *slot) {
	if s.doc.Load() != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.remove(s)
}

func (c *cache) remove(s *slot) {
	if c.slots[s.key] != s {
		return
	}
	delete(c.slots, s.key)
	c.used.Remove(s.element)
	*c.bytes -= s.size
}
