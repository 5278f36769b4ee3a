// Package config reads draftwire.toml, the one file that says what an
// installation polls, selects and publishes.
//
// [Load] gives a [Config] with every default filled in, or [Errors]: each fault
// with file, line and column, the line itself with a caret under the fault, and
// what would be right. Nothing is guessed and nothing is skipped: an unknown
// key, a wrong type and a broken query are all faults. They are told together:
// first all of form (keys, types, how values are written), and once there are
// none, all of meaning (queries, names, what goes with what).
//
// Only the command sees this package. The other rooms take the plain values
// that stand in a Config, so none of them knows that there is a file.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"
	_ "time/tzdata" // zones are checked here, on machines without a zone database too
)

// MaxSize is the largest file that is read, in bytes.
const MaxSize = 1 << 20

// Config is a whole configuration. The zero value is not usable: Default is.
type Config struct {
	Server      Server       `toml:"server"`
	Database    Database     `toml:"database"`
	IDs         IDs          `toml:"ids"`
	Fetch       Fetch        `toml:"fetch"`
	Mail        Mail         `toml:"mail"`
	Sources     []Source     `toml:"source"`
	Topics      []Topic      `toml:"topic"`
	Newsletters []Newsletter `toml:"newsletter"`
}

// Default gives the configuration of an empty file: no sources, no topics, and
// one daily newsletter of all drafts and RFCs.
func Default() *Config {
	c, err := Parse("default", nil)
	if err != nil {
		panic(err) // an empty file is valid; a test holds it
	}
	return c
}

// Load reads the file at path. Passwords named by password_env are taken from
// the environment. A file that is not there is an error that wraps
// fs.ErrNotExist; faults in the file are an error of type Errors.
func Load(path string) (*Config, error) {
	data, err := read(path)
	if err != nil {
		return nil, err
	}
	return parse(path, data, os.LookupEnv)
}

// Parse reads data as a file called name, which appears in errors and whose
// folder is where relative paths begin. It does not look at the environment:
// passwords named by password_env stay empty. The error is of type Errors.
func Parse(name string, data []byte) (*Config, error) {
	return parse(name, data, nil)
}

func parse(name string, data []byte, env func(string) (string, bool)) (*Config, error) {
	doc := &document{name: name, spots: map[string]spot{}, counts: map[string]int{}}
	doc.data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if len(data) > MaxSize {
		doc.at(span{0, 0}, fmt.Sprintf("the file is longer than %d bytes", MaxSize), "")
		return nil, doc.errs
	}
	doc.index()
	if len(doc.errs) > 0 {
		return nil, doc.sorted()
	}
	c := base()
	doc.decode(c)
	if len(doc.errs) > 0 {
		return nil, doc.sorted()
	}
	k := checker{doc: doc, cfg: c, env: env}
	k.complete()
	k.check()
	if len(doc.errs) > 0 {
		return nil, doc.sorted()
	}
	return c, nil
}

// base holds the defaults of the tables that stand only once; those of the
// others are filled in where a key is not in the file.
func base() *Config {
	return &Config{
		Server:   Server{Listen: "127.0.0.1:8080"},
		Database: Database{Path: "draftwire.db"},
		IDs:      IDs{Authority: "example.org"},
		Fetch:    Fetch{Interval: Duration{15 * time.Minute}, Spacing: Duration{time.Second}, MaxBody: 32 << 20},
		Mail: Mail{
			TLS:   StartTLS,
			From:  Address{Name: "Draftwire", Address: "wire@example.org"},
			Hello: "localhost",
		},
	}
}

// read takes a file in, but no more of it than is allowed.
func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("configuration %s is not there; `draftwire init` writes one: %w", path, err)
	}
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("configuration %s: %w", path, err)
	}
	return data, nil
}
