package store

import (
	"database/sql/driver"
	"fmt"
	"sync"

	"modernc.org/sqlite"

	"github.com/draftwire/draftwire/filters"
)

// SQLite asks Go for regular expressions through one function, which takes an
// expression as a query writes it, /.../i, and stored texts, one of which must
// match.
const matchesFunction = "draftwire_matches"

func init() {
	// Registering is for the whole process; no connection can be open before.
	sqlite.MustRegisterDeterministicScalarFunction(matchesFunction, -1, matches)
}

// maxPatterns bounds the expressions kept compiled.
const maxPatterns = 1000

// patterns keeps compiled expressions by their text.
var patterns struct {
	sync.Mutex
	known map[string]*filters.Pattern
}

// pattern gives the expression that a query of nothing else holds.
func pattern(text string) (*filters.Pattern, error) {
	patterns.Lock()
	defer patterns.Unlock()
	if p := patterns.known[text]; p != nil {
		return p, nil
	}
	q, err := filters.Parse(text)
	if err != nil {
		return nil, err
	}
	p, ok := q.Root().(*filters.Pattern)
	if !ok {
		return nil, fmt.Errorf("%s is not an expression", text)
	}
	if patterns.known == nil || len(patterns.known) >= maxPatterns {
		patterns.known = make(map[string]*filters.Pattern)
	}
	patterns.known[text] = p
	return p, nil
}

func matches(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
	expression, _ := args[0].(string)
	p, err := pattern(expression)
	if err != nil {
		return nil, err
	}
	for _, arg := range args[1:] {
		if text, _ := arg.(string); p.MatchText(text) {
			return true, nil
		}
	}
	return false, nil
}
