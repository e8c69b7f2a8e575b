package sqldir

import (
	"context"
	"encoding/json"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
)

const (
	selectNetwork = `SELECT network FROM stores WHERE key = $1`
	updateNetwork = `UPDATE stores SET network = $2 WHERE key = $1`
)

// Network returns from where the store may be reached, nil if that was never
// said.
func (d *Driver) Network(ctx context.Context) (n *directory.Network, err error) {
	const op = "read network settings"
	err = d.read(ctx, op, string(d.store.ID), func(q sqldb.Query) error {
		n, err = d.network(q, op)
		return err
	})
	return n, err
}

func (d *Driver) network(q sqldb.Query, op string) (*directory.Network, error) {
	var text string
	if err := q.Row(selectNetwork, d.key).Scan(&text); err != nil || text == "" {
		return nil, err
	}
	var n directory.Network
	if err := json.Unmarshal([]byte(text), &n); err != nil {
		return nil, fault.New(fault.Internal, op, string(d.store.ID), err)
	}
	return &n, nil
}

// SetNetwork replaces the settings.
func (d *Driver) SetNetwork(ctx context.Context, n directory.Network) error {
	const op = "change network settings"
	return d.write(ctx, op, string(d.store.ID), func(w *write) error {
		had, err := d.network(w, op)
		if err != nil {
			return err
		}
		text, err := document(n)
		if err != nil {
			return err
		}
		if _, err := w.Exec(updateNetwork, d.key, text); err != nil {
			return err
		}
		var before any
		if had != nil {
			before = had
		}
		return w.log("UpdateIdentityStore", identity.KindStore, identity.ID(d.store.ID), before, n)
	})
}
