package filters

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// marked draws what is highlighted in brackets.
func marked(text string, spans []Span) string {
	var b strings.Builder
	at := 0
	for _, s := range spans {
		b.WriteString(text[at:s.Start] + "[" + text[s.Start:s.End] + "]")
		at = s.End
	}
	return b.String() + text[at:]
}

func TestHighlight(t *testing.T) {
	for _, tt := range []struct{ query, text, want string }{
		{"quic path", "Paths of QUIC: a path", "[Paths] of [QUIC]: a [path]"},
		{`"network paths"`, "Network  paths, paths", "[Network  paths], paths"},
		{"post-quantum", "Post-Quantum, post quantum, postquantum", "[Post-Quantum], [post quantum], [postquantum]"},
		{"postquantum", "A post-quantum world", "A [post-quantum] world"},
		{"loffler", "Ada Löffler’s", "Ada [Löffler]’s"},
		{"strasse full", "Straße Ｆｕｌｌ", "[Straße] [Ｆｕｌｌ]"},
		{"標準化", "インターネットの標準化と標準", "インターネットの[標準化]と標準"},
		{"準", "標準化", "標[準化]"},
		{"ガイド", "ｶﾞｲﾄﾞ案", "[ｶﾞｲﾄﾞ]案"},
		{"conn*", "a connection, con", "a [connection], con"},
		{"-quic tls", "QUIC and TLS", "QUIC and [TLS]"},
		{"/path(s)?/ OR /c x/", "paths  and c\n x", "[paths]  and [c\n x]"},
		{"title:quic author:quic", "QUIC", "[QUIC]"},
		{"group:quic kind:draft", "QUIC draft", "QUIC draft"},
		{"", "QUIC", "QUIC"},
		{"ab bc", "a-b-c ab", "a-b-c [ab]"},
		{"1.3", "TLS 1.3.", "TLS [1.3]."},
	} {
		if got := marked(tt.text, Highlight(tt.text, mustParse(t, tt.query))); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.query, got, tt.want)
		}
	}
	if got := Highlight("QUIC", mustParse(t, "title:quic"), Abstract); got != nil {
		t.Errorf("title:quic marks %v in an abstract", got)
	}
}

func FuzzHighlight(f *testing.F) {
	f.Add("post-quantum 標準化 é", "Post-Quantum é 標準化TLS ½")
	f.Add(`/a\s*b/i "x y"*`, "A  b\n\nx yz ﷺ")
	f.Add("가 각", "\u1112\u1161\u11ab \xff\xfe か\u3099")
	f.Fuzz(func(t *testing.T, query, text string) {
		q, err := Parse(query)
		if err != nil {
			return
		}
		last := 0
		for _, s := range Highlight(text, q) {
			if s.Start < last || s.End <= s.Start || s.End > len(text) {
				t.Fatalf("%q in %q: span %v after %d", query, text, s, last)
			}
			last = s.End
			if utf8.ValidString(text) && !utf8.ValidString(text[s.Start:s.End]) {
				t.Fatalf("%q in %q: span %v cuts a character", query, text, s)
			}
		}
	})
}
