package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"rollcall/directory"
	"rollcall/identity"
)

func newDirectory(a *app) *cobra.Command {
	return group("directory", "Look at the directories that the configuration names", "  rollcall directory list",
		newDirectoryList(a), newDirectoryShow(a), newDirectoryAbilities(a), newDirectoryAdopt(a), newDirectoryRebind(a), newDirectoryEvents(a))
}

// directoryView is a directory as the configuration has it.
type directoryView struct {
	Name     string           `json:"name"`
	Kind     string           `json:"kind"`
	Default  bool             `json:"default"`
	Store    identity.StoreID `json:"store,omitempty"`
	Database string           `json:"database"`
}

func newDirectoryList(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the directories, and the store each has meant so far", Example: "  rollcall directory list", Args: cobra.NoArgs,
		RunE: a.inHouse(func(ctx context.Context, h *house, _ []string) error {
			l := listing{Columns: []string{"Name", "Kind", "Store", "Database", "Default"}}
			all := []directoryView{}
			for _, name := range slices.Sorted(maps.Keys(h.config.Directories)) {
				settings := h.config.Directories[name]
				store, err := h.links.Bound(ctx, name)
				if err != nil {
					return err
				}
				if store == "" {
					store = settings.Store
				}
				v := directoryView{name, settings.Kind, name == h.config.DefaultDirectory, store, settings.Database.String()}
				all = append(all, v)
				l.Rows = append(l.Rows, []string{v.Name, v.Kind, string(v.Store), v.Database, yes(v.Default)})
			}
			l.Values = all
			return a.print(l)
		}),
	}
}

func newDirectoryShow(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "show [NAME]", Short: "Show a directory: its store, and how much is in it", Example: "  rollcall directory show local", Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: a.completeDirectories,
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			d, err := h.directoryArg(ctx, args)
			if err != nil {
				return err
			}
			return h.showDirectory(ctx, d)
		}),
	}
}

// directoryArg opens the directory that an argument names, or the usual one.
func (h *house) directoryArg(ctx context.Context, args []string) (*directory.Directory, error) {
	if len(args) == 1 {
		return h.directory(ctx, args[0])
	}
	return h.directory(ctx, "")
}

func (h *house) showDirectory(ctx context.Context, d *directory.Directory) error {
	store, err := d.Store(ctx)
	if err != nil {
		return err
	}
	users, disabled, groups := 0, 0, 0
	for u, err := range d.Users(ctx) {
		if err != nil {
			return err
		}
		users++
		if !u.Active {
			disabled++
		}
	}
	for _, err := range d.Groups(ctx) {
		if err != nil {
			return err
		}
		groups++
	}
	links, err := h.links.Links(ctx, d.Name())
	if err != nil {
		return err
	}
	settings := h.config.Directories[d.Name()]
	l := listing{Columns: []string{"Attribute", "Value"}, Values: values{
		"name": d.Name(), "kind": settings.Kind, "store": store.ID, "instance": store.Instance, "database": settings.Database.String(),
		"users": users, "disabledUsers": disabled, "groups": groups, "links": len(links),
	}}
	l.add("name", d.Name())
	l.add("kind", settings.Kind)
	l.add("store", string(store.ID))
	for _, one := range [][2]string{{"instance", store.Instance}, {"database", settings.Database.String()}, {"region", settings.Region}} {
		if one[1] != "" {
			l.add(one[0], one[1])
		}
	}
	l.add("users", fmt.Sprintf("%d, %d of them disabled", users, disabled))
	l.add("groups", strconv.Itoa(groups))
	l.add("linked to sources", strconv.Itoa(len(links)))
	return h.app.print(l)
}

func newDirectoryAbilities(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "abilities [NAME]", Short: "Show what a directory can do beyond the minimum", Example: "  rollcall directory abilities", Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: a.completeDirectories,
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			d, err := h.directoryArg(ctx, args)
			if err != nil {
				return err
			}
			l := listing{Columns: []string{"Ability", "Has it", "What it does"}}
			all := []values{}
			for _, one := range d.Abilities().Table() {
				all = append(all, values{"name": one.Name, "does": one.Does, "has": one.Has})
				l.Rows = append(l.Rows, []string{one.Name, yes(one.Has), one.Does})
			}
			l.Values = all
			return a.print(l)
		}),
	}
}
