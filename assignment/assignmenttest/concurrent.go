package assignmenttest

import (
	"slices"
	"sync"
	"testing"

	"rollcall/assignment"
	"rollcall/fault"
	"rollcall/identity"
)

var concurrentTests = []test{
	{"OneOfManyBeginsToMakeAnAssignment", oneBegins},
	{"NoMoreCreationsBeginThanMayBe", noMoreBegin},
	{"WhatManyWritersWereToldIsThere", manyTold},
}

// writers is how many write at once.
const writers = 32

// together runs write for each writer, all at the same time, and waits.
func together(write func(writer int)) {
	var ready, done sync.WaitGroup
	ready.Add(writers)
	for w := range writers {
		done.Go(func() {
			ready.Done()
			ready.Wait()
			write(w)
		})
	}
	done.Wait()
}

// begun counts how many of assignments are begun when all are tried at once;
// the others must be conflicts.
func (b *bench) begun(assignments []identity.Assignment) []assignment.Request {
	b.t.Helper()
	var mu sync.Mutex
	var all []assignment.Request
	together(func(w int) {
		r, err := b.Driver.CreateAssignment(b.ctx(), assignments[w])
		mu.Lock()
		defer mu.Unlock()
		if err == nil {
			all = append(all, r)
		} else if !fault.Is(err, fault.Conflict) {
			b.t.Errorf("create assignment: %v; want it to work or be a conflict", err)
		}
	})
	return all
}

func oneBegins(t *testing.T, b *bench) {
	all := slices.Repeat([]identity.Assignment{b.assignment(b.permissionSet(), b.Accounts[0])}, writers)
	if n := len(b.begun(all)); n != 1 {
		t.Errorf("%d began, want 1", n)
	}
}

func noMoreBegin(t *testing.T, b *bench) {
	var all []identity.Assignment
	for range writers {
		all = append(all, b.assignment(b.permissionSet(), b.Accounts[0]))
	}
	begun := b.begun(all)
	if len(begun) != identity.MaxOutstandingCreates {
		t.Errorf("%d began, want %d", len(begun), identity.MaxOutstandingCreates)
	}
	b.Settle()
	for _, r := range begun {
		b.settled(r, assignment.Succeeded)
		b.assigned(r.Assignment.PermissionSet, r.Assignment.Account, r.Assignment.Principal)
	}
}

func manyTold(t *testing.T, b *bench) {
	e, ok := able[assignment.PermissionSetEditor](b)
	if !ok {
		return
	}
	var mu sync.Mutex
	var told []string
	together(func(w int) {
		name := string(rune('a'+w%26)) + string(rune('a'+w/26))
		s, err := e.CreatePermissionSet(b.ctx(), identity.PermissionSet{Name: name}, nil)
		if err == nil && w%4 == 0 {
			err = e.DeletePermissionSet(b.ctx(), s.ARN)
		}
		if err != nil {
			t.Errorf("writer %d: %v", w, err)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		if w%4 != 0 {
			told = append(told, s.ARN)
		}
	})
	b.sameSet("the permission sets", told, collect(b, b.instance().PermissionSets(b.ctx())))
}
