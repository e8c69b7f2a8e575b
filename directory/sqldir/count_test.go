package sqldir_test

import (
	"fmt"
	"testing"

	"rollcall/directory/sqldir"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb/sqldbtest"
)

func TestEachStoreCountsItsOwn(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		c, err := sqldir.Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		for store, want := range map[identity.StoreID]int{"d-1111111111": 3, "d-2222222222": 0} {
			d, err := c.Store(t.Context(), store, sqldir.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for i := range want {
				if _, err := d.CreateGroup(t.Context(), identity.Group{DisplayName: fmt.Sprint("g", i)}); err != nil {
					t.Fatal(err)
				}
			}
			groups, err := d.Count(t.Context(), identity.KindGroup)
			if users, userErr := d.Count(t.Context(), identity.KindUser); err != nil || userErr != nil || groups != want || users != 0 {
				t.Errorf("%s: %d groups, %d users, %v, %v", store, groups, users, err, userErr)
			}
			if _, err := d.Count(t.Context(), identity.KindMembership); !fault.Is(err, fault.Invalid) {
				t.Errorf("memberships: %v", err)
			}
		}
	})
}
