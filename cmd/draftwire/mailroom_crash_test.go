package main

import (
	"fmt"
	"net/smtp"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestAcknowledgedMailIsKept kills serve while mail pours in: what was
// acknowledged is there afterwards, and what is sent again, since nobody can
// know whether it was taken, is there once.
func TestAcknowledgedMailIsKept(t *testing.T) {
	t.Parallel()
	const senders, enough = 4, 40
	m := openPostroom(t, `listen = "127.0.0.1:0"`)
	at := time.Now()
	send := func(subject string) error {
		return smtp.SendMail(m.smtp, nil, "a@example.org", []string{m.address}, listMail(subject, at))
	}
	var mu sync.Mutex
	acknowledged := 0
	doubtful := make([]string, senders) // what each sender was sending at the end
	plenty := make(chan struct{})
	var sending sync.WaitGroup
	for s := range senders {
		sending.Go(func() {
			for n := 0; ; n++ {
				doubtful[s] = fmt.Sprintf("mail %d of sender %d", n, s)
				if send(doubtful[s]) != nil {
					return
				}
				mu.Lock()
				if acknowledged++; acknowledged == enough {
					close(plenty)
				}
				mu.Unlock()
			}
		})
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		sending.Wait()
	}()
	select {
	case <-plenty:
	case <-ended:
		t.Fatal("mail was not taken")
	}
	m.serve.signal(t, syscall.SIGKILL)
	m.serve.exit(t)
	<-ended

	m.start(t)
	if n := m.found(t, "mail"); n < acknowledged || n > acknowledged+senders {
		t.Errorf("%d mails are kept, %d were acknowledged", n, acknowledged)
	}
	for _, subject := range doubtful {
		if err := send(subject); err != nil {
			t.Error(err)
		}
	}
	if n := m.found(t, "mail"); n != acknowledged+senders {
		t.Errorf("%d mails after what was doubtful was sent again, want %d", n, acknowledged+senders)
	}
}
