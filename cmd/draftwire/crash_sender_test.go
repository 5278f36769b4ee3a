package main

// This file is the mail server of a list that sends its mail to a site, by LMTP
// and until each is taken.

import (
	"context"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/draftwire/draftwire/store"
)

// sender hands the letters of one list to one site, in their order.
type sender struct {
	socket string
	to     string
	taken  atomic.Int64
}

// newSender begins to send what is there and what comes.
func (s *site) newSender(t *testing.T) *sender {
	h := &sender{socket: s.socket}
	s.call(t, "check") // makes the database, and with it the secret of the addresses
	s.store(t, func(ctx context.Context, db *store.DB) {
		secret, err := db.Secret(ctx)
		if err != nil {
			t.Fatal(err)
		}
		h.to = inboundAddress(secret, "all-smtp", "test.example")
	})
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		h.run(ctx, s.outside.kinds)
	}()
	t.Cleanup(func() { stop(); <-ended })
	return h
}

// run sends until ctx ends. What was not answered is sent again: it may have
// been taken.
func (h *sender) run(ctx context.Context, k *kinds) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for ctx.Err() == nil {
		next := int(h.taken.Load())
		letter, ok := k.sent(next)
		if ok && h.send(ctx, letter) == nil {
			h.taken.Add(1)
			continue
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

func (h *sender) send(ctx context.Context, letter string) error {
	conn, err := new(net.Dialer).DialContext(ctx, "unix", h.socket)
	if err != nil {
		return err
	}
	c := smtp.NewClientLMTP(conn)
	defer func() { _ = c.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	return c.SendMail("list-bounces@lists.example", []string{h.to}, strings.NewReader(letter))
}

// sent gives the i-th mail of the list that is sent, if there is one.
func (k *kinds) sent(i int) (string, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if i >= len(k.steps) {
		return "", false
	}
	return strings.ReplaceAll(k.letter("smtp", i), "\n", "\r\n"), true
}

func (k *kinds) count() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.steps)
}
