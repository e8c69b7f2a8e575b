package journal

import (
	"context"
	"encoding/json"
	"slices"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
	"rollcall/sqldb"
)

// erasedText stands where a person's value was.
const erasedText = "(erased)"

// erased is somebody to be taken out of plans.
type erased struct {
	record identity.Record
	ids    map[plan.Subject]bool // the objects they have had
}

// takeOutOf replaces everything p says of the person. It reports whether there
// was anything.
func (e *erased) takeOutOf(p *plan.Plan) (did bool) {
	subjects := map[plan.Subject]bool{}
	names := map[string]bool{}
	for i := range p.Changes {
		c := &p.Changes[i]
		if e.ids[c.Subject] || isRecord(c.Record, e.record) {
			subjects[c.Subject], names[c.Name], names[c.Renaming()] = true, true, true
			blank(c)
			did = true
		}
		for _, side := range [][]plan.Member{c.Add, c.Remove} {
			for k := range side {
				m := &side[k]
				if e.ids[m.User] || subjects[m.User] || (e.record.Source == p.Source && m.Anchor == e.record.Anchor) {
					names[m.Name] = true
					m.Name, m.Anchor, m.Path = erasedText, "", nil
					did = true
					if p.Origin == plan.FromCommand { // what somebody wrote about them
						c.Reason = erasedText
					}
				}
			}
		}
		for k := range c.Ends {
			if t := &c.Ends[k]; e.ids[plan.Existing(t.Object)] {
				names[t.Name] = true
				t.Name, did = erasedText, true
			}
		}
	}
	for i := range p.Attention {
		a := &p.Attention[i]
		if e.ids[plan.Existing(a.Object)] || isRecord(a.Record, e.record) {
			names[a.Name] = true
			a.Name, a.Text, a.Record = erasedText, erasedText, nil
			did = true
		}
	}
	for i := range p.Leavers {
		l := &p.Leavers[i]
		if e.ids[plan.Existing(l.Object)] || isRecord(l.Record, e.record) {
			names[l.Name] = true
			l.Name, l.Record, l.Ways, l.Unread = erasedText, nil, nil, ""
			did = true
		}
	}
	if did {
		takeNames(p, names)
	}
	return did
}

func isRecord(r *identity.Record, want identity.Record) bool { return r != nil && *r == want }

// blank keeps what kind of change it was and which attributes it was about.
// The seal goes too: it is a digest of values, and can be compared with guesses;
// and what the person could reach.
func blank(c *plan.Change) {
	c.Name, c.Reason, c.Record, c.Expect, c.Assigned, c.Hold = erasedText, erasedText, nil, plan.Seal{}, nil, nil
	for i := range c.Edits {
		c.Edits[i].Old, c.Edits[i].New = nil, nil
	}
}

// takeNames takes the person's names out of what a plan says as a whole.
func takeNames(p *plan.Plan, names map[string]bool) {
	if p.Title != "" {
		p.Title = erasedText
	}
	for i := range p.Brakes {
		p.Brakes[i].Names = slices.DeleteFunc(p.Brakes[i].Names, func(n string) bool { return names[n] })
	}
}

// replacePlan stores what is left of a plan under the id it has always had.
func (j *Journal) replacePlan(ctx context.Context, id plan.ID, p *plan.Plan, file []byte) error {
	packed, err := deflate(file)
	if err != nil {
		return fault.New(fault.Internal, "erase", "plan "+id.Short(), err)
	}
	brakes, err := json.Marshal(p.Brakes)
	if err != nil {
		return fault.New(fault.Internal, "erase", "plan "+id.Short(), err)
	}
	return j.write(ctx, "erase", "plan "+id.Short(), func(tx *sqldb.Tx) error {
		_, err := tx.Exec("UPDATE plans SET file = $1, title = $2, brakes = $3, erased = 1 WHERE id = $4",
			packed, p.Title, string(brakes), string(id))
		if err != nil {
			return err
		}
		_, err = tx.Exec("UPDATE runs SET override = $1 WHERE plan = $2 AND override <> ''", erasedText, string(id))
		return err
	})
}
