package demo

import (
	"bytes"
	"log/slog"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

// archiveUser is the one mailbox tree that everybody sees.
type archiveUser = imapmemserver.User

// archiveSession lets anybody in who says anonymous, whatever the password,
// as imap.ietf.org does.
type archiveSession struct {
	*imapmemserver.UserSession
	user *archiveUser
}

// Login implements imapserver.Session.
func (s *archiveSession) Login(username, _ string) error {
	if !strings.EqualFold(username, "anonymous") {
		return imapserver.ErrAuthFailed
	}
	s.UserSession = imapmemserver.NewUserSession(s.user)
	return nil
}

// Close implements imapserver.Session; a client may leave before it logs in.
func (s *archiveSession) Close() error {
	if s.UserSession == nil {
		return nil
	}
	return s.UserSession.Close()
}

func (u *Upstream) startIMAP(addr string) error {
	u.user = imapmemserver.NewUser("anonymous", "")
	for _, folder := range []string{u.DraftFolder, u.RFCFolder} {
		if err := u.user.Create(folder, nil); err != nil {
			return err
		}
	}
	for _, m := range u.sample.Mails {
		if err := u.deliver(m); err != nil {
			return err
		}
	}
	l, err := listen(addr)
	if err != nil {
		return err
	}
	u.IMAPAddr = l.Addr().String()
	u.imap = imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return &archiveSession{user: u.user}, nil, nil
		},
		Caps:         imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapUIDPlus: {}, imap.CapESearch: {}, imap.CapNamespace: {}},
		InsecureAuth: true, // loopback
		Logger:       slog.NewLogLogger(u.log.Handler(), slog.LevelDebug),
	})
	go func() { _ = u.imap.Serve(l) }() // ends with Close
	return nil
}

// deliver puts a mail of one of the two served lists into its folder, with the
// line ends that IMAP wants.
func (u *Upstream) deliver(m Mail) error {
	folder := ""
	switch m.List {
	case DraftList:
		folder = u.DraftFolder
	case RFCList:
		folder = u.RFCFolder
	default:
		return nil
	}
	raw := bytes.ReplaceAll(m.Raw, []byte("\n"), []byte("\r\n"))
	_, err := u.user.Append(folder, bytes.NewReader(raw), &imap.AppendOptions{Time: m.At})
	return err
}
