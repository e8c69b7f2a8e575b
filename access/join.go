package access

import "rollcall/identity"

// Join returns the facts of two scopes of one directory as one: what either
// knows. Who is in both is as a has them.
func Join(a, b *Facts) *Facts {
	to := *a
	if b.Taken.Before(a.Taken) {
		to.Taken = b.Taken
	}
	to.Users = joined(a.Users, b.Users, func(u User) identity.ID { return u.ID })
	to.Groups = joined(a.Groups, b.Groups, func(g Group) identity.ID { return g.ID })
	to.Accounts = joined(a.Accounts, b.Accounts, func(x identity.Account) string { return x.ID })
	to.Sets = joined(a.Sets, b.Sets, func(s Set) string { return s.ARN })
	to.Assignments = joined(a.Assignments, b.Assignments, func(x identity.Assignment) identity.Assignment { return x })
	return &to
}

func joined[T any, K comparable](a, b []T, key func(T) K) []T {
	all := make([]T, 0, len(a)+len(b))
	seen := make(map[K]bool, len(a))
	for _, list := range [][]T{a, b} {
		for _, one := range list {
			if k := key(one); !seen[k] {
				seen[k] = true
				all = append(all, one)
			}
		}
	}
	return all
}
