package filters

import (
	"unicode"
	"unicode/utf8"
)

// This file finds in an event's texts the pieces that expressions require.

// pieces finds which of many pieces a text holds, letters' case aside.
type pieces struct {
	counts []uint16 // of pieces whose beginning has that hash
	begins map[[gram]byte][]uint32
	texts  []pieceText // of the item last read
	folded []byte      // those texts in the form of caseless
	item   *Item       // last read, as long as it is at hand
}

// pieceText is a text of a column.
type pieceText struct {
	column     Column
	plain      string
	ascii      bool
	start, end int // of its caseless form in folded
}

const pieceHashes = 1 << 12

func pieceHash(a, b, c byte) uint32 {
	return (uint32(a)<<16 | uint32(b)<<8 | uint32(c)) * 2654435761 >> 20 % pieceHashes
}

func (p *pieces) add(piece string, at uint32) {
	if p.counts == nil {
		p.counts, p.begins = make([]uint16, pieceHashes), make(map[[gram]byte][]uint32)
	}
	begin := [gram]byte([]byte(piece[:gram]))
	if len(p.begins[begin]) == 0 {
		p.counts[pieceHash(begin[0], begin[1], begin[2])]++
	}
	p.begins[begin] = append(p.begins[begin], at)
}

func (p *pieces) remove(piece string, at uint32) {
	begin := [gram]byte([]byte(piece[:gram]))
	if p.begins[begin] = without(p.begins[begin], at); len(p.begins[begin]) == 0 {
		delete(p.begins, begin)
		p.counts[pieceHash(begin[0], begin[1], begin[2])]--
	}
}

// read takes the texts of an item, unless it has them.
func (p *pieces) read(it *Item) {
	if p.item == it {
		return
	}
	p.item, p.texts, p.folded = it, p.texts[:0], p.folded[:0]
	for c := range Facets { // no expression asks for what stands behind
		for _, text := range it.plain(c) {
			start := len(p.folded)
			p.folded = caseless(p.folded, text)
			p.texts = append(p.texts, pieceText{c, text, ascii(text), start, len(p.folded)})
		}
	}
}

// forget lets go of the item.
func (p *pieces) forget() {
	p.item = nil
	clear(p.texts)
}

// lookPieces marks the pieces that the texts of an event have, and appends
// those that the event did not have before.
func (ts *terms) lookPieces(it *Item, present []uint32) []uint32 {
	if len(ts.pieces.begins) == 0 {
		return present
	}
	ts.pieces.read(it)
	for _, t := range ts.pieces.texts {
		present = ts.lookText(ts.pieces.folded[t.start:t.end], t.column, present)
	}
	return present
}

func (ts *terms) lookText(text []byte, c Column, present []uint32) []uint32 {
	for i := range max(0, len(text)-gram+1) {
		if ts.pieces.counts[pieceHash(text[i], text[i+1], text[i+2])] == 0 {
			continue
		}
		for _, at := range ts.pieces.begins[[gram]byte(text[i:])] {
			t := &ts.list[at]
			if holds(text[i:], t.text[1:]) {
				present = ts.mark(at, c, present)
			}
		}
	}
	return present
}

// holds reports whether text begins with piece.
func holds(text []byte, piece string) bool {
	return len(text) >= len(piece) && string(text[:len(piece)]) == piece
}

// caseless appends a text with each letter in the one of its forms that stands
// for all, so that whatever an expression takes for the same looks the same.
func caseless(out []byte, s string) []byte {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if 'a' <= c && c <= 'z' {
				c -= 'a' - 'A'
			}
			out = append(out, c)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		out = utf8.AppendRune(out, form(r))
		i += size
	}
	return out
}

// form gives the least of the forms of a letter.
func form(r rune) rune {
	least := r
	for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
		least = min(least, f)
	}
	return least
}
