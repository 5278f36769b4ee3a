package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"
)

// What a language model is asked, and what it answered.

// MachineState is where a request to a language model stands.
type MachineState string

// The closed set of states. What is refused or done is never asked again.
const (
	MachineQueued  MachineState = "queued"
	MachineDone    MachineState = "done"
	MachineRefused MachineState = "refused" // the answer did not pass the checks
	MachineFailed  MachineState = "failed"  // there was no answer, and it is not tried again
)

// MachineKey is all that an answer depends on.
type MachineKey struct {
	Subject  string
	Task     string
	Language string // of the answer
	Digest   string // of what is sent
	Model    string
}

// MachineAsk is one request, and how it went.
type MachineAsk struct {
	MachineKey
	ID        int64
	Ask       string // what is sent
	Newest    time.Time
	State     MachineState
	Next      time.Time
	Attempts  int
	LastError string
	TokensIn  int64
	TokensOut int64
	Text      string
	Made      time.Time
}

const machineColumns = `id, subject, task, language, digest, model, ask, newest, state, next_at, attempts, last_error,
	tokens_in, tokens_out, text, made`

func scanMachine(rows *sql.Rows, err error) (list []MachineAsk, _ error) {
	return list, explain(each(rows, err, func(rows *sql.Rows) error {
		var a MachineAsk
		var digest []byte
		var newest, next, made int64
		err := rows.Scan(&a.ID, &a.Subject, &a.Task, &a.Language, &digest, &a.Model, &a.Ask, &newest, &a.State, &next,
			&a.Attempts, &a.LastError, &a.TokensIn, &a.TokensOut, &a.Text, &made)
		a.Digest, a.Newest, a.Next, a.Made = string(digest), fromMicros(newest), fromMicros(next), fromMicros(made)
		list = append(list, a)
		return err
	}))
}

// MachineTexts gives the answers about subjects that are done, in order of
// being made.
func (r *Reader) MachineTexts(ctx context.Context, subjects []string) ([]MachineAsk, error) {
	list, err := json.Marshal(subjects)
	if err != nil {
		return nil, err
	}
	return scanMachine(r.q.query(ctx, `SELECT `+machineColumns+` FROM machine_texts
		WHERE subject IN (SELECT value FROM json_each($1)) AND state = 'done' ORDER BY made, id`, string(list)))
}

// MachineAsks lists the newest requests of a state, at most so many.
func (r *Reader) MachineAsks(ctx context.Context, state MachineState, limit int) ([]MachineAsk, error) {
	return scanMachine(r.q.query(ctx, `SELECT `+machineColumns+` FROM machine_texts
		WHERE state = $1 ORDER BY newest DESC, id LIMIT $2`, string(state), limit))
}

// MachineCounts counts the requests by state.
func (r *Reader) MachineCounts(ctx context.Context) (map[MachineState]int, error) {
	counts := make(map[MachineState]int)
	rows, err := r.q.query(ctx, `SELECT state, count(*) FROM machine_texts GROUP BY state`)
	err = each(rows, err, func(rows *sql.Rows) error {
		var state MachineState
		var n int
		err := rows.Scan(&state, &n)
		counts[state] = n
		return err
	})
	return counts, explain(err)
}

// NextMachine gives when the next request is due, or the zero time.
func (r *Reader) NextMachine(ctx context.Context) (time.Time, error) {
	var us int64
	rows, err := r.q.query(ctx, `SELECT coalesce(min(max(next_at, lease_until)), 0) FROM machine_texts WHERE state = 'queued'`)
	err = row(rows, err, &us)
	return fromMicros(us), explain(err)
}

// MachineDay is what was spent on a day in UTC.
type MachineDay struct{ Requests, TokensIn, TokensOut int64 }

// MachineDay tells what was spent on the day of a time.
func (r *Reader) MachineDay(ctx context.Context, at time.Time) (d MachineDay, err error) {
	rows, err := r.q.query(ctx, `SELECT requests, tokens_in, tokens_out FROM machine_days WHERE day = $1`, at.UTC().Format(time.DateOnly))
	if err = row(rows, err, &d.Requests, &d.TokensIn, &d.TokensOut); errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return d, explain(err)
}

// MachineQueue is what the queue holds beside what is wanted.
type MachineQueue struct {
	Missing []MachineAsk // wanted, and never asked
	Stale   []int64      // queued, and no longer wanted
}

// PlanMachine compares what is wanted with what is there.
func (r *Reader) PlanMachine(ctx context.Context, wanted []MachineAsk) (q MachineQueue, err error) {
	subjects := make([]string, len(wanted))
	keys := make(map[MachineKey]bool, len(wanted))
	for i, a := range wanted {
		subjects[i], keys[a.MachineKey] = a.Subject, true
	}
	list, err := json.Marshal(subjects)
	if err != nil {
		return q, err
	}
	there := make(map[MachineKey]bool)
	rows, err := r.q.query(ctx, `SELECT id, state, lease_until, subject, task, language, digest, model FROM machine_texts
		WHERE state = 'queued' OR subject IN (SELECT value FROM json_each($1))`, string(list))
	err = each(rows, err, func(rows *sql.Rows) error {
		var id, lease int64
		var state MachineState
		var k MachineKey
		var digest []byte
		err := rows.Scan(&id, &state, &lease, &k.Subject, &k.Task, &k.Language, &digest, &k.Model)
		k.Digest = string(digest)
		there[k] = true
		if state == MachineQueued && lease == 0 && !keys[k] {
			q.Stale = append(q.Stale, id)
		}
		return err
	})
	for _, a := range wanted {
		if !there[a.MachineKey] {
			there[a.MachineKey] = true
			q.Missing = append(q.Missing, a)
		}
	}
	return q, explain(err)
}

// QueueMachine adds what is missing to the queue, and takes out what is stale:
// what was tried already is kept, as failed.
func (tx *Tx) QueueMachine(ctx context.Context, q MachineQueue, now time.Time) error {
	for _, a := range q.Missing {
		if _, err := tx.exec(ctx, `INSERT INTO machine_texts (subject, task, language, digest, model, ask, newest, next_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
			a.Subject, a.Task, a.Language, []byte(a.Digest), a.Model, a.Ask, micros(a.Newest), micros(now)); err != nil {
			return err
		}
	}
	if len(q.Stale) == 0 {
		return nil
	}
	list, err := json.Marshal(q.Stale)
	if err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `DELETE FROM machine_texts WHERE id IN (SELECT value FROM json_each($1))
		AND state = 'queued' AND lease_until = 0 AND attempts = 0`, string(list)); err != nil {
		return err
	}
	_, err = tx.exec(ctx, `UPDATE machine_texts SET state = 'failed', ask = '' WHERE id IN (SELECT value FROM json_each($1))
		AND state = 'queued' AND lease_until = 0`, string(list))
	return err
}

// ClaimMachine leases requests that are due, the newest first.
func (tx *Tx) ClaimMachine(ctx context.Context, now, leaseUntil time.Time, limit int) ([]MachineAsk, error) {
	return scanMachine(tx.query(ctx, `UPDATE machine_texts SET lease_until = $2 WHERE id IN (
		SELECT id FROM machine_texts WHERE state = 'queued' AND lease_until <= $1 AND next_at <= $1
		ORDER BY newest DESC, id LIMIT $3) RETURNING `+machineColumns, micros(now), micros(leaseUntil), limit))
}

// ReleaseMachine ends the lease of a request that was not made.
func (tx *Tx) ReleaseMachine(ctx context.Context, id int64) error {
	_, err := tx.exec(ctx, `UPDATE machine_texts SET lease_until = 0 WHERE id = $1`, id)
	return err
}

// SpendMachine adds to what was spent on the day of a time; what is negative
// sets an estimate right.
func (tx *Tx) SpendMachine(ctx context.Context, at time.Time, d MachineDay) error {
	_, err := tx.exec(ctx, `INSERT INTO machine_days (day, requests, tokens_in, tokens_out) VALUES ($1, $2, $3, $4)
		ON CONFLICT (day) DO UPDATE SET requests = requests + $2, tokens_in = tokens_in + $3, tokens_out = tokens_out + $4`,
		at.UTC().Format(time.DateOnly), d.Requests, d.TokensIn, d.TokensOut)
	return err
}

// SettleMachine writes how a request ended: its state, error, text, attempts that
// count, tokens of this one, and when it is made again.
func (tx *Tx) SettleMachine(ctx context.Context, a MachineAsk, now time.Time) error {
	_, err := tx.exec(ctx, `UPDATE machine_texts SET state = $2, last_error = $3, text = $4, tokens_in = tokens_in + $5,
		tokens_out = tokens_out + $6, next_at = $7, made = $8, lease_until = 0, attempts = $9,
		ask = iif($2 = 'queued', ask, '') WHERE id = $1`,
		a.ID, string(a.State), a.LastError, a.Text, a.TokensIn, a.TokensOut, micros(a.Next), micros(now), a.Attempts)
	tx.tells = tx.tells || a.State == MachineDone // what is composed shows it
	return err
}

// ForgetMachine forgets what was refused or failed, about one subject or, for
// an empty one, about all, so that it is asked again if it is wanted. It gives
// their number.
func (tx *Tx) ForgetMachine(ctx context.Context, subject string) (int64, error) {
	return tx.exec(ctx, `DELETE FROM machine_texts WHERE state IN ('refused', 'failed') AND ($1 = '' OR subject = $1)`, subject)
}
