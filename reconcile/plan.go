package reconcile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
)

// planner carries one planning from classification to the ordered plan.
type planner struct {
	in        Input
	nodes     []*node
	attention []plan.Attention
	counts    map[string]int
	held      map[identity.Anchor]bool
	people    *people
	userPaths []string // what the mapping sets, the status apart
	users     int      // linked and there
	out       int      // of those: disabled
	groups    int
	evidence  plan.Evidence
	gone      int                  // people who are gone since the baseline
	adoptOnly bool                 // nothing is planned but adoptions
	leaving   []identity.Principal // whose own assignments are to be taken
	found     findings
}

// findings are what was found of both kinds.
type findings struct{ users, groups found }

func (f *findings) of(kind identity.Kind) *found {
	if kind == identity.KindGroup {
		return &f.groups
	}
	return &f.users
}

// found is how the two sides of one kind belong together.
type found struct {
	pairs      []pair
	unassigned []int // current objects
	known      links
}

// Plan compares what is wanted with what is there. The plan it returns is
// ordered and sealed, and carries the brakes it trips; it may be empty. It
// fails with fault.Invalid if the settings make no sense, and otherwise only
// with fault.Internal.
func Plan(in Input) (*plan.Plan, error) {
	p, _, err := planned(in)
	return p, err
}

// planned is [Plan], and what it was found by.
func planned(in Input) (*plan.Plan, *planner, error) {
	p, err := newPlanner(in)
	if err != nil {
		return nil, nil, err
	}
	made, err := p.plan()
	return made, p, err
}

func newPlanner(in Input) (*planner, error) {
	if err := in.Settings.check(); err != nil {
		return nil, err
	}
	in = within(in)
	if in.Wanted.Keep != "" {
		in.Settings.Table = in.Settings.Table.Keeping()
	}
	p := &planner{in: in, counts: map[string]int{}, held: map[identity.Anchor]bool{}}
	p.userPaths = slices.DeleteFunc(slices.Clone(in.Settings.UserPaths), func(path string) bool { return path == identity.PathActive })
	for _, h := range in.Known.Holds {
		if h.Source == in.Wanted.Source {
			p.held[h.Anchor] = true
		}
	}
	return p, nil
}

func (p *planner) plan() (*plan.Plan, error) {
	if err := p.planUsers(); err != nil {
		return nil, err
	}
	if p.in.Settings.ManageGroups {
		if err := p.planGroups(); err != nil {
			return nil, err
		}
	}
	if !p.adoptOnly && p.in.Wanted.Unsure == "" {
		p.giveBack()
	}
	return p.finish()
}

func (s Settings) check() error {
	if s.Issuer == "" || strings.ContainsFunc(s.Issuer, func(r rune) bool { return r == ' ' || r == '\t' || r == '\n' }) {
		return fault.Text(fault.Invalid, "plan", "sync "+s.Sync, "issuer must be set, without white space")
	}
	if s.Table.Users == nil || s.Table.Groups == nil {
		return fault.Text(fault.Invalid, "plan", "sync "+s.Sync, "there is no action table")
	}
	return nil
}

func (p *planner) finish() (*plan.Plan, error) {
	changes, err := order(p.nodes)
	if err != nil {
		return nil, err
	}
	if err := p.seal(changes); err != nil {
		return nil, err
	}
	slices.SortStableFunc(p.attention, func(a, b plan.Attention) int {
		return cmp.Or(strings.Compare(string(b.Kind), string(a.Kind)), compareNames(a.Name, b.Name), strings.Compare(a.Situation, b.Situation))
	})
	out := &plan.Plan{Header: plan.Header{
		Format: plan.Format, Origin: p.origin(), Sync: p.in.Settings.Sync, Source: p.in.Wanted.Source,
		Directory: p.in.Settings.Directory, Store: p.in.Current.Store.ID, Instance: p.in.Current.Store.Instance,
		Made: p.in.Made.UTC(), By: p.in.By,
		Sealed:    plan.Sealed{User: p.sealedUser(), Group: p.sealedGroup()},
		Basis:     p.basis(),
		Attention: p.attention,
	}, Changes: changes}
	if p.in.Current.Assigned != nil {
		out.NoteAssigned(p.in.Current.Assigned)
	}
	p.compareWithBaseline()
	limits := p.in.Settings.Limits
	for i := range p.in.Current.Users {
		limits.Guard(&p.in.Current.Users[i])
	}
	out.Brakes = limits.Apply(out, p.evidence)
	return out, nil
}

// origin is a command's for adoptions: a person asks for them.
func (p *planner) origin() plan.Origin {
	if p.adoptOnly {
		return plan.FromCommand
	}
	return plan.FromSync
}

func (p *planner) basis() plan.Basis {
	b := plan.Basis{
		TargetUsers: len(p.in.Current.Users), TargetGroups: len(p.in.Current.Groups),
		ManagedUsers: p.users, OutUsers: p.out, ManagedGroups: p.groups,
		ManagesGroups: p.in.Settings.ManageGroups, SourceSHA256: p.in.Wanted.SHA256, Situations: p.counts, Read: p.in.Read,
	}
	b.SourcePeople, b.SourceGroups, b.Memberships = p.in.Wanted.amounts()
	p.in.Others.addTo(&b)
	return b
}

func (p *planner) count(kind identity.Kind, s Situation, n int) {
	if n > 0 {
		p.counts[string(kind)+" "+string(s)] += n
	}
}

func (p *planner) attend(situation string, kind identity.Kind, name string, r *identity.Record, object identity.ID, text string) {
	p.attention = append(p.attention, plan.Attention{
		Situation: situation, Kind: kind, Name: name, Record: r, Object: object, Text: text,
	})
}

func (p *planner) record(kind identity.Kind, anchor identity.Anchor) *identity.Record {
	return &identity.Record{Source: p.in.Wanted.Source, Kind: kind, Anchor: anchor}
}

func (p *planner) add(n *node) *node {
	p.nodes = append(p.nodes, n)
	return n
}

// sealedUser names what the digests of users cover: what the mapping sets, and
// the status.
func (p *planner) sealedUser() []string {
	paths := slices.Clone(p.in.Settings.UserPaths)
	for _, own := range []string{identity.PathActive, identity.PathExternalIDs} {
		if !slices.Contains(paths, own) {
			paths = append(paths, own)
		}
	}
	return paths
}

func (p *planner) sealedGroup() []string {
	paths := slices.Clone(p.in.Settings.GroupPaths)
	if !slices.Contains(paths, identity.PathExternalIDs) {
		paths = append(paths, identity.PathExternalIDs)
	}
	return paths
}

// seal notes the state that each change expects of an object that is there.
func (p *planner) seal(changes []plan.Change) error {
	users, groups := indexByID(p.in.Current.Users, func(u identity.User) identity.ID { return u.ID }, changes, identity.KindUser),
		indexByID(p.in.Current.Groups, func(g identity.Group) identity.ID { return g.ID }, changes, identity.KindGroup)
	leaving := plannedLeaves(changes)
	for i := range changes {
		c := &changes[i]
		id, exists := c.Subject.ID()
		if !exists || c.Kind.Assigns() || c.Kind.Denies() {
			continue
		}
		var err error
		if c.Kind.Object() == identity.KindGroup {
			g := &p.in.Current.Groups[groups[id]]
			c.Expect.Revision = g.Revision
			c.Expect.Digest, err = identity.GroupDigest(g, p.sealedGroup())
			if c.Kind == plan.GroupDelete {
				c.Expect.Members = plan.MembersDigest(without(p.in.Current.Members[id], leaving[id]))
			}
		} else {
			u := &p.in.Current.Users[users[id]]
			c.Expect.Revision = u.Revision
			c.Expect.Digest, err = identity.UserDigest(u, p.sealedUser())
		}
		if err != nil {
			return err
		}
	}
	return p.noteWhatEnds(changes, users, groups, leaving, p.sealUserDeletions(changes, leaving))
}

// sealUserDeletions notes the groups that a user to be deleted will still be
// in, once the plan's own revocations are done, and returns them by user.
func (p *planner) sealUserDeletions(changes []plan.Change, leaving map[identity.ID][]identity.ID) map[identity.ID][]identity.ID {
	groupsOf, gone := map[identity.ID][]identity.ID{}, map[identity.ID]bool{}
	for _, c := range changes {
		if id, ok := c.Subject.ID(); ok && c.Kind == plan.UserDelete {
			groupsOf[id] = []identity.ID{}
		}
	}
	if len(groupsOf) == 0 || !p.in.Settings.ManageGroups {
		return nil
	}
	for _, c := range changes {
		if id, ok := c.Subject.ID(); ok && c.Kind == plan.GroupDelete {
			gone[id] = true
		}
	}
	for group, members := range p.in.Current.Members {
		if gone[group] {
			continue
		}
		for _, id := range without(members, leaving[group]) {
			if groups, deleted := groupsOf[id]; deleted {
				groupsOf[id] = append(groups, group)
			}
		}
	}
	for i := range changes {
		if id, ok := changes[i].Subject.ID(); ok && changes[i].Kind == plan.UserDelete {
			changes[i].Expect.Members = plan.MembersDigest(groupsOf[id])
		}
	}
	return groupsOf
}

func plannedLeaves(changes []plan.Change) map[identity.ID][]identity.ID {
	leaving := map[identity.ID][]identity.ID{}
	for _, c := range changes {
		group, exists := c.Subject.ID()
		for _, m := range c.Remove {
			if id, ok := m.User.ID(); ok && exists {
				leaving[group] = append(leaving[group], id)
			}
		}
	}
	return leaving
}

func without(ids, gone []identity.ID) []identity.ID {
	if len(gone) == 0 {
		return ids
	}
	left := make(map[identity.ID]bool, len(gone))
	for _, id := range gone {
		left[id] = true
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id identity.ID) bool { return left[id] })
}

// indexByID finds the objects that changes are about, without an index of all.
func indexByID[T any](objects []T, idOf func(T) identity.ID, changes []plan.Change, kind identity.Kind) map[identity.ID]int {
	at := map[identity.ID]int{}
	for _, c := range changes {
		if id, ok := c.Subject.ID(); ok && c.Kind.Object() == kind {
			at[id] = none
		}
	}
	if len(at) == 0 {
		return at
	}
	for i := range objects {
		if _, asked := at[idOf(objects[i])]; asked {
			at[idOf(objects[i])] = i
		}
	}
	return at
}

func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
