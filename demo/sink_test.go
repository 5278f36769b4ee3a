package demo

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"
)

func startSink(t *testing.T, o SinkOptions) *Sink {
	t.Helper()
	s, err := StartSink(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func send(s *Sink, to, raw string) error {
	c, err := smtp.Dial(s.Addr)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	return c.SendMail("wire@example.org", []string{to}, strings.NewReader(raw))
}

func simple(id, subject string) string {
	return "From: Wire <wire@example.org>\r\nTo: reader@example.com\r\nSubject: " + subject +
		"\r\nDate: Sun, 22 Nov 2026 06:00:00 +0000\r\nMessage-ID: <" + id + ">\r\n\r\nHello.\r\n"
}

func TestSinkKeeps(t *testing.T) {
	var logged []int
	s := startSink(t, SinkOptions{
		Keep: 2, Now: func() time.Time { return someDay }, Log: func(m Received) { logged = append(logged, m.N) },
	})
	for i := range 3 {
		if err := send(s, "reader@example.com", simple(fmt.Sprintf("m%d@example.org", i+1), "Edition")); err != nil {
			t.Fatal(err)
		}
	}
	want := []Received{
		{N: 2, At: someDay, From: "wire@example.org", To: []string{"reader@example.com"}, MessageID: "m2@example.org", Raw: []byte(simple("m2@example.org", "Edition"))},
		{N: 3, At: someDay, From: "wire@example.org", To: []string{"reader@example.com"}, MessageID: "m3@example.org", Raw: []byte(simple("m3@example.org", "Edition"))},
	}
	if diff := cmp.Diff(want, s.Messages()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int{1, 2, 3}, logged); diff != "" {
		t.Error(diff)
	}
}

func TestSinkFaults(t *testing.T) {
	for _, tt := range []struct {
		fault Fault
		code  int // of the SMTP answer; 0: none came; 250: accepted
		kept  int
	}{
		{NoFault, 250, 1},
		{TempFail, 451, 0},
		{PermFail, 550, 0},
		{DropBefore, 0, 0},
		{DropAfter, 0, 1},
	} {
		t.Run(tt.fault.String(), func(t *testing.T) {
			s := startSink(t, SinkOptions{Fault: EveryNth(2, tt.fault)})
			if err := send(s, "a@example.com", simple("first@example.org", "x")); err != nil {
				t.Fatalf("the first attempt: %v", err)
			}
			err := send(s, "b@example.com", simple("second@example.org", "x"))
			code := 0
			var answer *smtp.SMTPError
			switch {
			case err == nil:
				code = 250
			case errors.As(err, &answer):
				code = answer.Code
			}
			if code != tt.code {
				t.Errorf("the sender saw %v, want code %d", err, tt.code)
			}
			got := s.Messages()[1:]
			if len(got) != tt.kept {
				t.Fatalf("%d mails kept, want %d", len(got), tt.kept)
			}
			if tt.kept > 0 && got[0].Fault != tt.fault {
				t.Errorf("the mail is marked %q, want %q", got[0].Fault, tt.fault)
			}
			if err := send(s, "b@example.com", simple("third@example.org", "x")); err != nil {
				t.Errorf("the attempt after the fault: %v", err)
			}
		})
	}
}

// page asks the mailbox page, mounted below a prefix, for a path.
func page(s *Sink, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "/mailbox"+path, nil)
	http.StripPrefix("/mailbox", s.Handler()).ServeHTTP(w, r)
	return w
}

const hostile = "From: \"<i>Wire</i>\" <wire@example.org>\r\nTo: reader@example.com\r\n" +
	"Subject: <script>alert(1)</script> & \"more\"\r\nDate: Sun, 22 Nov 2026 06:00:00 +0000\r\n" +
	"Message-ID: <hostile@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n" +
	"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nText </pre><script>alert(2)</script>\r\n" +
	"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p class=\"x\">Part</p>\"><script>alert(3)</script>\r\n--b--\r\n"

func TestMailboxEscapes(t *testing.T) {
	s := startSink(t, SinkOptions{})
	if w := page(s, "/"); !strings.Contains(w.Body.String(), "No mail has come yet") {
		t.Errorf("an empty mailbox shows %s", w.Body)
	}
	if err := send(s, "reader@example.com", hostile); err != nil {
		t.Fatal(err)
	}
	list, one, raw := page(s, "/"), page(s, "/mails/1/"), page(s, "/mails/1/raw")
	for name, w := range map[string]*httptest.ResponseRecorder{"list": list, "mail": one} {
		body := w.Body.String()
		if w.Code != http.StatusOK || strings.Contains(body, "<script") || strings.Contains(body, "<i>") {
			t.Errorf("%s: %d, with markup of the mail in it:\n%s", name, w.Code, body)
		}
		if !strings.Contains(body, "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#34;more&#34;") {
			t.Errorf("%s lacks the subject:\n%s", name, body)
		}
		if w.Header().Get("Content-Security-Policy") == "" {
			t.Errorf("%s has no Content-Security-Policy", name)
		}
	}
	body := one.Body.String()
	for _, want := range []string{
		`<iframe sandbox=""`, `srcdoc="&lt;p class=&#34;x&#34;&gt;Part&lt;/p&gt;&#34;&gt;&lt;script&gt;`,
		"<pre>Text &lt;/pre&gt;&lt;script&gt;alert(2)", "&lt;i&gt;Wire&lt;/i&gt; &lt;wire@example.org&gt;", `href="../../"`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the mail's page lacks %q:\n%s", want, body)
		}
	}
	if !strings.Contains(list.Body.String(), `href="mails/1/"`) {
		t.Error("the list does not link to the mail")
	}
	if raw.Body.String() != hostile || raw.Header().Get("Content-Type") != "text/plain; charset=utf-8" || raw.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("the source comes as %v:\n%s", raw.Header(), raw.Body)
	}
	for _, path := range []string{"/mails/2/", "/mails/x/", "/mails/2/raw", "/other"} {
		if w := page(s, path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d, want 404", path, w.Code)
		}
	}
}

func TestPrintable(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"a\r\nb\n", "a\nb\n"},
		{"\x00\x1b[2J\tö", "\uFFFD\uFFFD[2J\tö"},
		{"\xff\xfe", "\uFFFD"},
	} {
		if got := printable([]byte(tt.in)); got != tt.want {
			t.Errorf("printable(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
	if got := printable([]byte(strings.Repeat("x", 300<<10))); len(got) > 257<<10 || !strings.HasSuffix(got, "[...]") {
		t.Errorf("a long source is cut to %d bytes", len(got))
	}
}

func FuzzMailboxPage(f *testing.F) {
	f.Add([]byte(hostile))
	f.Add([]byte(simple("a@example.org", "=?utf-8?q?=3Cscript=3E?=")))
	f.Add([]byte("Subject: \x00\xff\r\n"))
	f.Add([]byte("no header at all"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		s := &Sink{mails: []Received{{N: 1, Raw: raw}}}
		body := page(s, "/mails/1/").Body.String()
		if !strings.HasSuffix(body, "</html>\n") || strings.Contains(strings.ToLower(body), "<script") || strings.Count(body, "<iframe") > 1 {
			t.Errorf("the mail breaks its page:\n%s", body)
		}
	})
}
