package mail

// This file says what became of a message that was not accepted.

import (
	"errors"
	"fmt"
	"strings"

	"github.com/emersion/go-smtp"
)

// Outcome tells whether a relay may have taken a message that failed.
type Outcome int

// The outcomes. Unknown is when the whole message left and no answer came: the
// relay may have taken it or not, and SMTP has no way to ask (RFC 1047).
const (
	NotSent Outcome = iota // refused, or the relay never had the whole message
	Unknown
)

// String gives the outcome as a word.
func (o Outcome) String() string {
	if o == Unknown {
		return "unknown"
	}
	return "not sent"
}

// SendError says why a message was not accepted.
type SendError struct {
	Step      string // the command at fault, such as RCPT
	Code      int    // reply code (RFC 5321, section 4.2), zero without a reply
	Enhanced  string // enhanced code (RFC 3463) such as 5.1.1, or empty
	Message   string // the relay's words, or what broke
	Temporary bool   // worth another try: 4yz, or no reply
	Sent      Outcome
	Err       error // the cause, if there was one
}

// Error gives the step, the codes and the relay's words.
func (e *SendError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "SMTP %s:", e.Step)
	if e.Code > 0 {
		fmt.Fprintf(&b, " %d", e.Code)
	}
	if e.Enhanced != "" {
		b.WriteString(" " + e.Enhanced)
	}
	b.WriteString(" " + e.Message)
	if e.Sent == Unknown {
		b.WriteString(" (the relay may have taken the message)")
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *SendError) Unwrap() error { return e.Err }

// sendError classifies err. Without a reply it is temporary: the network.
func sendError(step string, err error) *SendError {
	e := &SendError{Step: step, Temporary: true, Message: err.Error(), Err: err}
	if reply, ok := errors.AsType[*smtp.SMTPError](err); ok {
		e.Code, e.Temporary = reply.Code, reply.Code/100 != 5
		e.Message = withoutControls(strings.ReplaceAll(reply.Message, "\n", " "))
		if c := reply.EnhancedCode; c[0] > 0 {
			e.Enhanced = fmt.Sprintf("%d.%d.%d", c[0], c[1], c[2])
		}
	}
	return e
}
