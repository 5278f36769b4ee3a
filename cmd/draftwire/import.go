package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/draftwire/draftwire/aggregator"
	"github.com/draftwire/draftwire/store"
)

func importCommand(a *app) *cobra.Command {
	var untrusted bool
	var source string
	c := &cobra.Command{
		Use:   "import PATH...",
		Short: "Take in mailbox files or directories of them, plain or gzipped",
		Long: `Take in mailbox files or directories of them, plain or gzipped. Hidden files are
left out. What is taken in is history: feeds and editions show it, but it is not
news. The same file again adds nothing.

The files are trusted as announcements of drafts and RFCs, by their senders,
unless --untrusted says that they are ordinary mail.`,
		Example: `  draftwire import archive/i-d-announce/
  draftwire import --untrusted --source quic quic-2025-*.mail.gz`,
		Args: some("files or directories"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.openFor(c.Context(), func(cfg settings, db *store.DB) error {
				if _, err := cfg.adopt(c.Context(), db); err != nil {
					return err
				}
				return a.importFiles(c.Context(), db, source, !untrusted, args)
			})
		},
	}
	c.Flags().BoolVar(&untrusted, "untrusted", false, "take announcements in these files for ordinary mail")
	c.Flags().StringVar(&source, "source", "import", "`NAME` of the source they are recorded under")
	return c
}

func (a *app) importFiles(ctx context.Context, db *store.DB, source string, trusted bool, paths []string) error {
	total, err := sizeOf(paths)
	if err != nil {
		return err
	}
	bar := a.progress("import", "bytes", total)
	catalogue := &aggregator.Cataloguer{DB: db, Now: now}
	var sum aggregator.Tally
	var faults []error
	for _, path := range paths {
		box := aggregator.Mbox{Path: path, Whole: true, Now: now, Progress: bar.add}
		tally, err := catalogue.Import(ctx, source, trusted, box)
		sum.Add(tally)
		if ctx.Err() != nil {
			bar.end()
			return ctx.Err()
		}
		if err != nil {
			faults = append(faults, err)
		}
	}
	bar.end()
	for _, d := range sum.Defects {
		fmt.Fprintln(a.err, "note:", d)
	}
	fault := errors.Join(faults...)
	if fault != nil && sum.Messages == 0 {
		return fault
	}
	fmt.Fprintln(a.out, inWords(sum))
	if fault != nil {
		return partly("not all was read; what was read is kept:\n%w", fault)
	}
	return nil
}

// inWords says what became of messages.
func inWords(t aggregator.Tally) string {
	return fmt.Sprintf("%s, %d known before; %s, %s, %d further evidence",
		counted(t.Messages, "message"), t.Known, counted(t.Announced, "announcement"), counted(t.Posts, "post"), t.Supporting)
}

// sizeOf adds up what is to be read. Gzipped files count as they are, so the
// bar runs ahead for them.
func sizeOf(paths []string) (total int64, err error) {
	for _, path := range paths {
		err := filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			info, err := d.Info()
			if err == nil {
				total += info.Size()
			}
			return err
		})
		if errors.Is(err, os.ErrNotExist) {
			return 0, usage(fmt.Errorf("import %s: there is no such file or directory", path))
		}
		if err != nil {
			return 0, fmt.Errorf("import %s: %w", path, err)
		}
	}
	return total, nil
}
