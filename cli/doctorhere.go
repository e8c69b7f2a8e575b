package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"rollcall/caller"
	"rollcall/config"
	"rollcall/directory"
	"rollcall/fault"
)

func (d *doctor) checkConfig(c *config.Config) {
	says := fmt.Sprintf("%s, %s, %s", amount(len(c.Directories), "directory", "directories"), count(len(c.Sources), "source"), count(len(c.Syncs), "sync"))
	file, found := d.app.configInUse()
	if !found {
		d.ok("configuration", "", "there is no file, so the built-in one holds: "+says)
		return
	}
	d.ok("configuration", file, says)
}

// checkFolder looks who may read the state folder and the key in it: with the
// key, heads are signed and secrets are read.
func (d *doctor) checkFolder() {
	private := []string{d.app.state}
	if c, err := d.app.loadConfig(); err != nil || c.Key.IsZero() {
		private = append(private, filepath.Join(d.app.state, "key"))
	}
	for _, at := range private {
		info, err := os.Stat(at)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			d.ok("permissions", at, "it is not there yet, and will be made for you alone")
		case err != nil:
			d.fail("permissions", at, fault.New(fault.Denied, "look at", at, err))
		case info.Mode().Perm()&0o077 != 0:
			d.warn("permissions", at, fmt.Sprintf("others may use it (mode %04o); take that away: chmod go= %s", info.Mode().Perm(), quoted(at)))
		default:
			d.ok("permissions", at, fmt.Sprintf("yours alone (mode %04o)", info.Mode().Perm()))
		}
	}
}

func (d *doctor) checkDirectory(ctx context.Context, name string) {
	settings, known := d.house.config.Directories[name]
	if !known {
		d.fail("configuration", name, usage("no directory is called %q; there are %s", name, names(d.house.config.Directories)))
		return
	}
	d.begin("directory " + name)
	if settings.Kind == config.KindAWS {
		d.checkAWS(ctx, name, settings)
		return
	}
	opened, err := d.house.openDirectory(ctx, name)
	if err != nil {
		d.fail("directory", name, err)
		return
	}
	if store, reached := d.checkStore(ctx, opened); reached {
		d.checkTokens(ctx, name, settings, store)
	}
}

// checkStore reads one user, and looks which store the name meant so far.
func (d *doctor) checkStore(ctx context.Context, opened *directory.Directory) (store directory.Store, reached bool) {
	name := opened.Name()
	store, err := opened.Store(ctx)
	if err == nil {
		for _, err = range opened.Users(ctx) {
			break
		}
	}
	if err != nil {
		d.fail("directory", name, err)
		return store, false
	}
	d.ok("directory", name, "identity store "+string(store.ID)+" answers")
	bound, err := d.house.links.Bound(ctx, name)
	switch {
	case err != nil:
		d.fail("store", name, err)
	case bound == "":
		d.ok("store", name, "never used; the first command that works on it binds the name to "+string(store.ID))
	case bound != store.ID:
		d.fail("store", name, fault.Text(fault.Incomplete, "open directory", name, fmt.Sprintf(
			"the name meant store %s so far and is %s now; if that is meant, type: rollcall directory rebind %s", bound, store.ID, name)))
	default:
		d.ok("store", name, "it is the one the links are of, "+string(bound))
	}
	return store, true
}

// checkTokens looks how long an embedded directory's SCIM tokens are good for.
func (d *doctor) checkTokens(ctx context.Context, name string, settings config.Directory, store directory.Store) {
	center, err := d.house.center(ctx, settings)
	if err != nil {
		d.fail("SCIM token", name, err)
		return
	}
	tokens, err := center.Tokens.List(ctx, store.ID)
	if err != nil {
		d.fail("SCIM token", name, err)
		return
	}
	for _, t := range tokens {
		on, left := name+" "+t.ID, t.DaysLeft(d.now())
		switch {
		case t.Expired(d.now()):
			d.warn("SCIM token", on, "it has expired; take it away: rollcall token revoke "+t.ID)
		case left < caller.NoticeDays:
			d.warn("SCIM token", on, fmt.Sprintf("it expires in %s; make another (rollcall token create) and bring it to whoever uses this one", count(left, "day")))
		default:
			d.ok("SCIM token", on, count(left, "day")+" left")
		}
	}
}

// checkSource reads a source whole, as a sync would.
func (d *doctor) checkSource(ctx context.Context, name string) {
	d.begin("source " + name)
	if s := d.house.config.Sources[name]; s.Kind == config.KindLDAP {
		d.checkLDAP(ctx, name, s)
	}
	snap, err := d.house.readSource(ctx, name)
	if err != nil {
		d.fail("source", name, err)
		return
	}
	d.ok("source", name, "it reads completely: "+contents(snap))
}

// amount is count for words whose plural is another.
func amount(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
