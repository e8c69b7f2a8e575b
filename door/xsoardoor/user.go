package xsoardoor

import (
	"errors"
	"net/http"
	"slices"

	"rollcall/command"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/plan"
	"rollcall/scim"
	"rollcall/xsoar"
)

// The actions of an answer.
const (
	actionGet     = "get"
	actionCreate  = "create"
	actionUpdate  = "update"
	actionDisable = "disable"
)

// The integration's own words.
const (
	noSuchUser   = "User does not exist"
	noSuchGroup  = "Group Not Found"
	switchedOff  = "Command is disabled."
	disabled     = "User is already disabled."
	disabledGone = "Users is already disabled or does not exist in the system."
	nothingFinds = "Your user profile argument must contain at least one attribute that is mapped into one of the following attributes in the outgoing mapper: ['id', 'userName']"
)

// oldData is the field of a profile that has the profile as it was before: it
// finds somebody who is renamed.
const oldData = "olduserdata"

// person is a command about a user.
type person struct {
	*request
	result  xsoar.UserResult
	profile xsoar.Object
	mapped  xsoar.Object // the profile as SCIM has it
	old     xsoar.Object // likewise, as it was before; empty if nobody said
	enable  bool
}

// person reads the arguments of a command about a user.
func (r *request) person(action string) (*person, error) {
	profile, err := xsoar.ObjectOf(r.args, argProfile)
	if err != nil {
		return nil, err
	}
	p := &person{request: r, profile: profile, result: xsoar.UserResult{Instance: r.shown, Action: action, Profile: profile}}
	if p.enable, err = xsoar.SwitchOf(r.args, argEnable, true); err != nil {
		return nil, err
	}
	if p.result.Email, err = xsoar.TextOf(profile, "email"); err != nil {
		return nil, err
	}
	if p.mapped, err = r.out.ToSCIM(profile); err != nil {
		return nil, err
	}
	if p.result.Details = any(p.mapped); p.mapped == nil {
		p.result.Details = xsoar.Object{}
	}
	if before, isObject := profile.Get(oldData).(xsoar.Object); isObject {
		p.old, err = r.out.ToSCIM(before)
	}
	return p, err
}

// about runs a command about a user: what it fails with is in the answer.
func (r *request) about(action string, do func(p *person) error) (xsoar.Entry, error) {
	p, err := r.person(action)
	if err != nil {
		return xsoar.Entry{}, err
	}
	if err = do(p); err != nil {
		p.result.Failed = true
		p.result.Code, p.result.Message = tell(err)
	}
	entry := p.result.Entry()
	entry.Err = err
	return entry, nil
}

// skip ends a command without having done anything.
func (p *person) skip(why string) { p.result.Skipped, p.result.Reason = true, why }

// tell puts a user into the answer.
func (p *person) tell(u identity.User) error {
	details, err := p.show(u)
	if err != nil {
		return err
	}
	p.result.ID, p.result.Name, p.result.Details, p.result.Active = string(u.ID), u.UserName, details, &u.Active
	if p.result.Email == "" && p.Generation != xsoar.A {
		p.result.Email = u.Email()
	}
	return nil
}

// show is a user as SCIM has it.
func (r *request) show(u identity.User) (xsoar.Object, error) {
	v, err := xsoar.ValueOf(r.dialect().WriteUser(&u))
	o, _ := v.(xsoar.Object)
	return o, err
}

func (r *request) dialect() scim.Dialect { return scim.Dialect{Issuer: r.Issuer} }

// errNobody is that a profile's userName is nobody's: no failure for most
// commands.
var errNobody = errors.New("nobody has this userName")

// find finds the user whom a profile means, by what it was before, if it says
// so, and by what it is. It fails with errNobody, and with fault.NotFound for
// an id that is nobody's.
func (p *person) find(old bool) (identity.User, error) {
	before, _ := p.profile.Get(oldData).(xsoar.Object)
	for _, from := range []struct {
		profile, mapped xsoar.Object
		use             bool
	}{{before, p.old, old}, {p.profile, p.mapped, true}} {
		if !from.use {
			continue
		}
		id, err := xsoar.TextOf(from.profile, "id")
		if err != nil {
			return identity.User{}, err
		}
		if id != "" {
			return p.byID(id)
		}
		if name, _ := from.mapped.Get("userName").(string); name != "" {
			return p.byName(name)
		}
	}
	return identity.User{}, fault.Text(fault.Invalid, "find user", "", nothingFinds)
}

func (p *person) byID(id string) (identity.User, error) {
	if !identity.IsID(id) {
		return identity.User{}, fault.Text(fault.NotFound, "find user", "", "no id")
	}
	return p.Desk.Directory().User(p.ctx, identity.ID(id))
}

func (p *person) byName(name string) (identity.User, error) {
	u, err := p.Desk.Directory().FindUser(p.ctx, directory.Key{Attribute: directory.KeyUserName, Value: name})
	if fault.Is(err, fault.NotFound) {
		return u, errNobody
	}
	return u, err
}

func (r *request) getUser() (xsoar.Entry, error) {
	return r.about(actionGet, func(p *person) error {
		u, err := p.find(false)
		if errors.Is(err, errNobody) {
			p.result.Failed, p.result.Code, p.result.Message = true, http.StatusNotFound, noSuchUser
			return nil
		}
		if err != nil {
			return err
		}
		resource, err := p.show(u)
		if err != nil {
			return err
		}
		p.result.Profile = p.in.ToProfile(resource)
		if p.Generation == xsoar.A { // its profile spells email otherwise
			p.result.Email = ""
		}
		return p.tell(u)
	})
}

func (r *request) createUser() (xsoar.Entry, error) {
	return r.about(actionCreate, func(p *person) error {
		if !p.Create {
			p.skip(switchedOff)
			return nil
		}
		u, err := p.find(false)
		if err == nil {
			return p.update(u)
		}
		if !errors.Is(err, errNobody) {
			return err
		}
		return p.create()
	})
}

func (r *request) updateUser() (xsoar.Entry, error) {
	return r.about(actionUpdate, func(p *person) error {
		if !p.Update {
			p.skip(switchedOff)
			return nil
		}
		u, err := p.find(true)
		switch {
		case err == nil:
			return p.update(u)
		case !errors.Is(err, errNobody):
			return err
		case p.CreateIfNotExists && p.Create:
			return p.create()
		}
		p.skip(noSuchUser)
		return nil
	})
}

// patched is u as the mapped profile makes it. An item of a list keeps what the
// profile does not say.
func (p *person) patched(u identity.User) (identity.User, error) {
	now, err := p.show(u)
	if err != nil {
		return u, err
	}
	var all []scim.Operation
	for _, pair := range p.mapped {
		v := pair.Value
		if items, isList := v.([]any); isList {
			v = []any{merged(now.Get(pair.Name), items)}
		}
		raw, err := xsoar.Object{{Name: "v", Value: v}}.MarshalJSON()
		if err != nil {
			return u, err
		}
		all = append(all, scim.Operation{Op: scim.OpReplace, Path: pair.Name, Value: raw[len(`{"v":`) : len(raw)-1]})
	}
	if len(all) == 0 {
		return u, nil
	}
	return p.dialect().PatchUser(u, scim.NewPatch(all...))
}

// merged is the one item of a list with what is new.
func merged(had any, fresh []any) any {
	item, _ := fresh[0].(xsoar.Object)
	list, _ := had.([]any)
	if len(list) == 0 {
		return item
	}
	old, _ := list[0].(xsoar.Object)
	both := slices.Clone(old)
	for _, pair := range item {
		if pair.Name != "type" && pair.Name != "primary" || old.Get(pair.Name) == nil {
			both = both.Set(pair.Name, pair.Value)
		}
	}
	return both
}

// create makes the user. Generation A says nothing of active, which AWS takes
// for no.
func (p *person) create() error {
	p.result.Action = actionCreate
	u, err := p.patched(identity.User{Active: p.Generation != xsoar.A})
	if err != nil {
		return err
	}
	draft, err := p.Desk.Begin(p.ctx, p.by)
	if err != nil {
		return err
	}
	c, err := draft.NewUser(p.ctx, u, p.reason())
	if err != nil {
		return err
	}
	draft.Add(c)
	result, err := p.make(draft, "create user")
	if err != nil {
		return err
	}
	return p.again(result.Created[plan.New(1)])
}

// again puts a user into the answer as it is after the change.
func (p *person) again(id identity.ID) error {
	u, err := p.Desk.Directory().User(p.ctx, id)
	if err != nil {
		return err
	}
	return p.tell(u)
}

func (p *person) update(u identity.User) error {
	p.result.Action = actionUpdate
	if !p.Update {
		p.skip(switchedOff)
		return nil
	}
	to, err := p.patched(u)
	if err != nil {
		return err
	}
	draft, err := p.Desk.Begin(p.ctx, p.by)
	if err != nil {
		return err
	}
	var needs []int
	if !u.Active && p.enable && p.Enable {
		n, err := draft.SwitchUser(p.ctx, u, true, p.reason())
		if err != nil {
			return err
		}
		needs = []int{n}
	}
	if err := p.edit(draft, u, to, needs); err != nil {
		return err
	}
	if _, err := p.make(draft, "update user"); err != nil {
		return err
	}
	return p.again(u.ID)
}

// edit plans what is different about the user.
func (p *person) edit(draft *command.Draft, u, to identity.User, needs []int) error {
	edits, err := identity.UserEdits(&u, &to, nil)
	if err != nil {
		return err
	}
	before := len(draft.Plan.Changes)
	err = draft.ChangeUser(p.ctx, u, edits, p.reason(), func(differ []identity.Edit) error {
		if !slices.ContainsFunc(differ, func(e identity.Edit) bool { return e.Path == identity.PathExternalIDs }) {
			return nil
		}
		linked, err := p.Desk.Record(p.ctx, identity.KindUser, u.ID)
		if linked != nil {
			return refuse("The user is linked to a source, which knows them by their externalId; leave it out")
		}
		return err
	})
	for i := before; i < len(draft.Plan.Changes); i++ {
		draft.Plan.Changes[i].Needs = needs
	}
	return err
}

func (r *request) disableUser() (xsoar.Entry, error) {
	return r.about(actionDisable, func(p *person) error {
		if !p.Disable {
			p.skip(switchedOff)
			return nil
		}
		u, err := p.find(false)
		switch {
		case errors.Is(err, errNobody):
			p.skip(noSuchUser)
			return nil
		case fault.Is(err, fault.NotFound):
			p.skip(disabledGone)
			return nil
		case err != nil:
			return err
		case u.Active:
			return p.putOut(u)
		case p.Generation == xsoar.A:
			return p.tell(u)
		}
		p.skip(disabled)
		p.result.Details, err = p.show(u)
		return err
	})
}

// putOut disables somebody, and holds them if they are of a source: no sync
// lets them in again.
func (p *person) putOut(u identity.User) error {
	draft, err := p.Desk.Begin(p.ctx, p.by)
	if err != nil {
		return err
	}
	if err := draft.Leave(p.ctx, []identity.User{u}, plan.Disable, p.reason()); err != nil {
		return err
	}
	if _, err := p.make(draft, "disable user"); err != nil {
		return err
	}
	return p.again(u.ID)
}
