package main

import (
	"context"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/draftwire/draftwire/aggregator"
	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/config"
	"github.com/draftwire/draftwire/fetch"
	"github.com/draftwire/draftwire/filters"
	"github.com/draftwire/draftwire/mail"
	"github.com/draftwire/draftwire/store"
)

// This file turns the sources of the configuration into upstreams.

// supply is what upstreams are made of.
type supply struct {
	client  *fetch.Client
	overlap time.Duration
	hosts   *aggregator.IMAPHosts
	idle    map[string]bool // names of the IMAP sources that keep a connection
	db      *store.DB       // nil: nothing is known
}

// supply is for upstreams whose messages go into db.
func (s settings) supply(client *fetch.Client, db *store.DB) supply {
	return supply{
		client: client, overlap: s.Fetch.Overlap.Duration, idle: s.idle(), db: db,
		hosts: &aggregator.IMAPHosts{Spacing: s.Fetch.Spacing.Duration},
	}
}

// idle picks the IMAP sources that the server tells of new mail: as many of
// each server as it can be asked to keep connections for, those that announce
// before others.
func (s settings) idle() map[string]bool {
	names, taken := map[string]bool{}, map[string]int{}
	for _, announces := range []bool{true, false} {
		for _, c := range s.Sources {
			addr := c.Mailbox().Addr
			if c.Kind != config.IMAP || s.rests(c) || c.Announcements != announces || taken[addr] == aggregator.IMAPKept {
				continue
			}
			taken[addr]++
			names[c.Name] = true
		}
	}
	return names
}

func (s supply) upstream(c config.Source) aggregator.Upstream {
	client := s.client
	archive := aggregator.Archive{Client: client, Now: now, Overlap: s.overlap}
	if c.Since.Year != 0 {
		archive.Since = c.Since.AsTime(time.UTC)
	}
	switch c.Kind {
	case config.Feed:
		return aggregator.Feed{URL: c.URL, Client: client, Now: now, Announces: c.Announcements}
	case config.Mbox:
		if c.URL != "" {
			return aggregator.MboxHTTP{Archive: archive, URL: c.URL}
		}
		return aggregator.Mbox{Path: c.Path, Now: now}
	case config.Maildir:
		return aggregator.Maildir{Path: c.Path, Now: now}
	case config.Pipermail:
		return aggregator.Pipermail{Archive: archive, URL: c.URL}
	case config.HyperKitty:
		return aggregator.HyperKitty{Archive: archive, URL: c.URL}
	case config.PublicInbox:
		return aggregator.PublicInbox{Archive: archive, URL: c.URL}
	case config.RFCIndex:
		return aggregator.RFCIndex{URL: c.URL, Client: client, Now: now}
	case config.Abstracts:
		return aggregator.Abstracts{URL: c.URL, Client: client, Now: now}
	case config.AllIDs:
		return aggregator.AllIDs{URL: c.URL, Client: client, Now: now}
	case config.Datatracker:
		return &aggregator.Datatracker{URL: c.URL, Client: client, Now: now, Overlap: s.overlap}
	case config.Meeting:
		return s.meetings(c)
	case config.IMAP:
		return s.imap(c)
	case config.SMTP:
		return nil // its mail comes by itself
	}
	panic("unknown kind of source " + string(c.Kind)) // config lets no other through
}

// listID is the List-Id of the mails of a source that have none: the one that
// the configuration names, or for Mailman 3 the one that follows from the
// list's address.
func listID(c config.Source) string {
	if c.ListID != "" || c.Kind != config.HyperKitty {
		return strings.ToLower(c.ListID)
	}
	address, err := url.PathUnescape(path.Base(strings.TrimSuffix(c.URL, "/")))
	if local, domain, ok := strings.Cut(address, "@"); err == nil && ok {
		return strings.ToLower(local + "." + domain)
	}
	return ""
}

func (s supply) imap(c config.Source) *aggregator.IMAP {
	box := c.Mailbox()
	secure := mail.TLSNone
	if box.TLS {
		secure = mail.TLSImplicit
	}
	up := &aggregator.IMAP{
		Folder: box.Folder, Batch: c.Batch, Overlap: s.overlap, Now: now, Hosts: s.hosts, Idle: s.idle[c.Name],
		Config: mail.IMAPConfig{
			Addr: box.Addr, TLS: secure, User: c.User, Password: c.Password, Dial: s.client.DialContext,
		},
	}
	if s.db != nil {
		up.Known = func(ctx context.Context, ids []string) (map[string]bool, error) {
			return s.db.KnownIDs(ctx, c.Name, ids)
		}
	}
	return up
}

func (s supply) meetings(c config.Source) *aggregator.Meetings {
	up := &aggregator.Meetings{URL: c.URL, Client: s.client, Now: now, Numbers: c.Meetings}
	if s.db != nil {
		up.Known = func(ctx context.Context, asked []catalog.Presented) (map[string]bool, error) {
			return s.db.KnownMaterials(ctx, c.Name, asked)
		}
	}
	return up
}

// lane is the host whose sources wait for each other's polls, if there is one.
func (s supply) lane(c config.Source, up aggregator.Upstream) string {
	switch {
	case s.idle[c.Name]: // on a connection of its own
		return ""
	case c.Kind == config.IMAP:
		return c.Mailbox().Addr
	}
	if m, ok := up.(aggregator.Movable); ok {
		return fetch.Host(m.Address())
	}
	return ""
}

// fills reports whether the configuration has sources of a kind, as the table
// of fields names them.
func (s settings) fills(kind string) bool {
	if kind == filters.Texts {
		return s.Texts.Fetch
	}
	return slices.ContainsFunc(s.Sources, func(c config.Source) bool {
		switch c.Kind {
		case config.Feed:
			return kind == filters.Feeds || kind == filters.Announcements && c.Announcements
		case config.RFCIndex, config.Abstracts, config.AllIDs, config.Datatracker, config.Meeting:
			return kind == filters.Datatracker || kind == filters.Announcements && c.Announcements
		}
		return kind == filters.MailingLists || kind == filters.Announcements && c.Announcements
	})
}
