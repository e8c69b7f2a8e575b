package identitycentertest

import (
	"fmt"
	"sync"

	"rollcall/assignment/sqlassignment"
	"rollcall/caller"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/identitycenter"
)

// access is what seeds the access side. Most tests have no use for it, so it is
// opened when first asked for.
type access struct {
	database  *identitycenter.Database
	directory *directory.Directory

	mu       sync.Mutex
	driver   *sqlassignment.Driver
	accounts int // made so far
}

// ManagementAccount is the account that owns every server's instance, and the
// only one of its organization until there are more.
const ManagementAccount = caller.DefaultAccount

// firstAccount is behind the management account, and is followed by the others.
const firstAccount = 222200000001

func (s *Server) instance() *sqlassignment.Driver {
	s.t.Helper()
	s.access.mu.Lock()
	defer s.access.mu.Unlock()
	if s.access.driver == nil {
		d, err := s.access.database.Instance(s.t.Context(), StoreID)
		must(s.t, err)
		s.access.driver = d
	}
	return s.access.driver
}

// Account makes an account of that name in the organization's root and returns
// its id. Like [Server.User], it and those below do not go over the wire.
func (s *Server) Account(name string) string {
	s.t.Helper()
	d := s.instance()
	s.access.mu.Lock()
	id := fmt.Sprint(firstAccount + s.access.accounts)
	s.access.accounts++
	s.access.mu.Unlock()
	must(s.t, d.Seed(s.t.Context(), nil, []identity.Account{{ID: id, Name: name, Email: id + "@example.com"}}))
	return id
}

// PermissionSet makes a permission set of that name, which allows nothing yet,
// and returns its ARN.
func (s *Server) PermissionSet(name string) string {
	s.t.Helper()
	set, err := s.instance().CreatePermissionSet(s.t.Context(), identity.PermissionSet{Name: name}, nil)
	must(s.t, err)
	return set.ARN
}

// Assign gives a user or a group, by its id, a permission set in an account. It
// is there at once, whatever delay the server has for its clients.
func (s *Server) Assign(principalID, permissionSetARN, account string) {
	s.t.Helper()
	a := identity.Assignment{Principal: s.principal(identity.ID(principalID)), PermissionSet: permissionSetARN, Account: account}
	_, err := s.instance().CreateAssignment(s.t.Context(), a)
	must(s.t, err)
}

// principal is the user or the group with that id.
func (s *Server) principal(id identity.ID) identity.Principal {
	s.t.Helper()
	p := identity.Principal{Store: StoreID, Kind: identity.KindUser, ID: id}
	_, err := s.access.directory.User(s.t.Context(), id)
	if fault.Is(err, fault.NotFound) {
		p.Kind = identity.KindGroup
		_, err = s.access.directory.Group(s.t.Context(), id)
	}
	must(s.t, err)
	return p
}
