package journal

import (
	"crypto/sha256"
	"database/sql"
	"errors"

	"rollcall/identity"
	"rollcall/sqldb"
)

// What an entry did to an object, as bits of history.what.
const (
	didState    = 1 // its attributes are in the entry's body
	didDelete   = 2
	didMembers  = 4 // users joined or left the group
	didByOthers = 8 // seen, not done by us
)

// digestBytes is how much of an object's digest is kept: it tells changed from
// unchanged, and nobody gains by forging it.
const digestBytes = 16

// stateDigest is what an object's attributes are compared by.
func stateDigest(state []byte) []byte {
	sum := sha256.Sum256(state)
	return sum[:digestBytes]
}

// index notes the effects of entry e, which was just added, so that as-of
// questions need no replay.
func (a *appender) index(e *envelope, effects []Effect) error {
	for i := range effects {
		if err := a.indexOne(e, &effects[i]); err != nil {
			return err
		}
	}
	return nil
}

func (a *appender) indexOne(e *envelope, f *Effect) error {
	object, err := a.object(f)
	if err != nil {
		return err
	}
	what := 0
	if f.Body != nil {
		what |= didState
	}
	if f.Deleted {
		what |= didDelete
		if err := a.leaveAll(object); err != nil {
			return err
		}
	}
	if len(f.Joined)+len(f.Left) > 0 {
		what |= didMembers
		if err := a.members(object, f); err != nil {
			return err
		}
	}
	if e.Type == TypeObservation {
		what |= didByOthers
	}
	// Of two effects on one object in one entry the last says what it is now.
	_, err = a.tx.Exec(`INSERT INTO history (object, seq, at, what, run) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (object, seq) DO UPDATE SET what = excluded.what |
		CASE WHEN (excluded.what & 3) = 0 THEN history.what ELSE history.what & 12 END`, object, e.Seq, e.At, what, e.Run)
	return err
}

// object returns the number of f's object, and remembers what f says of it.
func (a *appender) object(f *Effect) (num int64, err error) {
	digest := []byte{}
	if f.Body != nil && !f.Deleted {
		digest = stateDigest(f.Body)
	}
	var r identity.Record
	if f.Record != nil {
		r = *f.Record
	}
	num, name, err := a.knownAs(f.Kind, f.Object)
	if err != nil {
		return 0, err
	}
	if num == 0 {
		return a.remember(f.Kind, f.Object, f.Name, r, digest)
	}
	if f.Body == nil && !f.Deleted && f.Record == nil {
		return num, nil
	}
	if err := a.renamed(num, name, identity.Fold(f.Name)); err != nil {
		return 0, err
	}
	_, err = a.tx.Exec(`UPDATE history_objects SET digest = CASE WHEN $1 = 1 THEN $2 ELSE digest END,
		name = CASE WHEN $3 <> '' THEN $3 ELSE name END,
		source = CASE WHEN $4 <> '' THEN $4 ELSE source END, anchor = CASE WHEN $4 <> '' THEN $5 ELSE anchor END
		WHERE num = $6`,
		flag(f.Body != nil || f.Deleted), digest, identity.Fold(f.Name), r.Source, string(r.Anchor), num)
	return num, err
}

// renamed keeps the name that an object has had so far, if it gets another.
func (a *appender) renamed(num int64, from, to string) error {
	if from == "" || to == "" || from == to {
		return nil
	}
	_, err := a.tx.Exec("INSERT INTO history_names (name, object) VALUES ($1, $2) ON CONFLICT DO NOTHING", from, num)
	return err
}

// knownAs returns the number of an object and its name as last seen; 0 if it
// was never heard of.
func (a *appender) knownAs(kind identity.Kind, id identity.ID) (num int64, name string, err error) {
	err = a.tx.Row("SELECT num, name FROM history_objects WHERE chain = $1 AND kind = $2 AND id = $3",
		a.chain, string(kind), packID(id)).Scan(&num, &name)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, "", nil
	}
	return num, name, err
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (a *appender) known(kind identity.Kind, id identity.ID) (num int64, known bool, err error) {
	num, err = objectNum(a.tx, a.chain, kind, id)
	return num, num != 0, err
}

// objectNum returns the number of an object, 0 if it was never heard of.
func objectNum(q sqldb.Query, chain int64, kind identity.Kind, id identity.ID) (num int64, err error) {
	err = q.Row("SELECT num FROM history_objects WHERE chain = $1 AND kind = $2 AND id = $3", chain, string(kind), packID(id)).Scan(&num)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return num, err
}

func (a *appender) remember(kind identity.Kind, id identity.ID, name string, r identity.Record, digest []byte) (num int64, err error) {
	err = a.tx.Row(`INSERT INTO history_objects (chain, kind, id, name, source, anchor, digest)
		VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING num`,
		a.chain, string(kind), packID(id), identity.Fold(name), r.Source, string(r.Anchor), digest).Scan(&num)
	return num, err
}

// members notes who joined and who left a group. A user who is in already, or
// was not, changes nothing.
func (a *appender) members(group int64, f *Effect) error {
	for _, id := range f.Left {
		_, err := a.tx.Exec(`UPDATE history_members SET ended = $1 WHERE grp = $2 AND ended = 0 AND usr =
			(SELECT num FROM history_objects WHERE chain = $3 AND kind = $4 AND id = $5)`,
			a.at, group, a.chain, string(identity.KindUser), packID(id))
		if err != nil {
			return err
		}
	}
	for _, id := range f.Joined {
		if err := a.join(group, id); err != nil {
			return err
		}
	}
	return nil
}

func (a *appender) join(group int64, id identity.ID) error {
	user, known, err := a.known(identity.KindUser, id)
	if err == nil && !known {
		user, err = a.remember(identity.KindUser, id, "", identity.Record{}, []byte{})
	}
	if err != nil {
		return err
	}
	_, err = a.tx.Exec(`INSERT INTO history_members (grp, usr, seq, began, ended)
		SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS BIGINT), CAST($4 AS BIGINT), 0
		WHERE NOT EXISTS (SELECT 1 FROM history_members WHERE grp = CAST($1 AS BIGINT) AND usr = CAST($2 AS BIGINT) AND ended = 0)
		ON CONFLICT (grp, usr, seq) DO UPDATE SET ended = 0`,
		group, user, a.seq, a.at)
	return err
}

// leaveAll ends the memberships of a user or group that is gone.
func (a *appender) leaveAll(object int64) error {
	for _, side := range []string{"usr", "grp"} {
		if _, err := a.tx.Exec("UPDATE history_members SET ended = $1 WHERE "+side+" = $2 AND ended = 0", a.at, object); err != nil {
			return err
		}
	}
	return nil
}
