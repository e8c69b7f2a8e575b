package directory

import "context"

// Actor is who makes a write, and through which door.
type Actor struct {
	Name string `json:"name"` // an operator, an access key's owner, a system user
	Door string `json:"door"` // "cli", "aws", "scim", …
}

// String is what CreatedBy and UpdatedBy say.
func (a Actor) String() string {
	switch {
	case a.Name == "":
		return a.Door
	case a.Door == "":
		return a.Name
	}
	return a.Door + "/" + a.Name
}

type actorKey struct{}

// WithActor returns a context whose writes are a's. Every write carries one.
func WithActor(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// ActorOf returns whose writes ctx carries; the zero Actor if nobody said.
func ActorOf(ctx context.Context) Actor {
	a, _ := ctx.Value(actorKey{}).(Actor)
	return a
}
