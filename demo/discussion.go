package demo

import (
	"slices"
	"strings"
	"time"

	"github.com/draftwire/draftwire/catalog"
)

// discussion gives the replies of replies.txt: each quotes the last
// announcement of its draft that was made before today, and joins its thread.
func discussion(s *Sample, today time.Time) []Mail {
	threads := map[string]*thread{}
	var out []Mail
	for _, e := range data().replies {
		name := e.head[0]
		t := threads[name]
		if t == nil {
			if t = newThread(s, name); t == nil {
				continue
			}
			threads[name] = t
		}
		m := t.reply(e)
		if m.At.Before(today) {
			out = append(out, m)
		}
	}
	return out
}

// thread is an announcement with the replies it got so far.
type thread struct {
	about Announcement
	ids   []string
	last  time.Time
}

// newThread begins a thread under the draft's last announcement that left
// time for an answer; nil if there is none.
func newThread(s *Sample, name string) *thread {
	end := s.Yesterday.Add(20 * time.Hour)
	for _, a := range slices.Backward(s.Announcements) {
		if a.Name == name && a.Kind == catalog.Draft && a.At.Before(end) {
			return &thread{about: a, ids: []string{a.MessageID}, last: a.At}
		}
	}
	return nil
}

// reply answers the last mail of the thread within some hours.
func (t *thread) reply(e entry) Mail {
	d := dice(e.head[0], e.head[1], "reply")
	t.last = t.last.Add(20*time.Minute + time.Duration(d.Int64N(int64(3*time.Hour)))).Truncate(time.Second)
	return t.replyAt(e, t.last)
}

// replyAt answers the last mail of the thread.
func (t *thread) replyAt(e entry, at time.Time) Mail {
	who := person(e.head[1])
	t.last = at
	id := who.Key + "-" + t.last.Format("20060102150405") + "@example.com"
	env := envelope{
		list: groupList(t.about.Group), from: who.Name + " <" + mailbox(who) + ">",
		to: groupList(t.about.Group).address(), subject: "Re: I-D Action: " + t.about.Name + "-" + t.about.Rev + ".txt",
		id: id, at: t.last, parents: t.ids,
	}
	body := t.body(e)
	env.encoding = encodingOf(body, id)
	t.ids = append(t.ids[:len(t.ids):len(t.ids)], id)
	return env.mail(body)
}

// body quotes the announcement down to its abstract and puts the text below.
func (t *thread) body(e entry) []byte {
	b := append([]byte(nil), "On "+t.about.At.In(pacific).Format("2 Jan 2006, at 15:04")+", "+draftSender+" wrote:\n>\n"...)
	quoted, _, _ := strings.Cut(string(appendBody(nil, &t.about)), "\nThe IETF datatracker status page")
	for line := range strings.Lines(quoted) {
		b = append(b, strings.TrimRight("> "+strings.TrimRight(line, "\n"), " ")+"\n"...)
	}
	b = append(b, '\n')
	b = append(b, strings.TrimSpace(strings.Join(e.lines, "\n"))...)
	name, _, _ := strings.Cut(person(e.head[1]).Name, " ")
	return append(b, "\n\n"+name+"\n\n"...)
}

func person(key string) Person {
	for _, p := range data().people {
		if p.Key == key {
			return p
		}
	}
	panic("demo/data/replies.txt: nobody is called " + key)
}
