package config

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"

	"rollcall/identity"
	"rollcall/spelling"
)

var (
	name          = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$`)
	attributeName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9.-]*(;[A-Za-z0-9-]+)*$`)
)

// check looks at what the values mean together, once defaults are filled in.
func (d *decoder) check(c *Config) {
	checkNames(d, "directories", c.Directories)
	checkNames(d, "sources", c.Sources)
	checkNames(d, "syncs", c.Syncs)
	checkNames(d, "connectors", c.Connectors)
	checkNames(d, "xsoar", c.XSOAR)
	switch _, ok := c.Directories[c.DefaultDirectory]; {
	case ok:
	case c.DefaultDirectory == "":
		d.complainAt(path{"default_directory"}, "there is more than one directory; name the one that commands mean")
	default:
		d.complainAt(path{"default_directory"}, refersTo("directory", c.DefaultDirectory, slices.Sorted(maps.Keys(c.Directories))))
	}
	d.checkDirectories(c)
	for _, n := range slices.Sorted(maps.Keys(c.Sources)) {
		d.checkSource(path{"sources", n}, c.Sources[n])
	}
	for _, n := range slices.Sorted(maps.Keys(c.Syncs)) {
		d.checkSync(c, path{"syncs", n}, c.Syncs[n])
	}
	d.checkPairs(c)
	d.checkReceivers(c)
	d.checkConnectors(c)
	d.checkLifecycle(c.Lifecycle)
	d.checkXSOAR(c)
	d.checkRoles(c)
	d.checkApprovals(c)
	d.checkRules(c)
}

func checkNames[T any](d *decoder, section string, all map[string]T) {
	for _, n := range slices.Sorted(maps.Keys(all)) {
		d.checkName(path{section, n})
	}
}

// checkName holds the last key of a path to the form of names.
func (d *decoder) checkName(at path) {
	if !name.MatchString(at[len(at)-1]) {
		d.complainKey(at, "a name has letters, digits, - and _, at most 63, and begins with a letter or digit")
	}
}

// complainKey is complainAt at the key.
func (d *decoder) complainKey(at path, text string) {
	if s, ok := d.spots[at.key()]; ok {
		d.complain(at, s.key, text)
		return
	}
	d.complainAt(at, text)
}

// lacks reports whether a secret is not written; one that is written and wrong
// has been complained about.
func (d *decoder) lacks(at path, s Secret) bool {
	_, written := d.spots[at.key()]
	return s.IsZero() && !written
}

func refersTo(what, n string, known []string) string {
	if len(known) == 0 {
		return fmt.Sprintf("there is no %s %q, nor any other", what, n)
	}
	if hint := spelling.Hint(n, known); hint != "" {
		return fmt.Sprintf("there is no %s %q%s", what, n, hint)
	}
	return fmt.Sprintf("there is no %s %q; there is %s", what, n, listed(known))
}

func (d *decoder) checkDirectories(c *Config) {
	used := map[string]string{c.State.url: "the state", c.Work.url: "the queue"}
	if c.Work.url == c.State.url {
		d.complainAt(path{"work"}, "the state has this database; the queue needs one of its own, or a schema (?search_path=NAME)")
	}
	stores := map[string]string{}
	for _, n := range slices.Sorted(maps.Keys(c.Directories)) {
		dir, at := c.Directories[n], path{"directories", n}
		if dir.Kind == "" {
			if _, written := d.spots[at.with("kind").key()]; !written {
				d.complainKey(at, "kind is missing; this version has embedded or aws")
			}
			continue
		}
		for _, f := range fieldsOf(reflect.TypeFor[Directory]()) {
			if _, written := d.spots[at.with(f.name).key()]; written && !f.isOf(dir.Kind) {
				d.complainKey(at.with(f.name), f.name+" is for directories of kind "+listed(f.of)+", and this one is "+dir.Kind)
			}
		}
		if dir.Region != "" && !identity.IsRegion(dir.Region) {
			d.complainAt(at.with("region"), "want the name of a region, such as eu-west-1")
		}
		d.checkOrganization(at.with("organization"), dir.Organization)
		if dir.Store != "" {
			if _, err := identity.ParseStoreID(string(dir.Store)); err != nil {
				d.complainAt(at.with("store"), `not an identity store's id; want "d-" and ten hex digits, or a UUID`)
			}
		}
		if dir.Kind == KindAWS {
			d.checkAWS(at, dir)
			continue
		}
		if who, taken := used[dir.Database.url]; taken {
			d.complainAt(at.with("database"), who+" has this database; a directory needs one of its own")
		}
		for _, id := range []string{"", string(dir.Store)} {
			where := dir.Database.url + "\x00" + id
			if who, taken := stores[where]; taken {
				d.complainAt(at.with("store"), "directory "+who+" is in the same database; give both a store of their own")
				break
			}
		}
		stores[dir.Database.url+"\x00"+string(dir.Store)] = n
	}
}

func (d *decoder) checkSync(c *Config, at path, s Sync) {
	d.checkReference(at.with("source"), "source", s.Source, slices.Sorted(maps.Keys(c.Sources)))
	if s.Directory != c.DefaultDirectory {
		d.checkReference(at.with("directory"), "directory", s.Directory, slices.Sorted(maps.Keys(c.Directories)))
	}
	d.checkIssuer(at.with("issuer"), s.Issuer)
	if dir := c.Directories[s.Directory]; dir.Kind == KindAWS && s.Issuer != dir.Issuer {
		d.complainAt(at.with("issuer"), "directory "+s.Directory+" calls the issuer of external ids "+dir.Issuer+", for every sync; leave this out, or say it there")
	}
	d.checkBrakes(at.with("brakes"), s.Brakes)
	d.checkLeavers(c, at.with("leavers"), s)
	d.checkScope(at.with("scope"), s.Scope)
	d.checkSchedule(at.with("schedule"), s.Schedule)
	d.checkWatch(c, at.with("watch"), s)
	if len(s.Scope.MembersOf) > 0 && !s.ManageGroups() {
		d.complainAt(at.with("scope", "members_of"), "this sync ignores groups, so nobody is known to be in one")
	}
	d.checkRenames(at.with("rename_groups"), s.RenameGroups)
	table := s.Actions.build(func(where []string, text string) { d.complainAt(at.with("actions").with(where...), text) })
	d.checkMapping(at, s, table)
}

func (d *decoder) checkReference(at path, what, n string, known []string) {
	switch {
	case n == "":
		d.complainAt(at, what+" is missing")
	case !slices.Contains(known, n):
		d.complainAt(at, refersTo(what, n, known))
	}
}

// checkIssuer holds the issuer to what an external id may be.
func (d *decoder) checkIssuer(at path, issuer string) {
	if issuer == "" {
		return
	}
	g := identity.Group{DisplayName: "x", ExternalIDs: []identity.ExternalID{{Issuer: issuer, ID: "x"}}}
	if err := g.Validate(); err != nil {
		d.complainAt(at, fmt.Sprintf("an issuer has 1 to %d characters, none of them white space or invisible", identity.MaxExternalID))
	}
}

// checkPairs refuses two syncs between the same two sides: each would take the
// other's objects for orphans.
func (d *decoder) checkPairs(c *Config) {
	pairs := map[[2]string]string{}
	for _, n := range slices.Sorted(maps.Keys(c.Syncs)) {
		pair := [2]string{c.Syncs[n].Source, c.Syncs[n].Directory}
		if other, taken := pairs[pair]; taken && pair[0] != "" {
			d.complainKey(path{"syncs", n}, fmt.Sprintf("sync %s already goes from %s to %s", other, pair[0], pair[1]))
		}
		pairs[pair] = n
	}
}
