// This file finds the mailboxes that an archive's index page links to.

package aggregator

import (
	"bytes"
	"net/url"
	"regexp"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// indexed is a mailbox on an index page.
type indexed struct {
	url, stem  string    // stem is the file's name without .gz
	start, end time.Time // of its mails; end is exclusive
}

// maxIndexed bounds the files of one page: sixty years of days.
const maxIndexed = 25_000

// archiveIndex lists the mailboxes that a page links to, each period once.
// Where one is there plain and gzipped, the plain one is taken: it can be read
// on. Links that leave the page's directory are no part of the archive.
func archiveIndex(page []byte, base *url.URL) (list []indexed) {
	known := map[string]int{}
	z := html.NewTokenizer(bytes.NewReader(page))
	z.SetMaxBuf(1 << 20)
	for len(list) < maxIndexed {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		f, ok := indexedAt(href(z), base)
		if !ok {
			continue
		}
		if i, again := known[f.stem]; !again {
			known[f.stem] = len(list)
			list = append(list, f)
		} else if strings.HasSuffix(list[i].url, ".gz") {
			list[i] = f
		}
	}
	return list
}

// href is where a link leads, or "".
func href(z *html.Tokenizer) string {
	name, more := z.TagName()
	if string(name) != "a" {
		return ""
	}
	for more {
		var key, value []byte
		if key, value, more = z.TagAttr(); string(key) == "href" {
			return strings.TrimSpace(string(value))
		}
	}
	return ""
}

// indexedAt tells a mailbox by its name. The page of a mod_mbox archive links
// only to views of the file, below its name.
func indexedAt(link string, base *url.URL) (indexed, bool) {
	if link == "" || len(link) > 2<<10 {
		return indexed{}, false
	}
	u, err := base.Parse(link)
	if err != nil || u.Scheme != base.Scheme || u.Host != base.Host {
		return indexed{}, false
	}
	dir := base.Path[:strings.LastIndexByte(base.Path, '/')+1]
	below, ok := strings.CutPrefix(u.Path, dir)
	if !ok {
		return indexed{}, false
	}
	name, _, _ := strings.Cut(below, "/")
	stem := strings.TrimSuffix(name, ".gz")
	start, end, ok := periodOf(stem)
	if !ok {
		return indexed{}, false
	}
	u.Path, u.RawPath, u.RawQuery, u.Fragment, u.User = dir+name, "", "", "", base.User
	return indexed{url: u.String(), stem: stem, start: start, end: end}, true
}

// periods are the ways to name a file by what it holds: Mailman's five, and
// the month as other hosts write it.
var periods = []struct {
	name         *regexp.Regexp
	layout       string // of what the name matches
	years        int
	months, days int
}{
	{regexp.MustCompile(`^(\d{4}-[A-Z][a-z]+)\.txt$`), "2006-January", 0, 1, 0},
	{regexp.MustCompile(`^(\d{4})\.txt$`), "2006", 1, 0, 0},
	{regexp.MustCompile(`^Week-of-Mon-(\d{8})\.txt$`), "20060102", 0, 0, 7},
	{regexp.MustCompile(`^(\d{8})\.txt$`), "20060102", 0, 0, 1},
	{regexp.MustCompile(`^(\d{4}-\d\d)\.(?:txt|mail|mbox)$`), "2006-01", 0, 1, 0},
	{regexp.MustCompile(`^(\d{6})\.mbox$`), "200601", 0, 1, 0},
}

var quarter = regexp.MustCompile(`^(\d{4})q([1-4])\.txt$`)

// periodOf tells what a file holds by its name without .gz.
func periodOf(stem string) (start, end time.Time, ok bool) {
	if m := quarter.FindStringSubmatch(stem); m != nil {
		year, err := time.Parse("2006", m[1])
		start = year.AddDate(0, 3*int(m[2][0]-'1'), 0)
		return start, start.AddDate(0, 3, 0), err == nil
	}
	for _, p := range periods {
		if m := p.name.FindStringSubmatch(stem); m != nil {
			start, err := time.Parse(p.layout, m[1])
			return start, start.AddDate(p.years, p.months, p.days), err == nil
		}
	}
	return start, end, false
}
