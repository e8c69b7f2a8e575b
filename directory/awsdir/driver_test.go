package awsdir_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"rollcall/directory"
	"rollcall/directory/awsdir"
	"rollcall/directory/directorytest"
	"rollcall/emulate"
	"rollcall/identitycenter"
	"rollcall/identitycentertest"
)

// A real Identity Center is not at hand, so the embedded one stands for it, over
// the wire.
func TestDriver(t *testing.T) {
	for name, change := range ways {
		if testing.Short() && name != "both" {
			continue // the others are parts of it
		}
		t.Run(name, func(t *testing.T) {
			directorytest.Run(t, directorytest.Harness{
				Open: func(t *testing.T) directory.Driver { return reach(t, identitycentertest.New(t), change) },
			})
		})
	}
}

// Under fire, and held to AWS's quotas: each way to go wrong strikes one call of
// twenty, half of all calls together, and there may be 20 calls a second, by a
// clock that goes on when somebody waits.
func TestDriverUnderFire(t *testing.T) {
	for name, change := range ways {
		if testing.Short() && name != "both" {
			continue // the others are parts of it
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			directorytest.Run(t, directorytest.Harness{
				Open: func(t *testing.T) directory.Driver {
					c := new(virtual)
					srv := identitycentertest.New(t, c.quotas)
					d := reach(t, srv, func(o *awsdir.Options) {
						o.SCIM.Now = c.now
						change(o)
					})
					srv.Faults(emulate.Everything(0.05)...)
					return patientDriver(d, c.pass)
				},
				Skip: map[string]string{
					"RevisionsChangeWithEveryWrite": "a write of what is there already, whose answer is lost before it is made, is taken for made",
					"OneOfManyWritersGetsAName":     "of several who make equal groups at the same moment, one whose answer is lost cannot tell which is its own",
				},
			})
		})
	}
}

// virtual is a clock that goes on when somebody waits.
type virtual struct{ passed atomic.Int64 }

func (v *virtual) now() time.Time { return time.Unix(1_700_000_000, v.passed.Load()) }

func (v *virtual) pass(d time.Duration) { v.passed.Add(int64(d)) }

func (v *virtual) quotas(o *identitycenter.Options) {
	o.Emulate = emulate.AWS()
	o.Emulate.Now = v.now
	o.Emulate.Sleep = func(ctx context.Context, d time.Duration) error {
		v.pass(d)
		return ctx.Err()
	}
}
