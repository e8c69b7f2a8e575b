package sqldir

import (
	"context"
	"slices"
	"unicode/utf8"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
)

// lookup is a key as a query takes it.
type lookup struct {
	op   string
	kind identity.Kind
	key  directory.Key
}

// find returns the one object that a lookup finds. Two issuers may have given
// one external id to two objects, which is fault.Conflict.
func find[T any](ctx context.Context, d *Driver, l lookup, texts *queries, s scanner[T]) (T, error) {
	var none T
	query, args, err := l.query(texts, d.key)
	if err != nil {
		return none, err
	}
	var found []row[T]
	err = d.read(ctx, l.op, l.key.Attribute, func(q sqldb.Query) (err error) {
		found, err = sqldb.Collect(q, s, query, args...)
		return err
	})
	switch {
	case err != nil:
		return none, err
	case len(found) == 0:
		return none, l.nothing()
	case len(found) > 1:
		return none, fault.Text(fault.Conflict, l.op, l.key.Attribute, "two issuers gave this id to different objects; name the issuer")
	}
	return found[0].item, nil
}

// query returns the query text for the key and its arguments. Keys by which
// the kind cannot be found are refused; those that nothing can have are
// answered before they reach the database: PostgreSQL takes no NUL and nothing
// but UTF-8 in texts.
func (l lookup) query(texts *queries, store int64) (query string, args []any, err error) {
	name, folded := texts.name[l.key.Attribute]
	switch {
	case !folded && l.key.Attribute != directory.KeyExternalID:
		err = fault.Text(fault.Invalid, l.op, l.key.Attribute, "it is not a unique attribute of a "+string(l.kind))
	case l.key.Value == "":
		err = fault.Text(fault.Invalid, l.op, l.key.Attribute, "the value to look for is empty")
	case !storable(l.key.Value), !storable(l.key.Issuer):
		err = l.nothing()
	case folded:
		return name, []any{store, foldKey(l.key.Value)}, nil
	case l.key.Issuer == "":
		return texts.external, []any{store, l.key.Value}, nil
	}
	return texts.issued, []any{store, l.key.Value, l.key.Issuer}, err
}

func (l lookup) nothing() error {
	return fault.Text(fault.NotFound, l.op, l.key.Attribute, "no "+string(l.kind)+" of the store has this value")
}

// queries are the query texts that find objects of one kind by a [lookup].
type queries struct {
	name     map[string]string // by attribute: those compared folded
	external string            // by external id, whoever issued it
	issued   string            // by external id and issuer
}

func storable(s string) bool {
	return utf8.ValidString(s) && !slices.Contains([]byte(s), 0)
}
