package main

// This file is a Datatracker with one meeting, for scripts.

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// conference is what a Datatracker says of a meeting: the HotRFC session of
// editions/testdata, whose decks number two fewer than 17, a session of a working
// group with drafts on its agenda, and a side meeting.
type conference struct {
	Meeting map[string]any
	Session struct {
		ID        int
		Group     string
		GroupName string `json:"group_name"`
		Starts    string
		Duration  string
	}
	Decks []struct{ Name, Title, Speaker string }

	objects map[string][]map[string]any // by collection; each has the filters it answers to
}

// scriptTracker starts a Datatracker at $TRACKER, on $TRACKERHOST.
func scriptTracker(ts *testscript.TestScript, _ bool, _ []string) {
	text, err := os.ReadFile("../../editions/testdata/hotrfc.json")
	ts.Check(err)
	c := &conference{objects: map[string][]map[string]any{}}
	ts.Check(json.Unmarshal(text, c))
	c.fill()
	server := httptest.NewServer(c)
	ts.Defer(server.Close)
	ts.Setenv("TRACKER", server.URL)
	ts.Setenv("TRACKERHOST", server.Listener.Addr().String())
}

func (c *conference) add(collection string, id any, pairs ...any) string {
	address := fmt.Sprintf("/api/v1/%s/%v/", collection, id)
	object := map[string]any{"id": id, "resource_uri": address}
	for i := 0; i < len(pairs); i += 2 {
		object[pairs[i].(string)] = pairs[i+1]
	}
	c.objects[collection] = append(c.objects[collection], object)
	return address
}

func (c *conference) fill() {
	c.Meeting["schedule"] = "/api/v1/meeting/schedule/1/"
	c.objects["meeting/meeting"] = []map[string]any{c.Meeting}
	c.add("meeting/schedule", 1, "base", nil)
	hot := c.add("group/group", 2161, "acronym", c.Session.Group, "name", c.Session.GroupName, "type", "/api/v1/name/grouptypename/team/")
	tls := c.add("group/group", 1187, "acronym", "tls", "name", "Transport Layer Security", "type", "/api/v1/name/grouptypename/wg/")
	c.sit(c.Session.ID, hot, "", c.Session.Starts, c.Session.Duration)
	c.sit(34002, tls, "", "2025-11-03T14:30:00Z", "2:00:00")
	c.sit(34003, tls, "Side meeting on ropes", "2025-11-04T20:00:00Z", "1:00:00")
	for i, d := range slices.Backward(c.Decks) { // in no order of theirs
		c.bring(c.Session.ID, d.Name, "00", 0, d.Title)
		if d.Speaker != "" {
			person := c.add("person/person", 100+i, "name", d.Speaker)
			c.add("doc/documentauthor", 100+i, "document", "/api/v1/doc/document/"+d.Name+"/", "person", person, "order", 1, "document__name", d.Name)
		}
	}
	c.bring(c.Session.ID, "minutes-124-hotrfc-202511021800", "00", 0, "Minutes HotRFC: Sun 18:00")
	c.bring(34002, "draft-ietf-tls-lanterns", "03", 1, "")
	c.bring(34002, "draft-wing-tls-nobody-knows", nil, 2, "")
}

func (c *conference) sit(id int, group, title, starts, duration string) {
	session := c.add("meeting/session", id, "meeting", "/api/v1/meeting/meeting/2000/", "group", group, "name", title,
		"type", "/api/v1/name/timeslottypename/regular/", "purpose", "/api/v1/name/sessionpurposename/regular/", "on_agenda", true, "meeting__number", "124")
	slot := c.add("meeting/timeslot", id, "time", starts, "duration", duration, "meeting__number", "124")
	c.add("meeting/schedtimesessassignment", id, "session", session, "timeslot", slot, "schedule", "1")
}

func (c *conference) bring(session int, name string, rev any, order int, title string) {
	c.add("meeting/sessionpresentation", 1000+len(c.objects["meeting/sessionpresentation"]), "session", fmt.Sprintf("/api/v1/meeting/session/%d/", session),
		"document", "/api/v1/doc/document/"+name+"/", "rev", rev, "order", order, "session__meeting__number", "124")
	if title != "" {
		c.add("doc/document", name, "name", name, "title", title, "rev", rev, "time", "2025-11-02T20:00:00")
	}
}

// ServeHTTP answers for one object, or for a page of at most five. Of the third
// page of what was brought the address is not there, as where a row is damaged;
// its rows are, one by one.
func (c *conference) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.Trim(strings.TrimPrefix(r.URL.Path, "/api/v1/"), "/")
	if parts := strings.Split(path, "/"); len(parts) == 3 {
		for _, o := range c.objects[parts[0]+"/"+parts[1]] {
			if fmt.Sprint(o["id"]) == parts[2] {
				_ = json.NewEncoder(w).Encode(o)
				return
			}
		}
		http.NotFound(w, r)
		return
	}
	q := r.URL.Query()
	found := []map[string]any{}
	for _, o := range c.objects[path] {
		matches := true
		for _, key := range []string{"meeting__number", "session__meeting__number", "document__name", "schedule", "number"} {
			matches = matches && (!q.Has(key) || o[key] == q.Get(key))
		}
		if matches {
			found = append(found, o)
		}
	}
	offset, _ := strconv.Atoi(q.Get("offset"))
	limit, err := strconv.Atoi(q.Get("limit"))
	if err != nil || limit == 0 || limit > 5 {
		limit = 5
	}
	if path == "meeting/sessionpresentation" && offset == 10 && limit > 1 {
		http.NotFound(w, r)
		return
	}
	end := min(offset+limit, len(found))
	var next any
	if end < len(found) {
		q.Set("offset", strconv.Itoa(end))
		q.Set("limit", strconv.Itoa(limit))
		next = r.URL.Path + "?" + q.Encode()
	}
	_ = json.NewEncoder(w).Encode(map[string]any{
		"meta":    map[string]any{"limit": limit, "next": next, "offset": offset, "previous": nil, "total_count": len(found)},
		"objects": found[min(offset, end):end],
	})
}
