package main

// This file finds an editor's templates: the folder templates beside the
// configuration.

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/draftwire/draftwire/editions"
)

// lookBeside reads the templates beside a configuration file; without any, or
// without a file, the look is nil.
func lookBeside(file string) (*editions.Look, error) {
	if file == "" {
		return nil, nil //nolint:nilnil // no look of its own is none
	}
	dir := filepath.Join(filepath.Dir(file), "templates")
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // likewise
	}
	look, err := editions.LoadLook(os.DirFS(dir))
	if err != nil {
		return nil, fmt.Errorf("templates in %s:\n%w", dir, err)
	}
	return look, nil
}

// lookFor is the look that tells a log of templates that fail.
func (s settings) lookFor(log *slog.Logger) *editions.Look {
	if s.look == nil {
		return nil
	}
	look := *s.look
	look.Failed = func(err error) { log.Error("a template failed, and ours took its place", "err", err) }
	return &look
}
