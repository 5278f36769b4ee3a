// This file takes in archives of mail that lie on this machine, and goes on
// where an interrupted import stopped.

package aggregator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/draftwire/draftwire/store"
)

// Files are archives of mail to take in: mailboxes of every form that
// [mail.MboxReader] knows, single mails and Maildirs, by themselves or in
// folders, packed by gzip or bzip2, or in ZIP and tar archives. What a file is
// shows its content, not its name.
//
// How far each file was read is recorded with what it gave: the same Files
// again go on where they were cut off, and what was read whole is not opened
// again. A file is known by its path, its size and its first 4 KiB; one that
// grew is read on, one that was rewritten is read anew.
type Files struct {
	Paths         []string
	Source        string // the name under which they are recorded
	Announcements bool   // whether they may create draft, RFC and charter events
	Again         bool   // read whole what was read before

	Began func(files int, bytes int64) // told once, when the files have been listed; may be nil
	Read  func(bytes int64)            // told as bytes are read, as they lie there; may be nil
	Spare func(bytes int64)            // told of bytes that need not be read; may be nil
}

// FilesTally is what became of Files.
type FilesTally struct {
	Tally
	Whole  int     // files and members of archives read to their end
	Before int     // files and members that had been read before
	Faults []error // what could not be read, each with its path
}

// ImportFiles takes Files in as history. What was read before an error is kept.
// An error is one of the database, or ctx's; what is wrong with a file is among
// the faults.
func (c *Cataloguer) ImportFiles(ctx context.Context, f Files) (FilesTally, error) {
	o := Origin{Name: f.Source, Announcements: f.Announcements, History: true}
	err := c.DB.Update(ctx, func(tx *store.Tx) (err error) {
		o.Source, err = tx.SourceID(ctx, f.Source)
		return err
	})
	if err != nil {
		return FilesTally{}, err
	}
	p := filesImport{Files: f, c: c, in: stream{c: c, origin: o}, places: map[string]store.ImportedFile{}}
	files, faults := listFiles(f.Paths)
	p.sum.Faults = faults
	p.began(files)
	err = p.all(ctx, files)
	tally, writeErr := p.in.finish()
	p.sum.Tally = tally
	return p.sum, cmp.Or(writeErr, err)
}

// filesImport is one import. A batch may hold messages of many small files:
// each commit writes the places of all.
type filesImport struct {
	Files
	c      *Cataloguer
	in     stream
	batch  []Received
	bytes  int
	places map[string]store.ImportedFile // by path, not yet handed over
	sum    FilesTally
}

func (p *filesImport) began(files []mailFile) {
	var total int64
	for _, f := range files {
		total += f.size
	}
	if p.Began != nil {
		p.Began(len(files), total)
	}
}

func (p *filesImport) all(ctx context.Context, files []mailFile) error {
	for _, f := range files {
		if err := p.file(ctx, f); err != nil {
			return err
		}
	}
	return p.flush(ctx)
}

// errStop wraps what ends the whole import.
var errStop = errors.New("import")

// fault notes what is wrong with one file, and lets only other errors through.
func (p *filesImport) fault(path string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, errStop) {
		return err
	}
	p.sum.Faults = append(p.sum.Faults, fmt.Errorf("%s: %w", path, err))
	return nil
}

// flush hands the batch over with the places reached.
func (p *filesImport) flush(ctx context.Context) error {
	if len(p.places) == 0 {
		return nil // and then there are no messages either
	}
	source, now := p.in.origin.Source, p.c.Now()
	places := slices.Collect(maps.Values(p.places))
	err := p.in.add(ctx, p.batch, func(tx *store.Tx, t Tally) error {
		for _, place := range places {
			if err := tx.PutImported(ctx, place, now); err != nil {
				return err
			}
		}
		return tx.CountMessages(ctx, source, t.New())
	})
	if err != nil {
		return fmt.Errorf("%w: %w", errStop, err)
	}
	p.batch, p.bytes = nil, 0
	clear(p.places)
	return nil
}
