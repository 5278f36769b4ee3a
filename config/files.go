package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Topics and sources live in the configuration, or in files beside it that
// hold nothing but one of the two.

// Part is what a file beside the configuration holds; it is also the name of
// the folder of such files.
type Part string

// The parts.
const (
	TopicPart  Part = "topics"
	SourcePart Part = "sources"
)

// File is a file that was read.
type File struct {
	Name string // as it appears in errors
	Data []byte
	Part Part // of a file beside the configuration
}

// partFile is what stands in a file of a part: one of the two.
type partFile interface {
	into(k *checker, doc *document)
}

type topicFile struct {
	Topics []Topic `toml:"topic"`
}

type sourceFile struct {
	Sources []Source `toml:"source"`
}

func (f *topicFile) into(k *checker, doc *document) {
	before := len(k.cfg.Topics)
	k.cfg.Topics = append(k.cfg.Topics, f.Topics...)
	k.addTopics(doc, before)
}

func (f *sourceFile) into(k *checker, doc *document) {
	before := len(k.cfg.Sources)
	k.cfg.Sources = append(k.cfg.Sources, f.Sources...)
	k.addSources(doc, before)
}

// takeFile takes in a file beside the configuration.
func (k *checker) takeFile(f File) *document {
	var here partFile = new(topicFile)
	if f.Part == SourcePart {
		here = new(sourceFile)
	}
	doc := newDocument(f)
	doc.read(here)
	here.into(k, doc)
	return doc
}

// maxPartBytes bounds what all files of a part may hold together.
const maxPartBytes = 64 << 20

// Folder is where the files of a part stand that go with the configuration at
// path.
func Folder(path string, part Part) string { return filepath.Join(filepath.Dir(path), string(part)) }

// Files reads the files that go with the configuration at path: topics/*.toml
// and sources/*.toml beside it, by name, except those whose names begin with a
// dot.
func Files(path string) (files []File, err error) {
	for _, part := range []Part{TopicPart, SourcePart} {
		more, err := partFiles(Folder(path, part), part)
		if err != nil {
			return nil, err
		}
		files = append(files, more...)
	}
	return files, nil
}

func partFiles(dir string, part Part) (files []File, err error) {
	entries, err := os.ReadDir(dir) // sorted
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", part, err)
	}
	total := 0
	for _, e := range entries {
		name := filepath.Join(dir, e.Name())
		if strings.HasPrefix(e.Name(), ".") || filepath.Ext(name) != ".toml" {
			continue
		}
		data, err := read(name)
		if err != nil {
			return nil, err
		}
		if total += len(data); total > maxPartBytes {
			return nil, fmt.Errorf("%s: the files in %s hold more than %d MiB", part, dir, maxPartBytes>>20)
		}
		files = append(files, File{name, data, part})
	}
	return files, nil
}

// origin is where a topic or a source stands.
type origin struct {
	doc  *document
	path string
}

// in is the checker with another file in hand.
func (k *checker) in(doc *document) *checker {
	there := *k
	there.doc = doc
	return &there
}
