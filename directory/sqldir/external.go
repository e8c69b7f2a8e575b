package sqldir

import (
	"slices"

	"rollcall/fault"
	"rollcall/identity"
)

// externalTable is the table of the external ids of one kind of object. Its
// query texts are made once.
type externalTable struct{ insert, remove string }

var (
	userExternals  = externals("user_external_ids")
	groupExternals = externals("group_external_ids")
)

func externals(table string) externalTable {
	return externalTable{
		insert: `INSERT INTO ` + table + ` (owner, place, store, id, issuer) VALUES ($1, $2, $3, $4, $5)`,
		remove: `DELETE FROM ` + table + ` WHERE owner = $1`,
	}
}

// replace makes ids the external ids of owner, instead of those it has.
func (t externalTable) replace(w *write, owner int64, had, ids []identity.ExternalID) error {
	if slices.Equal(had, ids) {
		return nil
	}
	if len(had) > 0 {
		if _, err := w.Exec(t.remove, owner); err != nil {
			return err
		}
	}
	for i, id := range ids {
		if _, err := w.Exec(t.insert, owner, i, w.driver.key, id.ID, id.Issuer); err != nil {
			return err
		}
	}
	return nil
}

// checkDistinct refuses a list that names one external id twice.
func checkDistinct(op, on string, ids []identity.ExternalID) error {
	for i, id := range ids {
		if slices.Contains(ids[:i], id) {
			return fault.Text(fault.Invalid, op, on+" field externalIds", "the list names one external id twice")
		}
	}
	return nil
}
