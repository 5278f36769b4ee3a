package mail

// This file knows time zones by name and by number.

import "strings"

// zones are the names met in mail and feeds, in minutes east of UTC. Where a
// name is ambiguous it is the most frequent meaning in standards mail: IST
// is India, CST and CDT are North America, BST is Britain.
var zones = map[string]int{
	"UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 60, "BST": 60,
	"CET": 60, "MET": 60, "MEZ": 60, "CEST": 120, "MEST": 120, "MESZ": 120, "EET": 120, "EEST": 180,
	"MSK": 180, "MSD": 240, "SAST": 120, "IST": 330, "ICT": 420, "WIB": 420,
	"SGT": 480, "HKT": 480, "PHT": 480, "AWST": 480, "JST": 540, "KST": 540,
	"ACST": 570, "ACDT": 630, "AEST": 600, "AEDT": 660, "NZST": 720, "NZDT": 780,
	"NST": -210, "NDT": -150, "BRT": -180, "ART": -180, "AST": -240, "ADT": -180,
	"EST": -300, "EDT": -240, "CST": -360, "CDT": -300, "MST": -420, "MDT": -360,
	"PST": -480, "PDT": -420, "AKST": -540, "AKDT": -480, "HST": -600,
}

// takeZone reads +0900, +09:00, +9, GMT+0200, EST and EST-0500. An unknown
// name is UTC, as RFC 5322, section 4.3 has it, unless a number follows.
func (d *dateParts) takeZone(tok string) bool {
	if i := strings.IndexAny(tok, "+-"); i >= 0 {
		minutes, ok := zoneNumber(tok[i+1:])
		if !ok {
			return false
		}
		if tok[i] == '-' {
			minutes = -minutes
		}
		d.offset, d.hasZone = minutes*60, true
		return true
	}
	minutes, known := zones[strings.ToUpper(tok)]
	if known {
		d.offset, d.hasZone = minutes*60, true
	}
	return known
}

// zoneNumber reads hhmm, hh:mm, hh or h as minutes; past 14 hours it means nothing, hence UTC.
func zoneNumber(s string) (int, bool) {
	s = strings.Replace(s, ":", "", 1)
	if len(s) == 0 || len(s) > 4 || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n := number(s)
	if len(s) <= 2 {
		n *= 100
	}
	minutes := n/100*60 + n%100
	if minutes > 14*60 {
		return 0, true
	}
	return minutes, true
}
