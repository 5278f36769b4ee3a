// This file takes in one file of an import, or member of an archive, whatever
// it is packed in.

package aggregator

import (
	"archive/tar"
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

// held is a file to take in, or a member of an archive.
type held struct {
	name string // for people
	key  string // absolute path, of a member with its name
	size int64
	r    *unpacked
	file *counted     // nil for a member
	in   func() int64 // bytes read so far as they lie on the disk
}

// file takes in one file. What is wrong with it is a fault.
func (p *filesImport) file(ctx context.Context, f mailFile) error {
	raw, err := os.Open(f.path)
	if err != nil {
		return p.fault(f.path, err)
	}
	defer raw.Close()
	in := &counted{File: raw, tell: p.Read, spare: p.Spare}
	h := held{name: f.path, key: f.key, size: f.size, r: newUnpacked(in), file: in, in: in.done}
	h.r.plain = in
	_, err = p.take(ctx, h)
	in.spared(f.size - in.read)
	return p.fault(f.path, err)
}

// take reports whether all of it was taken, now or before.
func (p *filesImport) take(ctx context.Context, h held) (bool, error) {
	head, err := h.r.head()
	if err != nil {
		return false, err
	}
	place, met, err := p.known(ctx, h, head)
	if err != nil {
		return false, err
	}
	if met && place.Whole {
		p.sum.Before++
		return true, nil
	}
	kind, err := sniff(head)
	if err != nil {
		return false, err
	}
	h.r.single = kind == plainMail && isSingle(h.name, head)
	if kind == gzipped || kind == bzipped {
		if h.r, kind, err = unpack(kind, h); err != nil {
			return false, err
		}
	}
	var whole bool
	switch {
	case kind == plainMail:
		return p.read(ctx, h, place)
	case kind == zipArchive && h.file != nil && h.r.plain != nil:
		whole, err = p.zip(ctx, h)
	case kind == tarArchive && h.file != nil:
		whole, err = p.tar(ctx, h)
	default:
		err = errors.New("it is packed more than once: unpack it first")
	}
	if err != nil || !whole {
		return false, err
	}
	place.Whole = true
	return true, p.mark(ctx, h.r, place)
}

// zip takes in the members of a ZIP archive.
func (p *filesImport) zip(ctx context.Context, h held) (bool, error) {
	z, err := zip.NewReader(h.file, h.size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // no path of it is ever used
		return false, zipWords(err)
	}
	if len(z.File) > maxMembers {
		return false, errMembers
	}
	whole, names := true, map[string]int{}
	var out, packed int64 // of all members so far: they may share their bytes
	for _, f := range z.File {
		if !f.Mode().IsRegular() || leftOut(f.Name) {
			continue
		}
		label := memberLabel(f.Name, names)
		packed = min(packed+int64(min(f.CompressedSize64, maxUnpacked)), h.size) //nolint:gosec // bounded
		b := &bounded{packed: func() int64 { return packed }, out: out, format: "zip"}
		ok, err := p.zipMember(ctx, f, b, h.member(label, int64(min(f.UncompressedSize64, maxUnpacked)))) //nolint:gosec // bounded
		out = b.out
		if err := p.fault(h.name+label, err); err != nil {
			return false, err
		}
		whole = whole && ok && err == nil
	}
	return whole, nil
}

func (p *filesImport) zipMember(ctx context.Context, f *zip.File, b *bounded, h held) (bool, error) {
	if f.Flags&1 != 0 {
		return false, errors.New("zip: it is encrypted: unpack it first")
	}
	r, err := f.Open()
	if err != nil {
		return false, zipWords(err)
	}
	defer r.Close()
	b.Reader = r
	h.r = newUnpacked(b)
	return p.take(ctx, h)
}

// tar takes in the members of a tar archive.
func (p *filesImport) tar(ctx context.Context, h held) (bool, error) {
	whole, names := true, map[string]int{}
	t := tar.NewReader(h.r)
	for n := 0; ; n++ {
		header, err := t.Next()
		switch {
		case errors.Is(err, io.EOF):
			return whole, nil
		case err != nil && !errors.Is(err, tar.ErrInsecurePath): // no path of it is ever used
			return false, fmt.Errorf("tar: %w", err)
		case n >= maxMembers:
			return false, errMembers
		case header.Typeflag != tar.TypeReg || leftOut(header.Name):
			continue
		}
		label := memberLabel(header.Name, names)
		m := h.member(label, header.Size)
		m.r = newUnpacked(&bounded{Reader: t, packed: h.in, format: "tar"}) // a sparse member is longer than what it takes
		ok, err := p.take(ctx, m)
		if err := p.fault(m.name, err); err != nil {
			return false, err
		}
		whole = whole && ok && err == nil
	}
}

// member is a member of h, to be opened.
func (h held) member(label string, size int64) held {
	return held{name: h.name + label, key: h.key + label, size: size, in: h.in}
}

var errMembers = fmt.Errorf("it holds more than %d files: unpack it first", maxMembers)
