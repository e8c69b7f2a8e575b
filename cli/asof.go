package cli

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/plan"
)

// asOfHelp is what commands with --as-of say about it.
const asOfHelp = `With --as-of the journal answers: how it was at that time, as far as runs of Rollcall have written
or seen it; also for what is deleted or renamed since. A time is a date, a date with a time, or
so long ago: -24h, -7d.`

func asOfFlag(c *cobra.Command, at *string) {
	c.Flags().StringVar(at, "as-of", "", "how it was at this `time`, from the journal")
}

// ago reads a span before now, as "-24h" or "-7d"; false if it is none.
func ago(text string, now time.Time) (time.Time, bool) {
	if !strings.HasPrefix(text, "-") {
		return time.Time{}, false
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.Atoi(days)
		return now.AddDate(0, 0, n), err == nil
	}
	span, err := time.ParseDuration(text)
	return now.Add(span), err == nil
}

// stateAsOf finds the one object that went by a name at a moment.
func (h *house) stateAsOf(ctx context.Context, kind identity.Kind, name string, at time.Time) (journal.State, error) {
	ids, err := h.everCalled(ctx, kind, name)
	if err != nil {
		return journal.State{}, err
	}
	var there []journal.State
	var gone *journal.State
	for _, id := range ids {
		s, err := h.journal.AsOf(ctx, h.directoryName(""), kind, id, at)
		switch {
		case fault.Is(err, fault.NotFound):
			continue
		case err != nil:
			return s, err
		case s.Deleted:
			gone = &s
		default:
			there = append(there, s)
		}
	}
	on := name + " as of " + clock(at)
	switch {
	case len(there) == 1:
		return there[0], nil
	case len(there) > 1:
		texts := make([]string, len(there))
		for i, s := range there {
			texts[i] = string(s.Object)
		}
		return journal.State{}, fault.Text(fault.Conflict, "find "+string(kind), on, "several have been called so; name one by its id: "+strings.Join(texts, ", "))
	case gone != nil:
		return journal.State{}, fault.Text(fault.NotFound, "find "+string(kind), on, "it was gone by then, since "+clock(gone.Since))
	}
	return journal.State{}, fault.Text(fault.NotFound, "find "+string(kind), on, "the journal knows nothing of it up to then")
}

// everCalled lists the objects that a name may mean: by what the journal has
// heard them called, and by what the directory finds now.
func (h *house) everCalled(ctx context.Context, kind identity.Kind, name string) ([]identity.ID, error) {
	plain := name
	for _, prefix := range []string{"id:", "userName:", "displayName:"} {
		plain = strings.TrimPrefix(plain, prefix)
	}
	if id, err := identity.ParseID(kind, plain); err == nil {
		return []identity.ID{id}, nil
	}
	ids, err := h.journal.Named(ctx, h.directoryName(""), kind, plain)
	if err != nil {
		return nil, err
	}
	id, err := h.present(ctx, kind, name)
	switch {
	case fault.Is(err, fault.NotFound):
		return ids, nil
	case err != nil && len(ids) == 0:
		return nil, err
	case err == nil && !slices.Contains(ids, id):
		ids = append(ids, id)
	}
	return ids, nil
}

// runUserAsOf shows a user as the journal has them at a moment.
func runUserAsOf(ctx context.Context, h *house, name, when string) error {
	at, err := moment("--as-of", when)
	if err != nil {
		return err
	}
	s, err := h.stateAsOf(ctx, identity.KindUser, name, at)
	if err != nil {
		return err
	}
	all := values{"id": s.Object, "since": s.Since, "entry": s.Entry}
	l := listing{Columns: []string{"Attribute", "Value"}}
	l.add("id", string(s.Object))
	if s.Erased {
		l.add("attributes", "(erased)")
		all["erased"] = true
	} else if err := addBody(&l, all, identity.UserPaths(), s.Body); err != nil {
		return err
	}
	if s.Record != nil {
		l.add("source", s.Record.Source)
		l.add("anchor", string(s.Record.Anchor))
		all["link"] = values{"source": s.Record.Source, "anchor": s.Record.Anchor}
	}
	groups, err := h.groupsAsOf(ctx, s.Object, at)
	if err != nil {
		return err
	}
	for i, g := range groups {
		l.add(first(i, "groups"), g.DisplayName+", since "+clock(g.Since))
	}
	all["groups"] = groups
	l.add("so since", clock(s.Since)+", journal entry "+strconv.FormatInt(s.Entry, 10))
	l.Values = all
	return h.app.print(l)
}

// addBody adds the attributes of a journalled object to a listing.
func addBody(l *listing, all values, paths []string, body json.RawMessage) error {
	var attributes map[string]json.RawMessage
	if err := json.Unmarshal(body, &attributes); err != nil {
		return fault.New(fault.Internal, "look back", "", err)
	}
	for _, path := range paths {
		v, set := attributes[path]
		if !set {
			continue
		}
		all.put(path, v)
		if path == identity.PathActive {
			u := identity.User{Active: string(v) == "true"}
			l.add("status", status(&u))
			continue
		}
		l.add(strings.TrimPrefix(path, namespace), plan.Text(v))
	}
	return nil
}

// heldGroup is a group somebody was in.
type heldGroup struct {
	ID          identity.ID `json:"id"`
	DisplayName string      `json:"displayName"`
	Since       time.Time   `json:"since"`
}

func (h *house) groupsAsOf(ctx context.Context, user identity.ID, at time.Time) ([]heldGroup, error) {
	found, err := h.journal.GroupsAsOf(ctx, h.directoryName(""), user, at)
	if err != nil {
		return nil, err
	}
	groups := []heldGroup{}
	for _, m := range found {
		name, err := h.nameAsOf(ctx, identity.KindGroup, m.Object, at)
		if err != nil {
			return nil, err
		}
		groups = append(groups, heldGroup{m.Object, name, m.Since})
	}
	slices.SortFunc(groups, func(a, b heldGroup) int { return byName(a.DisplayName, b.DisplayName) })
	return groups, nil
}

// nameAsOf is what an object was called at a moment, for people.
func (h *house) nameAsOf(ctx context.Context, kind identity.Kind, id identity.ID, at time.Time) (string, error) {
	s, err := h.journal.AsOf(ctx, h.directoryName(""), kind, id, at)
	switch {
	case fault.Is(err, fault.NotFound):
		return "(unknown)", nil
	case err != nil:
		return "", err
	case s.Erased:
		return "(erased)", nil
	}
	return s.Name, nil
}

// runMembersAsOf lists who was in a group at a moment.
func runMembersAsOf(ctx context.Context, h *house, name, when string) error {
	at, err := moment("--as-of", when)
	if err != nil {
		return err
	}
	g, err := h.stateAsOf(ctx, identity.KindGroup, name, at)
	if err != nil {
		return err
	}
	found, err := h.journal.MembersAsOf(ctx, h.directoryName(""), g.Object, at)
	if err != nil {
		return err
	}
	type line struct {
		ID       identity.ID `json:"id"`
		UserName string      `json:"userName"`
		Since    time.Time   `json:"since"`
	}
	members := []line{}
	for _, m := range found {
		name, err := h.nameAsOf(ctx, identity.KindUser, m.Object, at)
		if err != nil {
			return err
		}
		members = append(members, line{m.Object, name, m.Since})
	}
	slices.SortFunc(members, func(a, b line) int { return byName(a.UserName, b.UserName) })
	l := listing{Columns: []string{"User name", "Since", "ID"}, Values: members}
	for _, m := range members {
		l.Rows = append(l.Rows, []string{m.UserName, clock(m.Since), string(m.ID)})
	}
	return h.app.print(l)
}
