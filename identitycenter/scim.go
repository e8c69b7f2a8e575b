package identitycenter

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"

	"rollcall/directory"
	"rollcall/door/scimdoor"
	"rollcall/emulate"
	"rollcall/fault"
)

// tenants sends each request to the door of its tenant's store. A store has its
// tenant from its first token on, and keeps it.
type tenants struct {
	stores    *stores
	gate      *emulate.Gate
	behaviour Behaviour
	log       *slog.Logger
	doors     sync.Map // by tenant id: *scimdoor.Door
}

// tenantOf reads /{tenant}/scim/v2/…; doubled slashes are passed over, as SCIM
// clients write them.
func tenantOf(u *url.URL) (tenant string, ok bool) {
	parts := strings.FieldsFunc(u.Path, func(r rune) bool { return r == '/' })
	if len(parts) < 3 || parts[1] != "scim" || parts[2] != "v2" {
		return "", false
	}
	return parts[0], true
}

func (s *tenants) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	tenant, _ := tenantOf(r.URL)
	door, err := s.door(r.Context(), tenant)
	if err != nil {
		door = s.shut(err)
	}
	door.ServeHTTP(w, r)
}

// door returns that of a tenant; fault.Unauthenticated if there is none.
func (s *tenants) door(ctx context.Context, tenant string) (*scimdoor.Door, error) {
	if known, ok := s.doors.Load(tenant); ok {
		return known.(*scimdoor.Door), nil
	}
	ids, err := s.stores.list(ctx, nil)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		store, err := s.stores.open(ctx, id)
		if err != nil {
			return nil, err
		}
		of, err := store.database.Tokens.Tenant(ctx, id)
		if err != nil {
			return nil, err
		}
		if of == tenant {
			door := scimdoor.New(store.Directory, store.database.Tokens.Endpoint(id), scimdoor.Options{
				Dialect: s.behaviour.SCIM, RequirePutID: s.behaviour.RequirePutID,
				Admit: s.gate.ForSCIM(store.Directory, connection), Log: s.log,
			})
			s.doors.Store(tenant, door)
			return door, nil
		}
	}
	return nil, fault.Text(fault.Unauthenticated, "authenticate", "", "the token or the tenant is not known here, or the token has expired")
}

// shut is a door that lets nobody in, and says so in SCIM.
func (s *tenants) shut(why error) *scimdoor.Door {
	return scimdoor.New(directory.New("", nil), nobody{why}, scimdoor.Options{Log: s.log})
}

type nobody struct{ why error }

func (n nobody) Authenticate(context.Context, string, string) (directory.Actor, error) {
	return directory.Actor{}, n.why
}

// connection is the address at the other end.
func connection(r *http.Request) directory.Origin {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return directory.Origin{}
	}
	return directory.Origin{IP: at.Addr().Unmap()}
}
