// Prompts: a file for each task, ours or the operator's.

package llm

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"text/template"
)

//go:embed prompts/*.txt
var promptFiles embed.FS

// maxPrompt bounds a file, in bytes.
const maxPrompt = 16 << 10

// Prompts are the instructions for each task. Nothing from outside ever stands
// in them: the data is a message of its own.
type Prompts struct{ by map[Task]*template.Template }

// wording is what a prompt may say.
type wording struct {
	Language string // in English, such as Japanese
	Tag      string // BCP 47
}

// LoadPrompts reads the prompts of this package and, in their places, those of
// a folder, which may be nil: summary.txt, use.txt, title.txt, translation.txt
// and intro.txt (text/template). The error holds the faults with file, line and column.
func LoadPrompts(dir fs.FS) (*Prompts, error) {
	p := &Prompts{by: make(map[Task]*template.Template)}
	ours, err := fs.Sub(promptFiles, "prompts")
	if err != nil {
		return nil, err
	}
	faults := []error{strangers(dir)}
	for _, t := range tasks {
		text, err := readPrompt(dir, t)
		if err == nil && text == nil {
			text, err = fs.ReadFile(ours, t.file())
		}
		if err == nil {
			p.by[t], err = template.New(t.file()).Option("missingkey=error").Parse(string(text))
		}
		if err == nil {
			err = p.try(t)
		}
		faults = append(faults, err)
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return p, nil
}

func (t Task) file() string { return string(t) + ".txt" }

// readPrompt gives nil for a file that is not there.
func readPrompt(dir fs.FS, t Task) ([]byte, error) {
	if dir == nil {
		return nil, nil
	}
	text, err := fs.ReadFile(dir, t.file())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case len(text) > maxPrompt:
		return nil, fmt.Errorf("%s has %d bytes: want at most %d", t.file(), len(text), maxPrompt)
	}
	return text, nil
}

// strangers gives the files that look like prompts and are none: most often a
// name that was misspelt.
func strangers(dir fs.FS) error {
	if dir == nil {
		return nil
	}
	entries, err := fs.ReadDir(dir, ".")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	faults := []error{err}
	var names []string
	for _, t := range tasks {
		names = append(names, t.file())
	}
	for _, e := range entries {
		if path.Ext(e.Name()) == ".txt" && !slices.Contains(names, e.Name()) && !strings.HasPrefix(e.Name(), ".") {
			faults = append(faults, fmt.Errorf("%s is no task's prompt: want one of %s", e.Name(), strings.Join(names, ", ")))
		}
	}
	return errors.Join(faults...)
}

// try renders a prompt in every language.
func (p *Prompts) try(t Task) error {
	for tag := range languageNames {
		var b bytes.Buffer
		if err := p.by[t].Execute(&b, wording{languageNames[tag], tag}); err != nil {
			return err
		}
		if strings.TrimSpace(b.String()) == "" {
			return fmt.Errorf("%s:1: the prompt says nothing; leave the file out for ours", t.file())
		}
	}
	return nil
}

// render gives the prompt for a language.
func (p *Prompts) render(t Task, language string) string {
	name := languageNames[primary(language)]
	if name == "" {
		name = language
	}
	var b bytes.Buffer
	if err := p.by[t].Execute(&b, wording{name, language}); err != nil {
		return "" // each was tried: of no language that there is
	}
	return strings.TrimSpace(b.String())
}

// languageNames are those that answers can be checked in.
var languageNames = map[string]string{
	"en": "English", "ja": "Japanese", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "pt": "Portuguese", "nl": "Dutch",
}
