package main

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"
	sso "github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"
)

// nowhere makes success of what sso-admin does not have.
func nowhere(err error) error {
	if notThere := (*sso.ResourceNotFoundException)(nil); errors.As(err, &notThere) {
		return nil
	}
	return err
}

// settled looks at something asynchronous until it is over.
func settled(status func() (sso.StatusValues, *string, error)) error {
	for range 1000 {
		now, reason, err := status()
		switch {
		case err != nil:
			return err
		case now == sso.StatusValuesSucceeded:
			return nil
		case now != sso.StatusValuesInProgress:
			return fmt.Errorf("%s: %s", now, aws.ToString(reason))
		}
		time.Sleep(20 * time.Millisecond)
	}
	return errors.New("it is in progress for ever")
}

// provision brings a changed permission set to the accounts that have it.
func (p *provider) provision(set string) error {
	began, err := p.sso.ProvisionPermissionSet(p.t.Context(), &ssoadmin.ProvisionPermissionSetInput{
		InstanceArn: &p.instance, PermissionSetArn: &set, TargetType: sso.ProvisionTargetTypeAllProvisionedAccounts,
	})
	if err != nil {
		return err
	}
	return settled(func() (sso.StatusValues, *string, error) {
		got, err := p.sso.DescribePermissionSetProvisioningStatus(p.t.Context(), &ssoadmin.DescribePermissionSetProvisioningStatusInput{
			InstanceArn: &p.instance, ProvisionPermissionSetRequestId: began.PermissionSetProvisioningStatus.RequestId,
		})
		if err != nil {
			return "", nil, err
		}
		return got.PermissionSetProvisioningStatus.Status, got.PermissionSetProvisioningStatus.FailureReason, nil
	})
}

// tfPermissionSet is aws_ssoadmin_permission_set.
type tfPermissionSet struct{ name string }

func (s tfPermissionSet) create(p *provider) (string, error) {
	made, err := p.sso.CreatePermissionSet(p.t.Context(), &ssoadmin.CreatePermissionSetInput{
		InstanceArn: &p.instance, Name: &s.name, Description: aws.String("whoever must"), SessionDuration: aws.String("PT1H"),
		RelayState: aws.String("https://console.aws.amazon.com/"), Tags: []sso.Tag{{Key: aws.String("team"), Value: aws.String("one")}, {Key: aws.String("old"), Value: aws.String("")}},
	})
	if err != nil {
		return "", err
	}
	return *made.PermissionSet.PermissionSetArn + "," + p.instance, nil
}

// read asks for the tags too, each time.
func (tfPermissionSet) read(p *provider, id string) (state, error) {
	set, instance, _ := strings.Cut(id, ",")
	got, err := p.sso.DescribePermissionSet(p.t.Context(), &ssoadmin.DescribePermissionSetInput{InstanceArn: &instance, PermissionSetArn: &set})
	if err != nil {
		return nil, nowhere(err)
	}
	s := state{
		"arn": *got.PermissionSet.PermissionSetArn, "name": *got.PermissionSet.Name, "description": aws.ToString(got.PermissionSet.Description),
		"created_date": got.PermissionSet.CreatedDate.Format(time.RFC3339), "relay_state": aws.ToString(got.PermissionSet.RelayState),
		"session_duration": *got.PermissionSet.SessionDuration,
	}
	pages := ssoadmin.NewListTagsForResourcePaginator(p.sso, &ssoadmin.ListTagsForResourceInput{InstanceArn: &instance, ResourceArn: &set})
	for pages.HasMorePages() {
		page, err := pages.NextPage(p.t.Context())
		if err != nil {
			return nil, err
		}
		for _, tag := range page.Tags {
			s["tags."+*tag.Key] = *tag.Value
		}
	}
	return s, nil
}

// update sends what stays as well: what it leaves out is cleared.
func (tfPermissionSet) update(p *provider, id string) error {
	set, instance, _ := strings.Cut(id, ",")
	if _, err := p.sso.UpdatePermissionSet(p.t.Context(), &ssoadmin.UpdatePermissionSetInput{
		InstanceArn: &instance, PermissionSetArn: &set, Description: aws.String("few"), SessionDuration: aws.String("PT2H"),
	}); err != nil {
		return err
	}
	if err := p.provision(set); err != nil {
		return err
	}
	if _, err := p.sso.UntagResource(p.t.Context(), &ssoadmin.UntagResourceInput{InstanceArn: &instance, ResourceArn: &set, TagKeys: []string{"old"}}); err != nil {
		return err
	}
	_, err := p.sso.TagResource(p.t.Context(), &ssoadmin.TagResourceInput{
		InstanceArn: &instance, ResourceArn: &set, Tags: []sso.Tag{{Key: aws.String("team"), Value: aws.String("two")}},
	})
	return err
}

func (tfPermissionSet) delete(p *provider, id string) error {
	set, instance, _ := strings.Cut(id, ",")
	_, err := p.sso.DeletePermissionSet(p.t.Context(), &ssoadmin.DeletePermissionSetInput{InstanceArn: &instance, PermissionSetArn: &set})
	return nowhere(err)
}

// tfAssignment is aws_ssoadmin_account_assignment.
type tfAssignment struct {
	replaced
	set, principal *block
	kind           sso.PrincipalType
	account        string
}

// create looks for the assignment first, since AWS takes it twice.
func (a tfAssignment) create(p *provider) (string, error) {
	id := strings.Join([]string{a.principal.name(), string(a.kind), a.account, "AWS_ACCOUNT", a.set.name(), p.instance}, ",")
	if there, err := a.read(p, id); err != nil || there != nil {
		return "", fmt.Errorf("it is there already: %v, %w", there, err)
	}
	began, err := p.sso.CreateAccountAssignment(p.t.Context(), &ssoadmin.CreateAccountAssignmentInput{
		InstanceArn: &p.instance, PermissionSetArn: aws.String(a.set.name()), PrincipalId: aws.String(a.principal.name()), PrincipalType: a.kind,
		TargetId: &a.account, TargetType: sso.TargetTypeAwsAccount,
	})
	if err != nil {
		return "", err
	}
	return id, settled(func() (sso.StatusValues, *string, error) {
		got, err := p.sso.DescribeAccountAssignmentCreationStatus(p.t.Context(), &ssoadmin.DescribeAccountAssignmentCreationStatusInput{
			InstanceArn: &p.instance, AccountAssignmentCreationRequestId: began.AccountAssignmentCreationStatus.RequestId,
		})
		if err != nil {
			return "", nil, err
		}
		return got.AccountAssignmentCreationStatus.Status, got.AccountAssignmentCreationStatus.FailureReason, nil
	})
}

func (a tfAssignment) read(p *provider, id string) (state, error) {
	part := strings.Split(id, ",")
	pages := ssoadmin.NewListAccountAssignmentsPaginator(p.sso, &ssoadmin.ListAccountAssignmentsInput{
		InstanceArn: &part[5], AccountId: &part[2], PermissionSetArn: &part[4],
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(p.t.Context())
		if err != nil {
			return nil, nowhere(err)
		}
		for _, one := range page.AccountAssignments {
			if *one.PrincipalId == part[0] && string(one.PrincipalType) == part[1] {
				return state{
					"permission_set_arn": *one.PermissionSetArn, "principal_id": *one.PrincipalId, "principal_type": string(one.PrincipalType), "target_id": *one.AccountId,
				}, nil
			}
		}
	}
	return nil, nil
}

func (a tfAssignment) delete(p *provider, id string) error {
	part := strings.Split(id, ",")
	began, err := p.sso.DeleteAccountAssignment(p.t.Context(), &ssoadmin.DeleteAccountAssignmentInput{
		InstanceArn: &part[5], PermissionSetArn: &part[4], PrincipalId: &part[0], PrincipalType: sso.PrincipalType(part[1]),
		TargetId: &part[2], TargetType: sso.TargetType(part[3]),
	})
	if err != nil {
		return nowhere(err)
	}
	return settled(func() (sso.StatusValues, *string, error) {
		got, err := p.sso.DescribeAccountAssignmentDeletionStatus(p.t.Context(), &ssoadmin.DescribeAccountAssignmentDeletionStatusInput{
			InstanceArn: &p.instance, AccountAssignmentDeletionRequestId: began.AccountAssignmentDeletionStatus.RequestId,
		})
		if err != nil {
			return "", nil, err
		}
		return got.AccountAssignmentDeletionStatus.Status, got.AccountAssignmentDeletionStatus.FailureReason, nil
	})
}

// together gives one permission set to ten users in two accounts and takes it
// away again, ten at a time, as Terraform does what does not depend on each
// other.
func (p *provider) together() {
	p.t.Helper()
	set := &block{address: "aws_ssoadmin_permission_set.many", resource: tfPermissionSet{name: "many"}}
	p.apply(set)
	var assignments []*block
	for n := range 10 {
		name := fmt.Sprint("user", n)
		made, err := p.ids.CreateUser(p.t.Context(), newUser(p.store, name))
		if err != nil {
			p.t.Fatal(err)
		}
		user := &block{id: p.store + "/" + *made.UserId}
		for _, account := range p.accounts[:2] {
			assignments = append(assignments, &block{
				address:  "aws_ssoadmin_account_assignment." + name + " in " + account,
				resource: tfAssignment{set: set, principal: user, kind: sso.PrincipalTypeUser, account: account},
			})
		}
	}
	p.tenAtATime(assignments, func(b *block) (err error) { b.id, err = b.create(p); return err })
	p.tenAtATime(assignments, func(b *block) error {
		if got, err := b.read(p, b.id); err != nil || got == nil {
			return fmt.Errorf("it is not there: %w", err)
		}
		return nil
	})
	p.tenAtATime(assignments, func(b *block) error { return b.delete(p, b.id) })
	p.destroyed([]*block{set})
}

func (p *provider) tenAtATime(blocks []*block, do func(*block) error) {
	p.t.Helper()
	next := make(chan *block)
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			for b := range next {
				if err := do(b); err != nil {
					p.t.Errorf("%s: %v", b.address, err)
				}
			}
		})
	}
	for _, b := range blocks {
		next <- b
	}
	close(next)
	all.Wait()
	if p.t.Failed() {
		p.t.FailNow()
	}
}
