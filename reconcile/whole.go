package reconcile

import (
	"time"

	"rollcall/baseline"
	"rollcall/identity"
	"rollcall/mapping"
	"rollcall/plan"
	"rollcall/source"
)

// Whole is both sides of a sync as its last planning found them, with what it
// had to say about whom, so that the next planning need only look at what has
// changed since and at those about whom there was something to say. It is for
// one goroutine.
//
// That a planning has nothing to say about somebody who has not changed, and to
// whom it had nothing to say before, is what this rests on; a law shows that the
// plan is the same, byte for byte, as one made from everything.
type Whole struct {
	by       By
	settings Settings
	current  *Current
	snap     *source.Snapshot
	made     time.Time
	next     time.Time // the first date after made that makes a difference; zero: there is none
	dates    []string  // the attributes that such dates are in

	counts   *baseline.Counts
	amounts  plan.Basis // SourcePeople, SourceGroups and Memberships
	gone     map[baseline.Key]bool
	users    half
	groups   half
	scoping  map[identity.Anchor]bool    // groups whose members are in scope for that
	groupsOf map[identity.Anchor][]int32 // by person: groups of the snapshot
	memberOf [][]int32                   // by current user: current groups
}

// By is what turns a read of a source into what is wanted.
type By struct {
	Mapping *mapping.Mapping
	Names   Names
}

// half is one kind of object in a [Whole].
type half struct {
	kind       identity.Kind
	at         map[identity.ID]int // index of current objects by id
	marks      map[identity.Anchor]mark
	situations map[Situation]int
	linked     int
	out        int
	missing    map[identity.Anchor]string          // linked, and gone from the target: what people are told
	gone       map[string]map[identity.Anchor]bool // linked, there, and gone from the source, by what stays of their anchors written otherwise
	loose      map[identity.Anchor]bool            // of whom the next planning has to look again
	unassigned []bool                              // by current object
	strangers  int                                 // how many are unassigned
	stays      []bool                              // by current user: in the source, in scope and following it
	values     index                               // current objects by what others may be found by, or may want
}

// mark is what a planning found about a record.
type mark struct {
	situation Situation // empty: it is in no pair
	linked    bool
	out       bool // there, the sync's, and disabled
}

func newHalf(kind identity.Kind, n int) half {
	return half{
		kind: kind, at: make(map[identity.ID]int, n), marks: make(map[identity.Anchor]mark, n), situations: map[Situation]int{},
		missing: map[identity.Anchor]string{}, gone: map[string]map[identity.Anchor]bool{}, loose: map[identity.Anchor]bool{}, values: newIndex(n),
	}
}

// half returns the half of a kind.
func (w *Whole) half(kind identity.Kind) *half {
	if kind == identity.KindGroup {
		return &w.groups
	}
	return &w.users
}

// Current is the directory as it is kept.
func (w *Whole) Current() *Current { return w.current }

// newWhole keeps what a planning of everything was made from and found; nil
// where the next one has to be of everything, too.
func newWhole(in Input, p *planner, made *plan.Plan, snap *source.Snapshot, by By) *Whole {
	dates, known := by.Mapping.Dates()
	if !known || in.Wanted.Keep != "" || in.Wanted.Unsure != "" || in.Counts == nil || !sorted(snap) {
		return nil
	}
	w := &Whole{
		by: by, settings: p.in.Settings, current: in.Current, snap: snap, made: in.Made, dates: dates, counts: in.Counts,
		gone:     Gone(in.Known.Links, in.Settings.Directory, in.Wanted, in.Current),
		users:    newHalf(identity.KindUser, len(in.Current.Users)),
		groups:   newHalf(identity.KindGroup, len(in.Current.Groups)),
		scoping:  map[identity.Anchor]bool{},
		groupsOf: make(map[identity.Anchor][]int32, len(snap.People)),
	}
	w.settings = in.Settings
	w.amounts.SourcePeople, w.amounts.SourceGroups, w.amounts.Memberships = in.Wanted.amounts()
	w.addUsers(0)
	w.addGroups(0)
	for i := range snap.Groups {
		for _, m := range snap.Groups[i].Members {
			w.groupsOf[m.Anchor] = append(w.groupsOf[m.Anchor], int32(i))
		}
	}
	for i := range in.Wanted.Groups {
		if g := &in.Wanted.Groups[i]; by.Names.scopes(g) {
			w.scoping[g.Anchor] = true
		}
	}
	for i := range snap.People {
		w.await(snap.People[i].Attributes)
	}
	for i := range snap.Groups {
		w.await(snap.Groups[i].Attributes)
	}
	if !w.note(p, made, nil) {
		return nil
	}
	return w
}

// await notes the dates of an entry that will make a difference.
func (w *Whole) await(entry source.Attributes) {
	for _, name := range w.dates {
		at, ends, err := mapping.Expires(entry.First(name))
		if err == nil && ends && at.After(w.made) && (w.next.IsZero() || at.Before(w.next)) {
			w.next = at
		}
	}
}

// addUsers takes in current users from a place on.
func (w *Whole) addUsers(from int) {
	h := &w.users
	for i := from; i < len(w.current.Users); i++ {
		h.at[w.current.Users[i].ID] = i
		h.values.add(i, w.keysOfUser(&w.current.Users[i]))
		h.unassigned, h.stays, w.memberOf = append(h.unassigned, false), append(h.stays, false), append(w.memberOf, nil)
	}
}

// addGroups takes in current groups from a place on, with their members.
func (w *Whole) addGroups(from int) {
	h := &w.groups
	for i := from; i < len(w.current.Groups); i++ {
		g := &w.current.Groups[i]
		h.at[g.ID] = i
		h.values.add(i, w.keysOfGroup(g))
		h.unassigned = append(h.unassigned, false)
		w.join(i, w.current.Members[g.ID])
	}
}

func (w *Whole) join(group int, members []identity.ID) {
	for _, id := range members {
		if u, known := w.users.at[id]; known {
			w.memberOf[u] = append(w.memberOf[u], int32(group))
		}
	}
}

// Made is when the last planning was, of everything or of what had changed.
func (w *Whole) Made() time.Time { return w.made }
