package awsassignment_test

import (
	"context"
	"slices"
	"testing"

	"rollcall/assignment"
	"rollcall/assignment/awsassignment"
	"rollcall/awscall"
	"rollcall/fault"
)

// A budget tells calls by their family, and writes from reads.
func TestEveryCallWaitsForItsTurn(t *testing.T) {
	s, sent := play(t), new(wire)
	var asked []awscall.Call
	d := s.reach(t, func(o *awsassignment.Options) {
		sent.through(o)
		o.Line.Pace = func(_ context.Context, c awscall.Call) (func(error), error) {
			asked = append(asked, c)
			return nil, fault.Text(fault.Quota, c.Op, "", "used up")
		}
	})
	for operation, w := range writes {
		wantKind(t, operation, w.do(t.Context(), d, &s), fault.Quota, false)
		if last := asked[len(asked)-1]; last.Family != awscall.SSOAdmin || last.Operation != operation || !last.Write {
			t.Errorf("%s waited as %+v", operation, last)
		}
	}
	_, err := d.ListPermissionSets(t.Context(), assignment.PageRequest{})
	wantKind(t, "list permission sets", err, fault.Quota, false)
	_, err = d.Organization(t.Context())
	wantKind(t, "describe organization", err, fault.Quota, false)
	reads := asked[len(writes):]
	if !slices.EqualFunc(reads, []awscall.Call{
		{Family: awscall.SSOAdmin, Operation: "ListPermissionSets"}, {Family: awscall.Organizations, Operation: "DescribeOrganization"},
	}, func(a, b awscall.Call) bool {
		return a.Family == b.Family && a.Operation == b.Operation && a.Write == b.Write
	}) {
		t.Errorf("reads waited as %+v", reads)
	}
	if got := sent.take(); got != "" {
		t.Errorf("sent %s without a turn", got)
	}
}
