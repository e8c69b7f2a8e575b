package apply

import (
	"context"
	"time"

	"rollcall/identity"
)

// object is a user or a group as a read found it, so that settling need not
// care which.
type object struct {
	id       identity.ID
	revision string
	created  time.Time
	value    func(path string) (identity.Value, error)
	digest   func() (string, error) // of what the plan seals
	done     func() (report, error) // the change's report, if this is what it came to
}

func (j *job) userObject(u identity.User) object {
	return object{
		id: u.ID, revision: u.Revision, created: u.CreatedAt,
		value:  func(path string) (identity.Value, error) { return identity.UserValue(&u, path) },
		digest: func() (string, error) { return identity.UserDigest(&u, j.plan.Sealed.User) },
		done:   func() (report, error) { return j.userDone(u) },
	}
}

func (j *job) groupObject(g identity.Group) object {
	return object{
		id: g.ID, revision: g.Revision, created: g.CreatedAt,
		value:  func(path string) (identity.Value, error) { return identity.GroupValue(&g, path) },
		digest: func() (string, error) { return identity.GroupDigest(&g, j.plan.Sealed.Group) },
		done:   func() (report, error) { return j.groupDone(g) },
	}
}

// read returns the change's object as it is now.
func (j *job) read(ctx context.Context) (object, error) {
	if j.change.Kind.Object() == identity.KindGroup {
		g, err := j.x.Directory.Group(ctx, j.subject)
		return j.groupObject(g), err
	}
	u, err := j.x.Directory.User(ctx, j.subject)
	return j.userObject(u), err
}
