// The protocol: POST /chat/completions, as OpenAI's and all that copy it.

package llm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"strings"
	"unicode/utf8"

	"github.com/draftwire/draftwire/fetch"
	"github.com/draftwire/draftwire/markup"
)

type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

type request struct {
	Model       string    `json:"model"`
	Messages    []message `json:"messages"`
	MaxTokens   int       `json:"max_tokens"`
	Temperature float64   `json:"temperature"`
	Stream      bool      `json:"stream"`
}

// reply is what we read of an answer.
type reply struct {
	Choices []struct {
		Message      message `json:"message"`
		FinishReason string  `json:"finish_reason"`
	} `json:"choices"`
	Usage struct {
		In  int64 `json:"prompt_tokens"`
		Out int64 `json:"completion_tokens"`
	} `json:"usage"`
	Error json.RawMessage `json:"error"`
}

// answer is one that came.
type answer struct {
	text    string
	cut     bool  // it stopped at the bound
	in, out int64 // tokens, as told or estimated
}

// chat asks once. An answer may come with an error: then it cost something.
func (w *Writer) chat(ctx context.Context, a ask) (answer, error) {
	body, err := json.Marshal(request{
		Model: w.Name, MaxTokens: w.MaxTokens,
		Messages: []message{{"system", a.System}, {"user", a.user()}},
	})
	if err != nil {
		return answer{}, err
	}
	resp, err := w.Client.Post(ctx, fetch.Post{URL: strings.TrimRight(w.URL, "/") + "/chat/completions", JSON: body, Token: w.Key})
	if err != nil {
		return answer{}, err
	}
	return parse(resp.ContentType, resp.Body, a, w.MaxTokens)
}

// slack is how many tokens a server may count beyond what was sent or asked
// for: the marks around messages.
const slack = 512

// parse reads an answer to what was asked, of at most so many tokens.
func parse(contentType string, body []byte, a ask, most int) (answer, error) {
	kind, _, _ := mime.ParseMediaType(contentType)
	if strings.HasSuffix(kind, "html") || strings.HasPrefix(strings.TrimSpace(string(body[:min(len(body), 100)])), "<") {
		return answer{}, fmt.Errorf("the server answers a page (%.40q), want JSON; is the url right?", contentType)
	}
	var r reply
	if err := json.Unmarshal(body, &r); err != nil {
		return answer{}, fmt.Errorf("the server's answer is no JSON of a chat: %w", err)
	}
	got := answer{in: r.Usage.In, out: r.Usage.Out}
	if len(r.Choices) > 0 {
		got.text, got.cut = r.Choices[0].Message.Content, r.Choices[0].FinishReason == "length"
	}
	sent := len(a.System) + len(a.user())
	if got.in <= 0 {
		got.in = tokens(a.System) + tokens(a.user())
	}
	if got.out <= 0 {
		got.out = tokens(got.text)
	}
	got.in, got.out = min(got.in, maxBill), min(got.out, maxBill)
	switch {
	case got.in > int64(sent+slack): // a token is a byte or more
		return got, fmt.Errorf("the server counts %d tokens in what it was sent, which has %d bytes", got.in, sent)
	case got.out > int64(most+slack):
		return got, fmt.Errorf("the server counts %d tokens in its answer, where %d were asked for at most", got.out, most)
	case len(r.Choices) == 0:
		if why := complaint(r.Error); why != "" {
			return got, fmt.Errorf("the server says: %s", why)
		}
		return got, errors.New("the server's answer has no choices; does it speak /chat/completions?")
	}
	return got, nil
}

// maxBill bounds what one answer can count for.
const maxBill = 1e9

// complaint is what an error object or text says, short and clean.
func complaint(raw json.RawMessage) string {
	var told struct {
		Message string `json:"message"`
	}
	if json.Unmarshal(raw, &told) != nil {
		_ = json.Unmarshal(raw, &told.Message) // neither: nothing is told
	}
	return clipped(markup.Clean(told.Message), 200)
}

// tokens estimates how many a text has.
func tokens(s string) int64 {
	runes := utf8.RuneCountInString(s)
	wide := 0
	for _, r := range s {
		if r >= utf8.RuneSelf {
			wide++
		}
	}
	return int64((runes-wide+3)/4 + wide)
}
