package identitycenter

import (
	"context"

	"rollcall/assignment"
	"rollcall/assignment/sqlassignment"
	"rollcall/fault"
	"rollcall/identity"
)

// instances are the access sides of the stores.
type instances struct{ *stores }

// Open returns an instance for whoever was let in; fault.NotFound if the
// caller's database has none with that ARN.
func (i instances) Open(ctx context.Context, arn string) (*assignment.Instance, error) {
	missing := fault.Text(fault.NotFound, "open instance", arn, "there is none")
	only := visitOf(ctx).database
	if known, ok := i.access.Load(arn); ok {
		a := known.(*access)
		if only != nil && only != a.database {
			return nil, missing
		}
		return a.Instance, nil
	}
	for _, db := range i.databases {
		if only != nil && only != db {
			continue
		}
		store, found, err := db.storeOf(ctx, arn)
		if err != nil {
			return nil, err
		}
		if found {
			return i.openAccess(ctx, db, store, arn)
		}
	}
	return nil, missing
}

// List returns the ARN of every instance that whoever was let in may open.
func (i instances) List(ctx context.Context) ([]string, error) {
	var arns []string
	only := visitOf(ctx).database
	for _, db := range i.databases {
		if only != nil && only != db {
			continue
		}
		all, err := db.Stores(ctx)
		if err != nil {
			return nil, err
		}
		for _, s := range all {
			arns = append(arns, s.Instance)
		}
	}
	return arns, nil
}

// access is one instance, ready to be asked.
type access struct {
	*assignment.Instance
	database *Database
}

func (i instances) openAccess(ctx context.Context, db *Database, id identity.StoreID, arn string) (*assignment.Instance, error) {
	store, err := db.Find(ctx, id)
	if err != nil {
		return nil, err
	}
	driver, err := db.instance(ctx, store, sqlassignment.Options{Now: i.now, Delay: i.delay, Fails: i.gate.Fails})
	if err != nil {
		return nil, err
	}
	made, _ := i.access.LoadOrStore(arn, &access{assignment.New(string(id), i.gate.Access(driver)), db})
	return made.(*access).Instance, nil
}

// owner is the management account of a store's instance.
func (i instances) owner(ctx context.Context, id identity.StoreID) (string, error) {
	store, err := i.stores.Open(ctx, id)
	if err != nil {
		return "", err
	}
	is, err := store.Store(ctx)
	if err != nil {
		return "", err
	}
	instance, err := i.Open(ctx, is.Instance)
	if err != nil {
		return "", err
	}
	o, err := instance.Organization(ctx)
	return o.Management, err
}
