package main

// This file holds the upstreams of the crash test that the demo does not have:
// the archives of lists by HTTP, a Maildir, and the indexes.

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// kinds gives one more item of every kind at each step, and takes nothing back.
type kinds struct {
	server  *httptest.Server
	maildir string
	day     time.Time // of what has only a day: no edition looks back to it
	today   time.Time // when people meet, so that their meeting is asked for often

	mu    sync.Mutex
	steps []time.Time
	calm  bool // nothing comes any more: see rest
}

func newKinds(t *testing.T, dir string, today time.Time) *kinds {
	k := &kinds{maildir: filepath.Join(dir, "maildir"), day: today.AddDate(0, 0, -400), today: today}
	for _, sub := range []string{"tmp", "new", "cur"} {
		if err := os.MkdirAll(filepath.Join(k.maildir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /mbox/{file}", k.monthly("mbox", false))
	mux.HandleFunc("GET /pipermail/pipermail/{$}", k.index)
	mux.HandleFunc("GET /pipermail/pipermail/{file}", k.monthly("pipermail", false))
	mux.HandleFunc("GET /list/hyperkitty@lists.example/export/{file}", k.monthly("hyperkitty", true))
	mux.HandleFunc("GET /inbox/new.atom", k.inbox)
	mux.HandleFunc("GET /inbox/{id}/raw", k.raw)
	mux.HandleFunc("GET /rfc-index.xml", k.rfcIndex)
	mux.HandleFunc("GET /1id-abstracts.txt", k.abstracts)
	mux.HandleFunc("GET /all_id2.txt", k.allIDs)
	mux.HandleFunc("GET /api/v1/{app}/{collection}/{$}", k.tracker)
	mux.HandleFunc("GET /api/v1/group/group/1/{$}", k.group)
	mux.HandleFunc("GET /api/v1/doc/document/{name}/{$}", k.material)
	k.server = httptest.NewServer(mux)
	t.Cleanup(k.server.Close)
	k.advance(t, 3) // an index without entries is refused
	return k
}

// advance lets n more out, dated now and apart.
func (k *kinds) advance(t *testing.T, n int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.calm = false
	for range n {
		i := len(k.steps)
		k.steps = append(k.steps, now().UTC().Truncate(time.Second))
		file := fmt.Sprintf("%d.M%dP1.host", k.steps[i].Unix(), i)
		tmp := filepath.Join(k.maildir, "tmp", file)
		if err := os.WriteFile(tmp, []byte(k.letter("maildir", i)), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(tmp, filepath.Join(k.maildir, "new", file)); err != nil {
			t.Fatal(err)
		}
	}
}

// rest makes the mailboxes old, so that their last mails count as whole.
func (k *kinds) rest() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.calm = true
}

// letter is the i-th mail of a list.
func (k *kinds) letter(list string, i int) string {
	return fmt.Sprintf(`From: Writer %d <w%d@people.example>
Date: %s
Message-ID: <%d@%s.lists.example>
Subject: Letter %d on %s
List-Id: <%s.lists.example>

Where number %d is read, draft-step-%d is spoken of too.
`, i%7, i%7, k.steps[i].Format(time.RFC1123Z), i, list, i, list, list, i, i)
}

// monthly serves the letters of one month, as the name of the file has it.
func (k *kinds) monthly(list string, zip bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		file := r.PathValue("file")
		month, _, _ := strings.Cut(file, ".")
		k.mu.Lock()
		var b bytes.Buffer
		var latest time.Time
		for i, at := range k.steps {
			if at.Format("2006-01") == month || at.Format("2006-January") == month {
				fmt.Fprintf(&b, "From w@people.example  %s\n%s\n", at.Format(time.ANSIC), k.letter(list, i))
				latest = at
			}
		}
		if k.calm {
			latest = latest.Add(-time.Hour)
		}
		k.mu.Unlock()
		if b.Len() == 0 && !zip { // HyperKitty exports months without mails too
			http.NotFound(w, r)
			return
		}
		if zip {
			var z bytes.Buffer
			gz := gzip.NewWriter(&z)
			_, _ = gz.Write(b.Bytes())
			_ = gz.Close()
			b = z
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("ETag", fmt.Sprintf(`"%d"`, b.Len())) // times may go back: see rest
		http.ServeContent(w, r, file, latest, bytes.NewReader(b.Bytes()))
	}
}

// index links to the months there are.
func (k *kinds) index(w http.ResponseWriter, _ *http.Request) {
	k.mu.Lock()
	defer k.mu.Unlock()
	first, last := k.steps[0].Format("2006-January"), k.steps[len(k.steps)-1].Format("2006-January")
	fmt.Fprintf(w, `<html><body><table><tr><td><A href="%s.txt">text</A></td></tr>`, last)
	if first != last {
		fmt.Fprintf(w, `<tr><td><A href="%s.txt">text</A></td></tr>`, first)
	}
	fmt.Fprint(w, `</table></body></html>`)
}

// sparse is how many steps go by for each message of the inbox, which are all
// asked for one by one.
const sparse = 16

// inbox tells of messages from a time on, or of the newest.
func (k *kinds) inbox(w http.ResponseWriter, r *http.Request) {
	const page = 25
	k.mu.Lock()
	defer k.mu.Unlock()
	after, err := time.Parse("20060102150405-", r.URL.Query().Get("t"))
	var list []int
	for i := 0; i < len(k.steps); i += sparse {
		if err != nil || !k.steps[i].Before(after) {
			list = append(list, i)
		}
	}
	switch {
	case err == nil && len(list) >= page:
		list = list[:page]
	default:
		list = nil
		for i := 0; i < len(k.steps); i += sparse {
			list = append(list, i)
		}
		list = list[max(0, len(list)-page):]
	}
	fmt.Fprint(w, `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>inbox</title><id>mailto:inbox@lists.example</id>`)
	for _, i := range list {
		id := fmt.Sprintf("%d@inbox.lists.example", i)
		fmt.Fprintf(w, `<entry><title>Letter %d</title><updated>%s</updated><link href="%s/inbox/%s/"/><id>urn:uuid:%d</id></entry>`,
			i, k.steps[i].Format(time.RFC3339), k.server.URL, html.EscapeString(url.PathEscape(id)), i)
	}
	fmt.Fprint(w, `</feed>`)
}

func (k *kinds) raw(w http.ResponseWriter, r *http.Request) {
	var i int
	if _, err := fmt.Sscanf(r.PathValue("id"), "%d@inbox.lists.example", &i); err != nil {
		http.NotFound(w, r)
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	fmt.Fprint(w, k.letter("inbox", i))
}

func (k *kinds) rfcIndex(w http.ResponseWriter, _ *http.Request) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.made(w)
	fmt.Fprint(w, `<?xml version="1.0" encoding="UTF-8"?><rfc-index xmlns="https://www.rfc-editor.org/rfc-index">`)
	for i := range k.steps {
		fmt.Fprintf(w, `<rfc-entry><doc-id>RFC%d</doc-id><title>Step %d</title><author><name>A. Writer</name></author>
<date><month>%s</month><year>%d</year></date><page-count>7</page-count><abstract><p>It takes step %d.</p></abstract>
<draft>draft-step-%d-01</draft><current-status>PROPOSED STANDARD</current-status>
<publication-status>PROPOSED STANDARD</publication-status><stream>IETF</stream></rfc-entry>`,
			20000+i, i, k.day.AddDate(0, -1, 0).Month(), k.day.AddDate(0, -1, 0).Year(), i, i)
	}
	fmt.Fprint(w, `</rfc-index>`)
}

// made says the same of every version of an index: when it was made is part of
// what is taken from it.
func (k *kinds) made(w http.ResponseWriter) {
	w.Header().Set("Last-Modified", k.day.UTC().Format(http.TimeFormat))
}

func (k *kinds) abstracts(w http.ResponseWriter, _ *http.Request) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.made(w)
	fmt.Fprint(w, "              Current Internet-Drafts\n\n\nSteps (step)\n------------\n\n")
	for i := range k.steps {
		fmt.Fprintf(w, "  \"The Step %d\", Ada Writer, %s,\n  <draft-step-%d-01.txt>\n\n      What it takes to take step %d.\n\n",
			i, k.day.Format(time.DateOnly), i, i)
	}
}

func (k *kinds) allIDs(w http.ResponseWriter, _ *http.Request) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.made(w)
	fmt.Fprint(w, "# Index of all Internet-Drafts\n#\n")
	for i := range k.steps {
		fmt.Fprintf(w, "draft-step-%d-01\t-1\tActive\tAD Evaluation\t\t\t%s\tstep\tint\tAnn Director\tProposed Standard\t\t.txt\tStep %d\tAda Writer\t\ta@people.example\n",
			i, k.day.Format(time.DateOnly), i)
	}
	fmt.Fprint(w, "#\n# end")
}

// tracker serves documents, all changed at the same time, on one page.
func (k *kinds) tracker(w http.ResponseWriter, r *http.Request) {
	k.mu.Lock()
	defer k.mu.Unlock()
	objects := []map[string]any{}
	at := k.day.UTC().Format("2006-01-02T15:04:05")
	switch r.PathValue("collection") {
	case "state":
		objects = append(objects, map[string]any{"resource_uri": "/api/v1/doc/state/1/", "type": "/api/v1/doc/statetype/draft/", "slug": "active"})
	case "group":
		objects = append(objects, map[string]any{"resource_uri": "/api/v1/group/group/1/", "acronym": "step", "type": "/api/v1/name/grouptypename/wg/", "time": at})
	case "document":
		for i := range k.steps {
			objects = append(objects, map[string]any{
				"name": fmt.Sprintf("draft-tracked-%d", i), "rev": "00", "time": at, "title": fmt.Sprintf("Tracked %d", i), "abstract": "It is tracked.",
				"pages": 3, "type": "/api/v1/name/doctypename/draft/", "group": "/api/v1/group/group/1/", "stream": "/api/v1/name/streamname/ietf/",
				"states": []string{"/api/v1/doc/state/1/"},
			})
		}
	case "meeting":
		objects = append(objects, map[string]any{
			"number": "999", "date": k.today.Format(time.DateOnly), "days": 5, "city": "Town", "country": "XX", "time_zone": "Asia/Tokyo",
		})
	case "session": // one for each step, with a deck and minutes; none changes
		for i := range k.steps {
			objects = append(objects, map[string]any{"id": i + 1, "group": "/api/v1/group/group/1/", "name": fmt.Sprintf("Step %d", i)})
		}
	case "sessionpresentation":
		for i := range k.steps {
			for _, name := range []string{"slides-999-step-sessa-01-step%d", "minutes-999-step-step%d"} {
				objects = append(objects, map[string]any{
					"session":  fmt.Sprintf("/api/v1/meeting/session/%d/", i+1),
					"document": "/api/v1/doc/document/" + fmt.Sprintf(name, i) + "/", "rev": "00", "order": 1,
				})
			}
		}
	case "relateddocument":
		if r.URL.Query().Get("relationship") != "replaces" {
			break
		}
		for i := 1; i < len(k.steps); i += 2 {
			objects = append(objects, map[string]any{
				"id": i, "relationship": "replaces",
				"source": fmt.Sprintf("/api/v1/doc/document/draft-tracked-%d/", i), "target": fmt.Sprintf("/api/v1/doc/document/draft-tracked-%d/", i-1),
			})
		}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{
		"meta": map[string]any{"limit": len(objects), "next": nil, "offset": 0, "total_count": len(objects)}, "objects": objects,
	})
}

func (k *kinds) group(w http.ResponseWriter, _ *http.Request) {
	_ = json.NewEncoder(w).Encode(map[string]any{"acronym": "step", "name": "Steps", "type": "/api/v1/name/grouptypename/wg/"})
}

// material is a document of a meeting.
func (k *kinds) material(w http.ResponseWriter, r *http.Request) {
	_ = json.NewEncoder(w).Encode(map[string]any{
		"name": r.PathValue("name"), "title": "On " + r.PathValue("name"), "rev": "00", "time": k.day.UTC().Format(time.RFC3339),
	})
}

// sources are the kinds as the configuration names them.
func (k *kinds) sources() string {
	var b strings.Builder
	for _, s := range []struct{ kind, keys string }{
		{"mbox", `url = "` + k.server.URL + `/mbox/{YYYY}-{MM}.mail"`},
		{"pipermail", `url = "` + k.server.URL + `/pipermail/pipermail/"`},
		{"hyperkitty", `url = "` + k.server.URL + `/list/hyperkitty@lists.example/"`},
		{"public-inbox", `url = "` + k.server.URL + `/inbox/"
since = "` + k.day.Format(time.DateOnly) + `"`}, // else the first poll takes the newest alone
		{"maildir", `path = "` + filepath.ToSlash(k.maildir) + `"`},
		{"smtp", `list_id = "smtp.lists.example"`},
		{"rfc-index", `url = "` + k.server.URL + `/rfc-index.xml"`},
		{"id-abstracts", `url = "` + k.server.URL + `/1id-abstracts.txt"`},
		{"all-ids", `announcements = true
url = "` + k.server.URL + `/all_id2.txt"`},
		{"datatracker", `announcements = true
url = "` + k.server.URL + `"`},
		{"meeting", `announcements = true
meetings = ["999"]
url = "` + k.server.URL + `"`},
	} {
		fmt.Fprintf(&b, "[[source]]\nname = \"all-%s\"\nkind = %q\n%s\n", s.kind, s.kind, s.keys)
		if s.kind != "smtp" {
			fmt.Fprintf(&b, "interval = \"1s\"\n")
		}
		fmt.Fprintln(&b)
	}
	return b.String()
}
