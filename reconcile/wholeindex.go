package reconcile

import (
	"cmp"
	"hash/maphash"
	"slices"

	"rollcall/directory"
	"rollcall/identity"
)

// index finds objects by values that others may be found by, or may want. It
// keeps hashes: an object that it returns may have another value, and is looked
// at for nothing.
type index struct {
	seed  maphash.Seed
	first map[uint64]int32
	more  map[uint64][]int32
}

func newIndex(n int) index {
	return index{maphash.MakeSeed(), make(map[uint64]int32, 4*n), map[uint64][]int32{}}
}

func (x *index) hash(key string) uint64 { return maphash.String(x.seed, key) }

func (x *index) add(object int, keys []string) {
	for _, key := range keys {
		h := x.hash(key)
		switch one, taken := x.first[h]; {
		case !taken:
			x.first[h] = int32(object)
		case one != int32(object) && !slices.Contains(x.more[h], int32(object)):
			x.more[h] = append(x.more[h], int32(object))
		}
	}
}

func (x *index) remove(object int, keys []string) {
	for _, key := range keys {
		h := x.hash(key)
		rest := slices.DeleteFunc(x.more[h], func(one int32) bool { return one == int32(object) })
		if one, taken := x.first[h]; taken && one == int32(object) {
			delete(x.first, h)
			if len(rest) > 0 {
				x.first[h], rest = rest[0], rest[1:]
			}
		}
		if x.more[h] = rest; len(rest) == 0 {
			delete(x.more, h)
		}
	}
}

// find calls each with every object that may have one of the keys.
func (x *index) find(keys []string, each func(object int)) {
	for _, key := range keys {
		h := x.hash(key)
		if one, taken := x.first[h]; taken {
			each(int(one))
		}
		for _, one := range x.more[h] {
			each(int(one))
		}
	}
}

// issuer is the issuer of our external ids in the directory.
func (w *Whole) issuer() string { return cmp.Or(w.current.Limits.Issuer, w.settings.Issuer) }

// keysOfUser are the values of a user that are unique in a store, and those by
// which somebody may be found.
func (w *Whole) keysOfUser(u *identity.User) []string {
	keys := w.keysOf(u.ExternalIDs, func(attribute string) string { return userAttribute(u, attribute) })
	keys = append(keys, valueKey(directory.KeyUserName, u.UserName))
	for _, e := range u.Emails {
		keys = append(keys, valueKey(directory.KeyEmail, e.Value))
	}
	return keys
}

// keysOfGroup are those of a group.
func (w *Whole) keysOfGroup(g *identity.Group) []string {
	keys := w.keysOf(g.ExternalIDs, func(attribute string) string { return groupAttribute(g, attribute) })
	return append(keys, valueKey(directory.KeyDisplayName, g.DisplayName))
}

func (w *Whole) keysOf(ids []identity.ExternalID, value func(attribute string) string) (keys []string) {
	for _, id := range ids {
		keys = append(keys, externalKey(id))
	}
	for _, attribute := range w.settings.Correlate {
		if v := value(attribute); v != "" {
			keys = append(keys, valueKey(attribute, v))
		}
	}
	return keys
}

func valueKey(attribute, value string) string { return attribute + "\x00" + identity.Fold(value) }

func externalKey(id identity.ExternalID) string {
	return identity.PathExternalIDs + "\x00" + id.Issuer + "\x00" + id.ID
}
