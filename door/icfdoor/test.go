package icfdoor

import (
	"cmp"
	"context"

	"rollcall/fault"
	"rollcall/icf"
)

// test asks the directory which store it is, and one user of it.
func (c *Connector) test(ctx context.Context) error {
	if c.Desk == nil {
		return c.Broken
	}
	if _, err := c.Desk.Directory().Store(ctx); err != nil {
		return err
	}
	for _, err := range c.Desk.Directory().Users(ctx) {
		return err // one is enough
	}
	return nil
}

// testError is what a test's answer says of a failure.
func testError(err error) string {
	switch fault.KindOf(err) {
	case fault.Unauthenticated, fault.Denied:
		return "Connection Error"
	case fault.Unavailable, fault.Throttled:
		return "connector not available"
	}
	return messageOf(fault.KindOf(err), err)
}

func (c *Connector) status(ctx context.Context) icf.Object {
	o := icf.Object{
		{Name: "name", Value: c.Name},
		{Name: "enabled", Value: !c.Disabled},
		{Name: "config", Value: "config/provisioner.openicf/" + c.Name},
		{Name: "connectorRef", Value: icf.ConnectorRef()},
		{Name: "displayName", Value: cmp.Or(c.DisplayName, icf.DisplayName)},
		{Name: "objectTypes", Value: icf.Types()},
	}
	if c.Disabled {
		return append(o, icf.Field{Name: "error", Value: "connector not available"}, icf.Field{Name: "ok", Value: false})
	}
	if err := c.test(ctx); err != nil {
		return append(o, icf.Field{Name: "error", Value: testError(err)}, icf.Field{Name: "ok", Value: false})
	}
	return append(o, icf.Field{Name: "ok", Value: true})
}

func (d *Door) test(r *request) (*answer, error) { return ok(r.connector.status(r.Context())), nil }

func (d *Door) testAll(r *request) (*answer, error) {
	names, err := d.Connectors.Names(r.Context())
	if err != nil {
		return nil, err
	}
	all := []any{}
	for _, name := range names {
		c, err := d.Connectors.Connector(r.Context(), name)
		if fault.Is(err, fault.NotFound) {
			continue // it went just now
		}
		if err != nil {
			return nil, err
		}
		all = append(all, c.status(r.Context()))
	}
	return ok(all), nil
}

func (d *Door) version(*request) (*answer, error) {
	return ok(icf.Object{{Name: icf.AttrID, Value: "version"}, {Name: "productVersion", Value: "7.5.0"}, {Name: "productName", Value: "Rollcall"}}), nil
}
