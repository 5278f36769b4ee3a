// This file fetches the texts of drafts.

package aggregator

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/draftwire/draftwire/fetch"
	"github.com/draftwire/draftwire/store"
	"github.com/draftwire/draftwire/texts"
)

// Texts fetches the text of each revision that is news, and of the one before
// it, once, and keeps what was changed. What it asks for stands in rows first,
// so a restart neither forgets a text nor asks for it twice.
type Texts struct {
	Catalogue *Cataloguer
	Client    *fetch.Client
	URL       string        // of a text, with {name} and {rev} in it; empty: DefaultTexts
	Back      time.Duration // what was published in the last so long is wanted too, news or not
	Log       *slog.Logger

	wake    chan struct{}
	scanned time.Time // what was recorded before has been looked at; of the one Run or Pass
}

// DefaultTexts is where the IETF keeps the text of every revision.
const DefaultTexts = "https://www.ietf.org/archive/id/{name}-{rev}.txt"

// NewTexts makes a fetcher of texts with what all of it need.
func NewTexts(c *Cataloguer, client *fetch.Client, log *slog.Logger) *Texts {
	return &Texts{Catalogue: c, Client: client, Log: log, wake: make(chan struct{}, 1)}
}

// Wake makes Run look for new revisions now.
func (t *Texts) Wake() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

// Run fetches what is wanted until ctx ends. A text that cannot be had is
// recorded and tried later; it never holds up the others.
func (t *Texts) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		n, err := t.Pass(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			t.Log.Error("texts wait for the database", "err", err)
			pause(ctx, faultPause)
		case n == 0:
			t.rest(ctx)
		}
	}
	return nil
}

// rest waits until something may be due.
func (t *Texts) rest(ctx context.Context) {
	wait := time.Minute // whatever the clock does, look again by then
	if next, err := t.Catalogue.DB.NextText(ctx); err == nil && !next.IsZero() {
		wait = min(max(next.Sub(t.Catalogue.Now()), 0), wait)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-t.wake:
	case <-timer.C:
	}
}

// How far back the first look goes for news whose text nobody has asked for,
// and each later one: what is recorded at a moment is seen only when its
// transaction has ended.
const (
	newsFor   = 7 * 24 * time.Hour
	lookAgain = 10 * time.Minute
)

// How many texts are claimed, and wishes written, at a time.
const (
	textBatch = 20
	wishBatch = 500
)

// Pass asks for what is missing and fetches what is due, a batch of it. It gives
// the number of texts that it asked for.
func (t *Texts) Pass(ctx context.Context) (int, error) {
	if err := t.want(ctx); err != nil {
		return 0, err
	}
	now := t.Catalogue.Now()
	if next, err := t.Catalogue.DB.NextText(ctx); err != nil || next.IsZero() || next.After(now) {
		return 0, err // looking costs no commit
	}
	var due []store.TextRequest
	err := t.Catalogue.DB.Update(ctx, func(tx *store.Tx) (err error) {
		due, err = tx.ClaimTexts(ctx, now, now.Add(leaseFor), textBatch)
		return err
	})
	if err != nil {
		return 0, err
	}
	for i, q := range due {
		if err := t.get(ctx, q); err != nil {
			return i, errors.Join(err, t.release(context.WithoutCancel(ctx), due[i:]))
		}
	}
	return len(due), nil
}

// want writes down the texts to fetch that nobody has asked for yet.
func (t *Texts) want(ctx context.Context) error {
	now := t.Catalogue.Now()
	news, published := t.scanned.Add(-lookAgain), now.Add(-t.Back)
	recorded := news
	if t.scanned.IsZero() || now.Before(t.scanned) { // the clock was set back
		news, recorded = now.Add(-newsFor), now
		if t.Back > 0 {
			recorded = time.Time{}
		}
	}
	for {
		missing, err := t.Catalogue.DB.MissingTexts(ctx, news, recorded, published, wishBatch)
		if err != nil {
			return err
		}
		if len(missing) == 0 {
			t.scanned = now
			return nil
		}
		err = t.Catalogue.DB.Update(ctx, func(tx *store.Tx) error {
			for _, q := range missing {
				if err := tx.WantText(ctx, q, now); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}

// release gives back what was claimed and not asked for.
func (t *Texts) release(ctx context.Context, due []store.TextRequest) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	return t.Catalogue.DB.Update(ctx, func(tx *store.Tx) error {
		for _, q := range due {
			if err := tx.ReleaseText(ctx, q, q.Next); err != nil {
				return err
			}
		}
		return nil
	})
}

// get fetches one text and records how that went. Its error is of the database,
// or ctx has ended.
func (t *Texts) get(ctx context.Context, q store.TextRequest) error {
	text, raw, err := t.fetch(ctx, q)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err == nil {
		if err = t.Catalogue.KeepText(ctx, q.Document, q.Rev, raw, text); !errors.Is(err, errStumble) {
			return err
		}
	}
	now := t.Catalogue.Now()
	if busy, ok := errors.AsType[*fetch.BusyError](err); ok { // nothing was asked
		return t.Catalogue.DB.Update(ctx, func(tx *store.Tx) error { return tx.ReleaseText(ctx, q, busy.Until) })
	}
	next, refused := now.Add(retryAfter(err, textRetry, q.Attempts, now)), time.Time{}
	if hopeless(err) || q.Attempts+1 >= textTries {
		refused = now
	}
	t.Log.Warn("text not fetched", "draft", q.Document+"-"+q.Rev, "err", err, "given up", !refused.IsZero())
	return t.Catalogue.DB.Update(ctx, func(tx *store.Tx) error { return tx.TextFailed(ctx, q, next, err.Error(), refused) })
}

// A text may appear some time after its announcement. After so many tries, the
// last of them a day apart, it is given up: some two weeks.
const (
	textRetry = 10 * time.Minute
	textTries = 20
)

// hopeless reports whether asking again would be pointless.
func hopeless(err error) bool {
	if _, tooLarge := errors.AsType[*fetch.TooLargeError](err); tooLarge {
		return true
	}
	if fault, ok := errors.AsType[*texts.Error](err); ok {
		return fault.Fault == texts.TooLarge
	}
	return isGone(err)
}

func (t *Texts) fetch(ctx context.Context, q store.TextRequest) (*texts.Text, []byte, error) {
	address := strings.NewReplacer("{name}", q.Document, "{rev}", q.Rev).Replace(cmp.Or(t.URL, DefaultTexts))
	resp, err := t.Client.Get(ctx, fetch.Request{URL: address, Accept: "text/plain, */*;q=0.1"})
	if err != nil {
		return nil, nil, err
	}
	text, err := readText(resp.Body, q.Document, q.Rev)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", resp.FinalURL, err)
	}
	return text, resp.Body, nil
}

// errOther is wrapped where a text is another draft's.
var errOther = errors.New("it is the text of another document")

// readText reads what came as the text of a revision.
func readText(raw []byte, document, rev string) (*texts.Text, error) {
	text, err := parse(raw)
	if err != nil {
		return nil, err
	}
	if want := document + "-" + rev; text.Name != "" && !strings.EqualFold(text.Name, want) {
		return nil, fmt.Errorf("%w: it calls itself %.200s, want %s", errOther, text.Name, want)
	}
	// What a host says of itself in plain words is no draft.
	if text.Name == "" && !bytes.Contains(bytes.ToLower(raw), []byte(document)) {
		return nil, fmt.Errorf("%w, or of none: %s does not stand in it", errOther, document)
	}
	return text, nil
}

// errStumble is wrapped where a text made the program panic.
var errStumble = errors.New("the program stumbled over it")

// parse keeps a panic over one text from ending them all.
func parse(raw []byte) (text *texts.Text, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: reading it: %v", errStumble, p)
		}
	}()
	return texts.Parse(raw)
}
