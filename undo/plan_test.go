package undo_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/link"
	"rollcall/plan"
	"rollcall/reconcile"
	"rollcall/undo"
)

const store = identity.StoreID("d-1234567890")

// story is a run and what came after it.
type story struct {
	t       *testing.T
	past    undo.Past
	current reconcile.Current
	known   reconcile.Known
}

func tell(t *testing.T) *story {
	return &story{
		t: t, past: undo.Past{
			Run: journal.RunInfo{ID: "r-1"}, Plan: &plan.Plan{Header: plan.Header{Directory: "local", Store: store, Source: "corp", Sync: "corp"}},
		},
		current: reconcile.Current{
			Store: directory.Store{ID: store}, Abilities: directory.Abilities{Status: true, ExternalIDs: true}, WithGroups: true,
			Members: map[identity.ID][]identity.ID{},
		},
	}
}

func user(id, name string) identity.User {
	return identity.User{ID: identity.ID(id), UserName: name, DisplayName: name, Active: true, Meta: identity.Meta{Revision: "1"}}
}

func record(anchor string) *identity.Record {
	return &identity.Record{Source: "corp", Kind: identity.KindUser, Anchor: identity.Anchor(anchor)}
}

// did adds a change of the run with its outcome.
func (s *story) did(c plan.Change, object identity.ID, effects ...journal.Effect) {
	c.Number = len(s.past.Plan.Changes) + 1
	s.past.Plan.Changes = append(s.past.Plan.Changes, c)
	s.past.Outcomes = append(s.past.Outcomes, journal.Entry{
		Type: journal.TypeOutcome, Changes: []int{c.Number}, Result: journal.Done, Object: object, Effects: effects,
	})
}

func (s *story) left(u identity.User, r *identity.Record) journal.Effect {
	s.t.Helper()
	body, err := journal.UserBody(&u)
	if err != nil {
		s.t.Fatal(err)
	}
	return journal.Effect{Kind: identity.KindUser, Object: u.ID, Name: u.UserName, Record: r, Body: body}
}

func (s *story) group(id, name string, members ...identity.ID) {
	s.current.Groups = append(s.current.Groups, identity.Group{ID: identity.ID(id), DisplayName: name})
	s.current.Members[identity.ID(id)] = members
}

func (s *story) link(id string, r *identity.Record, origin link.Origin) {
	s.known.Links = append(s.known.Links, link.Link{Record: *r, Directory: "local", Object: identity.ID(id), Origin: origin})
}

// undo returns the plan as sentences, and what is left over as "name situation".
func (s *story) undo() (changes, left []string) {
	s.t.Helper()
	p, err := undo.Plan(undo.Input{Past: &s.past, Current: &s.current, Known: s.known, Made: time.Unix(0, 0)})
	if err != nil {
		s.t.Fatal(err)
	}
	if err := p.Check(); err != nil {
		s.t.Fatal(err)
	}
	for _, c := range p.Changes {
		changes = append(changes, c.Sentence())
	}
	for _, a := range p.Attention {
		left = append(left, a.Name+" "+a.Situation)
	}
	return changes, left
}

func (s *story) want(changes, left []string) {
	s.t.Helper()
	gotChanges, gotLeft := s.undo()
	if !slices.Equal(gotChanges, changes) || !slices.Equal(gotLeft, left) {
		s.t.Errorf("got %q and %q,\nwant %q and %q", gotChanges, gotLeft, changes, left)
	}
}

func renamed(u identity.User, from string) plan.Change {
	return plan.Change{
		Kind: plan.UserUpdate, Subject: plan.Existing(u.ID), Name: from,
		Edits: []identity.Edit{{Path: "userName", Old: identity.Value(`"` + from + `"`), New: identity.Value(`"` + u.UserName + `"`)}},
	}
}

func TestWhatTheRunCreatedIsDeletedOnlyIfItIsStillThatAndNoMore(t *testing.T) {
	for name, c := range map[string]struct {
		since         func(s *story)
		changes, left []string
	}{
		"as it was":        {func(*story) {}, []string{"delete user ann"}, nil},
		"gone":             {func(s *story) { s.current.Users, s.known.Links = nil, nil }, nil, nil},
		"changed":          {func(s *story) { s.current.Users[0].Title = "Boss" }, nil, []string{"ann changed"}},
		"in another group": {func(s *story) { s.group("g", "crew", "u-1") }, nil, []string{"ann gained"}},
		"linked otherwise": {func(s *story) { s.known.Links[0].Record.Anchor = "E9" }, nil, []string{"ann changed"}},
		"adopted since":    {func(s *story) { s.known.Links[0].Origin = link.Adopted }, nil, []string{"ann changed"}},
		"not linked":       {func(s *story) { s.known.Links = nil }, nil, []string{"ann changed"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := tell(t)
			ann := user("u-1", "ann")
			s.did(plan.Change{Kind: plan.UserCreate, Name: "ann", Record: record("E1")}, "u-1", s.left(ann, record("E1")))
			s.current.Users = append(s.current.Users, ann)
			s.link("u-1", record("E1"), link.Created)
			c.since(s)
			s.want(c.changes, c.left)
		})
	}
}

func TestANameThatSomebodyHasTakenSinceIsNotTakenBack(t *testing.T) {
	s := tell(t)
	ann, bob := user("u-1", "ann"), user("u-2", "bob")
	s.did(renamed(ann, "old"), "u-1", s.left(ann, nil)) // u-1 was "old",
	s.did(renamed(bob, "ann"), "u-2", s.left(bob, nil)) // and u-2 gave up "ann" for it
	s.past.Plan.Changes[0].Needs = nil
	s.current.Users = []identity.User{ann, bob, user("u-3", "OLD")}
	// What ann cannot give up, bob cannot have back.
	s.want(nil, []string{"ann taken", "bob taken"})
}

func TestNamesThatWereTradedGoBackInTheOrderTurnedRound(t *testing.T) {
	s := tell(t)
	ann, bob := user("u-1", "ann"), user("u-2", "bob")
	free := user("u-1", "rollcall-swap-u-1")
	s.did(renamed(free, "bob"), "u-1", s.left(free, nil))
	s.did(renamed(bob, "ann"), "u-2", s.left(bob, nil))
	s.did(renamed(ann, "rollcall-swap-u-1"), "u-1", s.left(ann, nil))
	s.past.Plan.Changes[1].Needs, s.past.Plan.Changes[2].Needs = []int{1}, []int{1, 2}
	s.current.Users = []identity.User{ann, bob}
	s.want([]string{
		"update user ann: userName ann → rollcall-swap-u-1",
		"update user bob: userName bob → ann",
		"update user ann: userName rollcall-swap-u-1 → bob",
	}, nil)
}

func gone(u identity.User) []identity.Edit {
	edits, err := identity.UserEdits(&u, &identity.User{}, nil)
	if err != nil {
		panic(err)
	}
	return edits
}

func deletion(u identity.User, r *identity.Record, ends ...plan.Tie) plan.Change {
	return plan.Change{Kind: plan.UserDelete, Subject: plan.Existing(u.ID), Name: u.UserName, Record: r, Edits: gone(u), Ends: ends}
}

func TestWhoeverWasDeletedComesBackWithMemberships(t *testing.T) {
	for name, c := range map[string]struct {
		since         func(s *story)
		changes, left []string
	}{
		"as it was": {func(*story) {}, []string{"create user ann", "group crew: add ann"}, nil},
		"held":      {func(s *story) { s.known.Holds = []link.Hold{{Source: "corp", Anchor: "E1"}} }, nil, []string{"ann held", "crew gone"}},
		"made again": {func(s *story) {
			s.current.Users = []identity.User{user("u-9", "ann")}
			s.link("u-9", record("E1"), link.Created)
		}, nil, []string{"ann changed", "crew gone"}},
		"the name taken": {func(s *story) { s.current.Users = []identity.User{user("u-9", "Ann")} }, nil, []string{"ann taken", "crew gone"}},
		"the group gone": {func(s *story) { s.current.Groups = nil }, []string{"create user ann"}, []string{"crew gone"}},
		"no status": {func(s *story) {
			s.current.Abilities.Status = false
			s.past.Plan.Changes[0].Edits = gone(identity.User{UserName: "ann", DisplayName: "ann"})
		}, nil, []string{"ann status", "crew gone"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := tell(t)
			ann := user("u-1", "ann")
			s.did(deletion(ann, record("E1"), plan.Tie{Object: "g", Name: "crew"}), "u-1",
				journal.Effect{Kind: identity.KindUser, Object: "u-1", Name: "ann", Deleted: true})
			s.group("g", "crew", "u-5")
			c.since(s)
			s.want(c.changes, c.left)
		})
	}
}

func TestOnlyWhatWasMadeIsTakenBack(t *testing.T) {
	s := tell(t)
	ann, bob := user("u-1", "ann"), user("u-2", "bob")
	s.current.Users = []identity.User{ann, bob, user("u-3", "cem")}
	s.group("g", "crew", "u-1", "u-2")
	// Two of three joined before it failed.
	s.did(plan.Change{Kind: plan.GroupMembers, Subject: "g", Name: "crew"}, "g",
		journal.Effect{Kind: identity.KindGroup, Object: "g", Joined: []identity.ID{"u-1"}, Left: []identity.ID{"u-3"}})
	s.past.Outcomes[0].Result = journal.Failed
	// Somebody else had deleted them already.
	s.did(deletion(user("u-7", "gus"), nil), "u-7", journal.Effect{Kind: identity.KindUser, Object: "u-7", Deleted: true})
	s.past.Outcomes[1].Result = journal.Already
	s.want([]string{"group crew: remove ann", "group crew: add cem"}, nil)
}

func TestAnAdoptionIsForgottenAndNothingIsWritten(t *testing.T) {
	s := tell(t)
	ann := user("u-1", "ann")
	s.did(plan.Change{Kind: plan.UserAdopt, Subject: "u-1", Name: "ann", Record: record("E1")}, "u-1", s.left(ann, record("E1")))
	s.current.Users = []identity.User{ann}
	s.current.Users[0].Title = "Boss" // what it is like does not matter
	s.link("u-1", record("E1"), link.Adopted)
	s.want([]string{"let go of user ann"}, nil)

	s.known.Holds = []link.Hold{{Source: "corp", Anchor: "E1"}}
	s.want(nil, []string{"ann held"})
}

func TestBothVersionsOfWhatChangedSinceAreShown(t *testing.T) {
	s := tell(t)
	ann := user("u-1", "ann")
	s.did(renamed(ann, "old"), "u-1", s.left(ann, nil))
	ann.Title = "Boss"
	s.current.Users = []identity.User{ann}
	p, err := undo.Plan(undo.Input{Past: &s.past, Current: &s.current})
	if err != nil {
		t.Fatal(err)
	}
	if !p.Empty() || len(p.Attention) != 1 || !strings.Contains(p.Attention[0].Text, "title was left (none), is now Boss") {
		t.Errorf("%+v", p)
	}
}

func TestARunOfAnotherStoreIsNotUndone(t *testing.T) {
	s := tell(t)
	s.current.Store.ID = "d-0000000000"
	if _, err := undo.Plan(undo.Input{Past: &s.past, Current: &s.current}); !fault.Is(err, fault.Stale) {
		t.Errorf("%v", err)
	}
}
