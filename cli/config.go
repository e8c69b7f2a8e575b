package cli

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rollcall/config"
	"rollcall/fault"
)

func newConfig(a *app) *cobra.Command {
	return group("config", "Look at the configuration and check it", "  rollcall config check",
		newConfigShow(a), newConfigCheck(a), newConfigPath(a), newConfigSchema(a), newConfigFromSSM(a))
}

func newConfigShow(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "show", Short: "Show what holds, defaults filled in",
		Long:    "Shows the configuration as Rollcall understands it, with defaults filled in and without secrets.",
		Example: "  rollcall config show\n  rollcall config show --output json --query 'syncs.*.source'", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			c, err := a.loadConfig()
			if err != nil {
				return err
			}
			all := configValues(c)
			l := listing{Columns: []string{"Setting", "Value"}, Values: all}
			l.flatten("", all)
			return a.print(l)
		},
	}
}

// configValues is the configuration by the names that the file has.
func configValues(c *config.Config) values {
	directories, sources, syncs := values{}, values{}, values{}
	for name, d := range c.Directories {
		directories[name] = values{"kind": d.Kind, "database": d.Database.String(), "store": string(d.Store), "ids": d.IDs, "region": d.Region}
		if !d.Organization.IsZero() {
			directories[name].(values)["organization"] = organizationValues(d.Organization)
		}
	}
	for name, s := range c.Sources {
		sources[name] = values{
			"kind": s.Kind, "path": s.Path, "paths": []string(s.Paths), "base": s.Base,
			"anchor":  values{"people": s.Anchor.People, "groups": s.Anchor.Groups},
			"classes": values{"people": []string(s.Classes.People), "groups": []string(s.Classes.Groups)},
		}
	}
	for name, s := range c.Syncs {
		syncs[name] = syncValues(s)
	}
	return values{
		"state": c.State.String(), "default_directory": c.DefaultDirectory,
		"directories": directories, "sources": sources, "syncs": syncs,
	}
}

func organizationValues(o config.Organization) values {
	units, accounts := values{}, values{}
	for name, u := range o.Units {
		units[name] = values{"id": u.ID}
	}
	for id, a := range o.Accounts {
		accounts[id] = values{"name": a.Name, "email": a.Email, "unit": a.Unit, "status": a.Status}
	}
	return values{"id": o.ID, "root": o.Root, "management": o.Management, "units": units, "accounts": accounts}
}

func syncValues(s config.Sync) values {
	table := s.Actions.Build()
	users, groups := values{}, values{}
	for situation, action := range table.Users {
		users[string(situation)] = string(action)
	}
	for situation, action := range table.Groups {
		groups[string(situation)] = string(action)
	}
	return values{
		"source": s.Source, "directory": s.Directory, "groups": s.Groups, "issuer": s.Issuer, "correlate": []string(s.Correlate),
		"mapping": values{"preset": s.Mapping.Preset, "user": textValues(s.Mapping.User), "group": textValues(s.Mapping.Group)},
		"scope": values{
			"people": s.Scope.People, "groups": s.Scope.Groups,
			"include_people": []string(s.Scope.IncludePeople), "exclude_people": []string(s.Scope.ExcludePeople),
			"include_groups": []string(s.Scope.IncludeGroups), "exclude_groups": []string(s.Scope.ExcludeGroups),
		},
		"rename_groups": textValues(s.RenameGroups),
		"actions":       values{"table": s.Actions.Table, "users": users, "groups": groups, "members": string(table.Members)},
		"brakes":        brakeValues(s.Brakes),
		"grace":         time.Duration(s.Grace).String(),
	}
}

func brakeValues(b config.Brakes) values {
	threshold := func(t config.Threshold) values { return values{"floor": t.Floor, "percent": t.Percent} }
	return values{
		"users_off": threshold(b.UsersOff), "users_renamed": threshold(b.UsersRenamed), "groups_deleted": threshold(b.GroupsDeleted), "missing_on_target": threshold(b.MissingOnTarget),
		"emptied":        b.Emptied,
		"group_leavers":  values{"percent": b.GroupLeavers.Percent, "of": b.GroupLeavers.Of, "all": b.GroupLeavers.All},
		"attribute_lost": values{"share": b.AttributeLost.Share, "people": b.AttributeLost.People, "left": b.AttributeLost.Left},
		"protected":      []string(b.Protected), "break_glass": []string(b.BreakGlass),
	}
}

func textValues(of map[string]string) values {
	v := values{}
	for name, text := range of {
		v[name] = text
	}
	return v
}

// flatten adds a row a setting, sorted, leaving out what is not set.
func (l *listing) flatten(prefix string, of values) {
	for _, name := range slices.Sorted(maps.Keys(of)) {
		switch v := of[name].(type) {
		case values:
			l.flatten(prefix+name+".", v)
		case []string:
			if len(v) > 0 {
				l.add(prefix+name, strings.Join(v, ", "))
			}
		default:
			if text := cell(v); text != "" {
				l.add(prefix+name, text)
			}
		}
	}
}

func newConfigCheck(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "check [FILE]", Short: "Say everything that is wrong with a configuration file",
		Long:    "Checks a configuration file, or the one in use, and reports everything wrong with it at once. Opens nothing it names.",
		Example: "  rollcall config check\n  rollcall config check new.yaml --output json", Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			file := strings.Join(args, "")
			if file == "" {
				found, ok := a.configInUse()
				if !ok {
					say(a.err, "There is no configuration file; the built-in configuration is right.")
					return nil
				}
				file = found
			}
			return runConfigCheck(a, file)
		},
	}
}

// problemView is one thing wrong with a configuration file.
type problemView struct {
	File   string `json:"file"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Path   string `json:"path,omitempty"`
	Text   string `json:"text"`
}

func runConfigCheck(a *app, file string) error {
	problems := config.Check(file)
	if !a.forPeople() {
		l := listing{Columns: []string{"File", "Line", "Column", "Path", "Text"}}
		all := []problemView{}
		for _, p := range problems {
			all = append(all, problemView{file, p.Line, p.Column, p.Path, p.Text})
			l.Rows = append(l.Rows, []string{file, cell(p.Line), cell(p.Column), p.Path, p.Text})
		}
		l.Values = all
		if err := a.print(l); err != nil || len(problems) == 0 {
			return err
		}
		return quietError{exitUsage}
	}
	if len(problems) == 0 {
		say(a.err, "%s is right.", file)
		return nil
	}
	_, err := config.Load(file)
	return configError{err}
}

func newConfigPath(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "path", Short: "Show which configuration file is in use",
		Long:    "Shows the configuration file in use: the one that is named, else ./rollcall.yaml, else the state folder's.",
		Example: "  rollcall config path", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			file, ok := a.configInUse()
			if !ok {
				return fault.Text(fault.NotFound, "find configuration", "", "there is no ./"+configName+" and none in "+a.state+"; the built-in configuration holds")
			}
			if a.forPeople() {
				say(a.out, "%s", file)
				return nil
			}
			return a.print(listing{Columns: []string{"File"}, Rows: [][]string{{file}}, Values: file})
		},
	}
}

func newConfigSchema(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "schema", Short: "Write the JSON Schema of rollcall.yaml, for editors",
		Example: "  rollcall config schema > rollcall.schema.json", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			schema, err := config.Schema()
			if err != nil {
				return err
			}
			_, err = a.out.Write(schema)
			return err
		},
	}
}
