package assignmenttest

import (
	"fmt"
	"slices"
	"testing"

	"rollcall/assignment"
	"rollcall/fault"
	"rollcall/identity"
)

var pagingTests = []test{
	{"PagesAddUpToTheWhole", pagesAddUp},
	{"AListingIsStableWhileOthersWrite", listingStable},
	{"TokensBelongToTheirListing", tokensBelong},
	{"ForgedTokensAreRefused", forgedTokens},
	{"ANegativeLimitIsRefused", negativeLimit},
}

// paged is one listing, with its items as texts.
type paged struct {
	name string
	page func(page assignment.PageRequest) ([]string, string, error)
}

func texts[T any](page assignment.Page[T], err error) ([]string, string, error) {
	all := make([]string, len(page.Items))
	for i, item := range page.Items {
		all[i] = fmt.Sprintf("%+v", item)
	}
	return all, page.Next, err
}

// listings fills an instance so that each of its listings has five items, and
// returns them.
func (b *bench) listings() []paged {
	ann := b.user()
	set, account := b.permissionSet(), b.Accounts[0]
	for range 4 {
		b.give(b.user(), set, account)
	}
	b.give(ann, set, account)
	for i := range 4 {
		b.give(b.group(ann), b.permissionSet(), b.Accounts[i%2])
	}
	d := b.Driver
	all := []paged{
		{"permission sets", func(p assignment.PageRequest) ([]string, string, error) {
			return texts(d.ListPermissionSets(b.ctx(), p))
		}},
		{"assignments", func(p assignment.PageRequest) ([]string, string, error) {
			return texts(d.ListAssignments(b.ctx(), account, set, p))
		}},
		{"assignments for a principal", func(p assignment.PageRequest) ([]string, string, error) {
			return texts(d.ListAssignmentsFor(b.ctx(), ann, "", p))
		}},
		{"permission sets in an account", func(p assignment.PageRequest) ([]string, string, error) {
			return texts(d.ListPermissionSetsIn(b.ctx(), account, assignment.Anyhow, p))
		}},
		{"accounts with a permission set", func(p assignment.PageRequest) ([]string, string, error) {
			return texts(d.ListAccountsWith(b.ctx(), set, assignment.Latest, p))
		}},
		{"creations", func(p assignment.PageRequest) ([]string, string, error) {
			return texts(d.ListRequests(b.ctx(), assignment.Creation, "", p))
		}},
		{"creations that succeeded", func(p assignment.PageRequest) ([]string, string, error) {
			return texts(d.ListRequests(b.ctx(), assignment.Creation, assignment.Succeeded, p))
		}},
	}
	if o, ok := d.(assignment.OrganizationReader); ok {
		all = append(all, paged{"accounts", func(p assignment.PageRequest) ([]string, string, error) {
			return texts(o.ListAccounts(b.ctx(), "", p))
		}})
	}
	if a, ok := d.(assignment.ApplicationAssigner); ok {
		app := b.application()
		for range 3 {
			b.application()
			b.works("assign", a.CreateApplicationAssignment(b.ctx(), identity.ApplicationAssignment{Application: app, Principal: b.group(ann)}))
		}
		all = append(all,
			paged{"applications", func(p assignment.PageRequest) ([]string, string, error) { return texts(a.ListApplications(b.ctx(), p)) }},
			paged{"application assignments", func(p assignment.PageRequest) ([]string, string, error) {
				return texts(a.ListApplicationAssignments(b.ctx(), app, p))
			}},
			paged{"applications for a principal", func(p assignment.PageRequest) ([]string, string, error) {
				return texts(a.ListApplicationAssignmentsFor(b.ctx(), ann, "", p))
			}})
	}
	return all
}

// walkPages reads a listing to its end in pages of that size.
func (b *bench) walkPages(l paged, limit int, between func()) (all []string) {
	b.t.Helper()
	token := ""
	for {
		items, next, err := l.page(assignment.PageRequest{Token: token, Limit: limit})
		b.works("list "+l.name, err)
		if limit > 0 && len(items) > limit {
			b.t.Errorf("%s: %d items, asked for %d", l.name, len(items), limit)
		}
		all = append(all, items...)
		if token = next; token == "" {
			return all
		}
		between()
	}
}

func pagesAddUp(t *testing.T, b *bench) {
	for _, l := range b.listings() {
		whole := b.walkPages(l, 0, func() {})
		if len(whole) == 0 {
			t.Errorf("%s: nothing is listed", l.name)
		}
		for _, limit := range []int{1, 2, 3, 100, 5000} {
			b.same(fmt.Sprintf("%s in pages of %d", l.name, limit), whole, b.walkPages(l, limit, func() {}))
		}
	}
}

// listingStable holds that what is there from the first page to the last is
// listed once, whatever comes and goes meanwhile.
func listingStable(t *testing.T, b *bench) {
	set, account := b.permissionSet(), b.Accounts[0]
	var stays []identity.Principal
	var goes []identity.Assignment
	for range 6 {
		stays = append(stays, b.give(b.user(), set, account).Principal)
		goes = append(goes, b.give(b.user(), set, account))
	}
	l := paged{"assignments", func(p assignment.PageRequest) ([]string, string, error) {
		return texts(b.Driver.ListAssignments(b.ctx(), account, set, p))
	}}
	listed := b.walkPages(l, 2, func() {
		if len(goes) > 0 {
			b.take(goes[0])
			goes = goes[1:]
		}
		if len(goes) > 3 { // or it would never end
			b.give(b.user(), set, account)
		}
	})
	seen := map[string]int{}
	for _, item := range listed {
		seen[item]++
	}
	for _, p := range stays {
		if n := seen[fmt.Sprintf("%+v", identity.Assignment{Principal: p, PermissionSet: set, Account: account})]; n != 1 {
			t.Errorf("one that stays is listed %d times", n)
		}
	}
}

// tokens are the listings with more than one page, and the token of each one's
// second.
func (b *bench) tokens() (all []paged, second map[string]string) {
	second = map[string]string{}
	for _, l := range b.listings() {
		_, next, err := l.page(assignment.PageRequest{Limit: 1})
		b.works("list "+l.name, err)
		if next != "" {
			second[l.name] = next
		}
		all = append(all, l)
	}
	return all, second
}

func tokensBelong(t *testing.T, b *bench) {
	all, second := b.tokens()
	if len(second) < 5 {
		t.Errorf("only %d listings have a second page", len(second))
	}
	for _, l := range all {
		for name, token := range second {
			if name == l.name {
				continue
			}
			_, _, err := l.page(assignment.PageRequest{Token: token})
			b.fails(l.name+" with a token of "+name, err, fault.Invalid)
		}
	}
}

func forgedTokens(_ *testing.T, b *bench) {
	all, second := b.tokens()
	for _, l := range all {
		own := second[l.name]
		forged := []string{"x", "0", "-1", own + own, "' OR 1=1 --", "\x00"}
		if own != "" {
			forged = append(forged, own[:len(own)-1], own[:len(own)/2])
			changed := []byte(own)
			for i := range changed {
				other := slices.Clone(changed)
				if other[i]++; other[i] > 'z' {
					other[i] = 'A'
				}
				forged = append(forged, string(other))
			}
		}
		for _, token := range forged {
			if token == "" {
				continue
			}
			_, _, err := l.page(assignment.PageRequest{Token: token, Limit: 1})
			b.fails(fmt.Sprintf("%s with the token %q", l.name, token), err, fault.Invalid)
		}
	}
}

func negativeLimit(_ *testing.T, b *bench) {
	for _, l := range b.listings() {
		_, _, err := l.page(assignment.PageRequest{Limit: -1})
		b.fails(l.name, err, fault.Invalid)
	}
}
