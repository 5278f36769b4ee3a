package mail

// This file reads address headers (RFC 5322, section 3.4) as they really occur.

import "strings"

// maxAddresses bounds the addresses taken from one header.
const maxAddresses = 1000

// parseAddresses reads an unfolded address header. Groups give their members;
// names with a bare comma keep it; "user at host (Name)" is undone.
func parseAddresses(s string) []Address {
	var list []Address
	pending := ""
	for _, piece := range splitAddresses(s) {
		a := parseAddress(piece)
		if a.Addr == "" && !strings.ContainsAny(piece, "<>(") {
			pending = joinName(pending, a.Name)
			continue
		}
		if pending != "" {
			a.Name = joinName(pending, a.Name)
			pending = ""
		}
		if a != (Address{}) {
			list = append(list, a)
		}
		if len(list) == maxAddresses {
			return list
		}
	}
	if pending != "" {
		list = append(list, Address{Name: pending})
	}
	return list
}

func joinName(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + ", " + b
}

// splitAddresses cuts at the commas and semicolons outside quotes, comments
// and angle brackets; the name of a group is dropped.
func splitAddresses(s string) []string {
	var pieces []string
	start, depth := 0, 0
	quoted, angle := false, false
	cut := func(i int) {
		if p := strings.TrimSpace(s[start:i]); p != "" {
			pieces = append(pieces, p)
		}
		start = i + 1
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && (quoted || depth > 0):
			i++
		case c == '"' && depth == 0:
			quoted = !quoted && strings.IndexByte(s[i+1:], '"') >= 0
		case quoted:
		case c == '(' && (depth > 0 || strings.IndexByte(s[i:], ')') >= 0):
			depth++
		case c == ')' && depth > 0:
			depth--
		case depth > 0:
		case c == '<':
			angle = strings.IndexByte(s[i:], '>') >= 0
		case c == '>':
			angle = false
		case angle:
		case c == ',' || c == ';':
			cut(i)
		case c == ':':
			start = i + 1
		}
	}
	cut(len(s))
	return pieces
}

// parseAddress reads one mailbox.
func parseAddress(s string) Address {
	if open := strings.LastIndexByte(s, '<'); open >= 0 {
		inside, after, _ := strings.Cut(s[open+1:], ">")
		name, comment := cutComments(s[:open] + " " + after)
		name = displayName(name)
		if name == "" {
			name = displayName(comment)
		}
		return Address{Name: name, Addr: addrSpec(inside)}
	}
	bare, comment := cutComments(s)
	if addr := addrSpec(bare); addr != "" {
		return Address{Name: displayName(comment), Addr: addr}
	}
	name := displayName(bare)
	if name == "" {
		name = displayName(comment)
	}
	return Address{Name: name}
}

// cutComments takes the comments (RFC 5322, section 3.2.2) out of s; quoted strings keep theirs.
func cutComments(s string) (rest, comment string) {
	if !strings.Contains(s, "(") {
		return s, ""
	}
	var out, in strings.Builder
	depth, quoted := 0, false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\' && i+1 < len(s) && depth > 0:
			i++
			in.WriteByte(s[i])
			continue
		case c == '"' && depth == 0:
			quoted = !quoted
		case c == '(' && !quoted:
			if depth++; depth == 1 {
				in.WriteByte(' ')
				continue
			}
		case c == ')' && depth > 0:
			if depth--; depth == 0 {
				continue
			}
		}
		if depth > 0 {
			in.WriteByte(c)
		} else {
			out.WriteByte(c)
		}
	}
	return out.String(), in.String()
}

// displayName takes quotes and escapes off a phrase and decodes its words.
func displayName(s string) string {
	s = strings.TrimSpace(s)
	if strings.ContainsAny(s, "\"\\") {
		var out strings.Builder
		for i := 0; i < len(s); i++ {
			if s[i] == '\\' && i+1 < len(s) {
				i++
			} else if s[i] == '"' {
				continue
			}
			out.WriteByte(s[i])
		}
		s = out.String()
	}
	return strings.Join(strings.Fields(decodeWords(s)), " ")
}

// addrSpec gives local@domain, or "" where s is none. An " at " is undone as
// archives make it; a source route (RFC 5322, section 4.4) is dropped.
func addrSpec(s string) string {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "@") {
		if _, after, ok := strings.Cut(s, ":"); ok {
			s = after
		}
	}
	if !strings.Contains(s, "@") {
		local, domain, ok := strings.Cut(s, " at ")
		if !ok || strings.ContainsAny(strings.TrimSpace(local), " \t") {
			return ""
		}
		s = strings.TrimSpace(local) + "@" + strings.TrimSpace(domain)
	}
	s = strings.TrimPrefix(strings.Trim(s, " \t"), "mailto:")
	if at := strings.LastIndexByte(s, '@'); at < 1 || at == len(s)-1 || len(s) > 320 || strings.ContainsAny(s, " \t<>,") {
		return ""
	}
	return s
}
