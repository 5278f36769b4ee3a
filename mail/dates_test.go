package mail

import (
	"strings"
	"testing"
	"time"
)

func TestParseDate(t *testing.T) {
	for _, tt := range []struct{ in, want string }{ // want is RFC 3339, or part of the error
		{"Wed, 03 Jan 2001 16:27:10 -0800 (PST)", "2001-01-04T00:27:10Z"},
		{"Wed,3 Jan 2001 16:27:10 -0800", "2001-01-04T00:27:10Z"},
		{"3 Jan 01 16:27 EST", "2001-01-03T21:27:00Z"},
		{"9 Sep 94 15:37 EDT", "1994-09-09T19:37:00Z"},
		{"Tue, 1 Jan 100 00:00:00 GMT", "2000-01-01T00:00:00Z"},
		{"Tue, 29 Jul 97 00:08:29 +0900", "1997-07-28T15:08:29Z"},
		{"Thu, 15 Jan 1998 17:04:32 +0100 (MEZ)", "1998-01-15T16:04:32Z"},
		{"Thu, 15 Jan 1998 17:04:32 MEZ", "1998-01-15T16:04:32Z"},
		{"Thu, 5 Mar 2026 09:00:00 JST", "2026-03-05T00:00:00Z"},
		{"Thu, 5 Mar 2026 09:00:00 MSK", "2026-03-05T06:00:00Z"},
		{"Thu, 5 Mar 2026 09:00:00 IST", "2026-03-05T03:30:00Z"},
		{"Thu, 5 Mar 2026 09:00:00 X", "2026-03-05T09:00:00Z"},
		{"Thu, 5 Mar 2026 09:00:00", "2026-03-05T09:00:00Z"},
		{"Thu, 5 Mar 2026 09:00:00 GMT+0200", "2026-03-05T07:00:00Z"},
		{"Thu, 5 (a (nested) comment) Mar 2026 09:00:00 +0000 junk behind 2031", "2026-03-05T09:00:00Z"},
		{"Thu, 5 Mar 2026 09:00:00 +9999", "2026-03-05T09:00:00Z"},
		{"Thu, 31 Dec 2016 23:59:60 +0000", "2016-12-31T23:59:59Z"},
		{"Wed Sep 22 05:05:28 2004", "2004-09-22T05:05:28Z"},
		{"Wed Sep 22 05:05:28 PDT 2004", "2004-09-22T12:05:28Z"},
		{"Wed Sep  2 05:05:28 2004 -0700", "2004-09-02T12:05:28Z"},
		{"04-Jan-93 13:22:13", "1993-01-04T13:22:13Z"},
		{"Tue, 12 Oct 2010 16:21:05 H0500", "2010-10-12T16:21:05Z"},
		{"13-Jan-98", "1998-01-13T00:00:00Z"},
		{"2026-03-05T09:00:00Z", "2026-03-05T09:00:00Z"},
		{"2026-03-05T09:00:00.123456+09:00", "2026-03-05T00:00:00.123456Z"},
		{"2026-03-05t09:00:00-0130", "2026-03-05T10:30:00Z"},
		{"2026-03-05 09:00:00 +0900", "2026-03-05T00:00:00Z"},
		{"2026-03-05 09:00", "2026-03-05T09:00:00Z"},
		{"2026-03-05T24:00:00Z", "2026-03-06T00:00:00Z"},
		{"2026-03-05", "2026-03-05T00:00:00Z"},
		{"2004-7-13", "2004-07-13T00:00:00Z"},
		{"2026/03/05", "2026-03-05T00:00:00Z"},
		{"20260305T090000+0900", "2026-03-05T00:00:00Z"},
		{"20260305", "2026-03-05T00:00:00Z"},
		{"2026-03", "2026-03-01T00:00:00Z"},
		{"1/12/98 4:31 PM", "1998-01-12T16:31:00Z"},
		{"31/12/2003 12:05 am", "2003-12-31T00:05:00Z"},
		{"31.12.2003", "2003-12-31T00:00:00Z"},
		{"March 5, 2026", "2026-03-05T00:00:00Z"},
		{"5th of March 2026", "2026-03-05T00:00:00Z"},
		{"Fri, 26 Sept 2025 10:18:40 -0700", "2025-09-26T17:18:40Z"},
		{"", "not a date"},
		{"<HR>", "not a date"},
		{"yesterday", "not a date"},
		{"12:00:00 +0000", "not a date"},
		{"Wed, 15 Dec 2010 59:10 -0500", "no such day or time"},
		{"30 Feb 2020 10:00:00 +0000", "no such day or time"},
		{"2020-13-01", "no such day or time"},
		{"Tue, 5 Jan 0001 00:00:00 +0000", "year before 1900"},
		{"Tue, 5 Jan 99999 00:00:00 +0000", "after 9999"},
		{"Tue, 5 Jan 99999999999999999999 00:00:00 +0000", "not a date"},
	} {
		got, err := ParseDate(tt.in)
		switch {
		case err != nil && !strings.Contains(err.Error(), tt.want):
			t.Errorf("ParseDate(%q): error %v, want %s", tt.in, err, tt.want)
		case err == nil && got.Format(time.RFC3339Nano) != tt.want:
			t.Errorf("ParseDate(%q) = %s, want %s", tt.in, got.Format(time.RFC3339Nano), tt.want)
		}
	}
}

func FuzzDate(f *testing.F) {
	f.Add("Wed, 03 Jan 2001 16:27:10 -0800 (PST)")
	f.Add("2026-03-05T09:00:00.5+09:00")
	f.Add("1/12/98 4:31 PM")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseDate(s)
		if err != nil {
			return
		}
		again, err := ParseDate(got.Format(time.RFC3339Nano))
		if err != nil && got.Year() >= 1900 && got.Year() <= 9999 || err == nil && !again.Equal(got) {
			t.Errorf("ParseDate(%q) = %v, and again %v, %v", s, got, again, err)
		}
	})
}
