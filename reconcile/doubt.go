package reconcile

import (
	"fmt"
	"slices"
	"strings"

	"rollcall/identity"
	"rollcall/plan"
)

// An anchor is believed never to change and never to be given again. Sources
// break both: a spreadsheet drops the zeros of a number, an HR system gives the
// number of who left to who comes. Then a person decides, and nobody loses or
// gets an account by it.

// namePaths are what tells whether an account is still that of the same person.
// A marriage leaves the given name, a new domain leaves both names.
var namePaths = []string{"userName", "name.givenName", "name.familyName"}

// doubt makes a linked pair ambiguous whose record has nothing of whom the
// account was made for: every name and the e-mail address are others.
func (p *planner) doubt(pr pair) pair {
	if pr.situation != Confirmed || p.in.Settings.Table.of(identity.KindUser, Confirmed) != Update {
		return pr
	}
	w, u := &p.in.Wanted.Users[pr.record], &p.in.Current.Users[pr.object]
	if w.Problem == nil && p.isAnother(&w.User, u) {
		pr.situation = Ambiguous
		pr.why = fmt.Sprintf("the anchor is that of user %s, and neither a name nor the e-mail address is: it may have been given to somebody else; not changed. "+
			"If it is the same person: rollcall user update id:%[1]s --given-name NAME; if not: rollcall leaver run id:%[1]s --mode delete, and then rollcall leaver release", u.ID)
	}
	return pr
}

func (p *planner) isAnother(w, u *identity.User) bool {
	for _, path := range namePaths {
		text, known := identity.UserText(path)
		if !known || !slices.Contains(p.userPaths, path) || *text(w) == "" || *text(u) == "" || identity.SameName(*text(w), *text(u)) {
			return false
		}
	}
	return w.Email() == "" || u.Email() == "" || identity.Fold(w.Email()) != identity.Fold(u.Email())
}

// isDisabled reports whether the record of a pair is, so that its account is to be.
func (p *planner) isDisabled(pr pair) bool {
	return !p.in.Wanted.Users[pr.record].User.Active && !p.in.Settings.Table.KeepsActive
}

// disableDoubted plans what is planned for the account of whoever is in doubt:
// it is disabled where the record is, whoever that is of. Groups are left as by
// everybody who leaves, and joined by nobody in doubt.
func (p *planner) disableDoubted(pr pair) {
	u := &p.in.Current.Users[pr.object]
	if !p.isDisabled(pr) || !u.Active {
		return
	}
	r := pr.link.Record
	p.revokes(pr, p.turn(node{object: pr.object, record: pr.record, change: plan.Change{
		Subject: plan.Existing(u.ID), Name: u.UserName, Record: &r,
	}}, plan.UserDisable, "disabled in source "+p.in.Wanted.Source))
}

// respelled makes ambiguous who is gone where an unknown record has the same
// anchor written otherwise, and that record too.
func (s side) respelled(pairs []pair) {
	gone := map[string]int{}
	for i, pr := range pairs {
		if pr.situation == SourceMissing {
			gone[formOf(pr.link.Record.Anchor)] = i
		}
	}
	if len(gone) == 0 {
		return
	}
	for i, pr := range pairs {
		if pr.link != nil || pr.record == none {
			continue
		}
		form := formOf(s.anchors[pr.record])
		at, same := gone[form]
		if !same || form == "" {
			continue
		}
		was := &pairs[at]
		why := fmt.Sprintf("its anchor is that of %s, written otherwise: here %q, before %q; neither is changed. Write it as before in the source",
			s.label(was.object), s.anchors[pr.record], was.link.Record.Anchor)
		was.situation, was.why = Ambiguous, why
		pairs[i].situation, pairs[i].object, pairs[i].why = Ambiguous, none, why
	}
}

// formOf is what stays the same of an anchor when programs write it in their
// own way: without case, braces, zeros in front and a fraction of nothing.
func formOf(a identity.Anchor) string {
	text := strings.Trim(strings.TrimSpace(identity.Fold(string(a))), "{}")
	return strings.TrimLeft(strings.TrimSuffix(text, ".0"), "0")
}
