package texts_test

import (
	"fmt"

	"github.com/draftwire/draftwire/texts"
)

func ExampleCompare() {
	before, err := texts.Parse([]byte(`Internet-Draft                         3 March 2025

                  Lamps
             draft-ferrow-lamps-00

1.  Introduction

   A lamp shines.

2.  IANA Considerations

   This document has no IANA actions.
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	after, err := texts.Parse([]byte(`Internet-Draft                         9 July 2025

                  Lamps
             draft-ferrow-lamps-01

1.  Terms

   A lamp is what shines.

2.  Introduction

   A lamp
   shines.

3.  IANA Considerations

   This document opens a registry of lamps.
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	c := texts.Compare(before, after)
	for _, s := range c.Sections {
		fmt.Println(s.Kind, s.Number, s.Title)
	}
	fmt.Println(c.Renumbered, "renumbered:", c.Marks)
	// Output:
	// added 1 Terms
	// rewritten 3 IANA Considerations
	// 1 renumbered: [iana sections text]
}
