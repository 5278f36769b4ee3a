// The style sheet of feeds, for who opens one in a browser.

package feeds

import (
	_ "embed"
	"net/http"
)

//go:embed feed.css
var style []byte

var styleFormat = &format{ending: "css", header: []string{"text/css; charset=utf-8"}}

// serveStyle serves it. That it changed is told by its ETag.
func (f *Feeds) serveStyle() http.HandlerFunc {
	sheet := newDocument(key{format: styleFormat}, style, f.began(), 0)
	return func(w http.ResponseWriter, r *http.Request) { sheet.serve(w, r, f.cfg.Now()) }
}
