package aggregator

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// in gives text in an encoding.
func in(t *testing.T, e encoding.Encoding, text string) string {
	t.Helper()
	s, err := e.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func declared(charset, text string) string {
	return `<?xml version="1.0" encoding="` + charset + `"?>` + text
}

func TestNormaliseCharsets(t *testing.T) {
	const japaneseText, french = "<t>日刊 暗号</t>", "<t>é – café</t>"
	utf16BE := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	utf16LE := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	for _, tt := range []struct{ name, body, contentType, want string }{
		{"UTF-8", declared("utf-8", japaneseText), "", japaneseText},
		{"no declaration", japaneseText, "", japaneseText},
		{"byte order mark", "\ufeff" + declared("iso-8859-1", japaneseText), "text/xml; charset=koi8-r", japaneseText},
		{"ISO-2022-JP", in(t, japanese.ISO2022JP, declared("ISO-2022-JP", japaneseText)), "", japaneseText},
		{"Shift_JIS", in(t, japanese.ShiftJIS, declared("Shift_JIS", japaneseText)), "application/xml", japaneseText},
		{"EUC-JP by HTTP alone", in(t, japanese.EUCJP, japaneseText), "text/xml; charset=EUC-JP", japaneseText},
		{"HTTP before declaration", in(t, japanese.EUCJP, declared("koi8-r", japaneseText)), "text/xml; charset=EUC-JP", japaneseText},
		{"HTTP says Latin-1 of UTF-8", declared("utf-8", japaneseText), "text/xml; charset=ISO-8859-1", japaneseText},
		{"HTTP says UTF-8 of Shift_JIS", in(t, japanese.ShiftJIS, declared("Shift_JIS", japaneseText)), "text/xml; charset=utf-8", japaneseText},
		{"UTF-16 BE, mark", "\xfe\xff" + in(t, utf16BE, declared("utf-16", japaneseText)), "", japaneseText},
		{"UTF-16 LE, mark", "\xff\xfe" + in(t, utf16LE, declared("utf-16", japaneseText)), "", japaneseText},
		{"UTF-16 BE, bare", in(t, utf16BE, japaneseText), "", japaneseText},
		{"UTF-16 LE, bare", in(t, utf16LE, japaneseText), "text/xml; charset=utf-8", japaneseText},
		{"UTF-32", in(t, utf32.UTF32(utf32.BigEndian, utf32.UseBOM), japaneseText), "", japaneseText},
		{"UTF-16 is only said", declared("utf-16", japaneseText), "text/xml; charset=UTF-16", japaneseText},
		{"UTF-8 with Latin-1 bytes", in(t, charmap.Windows1252, declared("utf-8", french)), "", french},
		{"UTF-8 and Latin-1 mixed", "<t>日" + in(t, charmap.Windows1252, french), "", "<t>日" + french},
		{"Latin-1 is Windows-1252", in(t, charmap.Windows1252, declared("iso-8859-1", french)), "", french},
		{"unknown charset", declared("klingon", french), "text/xml; charset=klingon", french},
		{"declared behind junk", "\n junk" + in(t, charmap.KOI8R, declared("koi8-r", "<t>почта</t>")), "", "<t>почта</t>"},
		{"broken content type", french, "text/xml; charset", french},
		{"JSON", " \n{\"a\":\"日\"}", "application/json; charset=iso-8859-1", "{\"a\":\"日\"}"},
	} {
		if got := string(normalise([]byte(tt.body), tt.contentType)); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestNormaliseXML(t *testing.T) {
	comment := "<!-- " + strings.Repeat("> long ", 700) + "-->"
	for _, tt := range []struct{ name, body, want string }{
		{"junk before", "Warning: x\n\n<?xml version=\"1.0\"?>\n<a/>", "\n<a/>"},
		{"4 KiB of comments", declared("utf-8", comment+"\n"+comment+"<a/>"), "<a/>"},
		{"document type with entities", `<!DOCTYPE rss [<!ENTITY a "b">` + "\n" + `<!ENTITY c "&a;&a;">]><a>&c;</a>`, "<a>&c;</a>"},
		{"style sheet", `<?xml-stylesheet href="x"?><a/>`, "<a/>"},
		{"references to control characters", "<a>&#8;b&#x0b;c&#10;&#xFFFE;&#9999999999;&#xD;&#x0000000000000000000001;</a>", "<a>bc&#10;&#xD;</a>"},
		{"control characters", "<a>\x00b\x1bc\td\x7f\uffff</a>", "<a>bc\td\x7f</a>"},
		{"comment without end", "<!-- a <b>", "<!-- a <b>"},
		{"nothing", "", ""},
		{"no markup", "plain", "plain"},
	} {
		if got := string(normalise([]byte(tt.body), "")); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func FuzzNormalise(f *testing.F) {
	for _, s := range []string{"<a/>", "\xff\xfe<\x00", "{}", declared("shift_jis", "\x88\x9f"), "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&#1;&b;</a>", "\xef\xbb\xbfx"} {
		f.Add([]byte(s), "text/xml; charset=utf-8")
		f.Add([]byte(s), "")
	}
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		text := normalise(body, contentType)
		if !utf8.Valid(text) {
			t.Errorf("not UTF-8: %q", text)
		}
		if len(text) > 3*len(body)+8 {
			t.Errorf("%d bytes became %d", len(body), len(text))
		}
	})
}
