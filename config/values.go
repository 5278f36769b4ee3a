package config

import (
	"fmt"
	"net/mail"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
)

// Values that have a form of their own. Each reads itself from the text in the
// file and says what would have been right.

// fault is what is wrong with one value; the document adds the place.
type fault struct{ message, hint string }

func (f fault) Error() string { return f.message }

// Duration is a length of time, written as 90m, 1h30m or 7d.
type Duration struct{ time.Duration }

// UnmarshalText reads what time.ParseDuration reads, and whole days.
func (d *Duration) UnmarshalText(text []byte) error {
	s := string(text)
	if days, ok := strings.CutSuffix(s, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n >= 0 && n <= 3650 {
			d.Duration = time.Duration(n) * 24 * time.Hour
			return nil
		}
	}
	v, err := time.ParseDuration(s)
	if err != nil || v < 0 {
		return fault{fmt.Sprintf("%q is not a length of time", s), `write it as "30s", "90m", "1h30m" or "7d"`}
	}
	d.Duration = v
	return nil
}

// Size is a number of bytes, written as 512KiB or 16MiB.
type Size int64

var sizeUnits = []struct {
	suffix string
	bytes  int64
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"", 1}}

// UnmarshalText reads a number with one of the usual units, or bare bytes.
func (z *Size) UnmarshalText(text []byte) error {
	for _, unit := range sizeUnits {
		digits, ok := strings.CutSuffix(string(text), unit.suffix)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(digits), 10, 32)
		if err != nil || n < 1 {
			break
		}
		*z = Size(n * unit.bytes)
		return nil
	}
	return fault{fmt.Sprintf("%q is not a size", text), `write it as "512KiB" or "16MiB"`}
}

// Zone is a time zone of the IANA database.
type Zone struct{ *time.Location }

// UnmarshalText reads a name such as Asia/Tokyo. The machine's own zone is
// refused, for an edition's window must not depend on where it is made.
func (z *Zone) UnmarshalText(text []byte) error {
	name := string(text)
	if name == "" || name == "Local" {
		return fault{"a zone has a name", `such as "UTC" or "Asia/Tokyo"`}
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return fault{fmt.Sprintf("%q is not a time zone", name), `write a name of the IANA database, such as "UTC" or "Asia/Tokyo"`}
	}
	z.Location = loc
	return nil
}

// Date is a calendar day, written as 2025-12-07 with or without quotes.
type Date = toml.LocalDate

// Address is a mail address with the name shown beside it.
type Address mail.Address

// UnmarshalText reads Name <local@domain> or the bare address (RFC 5322, section 3.4).
func (a *Address) UnmarshalText(text []byte) error {
	v, err := mail.ParseAddress(string(text))
	if err != nil || strings.ContainsAny(v.Name+v.Address, "\r\n\x00") {
		return fault{fmt.Sprintf("%q is not a mail address", text), `write it as "Draftwire <wire@example.org>"`}
	}
	*a = Address(*v)
	return nil
}

// String gives the address as it stands in a header.
func (a Address) String() string { return (*mail.Address)(&a).String() }
