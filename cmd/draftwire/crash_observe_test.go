package main

// This file looks into a site's database from outside, while the program works
// on it and when it is dead.

import (
	"database/sql"
	"errors"
	"net/url"
	"testing"
)

// stock is how much there is in a database, and at its relay.
type stock struct{ polled, imported, editions, mails, accepted int }

func (p stock) ofPolls() int    { return p.polled }
func (p stock) ofImports() int  { return p.imported }
func (p stock) ofBoth() int     { return p.polled + p.imported }
func (p stock) ofEditions() int { return p.editions }
func (p stock) ofMails() int    { return p.mails }
func (p stock) ofAccepted() int { return p.accepted }

// reader opens the database for looking. Such a connection leaves the log of
// writes as it is, so that the next start has to recover from it.
func (s *site) reader() *sql.DB {
	if s.eye == nil {
		s.eye, _ = sql.Open("sqlite", "file:"+(&url.URL{Path: s.db}).EscapedPath()+"?mode=ro&_pragma=busy_timeout(2000)")
		s.eye.SetMaxOpenConns(1)
	}
	return s.eye
}

func (s *site) leave() {
	if s.eye != nil {
		_ = s.eye.Close()
		s.eye = nil
	}
}

// look takes stock. It reports false while there is no database yet.
func (s *site) look() (p stock, ok bool) {
	err := s.reader().QueryRow(`SELECT
		(SELECT coalesce(sum(messages), 0) FROM sources WHERE active = 1),
		(SELECT coalesce(sum(messages), 0) FROM sources WHERE active = 0),
		(SELECT count(*) FROM editions), (SELECT count(*) FROM mails)`).Scan(&p.polled, &p.imported, &p.editions, &p.mails)
	p.accepted = s.relay.count()
	return p, err == nil
}

// death is what was going on when the program was killed.
type death struct {
	aim       string
	importing bool
	leases    int     // sources being polled, and texts being fetched
	unclosed  int     // windows that are over, of newsletters with editions
	unmailed  int     // editions that are closed and not all queued
	sending   []int64 // mails marked as being handed over
}

// observe reads what the dead left, and goes before anyone else comes.
func (s *site) observe(t *testing.T, d *death) {
	// A commit can be in the log already and not in the shared memory: only who
	// opens the database anew is told of it.
	s.leave()
	defer s.leave()
	p, ok := s.look()
	if !ok {
		return // killed before there was a schema
	}
	s.seen = p
	windows := 0
	for _, n := range s.outside.letters[:s.letters] {
		windows += n.windows
	}
	d.unclosed = windows - p.editions
	err := s.reader().QueryRow(`SELECT (SELECT count(*) FROM sources WHERE lease_until <> 0) + (SELECT count(*) FROM text_requests WHERE lease_until <> 0),
		(SELECT count(*) FROM editions x WHERE x.to_at > $1 AND NOT EXISTS (SELECT 1 FROM mailings g WHERE g.edition = x.id))`,
		s.mailedSince()).
		Scan(&d.leases, &d.unmailed)
	if err != nil {
		t.Fatal(err)
	}
	if d.sending, err = numbers(s.reader(), `SELECT id FROM mails WHERE state = 'sending'`); err != nil {
		t.Fatal(err)
	}
	if len(d.sending) > 3 {
		t.Errorf("killed at %q: %d mails are marked as being handed over, by 3 connections", d.aim, len(d.sending))
	}
}

func numbers(db *sql.DB, query string) (list []int64, err error) {
	rows, err := db.Query(query)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	return list, rows.Err()
}

// mailedSince is when the last window ended that is not mailed by itself, in
// microseconds.
func (w *outside) mailedSince() int64 { return w.today.AddDate(0, 0, -mailed).UnixMicro() }

// mailsToCome counts the mails of newsletters that are still to be sent.
func (s *site) mailsToCome(t *testing.T) int {
	defer s.leave()
	var left int
	if _, ok := s.look(); !ok {
		return 0
	}
	err := s.reader().QueryRow(`SELECT count(*) FROM mails WHERE state = 'queued'`).Scan(&left)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range s.outside.letters[:s.letters] {
		left += mailed * len(n.readers)
	}
	return left - s.seen.mails
}
