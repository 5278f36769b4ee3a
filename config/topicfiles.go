package config

import (
	"fmt"
	"strings"
)

// What topics are checked for, in whichever file they stand.

// ParseTopics reads data as a file of topics called name, by itself: names that
// other files hold and references to their topics are not looked at. The error
// is of type Errors.
func ParseTopics(name string, data []byte) ([]Topic, error) {
	doc, here := newDocument(File{Name: name, Data: data}), topicFile{}
	doc.read(&here)
	k := checker{doc: doc, cfg: &Config{Topics: here.Topics}}
	if len(doc.errs) == 0 {
		k.addTopics(doc, 0)
		k.completeTopics()
		k.checkTopics()
	}
	if len(doc.errs) > 0 {
		return nil, doc.sorted()
	}
	return k.cfg.Topics, nil
}

// addTopics notes where the topics from index first on stand.
func (k *checker) addTopics(doc *document, first int) {
	for i := range k.cfg.Topics[first:] {
		t, path := &k.cfg.Topics[first+i], fmt.Sprintf("topic[%d]", i)
		t.File, t.Line = doc.name, doc.line(path)
		k.topics = append(k.topics, origin{doc, path})
	}
}

// checkTopics checks each topic by itself, and their names against each other.
func (k *checker) checkTopics() {
	seen := map[string]string{}
	for i := range k.cfg.Topics {
		t, path := &k.cfg.Topics[i], k.topics[i].path
		k := k.in(k.topics[i].doc)
		k.slugged(path, t.Name, seen)
		k.oneLine(path+".title", t.Title)
		for language, title := range t.Titles {
			at := path + ".titles." + language
			var l Language
			if l.UnmarshalText([]byte(language)) != nil {
				k.doc.wrong(at, fmt.Sprintf("titles in %q are never shown", language), "write en or ja")
			}
			k.oneLine(at, title)
		}
		if len(t.Description) > maxDescription {
			k.doc.wrong(path+".description", fmt.Sprintf("a description is at most %d bytes", maxDescription), "")
		}
		k.checkQuery(path, t)
	}
	k.checkFormerly(seen)
}

const maxDescription = 2000

// checkFormerly checks that each former name leads to one topic.
func (k *checker) checkFormerly(live map[string]string) {
	claimed := map[string]string{}
	for i, t := range k.cfg.Topics {
		doc, path := k.topics[i].doc, k.topics[i].path
		for j, name := range t.Formerly {
			at := fmt.Sprintf("%s.formerly[%d]", path, j)
			switch {
			case len(name) > 64 || !slug.MatchString(name):
				doc.wrong(at, fmt.Sprintf("%q was never a name", name), "write the name that the topic had before")
			case name == t.Name:
				doc.wrong(at, fmt.Sprintf("%q is the topic's name now", name), "leave it out")
			case live[name] != "":
				doc.wrong(at, fmt.Sprintf("%q is the name of a topic", name), "its address has an answer already, from "+live[name])
			case claimed[name] != "":
				doc.wrong(at, fmt.Sprintf("the former name %q is claimed twice", name), "it can lead to one topic; the other claim stands in "+claimed[name])
			default:
				claimed[name] = doc.place(at)
			}
		}
	}
}

// checkQuery reads a topic's query. One that finds everything is a slip: it
// would make a feed of all there is, and a section that swallows the others.
func (k *checker) checkQuery(path string, t *Topic) {
	const hint = `such as query = "group:quic OR title:quic"`
	at := path + ".query"
	switch {
	case !k.doc.has(at):
		k.doc.wrong(path, "a query is missing", hint)
	case strings.TrimSpace(t.Query.Text) == "":
		k.doc.wrong(at, "an empty query finds everything", "say what the topic is about, "+hint)
	default:
		k.query(at, &t.Query)
		if t.Query.Tree != nil && t.Query.Tree.IsAll() {
			k.doc.wrong(at, "the query finds everything", "say what the topic is about, "+hint)
		}
	}
}
