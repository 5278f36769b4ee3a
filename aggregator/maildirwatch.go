// This file lets the system tell when mail is delivered to a Maildir.

package aggregator

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/fsnotify/fsnotify"
)

// Watch implements [Watcher], by what the system notices in new and cur. On a
// file system of another machine it notices nothing, and the interval does it.
func (m Maildir) Watch(ctx context.Context, news func()) (err error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("%s: %w", m.Path, err)
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	for _, sub := range maildirParts {
		if err := w.Add(filepath.Join(m.Path, sub)); err != nil {
			return fmt.Errorf("%s: %w", filepath.Join(m.Path, sub), err)
		}
	}
	news() // for what came while nobody watched
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-w.Errors:
			if !errors.Is(err, fsnotify.ErrEventOverflow) { // then it is enough that there were many
				return fmt.Errorf("%s: %w", m.Path, err)
			}
			news()
		case e := <-w.Events:
			switch {
			case e.Has(fsnotify.Create):
				news()
			case (e.Has(fsnotify.Remove) || e.Has(fsnotify.Rename)) && m.isPart(e.Name):
				return fmt.Errorf("%s was taken away", e.Name)
			}
		}
	}
}

// isPart reports whether a path is one of the directories that are watched.
func (m Maildir) isPart(path string) bool {
	for _, sub := range maildirParts {
		if path == filepath.Join(m.Path, sub) {
			return true
		}
	}
	return false
}
