package assignmenttest

import (
	"testing"

	"rollcall/assignment"
	"rollcall/fault"
	"rollcall/identity"
)

var requestTests = []test{
	{"RequestIDsOfOneSortMeanNothingToAnother", idsApart},
	{"RequestsAreListedOldestFirst", requestsListed},
	{"RequestsAreListedByState", requestsByState},
	{"AnUnknownRequestIsNotFound", requestMissing},
	{"AnUnknownSortOfWorkIsRefused", unknownWorkRefused},
}

var everyWork = []assignment.Work{assignment.Creation, assignment.Deletion, assignment.Provisioning}

func idsApart(_ *testing.T, b *bench) {
	a := b.give(b.user(), b.permissionSet(), b.Accounts[0])
	requests := []assignment.Request{b.remove(a)}
	b.Settle()
	requests = append(requests, b.create(a))
	b.Settle()
	if e, ok := b.Driver.(assignment.PermissionSetEditor); ok {
		r, err := e.ProvisionPermissionSet(b.ctx(), a.PermissionSet, a.Account)
		b.works("provision", err)
		requests = append(requests, r)
	}
	for _, r := range requests {
		for _, work := range everyWork {
			_, err := b.Driver.Request(b.ctx(), work, r.ID)
			if work == r.Work {
				b.works("describe a "+string(work), err)
			} else {
				b.fails("describe a "+string(r.Work)+" as a "+string(work), err, fault.NotFound)
			}
		}
	}
}

func requestsListed(t *testing.T, b *bench) {
	set := b.permissionSet()
	var made []string
	for _, account := range b.Accounts {
		made = append(made, b.create(identity.Assignment{Principal: b.user(), PermissionSet: set, Account: account}).ID)
	}
	b.same("the creations", made, b.requests(assignment.Creation, ""))
	b.same("the deletions", []string(nil), b.requests(assignment.Deletion, ""))
}

func (b *bench) requests(work assignment.Work, only assignment.State) []string {
	b.t.Helper()
	var ids []string
	page := assignment.PageRequest{Limit: 2}
	for {
		got, err := b.Driver.ListRequests(b.ctx(), work, only, page)
		b.works("list requests", err)
		for _, r := range got.Items {
			if r.Work != work || only != "" && r.State != only {
				b.t.Errorf("asked for %s %s, got %s %s", work, only, r.Work, r.State)
			}
			ids = append(ids, r.ID)
		}
		if page.Token = got.Next; page.Token == "" {
			return ids
		}
	}
}

func requestsByState(_ *testing.T, b *bench) {
	set := b.permissionSet()
	begin := func(account int, p identity.Principal) string {
		return b.create(identity.Assignment{Principal: p, PermissionSet: set, Account: b.Accounts[account]}).ID
	}
	done, failed := begin(0, b.user()), begin(1, identity.Principal{Kind: identity.KindUser, ID: nobody})
	b.Settle()
	pending := begin(2, b.user())
	for state, want := range map[assignment.State][]string{
		assignment.Succeeded: {done}, assignment.Failed: {failed}, assignment.InProgress: {pending}, "": {done, failed, pending},
	} {
		b.same("those in state "+string(state), want, b.requests(assignment.Creation, state))
	}
	_, err := b.Driver.ListRequests(b.ctx(), assignment.Creation, "DONE", assignment.PageRequest{})
	b.fails("list those in no state", err, fault.Invalid)
}

func requestMissing(_ *testing.T, b *bench) {
	for _, work := range everyWork {
		_, err := b.Driver.Request(b.ctx(), work, string(nobody))
		b.fails("describe a "+string(work), err, fault.NotFound)
		for _, id := range []string{"", "1", "00000000-0000-4000-8000-00000000000x", "{00000000-0000-4000-8000-000000000000}"} {
			_, err := b.Driver.Request(b.ctx(), work, id)
			b.fails("describe the "+string(work)+" "+id, err, fault.Invalid)
		}
	}
}

func unknownWorkRefused(_ *testing.T, b *bench) {
	for _, work := range []assignment.Work{"", "Creation", "destruction"} {
		_, err := b.Driver.Request(b.ctx(), work, string(nobody))
		b.fails("describe", err, fault.Invalid)
		_, err = b.Driver.ListRequests(b.ctx(), work, "", assignment.PageRequest{})
		b.fails("list", err, fault.Invalid)
	}
}
