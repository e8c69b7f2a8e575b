package identity

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"rollcall/fault"
)

// Value is an attribute's value as JSON: a string, a boolean or a list of
// objects with lowerCamelCase keys. A nil Value is an attribute that is not
// set, which UpdateUser writes as null.
type Value = json.RawMessage

// Edit is one attribute's value before and after.
type Edit struct {
	Path string `json:"path"` // as UpdateUser writes it (aws-contract 3.5)
	Old  Value  `json:"old,omitempty"`
	New  Value  `json:"new,omitempty"`
}

// The paths that UpdateUser and UpdateGroup cannot set: abilities apart.
const (
	PathActive      = "active"
	PathExternalIDs = "externalIds"
)

// field is one attribute of T that is compared and set by itself. Texts are
// reached through text; everything else brings its own three functions.
type field[T any] struct {
	Path  string
	text  func(*T) *string
	equal func(a, b *T) bool
	get   func(*T) (Value, error)
	set   func(*T, Value) error
}

func text[T any](path string, at func(*T) *string) field[T] {
	return field[T]{
		Path:  path,
		text:  at,
		equal: func(a, b *T) bool { return *at(a) == *at(b) },
		get: func(t *T) (Value, error) {
			if *at(t) == "" {
				return nil, nil
			}
			return encode(*at(t))
		},
		set: func(t *T, v Value) error {
			if v == nil {
				*at(t) = ""
				return nil
			}
			fresh := ""
			if err := decode(v, &fresh); err != nil {
				return err
			}
			if fresh == "" {
				return fmt.Errorf("an empty text, which AWS refuses; null unsets the attribute")
			}
			*at(t) = fresh
			return nil
		},
	}
}

func list[T any, E comparable](path string, at func(*T) *[]E) field[T] {
	return field[T]{
		Path:  path,
		equal: func(a, b *T) bool { return slices.Equal(*at(a), *at(b)) },
		get: func(t *T) (Value, error) {
			if len(*at(t)) == 0 {
				return nil, nil
			}
			return encode(*at(t))
		},
		set: func(t *T, v Value) error {
			if v == nil {
				*at(t) = nil
				return nil
			}
			var fresh []E // a new array: copies of t may share the old one
			if err := decode(v, &fresh); err != nil {
				return err
			}
			*at(t) = fresh
			return nil
		},
	}
}

func flag[T any](path string, at func(*T) *bool) field[T] {
	return field[T]{
		Path:  path,
		equal: func(a, b *T) bool { return *at(a) == *at(b) },
		get:   func(t *T) (Value, error) { return encode(*at(t)) },
		set: func(t *T, v Value) error {
			if v == nil {
				*at(t) = false
				return nil
			}
			return decode(v, at(t))
		},
	}
}

// encode writes v the one way it is hashed and compared: no HTML escapes.
func encode(v any) (Value, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// decode reads exactly one JSON value. What is wrong is not quoted: it may be
// somebody's name.
func decode(v Value, into any) error {
	if !utf8.Valid(v) {
		return fmt.Errorf("not valid UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(v))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("no JSON, or a value of another type or with unknown keys")
	}
	if _, err := dec.Token(); err != io.EOF {
		return fmt.Errorf("more than one JSON value")
	}
	return nil
}

var userFields = []field[User]{
	text("userName", func(u *User) *string { return &u.UserName }),
	text("displayName", func(u *User) *string { return &u.DisplayName }),
	text("name.givenName", func(u *User) *string { return &u.Name.GivenName }),
	text("name.familyName", func(u *User) *string { return &u.Name.FamilyName }),
	text("name.middleName", func(u *User) *string { return &u.Name.MiddleName }),
	text("name.formatted", func(u *User) *string { return &u.Name.Formatted }),
	text("name.honorificPrefix", func(u *User) *string { return &u.Name.HonorificPrefix }),
	text("name.honorificSuffix", func(u *User) *string { return &u.Name.HonorificSuffix }),
	text("nickName", func(u *User) *string { return &u.NickName }),
	text("profileUrl", func(u *User) *string { return &u.ProfileURL }),
	text("userType", func(u *User) *string { return &u.UserType }),
	text("title", func(u *User) *string { return &u.Title }),
	text("preferredLanguage", func(u *User) *string { return &u.PreferredLanguage }),
	text("locale", func(u *User) *string { return &u.Locale }),
	text("timezone", func(u *User) *string { return &u.Timezone }),
	text("website", func(u *User) *string { return &u.Website }),
	text("birthdate", func(u *User) *string { return &u.Birthdate }),
	list("emails", func(u *User) *[]Email { return &u.Emails }),
	list("addresses", func(u *User) *[]Address { return &u.Addresses }),
	list("phoneNumbers", func(u *User) *[]PhoneNumber { return &u.PhoneNumbers }),
	list("photos", func(u *User) *[]Photo { return &u.Photos }),
	list("roles", func(u *User) *[]Role { return &u.Roles }),
	text("aws:identitystore:enterprise.employeeNumber", func(u *User) *string { return &u.Enterprise.EmployeeNumber }),
	text("aws:identitystore:enterprise.costCenter", func(u *User) *string { return &u.Enterprise.CostCenter }),
	text("aws:identitystore:enterprise.organization", func(u *User) *string { return &u.Enterprise.Organization }),
	text("aws:identitystore:enterprise.division", func(u *User) *string { return &u.Enterprise.Division }),
	text("aws:identitystore:enterprise.department", func(u *User) *string { return &u.Enterprise.Department }),
	text("aws:identitystore:enterprise.manager.value", func(u *User) *string { return &u.Enterprise.Manager }),
	flag(PathActive, func(u *User) *bool { return &u.Active }),
	list(PathExternalIDs, func(u *User) *[]ExternalID { return &u.ExternalIDs }),
}

var groupFields = []field[Group]{
	text("displayName", func(g *Group) *string { return &g.DisplayName }),
	text("description", func(g *Group) *string { return &g.Description }),
	list(PathExternalIDs, func(g *Group) *[]ExternalID { return &g.ExternalIDs }),
}

// UserPaths lists the path of every attribute of a user, in their one order.
func UserPaths() []string { return paths(userFields) }

// GroupPaths lists the path of every attribute of a group, in their one order.
func GroupPaths() []string { return paths(groupFields) }

func paths[T any](fields []field[T]) []string {
	all := make([]string, len(fields))
	for i, f := range fields {
		all[i] = f.Path
	}
	return all
}

// UserEdits returns what turns from into to, attribute by attribute, in the
// order of [UserPaths]. Only the attributes that managed names are looked at;
// nil means all. An unknown path in managed is simply never found.
func UserEdits(from, to *User, managed []string) ([]Edit, error) {
	return edits(userFields, from, to, managed)
}

// GroupEdits is [UserEdits] for groups.
func GroupEdits(from, to *Group, managed []string) ([]Edit, error) {
	return edits(groupFields, from, to, managed)
}

func edits[T any](fields []field[T], from, to *T, managed []string) ([]Edit, error) {
	var all []Edit
	for i := range fields {
		f := &fields[i]
		if f.equal(from, to) || (managed != nil && !slices.Contains(managed, f.Path)) {
			continue
		}
		before, err := f.get(from)
		if err != nil {
			return nil, fault.New(fault.Internal, "compare", f.Path, err)
		}
		after, err := f.get(to)
		if err != nil {
			return nil, fault.New(fault.Internal, "compare", f.Path, err)
		}
		all = append(all, Edit{Path: f.Path, Old: before, New: after})
	}
	return all, nil
}

// Apply sets each edited attribute of u to its new value. It fails with
// fault.Invalid on an unknown path, an empty text or a value of another type,
// leaving u as far as it got: apply to a copy. An empty list unsets, as null
// does.
func (u *User) Apply(edits []Edit) error { return apply(userFields, u, edits) }

// Apply is [User.Apply] for groups.
func (g *Group) Apply(edits []Edit) error { return apply(groupFields, g, edits) }

func apply[T any](fields []field[T], t *T, edits []Edit) error {
	for _, e := range edits {
		at := slices.IndexFunc(fields, func(f field[T]) bool { return f.Path == e.Path })
		if at < 0 {
			return fault.Text(fault.Invalid, "set attribute", e.Path, "there is no such attribute")
		}
		value := Value(bytes.TrimSpace(e.New))
		if len(value) == 0 || string(value) == "null" {
			value = nil
		}
		if err := fields[at].set(t, value); err != nil {
			return fault.New(fault.Invalid, "set attribute", e.Path, err)
		}
	}
	return nil
}

// UserValue returns one attribute of u; nil if it is not set.
func UserValue(u *User, path string) (Value, error) { return value(userFields, u, path) }

// GroupValue returns one attribute of g; nil if it is not set.
func GroupValue(g *Group, path string) (Value, error) { return value(groupFields, g, path) }

func value[T any](fields []field[T], t *T, path string) (Value, error) {
	at := slices.IndexFunc(fields, func(f field[T]) bool { return f.Path == path })
	if at < 0 {
		return nil, fault.Text(fault.Invalid, "read attribute", path, "there is no such attribute")
	}
	return fields[at].get(t)
}

// UserDigest is the SHA-256, in hex, of the attributes of u that managed names
// (nil: all), so that a later reader can tell whether any of them changed.
// Ids, revisions and times are not part of it.
func UserDigest(u *User, managed []string) (string, error) { return digest(userFields, u, managed) }

// GroupDigest is [UserDigest] for groups.
func GroupDigest(g *Group, managed []string) (string, error) { return digest(groupFields, g, managed) }

func digest[T any](fields []field[T], t *T, managed []string) (string, error) {
	h := sha256.New()
	for _, f := range fields {
		if managed != nil && !slices.Contains(managed, f.Path) {
			continue
		}
		v, err := f.get(t)
		if err != nil {
			return "", fault.New(fault.Internal, "digest", f.Path, err)
		}
		fmt.Fprintf(h, "%s\x00%d\x00%s", f.Path, len(v), v)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
