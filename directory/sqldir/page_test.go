package sqldir_test

import (
	"context"
	"fmt"
	"testing"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb/sqldbtest"
)

func TestAPageHoldsAtMostAThousand(t *testing.T) {
	d := openStore(t, openCenter(t, sqldbtest.SQLite(t)), store)
	groups := func(n int) {
		inParallel(t, 64, n, func(ctx context.Context, i int) error {
			_, err := d.CreateGroup(ctx, identity.Group{DisplayName: fmt.Sprint("group ", n, i)})
			return err
		})
	}
	groups(1000)
	for _, limit := range []int{0, 1000, 1001} {
		if page, err := d.ListGroups(t.Context(), directory.PageRequest{Limit: limit}); err != nil || len(page.Items) != 1000 || page.Next != "" {
			t.Errorf("limit %d: %d of 1000 groups, %v; want all, and no next page", limit, len(page.Items), err)
		}
	}
	groups(1)
	for _, limit := range []int{0, 1000, 1001, 1 << 40} {
		page, err := d.ListGroups(t.Context(), directory.PageRequest{Limit: limit})
		if err != nil || len(page.Items) != 1000 || page.Next == "" {
			t.Fatalf("limit %d: %d of 1001 groups, %v; want 1000 and a next page", limit, len(page.Items), err)
		}
		if rest, err := d.ListGroups(t.Context(), directory.PageRequest{Limit: limit, Token: page.Next}); err != nil || len(rest.Items) != 1 || rest.Next != "" {
			t.Errorf("limit %d: %d groups on the second page, %v; want the last one", limit, len(rest.Items), err)
		}
	}
	if events, err := d.Events(t.Context(), 0, 1001); err != nil || len(events) != 1000 {
		t.Errorf("%d of 1001 events, %v; want 1000", len(events), err)
	}
	if _, err := d.ListGroups(t.Context(), directory.PageRequest{Limit: -1}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a negative limit: %v, want invalid", err)
	}
}
