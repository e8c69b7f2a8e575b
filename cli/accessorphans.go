package cli

import (
	"context"

	"github.com/spf13/cobra"

	"rollcall/access"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/link"
	"rollcall/plan"
)

// repair is what to do with orphans.
type repair struct {
	deletion
	reading
	how string
}

const (
	repairRebind = "rebind"
	repairRemove = "remove"
)

func newAccessOrphans(a *app) *cobra.Command {
	var o repair
	c := &cobra.Command{
		Use: "orphans", Short: "List assignments whose user or group is gone, and repair them",
		Long: `Lists the assignments whose user or group no longer exists: AWS leaves them behind, under an id that
nobody can be given again. "Was" says whose they were, where Rollcall knows.

--repair rebind gives them to whoever has the same anchor in the source now, and takes them from the
old id; --repair remove takes all of them away. Either is a plan: shown first, journalled, undoable.`,
		Example: "  rollcall access orphans\n  rollcall access orphans --repair rebind --dry-run\n  rollcall access orphans --repair remove --yes",
		Args:    cobra.NoArgs,
		RunE:    a.inHouse(func(ctx context.Context, h *house, _ []string) error { return o.run(ctx, h) }),
	}
	o.deletion.flags(c)
	o.reading.flags(c)
	c.Flags().StringVar(&o.how, "repair", "", "rebind or remove")
	return c
}

// orphan is an assignment of somebody who is gone.
type orphan struct {
	identity.Assignment
	was *identity.Record // whose the id was, where we know
	now *link.Link       // what has the same anchor now
}

func (o *repair) run(ctx context.Context, h *house) error {
	if o.how != "" && o.how != repairRebind && o.how != repairRemove {
		return usage("--repair is %s or %s, not %q", repairRebind, repairRemove, o.how)
	}
	if o.how != "" {
		o.refresh = true // what is changed is read anew
	}
	l, err := h.look(ctx, "", o.reading)
	if err != nil {
		return err
	}
	g, err := l.read(ctx, access.Scope{})
	if err != nil {
		return err
	}
	f := formerly{h, l.directory.Name(), map[plan.ID]*plan.Plan{}}
	var all []orphan
	for _, a := range g.Orphans() {
		one, err := f.orphan(ctx, a)
		if err != nil {
			return err
		}
		all = append(all, one)
	}
	if o.how == "" {
		return h.app.printOrphans(g, all)
	}
	return o.repair(ctx, h, g, all)
}

// formerly finds out whose the objects were that are gone: the journal knows
// every object that we made or adopted.
type formerly struct {
	house     *house
	directory string
	plans     map[plan.ID]*plan.Plan // read so far
}

func (f *formerly) orphan(ctx context.Context, a identity.Assignment) (orphan, error) {
	one := orphan{Assignment: a}
	was, err := f.record(ctx, a.Principal)
	if was == nil || err != nil {
		return one, err
	}
	one.was = was
	now, err := f.house.links.ByRecord(ctx, f.directory, *was)
	if fault.Is(err, fault.NotFound) {
		return one, nil
	}
	one.now = &now
	return one, err
}

// record is whose an object was when it was last written, or nil.
func (f *formerly) record(ctx context.Context, p identity.Principal) (*identity.Record, error) {
	written := journal.Filter{Kind: p.Kind, Object: p.ID, Types: []journal.Type{journal.TypeOutcome}, Newest: true}
	for e, err := range f.house.journal.Entries(ctx, f.directory, written) {
		if err != nil {
			return nil, err
		}
		made, err := f.plan(ctx, e.Plan)
		if err != nil {
			return nil, err
		}
		for _, n := range e.Changes {
			if c := made.Changes[n-1]; c.Record != nil && c.Kind.Object() == p.Kind {
				return c.Record, nil
			}
		}
	}
	return nil, nil
}

func (f *formerly) plan(ctx context.Context, id plan.ID) (*plan.Plan, error) {
	if f.plans[id] == nil {
		stored, err := f.house.storedPlan(ctx, id)
		if err != nil {
			return nil, err
		}
		f.plans[id] = stored
	}
	return f.plans[id], nil
}

func (h *app) printOrphans(g *access.Graph, all []orphan) error {
	type value struct {
		Kind          identity.Kind    `json:"kind"`
		ID            identity.ID      `json:"id"`
		Account       string           `json:"account"`
		PermissionSet string           `json:"permissionSet"`
		Was           *identity.Record `json:"was,omitempty"`
		Now           identity.ID      `json:"now,omitempty"`
	}
	l := listing{Columns: []string{"Kind", "ID", "Account", "Permission set", "Was", "Now"}}
	values := make([]value, 0, len(all))
	for _, o := range all {
		v := value{Kind: o.Principal.Kind, ID: o.Principal.ID, Account: o.Account, PermissionSet: g.SetName(o.PermissionSet), Was: o.was}
		was := "(unknown)"
		if o.was != nil {
			was = o.was.Source + " " + string(o.was.Anchor)
		}
		if o.now != nil {
			v.Now = o.now.Object
		}
		values = append(values, v)
		l.Rows = append(l.Rows, []string{string(v.Kind), string(v.ID), g.AccountName(v.Account), v.PermissionSet, was, string(v.Now)})
	}
	l.Values = values
	if len(all) == 0 && h.forPeople() {
		say(h.err, "No orphans: every assignment is somebody's.")
		return nil
	}
	return h.print(l)
}

func (o *repair) repair(ctx context.Context, h *house, g *access.Graph, all []orphan) error {
	d, err := h.draft(ctx)
	if err != nil {
		return err
	}
	left := 0
	for _, one := range all {
		if o.how == repairRebind && one.now == nil {
			left++
			continue
		}
		given := plan.InAccount(one.Assignment)
		given.SetName, given.AccountName = g.SetName(one.PermissionSet), g.NameOfAccount(one.Account)
		var needs []int
		if o.how == repairRebind {
			needs = []int{d.Add(plan.Change{
				Kind: plan.AssignmentCreate, Subject: plan.Existing(one.now.Object), Name: one.now.Name, Record: one.was, Assignment: &given, Reason: o.reason,
			})}
		}
		d.Add(plan.Change{
			Kind: plan.AssignmentDelete, Subject: plan.Existing(one.Principal.ID), Name: "(gone) " + string(one.Principal.ID), Assignment: &given, Reason: o.reason, Needs: needs,
		})
	}
	if left > 0 {
		say(h.app.err, "%s of somebody who did not come back: left as they are. To take them away: --repair remove", count(left, "assignment"))
	}
	return d.carryOutAsked(ctx, o.how+" orphaned assignments", "Go ahead?", o.deletion)
}
