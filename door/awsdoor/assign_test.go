package awsdoor_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"rollcall/door/awsdoor"
	"rollcall/identity"
)

const (
	user  = types.PrincipalTypeUser
	group = types.PrincipalTypeGroup
)

// creation is how far a request to make an assignment is.
func (c *center) creation(id string) types.AccountAssignmentOperationStatus {
	c.t.Helper()
	return *must[*ssoadmin.DescribeAccountAssignmentCreationStatusOutput](c.t, "describe creation")(c.DescribeAccountAssignmentCreationStatus(c.t.Context(),
		&ssoadmin.DescribeAccountAssignmentCreationStatusInput{InstanceArn: &c.instance, AccountAssignmentCreationRequestId: &id})).AccountAssignmentCreationStatus
}

// deletion is creation for an assignment that is taken away.
func (c *center) deletion(id string) types.AccountAssignmentOperationStatus {
	c.t.Helper()
	return *must[*ssoadmin.DescribeAccountAssignmentDeletionStatusOutput](c.t, "describe deletion")(c.DescribeAccountAssignmentDeletionStatus(c.t.Context(),
		&ssoadmin.DescribeAccountAssignmentDeletionStatusInput{InstanceArn: &c.instance, AccountAssignmentDeletionRequestId: &id})).AccountAssignmentDeletionStatus
}

// assigned lists who has a permission set in an account, in one page.
func (c *center) assigned(set, account string) []string {
	c.t.Helper()
	got := must[*ssoadmin.ListAccountAssignmentsOutput](c.t, "list assignments")(c.ListAccountAssignments(c.t.Context(),
		&ssoadmin.ListAccountAssignmentsInput{InstanceArn: &c.instance, PermissionSetArn: &set, AccountId: &account}))
	return each(got.AccountAssignments, func(a types.AccountAssignment) string {
		return strings.Join([]string{string(a.PrincipalType), *a.PrincipalId, *a.PermissionSetArn, *a.AccountId}, " ")
	})
}

func TestAnAssignmentIsMadeAndTakenAwayInItsOwnTime(t *testing.T) {
	c, ctx := startCenter(t, nil, 0), t.Context()
	set, who := c.permissionSet("Reader"), c.user("ada")
	in := c.assignment(user, who, set, developer)
	begun := *must[*ssoadmin.CreateAccountAssignmentOutput](t, "create")(c.CreateAccountAssignment(ctx, in)).AccountAssignmentCreationStatus
	want := types.AccountAssignmentOperationStatus{
		Status: types.StatusValuesInProgress, RequestId: begun.RequestId, TargetId: aws.String(developer), TargetType: types.TargetTypeAwsAccount,
		PermissionSetArn: &set, PrincipalType: user, PrincipalId: &who,
	}
	same(t, "what is begun", want, begun)
	want.CreatedDate = c.creation(*begun.RequestId).CreatedDate
	same(t, "what is in progress", want, c.creation(*begun.RequestId))
	if got := c.assigned(set, developer); got != nil || want.CreatedDate.IsZero() {
		t.Errorf("before it is made: %v, since %v", got, want.CreatedDate)
	}
	refused(t, "at the same time", second(c.CreateAccountAssignment(ctx, in)), "ConflictException")

	c.clock.pass(requestDelay)
	want.Status = types.StatusValuesSucceeded
	same(t, "what is made", want, c.creation(*begun.RequestId))
	line := []string{"USER " + who + " " + set + " " + developer}
	same(t, "who has it", line, c.assigned(set, developer))
	c.assign(user, who, set, developer) // again, which succeeds
	same(t, "who has it", line, c.assigned(set, developer))

	take := &ssoadmin.DeleteAccountAssignmentInput{
		InstanceArn: in.InstanceArn, TargetId: in.TargetId, TargetType: in.TargetType, PermissionSetArn: in.PermissionSetArn, PrincipalType: in.PrincipalType, PrincipalId: in.PrincipalId,
	}
	ending := *must[*ssoadmin.DeleteAccountAssignmentOutput](t, "delete")(c.DeleteAccountAssignment(ctx, take)).AccountAssignmentDeletionStatus
	if ending.Status != types.StatusValuesInProgress || ending.CreatedDate != nil || c.deletion(*ending.RequestId).Status != types.StatusValuesInProgress {
		t.Errorf("what ends is %+v", ending)
	}
	same(t, "who has it until it is taken away", line, c.assigned(set, developer))
	c.clock.pass(requestDelay)
	if got := c.deletion(*ending.RequestId); got.Status != types.StatusValuesSucceeded || c.assigned(set, developer) != nil {
		t.Errorf("what is taken away is %+v", got)
	}
	refused(t, "delete again", second(c.DeleteAccountAssignment(ctx, take)), "ResourceNotFoundException")

	// The ids of the one mean nothing to the other.
	refused(t, "a creation as a deletion", second(c.DescribeAccountAssignmentDeletionStatus(ctx,
		&ssoadmin.DescribeAccountAssignmentDeletionStatusInput{InstanceArn: &c.instance, AccountAssignmentDeletionRequestId: begun.RequestId})), "ResourceNotFoundException")
	refused(t, "a deletion as a creation", second(c.DescribeAccountAssignmentCreationStatus(ctx,
		&ssoadmin.DescribeAccountAssignmentCreationStatusInput{InstanceArn: &c.instance, AccountAssignmentCreationRequestId: ending.RequestId})), "ResourceNotFoundException")
	refused(t, "a deletion as a provisioning", second(c.DescribePermissionSetProvisioningStatus(ctx,
		&ssoadmin.DescribePermissionSetProvisioningStatusInput{InstanceArn: &c.instance, ProvisionPermissionSetRequestId: ending.RequestId})), "ResourceNotFoundException")
}

func TestAnAssignmentThatFailsSaysWhy(t *testing.T) {
	c := startCenter(t, nil, 0)
	set := c.permissionSet("Reader")
	id := c.assign(user, nobody, set, developer)
	if got := c.creation(id); got.Status != types.StatusValuesFailed || !strings.Contains(*got.FailureReason, nobody) {
		t.Errorf("for nobody: %+v", got)
	}
	c.clock.fail("Received a 500 status error: IAM is busy")
	id = c.assign(user, c.user("ada"), set, developer)
	if got := c.creation(id); got.Status != types.StatusValuesFailed || *got.FailureReason != "Received a 500 status error: IAM is busy" {
		t.Errorf("when IAM is busy: %+v", got)
	}
	if got := c.assigned(set, developer); got != nil {
		t.Errorf("what failed is there: %v", got)
	}
}

func TestFifteenAssignmentsAreMadeAtOneTime(t *testing.T) {
	c := startCenter(t, nil, 16)
	set, who := c.permissionSet("Reader"), c.user("ada")
	create := func(i int) error {
		return second(c.CreateAccountAssignment(t.Context(), c.assignment(user, who, set, fmt.Sprint(firstOfMany+i))))
	}
	for i := range identity.MaxOutstandingCreates {
		must[int](t, "create")(0, create(i))
	}
	e := refused(t, "the sixteenth", create(15), "ConflictException")
	if !strings.Contains(e.ErrorMessage(), "in progress") {
		t.Errorf("the message is %q", e.ErrorMessage())
	}
	c.clock.pass(requestDelay)
	must[int](t, "the sixteenth, later")(0, create(15))
}

func TestASuspendedAccountIsAConflict(t *testing.T) {
	c := startCenter(t, nil, 0)
	e := refused(t, "a suspended account", second(c.CreateAccountAssignment(t.Context(), c.assignment(user, c.user("ada"), c.permissionSet("Reader"), archive))), "ConflictException")
	if !strings.Contains(e.ErrorMessage(), "SUSPENDED") {
		t.Errorf("the message is %q", e.ErrorMessage())
	}
}

func TestAssignmentsAndTheirRequestsComeInPages(t *testing.T) {
	c, ctx := startCenter(t, nil, 0), t.Context()
	set := c.permissionSet("Reader")
	var want, created, deleted []string
	for i := range 5 {
		who := c.group(fmt.Sprint("Group", i))
		created = append(created, "SUCCEEDED "+c.assign(group, who, set, developer))
		want = append(want, who)
	}
	same(t, "who has it", want, threePages(t, "assignments", func(limit *int32, token *string) ([]string, *string, error) {
		page, err := c.ListAccountAssignments(ctx, &ssoadmin.ListAccountAssignmentsInput{
			InstanceArn: &c.instance, PermissionSetArn: &set, AccountId: aws.String(developer), MaxResults: limit, NextToken: token,
		})
		if err != nil {
			return nil, nil, err
		}
		return each(page.AccountAssignments, func(a types.AccountAssignment) string { return *a.PrincipalId }), page.NextToken, nil
	}))
	for _, who := range want {
		got := must[*ssoadmin.DeleteAccountAssignmentOutput](t, "delete")(c.DeleteAccountAssignment(ctx, &ssoadmin.DeleteAccountAssignmentInput{
			InstanceArn: &c.instance, PermissionSetArn: &set, TargetId: aws.String(developer), TargetType: types.TargetTypeAwsAccount, PrincipalId: &who, PrincipalType: group,
		}))
		deleted = append(deleted, "SUCCEEDED "+*got.AccountAssignmentDeletionStatus.RequestId)
		c.clock.pass(requestDelay)
	}
	same(t, "creations", created, threePages(t, "creations", func(limit *int32, token *string) ([]string, *string, error) {
		page, err := c.ListAccountAssignmentCreationStatus(ctx, &ssoadmin.ListAccountAssignmentCreationStatusInput{InstanceArn: &c.instance, MaxResults: limit, NextToken: token})
		if err != nil {
			return nil, nil, err
		}
		return each(page.AccountAssignmentsCreationStatus, metadata), page.NextToken, nil
	}))
	same(t, "deletions", deleted, threePages(t, "deletions", func(limit *int32, token *string) ([]string, *string, error) {
		page, err := c.ListAccountAssignmentDeletionStatus(ctx, &ssoadmin.ListAccountAssignmentDeletionStatusInput{InstanceArn: &c.instance, MaxResults: limit, NextToken: token})
		if err != nil {
			return nil, nil, err
		}
		return each(page.AccountAssignmentsDeletionStatus, metadata), page.NextToken, nil
	}))
}

func metadata(m types.AccountAssignmentOperationStatusMetadata) string {
	if m.CreatedDate.IsZero() {
		return "without a date"
	}
	return string(m.Status) + " " + *m.RequestId
}

func TestRequestsAreListedByStatus(t *testing.T) {
	c := startCenter(t, nil, 2)
	set, who := c.permissionSet("Reader"), c.user("ada")
	good, bad := c.assign(user, who, set, developer), c.assign(user, nobody, set, developer)
	going := *must[*ssoadmin.CreateAccountAssignmentOutput](t, "create")(c.CreateAccountAssignment(t.Context(), c.assignment(user, who, set, fmt.Sprint(firstOfMany)))).AccountAssignmentCreationStatus.RequestId
	for status, want := range map[types.StatusValues]string{types.StatusValuesSucceeded: good, types.StatusValuesFailed: bad, types.StatusValuesInProgress: going} {
		page := must[*ssoadmin.ListAccountAssignmentCreationStatusOutput](t, "list")(c.ListAccountAssignmentCreationStatus(t.Context(),
			&ssoadmin.ListAccountAssignmentCreationStatusInput{InstanceArn: &c.instance, Filter: &types.OperationStatusFilter{Status: status}}))
		same(t, string(status), []string{string(status) + " " + want}, each(page.AccountAssignmentsCreationStatus, metadata))
	}
}

// has lists what a principal has in an account, or in all for an empty one.
func (c *center) has(kind types.PrincipalType, who, account string, limit *int32, token *string) ([]string, *string, error) {
	in := &ssoadmin.ListAccountAssignmentsForPrincipalInput{InstanceArn: &c.instance, PrincipalType: kind, PrincipalId: &who, MaxResults: limit, NextToken: token}
	if account != "" {
		in.Filter = &types.ListAccountAssignmentsFilter{AccountId: &account}
	}
	page, err := c.ListAccountAssignmentsForPrincipal(c.t.Context(), in)
	if err != nil {
		return nil, nil, err
	}
	return each(page.AccountAssignments, func(a types.AccountAssignmentForPrincipal) string {
		return string(a.PrincipalType) + " " + *a.PrincipalId + " " + *a.AccountId
	}), page.NextToken, nil
}

func TestAUserHasItsOwnAndWhatItsGroupsHave(t *testing.T) {
	for own, c := range map[bool]*center{
		false: startCenter(t, nil, 5),
		true:  startCenter(t, func(o *awsdoor.Options) { o.OwnAssignmentsOnly = true }, 5),
	} {
		set, who := c.permissionSet("Reader"), c.user("ada")
		team := c.group("Team", who)
		var all, self []string
		for i := range 5 {
			account := fmt.Sprint(firstOfMany + i)
			if i%2 == 0 {
				c.assign(group, team, set, account)
				all = append(all, "GROUP "+team+" "+account)
				continue
			}
			c.assign(user, who, set, account)
			all, self = append(all, "USER "+who+" "+account), append(self, "USER "+who+" "+account)
		}
		if own {
			got, next, err := c.has(user, who, "", nil, nil)
			same(t, "its own alone", self, got)
			// A page that is left with nothing is not the end.
			got, more, second := c.has(user, who, "", aws.Int32(1), nil)
			same(t, "the first of its own", self[:1], got)
			if err != nil || next != nil || second != nil || more == nil {
				t.Errorf("%v, %v, %v, %v", next, err, more, second)
			}
		} else {
			same(t, "all that it has", all, threePages(t, "what a user has", func(limit *int32, token *string) ([]string, *string, error) {
				return c.has(user, who, "", limit, token)
			}))
		}
		got, _, err := c.has(user, who, fmt.Sprint(firstOfMany+1), nil, nil)
		if err != nil || !slices.Equal(got, self[:1]) {
			t.Errorf("in one account: %v, %v", got, err)
		}
		if got, _, err := c.has(group, team, "", nil, nil); err != nil || len(got) != 3 {
			t.Errorf("the group: %v, %v", got, err)
		}
	}
}

// Assignments outlive whom they are for, and are listed all the same.
func TestAssignmentsOfWhoIsGoneAreListed(t *testing.T) {
	c := startCenter(t, nil, 0)
	set, who := c.permissionSet("Reader"), c.user("ada")
	c.assign(user, who, set, developer)
	if err := c.driver.DeleteUser(t.Context(), identity.ID(who), ""); err != nil {
		t.Fatal(err)
	}
	same(t, "who has it", []string{"USER " + who + " " + set + " " + developer}, c.assigned(set, developer))
	got, _, err := c.has(user, who, "", nil, nil)
	if err != nil || len(got) != 1 {
		t.Errorf("what it has: %v, %v", got, err)
	}
}
