package mail

// This file reads header fields by name.

import "strings"

// Fields gives the values of all fields of a name, unfolded, as they stand in
// the header. Names compare without regard to case.
func Fields(raw []byte, name string) (values []string) {
	fields, _ := splitHeader(raw, func(string) {})
	for _, f := range fields {
		if strings.EqualFold(f.name, name) {
			values = append(values, unfold(f.value))
		}
	}
	return values
}

// Addresses gives the addresses in all fields of a name.
func Addresses(raw []byte, name string) (list []Address) {
	for _, value := range Fields(raw, name) {
		list = append(list, parseAddresses(value)...)
	}
	return list
}

// ListIDs gives what each List-Id of a mail names, in lower case: what stands in
// angle brackets (RFC 2919, section 2), or else all of it.
func ListIDs(raw []byte) []string {
	ids := Fields(raw, "List-Id")
	for i, id := range ids {
		ids[i] = strings.ToLower(inAngles(id))
	}
	return ids
}

// said are the fields that the writer and the list put into a mail, in lower
// case. What hosts on the way add is different in each delivery.
var said = map[string]bool{
	"from": true, "sender": true, "reply-to": true, "to": true, "cc": true, "date": true, "message-id": true,
	"in-reply-to": true, "references": true, "subject": true, "list-id": true, "archived-at": true,
	"x-no-archive": true, "x-archive": true, "auto-submitted": true, "precedence": true,
	"mime-version": true, "content-type": true, "content-transfer-encoding": true, "content-disposition": true,
}

// Essence gives the part of a mail that every delivery of it has in common: the
// fields that its writer and its list wrote, unfolded, and the body.
func Essence(raw []byte) []byte {
	fields, body := splitHeader(raw, func(string) {})
	out := make([]byte, 0, len(raw))
	for _, f := range fields {
		if name := strings.ToLower(f.name); said[name] {
			out = append(out, name...)
			out = append(out, ':')
			out = append(out, unfold(f.value)...)
			out = append(out, '\n')
		}
	}
	return append(append(out, '\n'), body...)
}
