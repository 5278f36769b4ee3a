package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/draftwire/draftwire/aggregator"
	"github.com/draftwire/draftwire/store"
)

func importCommand(a *app) *cobra.Command {
	var untrusted bool
	f := aggregator.Files{}
	c := &cobra.Command{
		Use:   "import PATH...",
		Short: "Take in whole archives of mail",
		Long: `Take in files of mail, and folders of them: mailboxes (mbox of every dialect, MMDF,
LISTSERV logs, pipermail texts), Maildirs and single mails, also packed by gzip
or bzip2, or in ZIP and tar archives, such as mail archives export. What a file
is shows its content, not its name. Hidden files are left out.

What is taken in is history: feeds and editions show it, but it is not news. An
import that was interrupted, however, goes on where it stopped when the same
command is given again; files that grew are read on, and those that were read
whole are not read again, unless --again says so. No mail is taken in twice.

The files are trusted as announcements of drafts and RFCs, by their senders,
unless --untrusted says that they are ordinary mail.`,
		Example: `  draftwire import archive/i-d-announce/ ietf-announce-export.tar.gz
  draftwire import --untrusted --source quic quic-2025-*.mail.gz`,
		Args: some("files or folders"),
		RunE: func(c *cobra.Command, args []string) error {
			for _, path := range args {
				if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
					return usage(fmt.Errorf("import %s: there is no such file or directory", path))
				}
			}
			f.Paths, f.Announcements = args, !untrusted
			return a.openFor(c.Context(), func(cfg settings, db *store.DB) error {
				if _, err := cfg.adopt(c.Context(), db); err != nil {
					return err
				}
				return a.importFiles(c.Context(), db, f)
			})
		},
	}
	c.Flags().BoolVar(&untrusted, "untrusted", false, "take announcements in these files for ordinary mail")
	c.Flags().StringVar(&f.Source, "source", "import", "`NAME` of the source they are recorded under")
	c.Flags().BoolVar(&f.Again, "again", false, "read files whole that were read before")
	return c
}

func (a *app) importFiles(ctx context.Context, db *store.DB, f aggregator.Files) error {
	bar := a.progress("import", "bytes", 0)
	f.Began = func(_ int, bytes int64) { bar.expect(bytes) }
	f.Read, f.Spare = bar.add, bar.spare
	// Collecting half as often makes an import a tenth faster, for some 20 MB.
	defer debug.SetGCPercent(debug.SetGCPercent(200))
	sum, err := (&aggregator.Cataloguer{DB: db, Now: now}).ImportFiles(ctx, f)
	bar.end()
	if ctx.Err() != nil {
		fmt.Fprintln(a.err, "note: the same command goes on from here")
		return ctx.Err()
	}
	if err != nil {
		return err
	}
	for _, d := range sum.Defects {
		fmt.Fprintln(a.err, "note:", d)
	}
	if sum.Before > 0 {
		fmt.Fprintf(a.err, "note: %s already read, and passed over; --again reads them anew\n", wasOrWere(sum.Before, "file"))
	}
	faults := faultsOf(sum.Faults)
	if faults != nil && sum.Messages == 0 && sum.Before+sum.Whole == 0 {
		return faults
	}
	fmt.Fprintln(a.out, inWords(sum.Tally))
	if faults != nil {
		return partly("not all was read; what was read is kept:\n%w", faults)
	}
	return nil
}

// wasOrWere writes a number with its noun and verb: 1 file was, 2 files were.
func wasOrWere(n int, noun string) string {
	if n == 1 {
		return "1 " + noun + " was"
	}
	return counted(n, noun) + " were"
}

// maxTold bounds how many faults are told one by one.
const maxTold = 20

// faultsOf joins faults, one a line; nil if there are none.
func faultsOf(faults []error) error {
	if more := len(faults) - maxTold; more > 0 {
		faults = append(faults[:maxTold:maxTold], fmt.Errorf("and %d more", more))
	}
	return errors.Join(faults...)
}

// inWords says what became of messages.
func inWords(t aggregator.Tally) string {
	return fmt.Sprintf("%s, %d known before; %s, %s, %d further evidence",
		counted(t.Messages, "message"), t.Known, counted(t.Announced, "announcement"), counted(t.Posts, "post"), t.Supporting)
}
