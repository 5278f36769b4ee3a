package store

import (
	"context"
	"database/sql"
	"sync"
)

// Statements whose text is constant are prepared once for each pool: parsing
// SQL costs more than running a short statement.

// prepared keeps the prepared statements of one pool by their text.
type prepared struct {
	db    *sql.DB
	mu    sync.Mutex // guards stmts
	stmts map[string]*sql.Stmt
}

func newPrepared(db *sql.DB) *prepared {
	return &prepared{db: db, stmts: make(map[string]*sql.Stmt)}
}

// known gives the statement of a constant text, or nil.
func (p *prepared) known(text string) *sql.Stmt {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stmts[text]
}

// prepare gives the statement of a constant text.
func (p *prepared) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	if s := p.known(text); s != nil {
		return s, nil
	}
	s, err := p.db.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if other := p.stmts[text]; other != nil { // prepared meanwhile
		return other, s.Close()
	}
	p.stmts[text] = s
	return s, nil
}

// prepareAll prepares statements for who needs them next. What fails is tried
// again then.
func (p *prepared) prepareAll(ctx context.Context, texts []string) {
	for _, text := range texts {
		if _, err := p.prepare(ctx, text); err != nil {
			return
		}
	}
}

// querier runs reading statements: text that is constant through query, text
// made for one call through adhoc. What searches the index goes through search
// if its text is one of few, for that is prepared too.
type querier interface {
	search(ctx context.Context, text string, args ...any) (*sql.Rows, error)
	query(ctx context.Context, text string, args ...any) (*sql.Rows, error)
	adhoc(ctx context.Context, text string, args ...any) (*sql.Rows, error)
}

// pool queries outside transactions.
type pool struct{ p *prepared }

func (q pool) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	s, err := q.p.prepare(ctx, text)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

func (q pool) search(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	return q.query(ctx, text, args...)
}

func (q pool) adhoc(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	return q.p.db.QueryContext(ctx, text, args...)
}

// inTx queries within one reading transaction, by the statements that the pool
// has prepared. It cannot prepare one for the pool, which may have no other
// connection left; what it misses is prepared when the transaction has ended.
type inTx struct {
	tx     *sql.Tx
	p      *prepared
	missed []string
}

func (q *inTx) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	s := q.p.known(text)
	if s == nil {
		q.missed = append(q.missed, text)
		return q.tx.QueryContext(ctx, text, args...)
	}
	return q.tx.StmtContext(ctx, s).QueryContext(ctx, args...)
}

func (q *inTx) search(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	return q.query(ctx, text, args...)
}

func (q *inTx) adhoc(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	return q.tx.QueryContext(ctx, text, args...)
}

// Tx is a writing transaction; see [DB.Update]. It also reads, and sees what
// it wrote.
type Tx struct {
	Reader
	w         *writer
	tells     bool            // what is published has changed
	words     map[int64]words // what is still to be written to the index
	unindexed map[int64]bool  // events made here, of which the index does not know yet
}

func newTx(w *writer) *Tx {
	tx := &Tx{w: w, words: make(map[int64]words), unindexed: make(map[int64]bool)}
	tx.q = tx
	return tx
}

// ready gives a statement and the context to run it with. That one does not
// end: watching it would cost a goroutine for every statement, and constant
// ones are short. Who has been cancelled is told so before the next.
func (tx *Tx) ready(ctx context.Context, text string) (*sql.Stmt, context.Context, error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	s, err := tx.w.stmt(ctx, text)
	tx.tells = tx.tells || s.tells
	return s.Stmt, context.WithoutCancel(ctx), err
}

func (tx *Tx) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	s, ctx, err := tx.ready(ctx, text)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

func (tx *Tx) search(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	return tx.adhoc(ctx, text, args...)
}

// adhoc runs what was made for one call, which is searches.
func (tx *Tx) adhoc(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	if err := tx.flushWords(ctx); err != nil {
		return nil, err
	}
	return tx.w.conn.QueryContext(ctx, text, args...)
}

// exec runs a constant statement and gives the number of rows it changed.
func (tx *Tx) exec(ctx context.Context, text string, args ...any) (int64, error) {
	s, ctx, err := tx.ready(ctx, text)
	if err != nil {
		return 0, err
	}
	res, err := s.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// insert runs a constant INSERT and gives the new row's id.
func (tx *Tx) insert(ctx context.Context, text string, args ...any) (int64, error) {
	id, _, err := tx.insertNew(ctx, text, args...)
	return id, err
}

// insertNew is insert for a statement that does nothing on a conflict; it
// reports whether there was a new row.
func (tx *Tx) insertNew(ctx context.Context, text string, args ...any) (id int64, made bool, err error) {
	s, ctx, err := tx.ready(ctx, text)
	if err != nil {
		return 0, false, err
	}
	res, err := s.ExecContext(ctx, args...)
	if err != nil {
		return 0, false, err
	}
	n, err := res.RowsAffected()
	if err != nil || n == 0 {
		return 0, false, err
	}
	id, err = res.LastInsertId()
	return id, err == nil, err
}

// row scans the only row of a query; it gives sql.ErrNoRows when there is none.
func row(rows *sql.Rows, err error, dest ...any) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return err
		}
		return sql.ErrNoRows
	}
	if err := rows.Scan(dest...); err != nil {
		return err
	}
	return rows.Close()
}

// each scans every row with fn.
func each(rows *sql.Rows, err error, fn func(*sql.Rows) error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
