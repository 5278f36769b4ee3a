package main

// This file takes lists of sources in and writes them out, for other programs
// as OPML and for another Draftwire as TOML.

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/draftwire/draftwire/aggregator"
	"github.com/draftwire/draftwire/config"
)

func exportSources(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "export [FILE.opml|FILE.toml]",
		Short: "Write the feeds as OPML, or all sources as TOML",
		Long: `Write the sources to a new file: by a name that ends in .opml, the feeds for other
feed readers; in .toml, all sources for another Draftwire, without passwords.
Without a name, OPML on standard output.`,
		Example: `  draftwire sources export feeds.opml`,
		Args:    arguments(cobra.MaximumNArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			cfg, err := a.load()
			if err != nil {
				return err
			}
			if len(args) == 0 {
				text, _, err := opmlOf(cfg)
				if err == nil {
					_, err = io.WriteString(a.out, text)
				}
				return err
			}
			write := opmlOf
			switch filepath.Ext(args[0]) {
			case ".toml":
				write = tomlOf
			case ".opml", ".xml":
			default:
				return usage(fmt.Errorf("%s: want a name that ends in .opml or .toml", args[0]))
			}
			text, n, err := write(cfg)
			if err != nil {
				return err
			}
			if err := writeNew(args[0], text); err != nil {
				return err
			}
			fmt.Fprintf(a.out, "wrote %s to %s\n", counted(n, "source"), args[0])
			if left := len(cfg.Sources) - n; left > 0 {
				fmt.Fprintf(a.err, "note: %s no feed, and cannot stand in OPML; a file that ends in .toml takes all\n", isOrAre(left, "source"))
			}
			return nil
		},
	}
}

// isOrAre writes a number with its noun and verb: 1 source is, 2 sources are.
func isOrAre(n int, noun string) string {
	if n == 1 {
		return "1 " + noun + " is"
	}
	return counted(n, noun) + " are"
}

func opmlOf(cfg settings) (string, int, error) {
	var list []aggregator.OPMLFeed
	for _, s := range cfg.Sources {
		if s.Kind == config.Feed {
			list = append(list, aggregator.OPMLFeed{URL: s.URL, Title: s.Name})
		}
	}
	var b bytes.Buffer
	err := aggregator.WriteOPML(&b, "Sources of Draftwire", now(), list)
	return b.String(), len(list), err
}

func tomlOf(cfg settings) (string, int, error) {
	list := slices.Clone(cfg.Sources)
	for i := range list {
		list[i].Password = ""
		if list[i].Path != "" {
			path, err := filepath.Abs(list[i].Path)
			if err != nil {
				return "", 0, err
			}
			list[i].Path = path
		}
	}
	return config.FormatSources(cfg.Config, list), len(list), nil
}

func importSources(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "import FILE",
		Short: "Take sources in from OPML, as feed readers export it, or from TOML",
		Long: `Take sources in from a file: OPML, as feed readers export their subscriptions, or
TOML, as "draftwire sources export" writes it. What is a source already, by its
address, is passed over. Each of the others is written to sources/NAME.toml beside
the configuration, once all of them were found right. They are not asked whether
they are there: "draftwire sources" shows it after the first poll.`,
		Example: `  draftwire sources import subscriptions.opml`,
		Args:    exactly(1, "a file"),
		RunE: func(c *cobra.Command, args []string) (err error) {
			s := adding{app: a}
			if s.cfg, err = a.load(); err != nil {
				return err
			}
			if s.cfg.file == "" {
				return usage(errors.New("there is no draftwire.toml here for the sources to stand beside; \"draftwire init\" writes one, --config names another"))
			}
			list, left, err := readSources(args[0])
			if err != nil {
				return err
			}
			if len(left) > 0 {
				fmt.Fprintf(a.err, "note: %s left out, for want of an http address: %s\n", isOrAre(len(left), "feed"), listed(left))
			}
			fresh := s.fresh(list)
			if known := len(list) - len(fresh); known > 0 {
				fmt.Fprintf(a.out, "%s known already\n", isOrAre(known, "source"))
			}
			if len(fresh) == 0 {
				return nil
			}
			if err := s.keepSources(fresh); err != nil {
				return err
			}
			fmt.Fprintf(a.out, "took in %s\n", counted(len(fresh), "source"))
			return s.tellAny(c.Context(), s.cfg)
		},
	}
}

// readSources reads a file of sources, which may lack names, and gives the titles
// of those that cannot be.
func readSources(name string) (list []config.Source, left []string, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	if filepath.Ext(name) == ".toml" {
		data, err := io.ReadAll(io.LimitReader(f, config.MaxSize+1))
		if err != nil {
			return nil, nil, err
		}
		if list, err = config.ParseSources(name, data); err != nil {
			return nil, nil, usage(err)
		}
		return list, nil, nil
	}
	feeds, left, err := aggregator.ReadOPML(f)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	for _, feed := range feeds {
		list = append(list, config.Source{Kind: config.Feed, URL: feed.URL, Name: slugOf(feed.Title)})
	}
	return list, left, nil
}

// fresh gives the sources that there are not yet, with names that are free.
// A name of TOML is kept, so that two of one name are refused.
func (s *adding) fresh(list []config.Source) (fresh []config.Source) {
	all := slices.Clone(s.cfg.Sources)
	for _, source := range list {
		if slices.ContainsFunc(all, func(o config.Source) bool { return sameUpstream(o, source) }) {
			continue
		}
		if source.File == "" { // of OPML
			named := adding{cfg: settings{Config: &config.Config{Sources: all}}}
			source.Name = named.freeName(source, strings.ReplaceAll(source.Name, "-", " "))
		}
		all = append(all, source)
		fresh = append(fresh, source)
	}
	return fresh
}
