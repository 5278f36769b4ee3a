// This file keeps the one connection that writes.

package store

import (
	"context"
	"database/sql"
	"errors"
)

// writer is the writing connection with its prepared statements. It begins and
// ends its transactions by statements of its own: inside a [sql.Tx] every query
// would cost a goroutine that waits for the end of the transaction.
type writer struct {
	conn  *sql.Conn
	free  chan struct{}        // holds a token while nobody writes
	stmts map[string]*sql.Stmt // by their text; used by who took the token
}

func newWriter(conn *sql.Conn) *writer {
	w := &writer{conn: conn, free: make(chan struct{}, 1), stmts: make(map[string]*sql.Stmt)}
	w.free <- struct{}{}
	return w
}

// begin waits for its turn and opens a transaction, which end must follow.
func (w *writer) begin(ctx context.Context) error {
	select {
	case <-w.free:
	case <-ctx.Done():
		return ctx.Err()
	}
	_, err := w.conn.ExecContext(ctx, "BEGIN IMMEDIATE")
	if err != nil {
		w.end(ctx) // cancelled on the way back, it may have begun
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
	w.free <- struct{}{}
}

// stmt gives the prepared statement of a constant text.
func (w *writer) stmt(ctx context.Context, text string) (*sql.Stmt, error) {
	if s := w.stmts[text]; s != nil {
		return s, nil
	}
	s, err := w.conn.PrepareContext(ctx, text)
	if err == nil {
		w.stmts[text] = s
	}
	return s, err
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
