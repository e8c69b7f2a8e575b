package assignment

import (
	"context"

	"rollcall/identity"
)

// Writer changes an instance. It validates before it calls, and says
// fault.Unsupported for what the instance cannot do. It never retries: see
// [fault.IsUnsettled].
type Writer struct {
	driver Driver
	name   string
}

// WriterFor returns the writing half of i. Only the executor of plans and the
// doors of the embedded instance call it.
func WriterFor(i *Instance) *Writer { return &Writer{driver: i.driver, name: i.name} }

// CreateAssignment begins to give a; see [Driver].
func (w *Writer) CreateAssignment(ctx context.Context, a identity.Assignment) (Request, error) {
	if err := a.Validate(); err != nil {
		return Request{}, err
	}
	return w.driver.CreateAssignment(ctx, a)
}

// DeleteAssignment begins to take a away; see [Driver].
func (w *Writer) DeleteAssignment(ctx context.Context, a identity.Assignment) (Request, error) {
	if err := a.Validate(); err != nil {
		return Request{}, err
	}
	return w.driver.DeleteAssignment(ctx, a)
}

// CreatePermissionSet stores a permission set and returns it with its ARN; see
// [PermissionSetEditor].
func (w *Writer) CreatePermissionSet(ctx context.Context, s identity.PermissionSet, tags []identity.Tag) (identity.PermissionSet, error) {
	editor, err := able[PermissionSetEditor](w.driver, "create permission set", w.name)
	if err == nil {
		err = firstOf(s.Validate(), identity.CheckTags(tags))
	}
	if err != nil {
		return identity.PermissionSet{}, err
	}
	return editor.CreatePermissionSet(ctx, s, tags)
}

// UpdatePermissionSet changes what change names.
func (w *Writer) UpdatePermissionSet(ctx context.Context, arn string, change PermissionSetChange) error {
	editor, err := able[PermissionSetEditor](w.driver, "update permission set", w.name)
	if err != nil {
		return err
	}
	return editor.UpdatePermissionSet(ctx, arn, change)
}

// DeletePermissionSet removes a permission set that nobody has.
func (w *Writer) DeletePermissionSet(ctx context.Context, arn string) error {
	editor, err := able[PermissionSetEditor](w.driver, "delete permission set", w.name)
	if err != nil {
		return err
	}
	return editor.DeletePermissionSet(ctx, arn)
}

// ProvisionPermissionSet begins to bring the latest version of a permission
// set to an account, or to all that have one if account is empty.
func (w *Writer) ProvisionPermissionSet(ctx context.Context, arn, account string) (Request, error) {
	editor, err := able[PermissionSetEditor](w.driver, "provision permission set", w.name)
	if err != nil {
		return Request{}, err
	}
	return editor.ProvisionPermissionSet(ctx, arn, account)
}

// SetInlinePolicy replaces a permission set's inline policy; an empty one
// takes it away.
func (w *Writer) SetInlinePolicy(ctx context.Context, permissionSet, document string) error {
	editor, err := able[PolicyEditor](w.driver, "set inline policy", w.name)
	if err == nil && document != "" {
		err = identity.CheckInlinePolicy(document)
	}
	if err != nil {
		return err
	}
	return editor.SetInlinePolicy(ctx, permissionSet, document)
}

// AttachPolicy adds a policy to a permission set.
func (w *Writer) AttachPolicy(ctx context.Context, permissionSet string, p identity.Policy) error {
	editor, err := able[PolicyEditor](w.driver, "attach policy", w.name)
	if err = firstOf(err, p.Validate()); err != nil {
		return err
	}
	return editor.AttachPolicy(ctx, permissionSet, p)
}

// DetachPolicy takes a policy away from a permission set.
func (w *Writer) DetachPolicy(ctx context.Context, permissionSet string, p identity.Policy) error {
	editor, err := able[PolicyEditor](w.driver, "detach policy", w.name)
	if err = firstOf(err, p.Validate()); err != nil {
		return err
	}
	return editor.DetachPolicy(ctx, permissionSet, p)
}

// SetBoundary replaces a permission set's boundary; nil takes it away.
func (w *Writer) SetBoundary(ctx context.Context, permissionSet string, p *identity.Policy) error {
	editor, err := able[PolicyEditor](w.driver, "set boundary", w.name)
	if err == nil && p != nil {
		err = p.Validate()
	}
	if err != nil {
		return err
	}
	return editor.SetBoundary(ctx, permissionSet, p)
}

// TagResource sets tags on a permission set, an application or the instance.
func (w *Writer) TagResource(ctx context.Context, arn string, tags []identity.Tag) error {
	tagger, err := able[Tagger](w.driver, "tag resource", w.name)
	if err = firstOf(err, identity.CheckTags(tags)); err != nil {
		return err
	}
	return tagger.TagResource(ctx, arn, tags)
}

// UntagResource takes tags away.
func (w *Writer) UntagResource(ctx context.Context, arn string, keys []string) error {
	tagger, err := able[Tagger](w.driver, "untag resource", w.name)
	if err != nil {
		return err
	}
	return tagger.UntagResource(ctx, arn, keys)
}

// RenameInstance gives the instance another name; an empty one takes it away.
func (w *Writer) RenameInstance(ctx context.Context, name string) error {
	editor, err := able[InstanceEditor](w.driver, "rename instance", w.name)
	if err = firstOf(err, identity.CheckInstanceName(name)); err != nil {
		return err
	}
	return editor.RenameInstance(ctx, name)
}

// AddRegion begins to bring the instance to another region.
func (w *Writer) AddRegion(ctx context.Context, name string) (identity.Region, error) {
	editor, err := able[InstanceEditor](w.driver, "add region", w.name)
	if err != nil {
		return identity.Region{}, err
	}
	return editor.AddRegion(ctx, name)
}

// RemoveRegion begins to take the instance out of a region.
func (w *Writer) RemoveRegion(ctx context.Context, name string) (identity.Region, error) {
	editor, err := able[InstanceEditor](w.driver, "remove region", w.name)
	if err != nil {
		return identity.Region{}, err
	}
	return editor.RemoveRegion(ctx, name)
}

// CreateApplication stores an application and returns it with its ARN; see
// [ApplicationEditor].
func (w *Writer) CreateApplication(ctx context.Context, a identity.Application, tags []identity.Tag, token string) (identity.Application, error) {
	editor, err := able[ApplicationEditor](w.driver, "create application", w.name)
	if err = firstOf(err, a.Validate(), identity.CheckTags(tags)); err != nil {
		return identity.Application{}, err
	}
	return editor.CreateApplication(ctx, a, tags, token)
}

// UpdateApplication changes what change names.
func (w *Writer) UpdateApplication(ctx context.Context, arn string, change ApplicationChange) error {
	editor, err := able[ApplicationEditor](w.driver, "update application", w.name)
	if err != nil {
		return err
	}
	return editor.UpdateApplication(ctx, arn, change)
}

// DeleteApplication removes an application and who may use it.
func (w *Writer) DeleteApplication(ctx context.Context, arn string) error {
	editor, err := able[ApplicationEditor](w.driver, "delete application", w.name)
	if err != nil {
		return err
	}
	return editor.DeleteApplication(ctx, arn)
}

// CreateApplicationAssignment lets a principal use an application.
func (w *Writer) CreateApplicationAssignment(ctx context.Context, a identity.ApplicationAssignment) error {
	assigner, err := able[ApplicationAssigner](w.driver, "create application assignment", w.name)
	if err = firstOf(err, a.Principal.Validate()); err != nil {
		return err
	}
	return assigner.CreateApplicationAssignment(ctx, a)
}

// DeleteApplicationAssignment takes that away.
func (w *Writer) DeleteApplicationAssignment(ctx context.Context, a identity.ApplicationAssignment) error {
	assigner, err := able[ApplicationAssigner](w.driver, "delete application assignment", w.name)
	if err = firstOf(err, a.Principal.Validate()); err != nil {
		return err
	}
	return assigner.DeleteApplicationAssignment(ctx, a)
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
