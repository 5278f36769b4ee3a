package filters

// This file holds the stemmer: it makes English plurals alike with their
// singular, and nothing more.

// singular gives the length that a token keeps: it turns a plural in word into
// its singular in place. Words of fewer than four letters stay, since most are
// acronyms (dns, tls), as do words in -ss, -us and -is.
//
//	policies -> policy    addresses -> address    prefixes -> prefix
//	hashes   -> hash      switches  -> switch     echoes   -> echo
//	drafts   -> draft     status    -> status     analysis -> analysis
//
// What the endings get wrong stands in a short table. A singular is its own
// singular.
func singular(word []byte) int {
	n := len(word)
	if n < 4 || word[n-1] != 's' || word[n-2] < 'a' || word[n-2] > 'z' {
		return n
	}
	if keep, ok := irregular[string(word)]; ok {
		return keep
	}
	switch word[n-2] {
	case 's', 'u', 'i':
		return n
	case 'e':
		return singularES(word)
	}
	return n - 1
}

// singularES does the words in -es.
func singularES(word []byte) int {
	n := len(word)
	switch stem := string(word[:n-2]); {
	case n >= 5 && ends(stem, "i") && !ends(stem, "ei") && !ends(stem, "ai"):
		word[n-3] = 'y'
		return n - 2
	case ends(stem, "ss"), ends(stem, "x"), ends(stem, "sh"), ends(stem, "ch"), n >= 6 && ends(stem, "o"):
		return n - 2
	}
	return n - 1
}

func ends(s, end string) bool { return len(s) >= len(end) && s[len(s)-len(end):] == end }

// irregular says how many letters of a word stay, where the endings mislead.
var irregular = map[string]int{
	// Singular, though in -s.
	"alias": 5, "always": 6, "atlas": 5, "bias": 4, "canvas": 6, "chaos": 5, "cifs": 4, "coaps": 5, "ddos": 4,
	"dtls": 4, "gmpls": 5, "https": 5, "imaps": 5, "kubernetes": 10, "ldaps": 5, "lens": 4, "mpls": 4, "mtls": 4,
	"news": 4, "ntfs": 4, "perhaps": 7, "series": 6, "species": 7, "whereas": 7,
	// Plurals of words in -s.
	"aliases": 5, "biases": 4, "bonuses": 5, "buses": 3, "canvases": 6, "censuses": 6, "lenses": 4, "statuses": 6,
	"viruses": 5,
	// Plurals of words in -che, -xe and -ie.
	"axes": 3, "caches": 5, "niches": 5, "cookies": 6, "movies": 5, "zombies": 6,
	// Plurals of words in -i and -u.
	"apis": 3, "clis": 3, "euis": 3, "guis": 3, "ouis": 3, "spis": 3, "uris": 3, "wifis": 4,
	"cpus": 3, "dpus": 3, "gpus": 3, "menus": 4, "mtus": 3, "npus": 3, "pdus": 3, "sdus": 3, "tpus": 3, "vpus": 3,
}
