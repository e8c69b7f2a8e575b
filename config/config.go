// Package config reads rollcall.yaml: one file, one struct, strict. Whatever is
// wrong with it is reported at once, each problem with its line, its column and
// a caret under the spot.
//
// It opens nothing that the file names: neither databases nor sources. Secrets
// are references in it, and are resolved only by whoever needs them.
package config

import (
	"rollcall/identity"
)

// Config is rollcall.yaml. After [Load] it has no open ends: every name that
// refers to something does, and defaults are filled in.
type Config struct {
	State            Database             `yaml:"state" doc:"Rollcall's own database: links, plans, runs and the journal. A relative path is relative to the state folder."`
	DefaultDirectory string               `yaml:"default_directory" doc:"The directory that commands mean when they name none. May be left out if there is only one."`
	Directories      map[string]Directory `yaml:"directories" doc:"The directories Rollcall knows, by name. Without any there is one embedded directory called local."`
	Sources          map[string]Source    `yaml:"sources" doc:"The sources of truth, by name."`
	Syncs            map[string]Sync      `yaml:"syncs" doc:"What is brought in line with what, by name."`
	Notify           map[string]Receiver  `yaml:"notify" doc:"Who is told when something needs a person, by name."`
	Key              Secret               `yaml:"key" doc:"The key that signs the journal and seals secrets, for replicas that share a state and no folder: env: or file: of a key file's content, or of at least 43 random characters. Left out: the file key in the state folder, made when it is missing."`
	Work             Database             `yaml:"work" doc:"The database of the service's queue, which is its alone. Left out: sqlite:work.db, and beside a state in PostgreSQL a schema of its own there."`

	Lifecycle  Lifecycle            `yaml:"lifecycle" doc:"How single people come and leave."`
	Rules      map[string]Rule      `yaml:"rules" doc:"What must be so about who reaches what, by name. Every plan is held to it, and rollcall check tells what is not so."`
	Approvals  Approvals            `yaml:"approvals" doc:"Which plans wait until people have agreed. Left out: none does."`
	Connectors map[string]Connector `yaml:"connectors" doc:"The instances of the OpenICF connector that rollcall serve answers for, by name. Left out: one called awsiam, for the default directory."`

	XSOAR map[string]XSOAR `yaml:"xsoar" doc:"The instances of XSOAR's integration AWS-ILM that the iam- commands work as, by name. Left out: one called AWS-ILM_instance_1, for the default directory."`
	Roles map[string]Role  `yaml:"roles" doc:"Role templates, by name: what rollcall joiner run and rollcall mover run give with --role."`

	Folder string `yaml:"-"` // of the file, absolute; empty for Default
}

// Directory is a place that holds users and groups.
type Directory struct {
	Kind     string           `yaml:"kind" kind:"embedded,aws" doc:"What sort of directory it is."`
	Database Database         `yaml:"database" of:"embedded" doc:"Where the embedded Identity Center keeps its data. A relative path is relative to the state folder."`
	Store    identity.StoreID `yaml:"store" doc:"The identity store's id, such as d-1234567890. Left out, an embedded directory makes one up and keeps it, and AWS is asked for its own."`
	IDs      string           `yaml:"ids" of:"embedded" enum:"prefixed,bare" doc:"The form of new objects' ids: the store's ten digits before a UUID, or the UUID alone."`

	Region       string       `yaml:"region" doc:"The region that the Identity Center is at home in, such as eu-west-1. Left out: us-east-1 for an embedded one, where it cannot be changed later, and otherwise what AWS's own configuration says."`
	Organization Organization `yaml:"organization" of:"embedded" doc:"What the embedded Identity Center gives access to: accounts, and the units they are in."`

	Instance   string     `yaml:"instance" of:"aws" doc:"The instance's ARN. Left out, AWS is asked which there is."`
	Profile    string     `yaml:"profile" of:"aws" doc:"The profile of AWS's own configuration. Left out: its default."`
	AccessKey  AccessKey  `yaml:"access_key" of:"aws" doc:"The key that signs. Left out: AWS's usual chain of environment, files and roles."`
	AssumeRole AssumeRole `yaml:"assume_role" of:"aws" doc:"The role to work in, taken with the credentials above."`
	Endpoint   string     `yaml:"endpoint_url" of:"aws" doc:"Where AWS's API is instead of at AWS, such as http://127.0.0.1:8480."`
	API        string     `yaml:"api" of:"aws" enum:"use,none" doc:"Whether AWS's API is used. none leaves SCIM alone, which cannot set descriptions and sees no account assignments."`
	SCIM       SCIM       `yaml:"scim" of:"aws" doc:"The SCIM endpoint. Without it nobody can be enabled or disabled, and no external id can be set."`
	Issuer     string     `yaml:"issuer" of:"aws" doc:"What the issuer of external ids is called here, since SCIM has no word for it. It is that of every sync into this directory. Left out: scim."`
	Network    Network    `yaml:"network" of:"aws" doc:"How connections are made."`
	Rate       Rates      `yaml:"rate" of:"aws" doc:"How much of AWS's budget is used."`
	Events     Events     `yaml:"events" of:"aws" doc:"Where AWS tells of what others change, so that rollcall serve looks at once and not only when a sync is due."`
}

// BareIDs reports whether new objects' ids are plain UUIDs.
func (d Directory) BareIDs() bool { return d.IDs == "bare" }

// Anchors name the attributes that hold anchors. In the file, one name stands
// for both.
type Anchors struct {
	People string `yaml:"people" doc:"The anchor attribute of people."`
	Groups string `yaml:"groups" doc:"The anchor attribute of groups."`
}

// Classes name object classes.
type Classes struct {
	People Strings `yaml:"people" doc:"The object classes of people."`
	Groups Strings `yaml:"groups" doc:"The object classes of groups."`
}

// Sync brings a directory in line with a source.
type Sync struct {
	Source       string            `yaml:"source" doc:"The source, by its name under sources."`
	Directory    string            `yaml:"directory" doc:"The directory, by its name under directories. Left out, it is the default directory."`
	Mapping      Mapping           `yaml:"mapping" doc:"What becomes of a source's attributes."`
	Scope        Scope             `yaml:"scope" doc:"Who is in scope, by expressions and by names. Left out: everybody, or whoever the preset says."`
	RenameGroups map[string]string `yaml:"rename_groups" doc:"What groups are called in the directory, by the name that the mapping gives them. Two may not become one."`
	Correlate    Strings           `yaml:"correlate" each:"userName,email,displayName" doc:"The attributes by which somebody without a link is recognised, after the external id; displayName is for groups."`
	Issuer       string            `yaml:"issuer" doc:"Who issued the anchor, as external ids carry it: 1 to 256 characters without white space. Left out: rollcall:SOURCE, and for a directory of kind aws the directory's."`
	Groups       string            `yaml:"groups" enum:"manage,ignore" doc:"Whether groups and their members are brought in line too."`
	Actions      Actions           `yaml:"actions" doc:"What to do in each situation: the name of a shipped table, or a table and what differs from it."`
	Leavers      Leavers           `yaml:"leavers" doc:"What is taken from whoever is disabled because they are gone from the source, out of scope, disabled or expired there, before they are deleted."`
	Brakes       Brakes            `yaml:"brakes" doc:"What stops a plan from being carried out."`
	Schedule     Schedule          `yaml:"schedule" doc:"When the service runs it. Left out: only when somebody asks."`
	Watch        Watch             `yaml:"watch" doc:"That the service runs it whenever the source says that something has changed, too; for sources of kind ldap."`
	StaleAfter   Duration          `yaml:"stale_after" doc:"Without a complete run for so long it is stale: /readyz says so, and whoever is notified hears of it. Left out: never."`
	Grace        Duration          `yaml:"grace" doc:"How long somebody must have been gone from the source and disabled, or a group gone, before a table that says delete deletes them, such as 720h or 30d; 0 is at once. Left out: 30d, and 0 with the table mirror."`
	Retention    Duration          `yaml:"retention" doc:"For how long after the sync has deleted somebody, or a group, or has taken what a leaver had, their assignments are given back to them when the same anchor is in the source again; 0 is never."`
}

// ManageGroups reports whether groups are brought in line too.
func (s Sync) ManageGroups() bool { return s.Groups != "ignore" }

// Mapping is the rules for attributes: a preset and what differs from it.
type Mapping struct {
	Preset string            `yaml:"preset" doc:"The shipped rules underneath: ad, csv or inetorgperson."`
	User   map[string]string `yaml:"user" raw:"yes" doc:"A CEL expression an attribute. An empty one takes the preset's away."`
	Group  map[string]string `yaml:"group" raw:"yes" doc:"A CEL expression an attribute of a group."`
}

// Scope says who takes part.
type Scope struct {
	People        string  `yaml:"people" raw:"yes" doc:"A CEL expression, true for the people in scope."`
	Groups        string  `yaml:"groups" raw:"yes" doc:"A CEL expression, true for the groups in scope."`
	MembersOf     Strings `yaml:"members_of" doc:"Of those, only people in one of these groups, directly or through other groups: by displayName as the mapping sets it or by the source's own name; * and ? stand for anything."`
	IncludePeople Strings `yaml:"include_people" doc:"Of those, only people whose userName is one of these; * and ? stand for anything."`
	ExcludePeople Strings `yaml:"exclude_people" doc:"And not these. Excluding goes over including."`
	IncludeGroups Strings `yaml:"include_groups" doc:"Of those, only groups whose displayName, as the mapping sets it, is one of these."`
	ExcludeGroups Strings `yaml:"exclude_groups" doc:"And not these."`
}

// The names and places of what there is when nothing is configured.
const (
	LocalDirectory    = "local"
	stateDatabase     = "sqlite:state.db"
	directoryDatabase = "sqlite:directory.db"
)

// Default is what holds without a file: one embedded directory.
func Default() *Config {
	c := &Config{}
	c.fill()
	return c
}

// Alone is a configuration of one directory and nothing else.
func Alone(name string, d Directory) *Config {
	c := &Config{Directories: map[string]Directory{name: d}}
	c.fill()
	return c
}

// fill puts in what was left out.
func (c *Config) fill() {
	if c.State.url == "" {
		c.State.url = stateDatabase
	}
	if len(c.Directories) == 0 {
		c.Directories = map[string]Directory{LocalDirectory: {Kind: KindEmbedded}}
	}
	c.Work.besides(c.State)
	for name, d := range c.Directories {
		d.fill()
		c.Directories[name] = d
	}
	if c.DefaultDirectory == "" && len(c.Directories) == 1 {
		for name := range c.Directories {
			c.DefaultDirectory = name
		}
	}
	for name, s := range c.Syncs {
		c.Syncs[name] = s.filled(c)
	}
	c.fillConnectors()
	c.fillXSOAR()
}

func (d *Directory) fill() {
	if d.Kind == KindAWS {
		d.fillAWS()
		return
	}
	if d.Database.url == "" {
		d.Database.url = directoryDatabase
	}
	if d.IDs == "" {
		d.IDs = "prefixed"
	}
	d.Organization.fill()
}

func (s Sync) filled(c *Config) Sync {
	if s.Directory == "" {
		s.Directory = c.DefaultDirectory
	}
	if d := c.Directories[s.Directory]; d.Kind == KindAWS && s.Issuer == "" {
		s.Issuer = d.Issuer
	}
	if s.Correlate == nil {
		s.Correlate = Strings{"userName", "email"}
	}
	if s.Issuer == "" && s.Source != "" {
		s.Issuer = "rollcall:" + s.Source
	}
	if s.Groups == "" {
		s.Groups = "manage"
	}
	if s.Actions.Table == "" {
		s.Actions.Table = defaultTable
	}
	s.Grace = s.gracePeriod()
	return s
}
