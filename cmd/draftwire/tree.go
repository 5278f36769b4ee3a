package main

// This file changes the files of topics and of sources that stand beside a
// configuration, all of them or none.

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

// tree is the configuration and the files beside it, as they are to be.
type tree struct {
	main   string
	now    map[string][]byte // by path, what stands there
	wanted map[string][]byte // what is to stand there; nil: no file
	part   map[string]config.Part
}

func readTree(file string) (*tree, error) {
	t := &tree{main: file, now: map[string][]byte{}, wanted: map[string][]byte{}, part: map[string]config.Part{}}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	t.now[file], t.wanted[file] = data, data
	files, err := config.Files(file)
	for _, f := range files {
		t.now[f.Name], t.wanted[f.Name], t.part[f.Name] = f.Data, f.Data, f.Part
	}
	return t, err
}

// table is a topic or a source as text, with the place where one of its name
// stands already.
type table struct {
	part       config.Part
	name, text string
	file       string // empty: there is none
	line       int
}

// take puts tables in, and checks the whole.
func (t *tree) take(list []table, replace bool) error {
	var errs []error
	for _, one := range list {
		what := strings.TrimSuffix(string(one.part), "s")
		switch {
		case one.file != "" && !replace:
			cure := "rename one"
			if one.part == config.TopicPart {
				cure += ", or say --replace"
			}
			errs = append(errs, fmt.Errorf("%s %s exists already, in %s:%d; %s", what, one.name, one.file, one.line, cure))
		case one.file != "":
			data, ok := config.Replace(t.wanted[one.file], one.part, one.name, one.text)
			if !ok {
				errs = append(errs, fmt.Errorf("%s %s in %s:%d cannot be replaced as it is written; take it out there first", what, one.name, one.file, one.line))
				continue
			}
			t.wanted[one.file] = data
		default:
			file := filepath.Join(config.Folder(t.main, one.part), one.name+".toml")
			t.part[file] = one.part
			t.add(file, one.text)
		}
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	return t.check()
}

// add puts a table into a file, behind what stands there.
func (t *tree) add(file, text string) {
	data := t.wanted[file]
	if len(data) > 0 {
		text = "\n" + text
		if !bytes.HasSuffix(data, []byte("\n")) {
			text = "\n" + text
		}
	}
	t.wanted[file] = slices.Concat(data, []byte(text))
}

func (t *tree) check() error {
	var files []config.File
	for name, data := range t.wanted {
		if name != t.main && data != nil {
			files = append(files, config.File{Name: name, Data: data, Part: t.part[name]})
		}
	}
	slices.SortFunc(files, func(a, b config.File) int { return strings.Compare(a.Name, b.Name) })
	if _, err := config.Parse(t.main, t.wanted[t.main], files...); err != nil {
		return fmt.Errorf("nothing was written, since the configuration would be faulty: %w", err)
	}
	return nil
}

// write writes what differs, and gives the names of the files.
func (t *tree) write() (names []string, err error) {
	for name, data := range t.wanted {
		if !bytes.Equal(data, t.now[name]) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for i, name := range names {
		if err := t.put(name); err != nil {
			return names[:i], fmt.Errorf("%w; written before that: %s", err, strings.Join(names[:i], ", "))
		}
	}
	return names, nil
}

func (t *tree) put(name string) error {
	if t.wanted[name] == nil {
		return os.Remove(name)
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
		return err
	}
	return overwrite(name, t.wanted[name])
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

// withShipped gives the files beside a configuration that is to be written:
// those that stand there, and the topics that come with the program
// where no file has their place. fresh is that file, or empty.
func withShipped(main string) (files []config.File, fresh config.File, err error) {
	if files, err = config.Files(main); err != nil {
		return nil, fresh, err
	}
	name := filepath.Join(config.Folder(main, config.TopicPart), "ietf.toml")
	if slices.ContainsFunc(files, func(f config.File) bool { return f.Name == name }) {
		return files, fresh, nil
	}
	fresh = config.File{Name: name, Data: []byte(config.ShippedTopics()), Part: config.TopicPart}
	return append(files, fresh), fresh, nil
}

// writeTopics writes a file of topics beside a configuration.
func writeTopics(f config.File) error {
	if err := os.MkdirAll(filepath.Dir(f.Name), 0o750); err != nil {
		return err
	}
	return writeNew(f.Name, string(f.Data))
}
