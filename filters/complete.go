package filters

import (
	"slices"
	"strings"
)

// This file completes what somebody is typing.

// Complete lists what the last term of a query that is being typed may become:
// names of fields with their colon, and values of those with a closed set. Each
// is the whole term, with the negation or parenthesis before it; what stands
// before the term is left out. It lists nothing for words.
func Complete(typed string) []string {
	term := typed
	if i := strings.LastIndexAny(typed, " \t\n"); i >= 0 {
		term = typed[i+1:]
	}
	lead := ""
	if i := strings.LastIndexAny(term, "(-"); i >= 0 && !strings.Contains(term[:i+1], ":") {
		lead, term = term[:i+1], term[i+1:]
	}
	name, value, isField := strings.Cut(strings.ToLower(term), ":")
	var list []string
	if !isField {
		for _, f := range fields {
			if strings.HasPrefix(f.Name, name) {
				list = append(list, lead+f.Name+":")
			}
			for _, alias := range f.Aliases {
				if name != "" && strings.HasPrefix(alias, name) {
					list = append(list, lead+alias+":")
				}
			}
		}
		slices.Sort(list)
		return list
	}
	f := fieldNamed(name)
	if f == nil {
		return nil
	}
	inner := value[:strings.LastIndex(value, "(")+1] // field:(a OR b
	for _, v := range f.Values {
		if strings.HasPrefix(v, value[len(inner):]) {
			list = append(list, lead+name+":"+inner+v)
		}
	}
	return list
}
