package catalog

import (
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
)

// Links are the addresses a reader of one revision wants. Empty ones do not
// exist for it.
type Links struct {
	Page string // the page to open first: Datatracker, RFC Editor, or the post itself
	HTML string // the text as HTML
	Text string // the text as plain text
	PDF  string // the text as PDF
	Diff string // what changed from the revision before

	Datatracker string // the Datatracker's page of an RFC; a draft's is Page
}

// LinksTo gives the addresses of a document's revision. None is fetched; they
// follow the layouts of datatracker.ietf.org, ietf.org and rfc-editor.org.
func LinksTo(e Event) Links {
	switch e.Kind {
	case Draft:
		l := Links{Page: "https://datatracker.ietf.org/doc/" + url.PathEscape(e.Document) + "/"}
		if e.Rev != "" {
			file := "https://www.ietf.org/archive/id/" + url.PathEscape(e.NameRev())
			l.HTML, l.Text, l.PDF = file+".html", file+".txt", "https://datatracker.ietf.org/doc/pdf/"+url.PathEscape(e.NameRev())
			if e.Rev != "00" {
				l.Diff = "https://author-tools.ietf.org/iddiff?url2=" + url.QueryEscape(e.NameRev())
			}
		}
		return l
	case RFC:
		n := RFCNumber(e.Document)
		return Links{
			Page: fmt.Sprintf("https://www.rfc-editor.org/info/rfc%d", n),
			HTML: fmt.Sprintf("https://www.rfc-editor.org/rfc/rfc%d.html", n),
			Text: fmt.Sprintf("https://www.rfc-editor.org/rfc/rfc%d.txt", n),
			PDF:  fmt.Sprintf("https://datatracker.ietf.org/doc/pdf/rfc%d", n),

			Datatracker: fmt.Sprintf("https://datatracker.ietf.org/doc/rfc%d/", n),
		}
	case Charter:
		if e.Event == Slides && e.Facts.URL != "" {
			return Links{Page: e.Facts.URL}
		}
		return Links{Page: "https://datatracker.ietf.org/doc/" + url.PathEscape(e.Document) + "/"}
	}
	if e.Facts.URL != "" {
		return Links{Page: e.Facts.URL}
	}
	return Links{Page: e.Archived}
}

// ArchivedAt computes the permalink of a mail in the IETF mail archive:
// base64url(SHA-1(Message-ID + list)). The Message-ID is given without angle
// brackets, list is the list's local name as in its address, tls for
// tls@ietf.org. Nothing is asked of the server.
func ArchivedAt(messageID, list string) string {
	if messageID == "" || list == "" {
		return ""
	}
	list = strings.ToLower(list)
	sum := sha1.Sum([]byte(messageID + list)) //nolint:gosec // an address format, not security
	return "https://mailarchive.ietf.org/arch/msg/" + url.PathEscape(list) + "/" +
		base64.RawURLEncoding.EncodeToString(sum[:]) + "/"
}

// Authority is who mints this installation's ids, for ever: a domain name the
// operator holds and the year it was held (RFC 4151).
type Authority struct {
	Name string // such as example.org
	Year int
}

// Tag makes a tag URI (RFC 4151) such as tag:example.org,2026:draft-x-03.
// Characters that RFC 4151 does not allow are percent-encoded.
func (a Authority) Tag(specific string) string {
	return fmt.Sprintf("tag:%s,%d:%s", a.Name, a.Year, escapeSpecific(specific))
}

// escapeSpecific keeps the characters of pchar, "/" and "?" (RFC 4151, section 2.1).
func escapeSpecific(s string) string {
	const keep = "-._~!$&'()*+,;=:@/?"
	var b strings.Builder
	for _, c := range []byte(s) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte(keep, c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
