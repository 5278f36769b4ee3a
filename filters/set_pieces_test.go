package filters

import (
	"regexp/syntax"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Expressions that see what stands around them, and letters with odd forms,
// are found in a set as they are alone.
func TestSetFindsExpressions(t *testing.T) {
	expressions := []string{
		`\bkey`, `\Bkey`, `key\b`, `key\B`, `^key`, `key$`, `(?m)^the key$`, `\Athe`, `.key`, `..key.*the`, `[ -]key`, `(the|a) key`,
		`k?ey the`, `(key){2}`, `(?:the )+key`, `thes|keys`, `t(he|im)es?`, `ſ*kelvin`, `KEY|ſtop`, `[Kk]ey`, `stop\W`, `\pL+key`, `é?the`,
		`the{0,3}key`, `the .{0,3}key`, `key(the|stop)?\b.`, `\x{fffd}key`, `(|the)key`, `the[^x]*key`, `\Qkey. the`,
	}
	texts := []string{"the", "key", " ", "THE KEY", "\u212aelvin", "\u017ftop", "-", ".", "é", "stop", "x", "\xff", "a", "keys"}
	rapid.Check(t, func(t *rapid.T) {
		s, rules := new(Set), make(map[int64]*Query)
		for i, expr := range expressions {
			for j, flag := range []string{"", "i"} {
				q, err := Parse("/" + expr + "/" + flag + rapid.SampledFrom([]string{"", " -zzz", " kind:draft"}).Draw(t, "more"))
				if err != nil {
					t.Fatal(err)
				}
				rules[int64(2*i+j)] = q
				s.Put(int64(2*i+j), q)
			}
		}
		e := *multipath
		e.Facts.Title = strings.Join(rapid.SliceOfN(rapid.SampledFrom(texts), 0, 8).Draw(t, "title"), "")
		e.Facts.Abstract = strings.Join(rapid.SliceOfN(rapid.SampledFrom(texts), 0, 30).Draw(t, "abstract"), "")
		it := NewItem(&e)
		if got, want := found(t, s, it), asked(rules, it); !slices.Equal(got, want) {
			for id, q := range rules {
				if slices.Contains(got, id) != slices.Contains(want, id) {
					t.Errorf("the set finds %v, alone %v: %s", slices.Contains(got, id), slices.Contains(want, id), q)
				}
			}
		}
	})
}

// What an expression requires, and how far a match may begin before it.
func TestPieces(t *testing.T) {
	for _, c := range []struct {
		expr   string
		want   []string
		before int
	}{
		{`quic`, []string{`QUIC`}, 0},
		{`qu`, nil, 0},
		{`post-?quantum`, []string{`POST-QUANTUM`, `POSTQUANTUM`}, 0},
		{`\b(tls|dtls) 1\.[23]\b`, []string{`DTLS 1.2`, `DTLS 1.3`, `TLS 1.2`, `TLS 1.3`}, 0},
		{`[0-9]{1,3} keys`, []string{` KEYS`}, 3},
		{`\w+ keys`, []string{` KEYS`}, endless},
		{`keys? of \w+`, []string{`KEY OF `, `KEYS OF `}, 0},
		{`a(ny|.*)thing`, []string{`THING`}, endless},
		{`(some|any)thing.x`, []string{`ANYTHING`, `SOMETHING`}, 0},
		{`(?:abc)+`, []string{`ABC`}, 0},
		{`(?:abc)*`, nil, 0},
		{`abc|de`, nil, 0},
		{`abc|.def`, []string{`ABC`, `DEF`}, 1},
		{`é\x{212a}`, []string{`ÉK`}, 0},
		{`tls.*mechanism`, []string{"TLS"}, 0},
		{`.*`, nil, 0},
		{``, nil, 0},
	} {
		tree, err := syntax.Parse(c.expr, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		got, before := piecesOf(tree)
		slices.Sort(got)
		if !slices.Equal(got, c.want) || len(got) > 0 && before != c.before {
			t.Errorf("%s requires %q, %d before; want %q, %d", c.expr, got, before, c.want, c.before)
		}
	}
}

// Where an expression matches, the text holds a piece that it requires, and
// its probe does not deny it.
func FuzzPieces(f *testing.F) {
	f.Add(`\bpost-?quantum\b`, "post-quantum")
	f.Add(`(a|bc+)d{2}[xy]`, "bccddy")
	f.Add(`ſtop|K`, "\u212a STOP")
	f.Add(`(?:.|\n){0,4}\Bkey$`, "é\nxkey")
	f.Fuzz(func(t *testing.T, expr, text string) {
		n, err := newPattern(Span{}, ColumnSet(Title), expr, len(text)%2 == 0)
		e := *bare
		e.Facts.Title = text
		it := NewItem(&e)
		if err != nil || !n.match(it) {
			return
		}
		q := &Query{root: n}
		var s Set
		s.Put(1, q)
		if got := found(t, &s, it); len(got) != 1 {
			t.Fatalf("the set does not find %q by %s", text, n.spelled())
		}
	})
}

// A text full of what an expression requires takes no longer than others of
// its length.
func TestSetOfHostileText(t *testing.T) {
	var s Set
	s.Put(1, mustParse(t, `/key.*[0-9]zzz/i`))
	e := *bare
	e.Facts.Abstract = strings.Repeat("key ", MaxText/4)
	start := time.Now()
	if got := found(t, &s, NewItem(&e)); len(got) != 0 {
		t.Fatalf("found %v", got)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("one event took %s", took)
	}
}
