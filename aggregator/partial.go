// This file tells a poll that failed from one that had to leave something out.

package aggregator

import (
	"fmt"
	"strings"
)

// PartialError says that a source was read to its end, but that some items
// could not be taken. All others were; the poll counts as a success, and what
// it says is shown all the same.
type PartialError struct{ Faults []error }

// maxFaults bounds how many are told in words.
const maxFaults = 10

func (e *PartialError) Error() string {
	var told []string
	for _, f := range e.Faults[:min(len(e.Faults), maxFaults)] {
		told = append(told, f.Error())
	}
	if more := len(e.Faults) - len(told); more > 0 {
		told = append(told, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(told, "; ")
}

// Unwrap gives the faults.
func (e *PartialError) Unwrap() []error { return e.Faults }

// partly gives a PartialError of the faults, or nil for none.
func partly(faults []error) error {
	if len(faults) == 0 {
		return nil
	}
	return &PartialError{faults}
}
