package icfdoor

import (
	"context"
	"iter"
	"slices"

	"rollcall/directory"
	"rollcall/icf"
	"rollcall/identity"
)

// listing yields every object of one type, from the cookie on.
type listing func(ctx context.Context) iter.Seq2[found, error]

// listings are those of the query's types, from the one its cookie has come to.
func (r *request) listings(s *search) []listing {
	d := r.connector.Desk.Directory()
	accounts := func(ctx context.Context) iter.Seq2[found, error] {
		return r.accounts(ctx, s)
	}
	groups := func(ctx context.Context) iter.Seq2[found, error] {
		return pages(ctx, s, icf.Group, d.ListGroups, func(_ context.Context, all []identity.Group) ([]icf.Object, error) {
			objects := make([]icf.Object, len(all))
			for i := range all {
				objects[i] = r.connector.Style.Group(&all[i])
			}
			return objects, nil
		})
	}
	switch {
	case r.objectType == icf.Account:
		return []listing{accounts}
	case r.objectType == icf.Group || s.sort == nil && s.cookie.Type == icf.Group:
		return []listing{groups}
	}
	return []listing{accounts, groups}
}

// accounts lists users, with their groups if the query wants to know. Where all
// users are asked for, groups are read once each; for a page, the user's own.
func (r *request) accounts(ctx context.Context, s *search) iter.Seq2[found, error] {
	d := r.connector.Desk.Directory()
	of := func(ctx context.Context, users []identity.User) (func(identity.ID) []identity.ID, error) {
		return nil, nil
	}
	if s.wantsGroups() {
		of = r.groupsEach
		if s.page == 0 {
			of = r.groupsAll()
		}
	}
	return pages(ctx, s, icf.Account, d.ListUsers, func(ctx context.Context, users []identity.User) ([]icf.Object, error) {
		groups, err := of(ctx, users)
		if err != nil {
			return nil, err
		}
		objects := make([]icf.Object, len(users))
		for i := range users {
			var in []identity.ID
			if groups != nil {
				in = groups(users[i].ID)
			}
			objects[i] = r.connector.Style.Account(&users[i], in)
		}
		return objects, nil
	})
}

// groupsEach reads the groups of each of some users.
func (r *request) groupsEach(ctx context.Context, users []identity.User) (func(identity.ID) []identity.ID, error) {
	in := map[identity.ID][]identity.ID{}
	for _, u := range users {
		ids, err := r.groupIDs(ctx, u.ID)
		if err != nil {
			return nil, err
		}
		in[u.ID] = ids
	}
	return func(id identity.ID) []identity.ID { return in[id] }, nil
}

// groupsAll reads the members of every group, at the first page.
func (r *request) groupsAll() func(context.Context, []identity.User) (func(identity.ID) []identity.ID, error) {
	var in map[identity.ID][]identity.ID
	return func(ctx context.Context, _ []identity.User) (func(identity.ID) []identity.ID, error) {
		if in != nil {
			return func(id identity.ID) []identity.ID { return orNone(in[id]) }, nil
		}
		all := map[identity.ID][]identity.ID{}
		d := r.connector.Desk.Directory()
		for g, err := range d.Groups(ctx) {
			if err != nil {
				return nil, err
			}
			for m, err := range d.Members(ctx, g.ID) {
				if err != nil {
					return nil, err
				}
				all[m.UserID] = append(all[m.UserID], g.ID)
			}
		}
		for _, ids := range all {
			slices.Sort(ids)
		}
		in = all
		return func(id identity.ID) []identity.ID { return orNone(in[id]) }, nil
	}
}

func orNone(ids []identity.ID) []identity.ID {
	if ids == nil {
		return []identity.ID{}
	}
	return ids
}

// pages walks a directory's listing page by page. Each object knows the cookie
// that goes on after it.
func pages[T any](ctx context.Context, s *search, objectType string,
	list func(context.Context, directory.PageRequest) (directory.Page[T], error), write func(context.Context, []T) ([]icf.Object, error),
) iter.Seq2[found, error] {
	return func(yield func(found, error) bool) {
		token, skip := "", 0
		if s.sort == nil && (s.cookie.Type == "" || s.cookie.Type == objectType) {
			token, skip = s.cookie.Page, s.cookie.Skip
		}
		for {
			page, err := list(ctx, directory.PageRequest{Token: token, Limit: icf.MaxPage})
			if err != nil {
				yield(found{}, err)
				return
			}
			objects, err := write(ctx, page.Items)
			if err != nil {
				yield(found{}, err)
				return
			}
			for i, o := range objects {
				if i < skip {
					continue
				}
				next := icf.Cookie{Type: objectType, Page: token, Skip: i + 1, Query: s.query}
				if i+1 == len(objects) && page.Next != "" {
					next.Page, next.Skip = page.Next, 0
				}
				if !yield(found{o, next}, nil) {
					return
				}
			}
			if page.Next == "" {
				return
			}
			// A page may be shorter than the last time it was asked for.
			token, skip = page.Next, max(0, skip-len(objects))
		}
	}
}
