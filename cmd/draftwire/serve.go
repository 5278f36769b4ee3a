package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/draftwire/draftwire/aggregator"
	"github.com/draftwire/draftwire/config"
	"github.com/draftwire/draftwire/editions"
	"github.com/draftwire/draftwire/feeds"
	"github.com/draftwire/draftwire/store"
	"github.com/draftwire/draftwire/web"
)

func serveCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Poll, publish and send until told to stop",
		Long: `Poll the sources, close editions and mail them when they are due, and serve
pages and feeds, until SIGINT or SIGTERM. SIGHUP reads the configuration again,
and so do commands that change sources; a faulty one is refused, and the old one
stays in force. The listening address
and the database stay as they were at the start.`,
		Example: `  draftwire serve
  draftwire serve --config /etc/draftwire.toml --db /var/lib/draftwire/wire.db`,
		Args: arguments(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			return a.openFor(c.Context(), func(cfg settings, db *store.DB) error {
				release, leads, err := db.Lead(c.Context(), now())
				if err != nil {
					return err
				}
				if !leads {
					return fmt.Errorf("another draftwire works on %s already; stop it first, or name another database with --db", cfg.Database.Path)
				}
				return errors.Join(a.serve(c.Context(), cfg, db), release())
			})
		},
	}
}

func (a *app) serve(ctx context.Context, cfg settings, db *store.DB) error {
	listener, err := listen(ctx, cfg.Server.Listen)
	if err != nil {
		return fmt.Errorf("%w; see listen under [server] in the configuration", err)
	}
	mailroom, err := openMailroom(ctx, cfg, a.log())
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	s := &server{app: a, db: db, listener: listener, mailroom: mailroom, log: a.log(), ready: func(cfg settings) {
		fmt.Fprintf(a.out, "%s/\n", cfg.Server.Base)
		if mailroom != nil {
			fmt.Fprintf(a.out, "%s\n", mailroom)
		}
	}}
	return s.run(ctx, cfg)
}

func listen(ctx context.Context, address string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if op, ok := errors.AsType[*net.OpError](err); ok {
		err = op.Err // the rest of its text says the address again
	}
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	return l, nil
}

// server runs everything on one database.
type server struct {
	app      *app
	db       *store.DB
	listener net.Listener
	mailroom *mailroom // nil: no mail is taken in
	log      *slog.Logger
	ready    func(settings) // told once, when pages are served

	handler atomic.Pointer[http.Handler] // of the configuration in force
	wish    chan struct{}                // the database changed: there may be a wish to read it again
	asked   string                       // the last such wish that was met; of run alone
}

// run serves until ctx ends. Each configuration has a life of its own: after
// SIGHUP the loops of the old one end, and those of the new one begin, on the
// same listener and database.
func (s *server) run(ctx context.Context, cfg settings) error {
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)

	web := &http.Server{
		Handler:           http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*s.handler.Load()).ServeHTTP(w, r) }),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      2 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	cfg = s.placed(cfg)
	s.wish = make(chan struct{}, 1)
	var err error
	if s.asked, err = s.db.ReloadAsked(ctx); err == nil {
		err = s.prepare(ctx, cfg)
	}
	if err != nil {
		return errors.Join(err, s.listener.Close(), s.mailroom.close())
	}
	serving := make(chan error, 2) // pages and mail
	go func() { serving <- web.Serve(s.listener) }()
	receiving, endReceiving := s.mailroom.open(ctx, serving)
	s.ready(cfg)
	err = s.live(ctx, cfg, hup, serving)
	endReceiving()
	<-receiving

	// In order: no new requests, those in hand finished, then the caller
	// closes the database. The loops have ended in live.
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if shut := web.Shutdown(closing); shut != nil {
		s.log.Warn("requests were cut off", "err", shut)
		return errors.Join(err, web.Close())
	}
	return err
}

// patience is for how long requests in hand may go on when the server ends.
const patience = 5 * time.Second

// placed puts the port that the system picked into the address of the pages,
// where the configuration left it open.
func (s *server) placed(cfg settings) settings {
	u, err := url.Parse(cfg.Server.Base)
	if err != nil || u.Port() != "0" {
		return cfg
	}
	_, port, err := net.SplitHostPort(s.listener.Addr().String())
	if err != nil {
		return cfg
	}
	u.Host = net.JoinHostPort(u.Hostname(), port)
	fresh := *cfg.Config
	fresh.Server.Base = u.String()
	cfg.Config = &fresh
	return cfg
}

// live runs one configuration after the other until ctx ends or something
// fails for good.
func (s *server) live(ctx context.Context, cfg settings, hup <-chan os.Signal, serving <-chan error) error {
	for {
		life, end := context.WithCancel(ctx)
		var failed error
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			failed = s.loops(life, cfg)
		}()
		next, err := s.await(ctx, cfg, hup, serving, ended)
		end()
		<-ended
		if err := errors.Join(err, failed); err != nil || ctx.Err() != nil {
			return err
		}
		cfg = next
	}
}

// await returns when ctx ends, with an error, or with a new configuration.
func (s *server) await(ctx context.Context, cfg settings, hup <-chan os.Signal, serving <-chan error, ended <-chan struct{}) (settings, error) {
	for {
		select {
		case <-ctx.Done():
			return cfg, nil
		case err := <-serving:
			return cfg, err
		case <-ended:
			if ctx.Err() == nil {
				return cfg, errors.New("a part of the server ended by itself")
			}
			return cfg, nil
		case <-hup:
		case <-s.wish:
			asked, err := s.db.ReloadAsked(ctx)
			if err != nil || asked == s.asked {
				continue
			}
			s.asked = asked
		}
		next, err := s.reload(ctx, cfg)
		if err == nil {
			return next, nil
		}
		s.log.Error("the configuration stays as it was: the file is wrong")
		fmt.Fprintln(s.app.err, err)
	}
}

// wished makes await look for a command's wish.
func (s *server) wished() {
	select {
	case s.wish <- struct{}{}:
	default:
	}
}

// reload reads the file again and makes database and pages follow it.
func (s *server) reload(ctx context.Context, cfg settings) (settings, error) {
	next, err := s.app.load()
	if err != nil {
		return cfg, err
	}
	if next.held, err = s.db.PausedSources(ctx); err != nil {
		return cfg, err
	}
	next.Server.Listen, next.Database = cfg.Server.Listen, cfg.Database
	if next.Inbound != cfg.Inbound {
		s.log.Warn("[inbound] has changed; that holds from the next start")
	}
	next.Inbound = cfg.Inbound
	next = s.placed(next)
	if err := s.prepare(ctx, next); err != nil {
		return cfg, err
	}
	s.log.Info("configuration read anew", "file", next.file)
	return next, nil
}

// prepare makes database and pages follow a configuration.
func (s *server) prepare(ctx context.Context, cfg settings) error {
	changes, err := cfg.adopt(ctx, s.db)
	if err != nil {
		return err
	}
	for _, c := range changes {
		s.log.Info("topic "+c.Kind, "topic", c.Topic, "was", cmp.Or(c.Was, c.Topic), "finds", c.Found)
	}
	handler, err := s.pages(ctx, cfg)
	if err != nil {
		return err
	}
	s.handler.Store(&handler)
	return s.mailroom.use(ctx, cfg, s.db)
}

// pages builds the one mux.
func (s *server) pages(ctx context.Context, cfg settings) (http.Handler, error) {
	id, err := s.app.identity(ctx, cfg, s.db)
	if err != nil {
		return nil, err
	}
	list := cfg.newsletters()
	w := web.New(web.Config{
		DB: s.db, Base: cfg.Server.Base, Look: cfg.lookFor(s.log), Newsletters: list, Secret: id.secret, Version: version, Log: s.log, Now: now,
		Titles: func(language string) map[string]string { return cfg.titles(config.Language(language)) },
	})
	mux := http.NewServeMux()
	feed := cfg.feeds(s.db, id, s.log).Handler()
	for _, path := range feeds.Paths() {
		mux.Handle(path, feed)
	}
	mux.Handle("/", w.Handler())
	return mux, nil
}

// loops runs what works by itself until ctx ends: all of it, or none.
func (s *server) loops(ctx context.Context, cfg settings) error {
	id, err := cfg.identity(ctx, s.db)
	if err != nil {
		return err
	}
	poller := cfg.poller(s.db, s.log, nil)
	notifier := cfg.notifier(s.db, id, s.log)
	archivist := cfg.feeds(s.db, id, s.log)
	writer := cfg.writer(s.db, s.log)
	lookout := &aggregator.Lookout{DB: s.db, Now: now, Log: s.log}
	fetched := cfg.textFetcher(poller, s.log)
	start := now()
	closer := editions.Closer{
		DB: s.db, Newsletters: cfg.newsletters(), Now: now, Log: s.log,
		Closed: func(*editions.Edition) { notifier.Wake() },
		Ready:  func(ctx context.Context) error { return s.polled(ctx, cfg, start) },
	}
	parts := []func(context.Context) error{
		poller.Run,
		closer.Run,
		notifier.Run,
		archivist.Run,
		lookout.Run,
		func(ctx context.Context) error {
			return s.db.Watch(ctx, time.Second, func() {
				if fetched != nil {
					fetched.Wake()
				}
				poller.Wake()
				notifier.Wake()
				s.wished()
				archivist.Wake()
				if writer != nil {
					writer.Wake()
				}
			})
		},
	}
	if fetched != nil {
		parts = append(parts, fetched.Run)
	}
	if writer != nil {
		parts = append(parts, writer.Run)
	}
	return together(ctx, parts...)
}

// together runs every part until ctx ends or one of them returns, stops the
// others, and waits for all.
func together(ctx context.Context, parts ...func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, len(parts))
	for _, part := range parts {
		go func() { ended <- part(ctx) }()
	}
	var errs []error
	for range parts {
		errs = append(errs, <-ended)
		cancel()
	}
	return errors.Join(errs...)
}
