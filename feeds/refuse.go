// Answers without a feed: what is wrong, and what would be right, as text or
// for a browser as HTML.

package feeds

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/draftwire/draftwire/store"
)

// goneError is for what was here and was taken away on purpose: a reader
// should stop asking (RFC 9110, section 15.5.11).
type goneError struct{ what string }

func (e goneError) Error() string { return e.what }

// faultError is for a request that is wrong in itself.
type faultError struct{ what string } // may be of several lines, drawn

func (e faultError) Error() string { return e.what }

// busyError is for a request that may be made again later.
type busyError struct {
	status int
	what   string
	after  time.Duration
}

func (e busyError) Error() string { return e.what }

var errNoArchive = fmt.Errorf("archive: %w", store.ErrNotFound)

func (f *Feeds) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var gone goneError
	var fault faultError
	var busy busyError
	switch {
	case errors.As(err, &gone):
		f.say(w, r, http.StatusGone, "This feed is gone", gone.what)
	case errors.As(err, &fault):
		f.say(w, r, http.StatusBadRequest, "This cannot be asked", fault.what)
	case errors.As(err, &busy):
		w.Header().Set("Retry-After", strconv.Itoa(max(1, int(busy.after.Round(time.Second)/time.Second))))
		f.say(w, r, busy.status, "Please try again later", busy.what)
	case errors.Is(err, store.ErrNotFound):
		f.say(w, r, http.StatusNotFound, "No such feed", "There is no such feed. All feeds are listed at "+f.cfg.Base+"/")
	case errors.Is(err, context.Canceled):
		// whoever asked has left
	default:
		f.cfg.Log.Error("feed not rendered", "path", r.URL.Path, "err", err)
		w.Header().Set("Retry-After", "60")
		f.say(w, r, http.StatusServiceUnavailable, "Our fault", "This feed cannot be made just now. Try again in a minute.")
	}
}

var refusal = template.Must(template.New("refusal").Parse(`<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{{.Title}}</title>
<link rel="stylesheet" href="{{.Path}}/style.css">
<link rel="alternate" type="application/atom+xml" title="{{.Site}}: everything" href="{{.Path}}/feed.atom">
<link rel="alternate" type="application/rss+xml" title="{{.Site}}: everything (RSS)" href="{{.Path}}/feed.rss">
<link rel="alternate" type="application/feed+json" title="{{.Site}}: everything (JSON)" href="{{.Path}}/feed.json">
<main>
<h1>{{.Title}}</h1>
{{range .Said}}{{if .Drawn}}<pre>{{.Text}}</pre>{{else}}<p>{{.Text}}</p>{{end}}
{{end}}<p><a href="{{.Path}}/">All feeds</a> · <a href="{{.Path}}/reading">How to read them, and what can be asked</a></p>
</main>
</html>
`))

func (f *Feeds) say(w http.ResponseWriter, r *http.Request, status int, title, what string) {
	h := w.Header()
	h["Access-Control-Allow-Origin"] = headerAnyone
	h["X-Content-Type-Options"] = headerSniff
	h["Content-Security-Policy"] = headerPolicy
	h["Vary"] = []string{"Accept"}
	h.Set("Cache-Control", "no-store")
	if !wantsPage(r.Header["Accept"]) {
		h.Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(status)
		fmt.Fprintln(w, what) //nolint:errcheck // whoever asked has left
		return
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	err := refusal.Execute(w, map[string]any{"Title": title, "Said": said(what), "Path": f.path, "Site": f.cfg.Title})
	if err != nil {
		f.cfg.Log.Debug("refusal not sent", "err", err)
	}
}

// paragraph is a part of what is said. A drawn one keeps its lines as they are.
type paragraph struct {
	Drawn bool
	Text  string
}

// said takes apart what is said, so that only a drawn query keeps its lines, and
// the sentences before and after it fit the screen.
func said(what string) (list []paragraph) {
	carets := false
	for line := range strings.Lines(what) {
		line = strings.TrimRight(line, "\n")
		text, indented := strings.CutPrefix(line, "\t")
		drawn := indented && !carets // what follows the carets is a hint
		carets = drawn && strings.Trim(text, " ^") == ""
		if n := len(list); drawn && n > 0 && list[n-1].Drawn {
			list[n-1].Text += "\n" + text
			continue
		}
		if text != "" {
			list = append(list, paragraph{drawn, text})
		}
	}
	return list
}
