package main

// This file reads queries that were typed, and helps typing them.

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/store"
	"github.com/draftwire/draftwire/topics"
)

// query reads a query. Hints go beside the answer.
func (a *app) query(text string) (*filters.Query, error) {
	q, err := filters.Parse(text)
	if err != nil {
		return nil, usage(err)
	}
	for _, h := range q.Hints() {
		fmt.Fprintf(a.err, "note: %s\n", h.Message)
	}
	return q, nil
}

// settled puts topics in the place of references to them, and counts spans of
// time from now.
func (s settings) settled(ctx context.Context, db *store.DB, q *filters.Query) (*filters.Query, error) {
	list, err := s.inForce(ctx, db)
	if err != nil {
		return nil, err
	}
	if q, err = topics.Resolve(q, list); err != nil {
		return nil, usage(err)
	}
	return q.At(now()), nil
}

// inForce gives the topics of the configuration, or those that the database
// knows where there is none.
func (s settings) inForce(ctx context.Context, db *store.DB) ([]topics.Topic, error) {
	if s.file != "" {
		return s.topics(), nil
	}
	rows, err := db.Topics(ctx)
	if err != nil {
		return nil, err
	}
	former, err := db.FormerNames(ctx)
	if err != nil {
		return nil, err
	}
	return topics.Stored(rows, former), nil
}

// completeQuery completes the last term of a query: names of fields, values of
// closed sets, and topics of the configuration.
func completeQuery(a *app) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		at := strings.LastIndexAny(typed, " \t\n") + 1
		var list []cobra.Completion
		for _, term := range append(filters.Complete(typed), completeTopic(a, typed[at:])...) {
			list = append(list, typed[:at]+term)
		}
		return list, cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
	}
}

// completeTopic lists what a term that refers to a topic may become.
func completeTopic(a *app, term string) (list []string) {
	lead, name, ok := strings.Cut(term, "topic:")
	if !ok || strings.Trim(lead, "(-") != "" {
		return nil
	}
	for _, topic := range a.topicNames() {
		if strings.HasPrefix(topic, name) {
			list = append(list, lead+"topic:"+topic)
		}
	}
	return list
}

// topicNames gives the names of the configuration's topics; a faulty file has
// none, for completion is no place to complain.
func (a *app) topicNames() (names []string) {
	cfg, err := a.load()
	if err != nil {
		return nil
	}
	for _, t := range cfg.Topics {
		names = append(names, t.Name)
	}
	return names
}

func (a *app) newsletterNames() (names []string) {
	cfg, err := a.load()
	if err != nil {
		return nil
	}
	for _, n := range cfg.Newsletters {
		names = append(names, n.Name)
	}
	return names
}

// completeNewsletters makes --newsletter, wherever it stands, complete names.
func completeNewsletters(a *app, c *cobra.Command) {
	names := func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return slices.Clip(a.newsletterNames()), cobra.ShellCompDirectiveNoFileComp
	}
	if c.Flag("newsletter") != nil {
		_ = c.RegisterFlagCompletionFunc("newsletter", names) // it is registered already where a parent has the flag
	}
	for _, sub := range c.Commands() {
		completeNewsletters(a, sub)
	}
}
