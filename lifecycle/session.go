package lifecycle

import (
	"slices"
	"time"

	"rollcall/identity"
	"rollcall/plan"
)

// Session is a way by which role sessions were issued, and when that ended.
type Session struct {
	plan.Way
	Cut   *time.Time `json:"cut,omitempty"`   // since when no new one is issued by it; nil if that is not so
	Until *time.Time `json:"until,omitempty"` // Cut, and as long as a session lasts
	// Denied is since when a session by it is denied everything; nil if it is not.
	Denied *time.Time `json:"denied,omitempty"`
}

// cut is a change that was made, and when that was known.
type cut struct {
	change plan.Change
	at     time.Time
}

// count finds the residual clock: a role session lives on after all that led to
// it is gone, for as long as its permission set says (one to twelve hours). The
// last one can have been issued until the moment its way was seen to be cut.
// Disabling cuts none: an open portal session still issues them.
//
// Whom the plan found denied already was so at made at the latest.
func (p *Person) count(cuts []cut, made time.Time) {
	p.denials = denialsOf(cuts)
	var last *time.Time
	for _, w := range p.Ways {
		s := Session{Way: w, Cut: cutOf(w, p.Object, cuts), Denied: p.deniedOf(w.PermissionSet, made)}
		if s.Cut == nil {
			p.Open = "access is still there (" + w.Text() + "): whoever has an open portal session can take new role sessions"
		} else {
			until := s.Cut.Add(w.Session())
			s.Until = &until
			if last == nil || until.After(*last) {
				last = &until
			}
		}
		p.Sessions = append(p.Sessions, s)
	}
	if p.Unread != "" {
		p.Open = "not all ways to role sessions could be read; one lives for twelve hours at most after its way is cut"
	}
	if p.Open == "" {
		p.Until = last
	}
}

// denialsOf are since when the steps of a run deny what permission sets allow.
func denialsOf(cuts []cut) map[string]time.Time {
	all := map[string]time.Time{}
	for _, c := range cuts {
		if c.change.Kind == plan.SessionDeny {
			all[c.change.Denial.PermissionSet] = c.at
		}
	}
	return all
}

// deniedOf is since when sessions by a permission set are denied everything, by
// the run itself or by what its plan found when it was made; nil if they are not.
func (p *Person) deniedOf(set string, made time.Time) *time.Time {
	at, own := p.denials[set]
	switch {
	case own:
		return &at
	case slices.Contains(p.Denied, set):
		made = made.UTC()
		return &made
	}
	return nil
}

// AllDenied is since when every session that may live is denied everything, and
// whether that is so.
func (p *Person) AllDenied() (since time.Time, all bool) {
	for _, s := range p.Sessions {
		if s.Denied == nil {
			return since, false
		}
		if s.Denied.After(since) {
			since = *s.Denied
		}
	}
	return since, len(p.Sessions) > 0 && p.Unread == ""
}

// cutOf is the first moment at which a way was known to be cut.
func cutOf(w plan.Way, user identity.ID, cuts []cut) *time.Time {
	var first *time.Time
	for _, c := range cuts {
		if cutsWay(c.change, w, user) && (first == nil || c.at.Before(*first)) {
			at := c.at
			first = &at
		}
	}
	return first
}

func cutsWay(c plan.Change, w plan.Way, user identity.ID) bool {
	switch {
	case c.Kind == plan.UserDelete:
		return c.Subject == plan.Existing(user)
	case c.Kind == plan.GroupMembers:
		return w.Group != "" && c.Subject == plan.Existing(w.Group)
	case c.Kind == plan.AssignmentDelete && w.Group == "":
		own := plan.Assignment{Principal: identity.KindUser, PermissionSet: w.PermissionSet, Account: w.Account}
		return c.Assignment.Same(own)
	}
	return false
}

// Left is how long role sessions can still live at a moment, 0 if none can.
// It is known only if ok.
func (p *Person) Left(now time.Time) (left time.Duration, ok bool) {
	switch {
	case p.Open != "":
		return 0, false
	case p.Until == nil:
		return 0, true // there was no way to a role
	}
	return max(0, p.Until.Sub(now)), true
}

// Continue takes over what earlier runs have cut for the same people: a session
// issued by a way that the run before took lives on through this one. An earlier
// way that was left, and was gone when e's plan was made, was cut by others by
// then. Earlier evidence has to come in the order of its runs.
//
// What only began to put them out (see [plan.Leaver].First) is no run before: its
// steps are this one's first.
func (e *Evidence) Continue(made time.Time, earlier ...*Evidence) {
	for i := range e.People {
		p := &e.People[i]
		var begun []Step
		for _, before := range earlier {
			for k := range before.People {
				switch b := &before.People[k]; {
				case b.Object != p.Object:
				case b.First:
					begun = append(begun, b.Steps...)
				default:
					begun = nil
					p.takeOver(b, made)
				}
			}
		}
		p.Steps = begunBefore(begun, p.Steps)
	}
}

// begunBefore puts the steps of what began to put somebody out before the others.
// A denial that both have was made by whichever made it first.
func begunBefore(begun, steps []Step) []Step {
	denies := func(of []Step, s Step) (made, there bool) {
		at := slices.IndexFunc(of, func(x Step) bool { return x.Kind == plan.SessionDeny && x.Kind == s.Kind && x.Text == s.Text })
		return at >= 0 && of[at].Made(), at >= 0
	}
	all := slices.DeleteFunc(slices.Clone(begun), func(b Step) bool {
		_, again := denies(steps, b)
		return again && !b.Made()
	})
	for _, s := range steps {
		if made, _ := denies(all, s); !made || !s.Made() {
			all = append(all, s)
		}
	}
	return all
}

func (p *Person) takeOver(before *Person, made time.Time) {
	for i := range p.Sessions { // what the plan found denied, the last of the earlier runs has denied
		s := &p.Sessions[i]
		if at, known := before.denials[s.PermissionSet]; known && at.Before(made) && slices.Contains(p.Denied, s.PermissionSet) {
			s.Denied = &at
		}
	}
	add := func(s Session) {
		if s.Denied == nil {
			s.Denied = p.deniedOf(s.PermissionSet, made)
		}
		p.Sessions = append(p.Sessions, s)
		if p.Open == "" && (p.Until == nil || s.Until.After(*p.Until)) {
			p.Until = s.Until
		}
	}
	for _, s := range before.Sessions {
		if s.Cut == nil && p.has(s.Way) {
			continue // this run counts it
		}
		if s.Cut == nil {
			until := made.Add(s.Session())
			s.Cut, s.Until = &made, &until
		}
		add(s)
	}
	if before.Unread != "" {
		until := made.Add(identity.MaxSession)
		add(Session{Way: plan.Way{SetName: "(could not be read before)", Seconds: int(identity.MaxSession.Seconds())}, Cut: &made, Until: &until})
	}
}

func (p *Person) has(w plan.Way) bool {
	return slices.ContainsFunc(p.Ways, func(x plan.Way) bool {
		return x.PermissionSet == w.PermissionSet && x.Account == w.Account && x.Group == w.Group
	})
}
