package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/draftwire/draftwire/catalog"
)

// Topic is a named query as the store remembers it.
type Topic struct {
	ID          int64
	Name        string
	First       string // the name it had first, which its feed's id is made from
	Query       string // canonical text, references to other topics as written
	Title       string
	Description string
	Owner       string // empty: the configuration
	Position    int
	Gone        time.Time // when it left the configuration, else zero
	Fault       string    // why it is suspended, else empty
}

const topicColumns = `t.id, t.name, t.first, t.query, t.title, t.description, t.owner, t.position, t.fault`

// scanTopics reads topicColumns with when the topic was gone behind them.
func scanTopics(rows *sql.Rows, err error) (list []Topic, _ error) {
	err = each(rows, err, func(rows *sql.Rows) error {
		var t Topic
		var gone int64
		if err := rows.Scan(&t.ID, &t.Name, &t.First, &t.Query, &t.Title, &t.Description,
			&t.Owner, &t.Position, &t.Fault, &gone); err != nil {
			return err
		}
		t.Gone = fromMicros(gone)
		list = append(list, t)
		return nil
	})
	return list, explain(err)
}

// Topics lists every topic ever named, in order of position, then name.
func (r *Reader) Topics(ctx context.Context) ([]Topic, error) {
	return scanTopics(r.q.query(ctx, `SELECT `+topicColumns+`, t.gone FROM topics t ORDER BY t.position, t.name`))
}

// Topic reads one topic by its name or by one it had before, also one that is
// gone. It gives ErrNotFound for an unknown name.
func (r *Reader) Topic(ctx context.Context, name string) (Topic, error) {
	list, err := scanTopics(r.q.query(ctx, `SELECT `+topicColumns+`, max(t.gone, n.gone) AS left_at
		FROM topic_names n JOIN topics t ON t.id = n.topic WHERE n.name = $1
		UNION ALL SELECT `+topicColumns+`, t.gone FROM topics t WHERE t.name = $1 ORDER BY left_at LIMIT 1`, name))
	if err == nil && len(list) == 0 {
		err = fmt.Errorf("topic %q: %w", name, ErrNotFound)
	}
	if err != nil {
		return Topic{}, err
	}
	return list[0], nil
}

// PutTopic writes a topic by its name and gives its id. The first name of a new
// one is this, or if another was first called so, something of its own.
func (tx *Tx) PutTopic(ctx context.Context, t Topic) (id int64, err error) {
	rows, err := tx.query(ctx, `INSERT INTO topics (name, first, query, title, description, owner, position, gone, fault)
		VALUES ($1, CASE WHEN EXISTS (SELECT 1 FROM topics WHERE first = $1)
		THEN $1 || '/' || (SELECT max(id) + 1 FROM topics) ELSE $1 END, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (name) DO UPDATE SET
		query = excluded.query, title = excluded.title, description = excluded.description, owner = excluded.owner,
		position = excluded.position, gone = excluded.gone, fault = excluded.fault RETURNING id`,
		t.Name, t.Query, t.Title, t.Description, t.Owner, t.Position, micros(t.Gone), t.Fault)
	return id, row(rows, err, &id)
}

// RenameTopic gives a topic a name that no topic has. Its selections and its
// feed's id stay.
func (tx *Tx) RenameTopic(ctx context.Context, id int64, name string) error {
	_, err := tx.exec(ctx, `UPDATE topics SET name = $2 WHERE id = $1`, id, name)
	return err
}

// FormerNames gives the topics that names lead to which they had before.
func (r *Reader) FormerNames(ctx context.Context) (map[string]int64, error) {
	names := make(map[string]int64)
	rows, err := r.q.query(ctx, `SELECT name, topic FROM topic_names WHERE gone = 0`)
	err = each(rows, err, func(rows *sql.Rows) error {
		var name string
		var id int64
		err := rows.Scan(&name, &id)
		names[name] = id
		return err
	})
	return names, explain(err)
}

// PutFormerNames makes the given names, and no others, lead to topics that had
// them before. Those that led to one until now are gone from now on, unless a
// topic bears them again.
func (tx *Tx) PutFormerNames(ctx context.Context, names map[string]int64, now time.Time) error {
	list := []byte("{}")
	if len(names) > 0 {
		var err error
		if list, err = json.Marshal(names); err != nil {
			return err
		}
	}
	for _, step := range []struct {
		text string
		args []any
	}{
		{
			`UPDATE topic_names SET gone = $2 WHERE gone = 0 AND name NOT IN (SELECT key FROM json_each($1))`,
			[]any{string(list), micros(now)},
		},
		{`INSERT INTO topic_names (name, topic) SELECT key, value FROM json_each($1) WHERE true
			ON CONFLICT (name) DO UPDATE SET topic = excluded.topic, gone = 0`, []any{string(list)}},
		{`DELETE FROM topic_names WHERE name IN (SELECT name FROM topics WHERE gone = 0)`, nil},
	} {
		if _, err := tx.exec(ctx, step.text, step.args...); err != nil {
			return err
		}
	}
	return nil
}

// Select notes that a topic finds an event, or finds it again.
func (tx *Tx) Select(ctx context.Context, topic, event int64, reason string, news bool, now time.Time) error {
	_, err := tx.exec(ctx, `INSERT INTO selections (topic, event, reason, news, recorded) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (topic, event) DO UPDATE SET reason = excluded.reason, withdrawn = 0`,
		topic, event, reason, news, micros(now))
	return err
}

// Withdraw notes that a topic no longer finds an event. The row stays.
func (tx *Tx) Withdraw(ctx context.Context, topic, event int64, now time.Time) error {
	_, err := tx.exec(ctx, `UPDATE selections SET withdrawn = $1 WHERE topic = $2 AND event = $3 AND withdrawn = 0`,
		micros(now), topic, event)
	return err
}

// WithdrawAll withdraws every selection of a topic.
func (tx *Tx) WithdrawAll(ctx context.Context, topic int64, now time.Time) error {
	_, err := tx.exec(ctx, `UPDATE selections SET withdrawn = $1 WHERE topic = $2 AND withdrawn = 0`, micros(now), topic)
	return err
}

// SelectedBy lists the topics that find an event now.
func (r *Reader) SelectedBy(ctx context.Context, event int64) ([]int64, error) {
	rows, err := r.q.query(ctx, `SELECT topic FROM selections WHERE event = $1 AND withdrawn = 0 ORDER BY topic`, event)
	return scanIDs(rows, err)
}

// SelectedIDs lists the events a topic finds now, newest first.
func (r *Reader) SelectedIDs(ctx context.Context, topic int64) ([]int64, error) {
	rows, err := r.q.query(ctx, `SELECT event FROM selections WHERE topic = $1 AND withdrawn = 0 ORDER BY event DESC`, topic)
	return scanIDs(rows, err)
}

func scanIDs(rows *sql.Rows, err error) (ids []int64, _ error) {
	err = each(rows, err, func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids, explain(err)
}

// Selection is an event a topic found, with the reason.
type Selection struct {
	Event  catalog.Event
	Seq    int64  // order of being selected
	Reason string // the part of the query that decided it, and where it matched
	News   bool   // false for history
}

// Selected lists what a topic finds now, newest first, at most limit of it.
func (r *Reader) Selected(ctx context.Context, topic int64, limit int) (list []Selection, err error) {
	rows, err := r.q.query(ctx, `SELECT `+selectionColumns+` FROM selections`+selectionTables+`
		WHERE x.topic = $1 AND x.withdrawn = 0 ORDER BY x.event DESC LIMIT $2`, topic, limit)
	list, err = scanSelections(rows, err)
	return list, explain(err)
}

// Mention is a topic that finds an event, with the reason.
type Mention struct {
	Topic  string
	Title  string
	Reason string
}

// TopicsOf tells for each of the events which topics find it now, in order of
// position, then name.
func (r *Reader) TopicsOf(ctx context.Context, events []int64) (map[int64][]Mention, error) {
	found := make(map[int64][]Mention)
	ids, err := json.Marshal(events)
	if err != nil {
		return nil, err
	}
	rows, err := r.q.query(ctx, `SELECT x.event, t.name, t.title, x.reason FROM json_each($1) j
		JOIN selections x ON x.event = j.value JOIN topics t ON t.id = x.topic
		WHERE x.withdrawn = 0 AND t.gone = 0 ORDER BY t.position, t.name`, string(ids))
	err = each(rows, err, func(rows *sql.Rows) error {
		var event int64
		var m Mention
		err := rows.Scan(&event, &m.Topic, &m.Title, &m.Reason)
		found[event] = append(found[event], m)
		return err
	})
	return found, explain(err)
}

// SelectionCounts counts for each topic, by name, what it finds of the events
// published in [from, to).
func (r *Reader) SelectionCounts(ctx context.Context, from, to time.Time) (map[string]int, error) {
	counts := make(map[string]int)
	rows, err := r.q.query(ctx, `SELECT t.name, count(x.seq) FROM topics t LEFT JOIN selections x
		ON x.topic = t.id AND x.withdrawn = 0 AND x.event >= $1 AND x.event < $2
		WHERE t.gone = 0 GROUP BY t.id`, micros(from), micros(to))
	err = each(rows, err, func(rows *sql.Rows) error {
		var name string
		var n int
		err := rows.Scan(&name, &n)
		counts[name] = n
		return err
	})
	return counts, explain(err)
}
