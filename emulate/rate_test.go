package emulate_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"rollcall/emulate"
	"rollcall/fault"
)

func TestAServiceTakesTwentyCallsASecondFromAllTogether(t *testing.T) {
	c := newClock()
	o := c.options()
	o.Rates = emulate.AWS().Rates
	g := gate(t, o)
	for _, s := range []emulate.Service{emulate.IdentityStore, emulate.SSOAdmin, emulate.SCIM} {
		admit := func(operation string) error {
			return g.Admit(t.Context(), emulate.Call{Service: s, Operation: operation})
		}
		for n := range 20 {
			ok(t, admit([]string{"CreateUser", "ListUsers"}[n%2])) // one budget, whatever the operation
		}
		err := admit("ListUsers")
		is(t, err, fault.Throttled)
		if got := fault.RetryAfter(err).Round(time.Millisecond); got != 50*time.Millisecond {
			t.Errorf("%s: retry after %v", s, got)
		}
		c.now = c.now.Add(49 * time.Millisecond)
		is(t, admit("ListUsers"), fault.Throttled)
		c.now = c.now.Add(time.Millisecond)
		ok(t, admit("ListUsers"))
		is(t, admit("ListUsers"), fault.Throttled)
		c.now = c.now.Add(time.Hour) // a long pause saves up no more than a second's worth
		for range 20 {
			ok(t, admit("ListUsers"))
		}
		is(t, admit("ListUsers"), fault.Throttled)
	}
	for range 100 {
		ok(t, g.Admit(t.Context(), emulate.Call{Service: emulate.STS, Operation: "GetCallerIdentity"}))
	}
}

// Who waits as long as told is let in, however the calls fall; and no more than
// the burst and the rate allow are.
func TestWaitingAsToldIsEnough(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := newClock()
		began := c.now
		o := c.options()
		rate := emulate.Rate{
			PerSecond: rapid.Float64Range(0.1, 1000).Draw(t, "rate"), Burst: rapid.IntRange(1, 50).Draw(t, "burst"),
		}
		o.Rates = map[emulate.Service]emulate.Rate{emulate.IdentityStore: rate}
		g, err := emulate.New(o)
		if err != nil {
			t.Fatal(err)
		}
		let := 0
		for range rapid.IntRange(1, 100).Draw(t, "calls") {
			c.now = c.now.Add(time.Duration(rapid.IntRange(0, 1e8).Draw(t, "pause")))
			err := g.Admit(t.Context(), call("ListUsers"))
			if fault.Is(err, fault.Throttled) {
				c.now = c.now.Add(fault.RetryAfter(err))
				err = g.Admit(t.Context(), call("ListUsers"))
			}
			if err != nil {
				t.Fatal(err)
			}
			let++
		}
		if most := float64(rate.Burst) + c.now.Sub(began).Seconds()*rate.PerSecond + 0.01; float64(let) > most {
			t.Fatalf("%d let in, at most %v may be", let, most)
		}
	})
}

func TestRatesAndQuotasThatCannotBe(t *testing.T) {
	for name, o := range map[string]emulate.Options{
		"no rate":          {Rates: map[emulate.Service]emulate.Rate{emulate.SCIM: {Burst: 1}}},
		"no burst":         {Rates: map[emulate.Service]emulate.Rate{emulate.SCIM: {PerSecond: 1}}},
		"a negative quota": {Objects: map[emulate.Object]int{emulate.Users: -1}},
		"a negative delay": {Latency: -1},
		"a fault":          {Faults: emulate.FaultPlan{Faults: []emulate.Fault{{}}}},
	} {
		_, err := emulate.New(o)
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEveryCallTakesItsTime(t *testing.T) {
	c := newClock()
	o := c.options()
	o.Latency = 30 * time.Millisecond
	o.Faults.Faults = []emulate.Fault{{Operation: "List*", Kind: emulate.Slow, Delay: emulate.Duration(time.Second)}}
	g := gate(t, o)
	ok(t, g.Admit(t.Context(), call("CreateUser")))
	if c.slept != 30*time.Millisecond {
		t.Errorf("slept %v", c.slept)
	}
	ok(t, g.Admit(t.Context(), call("ListUsers")))
	if c.slept != 1060*time.Millisecond {
		t.Errorf("slept %v", c.slept)
	}
}
