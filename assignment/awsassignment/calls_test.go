package awsassignment_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"rollcall/assignment"
	"rollcall/assignment/awsassignment"
	"rollcall/fault"
	"rollcall/identity"
)

// AWS takes a relay state away that an update does not repeat.
func TestAnUpdateRepeatsWhatItDoesNotChange(t *testing.T) {
	had := `{"PermissionSet":{"PermissionSetArn":"` + setARN + `","Name":"Reader","Description":"reads","RelayState":"/home","SessionDuration":"PT2H"}}`
	long, none, other := "PT4H", "", "writes"
	for name, c := range map[string]struct {
		change assignment.PermissionSetChange
		sent   string // beside the ARNs; nothing if no update is made
	}{
		"nothing":         {assignment.PermissionSetChange{}, ""},
		"what it is":      {assignment.PermissionSetChange{Description: &[]string{"reads"}[0]}, ""},
		"the duration":    {assignment.PermissionSetChange{SessionDuration: &long}, `"Description":"reads","RelayState":"/home","SessionDuration":"PT4H"`},
		"the description": {assignment.PermissionSetChange{Description: &other}, `"Description":"writes","RelayState":"/home","SessionDuration":"PT2H"`},
		"no relay state":  {assignment.PermissionSetChange{RelayState: &none}, `"Description":"reads","SessionDuration":"PT2H"`},
	} {
		t.Run(name, func(t *testing.T) {
			s := &script{answers: map[string][]string{"DescribePermissionSet": {had}, "UpdatePermissionSet": {`{}`}}}
			ok(t, s.play(t).UpdatePermissionSet(t.Context(), setARN, c.change))
			asked := strings.Join(s.requests()[1:], "\n")
			for _, part := range strings.Split(c.sent, ",") {
				if !strings.Contains(asked, part) {
					t.Errorf("%s is missing in %s", part, asked)
				}
			}
			if (c.sent == "") != (asked == "") || strings.Contains(asked, "RelayState") != strings.Contains(c.sent, "RelayState") {
				t.Errorf("asked %s", asked)
			}
		})
	}
	s := answering("DescribePermissionSet", had)
	wantKind(t, "no description", s.play(t).UpdatePermissionSet(t.Context(), setARN, assignment.PermissionSetChange{Description: &none}), fault.Unsupported, false)
}

// What AWS does when there was nothing to take away is not documented.
func TestTakingAwayWhatIsNotThereIsDone(t *testing.T) {
	missing, there := `400 {"__type":"ResourceNotFoundException","Message":"m"}`, `{"PermissionSet":{"PermissionSetArn":"`+setARN+`","Name":"Reader"}}`
	for operation, do := range map[string]func(*awsassignment.Driver) error{
		"DeleteInlinePolicyFromPermissionSet":        func(d *awsassignment.Driver) error { return d.SetInlinePolicy(t.Context(), setARN, "") },
		"DeletePermissionsBoundaryFromPermissionSet": func(d *awsassignment.Driver) error { return d.SetBoundary(t.Context(), setARN, nil) },
	} {
		s := &script{answers: map[string][]string{operation: {missing}, "DescribePermissionSet": {there}}}
		ok(t, do(s.play(t)))
		s = &script{answers: map[string][]string{operation: {missing}, "DescribePermissionSet": {missing}}}
		wantKind(t, operation, do(s.play(t)), fault.NotFound, false)
	}
}

func TestWhatCannotBeAKeyIsNotAskedFor(t *testing.T) {
	s := answering("UntagResource", `{}`)
	d := s.play(t)
	ok(t, d.UntagResource(t.Context(), setARN, []string{"", "\x00"}))
	ok(t, d.UntagResource(t.Context(), setARN, []string{"", "team"}))
	if asked := s.requests(); len(asked) != 1 || !strings.Contains(asked[0], `"TagKeys":["team"]`) {
		t.Errorf("asked %q", asked)
	}
	keys := make([]string, identity.MaxTags+1)
	for i := range keys {
		keys[i] = fmt.Sprint("key", i)
	}
	ok(t, d.UntagResource(t.Context(), setARN, keys[1:]))
	wantKind(t, "one more than may be", d.UntagResource(t.Context(), setARN, keys), fault.Invalid, false)
}

func TestAnInstanceIsTheConfiguredOneAndSaysItsRegions(t *testing.T) {
	described := func(store, more string) string {
		return fmt.Sprintf(`{"InstanceArn":%q,"IdentityStoreId":%q,"OwnerAccountId":"111122223333","CreatedDate":1755000000.5%s}`, instanceARN, store, more)
	}
	d := answering("DescribeInstance", described("d-0000000000", "")).play(t)
	_, err := d.Describe(t.Context())
	wantKind(t, "another store", err, fault.Invalid, false)

	s := &script{answers: map[string][]string{
		"DescribeInstance": {described("d-1234567890", "")},
		"ListRegions":      {`{"Regions":[{"RegionName":"eu-west-1","Status":"ACTIVE","IsPrimaryRegion":true}],"NextToken":"a"}`, `{"Regions":[{"RegionName":"eu-west-2","Status":"ADDING"}]}`},
	}}
	i, err := s.play(t).Describe(t.Context())
	if err != nil || len(i.Regions) != 2 || !i.Regions[0].Primary || i.Regions[1].State != identity.RegionAdding || i.OfAccount {
		t.Errorf("it is %+v, %v", i, err)
	}
	d = answering("DescribeInstance", described("d-1234567890", `,"PermissionSetsEnabled":false,"Regions":[{"RegionName":"eu-west-1"}]`)).play(t)
	if i, err := d.Describe(t.Context()); err != nil || !i.OfAccount {
		t.Errorf("without permission sets it is %+v, %v", i, err)
	}
}

func TestAnAccountIsReadWhateverIsSaidOfIt(t *testing.T) {
	for name, c := range map[string]struct {
		account, parents string
		want             identity.Account
		calls            int
	}{
		"old":           {`"Status":"ACTIVE"`, "r-1234", identity.Account{Status: identity.AccountActive, Parent: "r-1234"}, 2},
		"new":           {`"State":"CLOSED","Status":"ACTIVE","Paths":["o-1/r-1234/ou-1234-12345678/111122223333/"]`, "", identity.Account{Status: identity.AccountSuspended, Parent: "ou-1234-12345678"}, 1},
		"closing":       {`"State":"PENDING_CLOSURE","Paths":["o-1/r-1234/111122223333/"]`, "", identity.Account{Status: identity.AccountClosing, Parent: "r-1234"}, 1},
		"not yet":       {`"State":"PENDING_ACTIVATION","JoinedMethod":"INVITED"`, "ou-1234-12345678", identity.Account{Status: identity.AccountSuspended, Parent: "ou-1234-12345678", Invited: true}, 2},
		"a state to be": {`"State":"DORMANT","Paths":["o-1/r-1234/111122223333"]`, "", identity.Account{Status: identity.AccountSuspended, Parent: "r-1234"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			w := `{"Id":"111122223333",` + c.account + `}`
			s := &script{answers: map[string][]string{
				"DescribeAccount": {`{"Account":` + w + `}`}, "ListAccounts": {`{"Accounts":[` + w + `]}`}, "ListAccountsForParent": {`{"Accounts":[` + w + `]}`},
				"ListParents": {`{"Parents":[{"Id":"` + c.parents + `","Type":"ROOT"}]}`},
			}}
			d := s.play(t)
			c.want.ID = "111122223333"
			if got, err := d.Account(t.Context(), c.want.ID); err != nil || got != c.want {
				t.Errorf("described: %+v, %v", got, err)
			}
			if n := len(s.requests()); n != c.calls {
				t.Errorf("%d calls, want %d", n, c.calls)
			}
			for _, parent := range []string{"", c.want.Parent} {
				if page, err := d.ListAccounts(t.Context(), parent, assignment.PageRequest{}); err != nil || !slices.Equal(page.Items, []identity.Account{c.want}) {
					t.Errorf("listed: %+v, %v", page, err)
				}
			}
		})
	}
}

func TestAUnitWhosePathIsNotSaidIsAskedFor(t *testing.T) {
	const id = "ou-1234-12345678"
	s := &script{answers: map[string][]string{
		"DescribeOrganizationalUnit": {`{"OrganizationalUnit":{"Id":"` + id + `","Name":"Production"}}`},
		"ListParents":                {`{"Parents":[{"Id":"r-1234","Type":"ROOT"}]}`},
	}}
	if u, err := s.play(t).Unit(t.Context(), id); err != nil || u != (identity.Unit{ID: id, Name: "Production", Parent: "r-1234"}) {
		t.Errorf("it is %+v, %v", u, err)
	}
}

func TestAnApplicationChangesByTheCallsItTakes(t *testing.T) {
	s := play(t)
	sent := new(wire)
	d := s.reach(t, sent.through)
	name, none, no := "Wiki 2", "", false
	signIn, hidden, odd := `{"SignInOptions":{"Origin":"IDENTITY_CENTER"}}`, `{"Visibility":"DISABLED"}`, `{"a":1}`
	for _, c := range []struct {
		change assignment.ApplicationChange
		calls  string
		kind   fault.Kind // 0 is that it works
	}{
		{assignment.ApplicationChange{}, "UpdateApplication", 0},
		{assignment.ApplicationChange{Name: &name}, "UpdateApplication", 0},
		{assignment.ApplicationChange{AssignmentRequired: &no}, "PutApplicationAssignmentConfiguration", 0},
		{assignment.ApplicationChange{Name: &name, AssignmentRequired: &no}, "UpdateApplication PutApplicationAssignmentConfiguration", 0},
		{assignment.ApplicationChange{Description: &none}, "DescribeApplication UpdateApplication", 0},
		{assignment.ApplicationChange{Portal: &none}, "DescribeApplication UpdateApplication", 0},
		{assignment.ApplicationChange{Portal: &odd}, "DescribeApplication", fault.Invalid},
		{assignment.ApplicationChange{Portal: &hidden}, "DescribeApplication", fault.Unsupported},
		{assignment.ApplicationChange{Portal: &signIn}, "DescribeApplication UpdateApplication", 0},
		{assignment.ApplicationChange{Portal: &none}, "DescribeApplication", fault.Unsupported},
		{assignment.ApplicationChange{Name: &none}, "", fault.Invalid},
	} {
		err := d.UpdateApplication(t.Context(), s.uses.Application, c.change)
		if (err == nil) != (c.kind == 0) || err != nil && !fault.Is(err, c.kind) {
			t.Errorf("%+v: %v, want %v", c.change, err, c.kind)
		}
		if got := sent.take(); got != c.calls {
			t.Errorf("%+v: calls %s, want %s", c.change, got, c.calls)
		}
	}
	app := wiki
	app.Portal = odd
	_, err := d.CreateApplication(t.Context(), app, nil, "")
	wantKind(t, "create one with an odd portal", err, fault.Invalid, false)
	if got := sent.take(); got != "" {
		t.Errorf("calls %s, want none", got)
	}
}

// An application that goes while they are listed is as one that went before.
func TestAnApplicationThatGoesMeanwhileIsNotListed(t *testing.T) {
	other := appARN[:len(appARN)-1] + "0"
	d := (&script{answers: map[string][]string{
		"ListApplications":                      {`{"Applications":[{"ApplicationArn":"` + appARN + `"},{"ApplicationArn":"` + other + `"}],"NextToken":"a"}`},
		"GetApplicationAssignmentConfiguration": {`400 {"__type":"ResourceNotFoundException"}`, `{"AssignmentRequired":false}`},
	}}).play(t)
	page, err := d.ListApplications(t.Context(), assignment.PageRequest{})
	if err != nil || len(page.Items) != 1 || page.Items[0].ARN != other || page.Next != "a" {
		t.Errorf("listed %+v, %v", page, err)
	}
}

func TestNothingOfAnotherInstanceIsAskedFor(t *testing.T) {
	s := new(script)
	d := s.play(t)
	other := strings.Replace(setARN, "ssoins-1", "ssoins-2", 1)
	_, err := d.PermissionSet(t.Context(), other)
	wantKind(t, "permission set", err, fault.NotFound, false)
	_, err = d.Application(t.Context(), strings.Replace(appARN, "ssoins-1", "ssoins-2", 1))
	wantKind(t, "application", err, fault.NotFound, false)
	stranger := anAssignment
	stranger.Principal.Store = "d-0000000000"
	_, err = d.CreateAssignment(t.Context(), stranger)
	wantKind(t, "assignment", err, fault.Invalid, false)
	if asked := s.requests(); len(asked) > 0 {
		t.Errorf("asked %q", asked)
	}
}
