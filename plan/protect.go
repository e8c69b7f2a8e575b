package plan

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"rollcall/identity"
)

// ProtectedNames are the globs of what AWS's own services keep in Identity
// Center. Nobody's plan touches them by itself.
func ProtectedNames() []string {
	return []string{
		"AWSControlTower*", "AWSServiceCatalog*", "AWSAuditAccountAdmins", "AWSLogArchive*",
		"AWSSecurityAudit*", "AWSAccountFactory", "AWSReserved*", "Administrator", "AWSAdministrators",
	}
}

// CheckGlob says whether a pattern over names can be read.
func CheckGlob(glob string) error {
	if _, err := path.Match(identity.Fold(glob), ""); err != nil {
		return fmt.Errorf("not a glob: %q (use *, ? and [abc])", glob)
	}
	return nil
}

// MatchesAny reports whether a name matches one of some globs, without case.
func MatchesAny(globs []string, name string) bool {
	return slices.ContainsFunc(globs, func(glob string) bool {
		ok, err := path.Match(identity.Fold(glob), identity.Fold(name))
		return err == nil && ok
	})
}

// IsProtected reports whether a name matches one of the built-in globs or one
// of the limits' own, or is one that is marked as break-glass or the caller's.
func (l Limits) IsProtected(name string) bool { return l.guard().protects(name) }

// Guard adds a user who is marked by e-mail address to the marked ones by id,
// since a plan names nobody by e-mail. Call it for every user that a plan may
// be about.
func (l *Limits) Guard(u *identity.User) {
	for _, e := range u.Emails {
		for _, marked := range append([]string{l.Caller}, l.BreakGlass...) {
			if strings.Contains(marked, "@") && identity.SameName(marked, e.Value) {
				l.BreakGlass = append(l.BreakGlass[:len(l.BreakGlass):len(l.BreakGlass)], string(u.ID))
				return
			}
		}
	}
}

// guard is the limits made ready to be asked about many names.
type guard struct {
	globs     []string // folded
	marks     map[string]bool
	addresses bool // one of the marks may be an e-mail address
}

func (l Limits) guard() guard {
	g := guard{marks: map[string]bool{}}
	for _, glob := range slices.Concat(ProtectedNames(), l.Protected) {
		g.globs = append(g.globs, identity.Fold(glob))
	}
	for _, mark := range append([]string{l.Caller}, l.BreakGlass...) {
		if mark != "" {
			g.marks[identity.Fold(mark)] = true
			g.addresses = g.addresses || strings.Contains(mark, "@")
		}
	}
	return g
}

func (g guard) protects(name string) bool {
	folded := identity.Fold(name)
	return folded != "" && g.marks[folded] || slices.ContainsFunc(g.globs, func(glob string) bool {
		ok, err := path.Match(glob, folded)
		return err == nil && ok
	})
}

// hits returns the protected objects that a plan is about, by subject.
func (g guard) hits(p *Plan) map[Subject]string {
	hit := map[Subject]string{}
	note := func(s Subject, name string) {
		if id, there := s.ID(); g.protects(name) || there && g.marks[identity.Fold(string(id))] {
			hit[s] = name
		}
	}
	for _, c := range p.Changes {
		note(c.Subject, c.Name)
		if slices.ContainsFunc(g.taken(c), g.protects) {
			hit[c.Subject] = c.Name
		}
		for _, side := range [][]Member{c.Add, c.Remove} {
			for _, m := range side {
				note(m.User, m.Name)
			}
		}
	}
	return hit
}

// taken are the names and, where that matters, the addresses that a change
// gives its object. A creation's name is that of the change.
func (g guard) taken(c Change) []string {
	var names []string
	for _, e := range c.Edits {
		var name string
		var emails []identity.Email
		isName := e.Path == "userName" || e.Path == "displayName" && c.Kind.Object() == identity.KindGroup
		switch {
		case e.New == nil || isName && c.Kind.Creates():
		case isName && json.Unmarshal(e.New, &name) == nil:
			names = append(names, name)
		case g.addresses && e.Path == "emails" && json.Unmarshal(e.New, &emails) == nil:
			for _, address := range emails {
				names = append(names, address.Value)
			}
		}
	}
	return names
}

func (l Limits) protected(p *Plan) []Brake {
	hit := l.guard().hits(p)
	if len(hit) == 0 {
		return nil
	}
	objects := "objects"
	if len(hit) == 1 {
		objects = "object"
	}
	remedy := ""
	if p.Origin == FromSync {
		remedy = " (scope.exclude_people and exclude_groups leave out whoever the sync has not made)"
	}
	return []Brake{{
		Rule: RuleProtected, Count: len(hit), Names: someNames(hit),
		Text: fmt.Sprintf("%d protected %s would be changed, or change groups; what belongs to AWS's own services, break-glass users and the account we act as are left alone%s", len(hit), objects, remedy),
	}}
}
