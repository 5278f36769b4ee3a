// The state of the sources.

package web

import (
	"fmt"
	"net/http"
	"time"

	"github.com/draftwire/draftwire/markup"
	"github.com/draftwire/draftwire/store"
)

type sourceLine struct {
	Name     string
	State    string // good, waiting, failing or resting
	Words    string
	Messages int
	Success  time.Time
	Next     time.Time // zero when it is not polled
	Error    string    // class of what went wrong in the last try, or with a part of what it gave
}

func (w *Web) sources(r *http.Request) (*page, error) {
	list, err := w.cfg.DB.Sources(r.Context())
	if err != nil {
		return nil, err
	}
	var lines []sourceLine
	for _, s := range list {
		lines = append(lines, describeSource(s, w.cfg.Now()))
	}
	return &page{Title: "Sources", Template: "sources", Body: lines}, nil
}

// describeSource puts the state of a source into words.
func describeSource(s store.Source, now time.Time) sourceLine {
	line := sourceLine{
		Name: markup.Clean(s.Name), Messages: s.Messages, Success: s.Success, Next: s.Next, Error: faultWords(s.LastError),
	}
	switch {
	case !s.Active:
		line.State, line.Words, line.Next = "resting", "not polled: an import, or no longer configured", time.Time{}
	case s.Pushed && s.Messages == 0:
		line.State, line.Words, line.Next = "waiting", "waiting for its first mail", time.Time{}
	case s.Pushed:
		line.State, line.Words, line.Next = "good", "working: its mail is sent to us", time.Time{}
	case s.Attempts > 0:
		line.State, line.Words = "failing", fmt.Sprintf("failing, %s in a row", tries(s.Attempts))
	case s.LeaseUntil.After(now):
		line.State, line.Words = "good", "being polled"
	case s.Polls == 0:
		line.State, line.Words = "waiting", "not polled yet"
	case s.LastError != "":
		line.State, line.Words = "good", "working, but not all could be taken in"
	default:
		line.State, line.Words = "good", "working"
	}
	return line
}

func tries(n int) string {
	if n == 1 {
		return "1 try"
	}
	return fmt.Sprintf("%d tries", n)
}
