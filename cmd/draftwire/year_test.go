package main

// This file generates a year of announcements in the real format and with real
// volumes, in front of four days whose drafts are known.

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/demo"
)

// corpusFile reads a file of the corpus, or skips the test.
func corpusFile(t testing.TB, name string) []byte {
	t.Helper()
	dir := os.Getenv("DRAFTWIRE_CORPUS")
	if dir == "" {
		if os.Getenv("DRAFTWIRE_REQUIRE") == "1" {
			t.Fatal("DRAFTWIRE_CORPUS is not set, and DRAFTWIRE_REQUIRE=1 asks for it")
		}
		t.Skip("DRAFTWIRE_CORPUS is not set")
	}
	raw, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// seedDraft is a draft of one of the four days, as far as it is known.
type seedDraft struct {
	Date, Title, Name, Rev, WG, Abstract, Note string
	Pos                                        int
}

func knownDrafts(t testing.TB) []seedDraft {
	t.Helper()
	var file struct{ Drafts []seedDraft }
	if err := json.Unmarshal(corpusFile(t, "seeds-drafts.json"), &file); err != nil {
		t.Fatal(err)
	}
	return file.Drafts
}

// year makes the traffic. Its titles and people are those of RFCs, so that
// words are as frequent as they are in the work of the IETF; groups are given
// by what titles tell.
type year struct {
	dice   *rand.Rand
	works  []work            // in no order
	groups map[string][]work // of a group
	drafts []demo.Announcement
	out    []demo.Announcement
	made   int
}

// work is what a draft may be about.
type work struct {
	title, group string
	authors      []demo.Person
}

var groupWords = []struct{ words, group string }{
	{`RPKI|BGPsec|Route Origin|ROA`, "sidrops"},
	{`BGP`, "idr"},
	{`OSPF|IS-IS|Link.State|IGP`, "lsr"},
	{`TLS`, "tls"},
	{`QUIC`, "quic"},
	{`DNS|Domain Name`, "dnsop"},
	{`NETCONF`, "netconf"},
	{`YANG`, "netmod"},
	{`SIP\b|Session Initiation`, "sipcore"},
	{`RTP`, "avtcore"},
	{`6LoWPAN|Low-Power|RPL`, "roll"},
	{`SRv6|Segment Routing`, "spring"},
	{`IPv6`, "6man"},
	{`EVPN|VPLS|VPN`, "bess"},
	{`PCE|Path Computation`, "pce"},
	{`MPLS|LSP`, "mpls"},
	{`OAuth`, "oauth"},
	{`HTTP`, "httpbis"},
	{`CoAP|Constrained`, "core"},
	{`COSE|CBOR`, "cbor"},
	{`X\.509|Certificate|PKI`, "lamps"},
	{`Multicast|PIM`, "pim"},
	{`LISP|Locator/ID`, "lisp"},
	{`IKE|IPsec`, "ipsecme"},
	{`TCP`, "tcpm"},
	{`NFS`, "nfsv4"},
	{`SMTP|Mail|MIME|DKIM`, "emailcore"},
	{`IMAP|JMAP|Sieve`, "extra"},
	{`Curve|Hash|Signature|Cryptograph|Cipher`, "cfrg"},
	{`Attestation|TEEP`, "rats"},
	{`DetNet|Deterministic`, "detnet"},
	{`EPP|RDAP|Registr`, "regext"},
	{`Congestion|Transport|SCTP|Diffserv`, "tsvwg"},
	{`iCal|vCard|Calendar`, "calext"},
	{`DHCP`, "dhc"},
	{`MANET|Mobile|Mobility`, "manet"},
	{`Benchmark`, "bmwg"},
	{`SNMP|MIB|Management`, "opsawg"},
	{`Kerberos|GSS|SASL`, "kitten"},
	{`Optical|GMPLS|TE\b`, "ccamp"},
}

// trends are what there is more of than RFCs tell, in postings of a hundred.
var trends = []struct {
	share         float64
	group, family string
	titles        []string
}{
	{0.0026, "wimse", "", []string{
		"Workload Identity in a Multi System Environment (WIMSE) Architecture", "WIMSE Workload Proof Token",
		"Workload Identity Practices", "WIMSE Token Exchange", "WIMSE Workload-to-Workload Authentication",
	}},
	{0.008, "", "agent", []string{
		"AI Agent Discovery", "Authentication of AI Agents", "Agent Communication Protocol", "Requirements for AI Agent Networks",
		"Agentic AI Use Cases in Network Operations", "Agent Naming", "Multi-Agent Coordination", "Model Context Protocol over Media Transport",
		"AI Agent Authorization with OAuth", "Framework for Agent Gateways", "Problem Statement of Agent Networks", "Agent Registration",
	}},
	{0.006, "", "pq", []string{
		"Post-Quantum Key Exchange for TLS", "Hybrid Post-Quantum Authentication", "ML-DSA in Certificates", "ML-KEM for IKEv2",
		"Post-Quantum Migration Guidance", "Composite Signatures with Post-Quantum Algorithms", "Post-Quantum Cryptography for Engineers",
	}},
}

var rfcLine = regexp.MustCompile(`(?s)^RFC(\d+) .*?\|.*?\| (.*?), "(.*)", RFC \d+`)

func newYear(t testing.TB, seed uint64) *year {
	t.Helper()
	y := &year{dice: rand.New(rand.NewPCG(seed, 7)), groups: map[string][]work{}}
	for line := range strings.Lines(string(corpusFile(t, "ietf-meta/rfc-editor/rfc-ref.txt"))) {
		m := rfcLine.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil || len(m[1]) < 4 {
			continue
		}
		w := work{title: m[3], group: y.groupOf(m[3])}
		for _, name := range strings.FieldsFunc(strings.NewReplacer(", Ed.", "", " and ", ",").Replace(m[2]), func(r rune) bool { return r == ',' }) {
			if name = strings.TrimSpace(name); len(name) > 3 {
				w.authors = append(w.authors, person(name))
			} else if n := len(w.authors); n > 0 && strings.HasSuffix(name, ".") {
				w.authors[n-1].Name = name + " " + w.authors[n-1].Name
			}
		}
		if len(w.authors) == 0 {
			continue
		}
		y.works = append(y.works, w)
		y.groups[w.group] = append(y.groups[w.group], w)
	}
	if len(y.works) < 5000 {
		t.Fatalf("only %d RFCs were read", len(y.works))
	}
	return y
}

var letters = regexp.MustCompile(`[^a-z]+`)

func person(name string) demo.Person {
	words := strings.Fields(name)
	return demo.Person{Name: name, Key: letters.ReplaceAllString(strings.ToLower(words[len(words)-1]), "")}
}

var groupPatterns = func() (list []*regexp.Regexp) {
	for _, g := range groupWords {
		list = append(list, regexp.MustCompile(g.words))
	}
	return list
}()

func (y *year) groupOf(title string) string {
	for i, p := range groupPatterns {
		if p.MatchString(title) {
			return groupWords[i].group
		}
	}
	f := fnv.New32a()
	f.Write([]byte(strings.Fields(title)[0]))
	return fmt.Sprintf("misc%d", f.Sum32()%70)
}

func groupNamed(acronym string) demo.Group {
	switch acronym {
	case "":
		return demo.Group{}
	case "cfrg":
		return demo.Group{Acronym: acronym, Type: "RG", Name: "Crypto Forum"}
	}
	return demo.Group{Acronym: acronym, Type: "WG", Name: "Group of " + acronym}
}

// fresh makes a new draft, half of them individual.
func (y *year) fresh() demo.Announcement {
	y.made++
	w := y.works[y.dice.IntN(len(y.works))]
	official := y.dice.IntN(2) == 0
	x := y.dice.Float64()
	for _, trend := range trends {
		if x -= trend.share; x < 0 {
			w.title, w.group, official = trend.titles[y.dice.IntN(len(trend.titles))], trend.group, trend.group != ""
			break
		}
	}
	a := demo.Announcement{Kind: catalog.Draft, Rev: "00", Title: w.title, Authors: w.authors[:min(3, len(w.authors))], Pages: 5 + y.dice.IntN(50)}
	tail := fmt.Sprintf("%s-%d", slug(w.title, 3), y.made)
	a.Name = "draft-" + a.Authors[0].Key + "-" + tail
	if official {
		a.Group, a.Name = groupNamed(w.group), "draft-ietf-"+w.group+"-"+tail
		if a.Group.Type == "RG" {
			a.Name = "draft-irtf-" + w.group + "-" + tail
		}
	}
	a.Abstract = []string{y.abstract(w)}
	return a
}

func slug(title string, words int) string {
	list := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return r < '0' || r > '9' && r < 'a' || r > 'z' })
	return strings.Join(list[:min(words, len(list))], "-")
}

// abstract speaks of what the draft is about and of what is near it.
func (y *year) abstract(w work) string {
	near := y.groups[w.group]
	if len(near) == 0 {
		near = y.works
	}
	one, two := near[y.dice.IntN(len(near))], near[y.dice.IntN(len(near))]
	far := y.works[y.dice.IntN(len(y.works))]
	return fmt.Sprintf("This document specifies %s. It allows implementations to be used together with %s, as well as with %s. "+
		"Considerations of security, operations and %s are given.", w.title, one.title, two.title, far.title)
}

// volume is how many drafts are posted on a day: twice as many in the middle of
// the week as on its end, next to none in the two weeks before a meeting, and a
// burst after them.
func (y *year) volume(day time.Time) int {
	mean := 33.0
	if wd := day.Weekday(); wd == time.Saturday || wd == time.Sunday {
		mean = 12
	}
	for _, meeting := range []string{"2025-03-15", "2025-07-19", "2025-11-02"} {
		at, _ := time.Parse(time.DateOnly, meeting)
		switch ahead := int(at.Sub(day).Hours() / 24); {
		case ahead > 0 && ahead <= 12:
			mean = 1
		case ahead == 13:
			mean = 300
		case ahead == 0:
			mean = 88
		}
	}
	return max(0, int(mean+y.dice.NormFloat64()*mean/5))
}

// day posts what a day has, except for what is told apart.
func (y *year) day(at time.Time, n int) {
	for ; n > 0; n-- {
		a := y.next()
		y.post(a, at.Add(time.Duration(y.dice.IntN(86400))*time.Second))
		if n > 1 && y.dice.IntN(8) == 0 { // companions come together
			for i := range y.drafts {
				if b := &y.drafts[i]; b.Name != a.Name && b.Authors[0].Name == a.Authors[0].Name && b.At.Before(at) {
					y.revise(b)
					y.post(*b, at.Add(time.Duration(y.dice.IntN(86400))*time.Second))
					n--
					break
				}
			}
		}
	}
}

func (y *year) next() demo.Announcement {
	if len(y.drafts) < 800 || y.dice.IntN(10) < 3 {
		a := y.fresh()
		y.drafts = append(y.drafts, a)
		return a
	}
	d := &y.drafts[len(y.drafts)-1-y.dice.IntN(min(len(y.drafts), 2500))]
	y.revise(d)
	return *d
}

func (y *year) revise(d *demo.Announcement) {
	var rev int
	fmt.Sscan(strings.TrimLeft(d.Rev, "0")+" 0", &rev)
	d.Rev = fmt.Sprintf("%02d", min(rev+1, 98))
	d.Pages += y.dice.IntN(4)
}

func (y *year) post(a demo.Announcement, at time.Time) {
	a.At = at
	for i := range y.drafts {
		if y.drafts[i].Name == a.Name {
			y.drafts[i].At = at
		}
	}
	y.out = append(y.out, a)
}

// announce makes a known draft into an announcement.
func announce(d seedDraft, i int) demo.Announcement {
	at, _ := time.Parse(time.DateOnly, d.Date)
	a := demo.Announcement{
		Kind: catalog.Draft, Name: d.Name, Rev: d.Rev, Title: d.Title, Pages: 12, At: at.Add(time.Duration(9*60+i*7) * time.Minute),
		Group: groupNamed(d.WG), Authors: []demo.Person{{Key: "unknown", Name: fmt.Sprintf("Unknown Author%d", i)}},
	}
	if a.Name == "" {
		a.Name = "draft-unknown-" + slug(d.Title, 5)
	}
	if parts := strings.Split(a.Name, "-"); parts[1] != "ietf" && parts[1] != "irtf" && parts[1] != "unknown" {
		a.Authors = []demo.Person{{Key: parts[1], Name: "A. " + strings.ToUpper(parts[1][:1]) + parts[1][1:]}}
	}
	if a.Rev == "" {
		a.Rev = "02"
		if strings.Contains(d.Note, "-00 is likely") || strings.Contains(d.Note, "at most -00") || d.Name == "" {
			a.Rev = "00"
		}
	}
	if d.Abstract != "" {
		a.Abstract = strings.Split(d.Abstract, "\n\n")
	}
	return a
}

// fourDays is the year with the known drafts and what comes before them, by date.
func fourDays(t testing.TB, seed uint64, full bool) []demo.Announcement {
	t.Helper()
	y := newYear(t, seed)
	drafts := knownDrafts(t)
	told := map[string][]demo.Announcement{}
	var before []demo.Announcement
	for i, d := range drafts {
		a := announce(d, i)
		if d.Date == "2025-12-08" && strings.Contains(d.Title, "Device Attestation") {
			a.Rev = "01"
		}
		if a.Rev != "00" {
			b := a
			b.Rev = fmt.Sprintf("%02d", int(a.Rev[0]-'0')*10+int(a.Rev[1]-'0')-1)
			b.At = a.At.AddDate(0, 0, -70-i)
			if !(d.Date == "2025-12-08" && strings.Contains(d.Title, "Device Attestation")) {
				before = append(before, b)
			}
		}
		told[d.Date] = append(told[d.Date], a)
	}
	end := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	for day := end.AddDate(-1, 0, -2); day.Before(end); day = day.AddDate(0, 0, 1) {
		list, isKnown := told[day.Format(time.DateOnly)]
		y.out = append(y.out, list...)
		switch {
		case !isKnown:
			y.day(day, y.volume(day))
		case full && len(list) == 19:
			y.day(day, 88-19)
		}
	}
	y.out = append(y.out, before...)
	slices.SortStableFunc(y.out, func(a, b demo.Announcement) int { return a.At.Compare(b.At) })
	return y.out
}

// outOfOrder gives each announcement the time of another, so that what stands on
// one day has nothing to do with one another.
func outOfOrder(list []demo.Announcement, seed uint64) []demo.Announcement {
	dice := rand.New(rand.NewPCG(seed, 3))
	times := make([]time.Time, len(list))
	for i, a := range list {
		times[i] = a.At
	}
	dice.Shuffle(len(times), func(i, j int) { times[i], times[j] = times[j], times[i] })
	list = slices.Clone(list)
	for i := range list {
		list[i].At = times[i]
	}
	slices.SortStableFunc(list, func(a, b demo.Announcement) int { return a.At.Compare(b.At) })
	return list
}

// mailbox writes announcements as the list's archive has them.
func mailbox(list []demo.Announcement) []byte {
	var b bytes.Buffer
	for _, a := range list {
		for _, m := range a.Mails() {
			if m.List == "i-d-announce" {
				fmt.Fprintf(&b, "From %s %s\n", m.From, m.At.Format(time.ANSIC))
				b.Write(bytes.ReplaceAll(m.Raw, []byte("\nFrom "), []byte("\n>From ")))
				b.WriteString("\n\n")
			}
		}
	}
	return b.Bytes()
}
