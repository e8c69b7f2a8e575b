package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"rollcall/access"
	"rollcall/apply"
	"rollcall/approval"
	"rollcall/baseline"
	"rollcall/caller/sqlcaller"
	"rollcall/config"
	"rollcall/connector"
	"rollcall/directory"
	"rollcall/directory/sqldir"
	"rollcall/fault"
	"rollcall/governor"
	"rollcall/identity"
	"rollcall/identitycenter"
	"rollcall/journal"
	"rollcall/keyring"
	"rollcall/link"
	"rollcall/reconcile"
	"rollcall/source"
	"rollcall/sqldb"
	"rollcall/work"
)

// house is everything put together for one command: configuration, state, and
// what the configuration names, opened when first asked for.
type house struct {
	app     *app
	config  *config.Config
	state   *sqldb.DB
	journal *journal.Journal
	links   *link.Store

	baselines *baseline.Store
	keys      *keyring.Keyring
	centers   map[string]*identitycenter.Database // by database URL
	policies  *apply.Policies                     // of permission sets, that this process is writing

	opening sync.Mutex // while doors open directories; several may at once
	finding sync.Mutex // held while an instance is looked for that is not configured
	located map[string]located

	live *source.Snapshot   // what the source of a watched sync holds; nil: it is read
	left *reconcile.Current // what its directory holds, as the last run left it; nil: it is read
}

// open puts the house together. The caller closes it.
func (a *app) open(ctx context.Context) (*house, error) {
	c, err := a.loadConfig()
	if err != nil {
		return nil, err
	}
	h, err := a.openWith(ctx, c)
	if err != nil {
		return nil, err
	}
	if err := h.actAsOperator(ctx); err != nil {
		return nil, errors.Join(err, h.close())
	}
	return h, nil
}

func (a *app) openWith(ctx context.Context, c *config.Config) (*house, error) {
	made, err := a.makeStateFolder()
	if err != nil {
		return nil, err
	}
	if made { // whoever is in another folder than they think sees it here
		say(a.err, "Made the state folder %s: nothing is known in it yet.", a.state)
	}
	url, err := c.State.URL(a.state)
	if err != nil {
		return nil, err
	}
	keys, err := a.keys(c)
	if err != nil {
		return nil, err
	}
	state, err := sqldb.Open(ctx, url, stateTables()...)
	if err != nil {
		return nil, err
	}
	return &house{
		app: a, config: c, state: state, journal: journal.Open(state, keys, journal.WithClock(a.clock()), journal.WithMemory(a.memory)),
		links: link.New(state), baselines: baseline.New(state), keys: keys, centers: map[string]*identitycenter.Database{},
		policies: apply.NewPolicies(),
	}, nil
}

// stateTables are the tables of everybody who keeps something in the state.
func stateTables() []sqldb.Migrations {
	return []sqldb.Migrations{
		link.Migrations,
		journal.Migrations,
		baseline.Migrations,
		sqlcaller.OperatorMigrations(),
		governor.Migrations,
		work.Migrations, connector.Migrations,
		access.Migrations,
		approval.Migrations,
	}
}

// keys are the configured ones, or those in the state folder.
func (a *app) keys(c *config.Config) (*keyring.Keyring, error) {
	if c.Key.IsZero() {
		return keyring.Open(filepath.Join(a.state, "key"))
	}
	text, err := c.Key.Resolve()
	if err != nil {
		return nil, err
	}
	return keyring.FromText(text)
}

func (h *house) close() error {
	var problems []error
	for _, c := range h.centers {
		problems = append(problems, c.Close())
	}
	return errors.Join(append(problems, h.state.Close())...)
}

// with opens the house, runs fn in it and closes it.
func (a *app) with(ctx context.Context, fn func(h *house) error) (err error) {
	h, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	return fn(h)
}

// directoryName is the directory a command means.
func (h *house) directoryName(name string) string {
	if name == "" {
		name = h.app.directory
	}
	if name == "" {
		name = h.config.DefaultDirectory
	}
	return name
}

// directory opens a directory by its name in the configuration; "" means the
// one that --directory names, or the default.
func (h *house) directory(ctx context.Context, name string) (*directory.Directory, error) {
	d, err := h.openDirectory(ctx, name)
	if err != nil {
		return nil, err
	}
	return d, h.bind(ctx, d)
}

// openDirectory is directory without looking which store the name meant
// before.
func (h *house) openDirectory(ctx context.Context, name string) (*directory.Directory, error) {
	name = h.directoryName(name)
	settings, known, err := h.settingsOf(ctx, name)
	if err != nil {
		return nil, err
	}
	if !known {
		return nil, usage("no directory is called %q; there are %s", name, names(h.config.Directories))
	}
	if settings.Kind == config.KindAWS {
		return h.awsDirectory(ctx, name, settings)
	}
	center, err := h.center(ctx, settings)
	if err != nil {
		return nil, err
	}
	id, err := h.storeID(ctx, center.Center, settings)
	if err != nil {
		return nil, err
	}
	driver, err := center.Store(ctx, id, sqldir.Options{BareIDs: settings.BareIDs()})
	if err != nil {
		return nil, err
	}
	if err := center.Organize(ctx, id, settings); fault.Is(err, fault.Invalid) {
		return nil, configError{fmt.Errorf("the configuration of directory %s: %w", name, err)}
	} else if err != nil {
		return nil, err
	}
	return directory.New(name, driver), nil
}

// bind refuses a directory whose name meant another store before: links and
// plans would be about other people's accounts.
func (h *house) bind(ctx context.Context, d *directory.Directory) error {
	store, err := d.Store(ctx)
	if err != nil {
		return err
	}
	if err := h.links.Bind(ctx, d.Name(), store.ID); err != nil {
		if fault.Is(err, fault.Stale) {
			return fault.New(fault.Incomplete, "open directory", d.Name(), err)
		}
		return err
	}
	return nil
}

// storeID is the store a directory means: the one configured, the only one
// there is, or a new one. A new one's id comes from the installation's key, so
// that processes which begin at once make the same store.
func (h *house) storeID(ctx context.Context, center *sqldir.Center, settings config.Directory) (identity.StoreID, error) {
	if settings.Store != "" {
		return settings.Store, nil
	}
	stores, err := center.Stores(ctx)
	if err != nil {
		return "", err
	}
	switch len(stores) {
	case 0:
		digits := sha256.Sum256(append(h.keys.PublicKey(), settings.Database.String()...))
		return identity.StoreID("d-" + hex.EncodeToString(digits[:5])), nil
	case 1:
		return stores[0].ID, nil
	}
	return "", usage("the database holds %d identity stores; say which with store: in the configuration", len(stores))
}

// readSource reads a source whole.
func (h *house) readSource(ctx context.Context, name string) (*source.Snapshot, error) {
	src, err := h.source(name)
	if errors.As(err, new(usageError)) {
		return nil, err
	}
	if err != nil {
		return nil, sourceError{err}
	}
	snap, err := src.Read(ctx)
	if err != nil {
		return nil, sourceError{err}
	}
	return snap, nil
}

// sync returns a sync's settings by its name.
func (h *house) sync(name string) (config.Sync, error) {
	s, known := h.config.Syncs[name]
	if !known {
		return s, usage("no sync is called %q; %s", name, h.app.syncsThereAre(h.config))
	}
	return s, nil
}

// syncsThereAre says which syncs somebody may have meant, or why there are none.
func (a *app) syncsThereAre(c *config.Config) string {
	file, found := a.configInUse()
	switch {
	case len(c.Syncs) > 0:
		return "there are " + names(c.Syncs)
	case found:
		return file + " has none"
	}
	return fmt.Sprintf("there is no configuration: no %s in this folder, nor in %s; name one with --config", configName, a.state)
}

// executor carries plans out against d, with a progress bar on a terminal.
func (h *house) executor(d *directory.Directory) *apply.Executor {
	x := &apply.Executor{
		Directory: d, Journal: h.journal, Links: h.links, Access: h.accessOf(d.Name()), Clock: h.app.clock(), Policies: h.policies,
		Approvals: gate{h.approvals(), h}, Progress: progressBar(h.app.err),
	}
	if h.app.metrics != nil {
		x.Settled = h.countChange
	}
	return x
}

func names[T any](of map[string]T) string {
	return strings.Join(slices.Sorted(maps.Keys(of)), ", ")
}

// meaning says which directory and store a command is about to change.
func (h *house) meaning(ctx context.Context, d *directory.Directory) error {
	store, err := d.Store(ctx)
	if err != nil {
		return err
	}
	say(h.app.err, "Directory %s, identity store %s (%s).", d.Name(), store.ID, h.config.Directories[d.Name()].Kind)
	return nil
}
