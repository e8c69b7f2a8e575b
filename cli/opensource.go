package cli

import (
	"rollcall/config"
	"rollcall/source"
	"rollcall/source/csvsource"
	"rollcall/source/ldifsource"
)

// source opens a source by its name in the configuration.
func (h *house) source(name string) (*source.Source, error) {
	settings, known := h.config.Sources[name]
	if !known {
		return nil, usage("no source is called %q; there are %s", name, names(h.config.Sources))
	}
	var driver source.Driver
	var err error
	switch settings.Kind {
	case config.KindCSV:
		driver, err = h.csv(settings)
	case config.KindLDAP:
		driver, err = h.ldap(name, settings)
	default:
		driver, err = h.ldif(settings)
	}
	if err != nil {
		return nil, err
	}
	return source.New(name, driver), nil
}

func (h *house) ldif(s config.Source) (source.Driver, error) {
	files, err := h.config.Files(s)
	if err != nil {
		return nil, err
	}
	return ldifsource.New(ldifsource.Options{Paths: files, Manifest: h.config.File(s.Manifest), Rules: s.Rules()})
}

func (h *house) csv(s config.Source) (source.Driver, error) {
	people, err := h.table(s.People)
	if err != nil {
		return nil, err
	}
	groups, err := h.table(s.Groups)
	if err != nil {
		return nil, err
	}
	memberships, err := h.config.Find(s.Memberships.Path)
	if err != nil {
		return nil, err
	}
	return csvsource.New(csvsource.Options{
		People: people, Groups: groups,
		Memberships: csvsource.Memberships{Paths: memberships, Group: s.Memberships.Group, Member: s.Memberships.Member},
		Delimiter:   byte(s.Delimiter), Manifest: h.config.File(s.Manifest),
	})
}

func (h *house) table(t config.Table) (csvsource.Table, error) {
	files, err := h.config.Find(t.Path)
	return csvsource.Table{Paths: files, Anchor: t.Anchor, Key: t.Key, Columns: t.Columns, Lists: t.Lists}, err
}
