// Composing: an edition as the mail of one subscription.

package notify

import (
	"context"
	"errors"
	"fmt"
	"html/template"

	"github.com/draftwire/draftwire/editions"
	"github.com/draftwire/draftwire/mail"
	"github.com/draftwire/draftwire/markup"
	"github.com/draftwire/draftwire/store"
)

// Mail services cut HTML off at 102 KiB, and with it the way to unsubscribe.
// frameRoom is what page and foot take at most, around the edition.
const (
	maxHTML   = 100_000 // bytes
	frameRoom = 8_000
)

// maxIssues bounds how many rendered editions are kept for the mails to come.
const maxIssues = 8

// issue is an edition, rendered once for all its mails.
type issue struct {
	edition  *editions.Edition
	text     string
	fragment template.HTML
	words    words
}

func (n *Notifier) newIssue(e *editions.Edition) *issue {
	fragment, _ := e.MailHTML(n.links, maxHTML-frameRoom) // it says itself what it leaves out
	return &issue{edition: e, text: e.Text(n.links, 0), fragment: fragment, words: wordsIn(e.Language)}
}

// Compose writes the mail of a closed edition for one subscription: text and
// HTML, and in its headers (RFC 2369, RFC 2919, RFC 5064, RFC 8058) how to
// leave the list with one click. Subject, date, Message-ID and body come from
// the rows alone, so that every try has the same bytes.
func (n *Notifier) Compose(m store.Mail, e *editions.Edition) ([]byte, error) {
	if e.IsComposition() {
		return nil, errComposition
	}
	return n.newIssue(e).mail(n, m)
}

// errComposition refuses what was never published.
var errComposition = errors.New("an edition that was not closed is not mailed")

// errUnreadable tells of an edition that could not be read now; another time it may.
var errUnreadable = errors.New("read edition")

// compose is Compose for the edition that a mail carries, or writes the notice.
func (n *Notifier) compose(ctx context.Context, m store.Mail) ([]byte, error) {
	if m.Notice != nil {
		return n.composeNotice(m)
	}
	i, err := n.issueOf(ctx, m.Edition)
	if err != nil {
		return nil, err
	}
	return i.mail(n, m)
}

// issueOf gives an edition rendered, from memory if it can. Closed editions
// never change, so nothing kept grows old.
func (n *Notifier) issueOf(ctx context.Context, id int64) (*issue, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if i := n.issues[id]; i != nil {
		return i, nil
	}
	row, err := n.DB.EditionByID(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("%w %d: %w", errUnreadable, id, err)
	}
	e, err := editions.Decode(row)
	if err != nil {
		return nil, err
	}
	if len(n.issues) >= maxIssues {
		clear(n.issues)
	}
	n.issues[id] = n.newIssue(e)
	return n.issues[id], nil
}

func (i *issue) mail(n *Notifier, m store.Mail) ([]byte, error) {
	token := store.UnsubscribeToken(n.Secret, m.Subscription)
	leave := n.Base + "/unsubscribe/" + token
	series, _ := n.series(i.edition.Newsletter)
	foot := foot{
		Why: i.words.why(markup.Clean(i.edition.Title)), To: i.words.Address + i.words.Colon + m.Address,
		Leave: i.words.Leave, Colon: i.words.Colon, Address: leave,
	}
	headers := append(n.listHeaders(i.edition),
		mail.Header{Name: "List-Unsubscribe", Value: fmt.Sprintf("<%s>, <%s>", leave, mailto(series.From.Addr, "unsubscribe "+token))},
		mail.Header{Name: "List-Unsubscribe-Post", Value: "List-Unsubscribe=One-Click"})
	return i.write(n, foot, mail.Outgoing{
		To: mail.Address{Addr: m.Address}, Subject: markup.Clean(i.edition.Subject()), Date: i.edition.Closed.UTC(),
		MessageID: m.MessageID, Headers: headers,
	})
}

// write completes a mail with what all have in common.
func (i *issue) write(n *Notifier, f foot, out mail.Outgoing) ([]byte, error) {
	html, err := f.page(i)
	if err != nil {
		return nil, err
	}
	series, _ := n.series(i.edition.Newsletter)
	out.From, out.Text, out.HTML = series.From, i.text+f.text(), html
	msg, err := out.Bytes()
	if err != nil {
		return nil, err
	}
	return append([]byte(listID(markup.Clean(i.edition.Title), series.ListID)), msg...), nil
}

// Test sends an edition to one address, now, for the eyes of whoever publishes
// it. No row tells of it, so nothing is counted as delivered. Its subject says
// that it is a test, and it has no List-Unsubscribe headers: its reader need
// not be a subscriber, and if he is one, a click on a test must not end his
// subscription.
func (n *Notifier) Test(ctx context.Context, e *editions.Edition, address string) error {
	if n.Relay.Addr == "" {
		return errNoRelay
	}
	if e.IsComposition() {
		return errComposition
	}
	msg, err := n.composeTest(e, address)
	if err != nil {
		return fmt.Errorf("test mail of %s: %w", e.Label, err)
	}
	session, err := n.Relay.Connect(ctx)
	if err != nil {
		return fmt.Errorf("test mail to %s: %w", address, err)
	}
	defer session.Close()
	series, _ := n.series(e.Newsletter)
	if err := session.Send(ctx, series.From.Addr, address, msg); err != nil {
		return fmt.Errorf("test mail to %s: %w", address, err)
	}
	return nil
}

func (n *Notifier) composeTest(e *editions.Edition, address string) ([]byte, error) {
	i, now := n.newIssue(e), n.Now()
	return i.write(n, foot{Why: i.words.Test}, mail.Outgoing{
		To: mail.Address{Addr: address}, Subject: "[test] " + markup.Clean(e.Subject()), Date: now.UTC(),
		MessageID: fmt.Sprintf("test-%d-%s", now.UnixNano(), n.messageID(e.ID, now.UnixNano())), Headers: n.listHeaders(e),
	})
}
