package journal_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"rollcall/fault"
	"rollcall/journal"
	"rollcall/plan"
	"rollcall/sqldb"
)

func TestAStoredPlanComesBackByteForByte(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		p := &plan.Plan{Header: plan.Header{
			Origin: plan.FromCommand, Directory: target, Store: "d-1234567890", Made: b.clock.Now(),
			By: plan.Actor{Name: "ann", Door: "cli"}, Title: "disable bob",
			Brakes: []plan.Brake{{Rule: plan.RuleProtected, Text: "1 protected object", Count: 1}},
		}, Changes: []plan.Change{{Number: 1, Kind: plan.UserDisable, Subject: plan.Existing(user(1)), Name: "bob", Reason: "asked"}}}
		file, want, err := plan.Encode(p)
		ok(t, err)
		for range 2 {
			if id, err := b.SavePlan(ctx, file, p); err != nil || id != want {
				t.Fatalf("%s, %v", id, err)
			}
		}
		for _, name := range []string{string(want), string(want[:4]), strings.ToUpper(string(want[:9])), " " + string(want) + "\n"} {
			got, err := b.Plan(ctx, name)
			ok(t, err)
			if string(got.File) != string(file) || got.ID != want || got.Status != journal.Braked || got.Title != "disable bob" ||
				got.Counts[plan.UserDisable] != 1 || got.Changes != 1 || !got.Made.Equal(p.Made) || len(got.Brakes) != 1 || got.By != p.By {
				t.Errorf("%q gives %+v", name, got)
			}
		}
		for name, kind := range map[string]fault.Kind{string(want[:3]): fault.Invalid, "": fault.Invalid, "%%%%": fault.NotFound, string(want) + "0": fault.NotFound} {
			if _, err := b.Plan(ctx, name); !fault.Is(err, kind) {
				t.Errorf("%q: %v, want %v", name, err, kind)
			}
		}
	})
}

func TestAPrefixOfSeveralPlansListsThem(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		one, two := b.save(t, 1), b.save(t, 2)
		b.tamper(t, "UPDATE plans SET id = 'abcd01' WHERE id = '"+string(one)+"'", "UPDATE plans SET id = 'abcd02' WHERE id = '"+string(two)+"'")
		_, err := b.Plan(ctx, "abcd")
		if !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "abcd01, abcd02") {
			t.Errorf("got %v", err)
		}
	})
}

func TestAnAlteredPlanIsNotGivenOut(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		one, two := b.save(t, 1), b.save(t, 2)
		b.tamper(t, "UPDATE plans SET file = (SELECT file FROM plans WHERE id = '"+string(two)+"') WHERE id = '"+string(one)+"'")
		if _, err := b.Plan(ctx, string(one)); !fault.Is(err, fault.Invalid) {
			t.Errorf("another plan's bytes: %v", err)
		}
		ok(t, b.db.Write(ctx, func(tx *sqldb.Tx) error {
			_, err := tx.Exec("UPDATE plans SET file = $1", []byte{1, 2, 3})
			return err
		}))
		if _, err := b.Plan(ctx, string(two)); !fault.Is(err, fault.Invalid) {
			t.Errorf("no DEFLATE: %v", err)
		}
	})
}

func TestPlansAndRunsAreListedNewestFirst(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		for n := 1; n <= 3; n++ {
			b.finished(t, n)
			b.clock.jump(time.Second)
		}
		plans, err := b.Plans(ctx, 2)
		ok(t, err)
		runs, err := b.Runs(ctx, 2)
		ok(t, err)
		if len(plans) != 2 || plans[0].Changes != 3 || plans[1].Changes != 2 {
			t.Errorf("plans %+v", plans)
		}
		if len(runs) != 2 || runs[0].Plan != plans[0].ID || runs[1].Plan != plans[1].ID || runs[0].ID <= runs[1].ID {
			t.Errorf("runs %+v", runs)
		}
		if len(runs[0].ID) != 22 || !strings.HasPrefix(runs[0].ID, "r-") {
			t.Errorf("run id %q", runs[0].ID)
		}
		if _, err := b.Run(ctx, runs[0].ID[:5]); !fault.Is(err, fault.Invalid) {
			t.Errorf("three characters: %v", err)
		}
		if _, err := b.Run(ctx, runs[0].ID[:6]); !fault.Is(err, fault.Conflict) {
			t.Errorf("four that several begin with: %v", err)
		}
	})
}

func TestOnlyAFitPlanIsCarriedOut(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		braked := b.save(t, 1, func(p *plan.Plan) { p.Brakes = []plan.Brake{{Rule: plan.RuleUsersOff, Text: "too many"}} })
		fit := b.save(t, 1)
		cases := map[string]struct {
			start journal.Start
			kind  fault.Kind
		}{
			"not stored":        {journal.Start{Plan: plan.ID(strings.Repeat("0", 64)), Target: target}, fault.NotFound},
			"another directory": {journal.Start{Plan: fit, Target: "aws"}, fault.Invalid},
			"braked":            {journal.Start{Plan: braked, Target: target}, fault.Denied},
		}
		for name, c := range cases {
			if _, err := b.Begin(ctx, c.start); !fault.Is(err, c.kind) {
				t.Errorf("%s: %v", name, err)
			}
		}
		r := b.start(t, journal.Start{Plan: braked, Target: target, Override: "the office has closed"})
		info, err := b.Run(ctx, r.ID())
		ok(t, err)
		if info.Override != "the office has closed" || info.Status != journal.Running || info.Holder == "" {
			t.Errorf("run %+v", info)
		}
		if _, err := r.Finish(ctx, journal.Running, nil); !fault.Is(err, fault.Internal) {
			t.Errorf("finished as running: %v", err)
		}
	})
}
