package journal

import (
	"encoding/json"

	"rollcall/identity"
	"rollcall/plan"
)

// Effect is what a change did to one object, or what a read found done.
type Effect struct {
	Kind    identity.Kind    `json:"kind"`
	Object  identity.ID      `json:"object"`
	Name    string           `json:"name,omitempty"`    // userName or displayName, after
	Record  *identity.Record `json:"record,omitempty"`  // where it belongs to one
	Body    json.RawMessage  `json:"body,omitempty"`    // all attributes after, as [UserBody] writes them; nil: unchanged
	Deleted bool             `json:"deleted,omitempty"` // its memberships end with it
	Joined  []identity.ID    `json:"joined,omitempty"`  // of a group: users
	Left    []identity.ID    `json:"left,omitempty"`    // of a group: users
}

// body is the erasable part of an entry.
type body struct {
	Revision string   `json:"revision,omitempty"`
	Fault    string   `json:"fault,omitempty"`
	Text     string   `json:"text,omitempty"` // of a begin: why brakes were overridden; of a rebind: why
	Of       string   `json:"of,omitempty"`   // a rebind: see [Rebinding]
	Old      string   `json:"old,omitempty"`  // a rebind
	New      string   `json:"new,omitempty"`  // a rebind
	Effects  []Effect `json:"effects,omitempty"`
}

func (b *body) empty() bool {
	return b.Revision == "" && b.Fault == "" && b.Text == "" && b.Of == "" && b.Old == "" && b.New == "" && len(b.Effects) == 0
}

// UserBody writes every attribute of u that is set, by its path and in the one
// order, for [Effect] and [Observed]: the same user gives the same bytes.
func UserBody(u *identity.User) (json.RawMessage, error) {
	return attributes(identity.UserPaths(), func(path string) (identity.Value, error) { return identity.UserValue(u, path) })
}

// GroupBody is [UserBody] for groups. Members are not part of it.
func GroupBody(g *identity.Group) (json.RawMessage, error) {
	return attributes(identity.GroupPaths(), func(path string) (identity.Value, error) { return identity.GroupValue(g, path) })
}

func attributes(paths []string, value func(string) (identity.Value, error)) (json.RawMessage, error) {
	out := []byte{'{'}
	for _, path := range paths {
		v, err := value(path)
		if err != nil {
			return nil, err
		}
		if v == nil {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(append(out, '"'), path...), '"', ':')
		out = append(out, v...)
	}
	return append(out, '}'), nil
}

// AssignmentBody is [UserBody] for the assignment of a principal: its parts, by
// the words of the plan.
func AssignmentBody(a *plan.Assignment, principal identity.ID) json.RawMessage {
	parts := map[string]string{"principal": string(principal), "principalKind": string(a.Principal)}
	for key, part := range map[string]string{"permissionSet": a.PermissionSet, "account": a.Account, "application": a.Application} {
		if part != "" {
			parts[key] = part
		}
	}
	body, _ := json.Marshal(parts) //nolint:errchkjson // texts are always JSON
	return body
}
