package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2/imapserver"

	"github.com/draftwire/draftwire/catalog"
)

// UpstreamOptions say where an upstream listens and lives.
type UpstreamOptions struct {
	IMAP, HTTP string       // host:port to listen on; empty: a free port of 127.0.0.1
	Dir        string       // an existing directory; the monthly mbox files go into mbox/ below it
	Log        *slog.Logger // nil: silent
}

// Upstream serves a sample as the IETF and the RFC Editor would: list archives
// by IMAP, feeds by HTTP, and a directory of monthly mbox files.
type Upstream struct {
	IMAPAddr    string // host:port, no TLS, LOGIN anonymous with any password
	DraftFolder string // IMAP folder of I-D Announce
	RFCFolder   string // IMAP folder of IETF Announce
	HTTPAddr    string // host:port
	RFCFeedURL  string // Atom, the newest RFCs
	NewsFeedURL string // RSS, posts
	MboxDir     string // absolute; files YYYY-MM.mail of one group's list
	MboxList    string // that list's name

	log   *slog.Logger
	imap  *imapserver.Server
	user  *archiveUser
	web   *http.Server
	feeds *feedServer

	mu      sync.Mutex // guards what follows and the mbox files
	sample  *Sample
	pending []record       // drafts still to trickle in
	revs    map[string]int // last revision of each draft
	news    int            // posts of data().news that are out
	steps   int            // announcements made by Advance
	replies int            // entries of data().replies used by Advance
}

// StartUpstream serves the sample until Close.
func StartUpstream(s *Sample, o UpstreamOptions) (*Upstream, error) {
	u := &Upstream{
		DraftFolder: "Shared Folders/" + DraftList, RFCFolder: "Shared Folders/" + RFCList,
		MboxList: DiscussionList, log: o.Log, sample: s, revs: map[string]int{},
	}
	if u.log == nil {
		u.log = slog.New(slog.DiscardHandler)
	}
	u.prepareTrickle()
	if err := u.writeMboxes(o.Dir); err != nil {
		return nil, fmt.Errorf("demo upstream, mbox files: %w", err)
	}
	if err := u.startIMAP(o.IMAP); err != nil {
		return nil, fmt.Errorf("demo upstream, IMAP: %w", err)
	}
	if err := u.startHTTP(o.HTTP); err != nil {
		return nil, errors.Join(fmt.Errorf("demo upstream, HTTP: %w", err), u.imap.Close())
	}
	return u, nil
}

// Close stops both servers; the mbox files stay.
func (u *Upstream) Close() error { return errors.Join(u.imap.Close(), u.web.Close()) }

// listen opens a TCP port; an empty address means a free one on loopback.
func listen(addr string) (net.Listener, error) {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	return new(net.ListenConfig).Listen(context.Background(), "tcp", addr)
}

func (u *Upstream) startHTTP(addr string) error {
	l, err := listen(addr)
	if err != nil {
		return err
	}
	u.HTTPAddr = l.Addr().String()
	base := "http://" + u.HTTPAddr
	u.RFCFeedURL, u.NewsFeedURL = base+rfcFeedPath, base+newsFeedPath
	u.feeds = newFeedServer(base, u.sample.Yesterday)
	for _, a := range u.sample.Announcements {
		if a.Kind == catalog.RFC {
			u.feeds.addRFC(a)
		}
	}
	u.seedNews()
	u.web = &http.Server{Handler: u.feeds.handler(), ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(u.log.Handler(), slog.LevelWarn)}
	go func() { _ = u.web.Serve(l) }() // ends with Close
	return nil
}

func (u *Upstream) writeMboxes(dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	u.MboxDir = filepath.Join(dir, "mbox")
	if err := os.MkdirAll(u.MboxDir, 0o750); err != nil {
		return err
	}
	old, err := filepath.Glob(filepath.Join(u.MboxDir, "*.mail"))
	if err != nil {
		return err
	}
	for _, file := range old { // of a demo before this one
		if err := os.Remove(file); err != nil {
			return err
		}
	}
	for _, m := range u.sample.List(u.MboxList) {
		if err := u.appendMbox(m); err != nil {
			return err
		}
	}
	return nil
}

// appendMbox adds a mail to the file of its month.
func (u *Upstream) appendMbox(m Mail) error {
	f, err := os.OpenFile(filepath.Join(u.MboxDir, m.At.UTC().Format("2006-01")+".mail"),
		os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(mboxEntry(m))
	return errors.Join(err, f.Close())
}

// mboxEntry writes a mail as Python's mailbox module does: a From line, lines
// of the body that begin with From escaped, an empty line behind.
func mboxEntry(m Mail) []byte {
	b := []byte("From " + m.From + "  " + m.At.UTC().Format(time.ANSIC) + "\n")
	header, body, _ := bytes.Cut(m.Raw, []byte("\n\n"))
	b = append(append(b, header...), "\n\n"...)
	for line := range bytes.Lines(body) {
		if bytes.HasPrefix(line, []byte("From ")) {
			b = append(b, '>')
		}
		b = append(b, line...)
	}
	return append(b, '\n')
}
