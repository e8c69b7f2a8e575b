package plan

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"rollcall/identity"
)

// Frees reports whether a change never waits, neither for an approval nor for a
// rule: it holds somebody, or takes away what they may do.
func (c Change) Frees() bool { return c.Kind == UserHold || c.TakesAway() }

// GroupNames are the names of the groups that a change is about: its own, the one
// it gets, and of a user who is deleted those they are in.
func (c Change) GroupNames() []string {
	var names []string
	switch {
	case c.Kind.Assigns():
		if c.Assignment.Principal == identity.KindGroup {
			names = append(names, c.Name)
		}
	case c.Kind.Object() == identity.KindGroup:
		names = append(names, c.Name)
		for _, e := range c.Edits {
			var to string
			if e.Path == "displayName" && json.Unmarshal(e.New, &to) == nil {
				names = append(names, to)
			}
		}
	case c.Kind == UserDelete:
		for _, t := range c.Ends {
			names = append(names, t.Name)
		}
	}
	return names
}

// Split cuts a plan in two: what never waits, and what may have to. A change of
// a group's members is cut into those who leave and those who join. Both halves
// are plans of their own, with p's header; needs that lead from one to the other
// are gone, since the second half is carried out after the first, and each of
// its deletions is sealed with what must be taken before.
//
// The first half is no whole read of the source, and never becomes one that was
// accepted.
func (p *Plan) Split() (now, later *Plan) {
	now, later = &Plan{Header: p.Header}, &Plan{Header: p.Header}
	now.Basis.Read = ""
	var first, second half
	for _, c := range p.Changes {
		joins, leaves := c, c
		joins.Remove, leaves.Add = nil, nil
		switch {
		case c.Frees():
			first.add(c)
		case c.Kind == GroupMembers && len(c.Remove) > 0:
			first.add(leaves)
			second.add(joins)
		default:
			second.add(c)
		}
	}
	now.Changes, later.Changes = first.numbered(), second.numbered()
	return now, later
}

// half is a part of a plan in the making: its changes with the numbers they had.
type half struct {
	changes []Change
	number  map[int]int // from the old number to the new
}

func (h *half) add(c Change) {
	if h.number == nil {
		h.number = map[int]int{}
	}
	h.changes = append(h.changes, c)
	h.number[c.Number] = len(h.changes)
}

// numbered gives the changes their own numbers, in needs and "new:N" too.
func (h *half) numbered() []Change {
	for i := range h.changes {
		c := &h.changes[i]
		c.Number = i + 1
		c.Subject = h.subject(c.Subject)
		c.Add, c.Remove = h.members(c.Add), h.members(c.Remove)
		var needs []int
		for _, n := range c.Needs {
			if to, here := h.number[n]; here {
				needs = append(needs, to)
			}
		}
		c.Needs = needs
	}
	return h.changes
}

func (h *half) subject(s Subject) Subject {
	if n, is := s.NewNumber(); is {
		return New(h.number[n])
	}
	return s
}

func (h *half) members(all []Member) []Member {
	if all == nil {
		return nil
	}
	own := slices.Clone(all)
	for i := range own {
		own[i].User = h.subject(own[i].User)
	}
	return own
}

// Substance is a digest of what a plan would do, in hex: the same changes of the
// same store, expecting the same, have the same substance, whoever planned them,
// when, why, and in which order they are written down.
func (p *Plan) Substance() string {
	lines := make([]string, len(p.Changes))
	for i, c := range p.Changes {
		c.Subject = p.called(c.Subject)
		c.Add, c.Remove = p.membersCalled(c.Add), p.membersCalled(c.Remove)
		c.Number, c.Needs, c.Reason, c.Expect.Revision = 0, nil, "", ""
		var line bytes.Buffer
		json.NewEncoder(&line).Encode(&c) //nolint:errcheck,errchkjson // a change is always JSON: it is written so in every plan
		lines[i] = line.String()
	}
	slices.Sort(lines)
	h := sha256.New()
	io.WriteString(h, p.Directory+"\n"+string(p.Store)+"\n"+p.Instance+"\n"+strings.Join(lines, "")) //nolint:errcheck // a hash never fails
	return hex.EncodeToString(h.Sum(nil))
}

// called names what a plan creates by what it is, not by its place.
func (p *Plan) called(s Subject) Subject {
	n, is := s.NewNumber()
	if !is || n > len(p.Changes) {
		return s
	}
	c := p.Changes[n-1]
	text := "new:" + string(c.Kind) + ":" + c.Name
	if c.Record != nil {
		text += ":" + string(c.Record.Anchor)
	}
	return Subject(text)
}

func (p *Plan) membersCalled(all []Member) []Member {
	own := slices.Clone(all)
	for i := range own {
		own[i].User = p.called(own[i].User)
	}
	slices.SortFunc(own, func(a, b Member) int { return strings.Compare(string(a.User), string(b.User)) })
	return own
}
