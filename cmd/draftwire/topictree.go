package main

// This file changes the files of topics that stand beside a configuration, all
// of them or none.

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/draftwire/draftwire/config"
)

// topicTree is the configuration and its files of topics, as they are to be.
type topicTree struct {
	main   string
	now    map[string][]byte // by path, what stands there
	wanted map[string][]byte // what is to stand there
}

func readTree(file string) (*topicTree, error) {
	t := &topicTree{main: file, now: map[string][]byte{}, wanted: map[string][]byte{}}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	t.now[file], t.wanted[file] = data, data
	files, err := config.TopicFiles(file)
	for _, f := range files {
		t.now[f.Name], t.wanted[f.Name] = f.Data, f.Data
	}
	return t, err
}

// take puts topics in, and checks the whole.
func (t *topicTree) take(cfg settings, list []config.Topic, replace bool) error {
	stands := make(map[string]config.Topic, len(cfg.Topics))
	for _, topic := range cfg.Topics {
		stands[topic.Name] = topic
	}
	var errs []error
	for _, topic := range list {
		text := config.FormatTopics([]config.Topic{topic})
		old, exists := stands[topic.Name]
		switch {
		case exists && !replace:
			errs = append(errs, fmt.Errorf("topic %s exists already, in %s:%d; rename one, or say --replace", topic.Name, old.File, old.Line))
		case exists:
			data, ok := config.ReplaceTopic(t.wanted[old.File], topic.Name, text)
			if !ok {
				errs = append(errs, fmt.Errorf("topic %s in %s:%d cannot be replaced as it is written; take it out there first", topic.Name, old.File, old.Line))
				continue
			}
			t.wanted[old.File] = data
		default:
			t.add(filepath.Join(config.TopicsDir(t.main), topic.Name+".toml"), text)
		}
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	return t.check()
}

// add puts a topic into a file, behind what stands there.
func (t *topicTree) add(file, text string) {
	data := t.wanted[file]
	if len(data) > 0 {
		text = "\n" + text
		if !bytes.HasSuffix(data, []byte("\n")) {
			text = "\n" + text
		}
	}
	t.wanted[file] = slices.Concat(data, []byte(text))
}

func (t *topicTree) check() error {
	var files []config.File
	for name, data := range t.wanted {
		if name != t.main {
			files = append(files, config.File{Name: name, Data: data})
		}
	}
	slices.SortFunc(files, func(a, b config.File) int { return strings.Compare(a.Name, b.Name) })
	if _, err := config.Parse(t.main, t.wanted[t.main], files...); err != nil {
		return fmt.Errorf("nothing was written, since the configuration would be faulty: %w", err)
	}
	return nil
}

// write writes what differs, and gives the names of the files.
func (t *topicTree) write() (names []string, err error) {
	if err := os.MkdirAll(config.TopicsDir(t.main), 0o750); err != nil {
		return nil, err
	}
	for name, data := range t.wanted {
		if !bytes.Equal(data, t.now[name]) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for i, name := range names {
		if err := overwrite(name, t.wanted[name]); err != nil {
			return names[:i], fmt.Errorf("%w; written before that: %s", err, strings.Join(names[:i], ", "))
		}
	}
	return names, nil
}

// overwrite puts data in the place of a file, in one step, with the rights that
// the file has.
func overwrite(name string, data []byte) error {
	mode := fs.FileMode(0o600)
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target
		if info, err := os.Stat(name); err == nil {
			mode = info.Mode().Perm()
		}
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".draftwire-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err := errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return os.Rename(f.Name(), name)
}

// withShipped gives the files of topics for a configuration that is to be
// written: those that stand there, and the topics that come with the program
// where no file has their place. fresh is that file, or empty.
func withShipped(main string) (files []config.File, fresh config.File, err error) {
	if files, err = config.TopicFiles(main); err != nil {
		return nil, fresh, err
	}
	name := filepath.Join(config.TopicsDir(main), "ietf.toml")
	if slices.ContainsFunc(files, func(f config.File) bool { return f.Name == name }) {
		return files, fresh, nil
	}
	fresh = config.File{Name: name, Data: []byte(config.ShippedTopics())}
	return append(files, fresh), fresh, nil
}

// writeTopics writes a file of topics beside a configuration.
func writeTopics(f config.File) error {
	if err := os.MkdirAll(filepath.Dir(f.Name), 0o750); err != nil {
		return err
	}
	return writeNew(f.Name, string(f.Data))
}
