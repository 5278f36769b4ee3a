package config

import (
	"errors"
	"strings"
	"testing"
)

// mistakes holds a file each with what is drawn for it, "f:" left out.
var mistakes = []struct{ name, in, want string }{
	{"syntax", "[server]\nlisten = \n", "2:10: "},
	{"unknown key", "[fetch]\nintervall = \"1h\"\n", `
2:1: unknown key "intervall"
	intervall = "1h"
	^^^^^^^^^
	did you mean "interval"? here stand: contact, interval, max_interval, spacing, overlap, allow, max_body`},
	{"unknown table", "[servers]\nlisten = 1\n", `1:2: unknown key "servers"`},
	{"spelling of case", "[server]\nListen = \"a:1\"\n", `did you mean "listen"?`},
	{"unknown in inline table", "source = [{ nme = \"x\" }]\n", `1:13: unknown key "nme"`},
	{"several", "[[topic]]\nname = \"x\"\n[topics]\n", `3:2: unknown key "topics"`},
	{"list without double brackets", "[topic]\nname = \"x\"\n", "write [[topic]]"},
	{"double brackets", "[[server]]\n", "write [server]"},
	{"value as table", "[server.listen]\n", "1:9: \"listen\" is a value, not a table"},
	{"dotted value", "server.listen.x = 1\n", `"listen" has no keys of its own`},
	{"twice", "[server]\nlisten = \"a:1\"\nlisten = \"b:1\"\n", "3:"},
	{"number for text", "[server]\nlisten = 8080\n", `
2:10: listen is a number
	listen = 8080
	         ^^^^
	write text in quotes`},
	{"text for truth", "[[source]]\nname = \"a\"\nkind = \"mbox\"\npath = \"x\"\npaused = \"yes\"\n", "5:10: paused is text"},
	{"number in list", "[[newsletter]]\nname = \"n\"\ntopics = [\"a\", 3]\n", "3:16: topics is a number"},
	{"duration", "[fetch]\nspacing = \"15 minutes\"\n", `2:11: "15 minutes" is not a length of time`},
	{"negative duration", "[fetch]\nspacing = \"-1s\"\n", "is not a length of time"},
	{"size", "[fetch]\nmax_body = \"lots\"\n", `write it as "512KiB"`},
	{"zone", "[[newsletter]]\nname = \"n\"\nzone = \"Asia/Tokio\"\n", `3:8: "Asia/Tokio" is not a time zone`},
	{"local zone", "[[newsletter]]\nname = \"n\"\nzone = \"Local\"\n", "a zone has a name"},
	{"cadence", "[[newsletter]]\nname = \"n\"\ncadence = \"weekli\"\n", `did you mean "weekly"? write one of: daily, weekdays, weekly, monthly`},
	{"grace", "[[newsletter]]\nname = \"n\"\ngrace = \"100h\"\n", "3:9: that is too long to wait for late mail"},
	{"date", "[[newsletter]]\nname = \"n\"\nfirst = \"tomorrow\"\n", "write a date such as 2025-12-07"},
	{"base", "[server]\nbase = \"wire.example.org\"\n", "is not the address of a site"},
	{"base with query", "[server]\nbase = \"http://a/?b\"\n", "is not the address of a site"},
	{"listen", "[server]\nlisten = \"8080\"\n", `2:10: "8080" is not a host and port`},
	{"allow", "[fetch]\nallow = [\"localhost:80\", \"10.0.0.0/8\", \"127.0.0.1:0\"]\n", `2:40: "127.0.0.1:0" allows nothing`},
	{"overlap", "[fetch]\noverlap = \"1m\"\n", "2:11: late mail comes within hours or days"},
	{"model without address", "[model]\nname = \"x\"\n", "1:2: a language model has an address"},
	{"model address", "[model]\nurl = \"127.0.0.1:11434\"\nname = \"x\"\n", "2:7: \"127.0.0.1:11434\" is not the address of a language model"},
	{"model address with key", "[model]\nurl = \"https://k@a.example/v1\"\nname = \"x\"\n", "is not the address of a language model"},
	{"model without name", "[model]\nurl = \"http://127.0.0.1:1/v1\"\n", "1:2: a language model has a name"},
	{"model key readable", "[model]\nurl = \"http://a.example/v1\"\nname = \"x\"\nkey = \"k\"\n", "2:7: the key would travel readable"},
	{"model key twice", "[model]\nurl = \"https://a.example/v1\"\nname = \"x\"\nkey = \"k\"\nkey_env = \"K\"\n", "5:11: the key stands here and in the environment"},
	{"model task", "[model]\nurl = \"https://a.example/v1\"\nname = \"x\"\ntasks = [\"sumary\"]\n", `did you mean "summary"?`},
	{"model task twice", "[model]\nurl = \"https://a.example/v1\"\nname = \"x\"\ntasks = [\"use\", \"use\"]\n", "stands twice"},
	{"model without tasks", "[model]\nurl = \"https://a.example/v1\"\nname = \"x\"\ntasks = []\n", "nothing to do"},
	{"model bounds", "[model]\nurl = \"https://a.example/v1\"\nname = \"x\"\nmax_tokens = 9\n", "4:14: 9 is out of bounds"},
	{"model price", "[model]\nurl = \"https://a.example/v1\"\nname = \"x\"\nprice_in = -0.5\n", "4:12: a price is a number from 0"},
	{"model price in words", "[model]\nprice_in = \"low\"\n", "write a number"},
	{"model cost without price", "[model]\nurl = \"https://a.example/v1\"\nname = \"x\"\ndaily_cost = 1\n", "4:14: without prices nothing costs anything"},
	{"model timeout", "[model]\nurl = \"https://a.example/v1\"\nname = \"x\"\ntimeout = \"2h\"\n", "4:11: no answer comes"},
	{"contact", "[fetch]\ncontact = \"me) evil\"\n", "reaches nobody"},
	{"authority", "[ids]\nauthority = \"Example Org\"\n", "cannot mint ids"},
	{"name missing", "[[topic]]\nquery = \"x\"\n", "1:3: a name is missing"},
	{"name form", "[[topic]]\nname = \"A b\"\nquery = \"x\"\n", `2:8: "A b" cannot stand in an address`},
	{"name twice", "[[topic]]\nname = \"a\"\nquery = \"x\"\n[[topic]]\nname = \"a\"\nquery = \"y\"\n", `5:8: the name "a" is taken`},
	{"query missing", "[[topic]]\nname = \"a\"\n", "1:3: a query is missing"},
	{"query empty", "[[topic]]\nname = \"a\"\nquery = \" \"\n", "3:9: an empty query finds everything"},
	{"title of two lines", "[[topic]]\nname = \"a\"\nquery = \"x\"\ntitle = \"a\\nb\"\n", "4:9: a title is one line"},
	{"title language", "[[topic]]\nname = \"a\"\nquery = \"x\"\ntitles = { fr = \"a\" }\n", `titles in "fr" are never shown`},
	{"section unknown", "[[topic]]\nname = \"quic\"\nquery = \"x\"\n[[newsletter]]\nname = \"n\"\ntopics = [\"quick\"]\n", `
6:11: there is no topic "quick"
	topics = ["quick"]
	          ^^^^^^^
	did you mean "quic"?`},
	{"section twice", "[[topic]]\nname = \"a\"\nquery = \"x\"\n[[newsletter]]\nname = \"n\"\ntopics = [\"a\", \"a\"]\n", `6:16: the topic "a" stands twice`},
	{"inbound without listener", "[[source]]\nname = \"a\"\nkind = \"smtp\"\nlist_id = \"a.example.org\"\n", "3:8: nobody listens for mail"},
	{"inbound without list", "[inbound]\nlisten = \":2525\"\n[[source]]\nname = \"a\"\nkind = \"smtp\"\n", "3:3: a source of kind smtp takes the mail of one list"},
	{"inbound list", "[inbound]\nlisten = \":2525\"\n[[source]]\nname = \"a\"\nkind = \"smtp\"\nlist_id = \"<a>\"\n", "write what stands in the <> of List-Id"},
	{"inbound source with an address", "[inbound]\nlisten = \":2525\"\n[[source]]\nname = \"a\"\nkind = \"smtp\"\nlist_id = \"a.b\"\nurl = \"https://a/\"\n", "a source of kind smtp has no url"},
	{"inbound name", "[inbound]\nlisten = \":2525\"\n[[source]]\nname = \"" + strings.Repeat("a", 48) + "\"\nkind = \"smtp\"\nlist_id = \"a.b\"\n", "write at most 47 characters"},
	{"inbound listen", "[inbound]\nlisten = \"2525\"\n", "2:10: \"2525\" is not a host and port"},
	{"inbound socket", "[inbound]\nlisten = \"unix:\"\n", "2:10: a socket needs a path"},
	{"inbound domain", "[inbound]\nlisten = \":2525\"\ndomain = \"a@b\"\n", "3:10: \"a@b\" is not a domain name"},
	{"inbound key", "[inbound]\nlisten = \":2525\"\ntls_cert = \"a.pem\"\n", "write both tls_cert"},
	{"texts of no address", "[texts]\nurl = \"archive/{name}-{rev}.txt\"\n", `2:7: "archive/{name}-{rev}.txt" is not an address`},
	{"one text", "[texts]\nurl = \"https://h/{name}.txt\"\n", "2:7: every draft would have the same text"},
	{"texts of long ago", "[texts]\nback = \"400d\"\n", `write "0s" to "366d"`},
	{"list of a feed", "[[source]]\nname = \"a\"\nkind = \"feed\"\nurl = \"https://a/\"\nlist_id = \"a.b\"\n", "a source of kind feed has no list_id"},
	{"list id", "[[newsletter]]\nname = \"n\"\nlist_id = \"<a>\"\n", "is not a list id"},
	{"kind missing", "[[source]]\nname = \"a\"\n", "1:3: a kind is missing"},
	{"kind unknown", "[[source]]\nname = \"a\"\nkind = \"mail-dir\"\n", "did you mean \"maildir\"? write one of: feed, imap, mbox, maildir, pipermail"},
	{"feed address", "[[source]]\nname = \"a\"\nkind = \"feed\"\nurl = \"ftp://a/b\"\n", `4:7: "ftp://a/b" is not the address of a source of kind feed`},
	{"feed without address", "[[source]]\nname = \"a\"\nkind = \"feed\"\n", `write url = "..."`},
	{"user in address", "[[source]]\nname = \"a\"\nkind = \"feed\"\nurl = \"https://u:p@h/\"\n", "the address holds a user"},
	{"folder missing", "[[source]]\nname = \"a\"\nkind = \"imap\"\nurl = \"imaps://h/\"\n", "the address names no folder"},
	{"readable password", "[[source]]\nname = \"a\"\nkind = \"imap\"\nurl = \"imap://h/x\"\nuser = \"u\"\npassword = \"p\"\n", "write imaps://"},
	{"key of another kind", "[[source]]\nname = \"a\"\nkind = \"maildir\"\npath = \"p\"\nurl = \"http://h\"\n", "5:7: a source of kind maildir has no url"},
	{"path and address", "[[source]]\nname = \"a\"\nkind = \"mbox\"\npath = \"p\"\nurl = \"http://h/\"\n", "5:7: a source of kind mbox has a path or a url, not both"},
	{"since of a feed", "[[source]]\nname = \"a\"\nkind = \"feed\"\nurl = \"http://h/\"\nsince = \"2025-01-01\"\n", "5:9: a source of kind feed has no since"},
	{"mbox without path", "[[source]]\nname = \"a\"\nkind = \"mbox\"\n", "a source of kind mbox has a path"},
	{"impolite", "[[source]]\nname = \"a\"\nkind = \"feed\"\nurl = \"https://h/\"\ninterval = \"5s\"\n", `5:12: a is polled too often`},
	{"two passwords", "[mail]\nuser = \"u\"\npassword = \"p\"\npassword_env = \"P\"\n", "4:16: the password stands here and in the environment"},
	{"password without user", "[mail]\npassword = \"p\"\n", "1:2: there is a password, but no user"},
	{"mail without encryption", "[mail]\nrelay = \"h:25\"\ntls = \"none\"\nuser = \"u\"\npassword = \"p\"\n", `3:7: the password would travel readable`},
	{"sender", "[mail]\nfrom = \"nobody\"\n", `2:8: "nobody" is not a mail address`},
	{"hello", "[mail]\nhello = \"a b\"\n", "is not a host name"},
	{"query", "[[topic]]\nname = \"a\"\nquery = \"\\u0061 OR gruop:masque\"\n", `
3:20: unknown field "gruop"
	query = "\u0061 OR gruop:masque"
	                   ^^^^^`},
	{"query over lines", "[[topic]]\nname = \"a\"\nquery = \"\"\"\nx OR\n  gruop:y\"\"\"\n", "5:3: unknown field"},
	{"literal query over lines", "[[topic]]\r\nname = \"a\"\r\nquery = '''\r\nx OR\r\n  gruop:y'''\r\n", "5:3: unknown field"},
	{"scope", "[[newsletter]]\nname = \"n\"\nscope = 'gruop:x'\n", "3:10: unknown field"},
	{"wide characters", "[[topic]]\nname = \"a\"\nquery = \"標準 gruop:x\"\n", `
3:13: unknown field "gruop"
	query = "標準 gruop:x"
	              ^^^^^`},
}

func TestMistakes(t *testing.T) {
	for _, tt := range mistakes {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse("f", []byte(tt.in))
			if _, ok := errors.AsType[Errors](err); !ok {
				t.Fatalf("got %v, want Errors", err)
			}
			got := "\n" + err.Error()
			want := strings.TrimPrefix(tt.want, "\n")
			if want[0] >= '0' && want[0] <= '9' {
				want = "f:" + want
			}
			if !strings.Contains(got, want) {
				t.Errorf("got:%s\nwant in it:\n%s", got, want)
			}
		})
	}
}

func TestAllMistakesAtOnce(t *testing.T) {
	_, err := Parse("f", []byte("[server]\nlisten = 1\nlissen = 2\n[fetch]\ninterval = \"x\"\n"))
	var faults Errors
	if !errors.As(err, &faults) || len(faults) != 3 {
		t.Fatalf("got %v, want three faults", err)
	}
	for i, line := range []int{2, 3, 5} {
		if faults[i].Line != line {
			t.Errorf("fault %d is in line %d, want %d", i, faults[i].Line, line)
		}
	}
}

func TestLongLineIsCut(t *testing.T) {
	_, err := Parse("f", []byte("[server]\nlisten = \""+strings.Repeat("x", 3000)+"\"\n"))
	if err == nil || len(err.Error()) > 4000 || !strings.Contains(err.Error(), "…") {
		t.Errorf("got %v", err)
	}
}

func TestUnquote(t *testing.T) {
	for _, tt := range []struct {
		raw, text string
		at        []int
	}{
		{`"ab"`, "ab", []int{1, 2, 3}},
		{`'a\n'`, `a\n`, []int{1, 2, 3, 4}},
		{`"a\tb"`, "a\tb", []int{1, 2, 4, 5}},
		{`"\u00e9b"`, "éb", []int{1, 1, 7, 8}},
		{"\"\"\"\na\\\n  b\"\"\"", "ab", []int{4, 9, 10}},
		{"'''\r\na'''", "a", []int{5, 6}},
		{`""`, "", []int{1}},
		{`x`, "", []int{0}},
	} {
		text, at := unquote(tt.raw)
		if text != tt.text || len(at) != len(tt.at) {
			t.Errorf("unquote(%q) = %q, %v, want %q, %v", tt.raw, text, at, tt.text, tt.at)
			continue
		}
		for i := range at {
			if at[i] != tt.at[i] {
				t.Errorf("unquote(%q) places %v, want %v", tt.raw, at, tt.at)
				break
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(whole)
	f.Add(Example("ops@example.org", "example.org"))
	for _, tt := range mistakes {
		f.Add(tt.in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		c, err := Parse("f", []byte(in))
		if (c == nil) == (err == nil) {
			t.Fatalf("got %v and %v", c, err)
		}
		var faults Errors
		if err != nil && (!errors.As(err, &faults) || err.Error() == "") {
			t.Fatalf("an error without a place: %v", err)
		}
	})
}
