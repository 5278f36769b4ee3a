package config

import "fmt"

// Sources are read and checked here, in whichever file they stand.

// ParseSources reads data as a file of sources called name, by itself: names
// that other files hold are not looked at, nor whether anybody listens for the
// mail of those that send it to us, and passwords named by password_env stay
// empty. What a file leaves out has its default. The error is of type Errors.
func ParseSources(name string, data []byte) ([]Source, error) {
	doc, here := newDocument(File{Name: name, Data: data}), sourceFile{}
	doc.read(&here)
	k := checker{doc: doc, main: doc, cfg: base()}
	k.cfg.Inbound.Listen = "elsewhere"
	if len(doc.errs) == 0 {
		here.into(&k, doc)
		k.completeSources()
		k.checkSources()
	}
	if len(doc.errs) > 0 {
		return nil, doc.sorted()
	}
	return k.cfg.Sources, nil
}

// addSources notes where the sources from index first on stand.
func (k *checker) addSources(doc *document, first int) {
	for i := range k.cfg.Sources[first:] {
		s, path := &k.cfg.Sources[first+i], fmt.Sprintf("source[%d]", i)
		s.File, s.Line = doc.name, doc.line(path)
		k.sources = append(k.sources, origin{doc, path})
	}
}

func (k *checker) completeSources() {
	for i, at := range k.sources {
		k.in(at.doc).completeSource(at.path, &k.cfg.Sources[i])
	}
}

// checkSources checks each source by itself, and their names against each
// other.
func (k *checker) checkSources() {
	seen := map[string]string{}
	for i, at := range k.sources {
		s, k := k.cfg.Sources[i], k.in(at.doc)
		k.slugged(at.path, s.Name, seen)
		k.checkSource(at.path, s)
		k.login(at.path, s.User, s.Password, s.PasswordEnv)
		k.checkPace(at.path, s)
	}
}
