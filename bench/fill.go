package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"

	"rollcall/reconcile"
)

// filling is a company that a process of its own puts into a directory, so
// that what it takes to fill is not what it takes to read.
type filling struct {
	File                        string
	People, Groups, Memberships int
}

const fillVariable = "ROLLCALL_BENCH_FILL"

// fillElsewhere fills a directory in another process.
func fillElsewhere(ctx context.Context, file string, c company) error {
	what, err := json.Marshal(filling{file, c.people, c.groups, c.memberships})
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), fillVariable+"="+string(what))
	cmd.Stderr = os.Stderr
	return cmd.Run()
}

// fillHere is the other process.
func fillHere(ctx context.Context, what string) error {
	var f filling
	if err := json.Unmarshal([]byte(what), &f); err != nil {
		return err
	}
	b, err := openBench(ctx, f.File)
	if err != nil {
		return err
	}
	defer b.center.Close()
	return b.fill(ctx, company{people: f.People, groups: f.Groups, memberships: f.Memberships})
}

// fill puts a company into the directory, through the executor like anything
// else.
func (b *rig) fill(ctx context.Context, c company) error {
	in := c.input()
	in.Current.Users, in.Current.Groups, in.Current.Members, in.Known.Links = nil, nil, nil, nil
	p, err := reconcile.Plan(in)
	if err != nil {
		return err
	}
	dir, done, err := scratch()
	if err != nil {
		return err
	}
	defer done()
	r, err := carryOut(ctx, dir, b.driver, p)
	if err == nil && len(r.Failures) > 0 {
		err = fmt.Errorf("%d changes failed: %s", len(r.Failures), r.Failures[0].Text)
	}
	return err
}
