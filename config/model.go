package config

import (
	"fmt"
	"net/url"
	"slices"
	"time"
)

// What the language model is checked for.

// HasModel reports whether a language model is configured.
func (c *Config) HasModel() bool { return c.Model.URL != "" }

// completeModel fills in what the file leaves out.
func (k *checker) completeModel() {
	m := &k.cfg.Model
	if k.hasModel() && !k.doc.has("model.tasks") {
		m.Tasks = []ModelTask{Summarise, Translation}
	}
	k.secret("model", "key", &m.Key, m.KeyEnv)
}

// hasModel reports whether the file has anything of a model.
func (k *checker) hasModel() bool { return k.doc.has("model") || k.cfg.HasModel() }

func (k *checker) checkModel() {
	m := k.cfg.Model
	if !k.hasModel() {
		return
	}
	u, err := url.Parse(m.URL)
	switch {
	case m.URL == "":
		k.doc.wrong("model", "a language model has an address", `write url = "http://127.0.0.1:11434/v1"`)
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "":
		k.doc.wrong("model.url", fmt.Sprintf("%q is not the address of a language model", m.URL), `write what stands before /chat/completions, such as "http://127.0.0.1:11434/v1"`)
	case u.Scheme == "http" && (m.Key != "" || m.KeyEnv != "") && !loopback(u.Hostname()):
		k.doc.wrong("model.url", "the key would travel readable", "write https://")
	}
	if m.Name == "" {
		k.doc.wrong("model.name", "a language model has a name", `write name = "..." as its server calls it`)
	}
	k.oneLine("model.name", m.Name)
	if m.KeyEnv != "" && !envName.MatchString(m.KeyEnv) {
		k.doc.wrong("model.key_env", fmt.Sprintf("%q cannot be the name of a variable", m.KeyEnv), `write a name such as "DRAFTWIRE_MODEL_KEY"`)
	}
	if len(m.Tasks) == 0 {
		k.doc.wrong("model.tasks", "the model would have nothing to do", `write tasks = ["summary"], or take out [model]`)
	}
	for i, task := range m.Tasks {
		if slices.Contains(m.Tasks[:i], task) {
			k.doc.wrong(fmt.Sprintf("model.tasks[%d]", i), fmt.Sprintf("%q stands twice", task), "")
		}
	}
	k.between("model.max_tokens", m.MaxTokens, 50, 8000)
	k.between("model.daily_tokens", m.DailyTokens, max(m.MaxTokens, 1000), 1_000_000_000)
	k.between("model.concurrency", m.Concurrency, 1, 16)
	for key, price := range map[string]float64{"price_in": m.PriceIn, "price_out": m.PriceOut, "daily_cost": m.DailyCost} {
		if !(price >= 0 && price <= 1e6) { // nor is it what is no number
			k.doc.wrong("model."+key, "a price is a number from 0 to a million", "")
		}
	}
	if m.DailyCost > 0 && m.PriceIn == 0 && m.PriceOut == 0 {
		k.doc.wrong("model.daily_cost", "without prices nothing costs anything", "write price_in and price_out, of a million tokens")
	}
	if t := m.Timeout.Duration; t < time.Second || t > time.Hour {
		k.doc.wrong("model.timeout", "no answer comes in so little time, or in so much", `write "1s" to "1h", such as "60s"`)
	}
}

// between checks a whole number.
func (k *checker) between(path string, n, least, most int) {
	if n < least || n > most {
		k.doc.wrong(path, fmt.Sprintf("%d is out of bounds", n), fmt.Sprintf("write %d to %d", least, most))
	}
}
