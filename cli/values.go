package cli

import (
	"strings"
	"time"

	"rollcall/identity"
)

// namespace begins the paths of extensions; people need not see it.
const namespace = "aws:identitystore:"

// values is an object as JSON and YAML show it: by the paths of UpdateUser,
// each dot a level, the enterprise extension as "enterprise".
type values map[string]any

func userValues(u *identity.User) (values, error) {
	v := metaValues(u.ID, u.Meta)
	return v, v.take(identity.UserPaths(), func(path string) (identity.Value, error) { return identity.UserValue(u, path) })
}

func groupValues(g *identity.Group) (values, error) {
	v := metaValues(g.ID, g.Meta)
	return v, v.take(identity.GroupPaths(), func(path string) (identity.Value, error) { return identity.GroupValue(g, path) })
}

func metaValues(id identity.ID, m identity.Meta) values {
	v := values{"id": id}
	for name, at := range map[string]time.Time{"createdAt": m.CreatedAt, "updatedAt": m.UpdatedAt} {
		if !at.IsZero() {
			v[name] = at
		}
	}
	for name, text := range map[string]string{"createdBy": m.CreatedBy, "updatedBy": m.UpdatedBy, "revision": m.Revision} {
		if text != "" {
			v[name] = text
		}
	}
	return v
}

func (v values) take(paths []string, value func(string) (identity.Value, error)) error {
	for _, path := range paths {
		one, err := value(path)
		if err != nil {
			return err
		}
		if one != nil {
			v.put(path, one)
		}
	}
	return nil
}

func (v values) put(path string, value any) {
	parts := strings.Split(strings.TrimPrefix(path, namespace), ".")
	at := v
	for _, part := range parts[:len(parts)-1] {
		next, ok := at[part].(values)
		if !ok {
			next = values{}
			at[part] = next
		}
		at = next
	}
	at[parts[len(parts)-1]] = value
}

// status is a user's status for people.
func status(u *identity.User) string {
	if u.Active {
		return "enabled"
	}
	return "disabled"
}
