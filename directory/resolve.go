package directory

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"rollcall/fault"
	"rollcall/identity"
)

// prefixes name the field a reference is looked up in.
var prefixes = map[string]string{
	"userName":    KeyUserName,
	"email":       KeyEmail,
	"externalId":  KeyExternalID,
	"displayName": KeyDisplayName,
}

// ResolveUser finds a user by what a person typed: an id, an ARN, a userName,
// an e-mail or an external id. "userName:", "email:", "externalId:" or "id:"
// before it says which. A reference that is one user's userName and another's
// e-mail is fault.Conflict, with both shown; nobody's is fault.NotFound.
func (d *Directory) ResolveUser(ctx context.Context, ref string) (identity.User, error) {
	return resolver[identity.User]{
		kind: identity.KindUser, keys: []string{KeyUserName, KeyEmail, KeyExternalID},
		byID: d.User, find: d.FindUser, idOf: func(u identity.User) identity.ID { return u.ID },
	}.resolve(ctx, ref)
}

// ResolveGroup finds a group by id, ARN, displayName or external id;
// "displayName:", "externalId:" or "id:" before it says which. It fails as
// [Directory.ResolveUser] does.
func (d *Directory) ResolveGroup(ctx context.Context, ref string) (identity.Group, error) {
	return resolver[identity.Group]{
		kind: identity.KindGroup, keys: []string{KeyDisplayName, KeyExternalID},
		byID: d.Group, find: d.FindGroup, idOf: func(g identity.Group) identity.ID { return g.ID },
	}.resolve(ctx, ref)
}

type resolver[T any] struct {
	kind identity.Kind
	keys []string // what a bare reference is looked up in, after the id
	byID func(context.Context, identity.ID) (T, error)
	find func(context.Context, Key) (T, error)
	idOf func(T) identity.ID
}

func (r resolver[T]) op() string { return "find " + string(r.kind) }

func (r resolver[T]) resolve(ctx context.Context, ref string) (T, error) {
	var zero T
	field, rest, _ := strings.Cut(ref, ":")
	key, known := prefixes[field]
	switch {
	case ref == "":
		return zero, fault.Text(fault.Invalid, r.op(), "", "the name is empty")
	case field == "arn":
		return r.exactly(ref)(r.withID(ctx, ref))
	case field == "id":
		return r.exactly(ref)(r.withID(ctx, rest))
	case known && slices.Contains(r.keys, key):
		return r.exactly(ref)(r.find(ctx, Key{Attribute: key, Value: rest}))
	}
	return r.search(ctx, ref)
}

func (r resolver[T]) withID(ctx context.Context, text string) (T, error) {
	id, err := identity.ParseID(r.kind, text)
	if err != nil {
		var zero T
		return zero, err
	}
	return r.byID(ctx, id)
}

// exactly says what was looked for when nothing was found.
func (r resolver[T]) exactly(ref string) func(T, error) (T, error) {
	return func(got T, err error) (T, error) {
		if fault.Is(err, fault.NotFound) {
			return got, fault.Text(fault.NotFound, r.op(), ref, "no "+string(r.kind)+" has that value")
		}
		return got, err
	}
}

// search looks in every field: a name that means two objects must be seen. An
// id is a field like the others, since a source's anchor may have its form.
func (r resolver[T]) search(ctx context.Context, ref string) (T, error) {
	var found, zero T
	foundBy := ""
	for _, field := range append([]string{"id"}, r.keys...) {
		got, err := r.lookUp(ctx, field, ref)
		switch {
		case fault.Is(err, fault.NotFound), fault.Is(err, fault.Invalid):
		case err != nil:
			return zero, err
		case foundBy == "":
			found, foundBy = got, field
		case r.idOf(got) != r.idOf(found):
			return zero, fault.Text(fault.Conflict, r.op(), ref, fmt.Sprintf(
				"it is the %s of %s and the %s of %s; put %s: before it to say which",
				foundBy, r.idOf(found), field, r.idOf(got), strings.Join(r.prefixes(), ":, ")))
		}
	}
	if foundBy == "" {
		return zero, fault.Text(fault.NotFound, r.op(), ref, "no "+string(r.kind)+" has it as "+strings.Join(r.prefixes(), ", "))
	}
	return found, nil
}

func (r resolver[T]) lookUp(ctx context.Context, field, ref string) (T, error) {
	if field == "id" {
		return r.withID(ctx, ref)
	}
	return r.find(ctx, Key{Attribute: field, Value: ref})
}

// prefixes lists what may be put before a reference, in the order of the keys.
func (r resolver[T]) prefixes() []string {
	all := []string{"id"}
	for _, key := range r.keys {
		for prefix, attribute := range prefixes {
			if attribute == key {
				all = append(all, prefix)
			}
		}
	}
	return all
}
