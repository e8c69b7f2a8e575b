package reconcile

import (
	"rollcall/identity"
	"rollcall/plan"
)

// node is a change that has no number yet. What it needs and whom it adds are
// pointers until every change is known and ordered.
type node struct {
	change  plan.Change
	object  int     // index into the current side, or none
	record  int     // index into the wanted side, or none
	makes   *node   // the change that creates its subject, if it does not exist yet
	adds    []joint // members to add
	needs   []need
	leavers []int // current users whom a membership change removes
	number  int
	dropped bool // taken back, because a person must decide
}

// need is a change that must be done before.
type need struct {
	node   *node
	unique bool           // because it frees a value that this one takes:
	path   string         // the attribute
	held   identity.Value // and what its holder has there now
}

// joint is a member to add, who may not exist yet.
type joint struct {
	member plan.Member
	makes  *node
}

func (n *node) waitFor(other *node) {
	if other != nil && other != n {
		n.needs = append(n.needs, need{node: other})
	}
}

// edit returns the edit of one path, or nil.
func (n *node) edit(path string) *identity.Edit {
	for i := range n.change.Edits {
		if n.change.Edits[i].Path == path {
			return &n.change.Edits[i]
		}
	}
	return nil
}

func (n *node) dropEdit(path string) {
	kept := n.change.Edits[:0:0]
	for _, e := range n.change.Edits {
		if e.Path != path {
			kept = append(kept, e)
		}
	}
	n.change.Edits = kept
}
