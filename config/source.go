package config

import "fmt"

// The kinds of sources.
const (
	KindCSV  = "csv"
	KindLDAP = "ldap"
	KindLDIF = "ldif"
)

// Source is a source of truth. Some keys belong to one kind alone.
type Source struct {
	Kind     string `yaml:"kind" kind:"csv,ldap,ldif" doc:"What sort of source it is."`
	Manifest string `yaml:"manifest" of:"csv,ldif" doc:"A JSON file that says how many rows (csv) or entries (ldif) each file has, and its sha256. A source that differs is refused."`

	Path    string  `yaml:"path" of:"ldif" doc:"One file, or several by a pattern with * and ?. Relative to this configuration file."`
	Paths   Strings `yaml:"paths" of:"ldif" doc:"The files, read as one; each may be a pattern."`
	Base    string  `yaml:"base" of:"ldif,ldap" doc:"The distinguished name that people and groups are under. Needed for ldap; left out, it is the entry that all others in the files are under."`
	Anchor  Anchors `yaml:"anchor" of:"ldif,ldap" doc:"The attribute that never changes. Left out: entryUUID or objectGUID, whichever there is, and nsUniqueId of 389 and FreeIPA servers."`
	Classes Classes `yaml:"classes" of:"ldif,ldap" doc:"The object classes that make an entry a person or a group. Left out: the usual ones."`

	Servers  Strings `yaml:"servers" of:"ldap" doc:"Where the directory is, in the order in which to try: ldaps://HOST, ldap://HOST (with StartTLS), srv://DOMAIN and srvs://DOMAIN for those that DNS knows."`
	Bind     Bind    `yaml:"bind" of:"ldap" doc:"Who asks. Left out: nobody in particular, which most servers refuse."`
	TLS      LDAPTLS `yaml:"tls" of:"ldap" doc:"How connections are encrypted."`
	Dialect  string  `yaml:"dialect" of:"ldap" enum:"ad,openldap,389,freeipa" doc:"The sort of server. Left out, it is asked."`
	OUs      Strings `yaml:"ous" of:"ldap" doc:"Subtrees of the base, the only ones that are read. Members elsewhere are left out. Left out: the whole base."`
	Filter   string  `yaml:"filter" of:"ldap" raw:"yes" doc:"An LDAP filter (RFC 4515): the people and groups that are read."`
	Canaries Strings `yaml:"canaries" of:"ldap" doc:"The names of entries that every read must find, or it is refused."`
	PageSize int     `yaml:"page_size" of:"ldap" doc:"How many entries a page has, 1 to 10000. Left out: 500."`

	ConnectTimeout Duration `yaml:"connect_timeout" of:"ldap" doc:"How long a server may take to be there. Left out: 10s."`
	AnswerTimeout  Duration `yaml:"answer_timeout" of:"ldap" doc:"How long a server may be silent. Left out: 60s."`

	People      Table       `yaml:"people" of:"csv" doc:"The files of people: one row a person."`
	Groups      Table       `yaml:"groups" of:"csv" doc:"The files of groups: one row a group. Left out, the groups are those that memberships name."`
	Memberships Memberships `yaml:"memberships" of:"csv" doc:"The files of memberships: one row a group and one of its members, a person or a group."`
	Delimiter   Delimiter   `yaml:"delimiter" of:"csv" doc:"What separates the columns. Left out: a comma."`
}

// Table is a kind of row and the files that hold it. Columns are called as the
// header calls them, case aside; one that is named here and not there is an
// error.
type Table struct {
	Path    Strings           `yaml:"path" doc:"The files; each may be a pattern with * and ?. Relative to this configuration file."`
	Anchor  string            `yaml:"anchor" doc:"The column of what never changes: an employee number, a group's id."`
	Key     string            `yaml:"key" doc:"The column that memberships name the rows by. Left out: the anchor."`
	Columns map[string]string `yaml:"columns" doc:"What columns become: from a column to an attribute. The others are attributes by their own names."`
	Lists   map[string]string `yaml:"lists" doc:"Columns that hold several values: from a column to what separates them."`
}

// Memberships are the files that say who is in which group.
type Memberships struct {
	Path   Strings `yaml:"path" doc:"The files; each may be a pattern with * and ?. Relative to this configuration file."`
	Group  string  `yaml:"group" doc:"The column that names the group. Left out: group."`
	Member string  `yaml:"member" doc:"The column that names the member. Left out: member."`
}

// Delimiter is what separates columns; zero says nothing.
type Delimiter byte

// delimiters are what a delimiter may be called.
var delimiters = []struct {
	text string
	sign byte
}{{",", ','}, {";", ';'}, {"|", '|'}, {"tab", '\t'}, {"\t", '\t'}}

func (d *Delimiter) setText(text string) error {
	for _, known := range delimiters {
		if known.text == text {
			*d = Delimiter(known.sign)
			return nil
		}
	}
	return fmt.Errorf(`not a delimiter; there is ",", ";", "|" and "tab"`)
}

// delimiterWords are the texts that editors offer.
func delimiterWords() []string {
	var all []string
	for _, known := range delimiters {
		if known.text != "\t" {
			all = append(all, known.text)
		}
	}
	return all
}
