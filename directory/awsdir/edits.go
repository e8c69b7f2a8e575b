package awsdir

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"rollcall/fault"
	"rollcall/identity"
)

// checkEdits refuses what is wrong with edits of a kind of object by
// themselves: see [directory.Driver.UpdateUser]. lacking are the attributes
// that cannot be set.
func checkEdits(kind identity.Kind, edits []identity.Edit, lacking []string) error {
	op := "update " + string(kind)
	if len(edits) == 0 || len(edits) > identity.MaxOperations {
		return fault.Text(fault.Invalid, op, "", fmt.Sprintf("%d edits, want 1 to %d", len(edits), identity.MaxOperations))
	}
	for _, e := range edits {
		switch {
		case e.Path == identity.PathExternalIDs || kind == identity.KindUser && e.Path == identity.PathActive:
			return fault.Text(fault.Unsupported, op, "field "+e.Path, "it is not set this way: it has a call of its own")
		case slices.Contains(lacking, e.Path):
			return fault.Text(fault.Unsupported, op, "field "+e.Path, "SCIM has no such attribute; setting it takes the Identity Store API")
		}
	}
	return nil
}

// canonical is the one way to write each value, nil for those that are unset:
// an empty list is none, and AWS refuses it. It fails with fault.Invalid for a
// path or a value that cannot be.
func canonical(kind identity.Kind, edits []identity.Edit) ([]identity.Edit, error) {
	out := make([]identity.Edit, len(edits))
	for i, e := range edits {
		value, err := valueOf(kind, e)
		if err != nil {
			return nil, err
		}
		out[i] = identity.Edit{Path: e.Path, New: value}
	}
	return identity.LastOfEach(out), nil // SCIM refuses several of one attribute
}

func valueOf(kind identity.Kind, e identity.Edit) (identity.Value, error) {
	if kind == identity.KindGroup {
		var g identity.Group
		if err := g.Apply([]identity.Edit{e}); err != nil {
			return nil, err
		}
		return identity.GroupValue(&g, e.Path)
	}
	var u identity.User
	if err := u.Apply([]identity.Edit{e}); err != nil {
		return nil, err
	}
	return identity.UserValue(&u, e.Path)
}

// without is u without the attributes at those paths.
func without(u identity.User, paths []string) identity.User {
	edits := make([]identity.Edit, len(paths))
	for i, path := range paths {
		edits[i].Path = path
	}
	_ = u.Apply(edits) // unsetting a known attribute cannot fail
	return u
}

// alive fails if the caller has gone: not every call needs the wire.
func alive(ctx context.Context, op string) error {
	if err := ctx.Err(); err != nil {
		return fault.New(fault.Unavailable, op, "", err)
	}
	return nil
}

// known refuses an id that cannot be one: AWS would call it invalid, or take an
// empty one for the whole collection.
func known(op string, kind identity.Kind, id identity.ID) error {
	if !identity.IsID(string(id)) {
		return fault.Text(fault.NotFound, op, string(kind)+" "+string(id), "there is none")
	}
	return nil
}

// readBack is the answer of a write that has happened, read afterwards. If that
// cannot be, only a later read can tell what is there now.
func readBack[T any](op string, kind identity.Kind, id identity.ID, got T, err error) (T, error) {
	if err != nil {
		return got, fault.Unsettled(op, string(kind)+" "+string(id), fmt.Errorf("it was written, but could not be read again: %w", err))
	}
	return got, nil
}

var errTooManyMembers = errors.New("more than 100 members in one call")

// distinct is all, each once.
func distinct[T comparable](all []T) []T {
	var out []T
	for _, id := range all {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}
