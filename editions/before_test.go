package editions

import (
	"fmt"
	"strings"
	"testing"
)

// TestBefore holds that what is composed of a time before the first edition
// leads to no page of its own, for there is none.
func TestBefore(t *testing.T) {
	w := newWire(t)
	w.add(happening{name: "draft-a-early-00", at: at("2025-12-05 12:00")},
		happening{name: "draft-a-first-00", at: at("2025-12-07 12:00")})
	for i := range 2 * PartSize { // so that there are parts to lead to
		w.add(happening{name: fmt.Sprintf("draft-a-many-%02d", i), at: at("2025-12-05 13:00")})
	}
	w.keep(at("2025-12-07 09:00"), "daily")
	week := daily()
	week.Cadence = Weekly
	for _, tt := range []struct {
		n     Newsletter
		label string
		want  bool
	}{
		{daily(), "2025-12-05", false},
		{daily(), "2025-12-06", false},
		{daily(), "2025-12-07", true},
		{daily(), "2025-12-08", true},
		{week, "2025-W48", false},
		{week, "2025-W49", true},
	} {
		e := w.compose(tt.n, tt.label)
		mail, _ := e.MailHTML(site, 0)
		for form, text := range map[string]string{
			"text": e.Text(site, 0), "part": e.Text(site, 1), "markdown": e.Markdown(site), "mail": string(mail), "page": string(e.HTML(site, 1)),
		} {
			has := strings.Contains(text, site.Newsletter("daily")+"/")
			if want := tt.want && (form != "page" || e.Parts() > 1); has != want {
				t.Errorf("%s as %s: leads to a page %v, want %v", tt.label, form, has, want)
			}
		}
	}
}
