package ldapsource

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"rollcall/dn"
	"rollcall/fault"
	"rollcall/source"
	"rollcall/source/ldapentry"
)

// pace says how changes are gathered: until there was none for quiet, and no
// longer than atMost. A server that does not push is asked every poll. Beside
// that all names are listed every sweep, or less often where that takes long:
// no more than a part of the time in sweepShare is spent on it.
type pace struct{ quiet, atMost, poll, sweep time.Duration }

var usualPace = pace{quiet: 250 * time.Millisecond, atMost: 2 * time.Second, poll: time.Second, sweep: 5 * time.Second}

const (
	sweepShare = 20

	// maxTouched is how many entries are read one by one; where more have
	// changed, a read of the whole is quicker. maxVanished is how many may be
	// gone without the server having said so.
	maxTouched  = 1000
	maxVanished = 10
)

// followed is a directory that was read whole and is kept up to date: the
// mirror has every entry as it was last seen.
type followed struct {
	*Driver
	ctx       context.Context //nolint:containedctx // the life of the connection, not of one call
	dialect   Dialect
	c         *conn // nil: it was cut
	listening *conn // on which the server pushes, if it does
	feed      feed
	server    string // the copy that the cursor is of
	mirror    *mirror
	roots     []dn.DN
	names     *reading             // turns what is read into entries
	rules     *ldapentry.Collector // reads entries, and takes none
	last      source.Report
	replica   source.Replica
	addOnly   map[string]bool // groups with members that could not be read, in the whole read
	sweepAt   time.Time
	pending   map[string]touch  // what is to be looked at
	changed   map[string]string // what was found, and is not told yet
	emptied   []dn.DN           // names of entries that are gone, or have another
	arrived   []string          // names that came up since all were listed
	caveats   []string
}

var (
	_ source.Follower = (*Driver)(nil)
	_ source.Followed = (*followed)(nil)
	_ source.Cautious = (*followed)(nil)
	_ source.Patcher  = (*followed)(nil)
)

// touch is an entry to be looked at again.
type touch struct {
	id   string // may be empty
	name string
	gone bool
}

// feed says which entries are to be looked at again.
type feed interface {
	// wait returns what has come up since, at the latest after d.
	wait(ctx context.Context, d time.Duration) ([]touch, error)
	// marks are how far the copy had come with what was returned; nil: it
	// does not say.
	marks() map[string]string
}

// Follow reads the directory whole and follows one server: Active Directory by
// its USNs, servers with content synchronization (RFC 4533) by what they push,
// and others by modifyTimestamp. It fails as Read does, and with
// fault.Unsupported if the account cannot see by what entries have changed.
func (d *Driver) Follow(ctx context.Context) (source.Followed, error) {
	began := time.Now()
	c, err := d.connect(ctx)
	if err != nil {
		return nil, err
	}
	f := &followed{Driver: d, ctx: ctx, c: c, dialect: c.root.dialect, mirror: newMirror(), pending: map[string]touch{}, changed: map[string]string{}, addOnly: map[string]bool{}}
	if err := f.begin(ctx, c); err != nil {
		f.Close()
		return nil, err
	}
	f.last.Elapsed = time.Since(began)
	f.sweepAt = time.Now().Add(f.pace.sweep)
	return f, nil
}

// begin starts the feed and then reads everything, so that whatever changes
// meanwhile is looked at again.
func (f *followed) begin(ctx context.Context, c *conn) error {
	groups := source.Receiver{
		Person: func(source.Person) error { return nil },
		Group: func(g source.Group) error {
			if g.AddOnly {
				f.addOnly[string(g.Anchor)] = true
			}
			return nil
		},
	}
	r, err := f.Driver.begin(ctx, c, groups)
	if err != nil {
		return err
	}
	r.kept = f.mirror
	f.names, f.replica = r, r.replica
	for _, root := range r.roots {
		at, err := dn.Parse(root)
		if err != nil {
			return fault.New(fault.Invalid, "follow LDAP", "subtree", err)
		}
		f.roots = append(f.roots, at)
	}
	if f.feed, f.server, err = f.open(ctx); err != nil {
		return err
	}
	if err := r.all(ctx); err != nil {
		return err
	}
	if f.last, err = r.finish(ctx); err != nil {
		return err
	}
	r.collector = nil // all of it is in the mirror
	if f.dialect == ActiveDirectory {
		if finding := c.examineDeleted(ctx, f.base, f.o.Bind.User); finding.Warning {
			f.caveats = append(f.caveats, finding.Says)
		}
	}
	for _, one := range f.mirror.entries {
		f.mirror.share(one)
	}
	if f.rules, err = f.collector(f.dialect, source.Receiver{}); err != nil {
		return err
	}
	if !f.mirror.stamped() {
		return fault.Text(fault.Unsupported, "follow LDAP", c.server, fmt.Sprintf(
			"the account does not see %s and %s of every entry, which say what was changed; let it read them, or give the sync a schedule",
			f.dialect.Anchor(), strings.Join(f.dialect.stamps(), ", ")))
	}
	return nil
}

// Caveats are set as it begins to be followed.
func (f *followed) Caveats() []string { return f.caveats }

// Read hands out what is kept, put together as a read of the whole is.
func (f *followed) Read(ctx context.Context, out source.Receiver) (source.Report, error) {
	doubt := ""
	give := out.Group
	out.Group = func(g source.Group) error {
		if g.AddOnly && !f.addOnly[string(g.Anchor)] {
			doubt = g.Name + ": " + g.Why
		}
		return give(g)
	}
	collector, err := f.collector(f.dialect, out)
	if err != nil {
		return source.Report{}, err
	}
	for _, name := range slices.Sorted(maps.Keys(f.mirror.entries)) {
		one := f.mirror.entries[name]
		if one.left {
			collector.Leave(name)
			continue
		}
		if err := collector.AddDigest(one.Digest); err != nil {
			return source.Report{}, err
		}
	}
	report, err := collector.Finish(ctx)
	if err == nil && doubt != "" {
		err = fault.Text(fault.Stale, "follow LDAP", doubt, "it did not lack a member before")
	}
	report.Origin, report.Replica = f.last.Origin, f.replica
	report.Elapsed = f.last.Elapsed
	if err == nil {
		f.mirror.handedOut()
	}
	return report, err
}

// Patch hands out those who changed, where that is all.
func (f *followed) Patch() (people []source.Person, replica source.Replica, ok bool) {
	if f.mirror.reshaped {
		return nil, source.Replica{}, false
	}
	for name := range f.mirror.altered {
		p, _ := f.mirror.entries[name].Person()
		people = append(people, p)
	}
	f.mirror.handedOut()
	return people, f.replica, true
}

// Next waits for changes and takes them in.
func (f *followed) Next(ctx context.Context) (string, error) {
	back := f.c == nil
	for {
		err := f.resume()
		if err == nil {
			err = f.gather(ctx)
		}
		if err == nil && ctx.Err() == nil {
			if err = f.takeIn(f.ctx); err == nil && !time.Now().Before(f.sweepAt) {
				err = f.sweep(f.ctx)
			}
		}
		switch {
		case ctx.Err() != nil:
			return "", ctx.Err()
		case err != nil:
			return "", f.cut(err)
		case len(f.changed) > 0:
			said := say(f.changed)
			f.changed = map[string]string{}
			return said, nil
		case back:
			return "", nil
		}
	}
}

// say says what has changed, without names of people.
func say(changed map[string]string) string {
	counts := map[string]int{}
	for _, how := range changed {
		counts[how]++
	}
	var parts []string
	for _, how := range slices.Sorted(maps.Keys(counts)) {
		noun := "entries"
		if counts[how] == 1 {
			noun = "entry"
		}
		parts = append(parts, fmt.Sprintf("%d %s %s", counts[how], noun, how))
	}
	return strings.Join(parts, ", ")
}

// gather waits for the first change and then until it is quiet, or until it is
// time to list all names.
func (f *followed) gather(ctx context.Context) error {
	var since time.Time
	for ctx.Err() == nil {
		wait := time.Until(f.sweepAt)
		if len(f.pending) > 0 {
			if since.IsZero() {
				since = time.Now()
			}
			wait = min(f.pace.quiet, f.pace.atMost-time.Since(since))
		}
		if wait <= 0 {
			return nil
		}
		touched, err := f.feed.wait(ctx, wait)
		if err != nil || len(touched) == 0 {
			return err
		}
		for _, t := range touched {
			f.await(t)
		}
		if len(f.pending) > maxTouched {
			return f.stale(fmt.Sprintf("more than %d entries have changed", maxTouched))
		}
	}
	return nil
}

// await has an entry looked at.
func (f *followed) await(t touch) {
	key := t.id
	if key == "" {
		key = t.name
	}
	f.pending[key] = t
}

// stale says why everything has to be read again.
func (f *followed) stale(why string) error {
	return fault.Text(fault.Stale, "follow LDAP", f.server, why)
}

// cut lets go of a connection that failed. What was to be looked at still is.
func (f *followed) cut(err error) error {
	f.Close()
	f.sweepAt = time.Time{} // the first thing to do when it is back
	return err
}

// resume connects again to the copy that the cursor is of.
func (f *followed) resume() error {
	if f.c != nil {
		return nil
	}
	c, err := f.connect(f.ctx)
	if err != nil {
		return err
	}
	f.c, f.names.c = c, c
	again, server, err := f.open(f.ctx)
	if err != nil {
		return err
	}
	if server != f.server {
		return f.stale("another server answers, " + server + ", for which the cursor means nothing")
	}
	now, err := c.replica(f.ctx, f.o.Rules.Base)
	if err != nil {
		return err
	}
	if older, unknown := now.Since(f.replica); older+unknown != "" { // it was put back to what it was once
		return f.stale(older + unknown)
	}
	f.feed = again
	return nil
}

// Close hangs up.
func (f *followed) Close() {
	for _, c := range []**conn{&f.c, &f.listening} {
		if *c != nil {
			(*c).close()
			*c = nil
		}
	}
}

// under reports whether a name belongs to what is read.
func (f *followed) under(name dn.DN) bool {
	return name.Under(f.base) && slices.ContainsFunc(f.roots, name.Under)
}
