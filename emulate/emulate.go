// Package emulate makes the embedded Identity Center as inconvenient as the
// real one: AWS's rates and quotas, its delays, its network controls, and
// whatever a fault plan says goes wrong.
//
// Doors ask a [Gate] before each operation; what happens on the wire (an answer
// that never comes, or half of it) happens in [Gate.Handler], which goes round
// all of them; how much there may be is counted store by store, in
// [Gate.Directory] and [Gate.Access]. Nothing here decides who may come in, and nothing changes what
// an operation does once it is let through.
package emulate

import (
	"context"
	"math/rand/v2"
	"time"

	"rollcall/fault"
	"rollcall/realtime"
)

// Service is one of AWS's services, by its signing name. Each has one budget
// that all its callers share (aws-contract 8).
type Service string

// The services.
const (
	IdentityStore Service = "identitystore"
	SSOAdmin      Service = "sso"
	Organizations Service = "organizations"
	STS           Service = "sts"
	SCIM          Service = "scim"
)

// Services lists them.
func Services() []Service { return []Service{IdentityStore, SSOAdmin, Organizations, STS, SCIM} }

// Call is one operation that somebody asks for.
type Call struct {
	Service   Service
	Operation string // as AWS names it: "CreateUser"
}

// Options say what is emulated. The zero value emulates nothing.
type Options struct {
	Rates   map[Service]Rate // without one a service is as fast as it can be
	Objects map[Object]int   // how many there may be in each store; without one, any number
	Latency time.Duration    // how long every call takes at least
	Faults  FaultPlan

	Now   func() time.Time                           // nil is time.Now
	Sleep func(context.Context, time.Duration) error // nil is [realtime.Sleep]
}

// AWS is what the real one does: 20 calls a second for each of Identity Store,
// sso-admin and SCIM, all callers together, and its documented quotas
// (aws-contract 8). For Organizations nothing is published that holds for all
// operations; it gets the same.
func AWS() Options {
	const perSecond = 20
	r := Rate{PerSecond: perSecond, Burst: perSecond}
	return Options{
		Rates:   map[Service]Rate{IdentityStore: r, SSOAdmin: r, SCIM: r, Organizations: r},
		Objects: map[Object]int{Users: 100_000, Groups: 100_000, PermissionSets: 3_500, Applications: 3_000, Provisioned: 500},
	}
}

// Gate is what doors ask before each operation, and what stands before each
// store. It is safe for concurrent use.
type Gate struct {
	rates   map[Service]*bucket
	objects map[Object]int
	latency time.Duration
	faults  *faults
	sleep   func(context.Context, time.Duration) error
}

// New returns a gate. It fails with fault.Invalid for a fault plan, rate or
// quota that cannot be.
func New(o Options) (*Gate, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = realtime.Sleep
	}
	if o.Latency < 0 {
		return nil, fault.Text(fault.Invalid, "emulate", "latency", "it is negative")
	}
	g := &Gate{rates: map[Service]*bucket{}, objects: o.Objects, latency: o.Latency, faults: new(faults), sleep: o.Sleep}
	for s, r := range o.Rates {
		if r.PerSecond <= 0 || r.Burst < 1 {
			return nil, fault.Text(fault.Invalid, "emulate", "rate of "+string(s), "want more than nothing a second, and a burst of at least 1")
		}
		g.rates[s] = newBucket(r, o.Now)
	}
	for object, most := range o.Objects {
		if most < 0 {
			return nil, fault.Text(fault.Invalid, "emulate", "quota of "+string(object), "it is negative")
		}
	}
	return g, g.SetFaults(o.Faults)
}

// Admit lets a call through, perhaps after a while, or returns the fault that
// is its answer: an injected one, or fault.Throttled with RetryAfter. What is to happen on the wire is noted for [Gate.Handler] in
// ctx, which must come from a request that went through it.
func (g *Gate) Admit(ctx context.Context, c Call) error {
	struck := g.faults.strike(c)
	if wait := g.latency + struck.delay; wait > 0 {
		if err := g.sleep(ctx, wait); err != nil {
			return fault.New(fault.Unavailable, c.Operation, "", err)
		}
	}
	if err := struck.apply(ctx, c); err != nil {
		return err
	}
	if b := g.rates[c.Service]; b != nil {
		if wait := b.take(); wait > 0 {
			return throttled(c, wait)
		}
	}
	return nil
}

func throttled(c Call, wait time.Duration) error {
	e := fault.Text(fault.Throttled, c.Operation, "", "Rate exceeded")
	e.RetryAfter = wait
	return e
}

// newRandom returns numbers in [0, 1): the same ones for the same seed, or, for
// seed 0, others each time.
func newRandom(seed uint64) func() float64 {
	if seed == 0 {
		return rand.Float64
	}
	return rand.New(rand.NewPCG(seed, seed)).Float64
}
