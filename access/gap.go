package access

import (
	"cmp"
	"slices"

	"rollcall/identity"
)

// Gap says why a user does not reach an account.
type Gap struct {
	Blocks []string  `json:"blocks,omitempty"`  // what stands in the way of everything: "ann is disabled"
	Near   []Missing `json:"missing,omitempty"` // what is missing, the nearest first: each alone would do
}

// Missing is one link that would close the gap.
type Missing struct {
	Link  Link      `json:"link"`
	Group *GroupRef `json:"group,omitempty"` // to be joined, or to be given the permission set; nil for the user
	Set   Set       `json:"permissionSet"`
}

// Link is a kind of link between a user and an account.
type Link string

// The links, the nearest first: a membership is one change of a directory, an
// assignment gives access to everybody in the group.
const (
	LinkMembership Link = "membership" // be in the group, which reaches the account
	LinkAssignment Link = "assignment" // have the permission set, which is used elsewhere, in the account
)

// WhyNot returns what keeps a user from an account, with one of the permission
// sets or, if none is named, with any: no gap for who reaches it.
func (g *Graph) WhyNot(user identity.ID, account string, sets ...string) (Gap, bool) {
	at, known := g.userAt[user]
	if !known {
		return Gap{}, false
	}
	wanted := g.setsIn(sets)
	gap := Gap{Blocks: g.blocks(at, account)}
	reached := false
	g.eachWay(int32(at), func(_ holder, what grant) {
		reached = reached || g.facts.Accounts[what.account].ID == account && (wanted == nil || wanted[what.set])
	})
	if reached {
		return gap, len(gap.Blocks) > 0
	}
	gap.Near = append(g.groupsToJoin(account, wanted), g.setsToGive(int32(at), wanted)...)
	return gap, true
}

func (g *Graph) blocks(user int, account string) []string {
	var blocks []string
	if u := g.facts.Users[user]; u.Disabled {
		blocks = append(blocks, u.Name+" is disabled and cannot sign in")
	}
	if at, known := g.accountAt[account]; known {
		if a := g.facts.Accounts[at]; a.Status != "" && a.Status != identity.AccountActive {
			blocks = append(blocks, "account "+g.AccountName(account)+" is "+string(a.Status))
		}
	}
	return blocks
}

// groupsToJoin are the groups that reach the account, those with the fewest
// members first: they give the least beside.
func (g *Graph) groupsToJoin(account string, wanted map[int32]bool) []Missing {
	at, known := g.accountAt[account]
	if !known || at >= len(g.in) {
		return nil
	}
	grants := slices.DeleteFunc(slices.Clone(g.in[at]), func(one given) bool {
		return one.to.kind != identity.KindGroup || wanted != nil && !wanted[one.set]
	})
	slices.SortFunc(grants, func(a, b given) int {
		ga, gb := g.facts.Groups[a.to.at], g.facts.Groups[b.to.at]
		return cmp.Or(cmp.Compare(len(ga.Members), len(gb.Members)), cmp.Compare(ga.Name, gb.Name), cmp.Compare(ga.ID, gb.ID),
			cmp.Compare(g.facts.Sets[a.set].Name, g.facts.Sets[b.set].Name), cmp.Compare(a.set, b.set))
	})
	near := make([]Missing, len(grants))
	for i, one := range grants {
		group := g.facts.Groups[one.to.at]
		near[i] = Missing{LinkMembership, &GroupRef{group.ID, group.Name}, g.facts.Sets[one.set]}
	}
	return near
}

// setsToGive are the permission sets that the user has elsewhere, by itself or
// by a group, and those wanted that it has nowhere.
func (g *Graph) setsToGive(user int32, wanted map[int32]bool) []Missing {
	type pair struct {
		by  holder
		set int32
	}
	seen, hasSet := map[pair]bool{}, map[int32]bool{}
	var near []Missing
	g.eachWay(user, func(by holder, what grant) {
		if seen[pair{by, what.set}] || wanted != nil && !wanted[what.set] {
			return
		}
		seen[pair{by, what.set}], hasSet[what.set] = true, true
		m := Missing{Link: LinkAssignment, Set: g.facts.Sets[what.set]}
		if by.kind == identity.KindGroup {
			m.Group = &g.refs[by.at]
		}
		near = append(near, m)
	})
	for set := range wanted {
		if !hasSet[set] {
			near = append(near, Missing{Link: LinkAssignment, Set: g.facts.Sets[set]})
		}
	}
	slices.SortFunc(near, func(a, b Missing) int {
		return cmp.Or(cmp.Compare(groupName(a.Group), groupName(b.Group)), cmp.Compare(a.Set.Name, b.Set.Name), cmp.Compare(a.Set.ARN, b.Set.ARN))
	})
	return near
}
