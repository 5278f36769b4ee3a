// This file keeps the one connection that writes.

package store

import (
	"context"
	"database/sql"
	"errors"
	"regexp"
	"slices"
	"strings"
)

// writer is the writing connection with its prepared statements. It begins and
// ends its transactions by statements of its own: inside a [sql.Tx] every query
// would cost a goroutine that waits for the end of the transaction.
type writer struct {
	conn  *sql.Conn
	turn  turn
	free  chan struct{}        // holds a token while nobody writes
	stmts map[string]statement // by their text; used by who took the token
	seen  int64                // data_version at the last look; likewise
}

// statement is a prepared one.
type statement struct {
	*sql.Stmt
	tells bool // whether it writes what is published
}

func newWriter(conn *sql.Conn, turn turn) *writer {
	w := &writer{conn: conn, turn: turn, free: make(chan struct{}, 1), stmts: make(map[string]statement)}
	w.free <- struct{}{}
	return w
}

// begin waits for its turn, among this process's writers and then among the
// processes, and opens a transaction, which end must follow.
func (w *writer) begin(ctx context.Context) error {
	select {
	case <-w.free:
	case <-ctx.Done():
		return ctx.Err()
	}
	w.turn.take(ctx)
	err := w.open(ctx)
	w.turn.give()
	if err != nil {
		w.end(ctx) // cancelled on the way back, it may have begun
	}
	return err
}

// open begins a transaction as soon as no other process has one. SQLite would
// wait for that by itself, but not end when ctx does.
func (w *writer) open(ctx context.Context) (err error) {
	for range patience / oneTry {
		if _, err = w.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); !isBusy(err) {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return err
}

// commit keeps what was done, unless ctx has ended.
func (w *writer) commit(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	_, err := w.conn.ExecContext(context.WithoutCancel(ctx), "COMMIT")
	return err
}

// end undoes what was not committed and lets the next one in.
func (w *writer) end(ctx context.Context) {
	// After a commit there is no transaction, and to say so is no fault.
	_, _ = w.conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
	w.release()
}

// try takes the token if nobody writes; release must follow.
func (w *writer) try() bool {
	select {
	case <-w.free:
		return true
	default:
		return false
	}
}

func (w *writer) release() { w.free <- struct{}{} }

// others reports whether another connection has committed since the last call.
func (w *writer) others(ctx context.Context) (bool, error) {
	var v int64
	if err := w.conn.QueryRowContext(context.WithoutCancel(ctx), "PRAGMA data_version").Scan(&v); err != nil {
		return false, err
	}
	changed := v != w.seen
	w.seen = v
	return changed, nil
}

// stmt gives the prepared statement of a constant text.
func (w *writer) stmt(ctx context.Context, text string) (statement, error) {
	if s, ok := w.stmts[text]; ok {
		return s, nil
	}
	prepared, err := w.conn.PrepareContext(ctx, text)
	if err != nil {
		return statement{}, err
	}
	s := statement{prepared, tells(text)}
	w.stmts[text] = s
	return s, nil
}

// work is the tables of which nothing is published: they say how work goes on.
var work = []string{
	"settings", "text_requests", "sources", "source_days", "moves", "closures", "alarms", "notices", "held_mails", "imports",
	"subscribers", "subscriptions", "mails", "deliveries", "mailings",
	"machine_texts", "machine_days", // but see SettleMachine
}

var writes = regexp.MustCompile(`^(?:INSERT (?:OR REPLACE )?INTO|UPDATE|DELETE FROM) (\w+)`)

// tells reports whether a statement writes what is published. One that is not
// recognised counts as if it did, unless it only reads.
func tells(text string) bool {
	if strings.HasPrefix(text, "SELECT ") {
		return false
	}
	m := writes.FindStringSubmatch(text)
	return m == nil || !slices.Contains(work, m[1])
}

// close gives the connection back when nobody writes any more. An open statement
// would keep the file open.
func (w *writer) close() error {
	<-w.free
	defer func() { w.free <- struct{}{} }()
	var errs []error
	for _, s := range w.stmts {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, w.conn.Close())...)
}
