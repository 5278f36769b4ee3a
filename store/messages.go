package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/klauspost/compress/flate"
)

// Format says how the raw bytes of a message are to be read.
type Format int

// The formats of raw messages.
const (
	RFC5322   Format = 0 // a mail
	FeedEntry Format = 1 // a feed entry as JSON
	Record    Format = 2 // a record of an index as JSON
)

// Message is what a source gave, as it is to be kept. Fill Raw with what
// [Pack] gives, so that the work is done outside the transaction.
type Message struct {
	Source    int64
	Digest    []byte // of the raw bytes; see [Digest]
	MessageID string // Message-ID or feed id, may be empty
	List      string // List-Id, may be empty
	Format    Format
	NoArchive bool // kept as evidence, never published
	Received  time.Time
	Raw       []byte // packed
}

// Digest identifies a message by its bytes, 16 of SHA-256.
func Digest(raw []byte) []byte {
	sum := sha256.Sum256(raw)
	return sum[:16]
}

// AddMessage keeps a message. It reports false when its source gave the same
// bytes before.
func (tx *Tx) AddMessage(ctx context.Context, m Message) (id int64, added bool, err error) {
	return tx.insertNew(ctx, `INSERT INTO messages
		(source, digest, message_id, list, format, no_archive, received, raw)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
		m.Source, m.Digest, m.MessageID, m.List, int(m.Format), m.NoArchive, micros(m.Received), m.Raw)
}

// dictionary primes the compressor with what announcements have in common:
// mails of 2 KB are too short to find much in themselves. It is part of the
// file format: a change needs a new Format.
const dictionary = "Received: from localhost (localhost [127.0.0.1]) by mail2.ietf.org (Postfix) with ESMTP id for <>;\r\n" +
	"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=\"utf-8\"\r\nContent-Transfer-Encoding: quoted-printable\r\n" +
	"Content-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: 7bit\r\nAuto-Submitted: auto-generated\r\nPrecedence: bulk\r\n" +
	"X-Test-IDTracker: no\r\nX-IETF-IDTracker: \r\nX-Mailman-Rule-Misses: dmarc-mitigation; no-senders; approved; emergency; loop; " +
	"banned-address; administrivia; implicit-dest; max-recipients; max-size; news-moderation; no-subject; suspicious-header\r\n" +
	"X-Mailman-Version: 3.3.9rc6\r\nList-Id: <.ietf.org>\r\nArchived-At: <https://mailarchive.ietf.org/arch/msg/>\r\n" +
	"List-Archive: <https://mailarchive.ietf.org/arch/browse/i-d-announce>\r\nList-Help: <mailto:-request@ietf.org?subject=help>\r\n" +
	"List-Owner: <mailto:-owner@ietf.org>\r\nList-Post: <mailto:@ietf.org>\r\nList-Subscribe: <mailto:-join@ietf.org>\r\n" +
	"List-Unsubscribe: <mailto:-leave@ietf.org>\r\nFrom: rfc-editor@rfc-editor.org\r\nFrom: internet-drafts@ietf.org\r\n" +
	"To: i-d-announce@ietf.org\r\nCc: \r\nReply-To: \r\nDate: Mon, Tue, Wed, Thu, Fri, 00 Jan 2026 00:00:00 -0800\r\n" +
	"Message-ID: <.idtracker@ietfa.amsl.com>\r\nSubject: I-D Action: draft-ietf-.txt\r\n\r\n" +
	"A new Request for Comments is now available in online RFC libraries.\n\n        RFC \n\n        Title:      \n" +
	"        Author:     \n        Status:     Standards Track\n        Stream:     IETF\n        Date:       \n        Mailbox:    \n" +
	"        Pages:      \n        Updates/Obsoletes/SeeAlso:   None\n\n        I-D Tag:    draft-.txt\n\n" +
	"        URL:        https://www.rfc-editor.org/info/rfc\n\n        DOI:        10.17487/RFC\n\n" +
	"This document is a product of the Working\nGroup of the IETF.\n\nThis is now a Proposed Standard.\n\n" +
	"A New Internet-Draft is available from the on-line Internet-Drafts directories.\nThis draft is a work item of the Working Group of the IETF.\n" +
	"\n\tTitle           : \n\tAuthor(s)       : \n\tFilename        : draft-\n\tPages           : \n\tDate            : \n\n" +
	"Internet-Draft draft-.txt is now available. It is a work\nitem of the WG of the IETF.\n\n   Title:   \n   Authors: \n            \n" +
	"   Name:    draft-.txt\n   Pages:   \n   Dates:   2026-\n\nAbstract:\n\n   This document describes specifies defines the protocol\n   " +
	"\nThe IETF datatracker status page for this Internet-Draft is:\nhttps://datatracker.ietf.org/doc/draft-/\n\n" +
	"There is also an HTML version available at:\nhttps://www.ietf.org/archive/id/draft-.html\n\n" +
	"A diff from the previous version is available at:\nhttps://author-tools.ietf.org/iddiff?url2=draft-\n\n" +
	"Internet-Drafts are also available by rsync at:\nrsync.ietf.org::internet-drafts\n\n\n" +
	"_______________________________________________\nI-D-Announce mailing list -- i-d-announce@ietf.org\n" +
	"To unsubscribe send an email to i-d-announce-leave@ietf.org\n"

// Compressors and decompressors are kept: making one costs more than a message.
var (
	primer    = []byte(dictionary)
	packers   = packersWith(primer)
	others    = packersWith(nil)
	unpackers = sync.Pool{New: func() any { return flate.NewReaderDict(nil, primer) }}
)

func packersWith(dict []byte) *sync.Pool {
	return &sync.Pool{New: func() any {
		w, err := flate.NewWriterDict(io.Discard, 4, dict)
		if err != nil {
			panic(err) // only a wrong level could do that
		}
		return w
	}}
}

// Pack compresses a raw message for [Message.Raw].
func Pack(raw []byte) []byte { return pack(raw, packers) }

// PackEntry is [Pack] for feed entries. They have little in common with the
// dictionary, and going through it costs more than most of them do. Whoever
// unpacks need not know.
func PackEntry(raw []byte) []byte { return pack(raw, others) }

func pack(raw []byte, packers *sync.Pool) []byte {
	w := packers.Get().(*flate.Writer)
	defer packers.Put(w)
	var b bytes.Buffer
	b.Grow(len(raw)/2 + 64)
	w.Reset(&b)
	_, _ = w.Write(raw) // a bytes.Buffer does not fail
	_ = w.Close()
	return b.Bytes()
}

// Unpack undoes [Pack].
func Unpack(packed []byte) ([]byte, error) {
	r := unpackers.Get().(io.Reader)
	defer unpackers.Put(r)
	if err := r.(flate.Resetter).Reset(bytes.NewReader(packed), primer); err != nil {
		return nil, fmt.Errorf("unpack message: %w", err)
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("unpack message: %w", err)
	}
	return raw, nil
}
