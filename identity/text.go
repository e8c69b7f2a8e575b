package identity

import "slices"

// UserText returns where a user keeps the text attribute at path, for code
// that sets the same attributes of many users. It is false for lists and flags
// and for paths that do not exist.
func UserText(path string) (at func(*User) *string, ok bool) { return textAt(userFields, path) }

// GroupText is [UserText] for groups.
func GroupText(path string) (at func(*Group) *string, ok bool) { return textAt(groupFields, path) }

func textAt[T any](fields []field[T], path string) (func(*T) *string, bool) {
	i := slices.IndexFunc(fields, func(f field[T]) bool { return f.Path == path })
	if i < 0 || fields[i].text == nil {
		return nil, false
	}
	return fields[i].text, true
}
