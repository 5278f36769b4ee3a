// Command draftwire is the wire service for internet standards: it polls feeds
// and mailing-list archives, selects documents by rules, and republishes them
// as Atom feeds and as newsletters. See `draftwire help`.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// version is set when the program is built; see the Makefile.
var version = "dev"

// Exit codes. They are part of the interface and documented in `draftwire help`.
const (
	exitOK     = 0
	exitFailed = 1 // it did not work; the message says why
	exitUsage  = 2 // wrong flags or arguments, or a faulty configuration
	exitPartly = 3 // done in part: a source failed, a mail was not sent
)

// exitCodes ends the help of every command.
const exitCodes = `
Exit codes: 0 done; 1 it did not work, the message says why; 2 wrong flags or
arguments, or a faulty configuration; 3 done in part: a source or a file could
not be read, or a mail was not sent.
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is main with everything passed in.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := command(&app{out: stdout, err: stderr}) //nolint:contextcheck // subcommands have it from cobra
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		err = errors.New("stopped before the work was done; what is recorded is kept")
	}
	fmt.Fprintln(stderr, "draftwire:", err)
	if coded, ok := errors.AsType[codedError](err); ok {
		return coded.code
	}
	return exitFailed
}

// codedError is an error with an exit code of its own.
type codedError struct {
	code int
	err  error
}

func (e codedError) Error() string { return e.err.Error() }
func (e codedError) Unwrap() error { return e.err }

func usage(err error) error { return codedError{exitUsage, err} }

func partly(format string, args ...any) error {
	return codedError{exitPartly, fmt.Errorf(format, args...)}
}

// command builds the tree of subcommands.
func command(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "draftwire",
		Short: "The wire service for internet standards",
		Long: `Draftwire polls feeds and mailing-list archives into one SQLite file, selects
Internet-Drafts, RFCs and posts by rules, and republishes the selection as Atom
feeds and as daily or weekly newsletters.

Start with "draftwire demo", which needs no configuration and no internet, or
with "draftwire init", which writes a configuration that names the IETF's lists.

Without --config, ./draftwire.toml is read if it exists; otherwise every command
runs on defaults.`,
		Args:          known,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
		SilenceErrors: true,
		// How many letters a mistyped command may differ by and still be understood.
		SuggestionsMinimumDistance: 2,
		SilenceUsage:               true,
	}
	flags := root.PersistentFlags()
	flags.StringVar(&a.configPath, "config", "", "configuration `FILE` (default ./draftwire.toml, if it exists)")
	flags.StringVar(&a.dbPath, "db", "", "database `FILE` (default as configured, or ./draftwire.db)")
	flags.BoolVarP(&a.verbose, "verbose", "v", false, "log more")
	root.SetFlagErrorFunc(flagFault)
	root.SetUsageTemplate(root.UsageTemplate() + exitCodes)
	root.SetHelpCommand(helpCommand())
	cobra.EnableCommandSorting = false // they are listed in the order in which one meets them
	root.AddCommand(
		demoCommand(a), initCommand(a), checkCommand(a), serveCommand(a), pollCommand(a), importCommand(a),
		searchCommand(a), topicsCommand(a), explainCommand(a), editionCommand(a), sendCommand(a), subscribersCommand(a), sourcesCommand(a),
		textsCommand(a), modelCommand(a), backupCommand(a), versionCommand(a),
	)
	completeNewsletters(a, root)
	return root
}

func versionCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: arguments(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(a.out, "draftwire", version)
			return err
		},
	}
}
