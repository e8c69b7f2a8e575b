package cli

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/link"
	"rollcall/plan"
)

// naming is how commands explain what a user may be called.
const naming = `NAME is a userName, an e-mail, an external id, an id or an ARN. Where it could be several,
put userName:, email:, externalId: or id: before it.`

func newUser(a *app) *cobra.Command {
	return group("user", "Look at users and change single ones", "  rollcall user show ann@example.com",
		newUserList(a), newUserShow(a), newUserCreate(a), newUserUpdate(a),
		newUserSwitch(a, true), newUserSwitch(a, false), newUserDelete(a),
		newUserHold(a), newUserRelease(a), newUserHeld(a))
}

type userList struct {
	status string
	limit  int
}

func newUserList(a *app) *cobra.Command {
	var o userList
	c := &cobra.Command{
		Use: "list [TEXT]", Short: "List users, or those with a text in their name or e-mail",
		Example: "  rollcall user list\n  rollcall user list schmidt --status disabled\n  rollcall user list --output json --query '[].userName'",
		Args:    cobra.MaximumNArgs(1),
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			return runUserList(ctx, h, strings.Join(args, ""), o)
		}),
	}
	c.Flags().StringVar(&o.status, "status", "", "only users who are enabled, or disabled")
	c.Flags().IntVar(&o.limit, "limit", 0, "at most this many; 0 means all")
	return c
}

func runUserList(ctx context.Context, h *house, text string, o userList) error {
	if !slices.Contains([]string{"", "enabled", "disabled"}, o.status) {
		return usage("--status is enabled or disabled, not %q", o.status)
	}
	d, err := h.directory(ctx, "")
	if err != nil {
		return err
	}
	sources, err := h.sourcesOf(ctx, d, identity.KindUser)
	if err != nil {
		return err
	}
	var users []identity.User
	for u, err := range d.Users(ctx) {
		if err != nil {
			return err
		}
		if (o.status == "" || status(&u) == o.status) && mentions(text, u.UserName, u.DisplayName, u.Email()) {
			users = append(users, u)
		}
	}
	slices.SortFunc(users, func(a, b identity.User) int { return byName(a.UserName, b.UserName) })
	if o.limit > 0 {
		users = users[:min(len(users), o.limit)]
	}
	return h.app.printUsers(users, sources)
}

func (a *app) printUsers(users []identity.User, sources map[identity.ID]string) error {
	l := listing{Columns: []string{"User name", "Display name", "E-mail", "Status", "Source", "ID"}}
	all := []values{}
	for i := range users {
		u := &users[i]
		v, err := userValues(u)
		if err != nil {
			return err
		}
		if sources[u.ID] != "" {
			v["source"] = sources[u.ID]
		}
		all = append(all, v)
		l.Rows = append(l.Rows, []string{u.UserName, u.DisplayName, u.Email(), status(u), sources[u.ID], string(u.ID)})
	}
	l.Values = all
	return a.print(l)
}

// sourcesOf says of which source each object of ours is.
func (h *house) sourcesOf(ctx context.Context, d *directory.Directory, kind identity.Kind) (map[identity.ID]string, error) {
	links, err := h.links.Links(ctx, d.Name())
	of := map[identity.ID]string{}
	for _, l := range links {
		if l.Record.Kind == kind {
			of[l.Object] = l.Record.Source
		}
	}
	return of, err
}

// mentions reports whether one of names contains text, as names are compared.
func mentions(text string, names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		return strings.Contains(identity.Fold(name), identity.Fold(text))
	})
}

func byName(a, b string) int {
	return cmp.Or(strings.Compare(identity.Fold(a), identity.Fold(b)), strings.Compare(a, b))
}

func newUserShow(a *app) *cobra.Command {
	var asOf string
	c := &cobra.Command{
		Use: "show NAME", Short: "Show everything about a user: attributes, groups, whose they are",
		Long:    "Shows a user's attributes and status, the groups, the link to a source of truth and a hold.\n" + asOfHelp + "\n\n" + naming,
		Example: "  rollcall user show ann@example.com\n  rollcall user show externalId:4711 --output yaml\n  rollcall user show ann --as-of 2026-03-02",
		Args:    cobra.ExactArgs(1),
		RunE: a.inHouse(func(ctx context.Context, h *house, args []string) error {
			if asOf != "" {
				return runUserAsOf(ctx, h, args[0], asOf)
			}
			d, err := h.directory(ctx, "")
			if err != nil {
				return err
			}
			u, err := d.ResolveUser(ctx, args[0])
			if err != nil {
				return err
			}
			return h.showUser(ctx, d, u)
		}),
	}
	asOfFlag(c, &asOf)
	return c
}

// groupRef is a group as a user's listing shows it.
type groupRef struct {
	ID          identity.ID `json:"id"`
	DisplayName string      `json:"displayName"`
}

func (h *house) showUser(ctx context.Context, d *directory.Directory, u identity.User) error {
	all, err := userValues(&u)
	if err != nil {
		return err
	}
	l := listing{Columns: []string{"Attribute", "Value"}}
	l.add("id", string(u.ID))
	l.add("status", status(&u))
	for _, path := range identity.UserPaths() {
		v, err := identity.UserValue(&u, path)
		if err != nil {
			return err
		}
		if v != nil && path != identity.PathActive {
			l.add(strings.TrimPrefix(path, namespace), plan.Text(v))
		}
	}
	l.addTimes(u.Meta)
	groups, err := h.groupsOf(ctx, d, u.ID)
	if err != nil {
		return err
	}
	for i, g := range groups {
		l.add(first(i, "groups"), g.DisplayName)
	}
	all["groups"] = groups
	if err := h.addLink(ctx, d, identity.KindUser, u.ID, &l, all); err != nil {
		return err
	}
	l.Values = all
	return h.app.print(l)
}

// first is a heading for the first of several lines, and nothing for the rest.
func first(i int, heading string) string {
	if i > 0 {
		return ""
	}
	return heading
}

func (l *listing) add(name, value string) { l.Rows = append(l.Rows, []string{name, value}) }

func (l *listing) addTimes(m identity.Meta) {
	for _, t := range []struct {
		name string
		at   time.Time
		by   string
	}{{"created", m.CreatedAt, m.CreatedBy}, {"updated", m.UpdatedAt, m.UpdatedBy}} {
		if !t.at.IsZero() {
			l.add(t.name, clock(t.at)+by(t.by))
		}
	}
}

func by(name string) string {
	if name == "" {
		return ""
	}
	return " by " + name
}

// groupsOf lists a user's groups by name.
func (h *house) groupsOf(ctx context.Context, d *directory.Directory, user identity.ID) ([]groupRef, error) {
	groups := []groupRef{}
	for m, err := range d.Memberships(ctx, user) {
		if err != nil {
			return nil, err
		}
		g, err := d.Group(ctx, m.GroupID)
		if fault.Is(err, fault.NotFound) {
			continue // it went while we were reading
		}
		if err != nil {
			return nil, err
		}
		groups = append(groups, groupRef{g.ID, g.DisplayName})
	}
	slices.SortFunc(groups, func(a, b groupRef) int { return byName(a.DisplayName, b.DisplayName) })
	return groups, nil
}

// addLink says whose record an object is, and whether the person is held.
func (h *house) addLink(ctx context.Context, d *directory.Directory, kind identity.Kind, id identity.ID, l *listing, all values) error {
	found, err := h.links.ByObject(ctx, d.Name(), kind, id)
	switch {
	case fault.Is(err, fault.NotFound):
		l.add("source", "(none: nothing of ours, no sync changes it)")
		return nil
	case err != nil:
		return err
	}
	l.add("source", found.Record.Source)
	l.add("anchor", string(found.Record.Anchor))
	l.add("linked", string(found.Origin)+", "+clock(found.Since))
	all["link"] = values{"source": found.Record.Source, "anchor": found.Record.Anchor, "origin": found.Origin, "since": found.Since}
	hold, held, err := h.links.Held(ctx, found.Record.Source, found.Record.Anchor)
	if err != nil || !held || kind != identity.KindUser {
		return err
	}
	l.add("held", clock(hold.Since)+by(hold.By)+": "+hold.Reason)
	all["hold"] = holdValues(hold)
	return nil
}

func holdValues(h link.Hold) values {
	return values{"source": h.Source, "anchor": h.Anchor, "userName": h.Name, "reason": h.Reason, "by": h.By, "since": h.Since}
}
