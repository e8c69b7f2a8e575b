package reconcile_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/baseline"
	"rollcall/identity"
	"rollcall/link"
	"rollcall/reconcile"
)

const day = 24 * time.Hour

// ago is a moment before the planning; 0 is never.
func ago(d time.Duration) time.Time {
	if d == 0 {
		return time.Time{}
	}
	return march.Add(-d)
}

func TestSomebodyIsDeletedWhenTheGracePeriodIsOver(t *testing.T) {
	for name, c := range map[string]struct {
		grace, gone, disabled time.Duration
		active, blind         bool
		want                  []string
	}{
		"just gone":                          {grace: 30 * day, gone: time.Second, active: true, want: []string{"disable user cem"}},
		"long gone, never disabled":          {grace: 30 * day, gone: 90 * day, active: true, want: []string{"disable user cem"}},
		"long gone, just disabled":           {grace: 30 * day, gone: 90 * day, disabled: day, want: nil},
		"disabled before, gone since a day":  {grace: 30 * day, gone: day, disabled: day, want: nil},
		"a second before it is over":         {grace: 30 * day, gone: 40 * day, disabled: 30*day - time.Second, want: nil},
		"over":                               {grace: 30 * day, gone: 40 * day, disabled: 30 * day, want: []string{"delete user cem"}},
		"over, and enabled by somebody":      {grace: 30 * day, gone: 40 * day, disabled: 30 * day, active: true, want: []string{"disable user cem"}},
		"no grace period":                    {active: true, want: []string{"disable user cem", "delete user cem"}},
		"a directory that disables nobody":   {grace: 30 * day, gone: 30 * day, active: true, blind: true, want: []string{"delete user cem"}},
		"such a directory, not over":         {grace: 30 * day, gone: 29 * day, active: true, blind: true, want: nil},
		"nothing is known of when they left": {grace: 30 * day, active: true, want: []string{"disable user cem"}},
	} {
		t.Run(name, func(t *testing.T) {
			cem, dan := named(account("u1", "cem"), "a1"), named(account("u2", "dan"), "a2")
			cem.Active = c.active
			p := scene{
				table: "mirror", users: []reconcile.User{want("a2", "dan")}, has: []identity.User{cem, dan}, blind: c.blind,
				links: []link.Link{linked("a1", "u1"), linked("a2", "u2")},
				alter: func(in *reconcile.Input) {
					in.Settings.Grace = c.grace
					in.Known.Absent = map[baseline.Key]baseline.Absence{
						{Kind: identity.KindUser, Anchor: "a1"}: {Since: ago(c.gone), Disabled: ago(c.disabled)},
					}
				},
			}.plan(t)
			if got := sentences(p); !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestAGroupStaysWithItsMembersUntilTheGracePeriodIsOver(t *testing.T) {
	for name, c := range map[string]struct {
		gone      time.Duration
		changes   []string
		attention []string
	}{
		"a second before it is over": {30*day - time.Second, nil, []string{"source-missing group dev"}},
		"over":                       {30 * day, []string{"delete group dev with its membership: cem"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			p := scene{
				table: "mirror", users: []reconcile.User{want("a1", "cem")}, has: []identity.User{named(account("u1", "cem"), "a1")},
				hasGr: []identity.Group{aGroup("G1", "dev", "g1")}, in: map[identity.ID][]identity.ID{"G1": {"u1"}},
				links: []link.Link{linked("a1", "u1"), linkOf("corp", identity.KindGroup, "g1", "G1")},
				alter: func(in *reconcile.Input) {
					in.Settings.Grace = 30 * day
					at := ago(c.gone)
					in.Known.Absent = map[baseline.Key]baseline.Absence{{Kind: identity.KindGroup, Anchor: "g1"}: {Since: at, Disabled: at}}
				},
			}.plan(t)
			if got := sentences(p); !slices.Equal(got, c.changes) {
				t.Errorf("%q, want %q", got, c.changes)
			}
			if got := attentions(p); !slices.Equal(got, c.attention) {
				t.Errorf("%q, want %q", got, c.attention)
			}
		})
	}
}

func TestWhoIsGone(t *testing.T) {
	off := named(account("u3", "eve"), "a3")
	off.Active = false
	in := scene{
		users: []reconcile.User{want("a1", "cem"), {Anchor: "a2"}}, group: []reconcile.Group{wantGroup("g1", "dev")},
		has: []identity.User{named(account("u1", "cem"), "a1"), named(account("u2", "dan"), "a2"), off},
		links: []link.Link{
			linked("a1", "u1"), linked("a2", "u2"), linked("a3", "u3"), linked("a4", "u4"), linkOf("hr", identity.KindUser, "a9", "u9"),
			linkOf("corp", identity.KindGroup, "g1", "G1"), linkOf("corp", identity.KindGroup, "g2", "G2"),
		},
	}.input(t)
	in.Current.WithGroups = true
	user := func(anchor string) baseline.Key {
		return baseline.Key{Kind: identity.KindUser, Anchor: identity.Anchor(anchor)}
	}
	got := reconcile.Gone(in.Known.Links, "local", in.Wanted, in.Current)
	// a2 is out of scope, a3 is disabled, a4 has no account any more.
	if diff := cmp.Diff(map[baseline.Key]bool{
		user("a2"): false, user("a3"): true, user("a4"): false, {Kind: identity.KindGroup, Anchor: "g2"}: true,
	}, got); diff != "" {
		t.Error(diff)
	}
	// A sync that has just stopped managing groups concludes nothing about them.
	in.Current.WithGroups = false
	if _, gone := reconcile.Gone(in.Known.Links, "local", in.Wanted, in.Current)[baseline.Key{Kind: identity.KindGroup, Anchor: "g2"}]; gone {
		t.Error("a group counts as gone in a read without groups")
	}
}
