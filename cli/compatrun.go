package cli

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"rollcall/config"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/journal"
	"rollcall/plan"
)

// script is one run of a script's sub-command.
type script struct {
	scriptCall
	*house
	out, err io.Writer
}

const scriptReason = "by " + operationsProgram

// runScript opens the identity store that a call names, and does what the call
// says. What the plan looks like goes to stderr only where it is asked for: the
// script prints its own lines and nothing else.
func (a *app) runScript(ctx context.Context, call scriptCall) (err error) {
	if o := call.values["output"]; !slices.Contains([]string{"", "text", "json"}, o) {
		return usage("--output is text or json, not %q", o)
	}
	quiet, said := *a, new(bytes.Buffer)
	if quiet.out = a.err; !call.is("dry-run") {
		quiet.out, quiet.err = io.Discard, said
	}
	return quiet.onStore(ctx, call, func(h *house) error {
		s := &script{call, h, a.out, a.err}
		err := map[string]func(context.Context) error{
			"create_user": s.createUser, "create_group": s.createGroup, "adduser_to_group": s.addUser,
			"delete_group": s.deleteGroup, "list_members": s.listMembers, "list_membership": s.listMembership,
		}[call.command](ctx)
		if errors.Is(err, errRefused) || !errors.As(err, new(quietError)) {
			return err
		}
		return failedChange(said.String())
	})
}

// errRefused is a deletion that takes --force.
var errRefused = fmt.Errorf("refused: %w", quietError{exitPartial})

// failedChange finds what the run said about the change that failed.
func failedChange(said string) error {
	for line := range strings.Lines(said) {
		for _, result := range []journal.Result{journal.Partial, journal.Failed, journal.Stale, journal.Held} {
			if text, ok := strings.CutPrefix(strings.TrimSpace(line), string(result)+": "); ok {
				return errors.New(text)
			}
		}
	}
	return errors.New(strings.TrimSpace(said))
}

// onStore opens a house in which there is one directory: that store, in AWS or
// at the endpoint given, whatever rollcall.yaml says.
func (a *app) onStore(ctx context.Context, call scriptCall, fn func(h *house) error) (err error) {
	store, err := identity.ParseStoreID(call.values["identitystoreid"])
	if err != nil {
		return err
	}
	if a.state, err = scriptState(call); err != nil {
		return err
	}
	a.directory = ""
	h, err := a.openWith(ctx, config.Alone(string(store), config.Directory{
		Kind: config.KindAWS, Store: store,
		Region: call.values["region"], Profile: call.values["profile"], Endpoint: call.values["endpoint-url"],
	}))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	return fn(h)
}

func (s *script) change() change { return change{dryRun: s.is("dry-run"), reason: scriptReason} }

func (s *script) line(format string, args ...any) { fmt.Fprintf(s.out, format+"\n", args...) }

// createUser makes the user and, in the same plan, their membership.
func (s *script) createUser(ctx context.Context) error {
	d, err := s.draft(ctx)
	if err != nil {
		return err
	}
	u := identity.User{
		UserName: s.values["username"], Active: true,
		DisplayName: s.values["givenname"] + " " + s.values["familyname"],
		Name:        identity.Name{GivenName: s.values["givenname"], FamilyName: s.values["familyname"]},
	}
	if email := s.values["email"]; email != "" {
		u.Emails = []identity.Email{{Value: email, Type: "work", Primary: true}}
	}
	key := directory.Key{Attribute: directory.KeyUserName, Value: u.UserName}
	if there, err := d.directory.FindUser(ctx, key); err == nil {
		return fault.Text(fault.Conflict, "create user", there.UserName, "there is one already, with UserId "+string(there.ID))
	} else if !fault.Is(err, fault.NotFound) {
		return err
	}
	created, err := d.NewUser(ctx, u, scriptReason)
	if err != nil {
		return err
	}
	group, skipped, err := s.wantedGroup(ctx, d)
	if err != nil {
		return err
	}
	join, err := d.joining(ctx, group, scriptReason)
	if err != nil {
		return err
	}
	join.newcomer(d.Add(created), u.UserName)
	join.plan()
	failed := d.carryOut(ctx, "create user "+u.UserName, s.change())
	if s.is("dry-run") {
		return failed
	}
	made, err := d.directory.FindUser(ctx, key)
	if err != nil {
		return cmp.Or(failed, err)
	}
	s.line("User:%s with UserId:%s created successfully", made.UserName, made.ID)
	switch {
	case failed != nil:
		return failed
	case skipped:
		s.line("Group Name %s does not exists, Skipping adding user to group", s.values["groupname"])
	case len(group) > 0:
		s.line("User:%s added to Group:%s successfully", made.UserName, group[0].DisplayName)
	}
	return nil
}

// wantedGroup is the group of --groupname, none without; skipped says that there
// is none of that name.
func (s *script) wantedGroup(ctx context.Context, d *draft) (group []identity.Group, skipped bool, err error) {
	if s.values["groupname"] == "" {
		return nil, false, nil
	}
	g, err := s.group(ctx, d.directory)
	if fault.Is(err, fault.NotFound) {
		return nil, true, nil
	}
	return []identity.Group{g}, false, err
}

func (s *script) group(ctx context.Context, d *directory.Directory) (identity.Group, error) {
	return d.FindGroup(ctx, directory.Key{Attribute: directory.KeyDisplayName, Value: s.values["groupname"]})
}

func (s *script) user(ctx context.Context, d *directory.Directory) (identity.User, error) {
	return d.FindUser(ctx, directory.Key{Attribute: directory.KeyUserName, Value: s.values["username"]})
}

func (s *script) createGroup(ctx context.Context) error {
	d, err := s.draft(ctx)
	if err != nil {
		return err
	}
	if there, err := s.group(ctx, d.directory); err == nil {
		return fault.Text(fault.Conflict, "create group", there.DisplayName, "there is one already, with GroupId "+string(there.ID))
	} else if !fault.Is(err, fault.NotFound) {
		return err
	}
	g := identity.Group{DisplayName: s.values["groupname"], Description: s.values["description"]}
	created, err := d.NewGroup(g, scriptReason)
	if err != nil {
		return err
	}
	d.Add(created)
	if err := d.carryOut(ctx, "create group "+g.DisplayName, s.change()); err != nil || s.is("dry-run") {
		return err
	}
	made, err := s.group(ctx, d.directory)
	if err != nil {
		return err
	}
	s.line("Group:%s with GroupId:%s created successfully", made.DisplayName, made.ID)
	return nil
}

// groupDraft begins the plan of a change to the group that is named.
func (s *script) groupDraft(ctx context.Context) (*draft, identity.Group, error) {
	d, err := s.draft(ctx)
	if err != nil {
		return nil, identity.Group{}, err
	}
	g, err := s.group(ctx, d.directory)
	return d, g, err
}

func (s *script) addUser(ctx context.Context) error {
	d, g, err := s.groupDraft(ctx)
	if err != nil {
		return err
	}
	u, err := s.user(ctx, d.directory)
	if err != nil {
		return err
	}
	_, err = d.directory.FindMembership(ctx, g.ID, u.ID)
	switch {
	case err == nil:
		s.line("User:%s already in Group:%s", u.UserName, g.DisplayName)
		return nil
	case !fault.Is(err, fault.NotFound):
		return err
	}
	c, err := d.Group(ctx, g, plan.GroupMembers, scriptReason)
	if err != nil {
		return err
	}
	m, err := d.Member(ctx, u)
	if err != nil {
		return err
	}
	c.Add = []plan.Member{m}
	d.Add(c)
	if err := d.carryOut(ctx, "add "+u.UserName+" to group "+g.DisplayName, s.change()); err != nil || s.is("dry-run") {
		return err
	}
	s.line("User:%s added to Group:%s successfully", u.UserName, g.DisplayName)
	return nil
}

// deleteGroup deletes a group that nothing hangs on, or with --force any.
func (s *script) deleteGroup(ctx context.Context) error {
	d, g, err := s.groupDraft(ctx)
	if err != nil {
		return err
	}
	lost, err := d.deleteGroup(ctx, g, scriptReason)
	if err != nil {
		return err
	}
	if !lost.none() && !s.is("force") {
		say(s.err, "%s: refused; --force deletes the group all the same.", operationsProgram)
		lost.show(s.err)
		return errRefused
	}
	if err := d.carryOut(ctx, "delete group "+g.DisplayName, s.change()); err != nil || s.is("dry-run") {
		return err
	}
	s.line("Group:%s with GroupId:%s deleted successfully", g.DisplayName, g.ID)
	return nil
}

// listMembers prints every member, in no order but the directory's.
func (s *script) listMembers(ctx context.Context) error {
	d, err := s.directory(ctx, "")
	if err != nil {
		return err
	}
	g, err := s.group(ctx, d)
	if err != nil {
		return err
	}
	type member struct {
		UserID      identity.ID `json:"UserId"`
		UserName    string
		DisplayName string
	}
	memberships, users, err := membersOf(ctx, d, g.ID)
	if err != nil {
		return err
	}
	all := []member{}
	for _, m := range memberships {
		if u, there := users[m.UserID]; there {
			all = append(all, member{u.ID, u.UserName, u.DisplayName})
		}
	}
	if s.values["output"] == "json" {
		return s.json(all)
	}
	for _, m := range all {
		s.line("UserName:%s,Display Name: %s ", m.UserName, m.DisplayName)
	}
	return nil
}

func (s *script) listMembership(ctx context.Context) error {
	d, err := s.directory(ctx, "")
	if err != nil {
		return err
	}
	u, err := s.user(ctx, d)
	if err != nil {
		return err
	}
	groups, err := s.groupsOf(ctx, d, u.ID)
	if err != nil {
		return err
	}
	if s.values["output"] == "json" {
		return s.json(groups)
	}
	if !s.is("no-header") {
		s.line("User :%s is a member of the following groups", u.UserName)
	}
	for _, g := range groups {
		s.line("%s", g.DisplayName)
	}
	return nil
}

func (s *script) json(v any) error {
	enc := json.NewEncoder(s.out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
