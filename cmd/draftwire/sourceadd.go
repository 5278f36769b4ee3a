package main

// This file adds a source: it finds out what an address is, shows what would
// come in, and writes it beside the configuration.

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"
	"golang.org/x/text/unicode/norm"

	"github.com/draftwire/draftwire/aggregator"
	"github.com/draftwire/draftwire/config"
	"github.com/draftwire/draftwire/markup"
)

// adding is one run of `sources add`.
type adding struct {
	*app
	in    *bufio.Reader
	asks  bool // a person can answer
	yes   bool
	given config.Source // by flags
	since string
	cfg   settings
}

func addSource(a *app) *cobra.Command {
	var kind string
	s := adding{app: a}
	c := &cobra.Command{
		Use:   "add ADDRESS|PATH|--kind KIND",
		Short: "Add a source: find out what it is, show what would come in, write it down",
		Long: `Find out what an address is: a feed, a page that names feeds, the archive of a list
(Mailman 2 and 3, public-inbox, mailboxes by month), an index of documents, or a
folder of a mail server (imaps://HOST/FOLDER). Or what a path on this machine is: a
mailbox, a folder of them, or a Maildir. Then show what it has now, and what the
topics would take of it, and write it to sources/NAME.toml beside the
configuration. Nothing is taken in before; that is for the first poll, and is
history then, not news.

A list that sends its mail to us has no address to be read at, nor need the indexes
of documents have one: there say the kind, smtp, rfc-index, id-abstracts, all-ids,
datatracker or meeting.

What would be asked on a terminal must be said by flags elsewhere: --yes to write
the source, and an address that is one thing only.`,
		Example: `  draftwire sources add https://www.rfc-editor.org/rfcatom.xml
  draftwire sources add --announcements imaps://imap.ietf.org/Shared%20Folders/i-d-announce
  draftwire sources add --name quic --yes ~/Maildir/.quic
  draftwire sources add --kind smtp --list-id tls.ietf.org`,
		Args: wants("an address or a path", func(got int) bool { return got == 1 || got == 0 && kind != "" }),
		RunE: func(c *cobra.Command, args []string) (err error) {
			if s.given.Kind, err = kindNamed(kind); err != nil {
				return err
			}
			if s.since != "" {
				if err := s.given.Since.UnmarshalText([]byte(s.since)); err != nil {
					return usage(fmt.Errorf("--since %q: want a day such as 2025-12-07", s.since))
				}
			}
			if len(args) == 0 && s.given.Kind.Addressed() {
				return usage(fmt.Errorf("where? A source of kind %s has an address or a path", kind))
			}
			s.in, s.asks = bufio.NewReader(c.InOrStdin()), isTerminal(a.out) && isTerminal(c.InOrStdin())
			if s.cfg, err = a.load(); err != nil {
				return err
			}
			return s.run(c.Context(), strings.Join(args, ""))
		},
	}
	f := c.Flags()
	f.StringVar(&s.given.Name, "name", "", "its `NAME` (default made from its title or address)")
	f.StringVar(&kind, "kind", "", "its `KIND`, as docs/configuration.md lists them, where it should not be found out")
	f.BoolVar(&s.given.Announcements, "announcements", false, "trust it to announce drafts, RFCs and charters")
	f.StringVar(&s.given.ListID, "list-id", "", "the List-Id of the `LIST`, where its mails do not tell it")
	f.StringVar(&s.given.User, "user", "", "who logs in at a mail server (default anonymous)")
	f.StringVar(&s.given.PasswordEnv, "password-env", "", "the `VARIABLE` of the environment that holds the password")
	f.StringVar(&s.since, "since", "", "the `DAY` with which the first poll of an archive begins (default about now)")
	f.BoolVarP(&s.yes, "yes", "y", false, "write it without asking")
	return c
}

func kindNamed(kind string) (k config.SourceKind, err error) {
	if kind == "" {
		return "", nil
	}
	if err := k.UnmarshalText([]byte(kind)); err != nil {
		return "", usage(fmt.Errorf("--kind: %w; see docs/configuration.md", err))
	}
	return k, nil
}

func (s *adding) run(ctx context.Context, where string) error {
	source, title, err := s.find(ctx, where)
	if err != nil {
		return err
	}
	if known := slices.IndexFunc(s.cfg.Sources, func(o config.Source) bool { return sameUpstream(o, source) }); known >= 0 {
		o := s.cfg.Sources[known]
		return usage(fmt.Errorf("%s is a source already: %s, in %s:%d", cmp.Or(where, source.ListID, string(source.Kind)), o.Name, o.File, o.Line))
	}
	source.Name = cmp.Or(s.given.Name, s.freeName(source, title))
	list, err := config.ParseSources("the new source", []byte(config.FormatSources(config.Default(), []config.Source{source})))
	if err != nil {
		return usage(err)
	}
	if err := s.show(ctx, s.complete(list[0])); err != nil {
		return err
	}
	if s.cfg.file == "" {
		return usage(errors.New("nothing was written: there is no draftwire.toml here for it to stand beside; \"draftwire init\" writes one, --config names another"))
	}
	if !s.yes {
		if !s.asks {
			return usage(errors.New("nothing was written; say --yes to add it"))
		}
		answer, err := s.ask(fmt.Sprintf("Add it as %s? [Y/n] ", source.Name))
		if err != nil {
			return err
		}
		if !strings.HasPrefix("yes", strings.ToLower(answer)) {
			return errors.New("nothing was written")
		}
	}
	if err := s.keepSources([]config.Source{source}); err != nil {
		return err
	}
	if source.Kind.Sent() {
		fmt.Fprintf(s.out, "subscribe the address that \"draftwire sources mail %s\" shows to the list\n", source.Name)
	}
	return s.tellAny(ctx, s.cfg)
}

// complete gives a new source what it has by the configuration and by the
// environment.
func (s *adding) complete(source config.Source) config.Source {
	if source.PasswordEnv != "" {
		source.Password = os.Getenv(source.PasswordEnv)
	}
	return source
}

// ask asks the person at the terminal, and gives the answer.
func (s *adding) ask(question string) (string, error) {
	fmt.Fprint(s.out, question)
	line, err := s.in.ReadString('\n')
	if errors.Is(err, io.EOF) && line == "" {
		return "", usage(errors.New("nobody answers, and nothing was written; say --yes to add it"))
	}
	return strings.TrimSpace(line), nil
}

// find tells what is at an address or a path, and its title. Without one the kind
// says it all.
func (s *adding) find(ctx context.Context, where string) (source config.Source, title string, err error) {
	source = s.given
	if where == "" {
		list, _, _ := strings.Cut(source.ListID, ".")
		return source, cmp.Or(list, string(source.Kind)), nil
	}
	u, err := url.Parse(where)
	switch {
	case err == nil && (u.Scheme == "imap" || u.Scheme == "imaps"):
		source.Kind, source.URL = config.IMAP, where
		return source, path.Base(u.Path), nil
	case err == nil && (u.Scheme == "http" || u.Scheme == "https"):
		if source.URL = where; source.Kind != "" {
			return source, "", nil
		}
		found, err := aggregator.Discover(ctx, s.cfg.client(), where)
		if err != nil {
			return source, "", err
		}
		one, err := s.choose(found)
		source.URL, source.Kind = one.URL, config.SourceKind(one.Kind)
		return source, one.Title, err
	}
	source.Path, err = filepath.Abs(where)
	if err != nil {
		return source, "", err
	}
	info, err := os.Stat(source.Path)
	if err != nil {
		return source, "", usage(fmt.Errorf("%s is neither an address (https://..., imaps://...) nor a file or folder on this machine", where))
	}
	title = strings.TrimSuffix(filepath.Base(source.Path), filepath.Ext(source.Path))
	if source.Kind == "" {
		source.Kind = config.Mbox
		if info.IsDir() && aggregator.IsMaildir(source.Path) {
			source.Kind, title = config.Maildir, filepath.Base(source.Path)
		}
	}
	return source, title, nil
}

// choose picks one of what was found.
func (s *adding) choose(found []aggregator.Found) (one aggregator.Found, err error) {
	if len(found) == 1 {
		return found[0], nil
	}
	fmt.Fprintln(s.out, "There are several things to poll:")
	for i, f := range found {
		fmt.Fprintf(s.out, "%3d  %-12s %s\n     %s\n", i+1, f.Kind, cmp.Or(markup.Clean(f.Title), "(no title)"), f.URL)
	}
	if !s.asks {
		return one, usage(errors.New("say which: give its own address"))
	}
	answer, err := s.ask("Which? [1] ")
	if err != nil {
		return one, err
	}
	n, err := strconv.Atoi(cmp.Or(answer, "1"))
	if err != nil || n < 1 || n > len(found) {
		return one, usage(fmt.Errorf("%q is none of them; nothing was written", answer))
	}
	return found[n-1], nil
}

// sameUpstream reports whether two sources read the same. Those without an
// address are known by their kind, and by their list if they have one.
func sameUpstream(a, b config.Source) bool {
	if a.URL+a.Path == "" && (a.Kind != b.Kind || !strings.EqualFold(a.ListID, b.ListID)) {
		return false
	}
	return a.URL == b.URL && a.Path == b.Path
}

// freeName makes a name from a title or an address, one that no source has.
func (s *adding) freeName(source config.Source, title string) string {
	name := slugOf(title)
	if name == "" {
		u, err := url.Parse(source.URL)
		if err == nil {
			name = slugOf(strings.TrimPrefix(u.Hostname(), "www.") + " " + path.Base(u.Path))
		}
	}
	return unused(cmp.Or(name, string(source.Kind)), s.cfg.Sources)
}

// unused adds a number to a name that is taken.
func unused(name string, sources []config.Source) string {
	for n := 1; ; n++ {
		fresh := name
		if n > 1 {
			fresh = fmt.Sprintf("%s-%d", name, n)
		}
		if !slices.ContainsFunc(sources, func(o config.Source) bool { return o.Name == fresh }) {
			return fresh
		}
	}
}

// slugOf makes a name of a text: small letters and figures, at most 32 of
// them, at the end of a word if that can be.
func slugOf(text string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(text)) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case !unicode.Is(unicode.Mn, r) && r != '\'' && b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	const longest = 32
	name := strings.Trim(b.String(), "-")
	if len(name) > longest {
		name = name[:longest]
		if i := strings.LastIndexByte(name, '-'); i > longest/2 {
			name = name[:i]
		}
	}
	return strings.Trim(name, "-")
}

// keepSources writes sources, each to a file of its own.
func (s *adding) keepSources(list []config.Source) error {
	tree, err := readTree(s.cfg.file)
	if err != nil {
		return err
	}
	var tables []table
	for _, source := range list {
		t := table{part: config.SourcePart, name: source.Name, text: config.FormatSources(config.Default(), []config.Source{source})}
		for _, o := range s.cfg.Sources {
			if o.Name == source.Name {
				t.file, t.line = o.File, o.Line
			}
		}
		tables = append(tables, t)
	}
	if err := tree.take(tables, false); err != nil {
		return usage(err)
	}
	names, err := tree.write()
	if len(names) > 0 {
		fmt.Fprintln(s.out, "wrote "+listed(names))
	}
	return err
}

// listed writes a few names, and how many more there are.
func listed(names []string) string {
	const few = 5
	if len(names) <= few {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
}

// How much of a source is looked at before it is added.
const (
	lookMessages = 500
	lookShown    = 10
	lookPatience = 60 * time.Second
)
