package ldapsource

import (
	"context"
	"fmt"
	"time"

	"github.com/go-ldap/ldap/v3"

	"rollcall/dn"
)

// sweep lists the names of everything there is, and looks again at what is not
// as the mirror has it: what no feed tells of, such as what was moved to where
// the account may not look, came by replication with an older date, or no
// longer matches the filter.
func (f *followed) sweep(ctx context.Context) error {
	began := time.Now()
	filter := f.o.Filter
	if filter == "" {
		filter = everything
	}
	seen := map[dn.DN]bool{}
	names := append([]string{f.dialect.Anchor()}, f.dialect.stamps()...)
	err := f.list(ctx, filter, names, func(name dn.DN, e *ldap.Entry) {
		seen[name] = true
		id := idOf(f.dialect, e)
		if one := f.mirror.entries[name]; one == nil || one.left || one.id != id || one.stamp != stampOf(f.dialect, e) {
			f.await(touch{id: id, name: e.DN})
		}
	})
	if err == nil && f.o.Filter != "" {
		err = f.list(ctx, everything, []string{f.dialect.Anchor()}, func(name dn.DN, e *ldap.Entry) {
			id := idOf(f.dialect, e)
			if one := f.mirror.entries[name]; !seen[name] && (one == nil || !one.left || one.id != id) {
				f.await(touch{id: id, name: e.DN})
			}
			seen[name] = true
		})
	}
	if err != nil {
		return err
	}
	vanished := 0
	for name, one := range f.mirror.entries {
		if _, told := f.pending[one.id]; !seen[name] && !told {
			f.await(touch{id: one.id, name: one.DN})
			vanished++
		}
	}
	if vanished > maxVanished || len(f.pending) > maxTouched {
		return f.stale(fmt.Sprintf("%d entries are gone of which the server did not say so, and %d others are not as they were", vanished, len(f.pending)-vanished))
	}
	arrived := f.arrived // whose groups may have been changed a moment after
	f.arrived = nil
	for _, name := range arrived {
		groups, err := f.groupsOf(ctx, name)
		if err != nil {
			return err
		}
		for _, group := range groups {
			f.await(group)
		}
	}
	err = f.takeIn(ctx)
	f.sweepAt = time.Now().Add(max(f.pace.sweep, sweepShare*time.Since(began)))
	return err
}

// list reads some attributes of everything, in pages.
func (f *followed) list(ctx context.Context, filter string, attributes []string, each func(dn.DN, *ldap.Entry)) error {
	for _, root := range f.names.roots {
		s := search{
			base: root, filter: filter, attributes: attributes, size: f.o.PageSize, referrals: map[string]bool{},
			each: func(e *ldap.Entry) error {
				if name, err := dn.Parse(e.DN); err == nil {
					each(name, e)
				}
				return nil
			},
		}
		if err := s.run(ctx, f.c); err != nil {
			return err
		}
	}
	return nil
}
