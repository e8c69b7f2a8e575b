package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"rollcall/emulate"
	"rollcall/identity"
	"rollcall/identitycenter"
	"rollcall/spelling"
)

// emulation is how the server is made like the real one, or unlike it.
type emulation struct {
	quotas string
	faults string
	delay  time.Duration
	behave []string
	issuer string
}

// defaultDelay is long enough for a client that does not wait for an assignment
// to find out, and short enough for tests that do. AWS takes some seconds.
const defaultDelay = 200 * time.Millisecond

func (e *emulation) flags(f *pflag.FlagSet) {
	f.StringVar(&e.quotas, "quotas", "none", "whose rates and quotas hold: none or aws")
	f.StringVar(&e.faults, "faults", "", "`file` that says what goes wrong (docs/faults.md)")
	f.DurationVar(&e.delay, "assignment-delay", defaultDelay, "`time` that work on assignments is in progress; 0s is none")
	f.StringSliceVar(&e.behave, "behave", nil, "`names` of what it does another way, separated by commas")
	f.StringVar(&e.issuer, "scim-issuer", "", "`issuer` of the external ids that come by SCIM; scim if left out")
}

// behaviour is one thing that the server can do another way.
type behaviour struct {
	does string
	set  func(*identitycenter.Behaviour)
}

// behaviours are all of them, by name.
var behaviours = map[string]behaviour{
	"trait-statuses":         {"errors of AWS's API have the HTTP statuses of the service model, not 400", func(b *identitycenter.Behaviour) { b.TraitStatuses = true }},
	"idempotent-deletes":     {"deleting a user, group or membership that is not there succeeds", func(b *identitycenter.Behaviour) { b.IdempotentDeletes = true }},
	"own-assignments-only":   {"a user's assignments are listed without those of the user's groups", func(b *identitycenter.Behaviour) { b.OwnAssignmentsOnly = true }},
	"scim-active-by-default": {"a SCIM user without \"active\" is an active one", func(b *identitycenter.Behaviour) { b.SCIM.ActiveByDefault = true }},
	"scim-ignore-display":    {"\"display\" beside a SCIM member is dropped, not refused", func(b *identitycenter.Behaviour) { b.SCIM.IgnoreDisplay = true }},
	"scim-members-2024":      {"SCIM PATCHes of a whole member list are taken as AWS took them in 2024", func(b *identitycenter.Behaviour) { b.SCIM.Members2024 = true }},
	"scim-require-put-id":    {"a SCIM PUT must repeat the id of its path", func(b *identitycenter.Behaviour) { b.RequirePutID = true }},
}

// behaviourTable lists them for people.
func behaviourTable() string {
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(behaviours)) {
		fmt.Fprintf(&out, "    %-22s  %s\n", name, behaviours[name].does)
	}
	return strings.TrimRight(out.String(), "\n")
}

// options are what the flags ask for.
func (e *emulation) options() (identitycenter.Options, error) {
	o := identitycenter.Options{AssignmentDelay: e.delay}
	if e.delay < 0 {
		return o, usage("--assignment-delay is 0s or more, not %s", e.delay)
	}
	for _, name := range e.behave {
		b, known := behaviours[name]
		if !known {
			all := slices.Sorted(maps.Keys(behaviours))
			if hint := spelling.Hint(name, all); hint != "" {
				return o, usage("--behave has no %q%s", name, hint)
			}
			return o, usage("--behave has no %q; there are %s", name, strings.Join(all, ", "))
		}
		b.set(&o.Behaviour)
	}
	if err := checkIssuer(e.issuer); err != nil {
		return o, err
	}
	o.SCIM.Issuer = e.issuer
	switch e.quotas {
	case "aws":
		o.Emulate = emulate.AWS()
	case "none":
	default:
		return o, usage("--quotas is none or aws, not %q", e.quotas)
	}
	if e.faults == "" {
		return o, nil
	}
	var err error
	if o.Emulate.Faults, err = emulate.LoadFaults(e.faults); err != nil {
		return o, configError{err}
	}
	return o, nil
}

// checkIssuer holds the issuer to what an external id may have; empty is the
// usual one.
func checkIssuer(issuer string) error {
	if issuer == "" {
		return nil
	}
	g := identity.Group{DisplayName: "x", ExternalIDs: []identity.ExternalID{{Issuer: issuer, ID: "x"}}}
	if g.Validate() != nil {
		return usage("--scim-issuer has 1 to %d characters, none of them white space or invisible", identity.MaxExternalID)
	}
	return nil
}
