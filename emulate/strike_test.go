package emulate_test

import (
	"errors"
	"testing"
	"time"

	"rollcall/assignment"
	"rollcall/awsjson/sigv4"
	"rollcall/emulate"
	"rollcall/fault"
	"rollcall/identity"
)

func TestFaultsThatAreAnswers(t *testing.T) {
	for kind, want := range map[emulate.Kind]fault.Kind{
		emulate.Throttle: fault.Throttled, emulate.Error: fault.Internal, emulate.Conflict: fault.Conflict, emulate.Stale: fault.Stale,
		emulate.Expired: fault.Unauthenticated, emulate.Denied: fault.Denied,
	} {
		t.Run(string(kind), func(t *testing.T) {
			g := failing(t, emulate.Fault{Operation: "Create*", Kind: kind})
			err := g.Admit(t.Context(), call("CreateUser"))
			is(t, err, want)
			if r, found := errors.AsType[*sigv4.Refusal](err); (kind == emulate.Expired) != (found && r.Code == sigv4.CodeExpired) {
				t.Errorf("refusal %v", r)
			}
			ok(t, g.Admit(t.Context(), call("DeleteUser")))
		})
	}
}

func TestWhichCallsGoWrong(t *testing.T) {
	for name, c := range map[string]struct {
		fault emulate.Fault
		want  string // of ten calls; x went wrong
	}{
		"all":             {emulate.Fault{}, "xxxxxxxxxx"},
		"the third":       {emulate.Fault{Call: 3}, "..x......."},
		"every third":     {emulate.Fault{Every: 3}, "..x..x..x."},
		"the first two":   {emulate.Fault{Times: 2}, "xx........"},
		"every third,one": {emulate.Fault{Every: 3, Times: 1}, "..x......."},
		"always":          {emulate.Fault{Probability: 1}, "xxxxxxxxxx"},
		"another service": {emulate.Fault{Service: emulate.SCIM}, ".........."},
		"this service":    {emulate.Fault{Service: emulate.IdentityStore}, "xxxxxxxxxx"},
	} {
		t.Run(name, func(t *testing.T) {
			c.fault.Operation, c.fault.Kind = "*", emulate.Error
			if got := pattern(failing(t, c.fault), t, 10); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func pattern(g *emulate.Gate, t *testing.T, calls int) string {
	out := ""
	for range calls {
		if g.Admit(t.Context(), call("CreateUser")) == nil {
			out += "."
		} else {
			out += "x"
		}
	}
	return out
}

func TestAProbabilityWithASeedIsTheSameEachTime(t *testing.T) {
	plan := emulate.FaultPlan{Seed: 7, Faults: []emulate.Fault{{Operation: "*", Kind: emulate.Error, Probability: 0.3}}}
	g := gate(t, newClock().options())
	ok(t, g.SetFaults(plan))
	first := pattern(g, t, 1000)
	_, counts := g.Faults()
	if counts[0].Calls != 1000 || counts[0].Struck < 230 || counts[0].Struck > 370 {
		t.Errorf("%+v", counts)
	}
	ok(t, g.SetFaults(plan)) // begins anew
	if again := pattern(g, t, 1000); again != first {
		t.Error("another 1000 calls failed")
	}
	plan.Seed = 8
	ok(t, g.SetFaults(plan))
	if other := pattern(g, t, 1000); other == first {
		t.Error("another seed, the same calls")
	}
}

func TestSeveralFaultsOfOneCall(t *testing.T) {
	c := newClock()
	o := c.options()
	o.Faults.Faults = []emulate.Fault{
		{Operation: "*", Kind: emulate.Slow, Delay: emulate.Duration(time.Second)},
		{Operation: "CreateUser", Kind: emulate.Denied},
		{Operation: "CreateUser", Kind: emulate.Error, Times: 1},
		{Operation: "*User", Kind: emulate.Slow, Delay: emulate.Duration(2 * time.Second)},
	}
	g := gate(t, o)
	is(t, g.Admit(t.Context(), call("CreateUser")), fault.Denied)
	if c.slept != 3*time.Second {
		t.Errorf("slept %v", c.slept)
	}
	_, counts := g.Faults()
	want := []emulate.Count{{Calls: 1, Struck: 1}, {Calls: 1, Struck: 1}, {Calls: 1}, {Calls: 1, Struck: 1}}
	for i := range want {
		if counts[i] != want[i] {
			t.Errorf("fault %d: %+v, want %+v", i, counts[i], want[i])
		}
	}
}

func TestAPlanThatCannotBeLeavesTheOldOne(t *testing.T) {
	g := failing(t, emulate.Fault{Operation: "*", Kind: emulate.Denied})
	is(t, g.SetFaults(emulate.FaultPlan{Faults: []emulate.Fault{{Operation: "*", Kind: "explode"}}}), fault.Invalid)
	is(t, g.Admit(t.Context(), call("CreateUser")), fault.Denied)
	ok(t, g.SetFaults(emulate.FaultPlan{}))
	ok(t, g.Admit(t.Context(), call("CreateUser")))
}

func TestHowLongAThrottledCallerWaits(t *testing.T) {
	for after, want := range map[time.Duration]time.Duration{0: time.Second, 5 * time.Second: 5 * time.Second} {
		g := failing(t, emulate.Fault{Operation: "*", Kind: emulate.Throttle, RetryAfter: emulate.Duration(after)})
		if got := fault.RetryAfter(g.Admit(t.Context(), call("CreateUser"))); got != want {
			t.Errorf("got %v, want %v", got, want)
		}
	}
}

func TestAnAssignmentThatFailsBeginsWell(t *testing.T) {
	g := failing(t, emulate.Fault{Operation: "CreateAccountAssignment", Kind: emulate.Fail, Call: 2, Reason: "role quota"})
	var reasons []string
	for range 3 {
		ok(t, g.Admit(t.Context(), emulate.Call{Service: emulate.SSOAdmin, Operation: "CreateAccountAssignment"}))
		reasons = append(reasons, g.Fails(assignment.Creation, identity.Assignment{}))
	}
	if reasons[0] != "" || reasons[1] != "role quota" || reasons[2] != "" {
		t.Errorf("%q", reasons)
	}
	if got := g.Fails(assignment.Deletion, identity.Assignment{}); got != "" {
		t.Errorf("deletion: %q", got)
	}
	if got := failing(t, emulate.Fault{Operation: "*", Kind: emulate.Fail}).Fails(assignment.Provisioning, identity.Assignment{}); got == "" {
		t.Error("no reason")
	}
}
