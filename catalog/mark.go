package catalog

// Mark names a thing that the text of a revision changed against the one
// before, as people ask for it: tell me when the IANA considerations change.
type Mark string

// The closed set of marks.
const (
	ChangedAbstract    Mark = "abstract"
	ChangedIANA        Mark = "iana"        // IANA Considerations
	ChangedSecurity    Mark = "security"    // Security Considerations
	ChangedPrivacy     Mark = "privacy"     // Privacy Considerations
	ChangedNormative   Mark = "normative"   // normative references came or went
	ChangedInformative Mark = "informative" // informative references came or went
	ChangedSections    Mark = "sections"    // some were added, removed, moved or given another title
	ChangedAuthors     Mark = "authors"     // others, or their addresses
	ChangedText        Mark = "text"        // anything that is read
	ChangedNothing     Mark = "nothing"     // but for dates, version, layout and boilerplate
)

// Marks lists every mark in the order people read them.
func Marks() []Mark {
	return []Mark{
		ChangedAbstract, ChangedIANA, ChangedSecurity, ChangedPrivacy, ChangedNormative, ChangedInformative,
		ChangedSections, ChangedAuthors, ChangedText, ChangedNothing,
	}
}
