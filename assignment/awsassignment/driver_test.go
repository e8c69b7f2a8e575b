package awsassignment_test

import (
	"testing"

	"rollcall/assignment/assignmenttest"
	"rollcall/emulate"
)

// A real Identity Center is not at hand, so the embedded one stands for it, over
// the wire.
func TestDriver(t *testing.T) {
	assignmenttest.Run(t, assignmenttest.Harness{
		Open: func(t *testing.T) assignmenttest.Bench {
			c := serve(t)
			return assignmenttest.Bench{
				Driver: c.reach(t, nil), Directory: c.people, Accounts: accounts, Suspended: suspended,
				Settle: func() { c.clock.pass(delay) },
				Fail: func(reason string) {
					if reason == "" {
						c.Faults()
						return
					}
					c.Faults(emulate.Fault{Operation: "*", Kind: emulate.Fail, Reason: reason})
				},
			}
		},
	})
}
