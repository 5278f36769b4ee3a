package config_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/config"
	"github.com/draftwire/draftwire/demo"
	"github.com/draftwire/draftwire/filters"
)

// shipped reads the shipped topics as the topics of a configuration.
func shipped(t *testing.T) []config.Topic {
	t.Helper()
	c, err := config.Parse("topics.toml", []byte(config.ShippedTopics()))
	if err != nil {
		t.Fatal(err)
	}
	return c.Topics
}

func TestShippedTopics(t *testing.T) {
	topics := shipped(t)
	if len(topics) < 38 || len(topics) > 50 {
		t.Errorf("got %d topics, want about 40", len(topics))
	}
	titles := map[string]string{}
	for _, topic := range topics {
		if topic.Title == "" || topic.Titles["ja"] == "" || topic.Description == "" {
			t.Errorf("%s: wants title, titles.ja and description", topic.Name)
		}
		for _, title := range []string{topic.Title, topic.Titles["ja"]} {
			if other, taken := titles[title]; taken && other != topic.Name {
				t.Errorf("%s and %s are both called %q", topic.Name, other, title)
			}
			titles[title] = topic.Name
		}
		if strings.Contains(topic.Query.Text, "draft-") {
			t.Errorf("%s names a draft: topics are about what comes, not what is", topic.Name)
		}
		if hints := topic.Query.Tree.Hints(); len(hints) > 0 {
			t.Errorf("%s: %+v", topic.Name, hints)
		}
	}
}

// matching names the topics that find an event, in their order.
func matching(topics []config.Topic, e *catalog.Event) []string {
	item := filters.NewItem(e)
	var names []string
	for _, topic := range topics {
		if topic.Query.Tree.Match(item) {
			names = append(names, topic.Name)
		}
	}
	return names
}

// TestTopicsAreSharp holds borders between topics that are easily blurred. The
// drafts are made up.
func TestTopicsAreSharp(t *testing.T) {
	topics := shipped(t)
	for _, row := range []struct{ name, title, abstract, want string }{
		{"draft-x-idr-session", "Graceful Session Handling in BGP", "Works over TCP-AO, TLS and QUIC.", "bgp"},
		{"draft-x-sidrops-pace", "Pacing of Router Updates", "Caches talk to BGP speakers.", "routing-security"},
		{"draft-x-rpki-in-bgp", "Carrying RPKI States in BGP Communities", "", "routing-security"},
		{"draft-x-sr", "BGP Extensions for Segment Routing Policies", "", "bgp"},
		{"draft-x-ospf", "OSPF Extensions for Segment Routing over IPv6", "", "igp"},
		{"draft-x-radius", "RADIUS over TLS 1.3", "", "access"},
		{"draft-x-eap", "Session Tickets in EAP-TLS", "", "access"},
		{"draft-x-acme", "An ACME Challenge in the DNS", "", "pki dns"},
		{"draft-ietf-acme-x", "Persistent DNS Challenges", "", "pki"},
		{"draft-x-moq", "Priorities in Media over QUIC", "", "media"},
		{"draft-x-ecn", "ECN Feedback for QUIC and TCP", "", "congestion"},
		{"draft-x-doq", "DNS over QUIC between Resolvers", "", "quic dns"},
		{"draft-x-hpke", "Hybrid KEMs for HPKE", "Safe against a quantum computer, post-quantum in short.", "post-quantum crypto"},
		{"draft-x-qkd", "Applications of the Quantum Internet", "", ""},
		{"draft-x-ppm", "Privacy Preserving Measurement of Crashes", "", "privacy"},
		{"draft-x-dhcp", "A Sub-option for the DHCP Relay Agent", "", ""},
		{"draft-x-ua", "Freezing the HTTP User-Agent Field", "", "http"},
		{"draft-x-agents", "Discovery of AI Agents across Domains", "", "ai-agents"},
		{"draft-x-llm", "Large Language Models for Network Troubleshooting", "", "ai-networks"},
		{"draft-x-llm-net", "AI Agents for Network Management", "", "yang ai-agents ai-networks"},
		{"draft-x-train", "Load Balancing in AI Training Clusters", "", "data-centre"},
		{"draft-x-attest", "Attestation of TLS Endpoints", "", "tls attestation"},
		{"draft-x-suite", "Retiring Old Cipher Suites", "", ""},
		{"draft-x-trust", "Trust Registries for Wallets", "", "identity"},
		{"draft-x-iana", "Moving an IANA Registry to Expert Review", "", "process"},
		{"draft-x-nfs", "Space Reservation in NFSv4.2", "", "data-centre"},
		{"draft-yang-green-leo", "A Letter without a Subject", "", ""}, // names of people are no topics
	} {
		got := strings.Join(matching(topics, &catalog.Event{
			Document: row.name, Kind: catalog.Draft, Event: catalog.New, Rev: "00",
			Facts: catalog.Facts{Title: row.title, Abstract: row.abstract, Group: catalog.GroupOfDraft(row.name)},
		}), " ")
		if got != row.want {
			t.Errorf("%s, %q: got %q, want %q", row.name, row.title, got, row.want)
		}
	}
}

// silent are topics about which the demo's month has nothing.
var silent = []string{"messaging", "traffic-engineering", "telephony", "process"}

// TestTopicsOnSample holds that no topic swallows the demo's month, that none
// is empty, and that few of its documents stand in no section.
func TestTopicsOnSample(t *testing.T) {
	topics := shipped(t)
	events := documents(demo.Generate(time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)))
	found, lost := map[string]int{}, 0
	for _, e := range events {
		names := matching(topics, e)
		t.Logf("%-55s %q", e.Document, names)
		if len(names) > 4 {
			t.Errorf("%s stands in %q: topics that sharp ones would not share", e.Document, names)
		}
		if len(names) == 0 {
			lost++
		}
		for _, name := range names {
			found[name]++
		}
	}
	for _, topic := range topics {
		n := found[topic.Name]
		t.Logf("%3d %s", n, topic.Name)
		if n*100 > 15*len(events) {
			t.Errorf("%s has %d of %d documents: it is no section", topic.Name, n, len(events))
		}
		if (n == 0) != slices.Contains(silent, topic.Name) {
			t.Errorf("%s has %d documents of the sample", topic.Name, n)
		}
	}
	t.Logf("%d documents, %d of them in no topic", len(events), lost)
	if lost*20 > len(events) {
		t.Errorf("%d of %d documents stand in no topic", lost, len(events))
	}
}

// documents gives an event for each document of a sample, its newest.
func documents(s *demo.Sample) []*catalog.Event {
	newest := map[string]*catalog.Event{}
	for _, a := range s.Announcements {
		e := &catalog.Event{
			Document: a.Name, Kind: a.Kind, Rev: a.Rev, Lineage: []string{a.Name},
			Facts: catalog.Facts{Title: a.Title, Abstract: strings.Join(a.Abstract, "\n\n"), Group: a.Group.Acronym},
		}
		newest[a.Name] = e
	}
	var list []*catalog.Event
	for _, e := range newest {
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b *catalog.Event) int { return strings.Compare(a.Document, b.Document) })
	return list
}
