package sqlassignment

import (
	"context"
	"database/sql"
	"errors"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
)

const (
	selectRegions = `SELECT name, is_primary, added_at, since, until FROM instance_regions
		WHERE instance = $1 AND until > $2 ORDER BY key`
	selectRegion = `SELECT name, is_primary, added_at, since, until FROM instance_regions
		WHERE instance = $1 AND until > $2 AND name = $3`
	insertRegion    = `INSERT INTO instance_regions (instance, name, is_primary, added_at, since, until) VALUES ($1, $2, $3, $4, $5, $6)`
	removeRegion    = `UPDATE instance_regions SET until = $3 WHERE instance = $1 AND name = $2`
	dropGoneRegions = `DELETE FROM instance_regions WHERE instance = $1 AND until <= $2`
)

func scanRegion(scan func(...any) error, now int64) (r identity.Region, err error) {
	var added, since, until int64
	err = scan(&r.Name, &r.Primary, &added, &since, &until)
	r.AddedAt, r.State = timeOf(added), identity.RegionActive
	switch {
	case since > now:
		r.State = identity.RegionAdding
	case until != forever:
		r.State = identity.RegionRemoving
	}
	return r, err
}

// regions lists where the instance is, the primary region first.
func (d *Driver) regions(q sqldb.Query, now int64) ([]identity.Region, error) {
	read := func(scan func(...any) error) (identity.Region, error) { return scanRegion(scan, now) }
	return sqldb.Collect(q, read, selectRegions, d.key, now)
}

// AddRegion begins to bring the instance to another region.
func (d *Driver) AddRegion(ctx context.Context, name string) (identity.Region, error) {
	const op = "add region"
	if !identity.IsRegion(name) {
		return identity.Region{}, fault.Text(fault.Invalid, op, "region", "want the name of a region, like eu-west-1")
	}
	var r identity.Region
	err := d.write(ctx, op, func(w *write) error {
		r = identity.Region{Name: name, State: identity.RegionAdding, AddedAt: timeOf(w.at)}
		if _, err := w.Exec(dropGoneRegions, d.key, w.at); err != nil {
			return err
		}
		if _, err := w.Exec(insertRegion, d.key, name, false, w.at, w.settles(), forever); err != nil {
			return err
		}
		return w.log("AddRegion", identity.KindInstance, identity.LastPart(d.arn), nil, map[string]string{"region": name})
	})
	if err != nil {
		return identity.Region{}, err
	}
	return r, nil
}

// RemoveRegion begins to take the instance out of a region.
func (d *Driver) RemoveRegion(ctx context.Context, name string) (identity.Region, error) {
	const op = "remove region"
	var r identity.Region
	if !identity.IsRegion(name) {
		return r, fault.Text(fault.Invalid, op, "region", "want the name of a region, like eu-west-1")
	}
	err := d.write(ctx, op, func(w *write) (err error) {
		r, err = scanRegion(w.Row(selectRegion, d.key, w.at, name).Scan, w.at)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return missing(op, "region", name)
		case err != nil:
			return err
		case r.Primary:
			return fault.Text(fault.Conflict, op, "region "+name, "it is the primary region, which an instance cannot leave")
		case r.State != identity.RegionActive:
			return fault.Text(fault.Conflict, op, "region "+name, "it is being added or removed; wait until that is done")
		}
		r.State = identity.RegionRemoving
		if _, err := w.Exec(removeRegion, d.key, name, w.settles()); err != nil {
			return err
		}
		return w.log("RemoveRegion", identity.KindInstance, identity.LastPart(d.arn), map[string]string{"region": name}, nil)
	})
	return r, err
}
