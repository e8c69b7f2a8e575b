package ldapsource

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-ldap/ldap/v3"

	"rollcall/fault"
)

// pushed is a server that sends what changes (RFC 4533, refreshAndPersist).
// Only names come that way; the entries are read as they are when they are
// looked at.
type pushed struct {
	c       *conn
	base    string
	arrived chan struct{} // has room for one

	mu      sync.Mutex
	touched []touch
	known   map[string]string // how far it had come, by the id of each server
	ended   error
}

// push listens from a cursor on, until the connection ends. It is a connection
// of its own: OpenLDAP may put what it pushes among the answers to other
// searches on the same one.
func (f *followed) push(ctx context.Context, cursor []byte) (*pushed, error) {
	c, err := f.connect(ctx)
	if err != nil {
		return nil, err
	}
	f.listening = c
	if c.server != f.c.server {
		return nil, fault.Text(fault.Unavailable, "follow LDAP", c.server, "it answers where "+f.c.server+" did before")
	}
	p := &pushed{c: c, base: f.o.Rules.Base, arrived: make(chan struct{}, 1), known: maps.Clone(f.replica.Marks)}
	request := ldap.NewSearchRequest(p.base, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases, 0, 0, false, everything, []string{noAttrs}, nil)
	answer := c.Syncrepl(ctx, request, ahead, ldap.SyncRequestModeRefreshAndPersist, cursor, false)
	go p.listen(answer)
	return p, nil
}

// cursorOf is what OpenLDAP takes from whoever has seen these changes; nil
// where a server has cursors of another kind.
func cursorOf(d Dialect, marks map[string]string) []byte {
	if d != OpenLDAP || len(marks) == 0 {
		return nil
	}
	var all []string
	for _, id := range slices.Sorted(maps.Keys(marks)) {
		all = append(all, marks[id])
	}
	return []byte("rid=000,csn=" + strings.Join(all, ";"))
}

func (p *pushed) listen(answer ldap.Response) {
	for answer.Next() {
		var touched []touch
		for _, control := range answer.Controls() {
			touched = append(touched, p.read(answer.Entry(), control)...)
		}
		if len(touched) > 0 {
			p.mu.Lock()
			p.touched = append(p.touched, touched...)
			p.mu.Unlock()
			p.wake()
		}
	}
	err := answer.Err()
	if err == nil {
		err = ldap.NewError(ldap.ErrorNetwork, errOpen)
	}
	p.mu.Lock()
	p.ended = err
	p.mu.Unlock()
	p.wake()
}

func (p *pushed) wake() {
	select {
	case p.arrived <- struct{}{}:
	default: // somebody is to look already
	}
}

// read takes one message.
func (p *pushed) read(e *ldap.Entry, control ldap.Control) []touch {
	switch said := control.(type) {
	case *ldap.ControlSyncState:
		p.note(said.Cookie)
		if t := (touch{id: plainID(said.EntryUUID.String()), gone: said.State == ldap.SyncStateDelete}); e != nil {
			t.name = e.DN
			return []touch{t}
		}
	case *ldap.ControlSyncInfo:
		return p.readInfo(said)
	}
	return nil
}

// readInfo takes a message about many entries. Those of which it is said that
// they are still there need no look: a listing of all names finds the others.
func (p *pushed) readInfo(said *ldap.ControlSyncInfo) []touch {
	switch {
	case said.NewCookie != nil:
		p.note(said.NewCookie.Cookie)
	case said.RefreshDelete != nil:
		p.note(said.RefreshDelete.Cookie)
	case said.RefreshPresent != nil:
		p.note(said.RefreshPresent.Cookie)
	case said.SyncIdSet != nil:
		p.note(said.SyncIdSet.Cookie)
		if !said.SyncIdSet.RefreshDeletes {
			return nil
		}
		var gone []touch
		for _, id := range said.SyncIdSet.SyncUUIDs {
			gone = append(gone, touch{id: plainID(id.String()), gone: true})
		}
		return gone
	}
	return nil
}

// note moves the cursor on: "rid=000,csn=…;…".
func (p *pushed) note(cookie []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for part := range strings.SplitSeq(string(cookie), ",") {
		list, is := strings.CutPrefix(part, "csn=")
		if !is {
			continue
		}
		for csn := range strings.SplitSeq(list, ";") {
			if id, mark, ok := markOf(csn); ok && p.known[id] < mark {
				p.known[id] = mark
			}
		}
	}
}

func (p *pushed) wait(ctx context.Context, d time.Duration) ([]touch, error) {
	late := time.NewTimer(d)
	defer late.Stop()
	for {
		p.mu.Lock()
		touched, ended := p.touched, p.ended
		p.touched = nil
		p.mu.Unlock()
		switch {
		case len(touched) > 0:
			return touched, nil
		case refused(ended):
			return nil, fault.New(fault.Stale, "follow LDAP", p.c.server, ended)
		case ended != nil:
			return nil, p.c.fault(ctx, "follow", p.base, ended)
		}
		select {
		case <-p.arrived:
		case <-late.C:
			return nil, nil
		case <-ctx.Done():
			return nil, nil
		}
	}
}

// refused reports whether a server has ended a search itself, and not for a
// while: it does not go on from the cursor.
func refused(err error) bool {
	told, ok := errors.AsType[*ldap.Error](err)
	if !ok {
		return false
	}
	code := told.ResultCode
	return code == ldap.LDAPResultSyncRefreshRequired || code < ldap.ErrorNetwork && code != ldap.LDAPResultBusy && code != ldap.LDAPResultUnavailable
}

func (p *pushed) marks() map[string]string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.known)
}
