package mail

// This file undoes format=flowed (RFC 3676).

import "strings"

// unflow takes the stuffed blank off unquoted lines and joins those that end
// in a blank with the next one. Quoted lines stay as they are, and so does
// the signature separator "-- ".
func unflow(text string, delSp bool) string {
	var out strings.Builder
	out.Grow(len(text))
	open := false // the line before waits for its continuation
	for line := range strings.Lines(text) {
		line, ended := strings.CutSuffix(line, "\n")
		if strings.HasPrefix(line, ">") {
			if open {
				out.WriteByte('\n')
			}
			open = false
			out.WriteString(line)
			if ended {
				out.WriteByte('\n')
			}
			continue
		}
		line = strings.TrimPrefix(line, " ")
		if open && line == "-- " {
			out.WriteByte('\n')
		}
		open = ended && strings.HasSuffix(line, " ") && line != "-- "
		if open && delSp {
			line = line[:len(line)-1]
		}
		out.WriteString(line)
		if ended && !open {
			out.WriteByte('\n')
		}
	}
	if open {
		out.WriteByte('\n')
	}
	return out.String()
}
