package memdir

import (
	"slices"
	"sort"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

// item is one stored object and its place in the order of creation.
type item[T any] struct {
	at    int64 // position: grows with every creation
	gone  bool
	value T
}

// sequence lists items in the order they were added. A removed item stays
// until there are more of them than of the others, so that removing is cheap.
type sequence[T any] struct {
	items []*item[T]
	gone  int
}

func (s *sequence[T]) add(i *item[T]) { s.items = append(s.items, i) }

// removed is called after an item of s was marked as gone.
func (s *sequence[T]) removed() {
	if s.gone++; s.gone > len(s.items)/2 {
		s.items = slices.DeleteFunc(s.items, func(i *item[T]) bool { return i.gone })
		s.gone = 0
	}
}

// after returns up to limit items behind position at, and whether there are
// more.
func (s *sequence[T]) after(at int64, limit int) (page []*item[T], more bool) {
	from := sort.Search(len(s.items), func(i int) bool { return s.items[i].at > at })
	for _, i := range s.items[from:] {
		if i.gone {
			continue
		}
		if len(page) == limit {
			return page, true
		}
		page = append(page, i)
	}
	return page, false
}

// name is one unique value of an object, folded if it is compared so.
type name struct{ attribute, issuer, value string }

// fields is what a table must know of the objects it holds.
type fields[T any] struct {
	kind     identity.Kind
	noun     string                                  // in an operation's name: "User"
	own      func(*T) (*identity.ID, *identity.Meta) // what the directory sets by itself
	validate func(*T) error
	names    func(*T) []name                    // every unique value
	clone    func(T) T                          // so that callers and the table share no memory
	last     func(T, []identity.Membership) any // a deletion's document: the object and who goes with it
	finds    []string                           // attributes of a Key; external ids apart
}

// table holds the objects of one kind: by id, by unique value and in order.
type table[T any] struct {
	fields[T]
	byID    map[identity.ID]*item[T]
	byName  map[name]identity.ID
	issuers map[string]struct{} // every issuer seen: few
	order   sequence[T]
}

func newTable[T any](f fields[T]) *table[T] {
	return &table[T]{
		fields: f, byID: map[identity.ID]*item[T]{}, byName: map[name]identity.ID{}, issuers: map[string]struct{}{},
	}
}

func (t *table[T]) get(op string, id identity.ID) (*item[T], error) {
	if i, ok := t.byID[id]; ok {
		return i, nil
	}
	return nil, missing(op, t.kind, id)
}

func (t *table[T]) insert(op string, at int64, id identity.ID, value T) error {
	if err := t.free(op, id, &value); err != nil {
		return err
	}
	t.take(id, &value)
	i := &item[T]{at: at, value: value}
	t.byID[id] = i
	t.order.add(i)
	return nil
}

func (t *table[T]) replace(op string, id identity.ID, value T) error {
	if err := t.free(op, id, &value); err != nil {
		return err
	}
	i := t.byID[id]
	t.release(&i.value)
	t.take(id, &value)
	i.value = value
	return nil
}

func (t *table[T]) remove(id identity.ID) {
	i := t.byID[id]
	t.release(&i.value)
	delete(t.byID, id)
	i.gone = true
	t.order.removed()
}

// free reports whether every unique value is free, or id's own.
func (t *table[T]) free(op string, id identity.ID, value *T) error {
	for _, n := range t.names(value) {
		if owner, taken := t.byName[n]; taken && owner != id {
			return fault.Text(fault.Conflict, op, "field "+n.attribute, "another "+string(t.kind)+" has this value: "+string(owner))
		}
	}
	return nil
}

func (t *table[T]) take(id identity.ID, value *T) {
	for _, n := range t.names(value) {
		t.byName[n] = id
		if n.attribute == directory.KeyExternalID {
			t.issuers[n.issuer] = struct{}{}
		}
	}
}

func (t *table[T]) release(value *T) {
	for _, n := range t.names(value) {
		delete(t.byName, n)
	}
}

// find returns the object with a unique value. An external id without its
// issuer may be that of two objects, which is fault.Conflict.
func (t *table[T]) find(op string, key directory.Key) (*item[T], error) {
	if key.Value == "" {
		return nil, fault.Text(fault.Invalid, op, key.Attribute, "the value to look for is empty")
	}
	owners := map[identity.ID]struct{}{}
	for _, n := range t.wanted(key) {
		if owner, ok := t.byName[n]; ok {
			owners[owner] = struct{}{}
		}
	}
	switch {
	case key.Attribute != directory.KeyExternalID && !slices.Contains(t.finds, key.Attribute):
		return nil, fault.Text(fault.Invalid, op, key.Attribute, "it is not a unique attribute of a "+string(t.kind))
	case len(owners) == 0:
		return nil, fault.Text(fault.NotFound, op, key.Attribute, "no "+string(t.kind)+" has this value")
	case len(owners) > 1:
		return nil, fault.Text(fault.Conflict, op, key.Attribute, "two issuers gave this id to different objects; name the issuer")
	}
	for owner := range owners {
		return t.byID[owner], nil
	}
	return nil, fault.New(fault.Internal, op, key.Attribute, nil)
}

// wanted lists the unique values that key may mean.
func (t *table[T]) wanted(key directory.Key) []name {
	if key.Attribute != directory.KeyExternalID {
		return []name{{attribute: key.Attribute, value: identity.Fold(key.Value)}}
	}
	if key.Issuer != "" {
		return []name{{key.Attribute, key.Issuer, key.Value}}
	}
	var all []name
	for issuer := range t.issuers {
		all = append(all, name{key.Attribute, issuer, key.Value})
	}
	return all
}

func externalNames(ids []identity.ExternalID) []name {
	all := make([]name, len(ids))
	for i, id := range ids {
		all[i] = name{directory.KeyExternalID, id.Issuer, id.ID}
	}
	return all
}
