package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"

	"github.com/pressly/goose/v3"

	"rollcall/fault"
)

// ownerName keeps version tables to names that need no quoting and fit.
var ownerName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

const migrateOp = "migrate database"

// checkOwners finds the mistakes of those who wrote the migrations.
func checkOwners(owners []Migrations) error {
	seen := map[string]bool{}
	for _, o := range owners {
		if !ownerName.MatchString(o.Owner) {
			return fault.Text(fault.Internal, migrateOp, fmt.Sprintf("owner %q", o.Owner), "not a small-letter name of at most 40")
		}
		if seen[o.Owner] {
			return fault.Text(fault.Internal, migrateOp, "owner "+o.Owner, "is given twice")
		}
		seen[o.Owner] = true
		if err := checkNumbers(o); err != nil {
			return err
		}
	}
	return nil
}

func checkNumbers(o Migrations) error {
	lite, err := numbers(o, SQLite)
	if err != nil {
		return err
	}
	post, err := numbers(o, Postgres)
	if err != nil {
		return err
	}
	if !slices.Equal(lite, post) {
		return fault.Text(fault.Internal, migrateOp, "owner "+o.Owner, fmt.Sprintf("sqlite has migrations %v, postgres %v", lite, post))
	}
	return nil
}

// numbers lists the versions of an owner's migrations, in order.
func numbers(o Migrations, d Dialect) ([]int64, error) {
	files, err := fs.Glob(o.FS, path.Join(d.String(), "*.sql"))
	if err != nil || len(files) == 0 {
		return nil, fault.New(fault.Internal, migrateOp, "owner "+o.Owner, errors.Join(fmt.Errorf("no %s/*.sql", d), err))
	}
	var all []int64
	for _, file := range files {
		n, err := goose.NumericComponent(file)
		if err != nil {
			return nil, fault.New(fault.Internal, migrateOp, "owner "+o.Owner, err)
		}
		all = append(all, n)
	}
	slices.Sort(all)
	return all, nil
}

// known is the newest version of an owner's tables that this program knows.
func known(o Migrations, d Dialect) int64 {
	all, err := numbers(o, d)
	if err != nil {
		return 0 // checkOwners has refused it
	}
	return all[len(all)-1]
}

// isCurrent reports whether every owner's tables are at the version known
// here. One that is newer is an error.
func isCurrent(ctx context.Context, db *sql.DB, at place, owners []Migrations) (bool, error) {
	current := true
	for _, o := range owners {
		stored, err := storedVersion(ctx, db, at.dialect, o.Owner)
		if err != nil {
			return false, err
		}
		latest := known(o, at.dialect)
		if stored > latest {
			return false, fault.Text(fault.Invalid, openOp, at.name, fmt.Sprintf(
				"the %s tables are at version %d, this release knows versions up to %d: use a newer release; nothing was changed", o.Owner, stored, latest))
		}
		current = current && stored == latest
	}
	return current, nil
}

// storedVersion is the version of an owner's tables; 0 if there are none. It
// asks without goose, which would create its table by asking.
func storedVersion(ctx context.Context, db *sql.DB, d Dialect, owner string) (int64, error) {
	exists := "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = $1"
	if d == Postgres {
		exists = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1"
	}
	var n, version int64
	if err := db.QueryRowContext(ctx, exists, versionTable(owner)).Scan(&n); err != nil || n == 0 {
		return 0, err
	}
	query := "SELECT coalesce(max(version_id), 0) FROM " + versionTable(owner) + " WHERE is_applied"
	err := db.QueryRowContext(ctx, query).Scan(&version)
	return version, err
}

func versionTable(owner string) string { return owner + "_migrations" }

// up runs what is missing, each migration in its own transaction. Whoever
// calls it holds the lock.
func up(ctx context.Context, db *sql.DB, at place, owners []Migrations) error {
	// All are looked at before any is changed.
	if current, err := isCurrent(ctx, db, at, owners); err != nil || current {
		return err
	}
	dialect := goose.DialectSQLite3
	if at.dialect == Postgres {
		dialect = goose.DialectPostgres
	}
	for _, o := range owners {
		files, err := fs.Sub(o.FS, at.dialect.String())
		if err != nil {
			return fault.New(fault.Internal, migrateOp, "owner "+o.Owner, err)
		}
		provider, err := goose.NewProvider(dialect, db, files,
			goose.WithTableName(versionTable(o.Owner)), goose.WithDisableGlobalRegistry(true))
		if err != nil {
			return fault.New(fault.Internal, migrateOp, "owner "+o.Owner, err)
		}
		if _, err := provider.Up(ctx); err != nil {
			return Fault(migrateOp, fmt.Sprintf("%s, owner %s", at.name, o.Owner), err)
		}
	}
	return nil
}
