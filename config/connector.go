package config

import (
	"maps"
	"regexp"
	"slices"
)

// Connector is an instance of the OpenICF connector: a name in the path
// /openidm/system/NAME, bound to a directory.
type Connector struct {
	Directory        string            `yaml:"directory" doc:"The directory, by its name under directories. Left out, it is the default directory."`
	DisplayName      string            `yaml:"display_name" doc:"What it is called in the answer to a test. Left out: as the original."`
	Strict           bool              `yaml:"strict" doc:"Answer as the original does where this one is kinder: PUT wants If-Match, _pageSize is at most 100, __NAME__ takes eq alone, liveSync is refused."`
	LenientPaths     bool              `yaml:"lenient_paths" doc:"Take __ACCOUNT___queryFilter=…, a slip in the connector's documentation, for a query."`
	SingleValueStyle string            `yaml:"single_value_style" enum:"array,object" doc:"How emails, addresses and phoneNumbers are sent: as lists, or as the one object they hold."`
	NoRevisions      bool              `yaml:"no_revisions" doc:"Leave _rev and ETag out, as the original does."`
	NoLiveSync       bool              `yaml:"no_live_sync" doc:"Refuse liveSync, which the original does not have."`
	WriteExternalIDs bool              `yaml:"write_external_ids" doc:"Let externalIds be written. AWS's API does not; SCIM and an embedded directory do."`
	Scripts          map[string]Script `yaml:"scripts" doc:"What may be run with _action=script, by scriptId."`
}

// Script is what runs for a scriptId.
type Script struct {
	Source  string `yaml:"source" raw:"yes" doc:"JavaScript. The value of its last statement is the result; it sees connector, configuration, arguments and log, and nothing else."`
	Builtin string `yaml:"builtin" enum:"test,count" doc:"Instead, something that is built in: test the connection, or count users and groups."`
	System  string `yaml:"system" raw:"yes" doc:"A regular expression; the script is for connectors whose name or class matches. Left out: all."`
}

// defaultConnector is what the original's documentation calls its instance.
const defaultConnector = "awsiam"

// fillConnectors makes one connector where none is configured.
func (c *Config) fillConnectors() {
	if len(c.Connectors) == 0 {
		c.Connectors = map[string]Connector{defaultConnector: {}}
	}
	for name, k := range c.Connectors {
		if k.Directory == "" {
			k.Directory = c.DefaultDirectory
		}
		c.Connectors[name] = k
	}
}

func (d *decoder) checkConnectors(c *Config) {
	for _, n := range slices.Sorted(maps.Keys(c.Connectors)) {
		at, k := path{"connectors", n}, c.Connectors[n]
		if _, written := d.spots[at.key()]; written {
			d.checkReference(at.with("directory"), "directory", k.Directory, slices.Sorted(maps.Keys(c.Directories)))
		}
		for _, id := range slices.Sorted(maps.Keys(k.Scripts)) {
			d.checkScript(at.with("scripts", id), k.Scripts[id])
		}
	}
}

func (d *decoder) checkScript(at path, s Script) {
	if (s.Source == "") == (s.Builtin == "") {
		d.complainKey(at, "a script has either a source or a builtin")
	}
	if _, err := regexp.Compile(s.System); err != nil {
		d.complainAt(at.with("system"), "not a regular expression: "+err.Error())
	}
}
