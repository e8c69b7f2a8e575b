package assignmenttest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"rollcall/assignment"
	"rollcall/fault"
	"rollcall/identity"
)

var randomTests = []test{
	{"RandomWorkEndsAsAModelSays", randomWork},
}

// model is what an instance must hold: what is there, and what the work in
// progress makes of it.
type model struct {
	there   map[identity.Assignment]bool
	pending map[identity.Assignment]bool // what will be there, or will not
	creates int
}

func (m *model) settle() {
	for a, there := range m.pending {
		m.there[a] = there
	}
	m.pending, m.creates = map[identity.Assignment]bool{}, 0
}

// want says how work on a must be answered; -1 is that it begins.
func (m *model) want(work assignment.Work, a identity.Assignment) fault.Kind {
	_, busy := m.pending[a]
	switch {
	case busy, work == assignment.Creation && m.creates == identity.MaxOutstandingCreates:
		return fault.Conflict
	case work == assignment.Deletion && !m.there[a]:
		return fault.NotFound
	}
	return -1
}

func (m *model) begin(work assignment.Work, a identity.Assignment) {
	m.pending[a] = work == assignment.Creation
	if work == assignment.Creation {
		m.creates++
	}
}

// randomWork always does the same, so that a failure comes again.
func randomWork(t *testing.T, b *bench) {
	random := rand.New(rand.NewPCG(3, 4))
	var sets []string
	var principals []identity.Principal
	for range 6 {
		sets = append(sets, b.permissionSet())
	}
	for range 3 {
		principals = append(principals, b.user(), b.group())
	}
	m := &model{there: map[identity.Assignment]bool{}}
	m.settle()
	answers := map[string]int{}
	for step := range 600 {
		if random.IntN(12) == 0 {
			b.Settle()
			m.settle()
			b.holds(m, sets, principals)
			continue
		}
		a := identity.Assignment{
			Principal:     principals[random.IntN(len(principals))],
			PermissionSet: sets[random.IntN(len(sets))], Account: b.Accounts[random.IntN(3)],
		}
		work, do := assignment.Creation, b.Driver.CreateAssignment
		if random.IntN(2) == 0 {
			work, do = assignment.Deletion, b.Driver.DeleteAssignment
		}
		want := m.want(work, a)
		_, err := do(b.ctx(), a)
		switch {
		case want < 0 && err == nil:
			m.begin(work, a)
			answers[string(work)]++
		case want < 0 || !fault.Is(err, want):
			t.Fatalf("step %d: %s: %v, want %v", step, work, err, want)
		default:
			answers[want.String()]++
		}
	}
	t.Logf("%v", answers)
}

// holds compares the instance with the model, listing by listing.
func (b *bench) holds(m *model, sets []string, principals []identity.Principal) {
	b.t.Helper()
	var all []identity.Assignment
	in := map[string][]string{}
	for a, there := range m.there {
		if !there {
			continue
		}
		all = append(all, a)
		if !slices.Contains(in[a.PermissionSet], a.Account) {
			in[a.PermissionSet] = append(in[a.PermissionSet], a.Account)
		}
	}
	b.sameSet("every assignment", all, collect(b, b.instance().Everything(b.ctx())))
	for _, set := range sets {
		b.arrived(set, assignment.Latest, in[set]...)
	}
	for _, p := range principals {
		var own []identity.Assignment
		for _, a := range all {
			if a.Principal == p {
				own = append(own, a)
			}
		}
		b.sameSet(fmt.Sprint("what has ", p.Kind), own, collect(b, b.instance().AssignmentsFor(b.ctx(), p, "")))
	}
}
