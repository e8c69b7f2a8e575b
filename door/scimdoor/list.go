package scimdoor

import (
	"context"
	"encoding/base64"
	"net/url"
	"strconv"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/scim"
)

const readQuery = "read query"

// listing is what a client asked of a listing. Parameters that AWS does not
// support (startIndex, attributes, excludedAttributes) are passed over.
type listing struct {
	query   scim.Query
	cursors bool // the answer is a page with a cursor, not a plain list
	page    directory.PageRequest
}

func readListing(r request, parse func(string) (scim.Query, error)) (listing, error) {
	l := listing{page: directory.PageRequest{Limit: scim.MaxResults}}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return l, fault.Text(fault.Invalid, readQuery, "", "the query string is malformed")
	}
	if f := values.Get("filter"); f != "" {
		if l.query, err = parse(f); err != nil {
			return l, err
		}
	}
	if values.Has("count") {
		l.page.Limit, err = strconv.Atoi(values.Get("count"))
		if err != nil || l.page.Limit < 1 || l.page.Limit > scim.MaxResults {
			return l, fault.Text(fault.Invalid, readQuery, "", "count must be a number from 1 to 100")
		}
	}
	l.cursors = values.Has("cursor")
	l.page.Token, err = openCursor(values.Get("cursor"))
	return l, err
}

// A cursor is the directory's own page token, in characters that AWS's
// cursors have (aws-contract 7.5). The directory knows which listing it gave
// it to, so that another filter is refused.
func sealCursor(token string) string { return base64.RawURLEncoding.EncodeToString([]byte(token)) }

func openCursor(cursor string) (string, error) {
	token, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil {
		return "", wrongCursor()
	}
	return string(token), nil
}

func wrongCursor() error {
	return fault.Text(fault.Invalid, readQuery, "", "the cursor is not one that this listing has given out; begin again with an empty one")
}

// writeList answers with a page of resources.
func writeList[T, R any](l listing, found directory.Page[T], resource func(*T) R) answer {
	all := make([]R, len(found.Items))
	for i := range found.Items {
		all[i] = resource(&found.Items[i])
	}
	if !l.cursors {
		return ok(scim.NewList(all))
	}
	return ok(scim.NewPage(all, sealCursor(found.Next)))
}

// one answers a query that finds at most one object: nobody found is an empty
// page, and no page follows. An empty value is nobody's.
func one[T any](l listing, find func() (T, error)) (directory.Page[T], error) {
	switch {
	case l.page.Token != "":
		return directory.Page[T]{}, wrongCursor()
	case l.query.Value == "":
		return directory.Page[T]{}, nil
	}
	found, err := find()
	if fault.Is(err, fault.NotFound) {
		return directory.Page[T]{}, nil
	}
	return directory.Page[T]{Items: []T{found}}, err
}

// through answers a page of memberships with the objects on their other side.
// One that went between the two reads is left out.
func through[T any](page directory.Page[identity.Membership], read func(identity.Membership) (T, error)) (directory.Page[T], error) {
	out := directory.Page[T]{Next: page.Next}
	for _, m := range page.Items {
		item, err := read(m)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, item)
	}
	return out, nil
}

func (d *Door) listUsers(r request) (answer, error) {
	l, err := readListing(r, scim.ParseUserQuery)
	if err != nil {
		return answer{}, err
	}
	found, err := d.findUsers(r.Context(), l)
	if err != nil {
		return answer{}, err
	}
	return writeList(l, found, d.WriteUser), nil
}

func (d *Door) findUsers(ctx context.Context, l listing) (directory.Page[identity.User], error) {
	q := l.query
	switch q.Attribute {
	case scim.ByUserName, scim.ByExternalID:
		return one(l, func() (identity.User, error) { return d.directory.FindUser(ctx, d.key(q)) })
	case scim.ByID:
		return one(l, func() (identity.User, error) {
			u, err := d.directory.User(ctx, identity.ID(q.Value))
			if err == nil && q.With == scim.WithManager && u.Enterprise.Manager != q.WithValue {
				err = nobody()
			}
			return u, err
		})
	case scim.ByGroup:
		members, err := d.directory.ListMembers(ctx, identity.ID(q.Value), l.page)
		if fault.Is(err, fault.NotFound) { // a group that is not there has no users: AWS lists no 404 here
			return directory.Page[identity.User]{}, nil
		}
		if err != nil {
			return directory.Page[identity.User]{}, err
		}
		return through(members, func(m identity.Membership) (identity.User, error) { return d.directory.User(ctx, m.UserID) })
	}
	return d.directory.ListUsers(ctx, l.page)
}

func (d *Door) listGroups(r request) (answer, error) {
	l, err := readListing(r, scim.ParseGroupQuery)
	if err != nil {
		return answer{}, err
	}
	found, err := d.findGroups(r.Context(), l)
	if err != nil {
		return answer{}, err
	}
	return writeList(l, found, d.WriteGroup), nil
}

// findGroups answers a user who is not there with fault.NotFound, as AWS does
// for groups (aws-contract 7.5).
func (d *Door) findGroups(ctx context.Context, l listing) (directory.Page[identity.Group], error) {
	q := l.query
	switch q.Attribute {
	case scim.ByDisplayName, scim.ByExternalID:
		return one(l, func() (identity.Group, error) { return d.directory.FindGroup(ctx, d.key(q)) })
	case scim.ByID:
		if q.With == scim.WithMembers {
			if _, err := d.directory.User(ctx, identity.ID(q.WithValue)); err != nil {
				return directory.Page[identity.Group]{}, err
			}
		}
		return one(l, func() (identity.Group, error) {
			g, err := d.directory.Group(ctx, identity.ID(q.Value))
			if err == nil && q.With == scim.WithMembers {
				_, err = d.directory.FindMembership(ctx, g.ID, identity.ID(q.WithValue))
			}
			return g, err
		})
	case scim.ByMember:
		memberships, err := d.directory.ListMemberships(ctx, identity.ID(q.Value), l.page)
		if err != nil {
			return directory.Page[identity.Group]{}, err
		}
		return through(memberships, func(m identity.Membership) (identity.Group, error) { return d.directory.Group(ctx, m.GroupID) })
	}
	return d.directory.ListGroups(ctx, l.page)
}

// key is what the directory is asked for: SCIM and the directory call their
// unique attributes the same.
func (d *Door) key(q scim.Query) directory.Key {
	k := directory.Key{Attribute: q.Attribute, Value: q.Value}
	if q.Attribute == scim.ByExternalID {
		k.Issuer = d.Issuer
	}
	return k
}

func nobody() error { return fault.Text(fault.NotFound, "find user", "", "there is no such user") }
