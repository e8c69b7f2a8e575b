package config

import (
	"maps"
	"slices"

	"rollcall/identity"
	"rollcall/reconcile"
	"rollcall/spelling"
)

const defaultTable = reconcile.Default

// Actions say what to do in each situation: a shipped table and what differs
// from it. In the file, a table's name alone will do.
type Actions struct {
	Table   string            `yaml:"table" doc:"The shipped table underneath: default, report-only, create-only, no-delete or mirror."`
	Users   map[string]string `yaml:"users" doc:"For users: a situation and its action."`
	Groups  map[string]string `yaml:"groups" doc:"For groups: a situation and its action."`
	Members string            `yaml:"members" enum:"exact,add-only,none" doc:"What happens to the members of groups: as the source says, only additions, or nothing."`
}

// Build returns the table as reconciliation takes it.
func (a Actions) Build() reconcile.Table {
	return a.build(func([]string, string) {})
}

// build tells complain what is wrong with which entry.
func (a Actions) build(complain func(at []string, text string)) reconcile.Table {
	t, ok := reconcile.TableNamed(a.Table)
	if !ok {
		complain([]string{"table"}, notOneOf(a.Table, "table", reconcile.TableNames()))
		t, _ = reconcile.TableNamed(reconcile.Default)
	}
	set := func(key string, kind identity.Kind, actions map[string]string) {
		for _, situation := range slices.Sorted(maps.Keys(actions)) {
			if err := t.Set(kind, reconcile.Situation(situation), reconcile.Action(actions[situation])); err != nil {
				complain([]string{key, situation}, err.Error())
			}
		}
	}
	set("users", identity.KindUser, a.Users)
	set("groups", identity.KindGroup, a.Groups)
	if a.Members != "" {
		t.Members = reconcile.MemberPolicy(a.Members)
	}
	return t
}

// notOneOf says that a word is none of those there are, and which was meant.
func notOneOf(word, what string, known []string) string {
	text := quoted(word) + " is no " + what + " here; there is " + listed(known)
	return text + spelling.Hint(word, known)
}
