package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"rollcall/apply"
	"rollcall/directory"
	"rollcall/directory/sqldir"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/keyring"
	"rollcall/link"
	"rollcall/plan"
	"rollcall/reconcile"
	"rollcall/sqldb"
)

const benchStore = identity.StoreID("d-1234567890")

// rig is an embedded directory to measure on.
type rig struct {
	center *sqldir.Center
	driver *sqldir.Driver
}

func openBench(ctx context.Context, file string) (*rig, error) {
	center, err := sqldir.Open(ctx, "sqlite:"+file)
	if err != nil {
		return nil, err
	}
	driver, err := center.Store(ctx, benchStore, sqldir.Options{})
	return &rig{center, driver}, err
}

// realClock is real time, for the executor.
type realClock struct{}

func (realClock) Now() time.Time { return time.Now() }

func (realClock) Sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// firstLoad plans and applies 10,000 people, 500 groups and 30,000 memberships
// into an empty embedded directory: planned, sealed, journalled, every change
// durable before and after. The bound is the same rows by plain batched SQL.
func firstLoad(ctx context.Context, dir string) (string, error) {
	c := company{people: size(10_000), groups: size(500), memberships: size(30_000)}
	b, err := openBench(ctx, filepath.Join(dir, "directory.db"))
	if err != nil {
		return "", err
	}
	defer b.center.Close()
	in := c.input()
	in.Current.Users, in.Current.Groups, in.Current.Members, in.Known.Links = nil, nil, nil, nil
	began := time.Now()
	p, err := reconcile.Plan(in)
	if err != nil {
		return "", err
	}
	planned := time.Since(began)
	began = time.Now()
	r, err := carryOut(ctx, dir, b.driver, p)
	if err != nil {
		return "", err
	}
	applied := time.Since(began)
	if len(r.Failures) > 0 {
		return "", fmt.Errorf("%d changes failed: %s", len(r.Failures), r.Failures[0].Text)
	}
	bound, err := plainLoad(ctx, filepath.Join(dir, "plain.db"), c)
	if err != nil {
		return "", err
	}
	rows := c.people + c.groups + c.memberships
	return fmt.Sprintf("%d people, %d groups, %d memberships: planned %.2f s, applied %.2f s, %.0f changes/s, %.0f rows/s; bound (batched SQL) %.2f s, ratio %.1f",
		c.people, c.groups, c.memberships, planned.Seconds(), applied.Seconds(), float64(len(p.Changes))/applied.Seconds(),
		float64(rows)/applied.Seconds(), bound.Seconds(), applied.Seconds()/bound.Seconds()), nil
}

func carryOut(ctx context.Context, dir string, driver directory.Driver, p *plan.Plan) (*apply.Result, error) {
	keys, err := keyring.Open(filepath.Join(dir, "key"))
	if err != nil {
		return nil, err
	}
	state, err := sqldb.Open(ctx, "sqlite:"+filepath.Join(dir, "state.db"), link.Migrations, journal.Migrations)
	if err != nil {
		return nil, err
	}
	x := &apply.Executor{
		Directory: directory.New("local", driver), Journal: journal.Open(state, keys), Links: link.New(state), Clock: realClock{},
	}
	r, err := x.Run(ctx, p, apply.Options{Actor: plan.Actor{Name: "bench", Door: "cli"}, Fresh: true})
	return r, errors.Join(err, state.Close())
}

// plainBatch is how many rows a commit of plain SQL has.
const plainBatch = 64

// plainMembers are memberships as plain SQL has them, with their indexes.
const plainMembers = `CREATE TABLE members (g INTEGER, u INTEGER, id TEXT UNIQUE, PRIMARY KEY (g, u)) WITHOUT ROWID;
	CREATE INDEX members_of ON members (u, g)`

// plainLoad is the bound: the rows an Identity Center needs at the least, with
// its unique indexes, 64 to a durable commit.
func plainLoad(ctx context.Context, file string, c company) (time.Duration, error) {
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		return 0, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, `
		CREATE TABLE users (key INTEGER PRIMARY KEY, id TEXT UNIQUE, name TEXT UNIQUE, email TEXT UNIQUE, external TEXT UNIQUE, rest TEXT);
		CREATE TABLE groups (key INTEGER PRIMARY KEY, id TEXT UNIQUE, name TEXT UNIQUE);
		`+plainMembers); err != nil {
		return 0, err
	}
	began := time.Now()
	err = batches(ctx, db, plainBatch, `INSERT INTO users VALUES ($1, $2, $3, $4, $5, $6)`, c.people, func(i int) []any {
		u := c.user(i)
		return []any{i, fmt.Sprintf("u%036d", i), u.UserName, u.Email(), string(c.anchor(i)), u.DisplayName + u.Title}
	})
	if err != nil {
		return 0, err
	}
	err = batches(ctx, db, plainBatch, `INSERT INTO groups VALUES ($1, $2, $3)`, c.groups, func(i int) []any {
		return []any{i, fmt.Sprintf("g%036d", i), c.group(i).DisplayName}
	})
	if err != nil {
		return 0, err
	}
	err = batches(ctx, db, plainBatch, `INSERT INTO members VALUES ($1, $2, $3)`, c.memberships, func(i int) []any {
		g, k := i/c.perGroup(), i%c.perGroup()
		return []any{g, c.member(g, k), fmt.Sprintf("m%036d", i)}
	})
	return time.Since(began), err
}

func batches(ctx context.Context, db *sql.DB, each int, query string, n int, row func(int) []any) error {
	for from := 0; from < n; from += each {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		stmt, err := tx.PrepareContext(ctx, query)
		if err != nil {
			return errors.Join(err, tx.Rollback())
		}
		for i := from; i < min(from+each, n); i++ {
			if _, err := stmt.ExecContext(ctx, row(i)...); err != nil {
				return errors.Join(err, tx.Rollback())
			}
		}
		if err := tx.Commit(); err != nil {
			return err
		}
	}
	return nil
}

// scanRows reads every row that a sync needs, and nothing more.
func scanRows(ctx context.Context, file string) (time.Duration, error) {
	db, err := sql.Open("sqlite", "file:"+file)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	began := time.Now()
	for _, query := range []string{
		`SELECT id, user_name, display_name, given_name, family_name, rest FROM users`,
		`SELECT id, display_name, description, external_ids, '', '' FROM groups`,
		`SELECT group_key, user_key, id, '', '', '' FROM memberships`,
	} {
		rows, err := db.QueryContext(ctx, query)
		if err != nil {
			return 0, err
		}
		for rows.Next() {
			var cell [6]sql.RawBytes
			if err := rows.Scan(&cell[0], &cell[1], &cell[2], &cell[3], &cell[4], &cell[5]); err != nil {
				return 0, errors.Join(err, rows.Close())
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return 0, err
		}
	}
	return time.Since(began), nil
}
