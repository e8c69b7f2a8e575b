package cli

import (
	"context"

	"rollcall/assignment"
	"rollcall/assignment/awsassignment"
	"rollcall/config"
	"rollcall/fault"
)

// access opens the access side of a directory: who may reach which account and
// application. "" means the directory that a command means. It is
// fault.Unsupported for one that is reached by SCIM alone, which has no word
// for access.
func (h *house) access(ctx context.Context, name string) (*assignment.Instance, error) {
	d, err := h.directory(ctx, name)
	if err != nil {
		return nil, err
	}
	settings := h.config.Directories[d.Name()]
	if settings.Kind == config.KindAWS {
		return h.awsAccess(ctx, d.Name(), settings)
	}
	store, err := d.Store(ctx)
	if err != nil {
		return nil, err
	}
	center, err := h.center(ctx, settings)
	if err != nil {
		return nil, err
	}
	driver, err := center.Instance(ctx, store.ID)
	if err != nil {
		return nil, err
	}
	return assignment.New(d.Name(), driver), nil
}

// accessOf is access for whoever may turn out to need it.
func (h *house) accessOf(directory string) assignment.Opener {
	return func(ctx context.Context) (*assignment.Instance, error) { return h.access(ctx, directory) }
}

func (h *house) awsAccess(ctx context.Context, name string, settings config.Directory) (*assignment.Instance, error) {
	if !settings.UsesAPI() {
		return nil, fault.Text(fault.Unsupported, "read assignments", "directory "+name, "it is reached by SCIM alone, which has no word for them")
	}
	c, err := h.cloud(ctx, name, settings)
	if err != nil {
		return nil, err
	}
	o := awsassignment.Options{Instance: settings.Instance, Store: settings.Store, AWS: &c.config, HTTP: c.http, Line: c.line}
	if o.Instance == "" || o.Store == "" || c.config.Region == "" {
		found, err := h.findOnce(ctx, name, c)
		if err != nil {
			return nil, err
		}
		o.Instance, o.Store = found.Instance, found.ID
	}
	driver, err := awsassignment.New(o)
	if err != nil {
		return nil, configError{err}
	}
	return assignment.New(name, driver), nil
}
