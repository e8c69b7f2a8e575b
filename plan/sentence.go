package plan

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"rollcall/identity"
)

// Sentence says a change in one line, as a person would: of many members it names
// the first few.
func (c Change) Sentence() string { return c.sentence(namedMembers) }

// Whole is [Change.Sentence] with everybody named, for whoever answers for a plan.
func (c Change) Whole() string { return c.sentence(0) }

// sentence names at most so many members; 0 is all.
func (c Change) sentence(most int) string {
	switch c.Kind {
	case UserCreate:
		return "create user " + c.Name
	case UserUpdate:
		return "update user " + c.Name + ": " + changed(c.Edits)
	case UserEnable:
		return "enable user " + c.Name
	case UserHold:
		return "hold user " + c.Name
	case UserRelease:
		return "release user " + c.Name + c.Hold.text()
	case UserDisable:
		return "disable user " + c.Name
	case UserDelete:
		return "delete user " + c.Name + goesWith(c, most)
	case UserAdopt:
		return "adopt user " + c.Name
	case UserUnadopt:
		return "let go of user " + c.Name
	case GroupCreate:
		return "create group " + c.Name
	case GroupUpdate:
		return "update group " + c.Name + ": " + changed(c.Edits)
	case GroupDelete:
		return "delete group " + c.Name + goesWith(c, most)
	case GroupAdopt:
		return "adopt group " + c.Name
	case GroupUnadopt:
		return "let go of group " + c.Name
	case GroupMembers:
		return "group " + c.Name + ": " + moves(c.Add, c.Remove, most)
	case SessionDeny:
		return "deny the role sessions of user " + c.Name + " by " + c.Denial.Text()
	case SessionAllow:
		return "no longer deny the role sessions of user " + c.Name + " by " + c.Denial.Text()
	case AssignmentCreate:
		return "give " + string(c.Assignment.Principal) + " " + c.Name + " " + c.Assignment.Text()
	case AssignmentDelete:
		return "take from " + string(c.Assignment.Principal) + " " + c.Name + " " + c.Assignment.Text()
	}
	return string(c.Kind) + " " + c.Name
}

// goesWith says which memberships and assignments go with an object that is
// deleted.
func goesWith(c Change, most int) string {
	var memberships, assignments []string
	for _, e := range c.Ends {
		memberships = append(memberships, e.Name)
	}
	for _, a := range c.Assigned {
		assignments = append(assignments, a.Text())
	}
	var texts []string
	for _, part := range []struct {
		what  string
		names []string
	}{{"membership", memberships}, {"assignment", assignments}} {
		slices.Sort(part.names)
		switch n := len(part.names); {
		case n == 1:
			texts = append(texts, "its "+part.what+": "+part.names[0])
		case n > 1:
			texts = append(texts, fmt.Sprintf("its %d %ss: %s", n, part.what, someOf(part.names, most)))
		}
	}
	if len(texts) == 0 {
		return ""
	}
	return " with " + strings.Join(texts, ", and ")
}

// changed lists edits as "title Engineer → Lead, nickName unset".
func changed(edits []identity.Edit) string {
	texts := make([]string, len(edits))
	for i, e := range edits {
		texts[i] = shortPath(e.Path) + " " + Text(e.Old) + " → " + Text(e.New)
	}
	return strings.Join(texts, ", ")
}

// shortPath leaves out what every enterprise attribute begins with.
func shortPath(path string) string { return strings.TrimPrefix(path, "aws:identitystore:enterprise.") }

func moves(add, remove []Member, most int) string {
	var texts []string
	if len(add) > 0 {
		texts = append(texts, "add "+memberNames(add, most))
	}
	if len(remove) > 0 {
		texts = append(texts, "remove "+memberNames(remove, most))
	}
	return strings.Join(texts, "; ")
}

const namedMembers = 3 // more are counted

func memberNames(members []Member, most int) string {
	names := make([]string, len(members))
	for i, m := range members {
		names[i] = m.Name
	}
	return someOf(names, most)
}

// someOf names the first of them, and counts the rest; 0 names all.
func someOf(names []string, most int) string {
	if most == 0 || len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// Text writes an attribute's value for people: a text as it is, a list by its
// values, nothing as "(none)".
func Text(v identity.Value) string {
	if v == nil {
		return "(none)"
	}
	var text string
	if json.Unmarshal(v, &text) == nil {
		return text
	}
	var list []map[string]any
	if json.Unmarshal(v, &list) != nil {
		return string(v)
	}
	items := make([]string, len(list))
	for i, item := range list {
		items[i] = itemText(item)
	}
	return strings.Join(items, ", ")
}

func itemText(item map[string]any) string {
	for _, key := range []string{"value", "formatted", "id"} {
		if s, ok := item[key].(string); ok {
			return s
		}
	}
	keys := make([]string, 0, len(item))
	for key := range item {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	parts := make([]string, 0, len(keys))
	for _, key := range keys {
		parts = append(parts, fmt.Sprint(item[key]))
	}
	return strings.Join(parts, " ")
}
