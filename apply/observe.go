package apply

import (
	"context"
	"iter"

	"rollcall/identity"
	"rollcall/journal"
	"rollcall/plan"
	"rollcall/reconcile"
)

// observe journals what the read that a plan was made from found changed since
// the journal last heard of the target: what others did. A read without groups
// says nothing about groups.
func (x *Executor) observe(ctx context.Context, run *journal.Run, p *plan.Plan, current *reconcile.Current) error {
	if current == nil {
		return nil
	}
	links, err := x.Links.Links(ctx, p.Directory)
	if err != nil {
		return err
	}
	records := make(map[identity.ID]*identity.Record, len(links))
	for i := range links {
		records[links[i].Object] = &links[i].Record
	}
	kinds := []identity.Kind{identity.KindUser}
	if current.WithGroups {
		kinds = append(kinds, identity.KindGroup)
	}
	return run.Observe(ctx, journal.Observation{Began: p.Made, Kinds: kinds, Objects: observed(current, records)})
}

func observed(current *reconcile.Current, records map[identity.ID]*identity.Record) iter.Seq2[journal.Observed, error] {
	return func(yield func(journal.Observed, error) bool) {
		for i := range current.Users {
			u := &current.Users[i]
			body, err := journal.UserBody(u)
			o := journal.Observed{Kind: identity.KindUser, Object: u.ID, Name: u.UserName, Record: records[u.ID], Body: body}
			if !yield(o, err) || err != nil {
				return
			}
		}
		for i := range current.Groups {
			g := &current.Groups[i]
			body, err := journal.GroupBody(g)
			o := journal.Observed{
				Kind: identity.KindGroup, Object: g.ID, Name: g.DisplayName, Record: records[g.ID], Body: body,
				Members: current.Members[g.ID],
			}
			if !yield(o, err) || err != nil {
				return
			}
		}
	}
}
