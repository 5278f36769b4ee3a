// This file takes in the mail of a source that sends it to us.

package aggregator

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/draftwire/draftwire/mail"
	"github.com/draftwire/draftwire/store"
)

// Inbox takes the mail of one source that is subscribed to a list. It takes what
// bears the list's List-Id, once; it holds for the operator what list software
// writes to subscribers; it refuses everything else.
type Inbox struct {
	Catalogue     *Cataloguer
	Source        string // its name
	List          string // its List-Id
	Announcements bool   // as in Origin
	Log           *slog.Logger

	gathering sync.Mutex // guards waiting
	waiting   []*arrival
	writing   sync.Mutex // guards id; held while a batch is written
	id        int64      // row of the source, 0 until known
}

// arrival is a mail on its way into the database.
type arrival struct {
	in   intake
	done bool // guarded by writing, like err
	err  error
}

// takeFor bounds the writing of a batch; a sender waits longer than that.
const takeFor = time.Minute

// Take returns nil once the mail is durably in the database, a
// *mail.RefusedError if it is not one of the source's, and any other error if
// it could not be kept now. It is safe for use by several goroutines: those
// that come while others write share the next transaction.
func (b *Inbox) Take(ctx context.Context, raw []byte) error {
	m := mail.Parse(raw)
	if isListSoftware(m, raw, b.List) {
		return b.hold(ctx, m, raw)
	}
	if err := b.check(raw); err != nil {
		return b.refuse(m, err)
	}
	now := b.Catalogue.Now()
	a := &arrival{in: prepare(b.origin(0), Received{
		Raw: raw, Format: store.RFC5322, At: now, Digest: store.Digest(mail.Essence(raw)),
	}, now)}
	b.gathering.Lock()
	b.waiting = append(b.waiting, a)
	b.gathering.Unlock()

	b.writing.Lock()
	defer b.writing.Unlock()
	if !a.done {
		b.write(ctx)
	}
	return a.err
}

func (b *Inbox) origin(id int64) Origin {
	return Origin{Source: id, Name: b.Source, Announcements: b.Announcements}
}

// check reports why a mail is not one of the list's.
func (b *Inbox) check(raw []byte) error {
	switch ids := mail.ListIDs(raw); {
	case len(ids) == 0:
		return fmt.Errorf("this address takes the mail of the list %s only, and yours has no List-Id", b.List)
	case len(ids) > 1:
		return fmt.Errorf("a mail of a list has one List-Id, and yours has %d", len(ids))
	case !strings.EqualFold(ids[0], b.List):
		return fmt.Errorf("this address takes the mail of the list %s only, and yours is of %.200q", b.List, ids[0])
	}
	return nil
}

func (b *Inbox) refuse(m mail.Message, why error) error {
	b.Log.Warn("mail refused", "source", b.Source, "from", sender(m), "subject", clip(m.Subject, maxTitle), "why", why)
	return &mail.RefusedError{Why: why.Error()}
}

// write records all that wait, in one transaction. A batch that fails is put off
// as a whole: its senders come again at times of their own.
func (b *Inbox) write(ctx context.Context) {
	b.gathering.Lock()
	batch := b.waiting
	b.waiting = nil
	b.gathering.Unlock()

	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), takeFor)
	defer cancel()
	tally, err := b.record(ctx, batch)
	for _, a := range batch {
		a.done, a.err = true, err
	}
	if err != nil {
		return
	}
	if n := tally.New(); n > 0 {
		b.Log.Info("received", "source", b.Source, "messages", n, "announced", tally.Announced, "posts", tally.Posts)
	}
	for _, d := range tally.Defects {
		b.Log.Info("defect", "source", b.Source, "what", d)
	}
}

func (b *Inbox) record(ctx context.Context, batch []*arrival) (Tally, error) {
	if err := b.know(ctx); err != nil {
		return Tally{}, err
	}
	all := make([]intake, len(batch))
	for i, a := range batch {
		all[i] = a.in
		all[i].message.Source = b.id
	}
	sortIntakes(all)
	return b.Catalogue.write(ctx, b.origin(b.id), all, func(tx *store.Tx, t Tally) error {
		return tx.CountPushed(ctx, b.id, t.New(), b.Catalogue.Now())
	})
}

// know finds the row of the source.
func (b *Inbox) know(ctx context.Context) error {
	if b.id != 0 {
		return nil
	}
	return b.Catalogue.DB.Update(ctx, func(tx *store.Tx) (err error) {
		b.id, err = tx.SourceID(ctx, b.Source)
		return err
	})
}

// maxHeld bounds the text of a mail that is held; links and tokens stand at the top.
const maxHeld = 16 << 10

// hold keeps a mail of list software for the operator.
func (b *Inbox) hold(ctx context.Context, m mail.Message, raw []byte) error {
	b.writing.Lock()
	defer b.writing.Unlock()
	if err := b.know(ctx); err != nil {
		return err
	}
	held := store.HeldMail{
		Digest: store.Digest(mail.Essence(raw)), Received: b.Catalogue.Now(),
		Sender: sender(m), Subject: clip(m.Subject, maxTitle), Text: clip(bodyText(m), maxHeld),
	}
	fresh := false
	err := b.Catalogue.DB.Update(ctx, func(tx *store.Tx) (err error) {
		if fresh, err = tx.HoldMail(ctx, b.id, held); err != nil || !fresh {
			return err
		}
		_, err = tx.AddNotice(ctx, b.notice(held), held.Received)
		return err
	})
	if err == nil && fresh {
		b.Log.Warn("list software wrote to a source: see \"draftwire sources mail "+b.Source+"\"",
			"source", b.Source, "from", held.Sender, "subject", held.Subject)
	}
	return err
}

// notice tells the operator of a mail that is held.
func (b *Inbox) notice(m store.HeldMail) store.Notice {
	return store.Notice{
		Key:     fmt.Sprintf("held/%s/%x", b.Source, m.Digest),
		Subject: fmt.Sprintf("List software wrote to the source %s", b.Source),
		Text: fmt.Sprintf("%s wrote to the address of the source %s, which takes the mail of the list %s.\n"+
			"If it asks for a confirmation of something you began, follow the link in it;\n"+
			"if it is unexpected, leave it alone. Nothing was answered.\n\nSubject: %s\n\n%s\n",
			m.Sender, b.Source, b.List, m.Subject, m.Text),
	}
}

// sender is who wrote a mail, for people.
func sender(m mail.Message) string {
	if len(m.From) == 0 {
		return "nobody"
	}
	return clip(cmp.Or(m.From[0].Addr, m.From[0].Name), maxName)
}
