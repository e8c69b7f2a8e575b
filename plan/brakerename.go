package plan

import (
	"slices"

	"rollcall/identity"
)

const pathUserName = "userName"

// Renames reports whether a change gives a user who exists another userName,
// be it in nothing but case: what people sign in by is compared as it is sent.
func (c Change) Renames() bool { return c.Kind == UserUpdate && c.userName() >= 0 }

// Renaming is the userName before the change and after it, "ann → ann.lee", and
// empty of a change that gives nobody another one.
func (c Change) Renaming() string {
	if !c.Renames() {
		return ""
	}
	return c.Name + " → " + Text(c.Edits[c.userName()].New)
}

// userName is where the edit of the userName stands, below 0 if there is none.
func (c Change) userName() int {
	return slices.IndexFunc(c.Edits, func(e identity.Edit) bool { return e.Path == pathUserName })
}

// usersRenamed stops a plan by which too many people would have to sign in by
// another name. Whoever gets theirs by way of a temporary one counts once. It
// names nobody but those of this plan, from which whoever is erased is taken out.
func (l Limits) usersRenamed(p *Plan, e Evidence) []Brake {
	renamed, earlier, _ := counted(p, e, Change.Renames)
	base := max(p.Basis.ManagedUsers-p.Basis.OutUsers, len(renamed))
	limit := l.UsersRenamed.Of(base)
	if len(renamed) <= limit || len(renamed) == earlier {
		return nil
	}
	return []Brake{{
		Rule: RuleUsersRenamed, Count: len(renamed), Limit: limit, Names: renamings(p),
		Text: sum("users would get another userName", len(renamed), base, earlier, limit, l.UsersRenamed, p.likely(
			"people sign in by it, and may be locked out all at once; most likely the mapping of userName was changed, or the attribute it is made from")) + l.renamed(e),
	}}
}

// renamings are the first people whom a plan gives another userName, with both.
func renamings(p *Plan) []string {
	last := map[Subject]string{} // a temporary name comes before the other
	for _, c := range p.Changes {
		if c.Renames() {
			last[c.Subject] = c.Renaming()
		}
	}
	return someNames(last)
}
