package config

// The tables of the file, field by field. docs/configuration.md tells the
// meaning of each key to the operator; a test holds that none is missing there.

// Server says where the pages are served and how the world reaches them.
type Server struct {
	Listen string `toml:"listen"` // host:port
	Base   string `toml:"base"`   // absolute address without a slash at its end; all addresses we publish begin so
}

// Database says where the catalogue is.
type Database struct {
	Path string `toml:"path"`
}

// IDs says who mints the ids; only init reads it, the database keeps it.
type IDs struct {
	Authority string `toml:"authority"` // domain name or address (RFC 4151, section 2.1)
}

// Fetch says how politely upstreams are asked.
type Fetch struct {
	Contact     string   `toml:"contact"`      // address or page in the User-Agent, or empty
	Interval    Duration `toml:"interval"`     // between two polls of a source, at the least
	MaxInterval Duration `toml:"max_interval"` // likewise at the most, while all is well
	Spacing     Duration `toml:"spacing"`      // between two requests to one host and port
	Overlap     Duration `toml:"overlap"`      // how far a poll looks back behind the last for mail that came late
	Allow       []string `toml:"allow"`        // what the dial guard lets through: address or host, either with a port, or a prefix
	MaxBody     Size     `toml:"max_body"`     // of an answer, after decompression
}

// Texts says whether the texts of drafts are fetched, and from where.
type Texts struct {
	Fetch bool     `toml:"fetch"`
	URL   string   `toml:"url"`  // of a text, with {name} and {rev}
	Back  Duration `toml:"back"` // what was published in the last so long is fetched too, news or not
}

// Inbound says where mail is taken in for sources of kind smtp.
type Inbound struct {
	Listen  string `toml:"listen"`   // host:port, or unix: and a path; empty: nowhere
	LMTP    bool   `toml:"lmtp"`     // LMTP instead of SMTP
	Domain  string `toml:"domain"`   // of the addresses
	MaxSize Size   `toml:"max_size"` // of a mail
	TLSCert string `toml:"tls_cert"` // file in PEM; with TLSKey it switches STARTTLS on
	TLSKey  string `toml:"tls_key"`
}

// Source is one upstream.
type Source struct {
	Name          string     `toml:"name"`
	Kind          SourceKind `toml:"kind"`
	URL           string     `toml:"url"`  // of a feed or an IMAP folder
	Path          string     `toml:"path"` // of an mbox, or a folder of them
	User          string     `toml:"user"`
	Password      string     `toml:"password"`
	PasswordEnv   string     `toml:"password_env"` // variable that holds the password
	ListID        string     `toml:"list_id"`      // of a list: its List-Id (RFC 2919), where the mails do not tell it
	Meetings      []string   `toml:"meetings"`     // numbers of those to read, or names of interim ones; none: those that are near
	Announcements bool       `toml:"announcements"`
	Interval      Duration   `toml:"interval"`
	MaxInterval   Duration   `toml:"max_interval"`
	Batch         int        `toml:"batch"` // mails asked for at once
	Since         Date       `toml:"since"` // of an archive: the month or day reading begins with; zero: about now
	Paused        bool       `toml:"paused"`
	File          string     `toml:"-"` // where it stands
	Line          int        `toml:"-"`
}

// Topic is a named query.
type Topic struct {
	Name        string            `toml:"name"`     // stands in addresses
	Formerly    []string          `toml:"formerly"` // names it had before; their addresses answer as the new one
	Title       string            `toml:"title"`
	Titles      map[string]string `toml:"titles"` // by language
	Query       Query             `toml:"query"`
	Description string            `toml:"description"`
	Private     bool              `toml:"private"` // nothing that it finds is sent to a language model
	File        string            `toml:"-"`       // where it stands
	Line        int               `toml:"-"`
}

// TitleIn gives the title in a language, or the general one.
func (t Topic) TitleIn(language Language) string {
	if title := t.Titles[string(language)]; title != "" {
		return title
	}
	return t.Title
}

// Newsletter is a series of editions.
type Newsletter struct {
	Name     string   `toml:"name"` // stands in addresses
	Title    string   `toml:"title"`
	Scope    Query    `toml:"scope"`
	Topics   []string `toml:"topics"` // names, in the order of the sections
	Rest     bool     `toml:"rest"`   // whether what no topic matches is shown
	Cadence  Cadence  `toml:"cadence"`
	Zone     Zone     `toml:"zone"`
	Language Language `toml:"language"`
	Grace    Duration `toml:"grace"`   // from the end of the window to the closing
	First    Date     `toml:"first"`   // a day of the first edition's window; zero: the one open when it was made
	Empty    Empty    `toml:"empty"`   // what to do with the mail of an edition without items
	From     Address  `toml:"from"`    // of the mails; zero: as in Mail
	ListID   string   `toml:"list_id"` // RFC 2919; empty: the name and the authority of the ids
}

// Model is the language model that is asked, if any.
type Model struct {
	URL         string      `toml:"url"`  // before /chat/completions; empty: there is no model
	Name        string      `toml:"name"` // as its server calls it
	Key         string      `toml:"key"`
	KeyEnv      string      `toml:"key_env"` // variable that holds the key
	Tasks       []ModelTask `toml:"tasks"`
	MaxTokens   int         `toml:"max_tokens"`   // of an answer
	DailyTokens int         `toml:"daily_tokens"` // in and out, on a day in UTC
	PriceIn     float64     `toml:"price_in"`     // of a million tokens
	PriceOut    float64     `toml:"price_out"`
	DailyCost   float64     `toml:"daily_cost"` // at these prices; 0: no bound
	Timeout     Duration    `toml:"timeout"`    // of a request
	Concurrency int         `toml:"concurrency"`
	Private     bool        `toml:"private"` // whether what private topics find is sent too
	Intro       ModelIntro  `toml:"intro"`
}

// Mail says how mails leave.
type Mail struct {
	Relay       string  `toml:"relay"` // host:port; empty: nothing is sent
	TLS         TLS     `toml:"tls"`
	User        string  `toml:"user"`
	Password    string  `toml:"password"`
	PasswordEnv string  `toml:"password_env"`
	From        Address `toml:"from"`
	Hello       string  `toml:"hello"`    // our name in EHLO
	Rate        int     `toml:"rate"`     // mails a minute; 0: as fast as the relay takes them
	Operator    Address `toml:"operator"` // told of what goes wrong; zero: nobody
}
