// Addresses: how editions refer to pages of this site.

package editions

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/draftwire/draftwire/catalog"
)

// Links says where the site's pages are, and how editions look.
type Links struct {
	Base  string // such as https://wire.example.org, without a slash at the end; empty for links within the site
	Query string // behind each, such as ?lang=ja, or empty
	Look  *Look  // an editor's templates; nil is ours
}

// Edition is the address of an edition's page. Part 0 and 1 are the first.
func (l Links) Edition(e *Edition, part int) string {
	if part <= 1 {
		return l.Label(e.Newsletter, e.Label)
	}
	return l.to("newsletters", e.Newsletter, e.Label, strconv.Itoa(part))
}

// Label is the address of an edition by its label.
func (l Links) Label(newsletter, label string) string { return l.to("newsletters", newsletter, label) }

// Newsletter is the address of a newsletter's list of editions.
func (l Links) Newsletter(name string) string { return l.to("newsletters", name) }

// Topic is the address of a topic's page.
func (l Links) Topic(name string) string { return l.to("topics", name) }

// Document is the address of a document's page, which tells all that happened to it.
func (l Links) Document(name string) string { return l.to("documents", catalog.Fold(name)) }

func (l Links) to(path ...string) string {
	for i, segment := range path {
		path[i] = url.PathEscape(segment)
	}
	return l.Base + "/" + strings.Join(path, "/") + l.Query
}
