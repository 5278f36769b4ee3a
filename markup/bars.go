package markup

// This file draws figures as bars.

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
)

// Bars draws counts as an SVG of class "chart", in the colour of the text around
// it; label says the same in words. What is zero is a line on the ground.
func Bars(counts []int, label string) template.HTML {
	const width, height = 6, 28
	most := 1
	if len(counts) > 0 {
		most = max(slices.Max(counts), 1)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="chart" role="img" aria-label="%s" viewBox="0 0 %d %d" width="%d" height="%d" fill="currentColor">`,
		template.HTMLEscapeString(label), width*len(counts), height, width*len(counts), height)
	for i, n := range counts {
		tall := max((n*(height-1)+most-1)/most, 1)
		fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%d" height="%d"/>`, i*width, height-tall, width-2, tall)
	}
	b.WriteString("</svg>")
	return template.HTML(b.String()) //nolint:gosec // numbers, and an escaped label
}
