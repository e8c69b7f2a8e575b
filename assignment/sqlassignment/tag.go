package sqlassignment

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/sqldb"
)

const (
	selectTags = `SELECT key, value FROM resource_tags WHERE instance = $1 AND resource = $2 ORDER BY key`
	upsertTag  = `INSERT INTO resource_tags (instance, resource, key, value) VALUES ($1, $2, $3, $4)
		ON CONFLICT (instance, resource, key) DO UPDATE SET value = excluded.value`
	deleteTag  = `DELETE FROM resource_tags WHERE instance = $1 AND resource = $2 AND key = $3`
	deleteTags = `DELETE FROM resource_tags WHERE instance = $1 AND resource = $2`
)

// Tags lists the tags of a permission set, an application or the instance.
func (d *Driver) Tags(ctx context.Context, arn string) (all []identity.Tag, err error) {
	const op = "list tags"
	err = d.read(ctx, op, func(q sqldb.Query) error {
		if _, err := d.resource(q, op, arn); err != nil {
			return err
		}
		all, err = d.tags(q, arn)
		return err
	})
	return all, err
}

func (d *Driver) tags(q sqldb.Query, arn string) ([]identity.Tag, error) {
	read := func(scan func(...any) error) (t identity.Tag, err error) {
		err = scan(&t.Key, &t.Value)
		return t, err
	}
	return sqldb.Collect(q, read, selectTags, d.key, arn)
}

// resource says of what kind the thing of this instance is that an ARN names.
func (d *Driver) resource(q sqldb.Query, op, arn string) (kind identity.Kind, err error) {
	switch {
	case arn == d.arn:
		return identity.KindInstance, nil
	case identity.IsPermissionSetARN(arn):
		_, err = d.permission(q, op, arn)
		return identity.KindPermissionSet, err
	case identity.IsApplicationARN(arn):
		_, err = d.application(q, op, arn)
		return identity.KindApplication, err
	case identity.IsInstanceARN(arn):
		return "", fault.Text(fault.NotFound, op, "instance", "it is another instance")
	}
	return "", fault.Text(fault.Invalid, op, "resource", "want the ARN of a permission set, an application or the instance")
}

// TagResource sets tags, over those with the same key.
func (d *Driver) TagResource(ctx context.Context, arn string, tags []identity.Tag) error {
	if err := identity.CheckTags(tags); err != nil {
		return err
	}
	return d.editTags(ctx, "tag resource", "TagResource", arn, func(w *write) error { return w.setTags(arn, tags) })
}

// UntagResource takes tags away.
func (d *Driver) UntagResource(ctx context.Context, arn string, keys []string) error {
	return d.editTags(ctx, "untag resource", "UntagResource", arn, func(w *write) error {
		for _, key := range keys {
			if identity.CheckTags([]identity.Tag{{Key: key}}) != nil {
				continue // nothing is tagged so, and not every text can be asked for
			}
			if _, err := w.Exec(deleteTag, d.key, arn, key); err != nil {
				return err
			}
		}
		return nil
	})
}

// editTags runs an edit and logs what it made of the tags, if anything.
func (d *Driver) editTags(ctx context.Context, op, operation, arn string, edit func(w *write) error) error {
	return d.write(ctx, op, func(w *write) error {
		kind, err := d.resource(w, op, arn)
		if err != nil {
			return err
		}
		before, err := d.tags(w, arn)
		if err != nil {
			return err
		}
		if err := edit(w); err != nil {
			return err
		}
		after, err := d.tags(w, arn)
		if err != nil || slices.Equal(before, after) {
			return err
		}
		if len(after) > identity.MaxTags {
			return fault.Text(fault.Quota, op, "field tags", fmt.Sprintf("%d tags, at most %d", len(after), identity.MaxTags))
		}
		return w.log(operation, kind, identity.LastPart(arn), tagged(before), tagged(after))
	})
}

// tagged is the document of a resource's tags alone.
func tagged(tags []identity.Tag) any {
	return map[string]map[string]string{"tags": maps.Collect(func(yield func(string, string) bool) {
		for _, t := range tags {
			if !yield(t.Key, t.Value) {
				return
			}
		}
	})}
}

func (w *write) setTags(arn string, tags []identity.Tag) error {
	for _, t := range tags {
		if _, err := w.Exec(upsertTag, w.driver.key, arn, t.Key, t.Value); err != nil {
			return err
		}
	}
	return nil
}
