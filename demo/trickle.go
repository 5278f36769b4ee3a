package demo

import (
	"context"
	"strings"
	"time"

	"github.com/draftwire/draftwire/catalog"
)

// laterNews is how many posts wait for the trickle.
const laterNews = 4

// prepareTrickle lines up what comes next: the drafts of today.txt, then
// further revisions of the month's.
func (u *Upstream) prepareTrickle() {
	for _, a := range u.sample.Announcements {
		if a.Kind == catalog.Draft {
			u.revs[a.Name] = number(a.Rev)
		}
	}
	for _, r := range data().today {
		u.revs[r.name] = r.rev - 1
		u.pending = append(u.pending, r)
	}
	for _, r := range data().month {
		if r.rfc == nil {
			u.pending = append(u.pending, r)
		}
	}
}

// seedNews publishes the posts that are out when the demo starts, one every
// few days until yesterday.
func (u *Upstream) seedNews() {
	early := len(data().news) - laterNews
	for i, e := range data().news[:early] {
		at := u.sample.Yesterday.AddDate(0, 0, -4*(early-1-i)).Add(9*time.Hour + time.Duration(i)*17*time.Minute)
		u.feeds.addPost(newsPost(e, at))
	}
	u.news = early
}

func newsPost(e entry, at time.Time) post {
	title := strings.Join(e.head, " ")
	return post{slug: slug(title), title: title, text: strings.Join(paragraphs(e.lines), " "), at: at}
}

// Trickle announces something new every so often until ctx is done.
func (u *Upstream) Trickle(ctx context.Context, every time.Duration) {
	ticks := time.NewTicker(every)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticks.C:
			if a, err := u.Advance(now); err != nil {
				u.log.Error("demo upstream: nothing announced", "error", err)
			} else {
				u.log.Debug("demo upstream: announced", "draft", a.Name+"-"+a.Rev)
			}
		}
	}
}

// Advance announces the next draft at now: in the IMAP folder and, if it is of
// the mbox's group, there as well. Every third time a post comes out too,
// while there are any, and every fourth time somebody on the group's list
// answers an announcement.
func (u *Upstream) Advance(now time.Time) (Announcement, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	r := u.pending[0]
	u.pending = append(u.pending[1:], r)
	u.revs[r.name] = min(u.revs[r.name]+1, 99)
	a := r.announce(u.revs[r.name], now.UTC().Truncate(time.Second))
	for _, m := range a.Mails() {
		if err := u.post(m); err != nil {
			return a, err
		}
	}
	u.steps++
	if u.steps%3 == 0 && u.news < len(data().news) {
		u.feeds.addPost(newsPost(data().news[u.news], now))
		u.news++
	}
	if u.steps%4 == 0 {
		return a, u.answer(now)
	}
	return a, nil
}

// post hands a mail to whatever serves its list.
func (u *Upstream) post(m Mail) error {
	if m.List == u.MboxList {
		return u.appendMbox(m)
	}
	return u.deliver(m)
}

// answer posts a reply of replies.txt, in turn, to the draft's last
// announcement of the sample; drafts that had none are passed over.
func (u *Upstream) answer(now time.Time) error {
	replies := data().replies
	for range replies {
		e := replies[u.replies%len(replies)]
		u.replies++
		if t := newThread(u.sample, e.head[0]); t != nil {
			return u.post(t.replyAt(e, now.UTC().Truncate(time.Second)))
		}
	}
	return nil
}
