package config

import (
	"maps"
	"path/filepath"
	"reflect"
	"slices"
)

func (d *decoder) checkSource(at path, s Source) {
	if s.Kind == "" {
		if _, written := d.spots[at.with("kind").key()]; !written {
			d.complainKey(at, "kind is missing; this version has csv, ldap or ldif")
		}
		return
	}
	for _, f := range fieldsOf(reflect.TypeFor[Source]()) {
		if _, written := d.spots[at.with(f.name).key()]; written && !f.isOf(s.Kind) {
			d.complainKey(at.with(f.name), f.name+" is for sources of kind "+listed(f.of)+", and this one is "+s.Kind)
		}
	}
	switch s.Kind {
	case KindLDIF:
		d.checkLDIF(at, s)
	case KindCSV:
		d.checkCSV(at, s)
	case KindLDAP:
		d.checkLDAP(at, s)
	}
}

func (d *decoder) checkLDIF(at path, s Source) {
	switch {
	case s.Path != "" && len(s.Paths) > 0:
		d.complainAt(at.with("path"), "path and paths say the same; keep one of them")
	case s.Path == "" && len(s.Paths) == 0:
		d.complainKey(at, "path or paths is missing: the files to read")
	}
	d.checkPatterns(at.with("path"), Strings{s.Path})
	d.checkPatterns(at.with("paths"), s.Paths)
	d.checkAnchors(at.with("anchor"), s.Anchor)
}

func (d *decoder) checkAnchors(at path, a Anchors) {
	for key, attribute := range map[string]string{"people": a.People, "groups": a.Groups} {
		if attribute != "" && !attributeName.MatchString(attribute) {
			d.complainAt(at.with(key), "not the name of an attribute")
		}
	}
}

func (d *decoder) checkPatterns(at path, patterns Strings) {
	for i, p := range patterns {
		if _, err := filepath.Match(p, ""); err != nil {
			d.complainItem(at, i, "not a pattern; * and ? stand for anything, [ is written \\[")
		}
	}
}

func (d *decoder) checkCSV(at path, s Source) {
	if len(s.People.Path) == 0 {
		d.complainKey(at, "people.path is missing: the file that says who works here")
	}
	for _, t := range []struct {
		key   string
		table Table
	}{{"people", s.People}, {"groups", s.Groups}} {
		d.checkTable(at.with(t.key), t.table)
	}
	d.checkPatterns(at.with("memberships", "path"), s.Memberships.Path)
	m := s.Memberships
	switch {
	case len(m.Path) == 0 && len(s.Groups.Path) > 0:
		d.complainKey(at.with("groups"), "there are groups and no memberships; without memberships.path all groups would be empty")
	case len(m.Path) == 0 && (m.Group != "" || m.Member != ""):
		d.complainKey(at.with("memberships"), "path is missing: the files to read")
	}
}

func (d *decoder) checkTable(at path, t Table) {
	_, written := d.spots[at.key()]
	switch {
	case len(t.Path) > 0 && t.Anchor == "":
		d.complainKey(at, "anchor is missing: the column whose values never change")
	case len(t.Path) == 0 && written && at[len(at)-1] != "people":
		d.complainKey(at, "path is missing: the files to read")
	}
	d.checkPatterns(at.with("path"), t.Path)
	for _, column := range slices.Sorted(maps.Keys(t.Columns)) {
		if t.Columns[column] == "" {
			d.complainAt(at.with("columns", column), "the attribute that the column becomes is missing")
		}
	}
	for _, column := range slices.Sorted(maps.Keys(t.Lists)) {
		if t.Lists[column] == "" {
			d.complainAt(at.with("lists", column), `what separates the values is missing, such as ";"`)
		}
	}
}
