package scimdoor

import (
	"context"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

// taken is the attribute whose value another object has. It never says whose.
type taken struct{ attribute string }

func (t taken) Error() string { return "another object has this " + t.attribute }

// claim is a unique value that an object is to have.
type claim struct {
	attribute string // as SCIM calls it
	key       directory.Key
}

// userClash says which unique value of fresh another user has; those that
// stored has already are not asked for. If nobody has one, it returns
// otherwise: the failure that made somebody ask, or nil.
func (d *Door) userClash(ctx context.Context, stored, fresh *identity.User, otherwise error) error {
	if stored == nil {
		stored = &identity.User{}
	}
	var claims []claim
	if !identity.SameName(stored.UserName, fresh.UserName) {
		claims = append(claims, claim{"userName", directory.Key{Attribute: directory.KeyUserName, Value: fresh.UserName}})
	}
	if e := fresh.Email(); e != "" && !identity.SameName(stored.Email(), e) {
		claims = append(claims, claim{"emails.value", directory.Key{Attribute: directory.KeyEmail, Value: e}})
	}
	claims = append(claims, externalClaims(stored.ExternalIDs, fresh.ExternalIDs)...)
	return clash(claims, otherwise, func(k directory.Key) (identity.ID, error) {
		u, err := d.directory.FindUser(ctx, k)
		return u.ID, err
	}, stored.ID)
}

// groupClash is userClash for groups.
func (d *Door) groupClash(ctx context.Context, stored, fresh *identity.Group, otherwise error) error {
	if stored == nil {
		stored = &identity.Group{}
	}
	var claims []claim
	if !identity.SameName(stored.DisplayName, fresh.DisplayName) {
		claims = append(claims, claim{"displayName", directory.Key{Attribute: directory.KeyDisplayName, Value: fresh.DisplayName}})
	}
	claims = append(claims, externalClaims(stored.ExternalIDs, fresh.ExternalIDs)...)
	return clash(claims, otherwise, func(k directory.Key) (identity.ID, error) {
		g, err := d.directory.FindGroup(ctx, k)
		return g.ID, err
	}, stored.ID)
}

func externalClaims(had, want []identity.ExternalID) []claim {
	var all []claim
	for _, id := range want {
		known := false
		for _, h := range had {
			known = known || h == id
		}
		if !known {
			all = append(all, claim{"externalId", directory.Key{Attribute: directory.KeyExternalID, Value: id.ID, Issuer: id.Issuer}})
		}
	}
	return all
}

func clash(claims []claim, otherwise error, find func(directory.Key) (identity.ID, error), self identity.ID) error {
	for _, c := range claims {
		switch owner, err := find(c.key); {
		case err == nil && owner != self:
			return fault.New(fault.Conflict, "claim", "field "+c.attribute, taken{c.attribute})
		case err != nil && !fault.Is(err, fault.NotFound):
			return err
		}
	}
	return otherwise
}
