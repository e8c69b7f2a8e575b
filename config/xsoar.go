package config

import (
	"maps"
	"slices"

	"rollcall/fault"
	"rollcall/xsoar"
)

// XSOAR is an instance of XSOAR's integration AWS-ILM, bound to a directory.
type XSOAR struct {
	Directory  string                       `yaml:"directory" doc:"The directory, by its name under directories. Left out, it is the default directory."`
	Generation string                       `yaml:"generation" enum:"A,B" doc:"Which of the integration's ways is kept: A printed the samples of its documentation (2021), B is the newer one. Left out: B."`
	Forbid     Strings                      `yaml:"forbid" each:"create,update,enable,disable,create_if_not_exists" doc:"What the commands may not do, whatever an instance in XSOAR allows: its five switches, by name."`
	Outgoing   map[string]map[string]string `yaml:"outgoing" raw:"yes" doc:"Outgoing mappers, by the name that an instance in XSOAR gives: the profile's field for each attribute of SCIM (name.givenName, emails.value, enterprise.department), where it is not that of the mapper that ships; empty takes it away."`
	Incoming   map[string]map[string]string `yaml:"incoming" raw:"yes" doc:"Incoming mappers, likewise: what each attribute of SCIM is called in the profile."`
}

// defaultXSOAR is what the integration's documentation calls its instance.
const defaultXSOAR = "AWS-ILM_instance_1"

// fillXSOAR makes one instance where none is configured.
func (c *Config) fillXSOAR() {
	if len(c.XSOAR) == 0 {
		c.XSOAR = map[string]XSOAR{defaultXSOAR: {}}
	}
	for name, x := range c.XSOAR {
		if x.Directory == "" {
			x.Directory = c.DefaultDirectory
		}
		if x.Generation == "" {
			x.Generation = string(xsoar.B)
		}
		c.XSOAR[name] = x
	}
}

// Mappers are an instance's, by name, with those that ship.
func (x XSOAR) Mappers() (out, in map[string]xsoar.Mapper, err error) {
	out, in = map[string]xsoar.Mapper{xsoar.ShippedOut: xsoar.Out()}, map[string]xsoar.Mapper{xsoar.ShippedIn: xsoar.In()}
	for name, fields := range x.Outgoing {
		if out[name], err = xsoar.Out().With(fields); err != nil {
			return nil, nil, err
		}
	}
	for name, fields := range x.Incoming {
		if in[name], err = xsoar.In().With(fields); err != nil {
			return nil, nil, err
		}
	}
	return out, in, nil
}

func (d *decoder) checkXSOAR(c *Config) {
	for _, n := range slices.Sorted(maps.Keys(c.XSOAR)) {
		at, x := path{"xsoar", n}, c.XSOAR[n]
		if _, written := d.spots[at.key()]; written {
			d.checkReference(at.with("directory"), "directory", x.Directory, slices.Sorted(maps.Keys(c.Directories)))
		}
		d.checkMappers(at.with("outgoing"), x.Outgoing)
		d.checkMappers(at.with("incoming"), x.Incoming)
	}
}

func (d *decoder) checkMappers(at path, all map[string]map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(all)) {
		for _, attribute := range slices.Sorted(maps.Keys(all[name])) {
			if _, err := xsoar.Canonical(attribute); err != nil {
				d.complainKey(at.with(name, attribute), fault.Words(err))
			}
		}
	}
}
