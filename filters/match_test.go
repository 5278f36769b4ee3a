package filters

import (
	"strings"
	"testing"

	"github.com/draftwire/draftwire/catalog"
)

// Events made by hand for the tests of this package.
var (
	multipath = &catalog.Event{
		Document: "draft-ietf-quic-multipath", Kind: catalog.Draft, Event: catalog.Revised, Rev: "18",
		Facts: catalog.Facts{
			Title:    "Managing Multiple Paths for a QUIC Connection",
			Abstract: "This document describes how a QUIC connection may use several network paths at once, and the frames that govern them.",
			Authors:  []catalog.Author{{Name: "Mirja Kühlewind"}, {Name: "Quentin De Coninck"}},
			Group:    "quic", Stream: catalog.IETF, Pages: 39,
		},
		Lineage: []string{"draft-deconinck-quic-multipath", "draft-ietf-quic-multipath"},
		Sources: []string{"i-d-announce", "quic-archive"},
		Lists:   []string{"i-d-announce.ietf.org", "quic.ietf.org"},
	}
	hybrid = &catalog.Event{
		Document: "draft-example-post-quantum-hybrid", Kind: catalog.Draft, Event: catalog.New, Rev: "00",
		Facts: catalog.Facts{
			Title:    "Postquantum Key Agreements in TLS 1.3",
			Abstract: "Hybrid key exchange joins a classical and a post-quantum part. Policies for prefixes are given.",
			Authors:  []catalog.Author{{Name: "Löffler, Ada"}},
		},
		Lineage: []string{"draft-example-post-quantum-hybrid"},
		Sources: []string{"i-d-announce"},
	}
	japanese = &catalog.Event{
		Document: "entry-0123", Kind: catalog.Post, Event: catalog.Posted,
		Facts:   catalog.Facts{Title: "インターネットの標準化について", Abstract: "量子暗号とTLSの話。"},
		Lineage: []string{"entry-0123"},
		Sources: []string{"Blog 日本"},
	}
	rfc = &catalog.Event{
		Document: "rfc9999", Kind: catalog.RFC, Event: catalog.Published,
		Facts:   catalog.Facts{Title: "Post Quantum Considerations", Stream: catalog.IRTF, Group: "cfrg", Pages: 12},
		Lineage: []string{"draft-irtf-cfrg-considerations", "rfc9999"},
	}
	bare = &catalog.Event{}
)

var events = map[string]*catalog.Event{
	"multipath": multipath, "hybrid": hybrid, "japanese": japanese, "rfc": rfc, "bare": bare,
}

// Each row is also asked negated, and must then find the others.
func TestMatch(t *testing.T) {
	items := map[string]*Item{}
	for name, e := range events {
		items[name] = NewItem(e)
	}
	for _, tt := range []struct{ query, want string }{
		{"quic", "multipath"},
		{"QUIC path", "multipath"}, // plural and singular are alike
		{"connections", "multipath"},
		{"network paths", "multipath"},
		{`"network paths"`, "multipath"},
		{`"paths network"`, ""},
		{`"several paths"`, ""},
		{"policy prefix", "hybrid"},
		{"footer", ""},
		// Hyphens: the phrase or the joined form, but not the other way round.
		{"post-quantum", "hybrid rfc"},
		{"postquantum", "hybrid"},
		{`"post quantum"`, "hybrid rfc"},
		{"title:post-quantum", "hybrid rfc"},
		{"title:postquantum", "hybrid"},
		{"abstract:postquantum", "hybrid"},  // the abstract writes post-quantum
		{`abstract:"part postquantum"`, ""}, // a joined form is no neighbour
		{"multi-path", "multipath"},         // the name says multipath
		{"Multi-Paths", "multipath"},
		// Names: the lineage, whole or in parts, with the revision or without.
		{"name:draft-ietf-quic-multipath", "multipath"},
		{"draft-ietf-quic-multipath-18", "multipath"},
		{"name:draft-ietf-quic-multipath-17", ""},
		{"name:draft-deconinck-quic-multipath", "multipath"},
		{"name:draft-deconinck-quic-multipath-18", ""},
		{`name:"multipath draft"`, ""}, // no phrase from one name into the next
		{"name:draft-irtf-cfrg-considerations", "rfc"},
		{"name:rfc9999", "rfc"},
		{"name:quic-multi*", "multipath"},
		// Authors: one at a time, diacritics aside.
		{"author:kuhlewind", "multipath"},
		{"author:Kühlewind author:Coninck", "multipath"},
		{`author:"Mirja Kühlewind"`, "multipath"},
		{`author:"Kühlewind Quentin"`, ""},
		{"author:loffler", "hybrid"},
		{"title:mirja", ""},
		{"Löf*", "hybrid"},
		// Numbers in words.
		{"1.3", "hybrid"},
		{"tls 1", ""},
		// CJK.
		{"標準", "japanese"},
		{"標準化", "japanese"},
		{"準標", ""},
		{"標", "japanese"},
		{"化", "japanese"},
		{"量子暗号", "japanese"},
		{"「暗号とTLS」", "japanese"},
		{"号とTLSの話", "japanese"},
		{"ｲﾝﾀｰﾈｯﾄ", "japanese"},
		{"TLS", "hybrid japanese"},
		{"author:標準", ""},
		// Facets.
		{"group:quic", "multipath"},
		{"wg:QUIC", "multipath"},
		{"group:qui", ""},
		{"group:nosuch", ""},
		{"kind:draft", "multipath hybrid"},
		{"event:new OR event:rfc", "hybrid rfc"},
		{"stream:irtf", "rfc"},
		{"rev:00", "hybrid"},
		{"rev:18 rev:>=10", "multipath"},
		{"rev:<18", "hybrid"},
		{"rev:>=0", "multipath hybrid"},
		{"source:quic-archive", "multipath"},
		{"source:I-D-Announce", "multipath hybrid"},
		{`source:"blog 日本"`, "japanese"},
		{"list:quic", "multipath"},
		{"list:quic.ietf.org", "multipath"},
		{"list:quic@ietf.org", "multipath"},
		{"list:ietf", ""},
		// Numbers: what is missing matches nothing.
		{"pages:39", "multipath"},
		{"pages:<20", "rfc"},
		{"pages:>=12", "multipath rfc"},
		{"pages:10..39", "multipath rfc"},
		{"pages:0", ""},
		{"pages:<=999999", "multipath rfc"},
		// Precedence and negation.
		{"kind:rfc OR kind:draft group:quic", "multipath rfc"},
		{"(kind:rfc OR kind:draft) group:quic", "multipath"},
		{"kind:draft -group:quic", "hybrid"},
		{"-stream:ietf", "hybrid japanese rfc bare"},
		{"-pages:>5", "hybrid japanese bare"},
		{"NOT kind:draft kind:rfc", "rfc"},
		{"-(kind:draft OR kind:rfc)", "japanese bare"},
		{"group:quic OR -kind:draft", "multipath japanese rfc bare"},
		{"title:(multiple post) OR title:(multiple connection)", "multipath"},
		{"title:(tls -quic)", "hybrid"},
		{"draft", "multipath hybrid rfc"}, // the rfc was a draft
		{"", "multipath hybrid japanese rfc bare"},
	} {
		want := map[string]bool{}
		for name := range strings.FieldsSeq(tt.want) {
			want[name] = true
		}
		q := mustParse(t, tt.query)
		for name, item := range items {
			if q.Match(item) != want[name] {
				t.Errorf("%s matches %s: %v, want %v", tt.query, name, !want[name], want[name])
			}
			if !q.IsAll() && mustParse(t, "-("+tt.query+")").Match(item) == want[name] {
				t.Errorf("-(%s) matches %s: %v, want %v", tt.query, name, want[name], !want[name])
			}
			if e := q.Explain(item); e.Matched != want[name] || e.Reason == "" {
				t.Errorf("%s explained of %s: %+v, want matched %v and a reason", tt.query, name, e, want[name])
			}
		}
	}
}

func TestColumn(t *testing.T) {
	it := NewItem(multipath)
	for c, want := range map[Column]string{
		Title: "managing multiple path for a quic connection",
		Name: "draft deconinck quic multipath . draft ietf quic multipath . draft ietf quic multipath 18" +
			" . draftdeconinckquicmultipath . draftietfquicmultipath . draftietfquicmultipath18",
		Group:   "quic",
		Authors: "mirja kuhlewind . quentin de coninck",
		Facets: "all kind=draft event=revision group=quic stream=ietf rev=18 source=i-d-announce source=quic-archive" +
			" list=i-d-announce.ietf.org list=i-d-announce list=quic.ietf.org list=quic",
	} {
		if got := it.Column(c); got != want {
			t.Errorf("column %s:\n got %s\nwant %s", c, got, want)
		}
	}
	if got := NewItem(bare).Column(Facets); got != Everything {
		t.Errorf("facets of an event without values: %q, want %q", got, Everything)
	}
}

func TestExplain(t *testing.T) {
	for _, tt := range []struct {
		query string
		event *catalog.Event
		want  string
	}{
		{"group:quic title:paths", multipath, `It matches: group:quic, title "Paths".`},
		{"post-quantum", rfc, `It matches: title "Post Quantum".`},
		{"post-quantum", hybrid, `It matches: title "Postquantum".`},
		{"量子暗号", japanese, `It matches: abstract "量子暗号".`},
		{"conn*", multipath, `It matches: title "Connection".`},
		{"pages:>30 rev:18", multipath, `It matches: pages 39, rev:18.`},
		{"a b c", multipath, `It does not match: nothing says b.`},
		{"group:tls OR title:tls", multipath, `It does not match: group is quic, not tls; title does not say tls.`},
		{"group:tls", hybrid, `It does not match: group is unknown.`},
		{"pages:<20", multipath, `It does not match: pages is 39, not <20.`},
		{"quic -title:multiple", multipath, `It does not match: excluded by title "Multiple".`},
		{"quic -title:tls", multipath, `It matches: title "QUIC".`},
		{"quic -pages:>50", multipath, `It matches: title "QUIC".`},
		{"quic -(title:tls OR title:dtls) -group:tls", multipath, `It matches: title "QUIC".`},
		{"-pages:<20 -group:tls", hybrid, `It matches: not pages:<20, not group:tls.`},
		{"-pages:<20", hybrid, `It matches: not pages:<20.`},
		{"kind:rfc OR kind:draft", multipath, `It matches: kind:draft.`},
		{"list:tls", multipath, `It does not match: list is i-d-announce.ietf.org, i-d-announce, quic.ietf.org, quic, not tls.`},
		{"", multipath, `It matches: an empty query finds everything.`},
		{
			"this may use several network frames", multipath,
			`It matches: abstract "This", abstract "may", abstract "use", abstract "several", and 2 more.`,
		},
	} {
		if got := mustParse(t, tt.query).Explain(NewItem(tt.event)).Sentence(); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.query, got, tt.want)
		}
	}
}

// A prepared item is matched without allocating.
func TestMatchDoesNotAllocate(t *testing.T) {
	it := NewItem(multipath)
	q := mustParse(t, `(nosuch OR "network paths" OR conn*) group:quic -author:nobody rev:>=3`)
	if !q.Match(it) {
		t.Fatalf("%s does not match", q)
	}
	if n := testing.AllocsPerRun(100, func() { q.Match(it) }); n != 0 {
		t.Errorf("a match allocates %v times", n)
	}
}

// catalogEvent makes an event that says one text everywhere.
func catalogEvent(text string) *catalog.Event {
	return &catalog.Event{
		Document: text, Facts: catalog.Facts{Title: text, Group: text}, Sources: []string{text}, Lists: []string{text},
	}
}
