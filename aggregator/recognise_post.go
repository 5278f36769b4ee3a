// This file makes posts of the mails that announce nothing.

package aggregator

import (
	"cmp"
	"net/url"
	"strings"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/mail"
	"github.com/draftwire/draftwire/markup"
)

// PostReport makes the report of a mail as a post. Digest identifies the mail's
// content and names the post if there is no Message-ID.
func PostReport(m mail.Message, digest string) catalog.Report {
	id := cmp.Or(m.ID, digest)
	return catalog.Report{
		Document: catalog.PostName(id),
		Kind:     catalog.Post,
		Event:    catalog.Posted,
		Part:     id,
		Facts: catalog.Facts{
			Title:    clip(trimListPrefix(m), maxTitle),
			Authors:  writers(m.From),
			Abstract: excerpt(ownWords(bodyLines(bodyText(m))), maxExcerpt),
			URL:      secureURL(m.ArchivedAt),
		},
	}
}

// bodyText gives a mail's words, from its HTML if there is nothing else.
func bodyText(m mail.Message) string {
	if m.Text == "" && m.HTML != "" {
		return markup.Text(clip(m.HTML, maxBody))
	}
	return m.Text
}

// trimListPrefix gives the Subject without the prefix of the mail's own list.
// Other groups in brackets are the writer's words.
func trimListPrefix(m mail.Message) string {
	subject := markup.Clean(m.Subject)
	group, rest, ok := cutPrefixGroup(subject)
	if !ok || rest == "" {
		return subject
	}
	list, _, _ := strings.Cut(m.ListID, ".")
	if strings.EqualFold(group, list) {
		return rest
	}
	for _, to := range [][]mail.Address{m.To, m.Cc} {
		for _, a := range to {
			local, _, _ := strings.Cut(a.Addr, "@")
			if strings.EqualFold(group, strings.TrimSpace(local)) {
				return rest
			}
		}
	}
	return subject
}

// writers gives the people in From. One without a display name goes by the
// local part of the address.
func writers(from []mail.Address) []catalog.Author {
	var authors []catalog.Author
	for _, a := range from[:min(len(from), maxAuthors)] {
		addr := undoDMARC(a.Addr)
		local, _, _ := strings.Cut(addr, "@")
		if name := cmp.Or(markup.Clean(a.Name), local); name != "" {
			authors = append(authors, catalog.Author{Name: clip(name, maxName), Email: clip(addr, maxName)})
		}
	}
	return authors
}

// secureURL gives an https address back and nothing else.
func secureURL(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" || u.Host == "" || len(s) > 2000 {
		return ""
	}
	return s
}
