package cli

import (
	"cmp"
	"context"
	"iter"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"rollcall/assignment"
	"rollcall/directory"
	"rollcall/identity"
	"rollcall/plan"
	"rollcall/reconcile"
)

type assignmentList struct {
	places
	user, group string
}

func newAssignmentList(a *app) *cobra.Command {
	var o assignmentList
	c := &cobra.Command{
		Use: "list", Short: "List who has access to what",
		Long: `Lists the assignments of a user with those of their groups, of a group, of a permission set, in
some accounts, to some applications, or all there are. AWS lists nobody's assignments at once: all
of them take a call for each permission set and account. Somebody who is gone is shown as (gone),
with the id that AWS still has: such rows give nobody anything.

` + placeNaming,
		Example: "  rollcall assignment list --user ann\n  rollcall assignment list --account prod --output csv\n" +
			"  rollcall assignment list --permission-set Admin --output json --query '[].principal'",
		Args: cobra.NoArgs,
		RunE: a.inHouse(func(ctx context.Context, h *house, _ []string) error { return runAssignmentList(ctx, h, o) }),
	}
	o.places.flags(c)
	c.Flags().StringVar(&o.user, "user", "", "what a `user` has, by their groups too")
	c.Flags().StringVar(&o.group, "group", "", "what a `group` has")
	return c
}

// held is one row: whose assignment it is, and by which group somebody has it
// who was asked about.
type held struct {
	plan.Assignment
	id  identity.ID
	via string
}

func runAssignmentList(ctx context.Context, h *house, o assignmentList) error {
	d, err := h.directory(ctx, "")
	if err != nil {
		return err
	}
	access, err := h.access(ctx, d.Name())
	if err != nil {
		return err
	}
	names := map[identity.ID]string{}
	var rows []held
	switch {
	case o.user != "" && o.group != "":
		return usage("--user and --group are two lists; ask for one")
	case o.user != "":
		rows, err = assignmentsOfUser(ctx, h, d, access, o.user, names)
	case o.group != "":
		rows, err = assignmentsOfGroup(ctx, d, access, o.group, names)
	default:
		rows, err = o.everybodys(ctx, h, access)
		if err == nil {
			err = principalNames(ctx, d, rows, names)
		}
	}
	if err == nil && (o.user != "" || o.group != "") {
		rows, err = o.narrow(ctx, h, access, rows)
	}
	if err != nil {
		return err
	}
	if err := nameRows(ctx, access, rows); err != nil {
		return err
	}
	return h.app.printAssignments(rows, names)
}

// assignmentsOfUser are a user's own and those of their groups.
func assignmentsOfUser(ctx context.Context, h *house, d *directory.Directory, access *assignment.Instance, ref string, names map[identity.ID]string) ([]held, error) {
	u, err := d.ResolveUser(ctx, ref)
	if err != nil {
		return nil, err
	}
	names[u.ID] = u.UserName
	rows, err := assignmentsOf(ctx, d, access, identity.KindUser, u.ID, "")
	if err != nil {
		return nil, err
	}
	groups, err := h.groupsOf(ctx, d, u.ID)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		more, err := assignmentsOf(ctx, d, access, identity.KindGroup, g.ID, g.DisplayName)
		if err != nil {
			return nil, err
		}
		names[g.ID] = g.DisplayName
		rows = append(rows, more...)
	}
	return rows, nil
}

func assignmentsOfGroup(ctx context.Context, d *directory.Directory, access *assignment.Instance, ref string, names map[identity.ID]string) ([]held, error) {
	g, err := d.ResolveGroup(ctx, ref)
	if err != nil {
		return nil, err
	}
	names[g.ID] = g.DisplayName
	return assignmentsOf(ctx, d, access, identity.KindGroup, g.ID, "")
}

func assignmentsOf(ctx context.Context, d *directory.Directory, access *assignment.Instance, kind identity.Kind, id identity.ID, via string) ([]held, error) {
	store, err := d.Store(ctx)
	if err != nil {
		return nil, err
	}
	all, err := reconcile.Assigned(ctx, access, identity.Principal{Store: store.ID, Kind: kind, ID: id})
	rows := make([]held, len(all))
	for i, a := range all {
		rows[i] = held{a, id, via}
	}
	return rows, err
}

// everybodys are all assignments at the places that are named; all there are if
// none is.
func (o *assignmentList) everybodys(ctx context.Context, h *house, access *assignment.Instance) ([]held, error) {
	var rows []held
	if len(o.applications) == 0 || o.inAccounts() || len(o.sets) > 0 {
		accounts, sets, err := o.both(ctx, h, access)
		if err != nil {
			return nil, err
		}
		for a, err := range assignmentsAt(ctx, access, accounts, sets) {
			if err != nil {
				return nil, err
			}
			rows = append(rows, held{plan.InAccount(a), a.Principal.ID, ""})
		}
	}
	for _, ref := range o.applications {
		app, err := access.ResolveApplication(ctx, ref)
		if err != nil {
			return nil, err
		}
		for a, err := range access.ApplicationAssignments(ctx, app.ARN) {
			if err != nil {
				return nil, err
			}
			rows = append(rows, held{plan.ToApplication(a), a.Principal.ID, ""})
		}
	}
	return rows, nil
}

// both are the accounts and permission sets that are named, by id and ARN; nil
// for all.
func (o *assignmentList) both(ctx context.Context, h *house, access *assignment.Instance) (accounts, sets []string, err error) {
	if o.inAccounts() && !o.organization {
		found, err := o.resolveAccounts(ctx, h, access)
		if err != nil {
			return nil, nil, err
		}
		for _, a := range found {
			accounts = append(accounts, a.ID)
		}
	}
	for _, ref := range o.sets {
		s, err := access.ResolvePermissionSet(ctx, ref)
		if err != nil {
			return nil, nil, err
		}
		sets = append(sets, s.ARN)
	}
	return accounts, sets, nil
}

// assignmentsAt yields the assignments in some accounts of some permission sets;
// nil means all of them.
func assignmentsAt(ctx context.Context, access *assignment.Instance, accounts, sets []string) iter.Seq2[identity.Assignment, error] {
	if accounts == nil && sets == nil {
		return access.Everything(ctx)
	}
	return func(yield func(identity.Assignment, error) bool) {
		pairs, err := pairsOf(ctx, access, accounts, sets)
		if err != nil {
			yield(identity.Assignment{}, err)
			return
		}
		for _, pair := range pairs {
			for a, err := range access.Assignments(ctx, pair.Account, pair.PermissionSet) {
				if !yield(a, err) || err != nil {
					return
				}
			}
		}
	}
}

// pairsOf are the permission sets that have arrived in accounts, as assignments
// of nobody.
func pairsOf(ctx context.Context, access *assignment.Instance, accounts, sets []string) ([]identity.Assignment, error) {
	var pairs []identity.Assignment
	if accounts == nil {
		for _, set := range sets {
			for account, err := range access.AccountsWith(ctx, set, assignment.Anyhow) {
				if err != nil {
					return nil, err
				}
				pairs = append(pairs, identity.Assignment{Account: account, PermissionSet: set})
			}
		}
		return pairs, nil
	}
	for _, account := range accounts {
		for set, err := range access.PermissionSetsIn(ctx, account, assignment.Anyhow) {
			if err != nil {
				return nil, err
			}
			if sets == nil || slices.Contains(sets, set) {
				pairs = append(pairs, identity.Assignment{Account: account, PermissionSet: set})
			}
		}
	}
	return pairs, nil
}

// narrow keeps what is at the places that are named.
func (o *assignmentList) narrow(ctx context.Context, h *house, access *assignment.Instance, rows []held) ([]held, error) {
	accounts, sets, err := o.both(ctx, h, access)
	if err != nil {
		return nil, err
	}
	var applications []string
	for _, ref := range o.applications {
		app, err := access.ResolveApplication(ctx, ref)
		if err != nil {
			return nil, err
		}
		applications = append(applications, app.ARN)
	}
	named := accounts != nil || sets != nil || applications != nil
	return slices.DeleteFunc(rows, func(r held) bool {
		if r.Application != "" {
			return named && !slices.Contains(applications, r.Application)
		}
		return applications != nil && accounts == nil && sets == nil ||
			accounts != nil && !slices.Contains(accounts, r.Account) || sets != nil && !slices.Contains(sets, r.PermissionSet)
	}), nil
}

// principalNames finds out what those are called who have something.
func principalNames(ctx context.Context, d *directory.Directory, rows []held, names map[identity.ID]string) error {
	ids := map[identity.ID]bool{}
	groups := false
	for _, r := range rows {
		if r.Principal == identity.KindGroup {
			groups = true
		} else {
			ids[r.id] = true
		}
	}
	users, err := usersOf(ctx, d, slices.Collect(maps.Keys(ids)))
	if err != nil {
		return err
	}
	for id, u := range users {
		names[id] = u.UserName
	}
	if !groups {
		return nil
	}
	for g, err := range d.Groups(ctx) {
		if err != nil {
			return err
		}
		names[g.ID] = g.DisplayName
	}
	return nil
}

// nameRows fills in what permission sets, accounts and applications are called.
func nameRows(ctx context.Context, access *assignment.Instance, rows []held) error {
	all := make([]plan.Assignment, len(rows))
	for i := range rows {
		all[i] = rows[i].Assignment
	}
	if err := reconcile.Name(ctx, access, all); err != nil {
		return err
	}
	for i := range rows {
		rows[i].Assignment = all[i]
	}
	return nil
}

const gone = "(gone)"

func (a *app) printAssignments(rows []held, names map[identity.ID]string) error {
	slices.SortFunc(rows, func(x, y held) int {
		return cmp.Or(cmp.Compare(x.AccountName, y.AccountName), cmp.Compare(x.Account, y.Account), cmp.Compare(x.SetName, y.SetName),
			cmp.Compare(x.AppName, y.AppName), cmp.Compare(x.Principal, y.Principal), byName(names[x.id], names[y.id]), cmp.Compare(x.via, y.via))
	})
	l := listing{Columns: []string{"Account", "Account ID", "Permission set", "Application", "Kind", "Principal", "By group"}}
	all := []values{}
	for _, r := range rows {
		v := values{"principalType": string(r.Principal), "principalId": string(r.id)}
		for key, text := range map[string]string{
			"principal": names[r.id], "permissionSet": r.SetName, "permissionSetArn": r.PermissionSet, "account": r.AccountName,
			"accountId": r.Account, "application": r.AppName, "applicationArn": r.Application, "byGroup": r.via,
		} {
			if text != "" {
				v[key] = text
			}
		}
		all = append(all, v)
		l.Rows = append(l.Rows, []string{r.AccountName, r.Account, r.SetName, r.AppName, string(r.Principal), cmp.Or(names[r.id], gone+" "+string(r.id)), r.via})
	}
	l.Values = all
	return a.print(l)
}
