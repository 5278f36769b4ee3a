// Package markup makes HTML and text from outside safe, and makes text of HTML
// and HTML of text.
//
//   - [Sanitize] is for HTML that goes into a page or a feed: what it returns is
//     balanced, holds allow-listed elements only, and is its own sanitised form.
//   - [Text] is for HTML that goes into a plain mail or an index.
//   - [FromText] is for plain text, an abstract or a mail body, that goes into a page.
//   - [Clean] and [CleanText] are for text that goes into a title, a header, a line.
//
// None of them fails: input that cannot be read as what it should be comes out
// as its bare text. All of them take any bytes, and their memory is bounded by
// the size of the input, of which HTML beyond 4 MiB is cut off.
package markup

const (
	maxHTML  = 4 << 20 // bytes of HTML read
	maxTags  = 20_000  // more fall back to text: with each, the parser may reopen twenty elements
	maxDepth = 512     // of elements; the parser refuses more
)
