package editions

import "testing"

func TestSentences(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want []string
	}{
		{"", nil},
		{"One. Two! Three? Four", []string{"One.", "Two!", "Three?", "Four"}},
		{"As in RFC 9334. This goes on.", []string{"As in RFC 9334.", "This goes on."}},
		{"Keys, e.g. RSA, i.e. Old ones, are in use. Etc.", []string{"Keys, e.g. RSA, i.e. Old ones, are in use.", "Etc."}},
		{"It replaces draft-x-00. It is new.", []string{"It replaces draft-x-00.", "It is new."}},
		{"Section 3.1. of RFC 9000 and Section 4. of it say so. Fine.", []string{"Section 3.1. of RFC 9000 and Section 4. of it say so.", "Fine."}},
		{"What Section 3.1 says is in Section 4. This is new.", []string{"What Section 3.1 says is in Section 4.", "This is new."}},
		{"Section 4. What follows is new.", []string{"Section 4. What follows is new."}},
		{"1. First of all. 2. Second of all.", []string{"1. First of all.", "2. Second of all."}},
		{"By J. R. Hacker et al. In 1990 it began.", []string{"By J. R. Hacker et al. In 1990 it began."}},
		{"Version 1.3 of example.org/a.b runs. eBPF too. iCalendar also.", []string{"Version 1.3 of example.org/a.b runs.", "eBPF too.", "iCalendar also."}},
		{`It says "Stop." Then it stops. (See there.) End.`, []string{`It says "Stop."`, "Then it stops.", "(See there.)", "End."}},
		{"A set (one. Two. Three) is given. Next.", []string{"A set (one. Two. Three) is given.", "Next."}},
		{"See Fig. 3 and Sec. 4 vs. TLS. Done.", []string{"See Fig. 3 and Sec. 4 vs. TLS.", "Done."}},
		{"Wait... for it. Now.", []string{"Wait... for it.", "Now."}},
		{"本文書は鳩を扱う。「餌をやる。」鷹は扱わない！次へ", []string{"本文書は鳩を扱う。", "「餌をやる。」", "鷹は扱わない！", "次へ"}},
		{"A line\n   break. And\tmore.", []string{"A line break.", "And more."}},
	} {
		equal(t, tt.in, sentences(tt.in), tt.want)
	}
}
