package identitycenter

import (
	"context"
	"errors"
	"sync"
	"time"

	"rollcall/awsjson/sigv4"
	"rollcall/caller"
	"rollcall/directory"
	"rollcall/emulate"
	"rollcall/fault"
	"rollcall/identity"
)

// stores are the identity stores of all databases. What it remembers never
// changes: a store, once made, stays, as does the instance beside it, and their
// drivers hold nothing else.
type stores struct {
	databases []*Database
	gate      *emulate.Gate
	delay     time.Duration
	now       func() time.Time
	opened    sync.Map // by identity.StoreID: *opened
	access    sync.Map // by the instance's ARN: *access
}

// opened is one store, ready to be asked.
type opened struct {
	*directory.Directory
	database *Database
}

// Open returns a store for whoever was let in; fault.NotFound if the caller's
// database has none of that id.
func (s *stores) Open(ctx context.Context, id identity.StoreID) (*directory.Directory, error) {
	o, err := s.open(ctx, id)
	if err != nil {
		return nil, err
	}
	if only := visitOf(ctx).database; only != nil && only != o.database {
		return nil, fault.Text(fault.NotFound, "open store", string(id), "there is none")
	}
	return o.Directory, nil
}

func (s *stores) open(ctx context.Context, id identity.StoreID) (*opened, error) {
	if known, ok := s.opened.Load(id); ok {
		return known.(*opened), nil
	}
	for _, db := range s.databases {
		driver, err := db.Find(ctx, id)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		made, _ := s.opened.LoadOrStore(id, &opened{directory.New(string(id), s.gate.Directory(driver)), db})
		return made.(*opened), nil
	}
	return nil, fault.Text(fault.NotFound, "open store", string(id), "there is none")
}

// List returns the stores that whoever was let in may open.
func (s *stores) List(ctx context.Context) ([]identity.StoreID, error) {
	return s.list(ctx, visitOf(ctx).database)
}

// list returns the stores of one database, or of all.
func (s *stores) list(ctx context.Context, only *Database) ([]identity.StoreID, error) {
	var ids []identity.StoreID
	for _, db := range s.databases {
		if only != nil && only != db {
			continue
		}
		all, err := db.Stores(ctx)
		if err != nil {
			return nil, err
		}
		for _, store := range all {
			ids = append(ids, store.ID)
		}
	}
	return ids, nil
}

// callers looks for an access key in one database after the other.
type callers []*Database

// Verify is [caller.Keys.Verify] of the database that has the key, and notes
// which that is: its stores are those that the caller may open.
func (c callers) Verify(ctx context.Context, claim *sigv4.Claim, body []byte, p sigv4.Policy) (caller.Caller, error) {
	var refused error
	for _, db := range c {
		who, err := db.Keys.Verify(ctx, claim, body, p)
		if err == nil {
			visitOf(ctx).database = db
			return who, nil
		}
		refused = err
		if unknown, ok := errors.AsType[*sigv4.Refusal](err); !ok || unknown.Code != sigv4.CodeUnknown {
			break
		}
	}
	return caller.Caller{}, refused
}

// assume begins a session with the keys of the database that let the caller in.
func (s *stores) assume(ctx context.Context, by caller.Caller, r caller.AssumeRole) (caller.Session, error) {
	db := visitOf(ctx).database
	if db == nil { // anybody was let in: the session will not be looked at either
		db = s.databases[0]
	}
	return db.Keys.AssumeRole(by, r)
}

// visit is one request: which database its caller was found in, nil while that
// is nobody or anybody.
type visit struct{ database *Database }

type visitKey struct{}

func withVisit(ctx context.Context) context.Context {
	return context.WithValue(ctx, visitKey{}, new(visit))
}

func visitOf(ctx context.Context) *visit {
	if v, ok := ctx.Value(visitKey{}).(*visit); ok {
		return v
	}
	return new(visit)
}
