package web

import (
	"reflect"
	"testing"
)

// Each language has every word.
func TestMessagesAreComplete(t *testing.T) {
	for _, m := range languages {
		for field, v := range reflect.ValueOf(*m).Fields() {
			if v.IsZero() && !(field.Name == "Faults" && m == english) {
				t.Errorf("%s has no %s", m.Tag, field.Name)
			}
		}
		if templates["reading."+m.Tag] == nil {
			t.Errorf("%s has no page on reading", m.Tag)
		}
		for kind := range english.Alarms {
			if m.Alarms[kind] == nil {
				t.Errorf("%s has no words for %s", m.Tag, kind)
			}
		}
		for _, class := range faultClasses {
			if m != english && (m.Faults[class.class] == "" || m.Faults[otherFault] == "") {
				t.Errorf("%s has no words for %q", m.Tag, class.class)
			}
		}
	}
}
