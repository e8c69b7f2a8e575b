package directorytest

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/directory"
	"rollcall/identity"
)

var networkTests = []test{
	{"NetworkSettingsAreKeptAsAWhole", networkKept},
}

// equalPrefixes compares ranges, whose fields cmp may not see.
var equalPrefixes = cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })

// here is where the suite runs: settings that keep their own maker out are
// refused by AWS.
var here = netip.MustParsePrefix("127.0.0.0/8")

func networkKept(t *testing.T, d directory.Driver) {
	c, ok := able[directory.NetworkController](t, d)
	if !ok {
		return
	}
	has := func(want *directory.Network) {
		t.Helper()
		got, err := c.Network(ctx(t))
		wantNone(t, "read network settings", err)
		wantSame(t, "network settings", want, got, equalPrefixes)
	}
	has(nil)
	first := directory.Network{
		VPCERequired: true, APIVPCs: []string{"vpc-01234567"},
		APISources:  []netip.Prefix{netip.MustParsePrefix("192.0.2.1/24"), netip.MustParsePrefix("2001:db8::/32"), here},
		SCIMSources: []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")},
	}
	wantNone(t, "set network settings", c.SetNetwork(ctx(t), first))
	has(&first)
	second := directory.Network{VPCERequired: true, APISources: []netip.Prefix{here}}
	wantNone(t, "replace network settings", c.SetNetwork(ctx(t), second))
	has(&second)
	networkLogged(t, d)
}

func networkLogged(t *testing.T, d directory.Driver) {
	f, ok := able[directory.Feeder](t, d)
	if !ok {
		return
	}
	events, err := f.Events(ctx(t), 0, 10)
	wantNone(t, "read events", err)
	if len(events) != 2 {
		t.Fatalf("%d events, want one for each change", len(events))
	}
	last := events[1]
	if last.Operation != "UpdateIdentityStore" || last.Kind != identity.KindStore || last.Before == nil || last.After == nil || last.Actor != tester {
		t.Errorf("the event is %+v", last)
	}
}
