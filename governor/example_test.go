package governor_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"rollcall/governor"
	"rollcall/sqldb"
)

// An adapter that talks to AWS takes a turn for each call it makes. Which lane
// that is in, whoever began the work has said.
func Example() {
	dir, err := os.MkdirTemp("", "governor")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	ctx := governor.WithLane(context.Background(), governor.Leaver)
	db, err := sqldb.Open(ctx, "sqlite:"+filepath.Join(dir, "state.db"), governor.Migrations)
	if err != nil {
		panic(err)
	}
	defer db.Close()

	budgets, err := governor.New(db, "d-1234567890", governor.DefaultLimits())
	if err != nil {
		panic(err)
	}
	err = budgets.Do(ctx, governor.Call{Family: governor.SCIM, Write: true}, func(context.Context) error {
		fmt.Println("PATCH /Users/…")
		return nil // a fault.Throttled here makes every process wait
	})
	if err != nil {
		panic(err)
	}
	all, err := budgets.States(ctx)
	if err != nil {
		panic(err)
	}
	for _, s := range all {
		fmt.Printf("%s: %.0f calls a second\n", s.Family, s.Rate)
	}
	// Output:
	// PATCH /Users/…
	// scim: 17 calls a second
}
