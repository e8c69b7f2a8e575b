package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
)

// State is an object as the journal knows it at some moment.
type State struct {
	Kind    identity.Kind
	Object  identity.ID
	Name    string           // userName or displayName
	Record  *identity.Record // if the journal was told of one
	Body    json.RawMessage  // all attributes, as [UserBody] writes them; nil once deleted or erased
	Deleted bool
	Since   time.Time // since when it has been so
	Entry   int64     // that says so
	Erased  bool      // what it was like has been erased
}

// AsOf returns an object as it was at a moment, from the index; also one that
// has been deleted since. It fails with fault.NotFound if the journal knows
// nothing of it up to then.
func (j *Journal) AsOf(ctx context.Context, target string, kind identity.Kind, id identity.ID, t time.Time) (State, error) {
	s := State{Kind: kind, Object: id}
	on := string(kind) + " " + string(id)
	var stored []byte
	err := j.read(ctx, "look back", on, func(q sqldb.Query) (err error) {
		stored, err = asOf(q, target, &s, t.UnixMilli())
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return State{}, fault.Text(fault.NotFound, "look back", on, "the journal knows nothing of it up to that time")
	}
	if err != nil || s.Deleted {
		return s, err
	}
	if stored == nil {
		s.Erased = true
		return s, nil
	}
	b, err := j.pack.open(stored)
	if err != nil {
		return s, fault.New(fault.Invalid, "look back", entryName(s.Entry), err)
	}
	s.take(b.Effects)
	return s, nil
}

// asOf finds the entry that decides, and its body.
func asOf(q sqldb.Query, target string, s *State, t int64) (stored []byte, err error) {
	chain, err := chainOf(q, target)
	if err != nil {
		return nil, err
	}
	num, err := objectNum(q, chain, s.Kind, s.Object)
	if err != nil {
		return nil, err
	}
	var at int64
	var what int
	err = q.Row(`SELECT seq, at, what FROM history WHERE object = $1 AND at <= $2 AND (what & 3) <> 0 ORDER BY seq DESC LIMIT 1`,
		num, t).Scan(&s.Entry, &at, &what)
	if err != nil {
		return nil, err
	}
	s.Since, s.Deleted = moment(at), what&didDelete != 0
	err = q.Row("SELECT body FROM bodies WHERE chain = $1 AND seq = $2", chain, s.Entry).Scan(&stored)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return stored, err
}

// take reads what the effects of an entry say of the object; the last one counts.
func (s *State) take(effects []Effect) {
	for _, f := range effects {
		if f.Kind == s.Kind && f.Object == s.Object && f.Body != nil {
			s.Name, s.Record, s.Body = f.Name, f.Record, f.Body
		}
	}
}

// MemberSince is somebody's membership at some moment.
type MemberSince struct {
	Object identity.ID // the user, or the group
	Since  time.Time
}

// MembersAsOf lists the users who were in a group at a moment, in the order in
// which they were first heard of; also of a group deleted since. A group the
// journal knows nothing of has none.
func (j *Journal) MembersAsOf(ctx context.Context, target string, group identity.ID, t time.Time) ([]MemberSince, error) {
	return j.membershipsAsOf(ctx, target, identity.KindGroup, group, t,
		"SELECT o.id, m.began FROM history_members m JOIN history_objects o ON o.num = m.usr WHERE m.grp = $1 ")
}

// GroupsAsOf lists the groups a user was in at a moment, like [Journal.MembersAsOf].
func (j *Journal) GroupsAsOf(ctx context.Context, target string, user identity.ID, t time.Time) ([]MemberSince, error) {
	return j.membershipsAsOf(ctx, target, identity.KindUser, user, t,
		"SELECT o.id, m.began FROM history_members m JOIN history_objects o ON o.num = m.grp WHERE m.usr = $1 ")
}

func (j *Journal) membershipsAsOf(ctx context.Context, target string, kind identity.Kind, id identity.ID, t time.Time, query string) ([]MemberSince, error) {
	var all []MemberSince
	err := j.read(ctx, "look back", string(kind)+" "+string(id), func(q sqldb.Query) error {
		chain, err := chainOf(q, target)
		if err != nil {
			return err
		}
		num, err := objectNum(q, chain, kind, id)
		if err != nil || num == 0 {
			return err
		}
		rows, err := q.Rows(query+"AND m.began <= $2 AND (m.ended = 0 OR m.ended > $2) ORDER BY o.num", num, t.UnixMilli())
		if err != nil {
			return err
		}
		return sqldb.Each(rows, func(scan func(...any) error) error {
			var packed []byte
			var began int64
			if err := scan(&packed, &began); err != nil {
				return err
			}
			id, err := unpackID(packed)
			all = append(all, MemberSince{Object: id, Since: moment(began)})
			return err
		})
	})
	return all, err
}

// Named lists the objects that are called name or ever were, renamed and
// deleted ones included, oldest first. Names are compared by [identity.Fold].
func (j *Journal) Named(ctx context.Context, target string, kind identity.Kind, name string) ([]identity.ID, error) {
	var all []identity.ID
	err := j.read(ctx, "look back", string(kind), func(q sqldb.Query) error {
		rows, err := q.Rows(`SELECT o.id FROM history_objects o JOIN chains c ON c.num = o.chain
			WHERE c.target = $1 AND o.kind = $2 AND $3 <> ''
			AND (o.name = $3 OR o.num IN (SELECT n.object FROM history_names n WHERE n.name = $3)) ORDER BY o.num`, target, string(kind), identity.Fold(name))
		if err != nil {
			return err
		}
		return sqldb.Each(rows, func(scan func(...any) error) error {
			var packed []byte
			if err := scan(&packed); err != nil {
				return err
			}
			id, err := unpackID(packed)
			all = append(all, id)
			return err
		})
	})
	return all, err
}

// WrittenSince reports whether a run other than exceptRun has changed an
// object after a moment, and which did last. What a read merely found changed
// does not count: the change's own seal finds that.
func (j *Journal) WrittenSince(ctx context.Context, target string, kind identity.Kind, id identity.ID, at time.Time, exceptRun string) (run string, written bool, err error) {
	err = j.read(ctx, "look for other runs", string(kind)+" "+string(id), func(q sqldb.Query) error {
		return q.Row(`SELECT r.id FROM chains c JOIN history_objects o ON o.chain = c.num JOIN history h ON h.object = o.num
			JOIN runs r ON r.chain = o.chain AND r.begun = h.run
			WHERE c.target = $1 AND o.kind = $2 AND o.id = $3 AND h.at > $4 AND (h.what & 8) = 0 AND h.what <> 0 AND r.id <> $5
			ORDER BY h.seq DESC LIMIT 1`, target, string(kind), packID(id), at.UnixMilli(), exceptRun).Scan(&run)
	})
	if fault.Is(err, fault.NotFound) {
		return "", false, nil
	}
	return run, err == nil, err
}
