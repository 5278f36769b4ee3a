package aggregator

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/draftwire/draftwire/fetch"
)

// BenchmarkPollIndex polls the three indexes of documents in their real sizes,
// each for the first time into an empty database: the RFC index of 9,900 RFCs,
// 1id-abstracts.txt of 2,500 drafts, all_id2.txt of 50,000.
//
//	records/s  polled and recorded
//	MB-file    size of the index
//	MB-peak    resident memory of the whole process (VmHWM) during the poll
func BenchmarkPollIndex(b *testing.B) {
	clock := func() time.Time { return now }
	client := fetch.New(fetch.Options{Allow: []string{"127.0.0.0/8"}, Now: clock})
	defer client.Close()
	for _, bm := range []struct {
		name    string
		records int
		write   func(w *bufio.Writer, n int)
		source  func(url string) Upstream
	}{
		{"rfc-index", 9_900, writeRFCIndex, func(url string) Upstream { return RFCIndex{URL: url, Client: client, Now: clock} }},
		{"1id-abstracts", 2_500, writeAbstracts, func(url string) Upstream { return Abstracts{URL: url, Client: client, Now: clock} }},
		{"all_id2", 50_000, writeAllIDs, func(url string) Upstream { return AllIDs{URL: url, Client: client, Now: clock} }},
	} {
		b.Run(bm.name, func(b *testing.B) {
			path := filepath.Join(b.TempDir(), bm.name)
			size := writeIndex(b, path, func(w *bufio.Writer) { bm.write(w, bm.records) })
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, path) }))
			defer srv.Close()
			ctx := context.Background()
			for b.Loop() {
				c := &Cataloguer{DB: openStore(b), Now: clock}
				resetHighWater()
				tally, err := c.Import(ctx, bm.name, true, bm.source(srv.URL))
				if err != nil {
					b.Fatal(err)
				}
				if tally.New() < bm.records {
					b.Fatalf("%+v, want %d records", tally, bm.records)
				}
				b.ReportMetric(highWater(), "MB-peak")
			}
			b.ReportMetric(float64(b.N*bm.records)/b.Elapsed().Seconds(), "records/s")
			b.ReportMetric(float64(size)/1e6, "MB-file")
		})
	}
}

// resetHighWater makes the peak of resident memory what is resident now.
func resetHighWater() {
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // elsewhere than on Linux it is not told at all
}

func writeIndex(b *testing.B, path string, write func(*bufio.Writer)) int64 {
	b.Helper()
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	write(w)
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		b.Fatal(err)
	}
	return info.Size()
}

// prose writes n words, the same for the same dice.
func prose(dice *rand.Rand, n int) string {
	words := strings.Fields(`the protocol defines a message that endpoints exchange over encrypted transport
		and this document specifies how servers announce routing state for clients with security considerations`)
	text := make([]string, n)
	for i := range text {
		if text[i] = words[dice.IntN(len(words))]; dice.IntN(4) == 0 {
			text[i] = fmt.Sprintf("term%d", dice.IntN(20_000))
		}
	}
	return strings.Join(text, " ")
}

func writeRFCIndex(w *bufio.Writer, n int) {
	dice := rand.New(rand.NewPCG(1, 1))
	fmt.Fprintf(w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rfc-index xmlns=%q>\n", rfcIndexSpaces[0])
	for i := 1; i <= n; i++ {
		at := time.Date(1970+i*55/n, time.Month(1+i%12), 1, 0, 0, 0, 0, time.UTC)
		fmt.Fprintf(w, "<rfc-entry><doc-id>RFC%04d</doc-id><title>%s</title>\n<author><name>A. Writer</name></author><author><name>B. Writer</name></author>\n"+
			"<date><month>%s</month><year>%d</year></date><format><file-format>HTML</file-format></format><page-count>%d</page-count>\n"+
			"<keywords><kw>%s</kw></keywords><abstract><p>%s</p></abstract><draft>draft-ietf-g%d-thing%d-07</draft>\n",
			i, prose(dice, 8), at.Month(), at.Year(), 5+i%80, prose(dice, 3), prose(dice, 90), i%200, i)
		if i > 10 && i%3 == 0 {
			fmt.Fprintf(w, "<updates><doc-id>RFC%04d</doc-id></updates>", 1+dice.IntN(i-1))
		}
		fmt.Fprintf(w, "<current-status>PROPOSED STANDARD</current-status><publication-status>PROPOSED STANDARD</publication-status>\n"+
			"<stream>IETF</stream><area>sec</area><wg_acronym>g%d</wg_acronym><doi>10.17487/RFC%04d</doi></rfc-entry>\n", i%200, i)
	}
	fmt.Fprint(w, "</rfc-index>\n")
}

func writeAbstracts(w *bufio.Writer, n int) {
	dice := rand.New(rand.NewPCG(1, 2))
	fmt.Fprint(w, "                         Current Internet-Drafts\n\n")
	for i := range n {
		if i%25 == 0 {
			heading := fmt.Sprintf("Group Number %d (g%d)", i/25, i/25)
			fmt.Fprintf(w, "%s\n%s\n\n", heading, strings.Repeat("-", len(heading)))
		}
		fmt.Fprintf(w, "  \"%s\", Ada Writer,\n  Bob Writer, 2026-01-%02d, <draft-ietf-g%d-thing%d-07.txt,.pdf>\n\n", prose(dice, 8), 1+i%28, i/25, i)
		for range 8 {
			fmt.Fprintf(w, "      %s\n", prose(dice, 9))
		}
		fmt.Fprint(w, "\n")
	}
}

func writeAllIDs(w *bufio.Writer, n int) {
	dice := rand.New(rand.NewPCG(1, 3))
	fmt.Fprint(w, "# generated: 2026-03-01 12:00:00 UTC\n")
	for i := range n {
		fields := make([]string, allIDsFields)
		fields[allIDsName] = fmt.Sprintf("draft-ietf-g%d-thing%d-07", i%200, i)
		fields[allIDsStatus], fields[allIDsIESG] = "Expired", "I-D Exists"
		fields[allIDsDay] = time.Date(1995, 1, 1+i/5, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		fields[allIDsGroup], fields[allIDsArea] = fmt.Sprintf("g%d", i%200), "sec"
		fields[allIDsTitle], fields[allIDsAuthors] = prose(dice, 8), "Ada Writer <ada@example.org>, Bob Writer <bob@example.org>"
		fmt.Fprintln(w, strings.Join(fields, "\t"))
	}
	fmt.Fprint(w, "# end\n")
}
