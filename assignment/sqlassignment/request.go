package sqlassignment

import (
	"context"
	"database/sql"
	"errors"

	"github.com/google/uuid"

	"rollcall/assignment"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
)

const (
	selectRequest = `SELECT key, work, id, permission_set, account, principal_kind, principal, reason, created_at, settles_at
		FROM assignment_requests WHERE instance = $1 AND work = `

	selectRequestByID = selectRequest + `$2 AND id = $3`
	// Which state a request is in depends on the time; a filter for one looks
	// at every request of its sort.
	selectRequests = selectRequest + `$4 AND key > $2
		AND ($6 = '' OR $6 = CASE WHEN settles_at > $5 THEN 'IN_PROGRESS' WHEN reason = '' THEN 'SUCCEEDED' ELSE 'FAILED' END)
		ORDER BY key ` + limit3
	insertRequest = `INSERT INTO assignment_requests (instance, work, id, permission_set, account, principal_kind, principal, reason, created_at, settles_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
	countPending = `SELECT count(*) FROM assignment_requests WHERE instance = $1 AND settles_at > $2 AND work = $3`
	// A provisioning names no principal: it gets in everybody's way, and they
	// in its.
	isBusy = `SELECT EXISTS (SELECT 1 FROM assignment_requests
		WHERE instance = $1 AND settles_at > $2 AND permission_set = $3 AND (account = $4 OR account = '' OR $4 = '')
		AND (principal = $5 OR principal = '' OR $5 = ''))`
)

// maxProvisionings is how many permission sets can be provisioned at one time
// (aws-contract 8).
const maxProvisionings = 3

func (d *Driver) scanRequest(now int64) scanner[assignment.Request] {
	return func(scan func(...any) error) (row[assignment.Request], error) {
		var r row[assignment.Request]
		var created, settles int64
		q, a := &r.item, &r.item.Assignment
		err := scan(&r.key, (*string)(&q.Work), &q.ID, &a.PermissionSet, &a.Account, (*string)(&a.Principal.Kind), (*string)(&a.Principal.ID),
			&q.Reason, &created, &settles)
		q.CreatedAt = timeOf(created)
		if a.Principal.Kind != "" {
			a.Principal.Store = d.store
		}
		switch {
		case settles > now:
			q.State, q.Reason = assignment.InProgress, ""
		case q.Reason == "":
			q.State = assignment.Succeeded
		default:
			q.State = assignment.Failed
		}
		return r, err
	}
}

// Request returns the request of that sort and id, as it is now.
func (d *Driver) Request(ctx context.Context, work assignment.Work, id string) (assignment.Request, error) {
	const op = "describe request"
	var r row[assignment.Request]
	if err := d.checkWork(op, work); err != nil {
		return r.item, err
	}
	if _, err := uuid.Parse(id); err != nil || len(id) != 36 {
		return r.item, fault.Text(fault.Invalid, op, "request id", "want a UUID")
	}
	err := d.read(ctx, op, func(q sqldb.Query) (err error) {
		r, err = d.scanRequest(d.now())(q.Row(selectRequestByID, d.key, string(work), id).Scan)
		if errors.Is(err, sql.ErrNoRows) {
			return missing(op, string(work)+" request", id)
		}
		return err
	})
	if err != nil {
		return assignment.Request{}, err
	}
	return r.item, nil
}

// ListRequests lists the requests of one sort, oldest first.
func (d *Driver) ListRequests(ctx context.Context, work assignment.Work, only assignment.State, page assignment.PageRequest) (assignment.Page[assignment.Request], error) {
	l := listing{"list requests", []string{string(work), string(only)}}
	if err := d.checkWork(l.op, work); err != nil {
		return assignment.Page[assignment.Request]{}, err
	}
	switch only {
	case "", assignment.InProgress, assignment.Succeeded, assignment.Failed:
	default:
		return assignment.Page[assignment.Request]{}, fault.Text(fault.Invalid, l.op, "status", "want IN_PROGRESS, SUCCEEDED or FAILED")
	}
	return list(ctx, d, l, page, func(q sqldb.Query, after int64, limit int) ([]row[assignment.Request], error) {
		now := d.now()
		return sqldb.Collect(q, d.scanRequest(now), selectRequests, d.key, after, limit, string(work), now, string(only))
	})
}

func (d *Driver) checkWork(op string, work assignment.Work) error {
	if err := d.whole(op); err != nil {
		return err
	}
	switch work {
	case assignment.Creation, assignment.Deletion, assignment.Provisioning:
		return nil
	}
	return fault.Text(fault.Invalid, op, "work", "want creation, deletion or provisioning")
}

// begin stores a request and returns it as its caller sees it: in progress,
// however soon it settles.
func (w *write) begin(work assignment.Work, a identity.Assignment, reason string) (assignment.Request, error) {
	r := assignment.Request{ID: uuid.NewString(), Work: work, State: assignment.InProgress, CreatedAt: timeOf(w.at), Assignment: a}
	_, err := w.Exec(insertRequest, w.driver.key, string(work), r.ID, a.PermissionSet, a.Account,
		string(a.Principal.Kind), string(a.Principal.ID), reason, w.at, w.settles())
	return r, err
}

// idle fails with fault.Conflict while other work on the same assignment, or on
// the permission set as such in the account, is in progress, or as much work of
// this sort as there may be.
func (w *write) idle(work assignment.Work, a identity.Assignment) error {
	var busy bool
	if err := w.Row(isBusy, w.driver.key, w.at, a.PermissionSet, a.Account, string(a.Principal.ID)).Scan(&busy); err != nil {
		return err
	}
	if busy {
		return fault.Text(fault.Conflict, w.op, "permission set "+string(identity.LastPart(a.PermissionSet)),
			"a previous write has not settled: other work on it there is in progress; try again when that is done")
	}
	most := map[assignment.Work]int{assignment.Creation: identity.MaxOutstandingCreates, assignment.Provisioning: maxProvisionings}[work]
	if most == 0 {
		return nil
	}
	var pending int
	if err := w.Row(countPending, w.driver.key, w.at, string(work)).Scan(&pending); err != nil {
		return err
	}
	if pending >= most {
		return fault.Text(fault.Conflict, w.op, "", "as many requests of this sort as there may be are in progress; try again when one is done")
	}
	return nil
}
