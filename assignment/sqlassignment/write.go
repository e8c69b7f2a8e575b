package sqlassignment

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"math"
	"strings"
	"time"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
)

// forever is the time at which nothing ends.
const forever = math.MaxInt64

func (d *Driver) now() int64 { return d.options.Now().UnixMicro() }

func timeOf(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

func (d *Driver) read(ctx context.Context, op string, fn func(q sqldb.Query) error) error {
	return sqldb.Fault(op, "", d.db.Read(ctx, fn))
}

// write is one write of this instance: its transaction, its time, who makes
// it, and what the log will say of it.
type write struct {
	*sqldb.Tx
	driver *Driver
	op     string
	at     int64 // microseconds since 1970
	events []directory.Event
}

func (d *Driver) write(ctx context.Context, op string, fn func(w *write) error) error {
	err := d.db.Write(ctx, func(tx *sqldb.Tx) error {
		w := &write{Tx: tx, driver: d, op: op, at: d.now()}
		err := fn(w)
		if err == nil && len(w.events) > 0 && d.options.Record != nil {
			err = d.options.Record(ctx, tx, timeOf(w.at), w.events...)
		}
		return taken(op, err)
	})
	return sqldb.Fault(op, "", err)
}

// settles is when work that begins now is done.
func (w *write) settles() int64 { return w.at + w.driver.options.Delay.Microseconds() }

// log notes an event for when the write is done; before is nil for a creation,
// after for a deletion.
func (w *write) log(operation string, kind identity.Kind, id identity.ID, before, after any) error {
	had, err := directory.Image(before)
	if err != nil {
		return err
	}
	has, err := directory.Image(after)
	w.events = append(w.events, directory.Event{Operation: operation, Kind: kind, ID: id, Before: had, After: has})
	return err
}

// uniques maps what the name of a unique index (PostgreSQL) and its columns
// (SQLite) both contain to what is taken.
var uniques = []struct{ contains, field, what string }{
	{"name_fold", "name", "another permission set has this name (compared without case)"},
	{"application_assignments", "principal", "it may use the application already"},
	{"client_token", "clientToken", "another request has it; want a new token for every request"},
	{"instance_regions", "region", "the instance is in this region already"},
}

// taken turns a unique violation into fault.Conflict with the field named.
func taken(op string, err error) error {
	constraint, ok := sqldb.IsUnique(err)
	if !ok {
		return err
	}
	for _, u := range uniques {
		if strings.Contains(constraint, u.contains) {
			return fault.Text(fault.Conflict, op, "field "+u.field, u.what)
		}
	}
	return fault.New(fault.Conflict, op, "", err)
}

// newPart makes the last part of an ARN: a prefix and sixteen hex digits.
func newPart(prefix string) (string, error) {
	random := make([]byte, 8)
	if _, err := rand.Read(random); err != nil {
		return "", fault.New(fault.Internal, "make ARN", "", err)
	}
	return prefix + hex.EncodeToString(random), nil
}

// missing is the answer for what this instance does not have, whether or not
// another one has it. The name is shown: callers have checked its form.
func missing(op, kind, name string) error {
	return fault.Text(fault.NotFound, op, strings.TrimSpace(kind+" "+name), "there is none in this instance")
}
