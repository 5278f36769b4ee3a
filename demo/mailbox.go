package demo

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/draftwire/draftwire/mail"
)

//go:embed mailbox.html
var mailboxHTML string

var mailboxPage = template.Must(template.New("mailbox").Parse(mailboxHTML))

// mailView is one mail as the page shows it.
type mailView struct {
	N         int
	Arrived   string
	Date      string
	From, To  string
	Envelope  string
	Subject   string
	MessageID string
	HTML      string // goes into srcdoc as an attribute's value, never into the page
	Text      string
	Source    string
}

// Handler serves the mailbox: / lists the mails, newest first, mails/N/ shows
// one, mails/N/raw gives its source. All links are relative, so that it can be
// mounted anywhere with http.StripPrefix.
func (s *Sink) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.serveList)
	mux.HandleFunc("GET /mails/{n}/{$}", s.serveMail)
	mux.HandleFunc("GET /mails/{n}/raw", s.serveRaw)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// A frame of srcdoc inherits this policy: mails load nothing from elsewhere.
		w.Header().Set("Content-Security-Policy",
			"default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		mux.ServeHTTP(w, r)
	})
}

func (s *Sink) serveList(w http.ResponseWriter, _ *http.Request) {
	var views []mailView
	for _, m := range slices.Backward(s.Messages()) {
		views = append(views, view(m))
	}
	render(w, "list", views)
}

func (s *Sink) serveMail(w http.ResponseWriter, r *http.Request) {
	if m, ok := s.requested(r); ok {
		render(w, "mail", view(m))
		return
	}
	http.NotFound(w, r)
}

func (s *Sink) serveRaw(w http.ResponseWriter, r *http.Request) {
	m, ok := s.requested(r)
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write(m.Raw) // the reader may have gone
}

func (s *Sink) requested(r *http.Request) (Received, bool) {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil {
		return Received{}, false
	}
	return s.message(n)
}

func render(w http.ResponseWriter, name string, v any) {
	var page bytes.Buffer
	if err := mailboxPage.ExecuteTemplate(&page, name, v); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = page.WriteTo(w) // the reader may have gone
}

func view(r Received) mailView {
	m := mail.Parse(r.Raw)
	v := mailView{
		N: r.N, Arrived: r.At.UTC().Format("2006-01-02 15:04:05 UTC"), From: people(m.From), To: people(m.To),
		Envelope: "<" + r.From + "> to " + strings.Join(r.To, ", "), Subject: m.Subject, MessageID: m.ID,
		HTML: m.HTML, Text: m.Text, Source: printable(r.Raw),
	}
	if !m.Date.IsZero() {
		v.Date = m.Date.Format(time.RFC1123)
	}
	if v.Subject == "" {
		v.Subject = "(no subject)"
	}
	return v
}

// people writes addresses as a mail client shows them.
func people(addresses []mail.Address) string {
	var out []string
	for _, a := range addresses {
		switch {
		case a.Name == "":
			out = append(out, a.Addr)
		case a.Addr == "":
			out = append(out, a.Name)
		default:
			out = append(out, a.Name+" <"+a.Addr+">")
		}
	}
	return strings.Join(out, ", ")
}

// printable makes a source fit to be shown, at most 256 KiB of it.
func printable(raw []byte) string {
	const limit = 256 << 10
	cut := ""
	if len(raw) > limit {
		raw, cut = raw[:limit], "\n[...]"
	}
	text := strings.ReplaceAll(string(raw), "\r\n", "\n") + cut
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' {
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}
