package main

// This file holds the mails of a site against the relay's log.

import (
	"testing"

	"github.com/draftwire/draftwire/store"
)

// mailRow is a mail as the database has it at the end.
type mailRow struct {
	id         int64
	message    string
	state      store.MailState
	newsletter string
	number     int
	address    string
	why        string // its last error
}

func (s *site) mails(t *testing.T) (list []mailRow) {
	t.Helper()
	rows, err := s.ended.Query(`SELECT m.id, m.message_id, m.state, n.name, x.number, b.address, m.last_error
		FROM mails m LEFT JOIN deliveries v ON v.mail = m.id LEFT JOIN editions x ON x.id = v.edition
		LEFT JOIN newsletters n ON n.id = x.newsletter LEFT JOIN subscribers b ON b.id = v.subscriber`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var m mailRow
		if err := rows.Scan(&m.id, &m.message, &m.state, &m.newsletter, &m.number, &m.address, &m.why); err != nil {
			t.Fatal(err)
		}
		list = append(list, m)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

// want is who must have a mail of which edition, by newsletter and label.
func (s *site) want() map[[2]string]map[string]bool {
	want := make(map[[2]string]map[string]bool)
	for _, n := range s.outside.letters {
		for i := n.windows - mailed; i < n.windows; i++ {
			to := make(map[string]bool)
			for _, address := range n.readers {
				to[address] = true
			}
			if i == n.windows-1 {
				for _, address := range n.late {
					to[address] = true
				}
			}
			want[[2]string{n.name, n.label(i)}] = to
		}
	}
	return want
}

// explained counts how unknown mails came to be so.
type explained struct {
	dropped  int // the sink took it, and broke the connection itself
	accepted int // the sink took it; the program died before it wrote so
	broken   int // the sink knew the recipient when the connection broke
	silent   int // the program died between the mark and naming the recipient
}

// checkMails holds that each mail was sent once, or is unknown and explained.
func (s *site) checkMails(t *testing.T) {
	t.Helper()
	marked := make(map[int64]bool)
	for _, d := range s.deaths {
		for _, id := range d.sending {
			marked[id] = true
		}
	}
	r := s.relay
	r.mu.Lock()
	defer r.mu.Unlock()
	want := s.want()
	rows := make(map[string]bool)
	broken := make(map[string]int)
	for address, n := range r.named {
		broken[address] = n - r.taken[address]
	}
	var why explained
	for _, m := range s.mails(t) {
		s.due(t, want, m)
		rows[m.message] = true
		times := r.accepted[m.message]
		if times > 1 {
			t.Errorf("mail %d to %s was sent %d times; it is %s", m.id, m.address, times, m.state)
		}
		switch {
		case m.state == store.Sent && times == 0:
			t.Errorf("mail %d to %s is said to be sent; the relay never had it", m.id, m.address)
		case m.state == store.Sent:
		case m.state != store.Unknown:
			t.Errorf("mail %d to %s is %s: %s", m.id, m.address, m.state, m.why)
		case r.silent[m.message]:
			why.dropped++
		case !marked[m.id]:
			t.Errorf("mail %d to %s is unknown, but no kill fell while it was handed over: %s", m.id, m.address, m.why)
		case times > 0:
			why.accepted++
		case broken[m.address] > 0:
			broken[m.address]--
			why.broken++
		default:
			why.silent++
		}
	}
	for id := range r.accepted {
		if !rows[id] {
			t.Errorf("the relay had %s, which is no mail of the database", id)
		}
	}
	for address, n := range broken {
		if n != 0 {
			t.Errorf("the relay's log has %d more broken transactions to %s than there are unknown mails", n, address)
		}
	}
	for edition, left := range want {
		for address := range left {
			t.Errorf("%s %s: there is no mail to %s", edition[0], edition[1], address)
		}
	}
	if most := 3 * len(s.deaths); why.silent > most {
		t.Errorf("%d unknown mails of which the relay's log knows nothing; %d kills explain %d", why.silent, len(s.deaths), most)
	}
	t.Logf("%d mails; unknown: %d taken and told to nobody, %d taken and not written, %d broken off, %d marked and not begun",
		len(rows), why.dropped, why.accepted, why.broken, why.silent)
	s.why = why
}

// due strikes a mail off the list of those that there must be.
func (s *site) due(t *testing.T, want map[[2]string]map[string]bool, m mailRow) {
	t.Helper()
	for _, n := range s.outside.letters {
		if n.name != m.newsletter {
			continue
		}
		to := want[[2]string{n.name, n.label(m.number - 1)}]
		if !to[m.address] {
			t.Errorf("%s number %d: a second mail to %s, or one that nobody asked for", m.newsletter, m.number, m.address)
		}
		delete(to, m.address)
		return
	}
	t.Errorf("mail %d belongs to no newsletter", m.id)
}
