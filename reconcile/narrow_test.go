package reconcile_test

import (
	"slices"
	"strings"
	"testing"

	"rollcall/fault"
	"rollcall/reconcile"
)

func TestNamesNarrowTheScope(t *testing.T) {
	for name, c := range map[string]struct {
		names reconcile.Names
		want  []string
	}{
		"no names":                      {reconcile.Names{}, []string{"ann", "svc-x", "aws-dev", "aws-old", "linux"}},
		"included people":               {reconcile.Names{IncludePeople: []string{"SVC-*"}}, []string{"svc-x", "aws-dev", "aws-old", "linux"}},
		"excluded people":               {reconcile.Names{ExcludePeople: []string{"svc-?"}}, []string{"ann", "aws-dev", "aws-old", "linux"}},
		"included groups":               {reconcile.Names{IncludeGroups: []string{"aws-*", "lin*"}}, []string{"ann", "svc-x", "aws-dev", "aws-old", "linux"}},
		"excluding goes over including": {reconcile.Names{IncludeGroups: []string{"aws-*"}, ExcludeGroups: []string{"aws-o*"}}, []string{"ann", "svc-x", "aws-dev"}},
		"nobody matches":                {reconcile.Names{IncludePeople: []string{"x"}, IncludeGroups: []string{"x"}}, nil},
		"a group by its name before":    {reconcile.Names{IncludeGroups: []string{"aws-*"}, RenameGroups: map[string]string{"AWS-dev": "Developers"}}, []string{"ann", "svc-x", "Developers", "aws-old"}},
		"two names traded":              {reconcile.Names{RenameGroups: map[string]string{"aws-dev": "linux", "linux": "aws-dev"}}, []string{"ann", "svc-x", "linux", "aws-old", "aws-dev"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := &reconcile.Wanted{
				Users:  []reconcile.User{want("a1", "ann"), want("a2", "svc-x")},
				Groups: []reconcile.Group{wantGroup("g1", "aws-dev"), wantGroup("g2", "aws-old"), wantGroup("g3", "linux")},
			}
			if _, err := w.Narrow(c.names); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, u := range w.Users {
				if u.In {
					got = append(got, u.User.UserName)
				}
			}
			for _, g := range w.Groups {
				if g.In {
					got = append(got, g.Group.DisplayName)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// Nothing may be concluded about a person whose name is not known.
func TestWhoCannotBeMappedStaysInScope(t *testing.T) {
	w := &reconcile.Wanted{Users: []reconcile.User{{Anchor: "a1", Name: "uid=?", In: true, Problem: errNoMail}}}
	if _, err := w.Narrow(reconcile.Names{IncludePeople: []string{"ann"}}); err != nil || !w.Users[0].In || w.Users[0].Problem == nil {
		t.Errorf("%+v, %v", w.Users[0], err)
	}
}

func TestTwoGroupsMayNotBecomeOne(t *testing.T) {
	two := func() *reconcile.Wanted {
		return &reconcile.Wanted{Source: "corp", Groups: []reconcile.Group{wantGroup("g1", "aws-dev"), wantGroup("g2", "aws-ops")}}
	}
	_, err := two().Narrow(reconcile.Names{RenameGroups: map[string]string{"aws-dev": "AWS-OPS"}})
	if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "cn=aws-dev (renamed from aws-dev)") || !strings.Contains(err.Error(), "cn=aws-ops") {
		t.Errorf("%v", err)
	}
	notes, err := two().Narrow(reconcile.Names{RenameGroups: map[string]string{"aws-dev": "Developers", "aws-dve": "X"}})
	if err != nil || !slices.Equal(notes, []string{`rename_groups has "aws-dve", and no group in scope is called that`}) {
		t.Errorf("%q, %v", notes, err)
	}
}
