package cli

import (
	"context"
	"slices"
	"strings"

	"rollcall/apply"
	"rollcall/identity"
	"rollcall/plan"
)

// deniedFirst is the denial of people by a plan of its own, beside the reading of
// all that they have. What it does not come to, the plan of all else does.
type deniedFirst struct {
	looked chan struct{} // closed when it is planned, or cannot be
	over   chan struct{} // closed when nothing of it is under way any more
	begin  chan bool     // whether it is to be carried out
	draft  *draft
	unread error // of the look; to be read once looked is closed
	err    error // of all of it, once over is
}

// first does what comes before anybody has read all that people have: they are
// held and disabled, and then, beside all else, denied. It returns the draft of
// the rest, and what [draft.shutFirst] does.
func (d *draft) first(ctx context.Context, users []identity.User, reason string) (rest *draft, now []identity.User, run string, err error) {
	early := d.lookFirst(ctx, d.shutNow(users), reason)
	now, run, err = d.shutFirst(ctx, users, reason)
	if early != nil {
		early.begin <- err == nil && run != "" // whom nobody holds yet, nobody denies; whom nothing could disable, all the same
	}
	if err == nil {
		rest, err = d.another(ctx)
	}
	if err != nil {
		early.wait()
		return nil, nil, run, err
	}
	rest.denied = early
	if early != nil && run != "" {
		deny := *rest.Deny
		deny.Begun = early.begun
		rest.Deny = &deny
	}
	return rest, now, run, nil
}

// shutNow are those whom [draft.shutFirst] holds and disables.
func (d *draft) shutNow(users []identity.User) []identity.User {
	if !d.directory.Abilities().Status {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(users), func(u identity.User) bool { return !u.Active })
}

// lookFirst begins to plan the denial, beside the disabling: two services. It
// returns nil if nobody is to be denied, or it cannot be planned: that keeps
// nobody from being disabled.
func (d *draft) lookFirst(ctx context.Context, users []identity.User, reason string) *deniedFirst {
	if d.Deny == nil || len(users) == 0 {
		return nil
	}
	early, err := d.another(ctx)
	if err != nil {
		return nil
	}
	f := &deniedFirst{looked: make(chan struct{}), over: make(chan struct{}), begin: make(chan bool, 1), draft: early}
	go func() {
		defer close(f.over)
		f.unread = f.look(ctx, users, reason)
		f.err = f.unread
		close(f.looked)
		if <-f.begin && f.err == nil && !early.plan.Empty() {
			f.err = f.deny(ctx)
		}
	}()
	return f
}

func (f *deniedFirst) look(ctx context.Context, users []identity.User, reason string) error {
	if err := f.draft.DenyFirst(ctx, users, reason); err != nil || f.draft.plan.Empty() {
		return err
	}
	return f.draft.Finish(ctx, "deny the role sessions of "+some(leaverNames(users))+" before all else")
}

func (f *deniedFirst) deny(ctx context.Context) error {
	h := f.draft.house
	if err := h.askSessions(ctx, f.draft.plan, nil); err != nil {
		return err
	}
	x := h.executor(f.draft.directory)
	x.Progress = nil // the other plan's is shown
	_, err := x.Run(ctx, f.draft.plan, apply.Options{Actor: h.app.actor(), Fresh: true})
	return err
}

// begun reports whether the denial of somebody in a permission set is planned.
func (f *deniedFirst) begun(user identity.ID, set string) bool {
	<-f.looked
	for _, c := range f.draft.plan.Changes {
		if c.Kind == plan.SessionDeny && c.Subject == plan.Existing(user) && c.Denial.PermissionSet == set {
			return f.unread == nil && !f.draft.plan.Braked()
		}
	}
	return false
}

// wait waits until the denial is over, and says what was in its way.
func (f *deniedFirst) wait() {
	if f == nil {
		return
	}
	<-f.over
	if f.err != nil {
		h := f.draft.house
		say(h.app.err, "Role sessions could not be denied before all else was read: %s", strings.TrimSpace(f.err.Error()))
		f.err = nil
	}
}
