package sqlcaller

import (
	"context"
	"time"

	"rollcall/caller"
	"rollcall/fault"
	"rollcall/sqldb"
)

var _ caller.OperatorDriver = (*Operators)(nil)

// Operators keeps operators and their bearer tokens. It is safe for concurrent
// use.
type Operators struct{ db *sqldb.DB }

// NewOperators returns what is kept in db, which was opened with
// [OperatorMigrations].
func NewOperators(db *sqldb.DB) *Operators { return &Operators{db} }

const (
	operatorColumns = `o.name, o.role, o.password, o.created_at, o.created_by, o.revoked_at, o.used_at`

	putOperator = `INSERT INTO operators (name, role, password, created_at, created_by, revoked_at, used_at) VALUES ($1, $2, $3, $4, $5, 0, 0)
		ON CONFLICT (name) DO UPDATE SET role = excluded.role, password = excluded.password, created_at = excluded.created_at,
		created_by = excluded.created_by, revoked_at = 0, used_at = 0 WHERE operators.revoked_at <> 0`
	selectOperator  = `SELECT ` + operatorColumns + ` FROM operators o WHERE o.name = $1`
	selectOperators = `SELECT ` + operatorColumns + ` FROM operators o ORDER BY o.name`
	setPassword     = `UPDATE operators SET password = $2 WHERE name = $1 AND revoked_at = 0`
	revokeOperator  = `UPDATE operators SET password = '', revoked_at = CASE WHEN revoked_at = 0 THEN $2 ELSE revoked_at END WHERE name = $1`
	useOperator     = `UPDATE operators SET used_at = $2 WHERE name = $1 AND used_at < $2`

	operatorTokenColumns = `t.id, t.operator, t.digest, t.created_at, t.created_by, t.expires_at, t.used_at`

	insertOperatorToken = `INSERT INTO operator_tokens (id, operator, digest, created_at, created_by, expires_at, used_at)
		SELECT $1, o.name, $3, $4, $5, $6, 0 FROM operators o WHERE o.name = $2 AND o.revoked_at = 0`
	selectOperatorToken  = `SELECT ` + operatorTokenColumns + `, ` + operatorColumns + ` FROM operator_tokens t JOIN operators o ON o.name = t.operator WHERE t.id = $1`
	selectOperatorTokens = `SELECT ` + operatorTokenColumns + ` FROM operator_tokens t WHERE t.operator = $1 ORDER BY t.created_at, t.id`
	deleteOperatorToken  = `DELETE FROM operator_tokens WHERE id = $1 AND operator = $2`
	deleteOperatorTokens = `DELETE FROM operator_tokens WHERE operator = $1`
	useOperatorToken     = `UPDATE operator_tokens SET used_at = $2 WHERE id = $1 AND used_at < $2`
	useTokensOperator    = `UPDATE operators SET used_at = $2 WHERE name = (SELECT operator FROM operator_tokens WHERE id = $1) AND used_at < $2`
)

// PutOperator stores a new operator, or takes back one who was revoked.
func (s *Operators) PutOperator(ctx context.Context, o caller.Operator, hash string) error {
	const op = "make operator"
	err := s.db.Write(ctx, func(tx *sqldb.Tx) error {
		done, err := tx.Exec(putOperator, o.Name, string(o.Role), hash, millis(o.CreatedAt), o.CreatedBy)
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		if err == nil && n == 0 {
			return fault.Text(fault.Conflict, op, o.Name, "there is an operator of this name")
		}
		return err
	})
	return sqldb.Fault(op, o.Name, err)
}

// Operator returns an operator and the password's hash.
func (s *Operators) Operator(ctx context.Context, name string) (o caller.Operator, hash string, err error) {
	err = one(ctx, s.db, "read operator", "", func(q sqldb.Query) error {
		o, hash, err = scanOperator(q.Row(selectOperator, name).Scan)
		return err
	})
	return o, hash, err
}

func scanOperator(row func(...any) error) (o caller.Operator, hash string, err error) {
	var created, revoked, used int64
	err = row(&o.Name, &o.Role, &hash, &created, &o.CreatedBy, &revoked, &used)
	o.HasPassword = hash != ""
	o.CreatedAt, o.RevokedAt, o.LastUsedAt = timeOf(created), timeOf(revoked), timeOf(used)
	return o, hash, err
}

// Operators lists all, by name.
func (s *Operators) Operators(ctx context.Context) ([]caller.Operator, error) {
	return list(ctx, s.db, "list operators", func(row func(...any) error) (caller.Operator, error) {
		o, _, err := scanOperator(row)
		return o, err
	}, selectOperators)
}

// SetPassword replaces the hash of an operator who is not revoked.
func (s *Operators) SetPassword(ctx context.Context, name, hash string) error {
	return change(ctx, s.db, "set password", "operator "+name, setPassword, name, hash)
}

// RevokeOperator keeps the operator, without password and tokens.
func (s *Operators) RevokeOperator(ctx context.Context, name string, at time.Time) error {
	const op = "revoke operator"
	err := s.db.Write(ctx, func(tx *sqldb.Tx) error {
		if err := changeIn(tx, op, name, revokeOperator, name, millis(at)); err != nil {
			return err
		}
		_, err := tx.Exec(deleteOperatorTokens, name)
		return err
	})
	return sqldb.Fault(op, name, err)
}

// UseOperator stores when an operator last came in.
func (s *Operators) UseOperator(ctx context.Context, name string, at time.Time) error {
	return note(ctx, s.db, "note use", "operator "+name, useOperator, name, millis(at))
}

// InsertOperatorToken stores a bearer token of an operator who is not revoked.
func (s *Operators) InsertOperatorToken(ctx context.Context, t caller.OperatorToken, d caller.Digest) error {
	return change(ctx, s.db, "make operator token", "operator "+t.Operator, insertOperatorToken,
		t.ID, t.Operator, d[:], millis(t.CreatedAt), t.CreatedBy, millis(t.ExpiresAt))
}

// OperatorToken returns a bearer token, its digest and whose it is.
func (s *Operators) OperatorToken(ctx context.Context, id string) (t caller.OperatorToken, d caller.Digest, o caller.Operator, err error) {
	err = one(ctx, s.db, "read operator token", id, func(q sqldb.Query) error {
		row := q.Row(selectOperatorToken, id)
		// The operator's columns follow the token's in the same row.
		t, d, err = scanOperatorToken(func(token ...any) error {
			o, _, err = scanOperator(func(operator ...any) error { return row.Scan(append(token, operator...)...) })
			return err
		})
		return err
	})
	return t, d, o, err
}

func scanOperatorToken(row func(...any) error) (t caller.OperatorToken, d caller.Digest, err error) {
	var digest []byte
	var created, expires, used int64
	err = row(&t.ID, &t.Operator, &digest, &created, &t.CreatedBy, &expires, &used)
	t.CreatedAt, t.ExpiresAt, t.LastUsedAt = timeOf(created), timeOf(expires), timeOf(used)
	return t, digestOf(digest), err
}

// OperatorTokens lists those of one operator, oldest first.
func (s *Operators) OperatorTokens(ctx context.Context, name string) ([]caller.OperatorToken, error) {
	return list(ctx, s.db, "list operator tokens", func(row func(...any) error) (caller.OperatorToken, error) {
		t, _, err := scanOperatorToken(row)
		return t, err
	}, selectOperatorTokens, name)
}

// DeleteOperatorToken removes one bearer token of an operator.
func (s *Operators) DeleteOperatorToken(ctx context.Context, name, id string) error {
	return change(ctx, s.db, "revoke operator token", id, deleteOperatorToken, id, name)
}

// UseOperatorToken stores the time with the token and with its operator.
func (s *Operators) UseOperatorToken(ctx context.Context, id string, at time.Time) error {
	err := s.db.Write(ctx, func(tx *sqldb.Tx) error {
		for _, query := range []string{useOperatorToken, useTokensOperator} {
			if _, err := tx.Exec(query, id, millis(at)); err != nil {
				return err
			}
		}
		return nil
	})
	return sqldb.Fault("note use of operator token", id, err)
}
