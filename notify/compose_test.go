package notify

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	netmail "net/mail"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset"

	"golang.org/x/net/html"

	"github.com/draftwire/draftwire/editions"
	"github.com/draftwire/draftwire/store"
)

// oneMail is a mail of an edition that was not stored.
func oneMail(t testing.TB, e *editions.Edition) (*Notifier, store.Mail, []byte) {
	t.Helper()
	n := newNotifier(nil, "", &clock{t: noon})
	e.Closed = noon
	m := store.Mail{MessageID: n.messageID(1, 7), Subscription: 7, Address: reader(0), Newsletter: "daily"}
	raw, err := n.Compose(m, e)
	if err != nil {
		t.Fatal(err)
	}
	return n, m, raw
}

// parts gives the media types and bodies of a multipart message, as an
// independent reader sees them.
func parts(t testing.TB, raw []byte) (types, bodies []string) {
	t.Helper()
	m, err := message.Read(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if media, _, _ := m.Header.ContentType(); media != "multipart/alternative" {
		t.Errorf("the mail is %s", media)
	}
	for r := m.MultipartReader(); ; {
		p, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return types, bodies
		}
		if err != nil {
			t.Fatal(err)
		}
		media, _, _ := p.Header.ContentType()
		body, err := io.ReadAll(p.Body)
		if err != nil {
			t.Fatal(err)
		}
		types, bodies = append(types, media), append(bodies, string(body))
	}
}

func TestCompose(t *testing.T) {
	n, m, raw := oneMail(t, sample(3))
	token := store.UnsubscribeToken(secret, 7)
	msg, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	e := sampleClosed(3)
	for name, want := range map[string]string{
		"From":       "The Wire <wire@example.org>",
		"To":         "reader0@example.org",
		"Date":       "Wed, 04 Mar 2026 12:00:00 +0000",
		"Message-Id": "<" + m.MessageID + ">",
		"List-Id":    `"The Daily Wire" <daily.wire.example.org>`,
		"List-Unsubscribe": "<https://wire.example.org/unsubscribe/" + token + ">, <mailto:wire@example.org?subject=unsubscribe%20" +
			token + ">",
		"List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
		"List-Archive":          "<https://wire.example.org/newsletters/daily>",
		"List-Help":             "<https://wire.example.org/>",
		"Archived-At":           "<https://wire.example.org/newsletters/daily/2026-03-03>",
		"Auto-Submitted":        "auto-generated",
		"Precedence":            "bulk",
		"Mime-Version":          "1.0",
	} {
		if got := msg.Header[name]; len(got) != 1 || got[0] != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if got, _ := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject")); got != e.Subject() {
		t.Errorf("Subject: got %q, want %q", got, e.Subject())
	}
	if id, ok := store.ParseUnsubscribeToken(secret, token); !ok || id != m.Subscription {
		t.Errorf("the token unsubscribes %d", id)
	}
	types, bodies := parts(t, raw)
	if strings.Join(types, " ") != "text/plain text/html" {
		t.Fatalf("the parts are %q", types)
	}
	for i, body := range bodies {
		leave := strings.LastIndex(body, "https://wire.example.org/unsubscribe/"+token)
		if item := strings.LastIndex(body, "Signalling over Wire 2"); item < 0 || leave < item || strings.Count(body, token) != 1 {
			t.Errorf("%s: the last item at %d, how to leave at %d", types[i], item, leave)
		}
		for _, want := range []string{"as a subscriber of The Daily Wire.", "Your address: reader0@example.org"} {
			if !strings.Contains(body, want) {
				t.Errorf("%s does not say %q", types[i], want)
			}
		}
	}
	for _, want := range []string{"<!DOCTYPE html>", `<html lang="en">`, "<title>", `name="viewport"`, `name="color-scheme"`} {
		if !strings.Contains(bodies[1], want) {
			t.Errorf("the HTML has no %s", want)
		}
	}
	if again, err := n.Compose(m, sampleClosed(3)); err != nil || !bytes.Equal(again, raw) {
		t.Errorf("a second try has other bytes (%v)", err)
	}
}

func sampleClosed(items int) *editions.Edition {
	e := sample(items)
	e.Closed = noon
	return e
}

func TestComposeRefusesCompositions(t *testing.T) {
	n := newNotifier(nil, "relay.test:25", &clock{t: noon})
	if _, err := n.Compose(store.Mail{MessageID: "a@b", Address: reader(0)}, sample(1)); err == nil {
		t.Error("what was not closed was made a mail")
	}
	if err := n.Test(context.Background(), sample(1), reader(0)); err == nil {
		t.Error("what was not closed was sent as a test")
	}
}

// header is the part of a mail above the first blank line.
func header(raw []byte) string {
	h, _, _ := strings.Cut(string(raw), "\r\n\r\n")
	return h
}

var fieldStart = regexp.MustCompile(`^[A-Za-z-]+: \S`)

// Titles come from a file that anyone may have written. Whatever they hold,
// the header keeps its fields, its lines their length, and the id its place.
func TestHostileTitles(t *testing.T) {
	plain := len(regexp.MustCompile(`(?m)^[A-Za-z-]+:`).FindAllString(header(second(oneMail(t, sample(1)))), -1))
	for _, title := range []string{
		"", `Wire "quoted" \ back`, "Wire <evil@example.org>", "Wire\r\nBcc: evil@example.org", "Wire\nX: y", "Wire\x00\x07",
		"=?utf-8?q?Bcc:_evil?=", "日刊ワイヤー" + strings.Repeat("標準化", 40), "\xff\xfe", "a,b;c:d(e)", strings.Repeat("long words ", 60),
		strings.Repeat("x", 400), "<b>bold</b> & \u202eright\u202c", "née Draft", "\u2028\u2029",
	} {
		e := sample(1)
		e.Title = title
		_, _, raw := oneMail(t, e)
		fields := 0
		for line := range strings.SplitSeq(header(raw), "\r\n") {
			if len(line) > 998 || strings.ContainsAny(line, "\r\n\x00") || regexp.MustCompile(`[^ -~\t]`).MatchString(line) {
				t.Errorf("%q: line %q", title, line)
			}
			if fieldStart.MatchString(line) {
				fields++
			} else if !strings.HasPrefix(line, " ") {
				t.Errorf("%q: line %q is no field", title, line)
			}
		}
		if fields != plain {
			t.Errorf("%q: %d fields, want %d:\n%s", title, fields, plain, header(raw))
		}
		msg, err := netmail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Errorf("%q: %v", title, err)
			continue
		}
		id := msg.Header.Get("List-Id")
		if !strings.HasSuffix(id, "<daily.wire.example.org>") {
			t.Errorf("%q: List-Id %q", title, id)
		}
		types, bodies := parts(t, raw)
		if len(types) != 2 || strings.Contains(bodies[1], "<b>bold") {
			t.Errorf("%q: parts %q", title, types)
		}
		if _, err := html.Parse(strings.NewReader(bodies[1])); err != nil {
			t.Errorf("%q: %v", title, err)
		}
	}
}

func second(_ *Notifier, _ store.Mail, raw []byte) []byte { return raw }

func TestListID(t *testing.T) {
	for _, tt := range []struct{ title, want string }{
		{"", "List-Id: <d.example.org>\r\n"},
		{"Daily", "List-Id: \"Daily\" <d.example.org>\r\n"},
		{`A "b" \c`, `List-Id: "A \"b\" \\c" <d.example.org>` + "\r\n"},
		{"日刊", "List-Id: =?utf-8?b?5pel5YiK?= <d.example.org>\r\n"},
		{"=?x?=", "List-Id: \"= ?x?=\" <d.example.org>\r\n"},
		{strings.Repeat("seventeen letters ", 5), "List-Id: \"seventeen letters seventeen letters seventeen letters seventeen\r\n" +
			" letters seventeen letters\" <d.example.org>\r\n"},
	} {
		if got := listID(tt.title, "d.example.org"); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.title, got, tt.want)
		}
	}
}

func FuzzListID(f *testing.F) {
	f.Add("The Daily Wire")
	f.Add("日刊\r\nBcc: x")
	f.Add("=?utf-8?q?x?=")
	f.Fuzz(func(t *testing.T, title string) {
		got := listID(title, "d.example.org")
		m, err := netmail.ReadMessage(strings.NewReader(got + "\r\n"))
		if err != nil || len(m.Header) != 1 || !strings.HasSuffix(m.Header.Get("List-Id"), "<d.example.org>") {
			t.Errorf("%q gave %q: %v", title, got, err)
		}
	})
}

func TestMailto(t *testing.T) {
	for _, tt := range []struct{ address, subject, want string }{
		{"wire@example.org", "unsubscribe a-_b", "mailto:wire@example.org?subject=unsubscribe%20a-_b"},
		{"wire+a&b=c%d@example.org", "x&y=z?", "mailto:wire+a%26b%3Dc%25d@example.org?subject=x%26y%3Dz%3F"},
	} {
		got := mailto(tt.address, tt.subject)
		u, err := url.Parse(got)
		if got != tt.want || err != nil || u.Query().Get("subject") != tt.subject {
			t.Errorf("got %q (%v), want %q", got, err, tt.want)
		}
	}
}

func TestJapanese(t *testing.T) {
	e := sample(2)
	e.Language, e.Title = "ja", "日刊ワイヤー"
	e.Sections[0].Items[0].Title = "量子耐性のある署名"
	_, _, raw := oneMail(t, e)
	msg, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject")); got != e.Subject() || err != nil {
		t.Errorf("Subject: got %q, %v; want %q", got, err, e.Subject())
	}
	if got, _ := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("List-Id")); got != "日刊ワイヤー <daily.wire.example.org>" {
		t.Errorf("List-Id: got %q", got)
	}
	_, bodies := parts(t, raw)
	for i, want := range []string{"量子耐性のある署名", `<html lang="ja">`} {
		if !strings.Contains(bodies[i], want) || !strings.Contains(bodies[i], "配信を停止する") {
			t.Errorf("part %d has no %s, or no way to leave", i, want)
		}
	}
}

// A day of 300 drafts keeps the way to leave within what mail services show,
// and says where the rest is.
func TestSizeLimit(t *testing.T) {
	e := sample(300)
	_, _, raw := oneMail(t, e)
	_, bodies := parts(t, raw)
	if size := len(bodies[1]); size > maxHTML || size < maxHTML*8/10 {
		t.Errorf("the HTML has %d bytes, want at most %d and not much less", size, maxHTML)
	}
	for _, want := range []string{"/unsubscribe/", "https://wire.example.org/newsletters/daily/2026-03-03", "more items are in"} {
		if !strings.Contains(bodies[1], want) {
			t.Errorf("the HTML has no %q", want)
		}
	}
	if !strings.Contains(bodies[0], "Signalling over Wire 299") {
		t.Error("the text is not whole")
	}
}

// A test goes to one address, says so, leaves no row, and unsubscribes nobody.
func TestTest(t *testing.T) {
	s, c := newSink(t, nil), &clock{t: noon}
	db := newDB(t, 1)
	n := newNotifier(db, s.addr, c)
	e := closeEdition(t, db, sample(2), noon)
	for range 2 {
		if err := n.Test(context.Background(), e, reader(0)); err != nil {
			t.Fatal(err)
		}
		c.add(1)
	}
	if total, most := s.count(); total != 2 || most != 1 || len(mails(t, db)) != 0 {
		t.Errorf("%d mails, one %d times, %d rows", total, most, len(mails(t, db)))
	}
	raw := s.got[reader(0)][0]
	msg, err := netmail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if subject := msg.Header.Get("Subject"); !strings.HasPrefix(subject, "[test] The Daily Wire") {
		t.Errorf("Subject %q", subject)
	}
	if msg.Header.Get("List-Unsubscribe") != "" || strings.Contains(raw, "unsubscribe/") {
		t.Error("a test would unsubscribe somebody")
	}
	if msg.Header.Get("List-Id") == "" || !strings.Contains(raw, "This is a test") {
		t.Error("a test does not look like the edition, or does not say what it is")
	}
}
