package memdir

import (
	"context"

	"rollcall/directory"
	"rollcall/identity"
)

// Network returns from where the store may be reached: see
// [directory.NetworkController].
func (d *Driver) Network(ctx context.Context) (*directory.Network, error) {
	if err := alive(ctx, "read network settings"); err != nil {
		return nil, err
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.network, nil
}

// SetNetwork replaces the settings. What was read before is left alone.
func (d *Driver) SetNetwork(ctx context.Context, n directory.Network) error {
	if err := alive(ctx, "change network settings"); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	var before any
	if d.network != nil {
		before = d.network
	}
	d.network = &n
	return d.record(ctx, "UpdateIdentityStore", identity.KindStore, identity.ID(d.store.ID), before, n)
}
