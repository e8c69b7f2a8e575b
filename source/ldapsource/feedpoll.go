package ldapsource

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"

	"rollcall/dn"
	"rollcall/fault"
	"rollcall/identity"
)

// open begins to listen on the connection, from where the cursor is. The server
// is the copy that the cursor is of.
func (f *followed) open(ctx context.Context) (feed, string, error) {
	if f.dialect == ActiveDirectory {
		p := &usnPoll{f: f, known: f.replica.Marks, context: f.c.contextOf(f.base)}
		id, err := f.c.invocation(ctx)
		if err != nil {
			return nil, "", err
		}
		if id == "" || f.replica.Marks[id] == "" {
			if f.server != "" {
				return nil, "", f.stale("another domain controller answers, for which the cursor means nothing")
			}
			return nil, "", fault.Text(fault.Unsupported, "follow LDAP", f.c.server,
				"the account does not see invocationId and highestCommittedUSN, which say what was changed where; let it read them, or give the sync a schedule")
		}
		p.after, err = strconv.ParseUint(f.replica.Marks[id], 10, 64)
		return p, id, err
	}
	if cursor := cursorOf(f.dialect, f.replica.Marks); f.c.root.syncing && cursor != nil {
		p, err := f.push(f.ctx, cursor)
		return p, f.c.server, err
	}
	return &stampPoll{f: f}, f.c.server, nil
}

// polled waits a while before each look, until one finds something.
func polled(ctx context.Context, d, every time.Duration, look func() ([]touch, error)) ([]touch, error) {
	until := time.Now().Add(d)
	for {
		left := time.Until(until)
		if left <= 0 {
			return nil, nil
		}
		select {
		case <-time.After(min(every, left)):
		case <-ctx.Done():
			return nil, nil
		}
		if touched, err := look(); err != nil || len(touched) > 0 {
			return touched, err
		}
	}
}

// usnPoll asks one domain controller what has had a higher USN since (MS-ADTS
// 3.1.1.1.9): anywhere in the domain, so that what was moved elsewhere is seen,
// and with what was deleted, if the account may see that. USNs are that
// controller's own.
type usnPoll struct {
	f       *followed
	after   uint64 // all up to this was seen
	context string
	known   map[string]string
}

func (p *usnPoll) wait(ctx context.Context, d time.Duration) ([]touch, error) {
	return polled(ctx, d, p.f.pace.poll, func() ([]touch, error) { return p.look(p.f.ctx) })
}

func (p *usnPoll) marks() map[string]string { return maps.Clone(p.known) }

func (p *usnPoll) look(ctx context.Context) ([]touch, error) {
	c := p.f.c
	root, err := c.read(ctx, "", "highestCommittedUSN")
	if err != nil {
		return nil, err
	}
	now := root.GetEqualFoldAttributeValue("highestCommittedUSN")
	highest, err := strconv.ParseUint(now, 10, 64)
	if err != nil {
		return nil, p.f.stale("highestCommittedUSN is no number")
	}
	if highest == p.after {
		return nil, nil
	}
	if highest < p.after {
		return nil, p.f.stale("the domain controller has fewer changes than before: it was restored")
	}
	c.root.usn = now
	replica, err := c.replica(ctx, p.f.o.Rules.Base) // before the search, so that it finds all of these
	if err != nil {
		return nil, err
	}
	if _, same := replica.Marks[p.f.server]; !same {
		return nil, p.f.stale("the domain controller is another one since: it was restored")
	}
	var touched []touch
	s := search{
		base: p.context, filter: fmt.Sprintf("(uSNChanged>=%d)", p.after+1), attributes: []string{"objectGUID", "isDeleted"}, size: p.f.o.PageSize,
		referrals: map[string]bool{}, controls: []ldap.Control{ldap.NewControlMicrosoftShowDeleted()},
		each: func(e *ldap.Entry) error {
			t := touch{id: idOf(ActiveDirectory, e), name: e.DN, gone: e.GetEqualFoldAttributeValue("isDeleted") == "TRUE"}
			if p.f.concerns(t) {
				touched = append(touched, t)
			}
			return nil
		},
	}
	if err := s.run(ctx, c); err != nil {
		return nil, err
	}
	p.after, p.known = highest, replica.Marks
	return touched, nil
}

// concerns reports whether an entry of the domain is, or was, one of those that
// are read.
func (f *followed) concerns(t touch) bool {
	if _, known := f.mirror.byID[t.id]; known {
		return true
	}
	name, err := dn.Parse(t.name)
	return err == nil && !t.gone && f.under(name)
}

// invocation is the id of a domain controller's copy, empty if it is not shown.
func (c *conn) invocation(ctx context.Context) (string, error) {
	if c.root.service == "" {
		return "", nil
	}
	own, err := c.glance(ctx, c.root.service, "invocationId")
	if own == nil || err != nil {
		return "", err
	}
	id, err := identity.ParseAnchor(identity.AnchorGUID, own.GetEqualFoldRawAttributeValue("invocationId"))
	if err != nil {
		return "", nil //nolint:nilerr // as if it were not shown
	}
	return string(id), nil
}

// contextOf is the naming context that a name lies in.
func (c *conn) contextOf(name dn.DN) string {
	found := ""
	for _, context := range c.root.contexts {
		if suffix, err := dn.Parse(context); err == nil && name.Under(suffix) && len(context) > len(found) {
			found = context
		}
	}
	return found
}

// overlap is by how much a search by time reaches back: what was written in the
// same second, and what came by replication with a date of its own.
const overlap = 5 * time.Second

// generalized is how LDAP writes times (RFC 4517 section 3.3.13).
const generalized = "20060102150405Z"

// stampPoll asks for what has a later modifyTimestamp. Names that go are found
// by listing all.
type stampPoll struct {
	f     *followed
	after time.Time
}

func (p *stampPoll) marks() map[string]string { return nil }

func (p *stampPoll) wait(ctx context.Context, d time.Duration) ([]touch, error) {
	return polled(ctx, d, p.f.pace.poll, func() ([]touch, error) { return p.look(p.f.ctx) })
}

var errNoDate = errors.New("no modifyTimestamp")

func (p *stampPoll) look(ctx context.Context) ([]touch, error) {
	if p.after.IsZero() {
		p.after = p.newest()
	}
	f := p.f
	filter := fmt.Sprintf("(modifyTimestamp>=%s)", p.after.Add(-overlap).Format(generalized))
	var touched []touch
	for _, root := range f.names.roots {
		s := search{
			base: root, filter: filter, attributes: append([]string{f.dialect.Anchor()}, f.dialect.stamps()...), size: f.o.PageSize,
			referrals: map[string]bool{}, each: func(e *ldap.Entry) error {
				if at, err := dateOf(e); err == nil && at.After(p.after) {
					p.after = at
				}
				id := idOf(f.dialect, e)
				if one, known := f.mirror.entries[f.mirror.byID[id]]; !known || one.stamp != stampOf(f.dialect, e) || one.DN != e.DN {
					touched = append(touched, touch{id: id, name: e.DN})
				}
				return nil
			},
		}
		if err := s.run(ctx, f.c); err != nil {
			return nil, err
		}
	}
	return touched, nil
}

// newest is the last date of what is kept.
func (p *stampPoll) newest() time.Time {
	var last time.Time
	for _, one := range p.f.mirror.entries {
		if at, err := parseDate(one.stamp[strings.LastIndexByte(one.stamp, ' ')+1:]); err == nil && at.After(last) {
			last = at
		}
	}
	return last
}

func dateOf(e *ldap.Entry) (time.Time, error) {
	return parseDate(e.GetEqualFoldAttributeValue("modifyTimestamp"))
}

func parseDate(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, errNoDate
	}
	return time.Parse(generalized, text)
}
