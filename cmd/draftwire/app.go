package main

// This file turns flags and configuration into the plain values that the rooms
// take. It is the only place that sees both.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/draftwire/draftwire/aggregator"
	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/config"
	"github.com/draftwire/draftwire/editions"
	"github.com/draftwire/draftwire/feeds"
	"github.com/draftwire/draftwire/fetch"
	"github.com/draftwire/draftwire/llm"
	"github.com/draftwire/draftwire/mail"
	"github.com/draftwire/draftwire/notify"
	"github.com/draftwire/draftwire/store"
	"github.com/draftwire/draftwire/topics"
)

// app is what all subcommands share.
type app struct {
	out, err   io.Writer
	configPath string
	dbPath     string
	verbose    bool
	making     bool // a missing database is what the command is for
}

func now() time.Time { return time.Now() }

func (a *app) log() *slog.Logger {
	level := slog.LevelInfo
	if a.verbose {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(a.err, &slog.HandlerOptions{Level: level}))
}

// quietLog is for commands that tell on standard output what they do.
func (a *app) quietLog() *slog.Logger {
	if a.verbose {
		return a.log()
	}
	return slog.New(slog.NewTextHandler(a.err, &slog.HandlerOptions{Level: slog.LevelError}))
}

// settings is a configuration with the file it came from.
type settings struct {
	*config.Config
	look    *editions.Look // an editor's templates, or nil
	prompts *llm.Prompts   // of the language model; nil without one
	file    string         // empty: defaults
	held    []string       // sources that the operator paused by hand
}

// load reads the configuration: the file named, or ./draftwire.toml if there
// is one, or defaults.
func (a *app) load() (settings, error) {
	file := a.configPath
	if file == "" {
		file = "draftwire.toml"
	}
	cfg, err := config.Load(file)
	switch {
	case err == nil:
	case a.configPath == "" && errors.Is(err, fs.ErrNotExist):
		cfg, file = config.Default(), ""
	default:
		return settings{}, usage(err)
	}
	for _, entry := range cfg.Fetch.Allow {
		if err := fetch.CheckAllow(entry); err != nil {
			return settings{}, usage(fmt.Errorf("%s: [fetch] allow: %w", file, err))
		}
	}
	if a.dbPath != "" {
		cfg.Database.Path = a.dbPath
	}
	look, err := lookBeside(file)
	if err != nil {
		return settings{}, usage(err)
	}
	s := settings{Config: cfg, file: file, look: look}
	if cfg.HasModel() {
		if s.prompts, err = promptsBeside(file); err != nil {
			return settings{}, usage(err)
		}
	}
	return s, nil
}

// open loads the configuration and opens the database, which must be there
// unless the command may make it.
func (a *app) open(ctx context.Context, create bool) (settings, *store.DB, error) {
	cfg, err := a.load()
	if err != nil {
		return settings{}, nil, err
	}
	path := cfg.Database.Path
	if _, err := os.Stat(filepath.Dir(path)); errors.Is(err, fs.ErrNotExist) {
		return settings{}, nil, usage(fmt.Errorf("database %s: there is no folder %s; make it, or mend the path", path, filepath.Dir(path)))
	}
	_, err = os.Stat(path)
	missing := errors.Is(err, fs.ErrNotExist)
	if missing && !create {
		return settings{}, nil, usage(fmt.Errorf("there is no database %s; \"draftwire init\" makes one, or name another with --db", path))
	}
	db, err := store.Open(ctx, path, store.Options{})
	if err != nil {
		return settings{}, nil, err
	}
	if missing && !a.making {
		fmt.Fprintf(a.err, "note: there was no database %s; an empty one was made\n", path)
	}
	if cfg.held, err = db.PausedSources(ctx); err != nil {
		return settings{}, nil, errors.Join(err, db.Close())
	}
	return cfg, db, nil
}

// openFor opens the database, made where there is none, runs fn, and closes
// whatever happens.
func (a *app) openFor(ctx context.Context, fn func(settings, *store.DB) error) error {
	return a.runOn(ctx, true, fn)
}

// readFor is openFor for commands that have nothing to tell of a database that
// is not there: they refuse it, for a slip in its name must not make a file.
func (a *app) readFor(ctx context.Context, fn func(settings, *store.DB) error) error {
	return a.runOn(ctx, false, fn)
}

func (a *app) runOn(ctx context.Context, create bool, fn func(settings, *store.DB) error) error {
	cfg, db, err := a.open(ctx, create)
	if err != nil {
		return err
	}
	return errors.Join(fn(cfg, db), db.Close())
}

// adopt makes the database follow the configuration file: its topics and its
// newsletters. Without a file there is nothing to follow, and what the
// database knows stays.
func (s settings) adopt(ctx context.Context, db *store.DB) ([]topics.Change, error) {
	if s.file == "" {
		rows, err := db.Newsletters(ctx)
		if err != nil || len(rows) > 0 {
			return nil, err
		}
		return nil, s.keepNewsletters(ctx, db)
	}
	changes, err := topics.Sync(ctx, db, s.topics(), now())
	if err != nil {
		return nil, err
	}
	return changes, s.keepNewsletters(ctx, db)
}

func (s settings) keepNewsletters(ctx context.Context, db *store.DB) error {
	var names []string
	for _, n := range s.Newsletters {
		names = append(names, n.Name)
	}
	return db.Update(ctx, func(tx *store.Tx) error { return tx.KeepNewsletters(ctx, names, now()) })
}

func (s settings) topics() []topics.Topic {
	list := make([]topics.Topic, 0, len(s.Topics))
	for _, t := range s.Topics {
		list = append(list, topics.Topic{
			Name: t.Name, Formerly: t.Formerly, Title: t.Title, Description: t.Description, Query: t.Query.Tree,
		})
	}
	return list
}

func (s settings) newsletters() []editions.Newsletter {
	var announcing []string
	for _, c := range s.Sources {
		if c.Announcements {
			announcing = append(announcing, c.Name)
		}
	}
	list := make([]editions.Newsletter, 0, len(s.Newsletters))
	for _, n := range s.Newsletters {
		e := editions.Newsletter{
			Name: n.Name, Title: n.Title, Scope: n.Scope.Tree, Topics: n.Topics, Titles: s.titles(n.Language), Rest: n.Rest, Sources: announcing,
			Cadence: editions.Cadence(n.Cadence), Zone: n.Zone.Location, Language: string(n.Language), Grace: n.Grace.Duration,
			SkipEmpty: n.Empty == config.Skip,
		}
		if m := s.model(); m != nil {
			e.Machine, e.PublishIntro = m, s.Model.Intro == config.Publish
		}
		if n.First.Year != 0 {
			e.First = n.First.AsTime(n.Zone.Location)
		}
		list = append(list, e)
	}
	return list
}

// titles are those of the topics in a language.
func (s settings) titles(language config.Language) map[string]string {
	titles := make(map[string]string, len(s.Topics))
	for _, t := range s.Topics {
		titles[t.Name] = t.TitleIn(language)
	}
	return titles
}

// newsletter finds one by name; an empty name is the first.
func (s settings) newsletter(name string) (editions.Newsletter, error) {
	list := s.newsletters()
	var names []string
	for _, n := range list {
		if n.Name == name || name == "" {
			return n, nil
		}
		names = append(names, n.Name)
	}
	return editions.Newsletter{}, usage(fmt.Errorf("there is no newsletter %q; there are: %s", name, strings.Join(names, ", ")))
}

// client makes the polite HTTP client.
func (s settings) client() *fetch.Client {
	return fetch.New(fetch.Options{
		UserAgent: s.agent(), Allow: s.Fetch.Allow, MaxBytes: int64(s.Fetch.MaxBody), Spacing: s.Fetch.Spacing.Duration,
	})
}

// agent names the program and whom to ask.
func (s settings) agent() string {
	if s.Fetch.Contact != "" {
		return "Draftwire/" + version + " (+" + s.Fetch.Contact + ")"
	}
	return "Draftwire/" + version
}

// sources are those to poll.
func (s settings) sources(client *fetch.Client, db *store.DB) []aggregator.Source {
	var list []aggregator.Source
	from := s.supply(client, db)
	for _, c := range s.Sources {
		if s.rests(c) {
			continue
		}
		up := from.upstream(c)
		list = append(list, aggregator.Source{
			Name: c.Name, List: listID(c), Announcements: c.Announcements, Interval: c.Interval.Duration, MaxInterval: c.MaxInterval.Duration,
			Host: from.lane(c, up), Upstream: up,
		})
	}
	return list
}

// rests reports whether a source is not polled, by its configuration or by hand.
func (s settings) rests(c config.Source) bool { return c.Paused || slices.Contains(s.held, c.Name) }

// poller makes a poller of the configured sources; taken, unless nil, is told how
// many messages each batch holds, from several goroutines.
func (s settings) poller(db *store.DB, log *slog.Logger, taken func(int64)) *aggregator.Poller {
	client := s.client()
	p := aggregator.NewPoller(&aggregator.Cataloguer{DB: db, Now: now}, s.sources(client, db), log)
	p.Client, p.Spacing, p.Taken = client, s.Fetch.Spacing.Duration, taken
	return p
}

// identity is what outputs need of the database's own.
type identity struct {
	authority catalog.Authority
	secret    []byte
}

func (s settings) identity(ctx context.Context, db *store.DB) (id identity, err error) {
	if id.authority, err = db.Authority(ctx, s.IDs.Authority, now()); err != nil {
		return id, err
	}
	id.secret, err = db.Secret(ctx)
	return id, err
}

// keptAuthority gives the name that the database's ids are made with, or
// nothing as long as none is.
func keptAuthority(ctx context.Context, db *store.DB) (string, error) {
	return db.Setting(ctx, "authority")
}

// borrowed reports whether an authority is the one of the defaults, which is
// nobody's.
func borrowed(authority string) bool { return authority == config.Default().IDs.Authority }

// identity is that of the settings, for commands that others will see ids of:
// it says so before a name that nobody chose is kept for ever.
func (a *app) identity(ctx context.Context, cfg settings, db *store.DB) (identity, error) {
	kept, err := keptAuthority(ctx, db)
	if err != nil {
		return identity{}, err
	}
	if kept == "" && borrowed(cfg.IDs.Authority) {
		fmt.Fprintf(a.err, "WARNING: the ids in your feeds and mails now begin with %s, which is not yours, and %s keeps that for ever: "+
			"stop, remove it, and set authority under [ids] to a domain name of yours\n", cfg.IDs.Authority, cfg.Database.Path)
	}
	return cfg.identity(ctx, db)
}

// host is where the ids of mails and lists end: the authority, without what
// stands before the @ of a mail address.
func (id identity) host() string {
	_, domain, isAddress := strings.Cut(id.authority.Name, "@")
	if isAddress {
		return domain
	}
	return id.authority.Name
}

// notifier makes the room that sends mail. The relay is trusted: it is named by
// the operator, so the guard of fetched addresses does not apply to it.
func (s settings) notifier(db *store.DB, id identity, log *slog.Logger) *notify.Notifier {
	return notify.New(notify.Config{
		DB: db, Relay: s.relay(), From: mail.Address{Name: s.Mail.From.Name, Addr: s.Mail.From.Address},
		Operator: s.Mail.Operator.Address, Base: s.Server.Base, Look: s.lookFor(log), Newsletters: s.series(), ListHost: id.host(), Secret: id.secret,
		Rate: s.Mail.Rate, Now: now, Log: log,
	})
}

// feeds serves what is selected, and archives it.
func (s settings) feeds(db *store.DB, id identity, log *slog.Logger) *feeds.Feeds {
	return feeds.New(feeds.Config{
		DB: db, Base: s.Server.Base, Look: s.lookFor(log), Authority: id.authority, Newsletters: s.newsletters(), Version: version, Log: log, Now: now,
		Changes: editions.ChangesHTML,
	})
}

// series says how each newsletter is mailed.
func (s settings) series() []notify.Series {
	var list []notify.Series
	for _, n := range s.Newsletters {
		list = append(list, notify.Series{
			Name: n.Name, From: mail.Address{Name: n.From.Name, Addr: n.From.Address},
			ListID: n.ListID, SkipEmpty: n.Empty == config.Skip,
		})
	}
	return list
}

func (s settings) relay() mail.Relay {
	return mail.Relay{
		Addr: s.Mail.Relay, TLS: mail.TLSMode(s.Mail.TLS), User: s.Mail.User, Password: s.Mail.Password, Hello: s.Mail.Hello,
	}
}

// isTerminal reports whether a person watches or types at stream.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
