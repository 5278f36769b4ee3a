package catalog

import "testing"

// TestArchivedAt uses addresses that the archive itself gave to two mails.
func TestArchivedAt(t *testing.T) {
	for _, tt := range []struct{ id, list, want string }{
		{"163652008720.30366.8735625437093867106@ietfa.amsl.com", "jmap", "https://mailarchive.ietf.org/arch/msg/jmap/9owcWuO7mjg2JMMzI_lZ1N5t0Lg/"},
		{"163652008720.30366.8735625437093867106@ietfa.amsl.com", "Jmap", "https://mailarchive.ietf.org/arch/msg/jmap/9owcWuO7mjg2JMMzI_lZ1N5t0Lg/"},
		{"count-ietf-2026-07-19@examp1e.com", "ietf", "https://mailarchive.ietf.org/arch/msg/ietf/6JNhAvFgxOH_qQ30g9kPY7jYAkw/"},
		{"", "ietf", ""},
		{"a@example.org", "", ""},
	} {
		if got := ArchivedAt(tt.id, tt.list); got != tt.want {
			t.Errorf("ArchivedAt(%q, %q)\n got %s\nwant %s", tt.id, tt.list, got, tt.want)
		}
	}
}
