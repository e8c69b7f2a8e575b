package assignmenttest

import (
	"slices"
	"strings"
	"testing"

	"rollcall/assignment"
	"rollcall/fault"
	"rollcall/identity"
)

var instanceTests = []test{
	{"AnInstanceSaysWhatItIs", instanceDescribed},
	{"AnInstanceIsRenamed", instanceRenamed},
	{"RegionsComeAndGo", regionsComeAndGo},
}

func instanceDescribed(t *testing.T, b *bench) {
	i, err := b.Driver.Describe(b.ctx())
	b.works("describe instance", err)
	if !identity.IsInstanceARN(i.ARN) || i.Store != b.store() || !identity.IsAccountID(i.Owner) || !i.CreatedAt.After(longAgo) {
		t.Errorf("it is %+v, of the store %s", i, b.store())
	}
	primary := slices.DeleteFunc(slices.Clone(i.Regions), func(r identity.Region) bool { return !r.Primary || r.State != identity.RegionActive })
	if len(primary) != 1 {
		t.Errorf("%d active primary regions, want 1", len(primary))
	}
}

func instanceRenamed(t *testing.T, b *bench) {
	e, ok := able[assignment.InstanceEditor](b)
	if !ok {
		return
	}
	for _, name := range []string{"main", "main", "", strings.Repeat("x", identity.MaxInstanceName)} {
		b.works("rename", e.RenameInstance(b.ctx(), name))
		if i, err := b.Driver.Describe(b.ctx()); err != nil || i.Name != name {
			t.Errorf("it is called %q, %v; want %q", i.Name, err, name)
		}
	}
	for _, name := range []string{"a b", strings.Repeat("x", identity.MaxInstanceName+1), "ü"} {
		b.fails("rename", e.RenameInstance(b.ctx(), name), fault.Invalid)
	}
}

func (b *bench) region(name string) identity.RegionState {
	b.t.Helper()
	i, err := b.Driver.Describe(b.ctx())
	b.works("describe instance", err)
	for _, r := range i.Regions {
		if r.Name == name {
			return r.State
		}
	}
	return ""
}

func regionsComeAndGo(_ *testing.T, b *bench) {
	e, ok := able[assignment.InstanceEditor](b)
	if !ok {
		return
	}
	i, err := b.Driver.Describe(b.ctx())
	b.works("describe instance", err)
	_, err = e.RemoveRegion(b.ctx(), i.Regions[0].Name)
	b.fails("leave the primary region", err, fault.Conflict)
	const name = "ap-southeast-4"
	for range 2 {
		_, err = e.RemoveRegion(b.ctx(), name)
		b.fails("leave a region it is not in", err, fault.NotFound)
		r, err := e.AddRegion(b.ctx(), name)
		b.works("add region", err)
		b.same("the state of the answer", identity.RegionAdding, r.State)
		b.same("the state while it is added", identity.RegionAdding, b.region(name))
		_, err = e.AddRegion(b.ctx(), name)
		b.fails("add it twice", err, fault.Conflict)
		_, err = e.RemoveRegion(b.ctx(), name)
		b.fails("leave it while it is added", err, fault.Conflict)
		b.Settle()
		b.same("the state when it is added", identity.RegionActive, b.region(name))
		r, err = e.RemoveRegion(b.ctx(), name)
		b.works("remove region", err)
		b.same("the state of the answer", identity.RegionRemoving, r.State)
		b.same("the state while it is removed", identity.RegionRemoving, b.region(name))
		_, err = e.AddRegion(b.ctx(), name)
		b.fails("add it while it is removed", err, fault.Conflict)
		b.Settle()
		b.same("the state when it is removed", identity.RegionState(""), b.region(name))
	}
	for _, name := range []string{"", "here", "EU-WEST-1", "eu-west-1 "} {
		_, err := e.AddRegion(b.ctx(), name)
		b.fails("add the region "+name, err, fault.Invalid)
		_, err = e.RemoveRegion(b.ctx(), name)
		b.fails("remove the region "+name, err, fault.Invalid)
	}
}
