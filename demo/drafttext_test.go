package demo

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/draftwire/draftwire/catalog"
	"github.com/draftwire/draftwire/texts"
)

// The texts of the sample read like drafts, and a revision is the one before
// with a few things changed.
func TestDraftTexts(t *testing.T) {
	day := time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC)
	marks := map[catalog.Mark]int{}
	read := func(name string, rev int) *texts.Text {
		raw, ok := DraftText(name, fmt.Sprintf("%02d", rev), day)
		if !ok {
			t.Fatalf("no text of %s", name)
		}
		text, err := texts.Parse([]byte(raw))
		if err != nil {
			t.Fatalf("%s-%02d: %v", name, rev, err)
		}
		if want := fmt.Sprintf("%s-%02d", name, rev); text.Name != strings.ToLower(want) {
			t.Errorf("%s calls itself %q", want, text.Name)
		}
		if n := len(text.Sections); n < 10 {
			t.Errorf("%s-%02d has %d sections", name, rev, n)
		}
		return text
	}
	for _, r := range slices.Concat(data().burst, data().yesterday, data().month, data().today) {
		before := read(r.name, r.rev)
		c := texts.Compare(before, read(r.name, r.rev+1))
		for _, m := range c.Marks {
			marks[m]++
		}
		if c.Kept < 0.3 {
			t.Errorf("%s: only %.2f was kept from -%02d", r.name, c.Kept, r.rev)
		}
		if again := texts.Compare(before, read(r.name, r.rev)); !slices.Equal(again.Marks, []catalog.Mark{catalog.ChangedNothing}) {
			t.Errorf("%s against itself: %v", r.name, again.Marks)
		}
	}
	for _, m := range []catalog.Mark{catalog.ChangedIANA, catalog.ChangedSecurity, catalog.ChangedNormative, catalog.ChangedSections, catalog.ChangedText, catalog.ChangedNothing} {
		if marks[m] < 3 {
			t.Errorf("%s is changed in %d drafts only: %v", m, marks[m], marks)
		}
	}
}

func TestTextsAreServed(t *testing.T) {
	u, err := StartUpstream(Generate(time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)), UpstreamOptions{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	for name, want := range map[string]int{data().month[0].name: 200, "draft-nobody-wrote": 404, "rfc9000": 404, "%2e%2e": 404} {
		resp, err := http.Get(strings.NewReplacer("{name}", name, "{rev}", "01").Replace(u.TextURL()))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != want || want == 200 && !strings.Contains(string(body), name+"-01") {
			t.Errorf("%s: %d (%v), want %d", name, resp.StatusCode, err, want)
		}
	}
}
