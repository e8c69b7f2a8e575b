package icfdoor

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"rollcall/icf"
	"rollcall/identity"
)

// SyncToken is what live sync remembers of a connector's objects of one type.
type SyncToken struct {
	Number int               `json:"n"` // grows by one with every sync
	Seen   map[string]string `json:"s"` // a digest of each object, by id
}

// SyncTokens keeps what live sync remembers.
type SyncTokens interface {
	// SyncToken returns the last one; there is none at the first sync.
	SyncToken(ctx context.Context, connector, objectType string) (t SyncToken, there bool, err error)
	PutSyncToken(ctx context.Context, connector, objectType string, t SyncToken) error
}

func (r *request) unsupported(operation string) error {
	return icf.NewError(http.StatusNotImplemented, "Operation "+operation+" is not supported by the Connector")
}

// authenticate501 answers as the original, which has no such operation.
func (d *Door) authenticate501(r *request) (*answer, error) {
	return nil, r.unsupported("AuthenticationApiOp")
}

// liveSyncOf is liveSync with the type named by source=system/NAME/TYPE.
func (d *Door) liveSyncOf(r *request) (*answer, error) {
	parts := strings.Split(strings.Trim(r.others["source"], "/"), "/")
	if len(parts) != 3 || parts[0] != "system" || !slices.Contains(icf.Types(), parts[2]) {
		return nil, badRequest("Missing required parameter: source=system/NAME/TYPE")
	}
	c, err := d.Connectors.Connector(r.Context(), parts[1])
	if err != nil {
		return nil, notFound(strings.Join(parts, "/"))
	}
	if err := c.ready(); err != nil {
		return nil, err
	}
	r.connector = c
	r.place = place{resource: aCollection, connector: parts[1], objectType: parts[2]}
	return d.liveSync(r)
}

func (d *Door) liveSyncAll(r *request) (*answer, error) {
	r.objectType = icf.All
	return d.liveSync(r)
}

// liveSync compares a complete listing with the one before it: the first only
// remembers. A listing that fails leaves what is remembered alone.
func (d *Door) liveSync(r *request) (*answer, error) {
	if !r.connector.LiveSync || r.connector.Strict || d.Tokens == nil {
		return nil, r.unsupported("SyncApiOp")
	}
	ctx := r.Context()
	now, err := r.digests(ctx)
	if err != nil {
		return nil, err
	}
	before, there, err := d.Tokens.SyncToken(ctx, r.place.connector, r.objectType)
	if err != nil {
		return nil, err
	}
	deltas := []any{}
	if there {
		deltas = differ(before.Seen, now)
	}
	token := SyncToken{Number: before.Number + 1, Seen: now}
	if err := d.Tokens.PutSyncToken(ctx, r.place.connector, r.objectType, token); err != nil {
		return nil, err
	}
	return ok(icf.Object{
		{Name: icf.AttrID, Value: strings.ToUpper("system" + r.place.connector + r.objectType)},
		{Name: icf.AttrRevision, Value: strconv.Itoa(token.Number)},
		{Name: "connectorData", Value: icf.Object{{Name: "nativeType", Value: "integer"}, {Name: "syncToken", Value: token.Number}}},
		{Name: "deltas", Value: deltas},
	}), nil
}

func differ(before, now map[string]string) []any {
	deltas := []any{}
	for _, id := range slices.Sorted(maps.Keys(now)) {
		digest, known := before[id]
		switch {
		case !known:
			deltas = append(deltas, delta("CREATE", id))
		case digest != now[id]:
			deltas = append(deltas, delta("UPDATE", id))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(before)) {
		if _, left := now[id]; !left {
			deltas = append(deltas, delta("DELETE", id))
		}
	}
	return deltas
}

func delta(kind, id string) icf.Object {
	return icf.Object{{Name: "type", Value: kind}, {Name: "uid", Value: id}}
}

// digests are short digests of every object of the request's type.
func (r *request) digests(ctx context.Context) (map[string]string, error) {
	all, d := map[string]string{}, r.connector.Desk.Directory()
	const enough = 16 // hex digits: it tells changes apart, and proves nothing
	if r.objectType != icf.Group {
		for u, err := range d.Users(ctx) {
			if err != nil {
				return nil, err
			}
			digest, err := identity.UserDigest(&u, nil)
			if err != nil {
				return nil, err
			}
			all[string(u.ID)] = digest[:enough]
		}
	}
	if r.objectType != icf.Account {
		for g, err := range d.Groups(ctx) {
			if err != nil {
				return nil, err
			}
			digest, err := identity.GroupDigest(&g, nil)
			if err != nil {
				return nil, err
			}
			all[string(g.ID)] = digest[:enough]
		}
	}
	return all, nil
}
