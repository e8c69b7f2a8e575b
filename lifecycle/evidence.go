// Package lifecycle says what became of people who were put out: what was taken
// from whom and when, what was not, and until when a role session that was
// issued before can still live. It is a plain value, made from a plan and its
// run's entries in the journal, and can be signed for others to check.
package lifecycle

import (
	"cmp"
	"strings"
	"time"

	"rollcall/identity"
	"rollcall/journal"
	"rollcall/plan"
)

// Format names the form of an evidence file.
const Format = "rollcall-evidence/1"

// Evidence is what one run did about the people it put out.
type Evidence struct {
	Format    string           `json:"format"` // [Format]
	Directory string           `json:"directory"`
	Store     identity.StoreID `json:"store"`
	Instance  string           `json:"instance,omitempty"` // ARN
	Run       string           `json:"run"`
	Plan      plan.ID          `json:"plan"`
	By        plan.Actor       `json:"by"`
	Started   time.Time        `json:"started"`
	Status    journal.Status   `json:"status"`
	Written   time.Time        `json:"written"` // when the evidence was made
	People    []Person         `json:"people"`
	Head      journal.Head     `json:"journal"` // the journal's signed end at that moment
}

// Person is what became of one leaver.
type Person struct {
	plan.Leaver
	Steps []Step `json:"steps"`
	// After is what a read found when the evidence was written.
	After After `json:"after"`
	// Sessions are the ways to role sessions, and until when one can live.
	Sessions []Session `json:"sessions,omitempty"`
	// Until is when the last role session that could be issued ends at the
	// latest. It is nil if that is not known: see Open.
	Until *time.Time `json:"until,omitempty"`
	// Open says why there is no end, empty if there is one.
	Open string `json:"open,omitempty"`
	// Waiting is what was to be done later when the evidence was written.
	Waiting []Waiting `json:"waiting,omitempty"`
	// NotDone is what Rollcall cannot do, or did not.
	NotDone []string `json:"notDone"`

	denials map[string]time.Time // by permission set: since when the run's own steps deny them
}

// Waiting is a flow that waits, or has failed.
type Waiting struct {
	Flow  int64     `json:"flow"`
	Kind  string    `json:"kind"` // [FlowDeletion], [FlowSessions], …
	Due   time.Time `json:"due"`
	State string    `json:"state"`
}

// Step is one change of the plan that is about a person.
type Step struct {
	Number int            `json:"n"`
	Kind   plan.Kind      `json:"kind"`
	Text   string         `json:"text"`           // what, as a sentence
	Reason string         `json:"reason"`         // why
	Result journal.Result `json:"result"`         // empty if nothing is known of it
	At     *time.Time     `json:"at,omitempty"`   // when its outcome was journalled
	Why    string         `json:"note,omitempty"` // what the executor said about it
}

// Made reports whether the step is done, and all of it, by this run or before it.
func (s Step) Made() bool { return s.Result != "" && s.Result.Whole() }

// After is what a person has after the run. What could not be read is in
// Problem, and then the lists are no proof of anything.
type After struct {
	State       State    `json:"state"`
	Groups      []string `json:"groups,omitempty"`
	Assignments []string `json:"assignments,omitempty"`
	Problem     string   `json:"problem,omitempty"`
}

// State is how an account was found.
type State string

// The states of an account.
const (
	Gone     State = "gone"
	Disabled State = "disabled"
	Enabled  State = "enabled"
	Unknown  State = "unknown"
)

// portal is what no API does.
const portal = "an AWS access portal session that is open is not ended: that is done in the console only (Users, the user, Active sessions)"

// Of says what a run came to for each person whom its plan puts out. Entries
// are the run's; after is asked what each person has now.
func Of(p *plan.Plan, run journal.RunInfo, entries []journal.Entry, head journal.Head, now time.Time, after func(plan.Leaver) After) *Evidence {
	e := &Evidence{
		Format: Format, Directory: p.Directory, Store: p.Store, Instance: p.Instance, Run: run.ID, Plan: run.Plan, By: run.Actor,
		Started: run.Started.UTC(), Status: run.Status, Written: now.UTC(), Head: head,
	}
	outcomes := map[int]journal.Entry{}
	for _, one := range entries {
		if one.Type == journal.TypeOutcome && len(one.Changes) == 1 {
			outcomes[one.Changes[0]] = one
		}
	}
	for _, l := range p.Leavers {
		e.People = append(e.People, person(p, l, outcomes, after(l)))
	}
	return e
}

func person(p *plan.Plan, l plan.Leaver, outcomes map[int]journal.Entry, after After) Person {
	person := Person{Leaver: l, After: after, NotDone: []string{portal}}
	var cuts []cut
	for _, c := range p.Changes {
		if !about(c, l.Object) {
			continue
		}
		s := Step{Number: c.Number, Kind: c.Kind, Text: c.Sentence(), Reason: c.Reason}
		if o, there := outcomes[c.Number]; there {
			at := o.At.UTC()
			s.Result, s.At, s.Why = o.Result, &at, o.Text
		}
		person.Steps = append(person.Steps, s)
		if !s.Made() {
			person.NotDone = append(person.NotDone, "not done: "+s.Text)
			continue
		}
		cuts = append(cuts, cut{c, *s.At})
	}
	for _, u := range l.Undenied {
		person.NotDone = append(person.NotDone, "role sessions by "+cmp.Or(u.SetName, u.PermissionSet)+" in "+strings.Join(u.Accounts, ", ")+
			" are not denied: "+u.Why+"; as a service control policy: "+identity.DenialPolicy(l.Object))
	}
	if l.Unread != "" {
		person.NotDone = append(person.NotDone, "not all they had could be read: "+l.Unread)
	}
	if l.Record == nil {
		person.NotDone = append(person.NotDone, "nobody is held: the account is linked to no source")
	}
	person.count(cuts, p.Made)
	return person
}

// about reports whether a change is about a user.
func about(c plan.Change, user identity.ID) bool {
	if c.Kind == plan.GroupMembers {
		for _, m := range c.Remove {
			if m.User == plan.Existing(user) {
				return true
			}
		}
		return false
	}
	return c.Subject == plan.Existing(user)
}

// StillIn reports whether a person has more than their mode was to leave them,
// or nobody knows.
func (p *Person) StillIn() bool {
	a := p.After
	switch {
	case a.Problem != "" && p.Mode != plan.Disable, a.State == Unknown:
		return true
	case p.Mode == plan.Delete && a.State != Gone:
		return true
	case p.Mode != plan.Disable && len(a.Groups)+len(a.Assignments) > 0:
		return true
	}
	return a.State == Enabled && p.disables()
}

// disables reports whether the plan was to disable the person.
func (p *Person) disables() bool {
	for _, s := range p.Steps {
		if s.Kind == plan.UserDisable {
			return true
		}
	}
	return false
}
