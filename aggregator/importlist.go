// This file lists what an import is to read.

package aggregator

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// mailFile is a file to read.
type mailFile struct {
	path string // as it was named
	key  string // absolute, without links
	size int64
}

const (
	maxImport  = 4 << 20 // files
	maxFolders = 64      // within each other
)

// listFiles gives the files at and below paths in the order of their names,
// which for monthly archives is the order of time. Hidden ones are left out,
// and of a Maildir all that is no mail.
func listFiles(paths []string) (files []mailFile, faults []error) {
	var l listing
	for _, path := range paths {
		key, err := filepath.EvalSymlinks(path)
		if err == nil {
			key, err = filepath.Abs(key)
		}
		if err != nil {
			l.faults = append(l.faults, err)
			continue
		}
		l.root = key
		l.entry(path, key, 0)
	}
	return l.files, l.faults
}

// listing is the state of listFiles.
type listing struct {
	root   string
	files  []mailFile
	faults []error
	full   bool
}

func (l *listing) fault(err error) { l.faults = append(l.faults, err) }

// entry lists a file or a folder.
func (l *listing) entry(path, key string, depth int) {
	info, err := os.Stat(key)
	switch {
	case err != nil:
		l.fault(err)
	case info.IsDir() && depth >= maxFolders:
		l.fault(fmt.Errorf("%s: folders are nested more than %d deep: name it by itself", path, maxFolders))
	case info.IsDir():
		l.folder(path, key, depth)
	case info.Mode().IsRegular() && len(l.files) < maxImport:
		l.files = append(l.files, mailFile{path, key, info.Size()})
	case info.Mode().IsRegular() && !l.full:
		l.full = true
		l.fault(fmt.Errorf("%s and what follows: more than %d files: import them in parts", path, maxImport))
	case depth == 0:
		l.fault(fmt.Errorf("%s: neither a file nor a folder", path))
	}
}

func (l *listing) folder(path, key string, depth int) {
	entries, err := os.ReadDir(key)
	if err != nil {
		l.fault(err)
	}
	box := IsMaildir(key)
	for _, e := range entries {
		name, below := filepath.Join(path, e.Name()), filepath.Join(key, e.Name())
		switch {
		case !box && strings.HasPrefix(e.Name(), "."):
		case e.Type()&fs.ModeSymlink != 0:
			l.link(name, below, depth)
		case box && !e.IsDir(), box && e.Name() != "new" && e.Name() != "cur" && !IsMaildir(below):
			// indexes and flags of the mail server, and what is not yet delivered
		default:
			l.entry(name, below, depth+1)
		}
	}
}

// link lists the file that a link leads to. Folders are not followed: a link
// to one that is listed anyway, as in a loop, is passed over, any other told.
func (l *listing) link(path, key string, depth int) {
	target, err := filepath.EvalSymlinks(key)
	if err != nil {
		l.fault(err)
		return
	}
	info, err := os.Stat(target)
	switch inside := target == l.root || strings.HasPrefix(target, l.root+string(filepath.Separator)); {
	case err != nil:
		l.fault(err)
	case !info.IsDir():
		l.entry(path, target, depth+1)
	case !inside:
		l.fault(errors.New(path + ": a link to a folder is not followed: name it by itself"))
	}
}

// IsMaildir reports whether a folder has those of a Maildir.
func IsMaildir(path string) bool {
	for _, sub := range maildirParts {
		info, err := os.Stat(filepath.Join(path, sub))
		if err != nil || !info.IsDir() {
			return false
		}
	}
	return true
}
