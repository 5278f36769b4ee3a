package main

// This file holds the commands that write and read files of topics.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/draftwire/draftwire/config"
	"github.com/draftwire/draftwire/store"
)

func exportTopics(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "export [FILE]",
		Short: "Write all topics as one readable file",
		Long: `Write all topics as one readable TOML file, to standard output or to a new file.
Without a configuration, those that the database knows. "draftwire topics import"
takes the file in elsewhere.`,
		Example: `  draftwire topics export my-topics.toml`,
		Args:    arguments(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			list, err := a.topicsToExport(c.Context())
			if err != nil {
				return err
			}
			text := config.FormatTopics(list)
			if len(args) == 0 {
				_, err := io.WriteString(a.out, text)
				return err
			}
			if err := writeNew(args[0], text); err != nil {
				return err
			}
			_, err = fmt.Fprintf(a.out, "wrote %s to %s\n", counted(len(list), "topic"), args[0])
			return err
		},
	}
}

func (a *app) topicsToExport(ctx context.Context) (list []config.Topic, err error) {
	cfg, err := a.load()
	if err != nil || cfg.file != "" {
		return cfg.topicTables(), err
	}
	err = a.readFor(ctx, func(cfg settings, db *store.DB) error {
		topics, err := cfg.inForce(ctx, db)
		for _, t := range topics {
			list = append(list, config.Topic{
				Name: t.Name, Formerly: t.Formerly, Title: t.Title, Description: t.Description,
				Query: config.Query{Text: t.Query.Text()},
			})
		}
		return err
	})
	return list, err
}

// topicTables gives the topics as they stand in the files.
func (s settings) topicTables() []config.Topic {
	if s.Config == nil {
		return nil
	}
	return s.Topics
}

// writeNew writes a file that is not there yet.
func writeNew(name, text string) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return usage(fmt.Errorf("%s exists already; nothing was changed", name))
	}
	if err != nil {
		return err
	}
	_, err = io.WriteString(f, text)
	return errors.Join(err, f.Close())
}

func importTopics(a *app) *cobra.Command {
	var replace bool
	c := &cobra.Command{
		Use:   "import FILE...",
		Short: "Take topics in from files",
		Long: `Take topics in from files such as "draftwire topics export" writes. Everything is
checked first, together with the configuration: names, queries and references.
Then each topic is written to topics/NAME.toml beside the configuration. A topic
whose name exists already is refused; with --replace it takes the other's place,
in the file where that stands. They take effect when "draftwire serve" starts or
gets SIGHUP.`,
		Example: `  draftwire topics import friends.toml
  draftwire topics import --replace my-topics.toml`,
		Args: some("files of topics"),
		RunE: func(_ *cobra.Command, args []string) error {
			cfg, err := a.load()
			if err != nil {
				return err
			}
			if cfg.file == "" {
				return usage(errors.New("there is no draftwire.toml here for the topics to stand beside; \"draftwire init\" writes one, --config names another"))
			}
			list, err := readTopics(args)
			if err != nil {
				return err
			}
			tree, err := readTree(cfg.file)
			if err != nil {
				return err
			}
			if err := tree.take(cfg.topicsToTake(list), replace); err != nil {
				return usage(err)
			}
			names, err := tree.write()
			if len(names) > 0 {
				fmt.Fprintf(a.out, "took in %s, in %s\n", counted(len(list), "topic"), strings.Join(names, ", "))
			}
			return err
		},
	}
	c.Flags().BoolVar(&replace, "replace", false, "let topics take the place of those of the same name")
	return c
}

// topicsToTake gives topics as tables, with where those of their names stand.
func (s settings) topicsToTake(list []config.Topic) (tables []table) {
	for _, topic := range list {
		t := table{part: config.TopicPart, name: topic.Name, text: config.FormatTopics([]config.Topic{topic})}
		for _, old := range s.Topics {
			if old.Name == topic.Name {
				t.file, t.line = old.File, old.Line
			}
		}
		tables = append(tables, t)
	}
	return tables
}

// readTopics reads files of topics, each for itself.
func readTopics(files []string) (list []config.Topic, err error) {
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(io.LimitReader(f, config.MaxSize+1))
		if err := errors.Join(err, f.Close()); err != nil {
			return nil, err
		}
		more, err := config.ParseTopics(name, data)
		if err != nil {
			return nil, usage(err)
		}
		list = append(list, more...)
	}
	return list, nil
}
