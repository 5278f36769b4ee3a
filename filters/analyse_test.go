package filters

import (
	"strings"
	"testing"
)

func TestAnalyse(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", ""},
		{"The QUIC Protocol", "the quic protocol"},
		{"post-quantum", "post quantum . postquantum"},
		{"post‑quantum e-mails", "post quantum e mail . postquantum . email"}, // a non-breaking hyphen
		{"a-b c-d", "a b c d . ab . cd"},
		{"pre- and post-", "pre and post"},
		{"a--b", "a b"},
		{"draft-ietf-quic-multipath-18", "draft ietf quic multipath 18 . draftietfquicmultipath18"},
		{"draft-ietf-pilc-2.5g3g-12", "draft ietf pilc 2.5g3g 12 . draftietfpilc2.5g3g12"},
		{"ISO8473 and TLS 1.3.", "iso8473 and tls 1.3"},
		{"tls.ietf.org, node.js", "tls ietf org node js"},
		{"TCP/IP snake_case group's", "tcp ip snake case group s"},
		{"Löffler Ørsted Straße Đorđe İstanbul", "loffler orsted strasse dorde istanbul"},
		{"Ｆｕｌｌ　ｗｉｄｔｈ ① ½", "full width 1 1 2"},
		{"soft\u00adhyphen zero\u200bwidth", "softhyphen zero width"},
		{"標準化", "標準 準化 化"},
		{"標準化TLS案", "標準 準化 化 tls 案"},
		{"ｶﾞｲﾄﾞ", "ガイ イド ド"},
		{"サーバー", "サー ーバ バー ー"},
		{"표준 한국", "표준 준 한국 국"},
		{"AI-標準", "ai 標準 準"},
		{"नमस्ते", "नमस्ते"},
		{"bad\xffbyte é", "bad byte e"},
	} {
		if got := strings.Join(Analyse(tt.text), " "); got != tt.want {
			t.Errorf("Analyse(%q)\n got %s\nwant %s", tt.text, got, tt.want)
		}
	}
}

func TestSingular(t *testing.T) {
	for plural, want := range map[string]string{
		"drafts": "draft", "policies": "policy", "addresses": "address", "prefixes": "prefix", "hashes": "hash",
		"switches": "switch", "caches": "cache", "cookies": "cookie", "echoes": "echo", "responses": "response",
		"databases": "database", "sizes": "size", "keys": "key", "apis": "api", "uris": "uri", "gpus": "gpu", "rfcs": "rfc",
		"l2vpns": "l2vpn", "statuses": "status", "aliases": "alias",
		"status": "status", "alias": "alias", "address": "address", "analysis": "analysis", "this": "this", "dns": "dns",
		"tls": "tls", "https": "https", "dtls": "dtls", "series": "series", "bus": "bus", "class": "class", "is": "is",
		"802s": "802s",
	} {
		got := strings.Join(Analyse(plural), " ")
		if got != want {
			t.Errorf("singular of %s: got %s, want %s", plural, got, want)
		}
		if again := strings.Join(Analyse(got), " "); again != got {
			t.Errorf("singular of %s is %s, whose own is %s", plural, got, again)
		}
	}
}

func TestAnalyseBounds(t *testing.T) {
	long := strings.Repeat("a", 3*MaxToken)
	if got := Analyse(long); len(got) != 1 || len(got[0]) != MaxToken {
		t.Errorf("a long word gives %d tokens, the first of %d bytes; want one of %d", len(got), len(got[0]), MaxToken)
	}
	if got := Analyse(strings.Repeat("é", MaxToken)); len(got[0]) != MaxToken {
		t.Errorf("a long word with accents has %d bytes, want %d", len(got[0]), MaxToken)
	}
	if got := Analyse(strings.Repeat(" ", MaxText-4) + "word beyond"); len(got) != 1 || got[0] != "word" {
		t.Errorf("got %q, want only word: text beyond MaxText is not analysed", got)
	}
	if n := len(Analyse(strings.Repeat("a-", MaxText))); n > MaxText {
		t.Errorf("hyphens make %d tokens of %d bytes", n, MaxText)
	}
}
