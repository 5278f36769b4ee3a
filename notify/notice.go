// Notices: mails to the operator, by the same couriers and the same ledger.

package notify

import (
	"context"
	"strings"
	"time"

	"github.com/draftwire/draftwire/mail"
	"github.com/draftwire/draftwire/markup"
	"github.com/draftwire/draftwire/store"
)

// noticesAtOnce is few: what goes wrong in many places need not fill a mailbox
// in a minute.
const noticesAtOnce = 20

// nextDue gives when the next mail or notice is due, or the zero time.
func (n *Notifier) nextDue(ctx context.Context) (time.Time, error) {
	next, err := n.DB.NextMail(ctx)
	if err != nil || n.Operator == "" {
		return next, err
	}
	notice, err := n.DB.NextNotice(ctx, n.noticesSince(n.Now()))
	if next.IsZero() || !notice.IsZero() && notice.Before(next) {
		next = notice
	}
	return next, err
}

// noticesSince is how old a notice may be and still be mailed: an operator
// named today does not want the news of last year.
func (n *Notifier) noticesSince(now time.Time) time.Time { return now.Add(-patience) }

func (n *Notifier) claimNotices(ctx context.Context, tx *store.Tx, now time.Time) ([]store.Mail, error) {
	if n.Operator == "" {
		return nil, nil
	}
	list, err := tx.ClaimNotices(ctx, now, now.Add(lease), n.noticesSince(now), noticesAtOnce)
	for i := range list {
		list[i].MessageID += "@" + n.ListHost
		list[i].Address = n.Operator
	}
	return list, err
}

// composeNotice writes a notice, the same bytes at every try.
func (n *Notifier) composeNotice(m store.Mail) ([]byte, error) {
	text := strings.TrimRight(markup.CleanText(m.Notice.Text), "\n") + "\n\n-- \nDraftwire at " + n.Base + "/\n"
	return mail.Outgoing{
		From: n.From, To: mail.Address{Addr: m.Address}, Subject: "[draftwire] " + markup.Clean(m.Notice.Subject),
		Date: m.Notice.Made, MessageID: m.MessageID, Text: text,
		Headers: []mail.Header{{Name: "Auto-Submitted", Value: "auto-generated"}}, // RFC 3834, section 5
	}.Bytes()
}
