package main

// This file prints an edition in each of its forms.

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"strings"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/editions"
	"github.com/draftwire/draftwire/mail"
	"github.com/draftwire/draftwire/store"
)

var editionForms = []string{"text", "html", "md", "json", "eml", "atom"}

func (a *app) printEdition(ctx context.Context, cfg settings, db *store.DB, e *editions.Edition, f editionFlags) (err error) {
	l := editions.Links{Base: cfg.Server.Base, Look: cfg.lookFor(a.log())}
	var out []byte
	switch f.format {
	case "text":
		out = []byte(e.Text(l, f.part))
	case "md":
		out = []byte(e.Markdown(l))
	case "html":
		out = []byte(htmlPage(e, string(e.HTML(l, f.part))))
	case "json":
		enc := json.NewEncoder(a.out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(e)
	case "eml":
		out, err = cfg.editionMail(e, l)
	case "atom":
		var id string
		if id, err = cfg.editionID(ctx, db, e); err == nil {
			out, err = e.Atom(l, id)
		}
	default:
		err = usage(fmt.Errorf("--format %q: want %s", f.format, strings.Join(editionForms, ", ")))
	}
	if err == nil {
		_, err = a.out.Write(out)
	}
	return err
}

func htmlPage(e *editions.Edition, body string) string {
	return fmt.Sprintf("<!doctype html>\n<html lang=%q>\n<meta charset=\"utf-8\">\n"+
		"<meta name=\"viewport\" content=\"width=device-width\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"+
		"<title>%s</title>\n%s\n</html>\n", e.Language, html.EscapeString(e.Subject()), body)
}

// editionMail is the edition as a mail to be edited and sent by hand: mail
// programs open what is marked as unsent as a draft.
func (s settings) editionMail(e *editions.Edition, l editions.Links) ([]byte, error) {
	from := s.Mail.From
	for _, n := range s.Newsletters {
		if n.Name == e.Newsletter {
			from = n.From
		}
	}
	address := mail.Address{Name: from.Name, Addr: from.Address}
	content, _ := e.MailHTML(l, 0)
	return mail.Outgoing{
		From: address, To: address, Subject: e.Subject(), Date: cmp.Or(e.Closed, e.To).UTC(),
		MessageID: strings.ReplaceAll(e.Newsletter+"."+e.Label, "..", "-to-") + "@" + cmp.Or(s.IDs.Authority, "localhost"),
		Headers:   []mail.Header{{Name: "X-Unsent", Value: "1"}},
		Text:      e.Text(l, 0), HTML: htmlPage(e, string(content)),
	}.Bytes()
}

// editionID is the id that the edition's entry has in the newsletter's feed. As
// long as the database keeps no authority it is the one it would get now.
func (s settings) editionID(ctx context.Context, db *store.DB, e *editions.Edition) (string, error) {
	kept, err := keptAuthority(ctx, db)
	if err != nil {
		return "", err
	}
	authority := catalog.Authority{Name: cmp.Or(kept, s.IDs.Authority), Year: now().UTC().Year()}
	if kept != "" {
		year, err := db.Setting(ctx, "authority_year")
		if err != nil {
			return "", err
		}
		at, err := time.Parse("2006", year)
		if err != nil {
			return "", fmt.Errorf("year of the authority: %w", err)
		}
		authority.Year = at.Year()
	}
	if e.Session != nil {
		return authority.Tag("newsletters/" + e.Newsletter + "/meetings/" + e.Label), nil
	}
	return authority.Tag("newsletters/" + e.Newsletter + "/" + e.Label), nil
}
