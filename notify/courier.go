// Couriers: each has a connection to the relay and carries one mail at a time.

package notify

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/draftwire/draftwire/mail"
	"github.com/draftwire/draftwire/store"
)

// courier is one connection. last is how its last mail ended, which is written
// together with the beginning of the next.
type courier struct {
	*pass
	session *mail.Session
	last    *outcome
}

// outcome is how a mail ended.
type outcome struct {
	mail         int64
	subscription int64
	state        store.MailState
	why          string
	next         time.Time // when a deferred mail is tried again
}

// courier works until there is no job, ctx ends, or the relay or the store fails.
func (p *pass) courier() {
	c := courier{pass: p}
	defer c.leave()
	for {
		j, ok := c.next()
		if !ok || !c.carry(j) {
			return
		}
	}
}

// next takes a job. Where that means to wait, the last outcome is not kept waiting.
func (c *courier) next() (j job, ok bool) {
	if c.ctx.Err() != nil {
		return job{}, false
	}
	select {
	case j, ok = <-c.jobs:
		return j, ok
	default:
	}
	if !c.settled() {
		return job{}, false
	}
	select {
	case j, ok = <-c.jobs:
	case <-c.ctx.Done():
	}
	return j, ok
}

// carry hands a mail to the relay. It reports false when the courier cannot go on.
func (c *courier) carry(j job) bool {
	if !c.connected() {
		c.giveBack(j)
		return false
	}
	msg, err := c.compose(c.ctx, j.Mail)
	if errors.Is(err, errUnreadable) {
		c.giveBack(j)
		c.fail(err)
		return false
	}
	if err != nil { // it will not get better
		c.ended(outcome{j.ID, j.Subscription, store.Failed, reason(err), time.Time{}})
		return c.settled()
	}
	if !c.Now().Before(j.until) {
		return true
	}
	if !c.begin(j) {
		return c.storeOK()
	}
	series, _ := c.series(j.Newsletter)
	err = c.session.Send(c.hand, series.From.Addr, j.Address, msg)
	c.ended(c.judge(j.Mail, err))
	return true
}

// connected sees to it that there is a session.
func (c *courier) connected() bool {
	if c.session != nil && c.session.Alive() {
		return true
	}
	session, err := c.Relay.Connect(c.ctx)
	if err != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.ctx.Err() == nil {
			c.relayFault = err
		}
		return false
	}
	c.session = session
	return true
}

// begin writes the last outcome and that this mail is about to be handed over.
// It reports false when it must not be.
func (c *courier) begin(j job) bool {
	began, err := c.write(j.ID)
	if err != nil {
		c.giveBack(j)
		return false
	}
	if !began {
		c.count("")
	}
	return began
}

// settled writes the last outcome. It reports false when the store fails.
func (c *courier) settled() bool {
	_, err := c.write(0)
	return err == nil
}

func (c *courier) write(begin int64) (began bool, err error) {
	if c.last == nil && begin == 0 {
		return false, nil
	}
	began, err = c.ledger.write(c.last, begin)
	if err != nil {
		c.fail(err)
		return false, err
	}
	c.last = nil
	return began, nil
}

// ended keeps how a mail ended until it is written.
func (c *courier) ended(o outcome) {
	c.last = &o
	switch o.state {
	case store.Sent:
	case store.Unknown:
		c.Log.Error("it is not known whether a mail was sent; it will not be sent again", "mail", o.mail, "err", o.why)
	default:
		c.Log.Warn("mail not sent", "mail", o.mail, "state", string(o.state), "err", o.why)
	}
	c.count(o.state)
}

// leave ends the courier's work: what is not written yet is kept for the next pass.
func (c *courier) leave() {
	if c.last != nil && !c.settled() {
		c.mu.Lock()
		c.unsettled = append(c.unsettled, *c.last)
		c.mu.Unlock()
	}
	switch {
	case c.session == nil:
	case c.ctx.Err() != nil:
		go c.session.Close() // a relay that hangs must not hold up the end
	default:
		c.session.Close()
	}
}

func (p *pass) giveBack(j job) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.back = append(p.back, j)
}

func (p *pass) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.storeFault == nil {
		p.storeFault = err
	}
}

func (p *pass) storeOK() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.storeFault == nil
}

func (p *pass) count(state store.MailState) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tally.count(state)
	if p.progress != nil {
		p.progress(p.tally)
	}
}

// judge says what an answer of the relay means for a mail.
func (p *pass) judge(m store.Mail, err error) outcome {
	o := outcome{mail: m.ID, subscription: m.Subscription}
	if err == nil {
		o.state = store.Sent
		return o
	}
	o.why = reason(err)
	attempts := m.Attempts + 1
	delay, again := retryAfter(attempts)
	var e *mail.SendError
	switch known := errors.As(err, &e); {
	case known && e.Sent == mail.Unknown:
		o.state = store.Unknown
	case known && refused(e):
		o.state = store.Failed
	case p.hand.Err() != nil: // cut off by us
		o.state, o.next = store.Deferred, p.Now()
	case !again:
		o.state, o.why = store.Failed, fmt.Sprintf("given up after %d attempts: %s", attempts, o.why)
	default:
		o.state, o.next = store.Deferred, p.Now().Add(jitter(delay))
	}
	return o
}

// refused reports whether trying again is useless for this recipient. A relay
// that refuses MAIL dislikes the sender, which an operator can mend, unless it
// is the size (RFC 1870, section 6.1).
func refused(e *mail.SendError) bool {
	return !e.Temporary && (e.Step != "MAIL" || e.Code == 0 || e.Code == 552)
}

// reason is an error in one bounded line.
func reason(err error) string {
	const most = 500
	s := strings.Join(strings.Fields(strings.ToValidUTF8(err.Error(), "\uFFFD")), " ")
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + " …"
	}
	return s
}
