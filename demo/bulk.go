package demo

import (
	"cmp"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/draftwire/draftwire/catalog"
)

// Bulk generates n announcement mails of 2 to 3 KB each in the real formats,
// ascending by date from from to to: nineteen drafts to an RFC or so, new ones
// and revisions, with words drawn as often as the sample uses them. The same
// arguments give the same mails. A mail belongs to whoever receives it.
func Bulk(seed uint64, n int, from, to time.Time) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		g := newBulk(seed)
		for i := range n {
			at := from
			if n > 1 {
				at = from.Add(time.Duration(float64(to.Sub(from)) * float64(i) / float64(n-1)))
			}
			if !yield(g.mail(i, at.UTC())) {
				return
			}
		}
	}
}

// bulk draws announcements.
type bulk struct {
	dice   *rand.Rand
	words  []string // the sample's words, each as often as it stands there
	topics []string // distinct words that can stand in a name
	groups []Group
	people []Person
	drafts []bulkDraft
	rfc    int
	ids    []byte
	body   []byte
	text   []byte
}

// bulkDraft is a draft that may get another revision.
type bulkDraft struct {
	name, title string
	rev         int
	group       Group
	authors     []Person
}

// revisable bounds how many drafts are alive at a time.
const revisable = 4000

func newBulk(seed uint64) *bulk {
	g := &bulk{dice: rand.New(rand.NewPCG(seed, 1)), people: data().people, rfc: 10000}
	seen := map[string]bool{}
	for _, rs := range [][]record{data().burst, data().yesterday, data().month, data().today} {
		for _, r := range rs {
			g.words = append(g.words, strings.Fields(strings.Join(r.abstract, " "))...)
			for w := range strings.SplitSeq(r.name, "-") {
				if len(w) > 3 && !seen[w] && w != "draft" && w != "ietf" && w != "irtf" {
					g.topics, seen[w] = append(g.topics, w), true
				}
			}
		}
	}
	for _, group := range data().groups {
		g.groups = append(g.groups, group)
	}
	slices.SortFunc(g.groups, func(a, b Group) int { return cmp.Compare(a.Acronym, b.Acronym) })
	return g
}

// mail writes the i-th mail.
func (g *bulk) mail(i int, at time.Time) []byte {
	isRFC := i%20 == 19
	a := g.draft(i, at, isRFC)
	e := envelope{
		list: draftList, from: draftSender, to: "i-d-announce@ietf.org", robot: true,
		subject: "I-D Action: " + a.Name + "-" + a.Rev + ".txt", at: at, encoding: "8bit",
	}
	if isRFC {
		g.rfc++
		a.Kind, a.Tag, a.Level = catalog.RFC, a.Name+"-"+a.Rev, catalog.Informational
		a.Name, a.Rev = fmt.Sprintf("rfc%d", g.rfc), ""
		e = a.envelope()
		e.encoding, e.id = "8bit", rfcMessageID(a.Name, at)
	} else {
		g.ids = appendMessageID(g.ids[:0], at, g.dice.Uint64())
		e.id = string(g.ids)
	}
	if a.Group.Acronym != "" && a.Kind == catalog.Draft {
		e.cc = groupList(a.Group).address()
		e.reply = e.cc
	}
	raw := e.appendHeaders(make([]byte, 0, 3072))
	a.Abstract = g.abstract(len(raw), &a)
	return e.list.appendFooter(appendBody(raw, &a))
}

// draft makes a new draft or a revision of one made before; for an RFC it
// gives one made before as it is.
func (g *bulk) draft(i int, at time.Time, last bool) Announcement {
	var d *bulkDraft
	if len(g.drafts) > 0 && (last || g.dice.IntN(3) > 0) {
		d = &g.drafts[g.dice.IntN(len(g.drafts))]
		if !last {
			d.rev++
		}
	}
	if d == nil || d.rev > 60 {
		fresh := g.fresh(i)
		if len(g.drafts) < revisable {
			g.drafts = append(g.drafts, fresh)
			d = &g.drafts[len(g.drafts)-1]
		} else {
			d = &g.drafts[g.dice.IntN(revisable)]
			*d = fresh
		}
	}
	return Announcement{
		Kind: catalog.Draft, Name: d.name, Rev: string([]byte{'0' + byte(d.rev/10), '0' + byte(d.rev%10)}),
		Title: d.title, Authors: d.authors, Group: d.group, Pages: 5 + g.dice.IntN(90), At: at,
	}
}

func (g *bulk) fresh(i int) bulkDraft {
	d := bulkDraft{title: g.title()}
	tail := g.topic() + "-" + g.topic() + "-" + base36(i)
	first := g.people[g.dice.IntN(len(g.people))]
	d.authors = append(d.authors, first)
	for range g.dice.IntN(2) {
		d.authors = append(d.authors, g.people[g.dice.IntN(len(g.people))])
	}
	if g.dice.IntN(2) == 0 {
		d.name = "draft-" + first.Key + "-" + tail
		return d
	}
	d.group = g.groups[g.dice.IntN(len(g.groups))]
	d.name = "draft-ietf-" + d.group.Acronym + "-" + tail
	if d.group.Type == "RG" {
		d.name = "draft-irtf-" + d.group.Acronym + "-" + tail
	}
	return d
}

func (g *bulk) topic() string { return g.topics[g.dice.IntN(len(g.topics))] }

// base36 keeps generated names apart.
func base36(i int) string {
	const digits = "0123456789abcdefghijklmnopqrstuvwxyz"
	b := []byte{}
	for {
		b = append(b, digits[i%36])
		if i /= 36; i == 0 {
			slices.Reverse(b)
			return "n" + string(b)
		}
	}
}

// title strings words together as titles do, without sentence ends.
func (g *bulk) title() string {
	b := []byte("On ")
	for range 3 + g.dice.IntN(6) {
		w := strings.Trim(g.words[g.dice.IntN(len(g.words))], ".,:;?\"")
		b = append(append(b, w...), ' ')
	}
	return strings.TrimSpace(string(b))
}

// abstract draws as many words as bring the mail to 2.1 to 2.9 KB, where fixed
// bytes are already there; about as many again as the headers are the body's frame.
func (g *bulk) abstract(fixed int, a *Announcement) []string {
	g.body = appendBody(g.body[:0], a)
	room := max(2100+g.dice.IntN(800)-fixed-len(g.body)-140, 120)
	g.text = g.text[:0]
	for len(g.text) < room*19/20 { // the rest is line ends and indents
		g.text = append(append(g.text, g.words[g.dice.IntN(len(g.words))]...), ' ')
	}
	return []string{strings.TrimSpace(string(g.text))}
}
