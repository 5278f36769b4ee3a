package web_test

import (
	"net/http"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"
)

func TestLanguageOfPages(t *testing.T) {
	s := newSite(t)
	for _, tt := range []struct {
		path, accept string
		want         string
		vary         bool
	}{
		{"/", "", "en", true},
		{"/", "ja", "ja", true},
		{"/", "ja-JP,ja;q=0.9,en;q=0.8", "ja", true},
		{"/", "en-GB,ja;q=0.5", "en", true},
		{"/", "fr,de;q=0.5", "en", true},
		{"/", "fr,ja;q=0.5", "ja", true},
		{"/", "*", "en", true},
		{"/", strings.Repeat("ja-", 5000), "en", true}, // not to be read
		{"/?lang=ja", "en", "ja", false},
		{"/?lang=en", "ja", "en", false},
		{"/?lang=tlh", "ja", "ja", true},
		{"/nowhere?lang=ja", "", "ja", false},
	} {
		resp, body := s.ask("GET", tt.path, "", "Accept-Language", tt.accept)
		if got := resp.Header.Get("Content-Language"); got != tt.want || !strings.Contains(body, `<html lang="`+tt.want+`">`) {
			t.Errorf("%s for %.40q is in %q, want %q", tt.path, tt.accept, got, tt.want)
		}
		if got := resp.Header.Get("Vary") == "Accept-Language"; got != tt.vary {
			t.Errorf("%s for %.40q: Vary %q", tt.path, tt.accept, resp.Header.Get("Vary"))
		}
		if len(resp.Cookies()) > 0 {
			t.Errorf("%s sets cookies", tt.path)
		}
	}
}

// Every page in Japanese has Japanese chrome, and its links keep what was chosen.
func TestJapanesePages(t *testing.T) {
	s := newSite(t)
	sub, link := s.subscribe("ada@example.org")
	for path, want := range map[string]string{
		"/": "高速な転送</a></h3>", "/topics/quic": "<h1>高速な転送</h1>", "/?": "直近7日間に2件", "/topics/quic?": "掲載理由：グループ quic", "/topics/old": "2025年12月7日に削除されました", "/topics/none": "このアドレスには何も公開されていません",
		"/newsletters/daily": "発行：毎日、UTC", "/newsletters/daily/2025-12-08": "バックナンバー", "/newsletters/daily/2025-12-07/2": "全部で1つ",
		"/newsletters/daily/2025-13-01": "そのような号はありません", "/newsletters/daily/2025-12-11": "まだ始まっていません",
		"/documents/draft-ietf-quic-more": "本文：語の50%は元のまま", "/sources": "拒否されました：HTTP 503", "/reading": "フィードとは", link: "には「Drafts &amp; RFCs, daily」をメールで",
	} {
		resp, body := s.ask("GET", strings.TrimSuffix(path, "?")+"?lang=ja", "")
		if resp.Header.Get("Content-Language") != "ja" || !strings.Contains(body, want) {
			t.Errorf("%s does not say %q in\n%s", path, want, body)
		}
		for _, href := range internal(t, body) {
			page, rest, _ := strings.Cut(href, "?")
			if page == "" || page[0] == '#' || strings.Contains(page, "/feed") {
				continue // of this page, or what no language tells apart
			}
			if !strings.HasPrefix(rest, "lang=ja") {
				t.Errorf("%s: the link to %s forgets the language", path, href)
			}
			href, _, _ = strings.Cut(href, "#")
			if resp, _ := s.ask("GET", href, ""); resp.StatusCode == http.StatusNotFound {
				t.Errorf("%s: the link to %s leads nowhere", path, href)
			}
		}
	}
	if resp, body := s.ask("POST", link+"?lang=ja", "List-Unsubscribe=One-Click"); resp.StatusCode != 200 || s.live(sub.ID) || !strings.Contains(body, "購読をやめました") {
		t.Errorf("the button in Japanese: %s\n%s", resp.Status, body)
	}
}

// internal lists the links of a page to pages of this site.
func internal(t *testing.T, body string) (links []string) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		for _, a := range n.Attr {
			if n.Data == "a" && a.Key == "href" && !strings.Contains(a.Val, "://") {
				links = append(links, a.Val)
			}
		}
	}
	return links
}

// The two pages on reading say the same: they have the same parts and links.
func TestReadingIsTheSameInEachLanguage(t *testing.T) {
	s := newSite(t)
	shapes := map[string]string{}
	for _, tag := range []string{"en", "ja"} {
		_, body := s.ask("GET", "/reading?lang="+tag, "")
		doc, err := html.Parse(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for n := range doc.Descendants() {
			if n.Type == html.ElementNode && strings.Contains(" h1 h2 li ol ul p code ", " "+n.Data+" ") {
				shapes[tag] += n.Data + " "
			}
		}
		if japanese := strings.ContainsFunc(body[:strings.Index(body, "</main>")], func(r rune) bool { return unicode.Is(unicode.Hiragana, r) }); japanese != (tag == "ja") {
			t.Errorf("the page in %s is not", tag)
		}
	}
	if shapes["en"] != shapes["ja"] {
		t.Errorf("in English\n%s\nin Japanese\n%s", shapes["en"], shapes["ja"])
	}
}
