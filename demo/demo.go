// Package demo is the outside world of `make demo`, on one machine and without
// the internet: a sample of announcements in the formats in which they really
// arrive ([Generate], and [Bulk] for benchmarks), an upstream that serves them
// by IMAP, as feeds and as a monthly mbox ([Upstream]), and an SMTP sink with a
// mailbox page that keeps what was sent ([Sink]).
//
// Nothing that polls, selects or sends knows of this package. The names and
// titles of the sample follow today's IETF; its abstracts, authors, posts and
// discussions are made up.
package demo
