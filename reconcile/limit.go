package reconcile

import (
	"cmp"
	"slices"

	"rollcall/identity"
)

// within cuts what is wanted down to what the directory can keep: what it
// cannot hold is neither compared nor planned, and its external ids have the one
// issuer that it knows.
func within(in Input) Input {
	limits := in.Current.Limits
	in.Settings.Issuer = cmp.Or(limits.Issuer, in.Settings.Issuer)
	if len(limits.UserPaths) == 0 && len(limits.GroupPaths) == 0 && !limits.PrimaryEmail {
		return in
	}
	in.Settings.UserPaths = settable(in.Settings.UserPaths, limits.UserPaths)
	in.Settings.GroupPaths = settable(in.Settings.GroupPaths, limits.GroupPaths)
	wanted := *in.Wanted
	wanted.Users, wanted.Groups = slices.Clone(wanted.Users), slices.Clone(wanted.Groups)
	noUser, noGroup := unset(limits.UserPaths), unset(limits.GroupPaths)
	for i := range wanted.Users {
		u := &wanted.Users[i].User
		_ = u.Apply(noUser) // unsetting a known attribute cannot fail
		if limits.PrimaryEmail {
			u.Emails = primary(u.Emails)
		}
	}
	for i := range wanted.Groups {
		_ = wanted.Groups[i].Group.Apply(noGroup)
	}
	in.Wanted = &wanted
	return in
}

func settable(paths, lacking []string) []string {
	return slices.DeleteFunc(slices.Clone(paths), func(path string) bool { return slices.Contains(lacking, path) })
}

func unset(paths []string) []identity.Edit {
	edits := make([]identity.Edit, len(paths))
	for i, path := range paths {
		edits[i].Path = path
	}
	return edits
}

func primary(all []identity.Email) []identity.Email {
	all = slices.Clone(all)
	for i := range all {
		all[i].Primary = true
	}
	return all
}
