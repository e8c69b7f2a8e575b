package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"rollcall/assignment"
	"rollcall/fault"
	"rollcall/identity"
)

// loss is what hangs on a group or a user, and what becomes of it when they
// are deleted. A user's is taken first. A group's memberships go with it, while
// account assignments and applications stay behind under an id that is dead
// (aws-contract 10).
type loss struct {
	kind    identity.Kind
	name    string
	id      identity.ID
	ties    []string // the members of a group, or the groups of a user
	access  []string // what was given to it itself, in words; the first maxShown
	given   int      // how many assignments and applications there are
	unknown error    // why its access could not be read; nil if it was
}

// maxShown is how many of a kind are shown before the rest is counted.
const maxShown = 20

// none reports whether nothing hangs on the object, for all that can be seen.
func (l *loss) none() bool { return len(l.ties) == 0 && l.given == 0 && l.unknown == nil }

// loss reads what an object has been given. Whoever may not see that is told
// so; any other failure is one of the command.
func (d *draft) loss(ctx context.Context, kind identity.Kind, id identity.ID, name string, ties []string) (*loss, error) {
	l := &loss{kind: kind, id: id, name: name, ties: ties}
	access, err := d.house.access(ctx, d.directory.Name())
	if err == nil {
		err = l.read(ctx, access, identity.Principal{Store: d.plan.Store, Kind: kind, ID: id})
	}
	if fault.Is(err, fault.Denied) || fault.Is(err, fault.Unsupported) {
		l.unknown, err = err, nil
	}
	return l, err
}

func (l *loss) read(ctx context.Context, access *assignment.Instance, p identity.Principal) error {
	var accounts []identity.Assignment
	for a, err := range access.AssignmentsFor(ctx, p, "") {
		if err != nil {
			return err
		}
		if a.Principal == p { // not what it has by its groups
			accounts = append(accounts, a)
		}
	}
	slices.SortFunc(accounts, func(a, b identity.Assignment) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.PermissionSet, b.PermissionSet))
	})
	var applications []string
	if access.Abilities().Applications {
		for a, err := range access.ApplicationAssignmentsFor(ctx, p) {
			if err != nil {
				return err
			}
			if a.Principal == p {
				applications = append(applications, a.Application)
			}
		}
	}
	slices.Sort(applications)
	l.given = len(accounts) + len(applications)
	say := accessNames{access: access, known: map[string]string{}}
	for _, a := range accounts[:min(len(accounts), maxShown)] {
		l.access = append(l.access, say.set(ctx, a.PermissionSet)+" in "+say.account(ctx, a.Account))
	}
	slices.Sort(l.access)
	for _, arn := range applications[:min(len(applications), maxShown-len(l.access))] {
		l.access = append(l.access, "application "+say.application(ctx, arn))
	}
	return nil
}

// accessNames finds what people call permission sets, accounts and
// applications. Whoever may not ask is shown their ids: the name of what is
// lost is a kindness, that it is lost is known.
type accessNames struct {
	access *assignment.Instance
	known  map[string]string
}

func (n accessNames) name(id string, find func() (string, error)) string {
	if _, asked := n.known[id]; !asked {
		name, err := find()
		if err != nil || name == "" {
			name = id
		}
		n.known[id] = name
	}
	return n.known[id]
}

func (n accessNames) set(ctx context.Context, arn string) string {
	return n.name(arn, func() (string, error) {
		s, err := n.access.PermissionSet(ctx, arn)
		return s.Name, err
	})
}

func (n accessNames) account(ctx context.Context, id string) string {
	return n.name(id, func() (string, error) {
		a, err := n.access.Account(ctx, id)
		return a.Name + " (" + id + ")", err
	})
}

func (n accessNames) application(ctx context.Context, arn string) string {
	return n.name(arn, func() (string, error) {
		a, err := n.access.Application(ctx, arn)
		return a.Name, err
	})
}

// show says what is lost, and what stays behind.
func (l *loss) show(w io.Writer) {
	what := l.kindName() + " " + l.name
	if len(l.ties) > 0 {
		say(w, "%s %s.", titled(what), map[identity.Kind]string{
			identity.KindGroup: "has " + count(len(l.ties), "member") + ", who lose what it gives them",
			identity.KindUser:  "is in " + count(len(l.ties), "group"),
		}[l.kind])
		showSome(w, l.ties, len(l.ties))
	}
	switch {
	case l.unknown != nil:
		say(w, "Which accounts and applications %s was given cannot be seen (%s).", what, l.unknown)
		say(w, "AWS deletes none of that with it: what there is stays behind under the dead id %s.", l.id)
	case l.given > 0 && l.kind == identity.KindUser:
		say(w, "%s has %s, taken first.", titled(what), count(l.given, "assignment"))
		showSome(w, l.access, l.given)
	case l.given > 0:
		say(w, "%s has %s. AWS leaves that behind under the dead id", titled(what), count(l.given, "assignment"))
		say(w, "%s, of no use to anybody: a new %s of that name does not have it.", l.id, l.kindName())
		showSome(w, l.access, l.given)
		say(w, "It can be taken away before: rollcall assignment delete.")
	}
}

func (l *loss) kindName() string {
	if l.kind == identity.KindGroup {
		return "group"
	}
	return "user"
}

func titled(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// showSome lists the first of what there is, and counts the rest.
func showSome(w io.Writer, list []string, all int) {
	shown := list[:min(len(list), maxShown)]
	for _, one := range shown {
		say(w, "  %s", one)
	}
	if more := all - len(shown); more > 0 {
		say(w, "  … and %d more", more)
	}
}

// question asks whether an object may go with all that hangs on it.
func (l *loss) question() string {
	with := ""
	if len(l.ties) > 0 {
		with = " and " + count(len(l.ties), "membership")
	}
	return fmt.Sprintf("Delete %s %s%s for good?", l.kindName(), l.name, with)
}
