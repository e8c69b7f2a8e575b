package config

import (
	"maps"
	"slices"

	"rollcall/fault"
	"rollcall/identity"
)

// Override is what a caller says of every directory of kind aws, over what the
// file says. What is empty changes nothing.
type Override struct {
	Region, Profile, Endpoint string
}

// Override puts o into the configuration. It fails with fault.Invalid for what
// the file could not say either, and where no directory is of kind aws: nothing
// else is turned towards AWS by it.
func (c *Config) Override(o Override) error {
	if o == (Override{}) {
		return nil
	}
	refuse := func(flag, text string) error { return fault.Text(fault.Invalid, "read flags", flag, text) }
	if o.Region != "" && !identity.IsRegion(o.Region) {
		return refuse("--region", "want the name of a region, such as eu-west-1")
	}
	if wrong := wrongURL(o.Endpoint, "http", "https"); wrong != "" {
		return refuse("--endpoint-url", wrong)
	}
	found := false
	for _, name := range slices.Sorted(maps.Keys(c.Directories)) {
		d := c.Directories[name]
		if d.Kind != KindAWS {
			continue
		}
		if o.Profile != "" && !d.AccessKey.IsZero() {
			return refuse("--profile", "directory "+name+" has an access_key, which says who signs; take it out of the configuration to use profiles")
		}
		found = true
		set(&d.Region, o.Region)
		set(&d.Profile, o.Profile)
		set(&d.Endpoint, o.Endpoint)
		c.Directories[name] = d
	}
	if !found {
		return refuse("--region, --profile and --endpoint-url", "they are for directories of kind aws, and the configuration has none")
	}
	return nil
}

func set(field *string, value string) {
	if value != "" {
		*field = value
	}
}
