package icfdoor_test

import (
	"fmt"
	"net/url"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"rollcall/icf"
	"rollcall/identity"
)

const accounts = "/openidm/system/awsiam/__ACCOUNT__?"

func TestPagesAreWholeHoweverShortThoseOfTheDirectoryAre(t *testing.T) {
	for _, limit := range []int{0, 1, 7, 50, 100} {
		d := newDoor(t)
		const many = 230
		for i := range many {
			d.user(identity.User{UserName: fmt.Sprintf("u%03d", i)})
		}
		d.driver.limit = limit
		if all := d.query(accounts + "_queryFilter=true"); len(all.Result) != many || all.Count != many || all.Cookie != nil {
			t.Errorf("pages of %d: %d users, counted %d", limit, len(all.Result), all.Count)
		}
		for _, size := range []int{1000, 100, 33} {
			seen, cookie := map[string]bool{}, ""
			for pages := 0; ; pages++ {
				page := d.query(fmt.Sprintf("%s_queryId=query-all-ids&_pageSize=%d%s", accounts, size, cookie))
				for _, o := range page.Result {
					seen[o["_id"].(string)] = true
				}
				if page.Count != len(page.Result) || page.Cookie != nil && page.Count != min(size, icf.MaxPage) || pages > many {
					t.Fatalf("pages of %d, %d asked for: page %d has %d", limit, size, pages, page.Count)
				}
				if page.Cookie == nil {
					break
				}
				cookie = "&_pagedResultsCookie=" + url.QueryEscape(*page.Cookie)
			}
			if len(seen) != many {
				t.Errorf("pages of %d, %d asked for: %d users", limit, size, len(seen))
			}
		}
	}
}

// What is found by one lookup is what a listing that is evaluated here finds.
func TestLookupsFindWhatListingsDo(t *testing.T) {
	d := newDoor(t)
	names := []string{"ann", "BOB", "straße", "Élan", "e\u0301lan2", "c/d"}
	var ids []string
	for i, name := range names {
		u := identity.User{UserName: name, Title: []string{"", "Lead"}[i%2]}
		if i%3 > 0 {
			u.Emails = []identity.Email{{Value: name[:1] + fmt.Sprint(i) + "@Example.com", Primary: true}}
		}
		if i%2 > 0 {
			u.ExternalIDs = []identity.ExternalID{{Issuer: "hr", ID: fmt.Sprint("E", i/2)}}
		}
		ids = append(ids, string(d.user(u).ID))
	}
	values := slices.Concat(names, ids, []string{
		"ANN", "bob", "STRASSE", "élan", "ÉLAN2", "nobody", "", " ", "b1@example.COM", "É3@example.com", "E0", "e0", "E1", "E2", `"`, "9067642ac7-00000000-0000-4000-8000-000000000000",
	})
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.SampledFrom(values).Draw(t, "value")
		f := icf.Filter{Op: icf.OpEqual, Pointer: rapid.SampledFrom([]icf.Pointer{{"__NAME__"}, {"_id"}, {"emails"}, {"emails", "value"}, {"externalIds"}, {"externalIds", "id"}}).Draw(t, "pointer"), Value: value}
		if rapid.Bool().Draw(t, "together") {
			f = icf.Filter{Op: icf.OpAnd, Parts: []icf.Filter{{Op: icf.OpPresent, Pointer: icf.Pointer{"title"}}, f}}
		}
		found := func(filter string) (all []string) {
			for _, o := range d.query(accounts + "_queryFilter=" + url.QueryEscape(filter)).Result {
				all = append(all, o["_id"].(string))
			}
			slices.Sort(all)
			return all
		}
		looked := found(f.String())
		listed := found("!(!" + f.String() + ")")
		if f.Op == icf.OpEqual {
			listed = found("!(!(" + f.String() + "))")
		}
		if !slices.Equal(looked, listed) {
			t.Errorf("%s finds %v, and the listing %v", f, looked, listed)
		}
	})
}

func TestANameIsOneLookup(t *testing.T) {
	d := newDoor(t)
	for i := range 20 {
		d.user(identity.User{UserName: fmt.Sprint("u", i)})
	}
	d.driver.listings = 0
	if a := d.query(accounts + "_queryFilter=" + url.QueryEscape(`__NAME__ eq "u7"`)); a.Count != 1 || d.driver.listings != 0 {
		t.Errorf("%d found with %d listings", a.Count, d.driver.listings)
	}
	if a := d.query(accounts + "_queryFilter=" + url.QueryEscape(`__NAME__ sw "u1"`)); a.Count != 11 || d.driver.listings != 1 {
		t.Errorf("%d found with %d listings", a.Count, d.driver.listings)
	}
}
