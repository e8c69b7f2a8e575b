package plan

import (
	"fmt"
	"maps"
	"path"
	"slices"

	"rollcall/identity"
)

// Brake is a rule that a plan broke. A braked plan is stored and not carried
// out, until somebody overrides that one plan with a reason.
type Brake struct {
	Rule  string   `json:"rule"`  // one of the Rule… names
	Text  string   `json:"text"`  // what tripped it, with the numbers
	Count int      `json:"count"` // how many there are
	Limit int      `json:"limit"` // how many there may be
	Names []string `json:"names,omitempty"`
}

// The rules.
const (
	RuleEmptySource = "empty-source" // the source has none of a kind that the sync manages
	RuleUsersOff    = "users-off"    // too many users disabled or deleted
	RuleProtected   = "protected"    // a protected object, or one as member
)

const (
	shownNames     = 20 // names kept with a brake
	defaultFloor   = 5  // users off that are always allowed
	defaultPercent = 5  // of the managed users
)

// Threshold is the larger of a number and a share.
type Threshold struct {
	Floor   int `yaml:"floor" json:"floor"`     // always allowed
	Percent int `yaml:"percent" json:"percent"` // of what the sync manages, rounded down
}

// Of returns how many of base the threshold allows.
func (t Threshold) Of(base int) int { return max(t.Floor, base*t.Percent/100) }

// Limits are the settings of the brakes.
type Limits struct {
	UsersOff  Threshold
	Protected []string // globs over userNames and displayNames, without case; added to the built-in ones
}

// DefaultLimits returns what holds where the configuration says nothing.
func DefaultLimits() Limits {
	return Limits{UsersOff: Threshold{Floor: defaultFloor, Percent: defaultPercent}}
}

// ProtectedNames are the globs of what AWS's own services keep in Identity
// Center. Nobody's plan touches them by itself.
func ProtectedNames() []string {
	return []string{
		"AWSControlTower*", "AWSServiceCatalog*", "AWSAuditAccountAdmins", "AWSLogArchive*",
		"AWSSecurityAudit*", "AWSAccountFactory", "AWSReserved*", "Administrator", "AWSAdministrators",
	}
}

// CheckGlob says whether a protected name's pattern can be read.
func CheckGlob(glob string) error {
	if _, err := path.Match(identity.Fold(glob), ""); err != nil {
		return fmt.Errorf("not a glob: %q (use *, ? and [abc])", glob)
	}
	return nil
}

// IsProtected reports whether a name matches one of the built-in globs or one
// of the limits' own.
func (l Limits) IsProtected(name string) bool {
	folded := identity.Fold(name)
	for _, globs := range [][]string{ProtectedNames(), l.Protected} {
		for _, glob := range globs {
			if ok, err := path.Match(identity.Fold(glob), folded); err == nil && ok {
				return true
			}
		}
	}
	return false
}

// Apply returns the brakes that p trips. It reads the plan's basis, so a plan
// that is not a sync's trips none but the protected names.
func (l Limits) Apply(p *Plan) []Brake {
	var tripped []Brake
	if p.Origin == FromSync {
		tripped = append(tripped, l.emptySource(p.Basis)...)
		tripped = append(tripped, l.usersOff(p)...)
	}
	return append(tripped, l.protected(p)...)
}

func (l Limits) emptySource(b Basis) []Brake {
	var tripped []Brake
	empty := func(what string) {
		tripped = append(tripped, Brake{Rule: RuleEmptySource, Text: fmt.Sprintf(
			"the source has no %s, and the sync manages %s; a source that looks empty is more often one that was read wrongly", what, what)})
	}
	if b.SourcePeople == 0 {
		empty("people")
	}
	if b.ManagesGroups && b.SourceGroups == 0 {
		empty("groups")
	}
	return tripped
}

func (l Limits) usersOff(p *Plan) []Brake {
	off := map[Subject]string{}
	for _, c := range p.Changes {
		if c.Kind == UserDisable || c.Kind == UserDelete {
			off[c.Subject] = c.Name
		}
	}
	limit := l.UsersOff.Of(p.Basis.ManagedUsers)
	if len(off) <= limit {
		return nil
	}
	return []Brake{{
		Rule: RuleUsersOff, Count: len(off), Limit: limit, Names: someNames(off),
		Text: fmt.Sprintf("%d of %d users would be disabled or deleted; at most %d may be (the larger of %d and %d %%)",
			len(off), p.Basis.ManagedUsers, limit, l.UsersOff.Floor, l.UsersOff.Percent),
	}}
}

func (l Limits) protected(p *Plan) []Brake {
	hit := map[Subject]string{}
	note := func(s Subject, name string) {
		if l.IsProtected(name) {
			hit[s] = name
		}
	}
	for _, c := range p.Changes {
		note(c.Subject, c.Name)
		for _, side := range [][]Member{c.Add, c.Remove} {
			for _, m := range side {
				note(m.User, m.Name)
			}
		}
	}
	if len(hit) == 0 {
		return nil
	}
	return []Brake{{
		Rule: RuleProtected, Count: len(hit), Names: someNames(hit),
		Text: fmt.Sprintf("%d protected objects would be changed", len(hit)),
	}}
}

func someNames(of map[Subject]string) []string {
	names := slices.Sorted(maps.Values(of))
	return names[:min(len(names), shownNames)]
}
