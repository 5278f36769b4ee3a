package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"text/template"
	"time"

	"github.com/spf13/cobra"

	"github.com/draftwire/draftwire/aggregator"
	"github.com/draftwire/draftwire/config"
	"github.com/draftwire/draftwire/demo"
	"github.com/draftwire/draftwire/editions"
	"github.com/draftwire/draftwire/store"
)

func demoCommand(a *app) *cobra.Command {
	var address, dir string
	var every time.Duration
	c := &cobra.Command{
		Use:   "demo",
		Short: "Run the whole wire on this machine, without internet or configuration",
		Long: `Start a local upstream (list archives by IMAP, feeds, an mbox) with a month of
announcements, and an SMTP server that keeps what it is sent; then poll, select,
close editions and mail one, by the same code and a configuration like yours,
and go on serving while new announcements trickle in. The names and titles of
the sample are like the IETF's; its abstracts, people and RFC numbers are made up.`,
		Example: `  draftwire demo
  draftwire demo --listen 127.0.0.1:0 --every 2s`,
		Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			if a.configPath != "" || a.dbPath != "" {
				return usage(errors.New("demo makes a configuration and a database of its own; leave --config and --db out"))
			}
			d := &demonstration{app: a, every: every}
			err := d.run(c.Context(), address, dir)
			return errors.Join(err, d.stop())
		},
	}
	c.Flags().StringVar(&address, "listen", "127.0.0.1:8080", "`HOST:PORT` of the pages; port 0 picks a free one")
	c.Flags().StringVar(&dir, "dir", "", "new or empty `DIRECTORY` to work in, kept at the end (default a temporary one, removed at the end)")
	c.Flags().DurationVar(&every, "every", 15*time.Second, "`TIME` from one new announcement to the next")
	return c
}

// demonstration is a demo under way.
type demonstration struct {
	app   *app
	every time.Duration
	stops []func() error // in the order of starting
}

func (d *demonstration) defers(stop func() error) { d.stops = append(d.stops, stop) }

// stop ends what was started, last first.
func (d *demonstration) stop() error {
	var errs []error
	for _, stop := range slices.Backward(d.stops) {
		errs = append(errs, stop())
	}
	return errors.Join(errs...)
}

func (d *demonstration) run(ctx context.Context, address, dir string) error {
	began := now()
	dir, err := d.workIn(dir)
	if err != nil {
		return err
	}
	listener, err := listen(ctx, address)
	if err != nil {
		return fmt.Errorf("%w; try --listen 127.0.0.1:0", err)
	}
	// The server closes it; closing it again where that was not reached does no harm.
	d.defers(func() error { _ = listener.Close(); return nil })

	sample := demo.Generate(began)
	up, err := demo.StartUpstream(sample, demo.UpstreamOptions{Dir: dir}) //nolint:contextcheck // it lives until Close
	if err != nil {
		return err
	}
	d.defers(up.Close)
	sink, err := demo.StartSink(demo.SinkOptions{}) //nolint:contextcheck // likewise
	if err != nil {
		return err
	}
	d.defers(sink.Close)
	mailbox, err := d.serveMailbox(ctx, sink)
	if err != nil {
		return err
	}
	d.app.making = true
	d.app.configPath, err = writeDemoConfig(dir, listener, up, sink, sample)
	if err != nil {
		return err
	}
	return d.app.openFor(ctx, func(cfg settings, db *store.DB) error {
		if err := d.fill(ctx, cfg, db, sample); err != nil {
			return err
		}
		go up.Trickle(ctx, d.every)
		release, _, err := db.Lead(ctx, now())
		if err != nil {
			return err
		}
		s := &server{app: d.app, db: db, listener: listener, log: d.app.log(), ready: func(cfg settings) {
			d.announce(cfg, sample, mailbox, now().Sub(began))
		}}
		return errors.Join(s.run(ctx, cfg), release())
	})
}

// workIn makes the directory of the demo. It never works in one that holds
// something: that may be somebody's configuration and database.
func (d *demonstration) workIn(dir string) (string, error) {
	if dir == "" {
		dir, err := os.MkdirTemp("", "draftwire-demo-")
		if err == nil {
			d.defers(func() error { return os.RemoveAll(dir) })
		}
		return dir, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	entries, err := os.ReadDir(dir)
	if err == nil && len(entries) > 0 {
		err = usage(fmt.Errorf("--dir %s is not empty; name a new directory", dir))
	}
	return dir, err
}

// fill does once, in view of the person at the terminal, what serve does as time goes by.
func (d *demonstration) fill(ctx context.Context, cfg settings, db *store.DB, sample *demo.Sample) error {
	release, _, err := db.Lead(ctx, now())
	if err != nil {
		return err
	}
	defer release() //nolint:errcheck // the lock goes with the process
	if _, err := cfg.adopt(ctx, db); err != nil {
		return err
	}
	bar := d.app.progress("poll", "messages", int64(len(sample.Mails)))
	err = cfg.poller(db, d.app.quietLog(), bar.add).PollNow(ctx, nil, func(r aggregator.Result) {
		if r.Err != nil {
			bar.print(d.app.err, r.Err.Error())
		}
	})
	bar.end()
	if err == nil {
		err = d.app.textsHere(ctx, cfg, db)
	}
	if err != nil {
		return err
	}
	for _, n := range cfg.newsletters() {
		if _, err := editions.CloseDue(ctx, db, n, now()); err != nil {
			return err
		}
	}
	return d.mailYesterday(ctx, cfg, db)
}

func (d *demonstration) mailYesterday(ctx context.Context, cfg settings, db *store.DB) error {
	n, err := cfg.newsletter("daily")
	if err != nil {
		return err
	}
	err = db.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.Subscribe(ctx, n.Name, "reader@example.org", now())
		return err
	})
	if err != nil {
		return err
	}
	row, err := closedEdition(ctx, db, n, "")
	if err != nil {
		return err
	}
	id, err := cfg.identity(ctx, db)
	if err != nil {
		return err
	}
	notifier := cfg.notifier(db, id, d.app.quietLog())
	if _, err := notifier.Enqueue(ctx, row.ID); err != nil {
		return err
	}
	_, err = notifier.Drain(ctx, nil)
	return err
}

func (d *demonstration) serveMailbox(ctx context.Context, sink *demo.Sink) (address string, err error) {
	l, err := listen(ctx, "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	s := &http.Server{Handler: sink.Handler(), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.Serve(l) }() // ends with Close
	d.defers(s.Close)
	return "http://" + l.Addr().String() + "/", nil
}

// announce says what to open, one address a line with a word of what it is.
func (d *demonstration) announce(cfg settings, sample *demo.Sample, mailbox string, took time.Duration) {
	l := editions.Links{Base: cfg.Server.Base}
	daily := func(day time.Time) string { return l.Newsletter("daily") + "/" + day.Format(time.DateOnly) }
	fmt.Fprintf(d.app.err, "ready after %.1f s; everything stops with Ctrl-C\n", took.Seconds())
	w := tabwriter.NewWriter(d.app.out, 0, 8, 2, ' ', 0)
	for _, line := range [][2]string{
		{daily(sample.Yesterday), "yesterday's edition"},
		{daily(sample.Busy), "the day of 88 drafts, in parts"},
		{l.Topic("ai-agents") + "/feed.atom", "a topic's feed, for your feed reader"},
		{mailbox + "mails/1/", "the mail that was sent"},
		{cfg.Server.Base + "/", "everything else"},
	} {
		fmt.Fprintf(w, "%s\t%s\n", line[0], line[1])
	}
	_ = w.Flush() // nobody may be reading
}

// demoConfig is the configuration the demo runs on: an ordinary one, but for
// the addresses of this machine.
var demoConfig = template.Must(template.New("demo").Parse(`# Written by "draftwire demo".
[server]
listen = "{{.Listen}}"
base = "http://{{.Listen}}"

[database]
path = "draftwire.db"

[ids]
authority = "demo.example"

[fetch]
contact = "demo@demo.example"
spacing = "10ms"
# The upstreams of the demo are on this machine, where nothing else may be fetched from.
allow = ["{{.HTTP}}", "{{.IMAP}}"]

[texts]
fetch = true
url = "{{.TextURL}}"
back = "3d"

[mail]
relay = "{{.SMTP}}"
tls = "none"
from = "Draftwire demo <wire@demo.example>"

[[source]]
name = "i-d-announce"
kind = "imap"
url = "imap://{{.IMAP}}/{{.Drafts}}"
announcements = true
interval = "5s"
max_interval = "5s"

[[source]]
name = "ietf-announce"
kind = "imap"
url = "imap://{{.IMAP}}/{{.RFCs}}"
announcements = true
interval = "5s"
max_interval = "5s"

[[source]]
name = "rfc-editor"
kind = "feed"
url = "{{.RFCFeed}}"
announcements = true
interval = "10s"
max_interval = "10s"

[[source]]
name = "news"
kind = "feed"
url = "{{.NewsFeed}}"
interval = "10s"
max_interval = "10s"

[[source]]
name = "{{.List}}-list"
kind = "mbox"
path = "{{.Mbox}}"
interval = "10s"
max_interval = "10s"

{{.Topics}}
[[newsletter]]
name = "daily"
title = "The Daily Wire"
first = "{{.First}}"
grace = "0s"

[[newsletter]]
name = "nikkan"
title = "日刊ワイヤー"
language = "ja"
first = "{{.First}}"
grace = "0s"

[[newsletter]]
name = "weekly"
title = "The Weekly Wire"
cadence = "weekly"
first = "{{.First}}"
grace = "0s"
`))

func writeDemoConfig(dir string, l net.Listener, up *demo.Upstream, sink *demo.Sink, sample *demo.Sample) (string, error) {
	file := filepath.Join(dir, "draftwire.toml")
	var text strings.Builder
	err := demoConfig.Execute(&text, map[string]string{
		"Listen": l.Addr().String(), "HTTP": up.HTTPAddr, "IMAP": up.IMAPAddr, "SMTP": sink.Addr,
		"Drafts": url.PathEscape(up.DraftFolder), "RFCs": url.PathEscape(up.RFCFolder),
		"RFCFeed": up.RFCFeedURL, "NewsFeed": up.NewsFeedURL, "List": up.MboxList, "Mbox": filepath.ToSlash(up.MboxDir),
		"TextURL": up.TextURL(), "Topics": config.ShippedTopics(), "First": sample.Announcements[0].At.Format(time.DateOnly),
	})
	if err != nil {
		return "", err
	}
	return file, os.WriteFile(file, []byte(text.String()), 0o600)
}
