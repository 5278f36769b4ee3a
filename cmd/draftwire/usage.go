package main

// This file makes the complaints about what was typed say what would be right.

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// arguments makes cobra's complaints about arguments errors of usage.
func arguments(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if err := check(c, args); err != nil {
			return usage(fmt.Errorf("%w; see %q", err, c.CommandPath()+" --help"))
		}
		return nil
	}
}

// exactly and some are what a command takes, in its own word for it.
func exactly(n int, what string) cobra.PositionalArgs {
	return wants(what, func(got int) bool { return got == n })
}

func some(what string) cobra.PositionalArgs {
	return wants(what, func(got int) bool { return got > 0 })
}

func wants(what string, fits func(int) bool) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if fits(len(args)) {
			return nil
		}
		return usage(fmt.Errorf("%s wants %s; see %q", c.Name(), what, c.CommandPath()+" --help"))
	}
}

// known refuses a word that is no command, with the one that was meant.
func known(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	text := fmt.Sprintf("there is no command %q", args[0])
	if near := c.SuggestionsFor(args[0]); len(near) > 0 {
		text += "; did you mean " + strings.Join(near, " or ")
	}
	return usage(fmt.Errorf("%s; see %q", text, c.CommandPath()+" --help"))
}

// wanted names what flags of a type take.
var wanted = map[string]string{
	"int": "a whole number", "bool": "true or false", "duration": "a time such as 15s or 2m",
}

func flagFault(c *cobra.Command, err error) error {
	if value, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		f := value.GetFlag()
		if want, ok := wanted[f.Value.Type()]; ok {
			err = fmt.Errorf("--%s %q: want %s", f.Name, value.GetValue(), want)
		}
	}
	return usage(fmt.Errorf("%w; see %q", err, c.CommandPath()+" --help"))
}

// helpCommand is cobra's, except that it fails when there is no such command.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use: "help [COMMAND]", Short: "Show the help of a command",
		RunE: func(c *cobra.Command, args []string) error {
			about, rest, err := c.Root().Find(args)
			if err != nil {
				return usage(err)
			}
			if len(rest) > 0 {
				return known(about, rest)
			}
			about.InitDefaultHelpFlag() // cobra does so only for the command that runs
			return about.Help()
		},
	}
}

// counted writes a number with its noun: 1 message, 2 messages.
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
