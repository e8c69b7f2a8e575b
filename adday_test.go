package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/document"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"
)

// An Active Directory of 5,200 people in 200 groups, and what happens in one:
// each change arrives, seen through AWS's SDK, and nothing is left to do.
func TestACompanyInActiveDirectory(t *testing.T) {
	d := newDomain(t, adCompany())
	d.ad.Modify(t, adNesting())
	r := d.must("sync", "run", "corp")
	if !strings.Contains(r.errors, fmt.Sprintf("%d people, %d groups", adPeople, adGroups)) {
		t.Errorf("it reads\n%s", r.errors)
	}
	d.open()
	d.wantCompany()
	if again := d.must("sync", "run", "corp"); !strings.Contains(again.errors, "No changes") {
		t.Errorf("the second run is not empty:\n%s", again.errors)
	}
	d.wantEvents()
}

// wantCompany looks at everybody and at every kind of group.
func (d *domain) wantCompany() {
	d.t.Helper()
	names := map[string]types.UserStatus{}
	d.ids = map[string]string{}
	pages := identitystore.NewListUsersPaginator(d.server.client(), &identitystore.ListUsersInput{IdentityStoreId: d.store})
	for pages.HasMorePages() {
		page, err := pages.NextPage(d.t.Context(), readAgain)
		if err != nil {
			d.t.Fatal(err)
		}
		for _, u := range page.Users {
			names[*u.UserName], d.ids[*u.UserName] = u.UserStatus, *u.UserId
		}
	}
	if len(names) != adPeople {
		d.t.Errorf("%d people, want %d", len(names), adPeople)
	}
	for n := range adPeople {
		status := types.UserStatusEnabled
		if _, active := adStatus(n); !active {
			status = types.UserStatusDisabled
		}
		if got := names[userOf(n)]; got != status {
			d.t.Fatalf("%s is %q, want %s", userOf(n), got, status)
		}
	}
	for _, n := range []int{0, 1, 2, 5, 8, 150, 199} { // the large one, the two of the cycle, the outermost of a chain, the innermost
		d.wantMembers(fmt.Sprintf("aws-g%d", n), adMembers(n))
	}
}

func userOf(n int) string { return fmt.Sprintf("p%d@corp.test", n) }

func (d *domain) wantMembers(group string, want map[int]bool) {
	d.t.Helper()
	id := d.group(group)
	members := d.server.everyMember(d.t.Context(), []string{id})
	if len(members) != len(want) {
		d.t.Errorf("%s has %d members, want %d", group, len(members), len(want))
	}
	for n := range want {
		if !members[belongs{id, d.ids[userOf(n)]}] {
			d.t.Fatalf("%s is not in %s", userOf(n), group)
		}
	}
}

func (d *domain) group(name string) string {
	d.t.Helper()
	found, err := d.server.client().GetGroupId(d.t.Context(), &identitystore.GetGroupIdInput{
		IdentityStoreId: d.store,
		AlternateIdentifier: &types.AlternateIdentifierMemberUniqueAttribute{Value: types.UniqueAttribute{
			AttributePath: aws.String("displayName"), AttributeValue: document.NewLazyDocument(name),
		}},
	}, readAgain)
	if err != nil {
		d.t.Fatalf("group %s: %v", name, err)
	}
	return *found.GroupId
}

// wantEvents lets two days happen: somebody joins, moves, leaves, is renamed,
// moved to another unit, out of the base, and deleted, and a group is renamed;
// then whoever was moved out and deleted comes back.
func (d *domain) wantEvents() {
	t := d.t
	renamed := d.group("aws-g7")
	d.ad.Modify(t, "dn: CN=New\\, Ann,OU=Unit 1,OU=AWS,DC=corp,DC=test\nchangetype: add\nobjectClass: user\nsAMAccountName: new\nuserPrincipalName: new@corp.test\nsn: New\ngivenName: Ann\nuserAccountControl: 544\n\n"+
		"dn: "+adDN(100)+"\nchangetype: modify\nreplace: title\ntitle: Lead\n\n"+
		"dn: "+adGroupDN(199)+"\nchangetype: modify\nadd: member\nmember: "+adDN(100)+"\n\n"+
		"dn: "+adDN(200)+"\nchangetype: modify\nreplace: userAccountControl\nuserAccountControl: 546\n\n"+
		"dn: "+adDN(300)+"\nchangetype: modrdn\nnewrdn: CN=O'Neil\\, Zoë 300\ndeleteoldrdn: 1\n\n"+
		"dn: CN=O'Neil\\, Zoë 300,OU=Unit 14,OU=AWS,DC=corp,DC=test\nchangetype: modify\nreplace: userPrincipalName\nuserPrincipalName: zoe@corp.test\n\n"+
		"dn: "+adGroupDN(7)+"\nchangetype: modrdn\nnewrdn: CN=aws-seven\ndeleteoldrdn: 1\n\n"+
		"dn: "+adDN(400)+"\nchangetype: modrdn\nnewrdn: CN=Person 400\ndeleteoldrdn: 1\nnewsuperior: OU=Unit 3,OU=AWS,DC=corp,DC=test\n\n"+
		"dn: "+adDN(500)+"\nchangetype: modrdn\nnewrdn: CN=Person 500\ndeleteoldrdn: 1\nnewsuperior: OU=Gone,DC=corp,DC=test\n\n"+
		"dn: "+adDN(600)+"\nchangetype: delete\n")
	d.must("sync", "run", "corp")
	d.nothingLeft()
	for name, want := range map[string]types.UserStatus{
		"new@corp.test": types.UserStatusEnabled, userOf(200): types.UserStatusDisabled, userOf(400): types.UserStatusEnabled,
		userOf(500): types.UserStatusDisabled, userOf(600): types.UserStatusDisabled,
	} {
		d.wantStatus(name, want)
	}
	if u := d.user(userOf(100)); aws.ToString(u.Title) != "Lead" {
		t.Errorf("title %v", u.Title)
	}
	if u := d.user("zoe@corp.test"); *u.UserId != d.ids[userOf(300)] {
		t.Error("zoe@corp.test is another account than she had")
	}
	if id := d.group("aws-seven"); id != renamed {
		t.Error("aws-seven is another group than aws-g7 was")
	}
	d.wantRestored()
}

// wantRestored brings back who was deleted, with what a tombstone loses, and
// who was moved out.
func (d *domain) wantRestored() {
	d.ad.Restore(d.t, "600", adDN(600))
	d.ad.Modify(d.t, "dn: "+adDN(600)+"\nchangetype: modify\nreplace: userPrincipalName\nuserPrincipalName: "+userOf(600)+"\n-\nreplace: sn\nsn: Example\n-\nreplace: givenName\ngivenName: P600\n-\nreplace: userAccountControl\nuserAccountControl: 544\n\n"+
		"dn: CN=Person 500,OU=Gone,DC=corp,DC=test\nchangetype: modrdn\nnewrdn: CN=Person 500\ndeleteoldrdn: 1\nnewsuperior: OU=Unit 1,OU=AWS,DC=corp,DC=test\n")
	d.must("sync", "run", "corp")
	d.nothingLeft()
	for _, n := range []int{500, 600} {
		d.wantStatus(userOf(n), types.UserStatusEnabled)
		if id := *d.user(userOf(n)).UserId; id != d.ids[userOf(n)] {
			d.t.Errorf("%s has another account now", userOf(n))
		}
	}
}

func (d *domain) wantStatus(name string, want types.UserStatus) {
	d.t.Helper()
	if u := d.user(name); u.UserStatus != want {
		d.t.Errorf("%s is %s, want %s", name, u.UserStatus, want)
	}
}
