// Package config reads draftwire.toml, the file that says what an installation
// polls, selects and publishes, and the files of topics and of sources beside
// it.
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
	Texts       Texts        `toml:"texts"`
	Mail        Mail         `toml:"mail"`
	Inbound     Inbound      `toml:"inbound"`
	Model       Model        `toml:"model"`
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

// Load reads the file at path, and the topics and sources of each file
// topics/*.toml and sources/*.toml beside it. Passwords named by password_env are taken from the environment. A file
// that is not there is an error that wraps fs.ErrNotExist; faults in the files
// are an error of type Errors.
func Load(path string) (*Config, error) {
	data, err := read(path)
	if err != nil {
		return nil, err
	}
	files, err := Files(path)
	if err != nil {
		return nil, err
	}
	return parse(os.LookupEnv, File{Name: path, Data: data}, files)
}

// Parse reads data as a file called name, which appears in errors and whose
// folder is where relative paths begin, and files as the files of topics and of
// sources beside it. It does not look at the environment: passwords named by
// password_env stay empty. The error is of type Errors.
func Parse(name string, data []byte, files ...File) (*Config, error) {
	return parse(nil, File{Name: name, Data: data}, files)
}

func parse(env func(string) (string, bool), file File, files []File) (*Config, error) {
	c := base()
	main := newDocument(file)
	k := checker{doc: main, main: main, cfg: c, env: env}
	main.read(c)
	k.addTopics(main, 0)
	k.addSources(main, 0)
	docs := []*document{main}
	for _, f := range files {
		docs = append(docs, k.takeFile(f))
	}
	if errs := faults(docs); len(errs) > 0 {
		return nil, errs
	}
	k.complete()
	k.check()
	if errs := faults(docs); len(errs) > 0 {
		return nil, errs
	}
	return c, nil
}

// faults gives what is wrong with the files, by file and place.
func faults(docs []*document) (all Errors) {
	for _, d := range docs {
		all = append(all, d.sorted()...)
	}
	return all
}

// base holds the defaults of the tables that stand only once; those of the
// others are filled in where a key is not in the file.
func base() *Config {
	return &Config{
		Server:   Server{Listen: "127.0.0.1:8080"},
		Database: Database{Path: "draftwire.db"},
		IDs:      IDs{Authority: "example.org"},
		Fetch:    Fetch{Interval: Duration{15 * time.Minute}, Spacing: Duration{time.Second}, Overlap: Duration{48 * time.Hour}, MaxBody: 32 << 20},
		Texts:    Texts{URL: "https://www.ietf.org/archive/id/{name}-{rev}.txt"},
		Model:    Model{MaxTokens: 400, DailyTokens: 200_000, Timeout: Duration{time.Minute}, Concurrency: 1, Intro: Propose},
		Inbound:  Inbound{MaxSize: 10 << 20},
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
