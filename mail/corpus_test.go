package mail

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// corpusDir gives the directory of real mail, or skips where there is none.
func corpusDir(t *testing.T) string {
	dir := os.Getenv("DRAFTWIRE_CORPUS")
	if dir == "" {
		if os.Getenv("DRAFTWIRE_REQUIRE") == "1" {
			t.Fatal("DRAFTWIRE_CORPUS is not set")
		}
		t.Skip("DRAFTWIRE_CORPUS is not set")
	}
	return dir
}

// corpusMessages decodes a file of the corpus.
func corpusMessages(t *testing.T, path string) []Message {
	r, _, err := OpenMbox(path, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var all []Message
	for m := NewMbox(r); ; {
		raw, _, err := m.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		all = append(all, Parse(raw))
	}
}

// TestCorpusTaken reads every mail file; what it holds must come out clean.
func TestCorpusTaken(t *testing.T) {
	dir := corpusDir(t)
	files := 0
	for _, sub := range []string{"mail-mime", "mail-ietf", "mail-archives/mbox", "mail-archives/pipermail", "mail-archives/hyperkitty", "mail-archives/listserv"} {
		err := filepath.WalkDir(filepath.Join(dir, sub), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			files++
			for i, m := range corpusMessages(t, path) {
				if s := m.Subject + m.Text + m.HTML; strings.ContainsAny(s, "\r\x00\x1b") || strings.ToValidUTF8(s, "") != s {
					t.Errorf("%s: message %d is not clean", path, i)
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	if files < 180 {
		t.Errorf("only %d files", files)
	}
}

func TestCorpusCounts(t *testing.T) {
	dir := corpusDir(t)
	for file, want := range map[string]int{
		"mail-ietf/mailarchive-tests/mail_external_body.1":    1,
		"mail-ietf/mailarchive-tests/mail_external_body.2":    1,
		"mail-ietf/mailarchive-tests/mailbox-x-envelope-from": 4,
		"mail-ietf/mailarchive-tests/mailbox_date":            1, // a forwarded header block on top of the body
		"mail-ietf/mailarchive-tests/mailbox_envelope-to":     2,
		"mail-ietf/mailarchive-tests/mailbox_from":            14,
		"mail-ietf/mailarchive-tests/mailbox_mbox":            1,
		"mail-ietf/mailarchive-tests/mailbox_mmdf":            5,
		"mail-ietf/mailarchive-tests/mailbox_received":        1,
		"mail-ietf/mailarchive-tests/mailbox_return-path":     3,
		"mail-ietf/mailarchive-tests/mailbox_to":              15,
		"mail-ietf/mailarchive-tests/mailbox_year":            4,
		"mail-archives/mbox/issue1189.mbox":                   4,
		"mail-archives/mbox/mbox_complex.mbox":                2,
		"mail-archives/mbox/mbox_multipart.mbox":              2,
		"mail-archives/mbox/mbox_no_fields.mbox":              6,
		"mail-archives/mbox/simple.mbox":                      1, // no blank line before its separators
		"mail-archives/mbox/unmunged-from.mbox":               2,
	} {
		got := corpusMessages(t, filepath.Join(dir, file))
		if len(got) != want {
			t.Errorf("%s: %d messages, want %d", file, len(got), want)
		}
		if strings.HasPrefix(file, "mail-ietf") {
			for i, m := range got {
				if m.Subject == "" || m.Date.IsZero() || len(m.From) == 0 {
					t.Errorf("%s: message %d: subject %q, date %v, from %q", file, i, m.Subject, m.Date, m.From)
				}
			}
		}
	}
	lists, _ := filepath.Glob(filepath.Join(dir, "mail-ietf/lists-2026/*.eml"))
	for _, file := range lists {
		if got := corpusMessages(t, file); len(got) != 1 || got[0].Text == "" || len(got[0].Defects) > 0 || got[0].ListID == "" {
			t.Errorf("%s: %d messages, or not decoded: %q", file, len(got), got[0].Defects)
		}
	}
}

func TestCorpusDecoded(t *testing.T) {
	dir := corpusDir(t)
	for _, tt := range []struct {
		file                string
		subject, from, text string // in the first message
	}{
		{"mail-mime/mimekit/japanese.txt", "日本語メールテスト (testing Japanese emails)", "", "日本語"},
		{"mail-mime/public-inbox/iso-2202-jp.eml", "[ruby-dev:4]", "", "けいじゅ＠今はフリー"},
		{"mail-mime/rubymail/multi_charset/japanese.eml", "まみむめも", "Mikel Lindsaar", "かきくえこ"},
		{"mail-mime/rubymail/multi_charset/japanese_iso_2022.eml", "まみむめも", "", "すみません"},
		{"mail-mime/rubymail/multi_charset/japanese_shift_jis.eml", "test", "", "今後ともよろしくお願い申し上げます"},
		{"mail-mime/mailarchive/encoded_word.mail", "This is a test", "Järvinen", ""},
		{"mail-mime/mailarchive/encoded_word_2.mail", "This is a test", "Järvinen", ""},
		{"mail-mime/mailarchive/encoded_word_3.mail", "This is a test", "🔓Joe", ""},
		{"mail-mime/rubymail/error_emails/trademark_character_in_subject.eml", "GA.comô has a lead for you", "", ""},
		{"mail-ietf/mailarchive-tests/mailbox_mbox", "[ANCP] I-D Action: draft-ietf-ancp-mc-extensions-10.txt", "", "?url2=draft-ietf-ancp-mc-extensions-10"},
		{"mail-ietf/mailarchive-tests/mail_external_body.1", "", "", "A URL for this Internet-Draft is:"},
	} {
		m := corpusMessages(t, filepath.Join(dir, tt.file))[0]
		if tt.subject != "" && m.Subject != tt.subject {
			t.Errorf("%s: subject %q, want %q", tt.file, m.Subject, tt.subject)
		}
		if tt.from != "" && m.From[0].Name != tt.from {
			t.Errorf("%s: from %q, want %q", tt.file, m.From, tt.from)
		}
		if !strings.Contains(m.Text, tt.text) {
			t.Errorf("%s: text %.300q lacks %q", tt.file, m.Text, tt.text)
		}
	}
}
