package reconcile

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
)

// claim is a unique value that a change takes.
type claim struct {
	node *node
	path string
	key  string // path and folded value
}

// uniquePaths are the attributes whose values a store holds once.
var uniquePaths = map[identity.Kind][]string{
	identity.KindUser:  {"userName", "emails", identity.PathExternalIDs},
	identity.KindGroup: {"displayName", identity.PathExternalIDs},
}

// settleUnique looks at every unique value the changes of one kind take. A
// value that two want, or that somebody keeps, is taken by nobody: the change
// goes, and a person is told. A value that its holder gives up in the same
// plan makes the taker wait for the holder.
func (p *planner) settleUnique(kind identity.Kind) error {
	claims, err := p.claims(kind)
	if err != nil || len(claims) == 0 {
		return err
	}
	holders := p.holders(kind, claims)
	for {
		refused, err := p.refused(kind, claims, holders)
		if err != nil {
			return err
		}
		if len(refused) == 0 {
			break
		}
		for _, c := range claims { // in their order, so that one input has one plan
			if why, no := refused[c]; no {
				p.refuse(kind, c, why)
			}
		}
		if claims, err = p.claims(kind); err != nil {
			return err
		}
	}
	for _, c := range claims {
		if holder, held := holders[c.key]; held && holder != c.node.object {
			held, err := p.currentValue(kind, holder, c.path)
			if err != nil {
				return err
			}
			c.node.needs = append(c.node.needs, need{node: p.giver(kind, holder, c), unique: true, path: c.path, held: held})
		}
	}
	return nil
}

// claims lists the unique values that changes of one kind take.
func (p *planner) claims(kind identity.Kind) ([]claim, error) {
	var all []claim
	for _, n := range p.nodes {
		if n.change.Kind.Object() != kind {
			continue
		}
		for _, path := range uniquePaths[kind] {
			e := n.edit(path)
			if e == nil {
				continue
			}
			before, err := uniqueKeys(path, e.Old)
			if err != nil {
				return nil, err
			}
			after, err := uniqueKeys(path, e.New)
			if err != nil {
				return nil, err
			}
			for _, key := range after {
				if !slices.Contains(before, key) {
					all = append(all, claim{n, path, key})
				}
			}
		}
	}
	return all, nil
}

// uniqueKeys returns what an attribute's value keeps others from having.
func uniqueKeys(path string, v identity.Value) ([]string, error) {
	if v == nil {
		return nil, nil
	}
	var err error
	var keys []string
	switch path {
	case "emails":
		var emails []identity.Email
		err = json.Unmarshal(v, &emails)
		for _, e := range emails {
			keys = append(keys, path+"\x00"+identity.Fold(e.Value))
		}
	case identity.PathExternalIDs:
		var ids []identity.ExternalID
		err = json.Unmarshal(v, &ids)
		for _, id := range ids {
			keys = append(keys, path+"\x00"+id.Issuer+"\x00"+id.ID)
		}
	default:
		var text string
		err = json.Unmarshal(v, &text)
		keys = append(keys, path+"\x00"+identity.Fold(text))
	}
	if err != nil {
		return nil, fault.New(fault.Internal, "plan", path, err)
	}
	return keys, nil
}

// holders says which current object has each claimed value now.
func (p *planner) holders(kind identity.Kind, claims []claim) map[string]int {
	wanted := make(map[string]bool, len(claims))
	for _, c := range claims {
		wanted[c.key] = true
	}
	held := map[string]int{}
	note := func(object int, keys ...string) {
		for _, key := range keys {
			if wanted[key] {
				held[key] = object
			}
		}
	}
	externals := func(object int, ids []identity.ExternalID) {
		for _, id := range ids {
			note(object, identity.PathExternalIDs+"\x00"+id.Issuer+"\x00"+id.ID)
		}
	}
	if kind == identity.KindGroup {
		for i := range p.in.Current.Groups {
			g := &p.in.Current.Groups[i]
			note(i, "displayName\x00"+identity.Fold(g.DisplayName))
			externals(i, g.ExternalIDs)
		}
		return held
	}
	for i := range p.in.Current.Users {
		u := &p.in.Current.Users[i]
		note(i, "userName\x00"+identity.Fold(u.UserName))
		for _, e := range u.Emails {
			note(i, "emails\x00"+identity.Fold(e.Value))
		}
		externals(i, u.ExternalIDs)
	}
	return held
}

// refused returns the claims that cannot be met, with the reason.
func (p *planner) refused(kind identity.Kind, claims []claim, holders map[string]int) (map[claim]string, error) {
	takers := map[string][]*node{}
	for _, c := range claims {
		takers[c.key] = append(takers[c.key], c.node)
	}
	refused := map[claim]string{}
	for _, c := range claims {
		holder, held := holders[c.key]
		switch {
		case len(takers[c.key]) > 1:
			refused[c] = fmt.Sprintf("%d records of the source want the same %s: %s", len(takers[c.key]), c.path, p.wantedBy(kind, takers[c.key]))
		case held && holder != c.node.object && p.giver(kind, holder, c) == nil:
			refused[c] = fmt.Sprintf("%s has the %s it should get, and keeps it", p.objectName(kind, holder), c.path)
		}
	}
	return refused, nil
}

// wantedBy names the first records that want one value, as the source calls
// them.
func (p *planner) wantedBy(kind identity.Kind, takers []*node) string {
	const shown = 3
	var names []string
	for _, n := range takers[:min(len(takers), shown)] {
		switch {
		case n.record == none:
		case kind == identity.KindGroup:
			names = append(names, p.in.Wanted.Groups[n.record].Name)
		default:
			names = append(names, p.in.Wanted.Users[n.record].Name)
		}
	}
	return strings.Join(names, "; ")
}

// giver returns the change by which a current object gives up the value that c
// takes, or nil.
func (p *planner) giver(kind identity.Kind, holder int, c claim) *node {
	for _, n := range p.nodes {
		if n.object != holder || n.change.Kind.Object() != kind {
			continue
		}
		if n.change.Kind.Deletes() {
			return n
		}
		if e := n.edit(c.path); e != nil {
			if after, err := uniqueKeys(c.path, e.New); err == nil && !slices.Contains(after, c.key) {
				return n
			}
		}
	}
	return nil
}

// refuse takes back what a claim wanted: a creation altogether, of an update
// only the one attribute.
func (p *planner) refuse(kind identity.Kind, c claim, why string) {
	p.attend("taken", kind, c.node.change.Name, c.node.change.Record, "", why+"; not changed, a person must decide")
	c.node.dropEdit(c.path)
	if c.node.change.Kind.Creates() || len(c.node.change.Edits) == 0 {
		p.drop(c.node)
	}
}

func (p *planner) drop(gone *node) {
	gone.dropped = true
	p.nodes = slices.DeleteFunc(p.nodes, func(n *node) bool { return n == gone })
	if gone.change.Kind == plan.UserCreate {
		delete(p.people.refs, gone.change.Record.Anchor)
	}
}

func (p *planner) currentValue(kind identity.Kind, object int, path string) (identity.Value, error) {
	if kind == identity.KindGroup {
		return identity.GroupValue(&p.in.Current.Groups[object], path)
	}
	return identity.UserValue(&p.in.Current.Users[object], path)
}

// objectName names an object by kind and id, for a text that may be logged.
func (p *planner) objectName(kind identity.Kind, object int) string {
	if kind == identity.KindGroup {
		return "group " + string(p.in.Current.Groups[object].ID)
	}
	return "user " + string(p.in.Current.Users[object].ID)
}

func compareNames(a, b string) int {
	if byFold := strings.Compare(identity.Fold(a), identity.Fold(b)); byFold != 0 {
		return byFold
	}
	return strings.Compare(a, b)
}
