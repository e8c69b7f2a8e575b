package cli

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"rollcall/config"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/lifecycle"
	"rollcall/mapping"
	"rollcall/spelling"
)

// request is what a joiner's or a mover's command asks for one person.
type request struct {
	line   int    // in the file; 0: it was asked for by flags
	name   string // userName of a joiner; a mover by any name
	texts  []attributeText
	groups []string // those a joiner is put into; of a mover, if exact, all they are to be in
	exact  bool
	add    []string
	remove []string
	give   []string // places, as lifecycle.ParsePlace reads them
	take   []string
	role   string
	start  string // when; empty: at once

	edits []identity.Edit // of texts and of the role's attributes
}

// requests are all that one command asks for.
type requests struct {
	file *rowFile // nil: it was asked for by flags
	list []*request
}

// each does something for every request. What is wrong with one is said by its
// line, after all were looked at.
func (rs *requests) each(ctx context.Context, do func(*request) error) error {
	for _, r := range rs.list {
		err := do(r)
		switch {
		case err == nil:
		case rs.file == nil || ctx.Err() != nil || fault.KindOf(err).Temporary() || fault.Is(err, fault.Denied) || fault.Is(err, fault.Unauthenticated):
			return err
		default:
			rs.file.complain(fileRow{line: r.line}, err)
		}
	}
	if rs.file == nil {
		return nil
	}
	return rs.file.complete()
}

// check reads every request as far as that can be done without asking anybody;
// also is what one kind of request has to be beside that.
func (rs *requests) check(ctx context.Context, c *config.Config, a *attributes, also func(*request) error) error {
	seen := map[string]int{}
	err := rs.each(ctx, func(r *request) error {
		name := identity.Fold(r.name)
		if first := seen[name]; first > 0 {
			return usage("%s is in line %d already", r.name, first)
		}
		seen[name] = r.line
		if err := r.check(c, a); err != nil {
			return err
		}
		return also(r)
	})
	return invalid(err)
}

func (r *request) check(c *config.Config, a *attributes) error {
	for _, list := range [][]string{r.give, r.take} {
		for _, text := range list {
			if _, err := lifecycle.ParsePlace(text); err != nil {
				return usageError{err}
			}
		}
	}
	if both := common(r.add, r.remove); both != "" {
		return usage("group %s is to be joined and left", both)
	}
	if both := common(r.give, r.take); both != "" {
		return usage("%s is to be given and taken", both)
	}
	role, err := roleOf(c, r.role)
	if err != nil {
		return err
	}
	return r.read(a, role)
}

// common is a text that two lists share.
func common(a, b []string) string {
	for _, one := range a {
		if slices.ContainsFunc(b, func(other string) bool { return identity.SameName(one, other) }) {
			return one
		}
	}
	return ""
}

func roleOf(c *config.Config, name string) (config.Role, error) {
	role, known := c.Roles[name]
	if name == "" || known {
		return role, nil
	}
	there := slices.Sorted(maps.Keys(c.Roles))
	if len(there) == 0 {
		return role, usage("there is no role %q: the configuration has none; write it under roles:", name)
	}
	return role, usage("there is no role %q%s", name, cmp.Or(spelling.Hint(name, there), "; there are "+strings.Join(there, ", ")))
}

// read makes edits of what was written; what was said goes over the role's.
func (r *request) read(a *attributes, role config.Role) error {
	r.edits = nil
	for _, t := range r.texts {
		edits, err := a.spread(t.name, t.value)
		if err != nil {
			return err
		}
		r.edits = append(r.edits, edits...)
	}
	if err := a.once(r.edits); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(role.Attributes)) {
		if slices.ContainsFunc(r.edits, func(e identity.Edit) bool { return e.Path == mapping.UserPath(name) }) {
			continue
		}
		e, err := a.edit(name, role.Attributes[name])
		if err != nil {
			return err
		}
		r.edits = append(r.edits, e)
	}
	return nil
}

// wide reports whether accounts are meant that nobody named.
func (rs *requests) wide(c *config.Config) bool {
	for _, r := range rs.list {
		for _, text := range slices.Concat(r.give, r.take, c.Roles[r.role].Assignments) {
			if p, err := lifecycle.ParsePlace(text); err == nil && p.Wide() {
				return true
			}
		}
	}
	return false
}

// names are whom the requests are about.
func (rs *requests) names() []string {
	var all []string
	for _, r := range rs.list {
		all = append(all, r.name)
	}
	return all
}
