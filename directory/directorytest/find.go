package directorytest

import (
	"testing"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

var findTests = []test{
	{"AUserIsFoundByItsNames", userFound},
	{"AGroupIsFoundByItsName", groupFound},
	{"NamesAreFoundWithoutCase", foundWithoutCase},
	{"FoundByExternalIDWithAndWithoutIssuer", foundByExternalID},
	{"AnExternalIDOfTwoIssuersNeedsItsIssuer", externalIDAmbiguous},
	{"FindingNobodyIsNotFound", nobodyFound},
	{"AFormerNameFindsNobody", formerNames},
	{"OnlyUniqueAttributesFind", onlyUniqueFind},
}

func key(attribute, value string) directory.Key {
	return directory.Key{Attribute: attribute, Value: value}
}

func externalKey(issuer, id string) directory.Key {
	return directory.Key{Attribute: directory.KeyExternalID, Issuer: issuer, Value: id}
}

// wantFound holds that key finds the user want, or fails with kind k if there
// is none to find.
func wantFound(t *testing.T, d directory.Driver, key directory.Key, want identity.User) {
	t.Helper()
	got, err := d.FindUser(ctx(t), key)
	if err != nil {
		t.Errorf("find user by %+v: %v", key, err)
		return
	}
	wantSame(t, "who is found by "+key.Attribute, want, got)
}

func wantGroupFound(t *testing.T, d directory.Driver, key directory.Key, want identity.Group) {
	t.Helper()
	got, err := d.FindGroup(ctx(t), key)
	if err != nil {
		t.Errorf("find group by %+v: %v", key, err)
		return
	}
	wantSame(t, "what is found by "+key.Attribute, want, got)
}

func notFound(t *testing.T, d directory.Driver, key directory.Key, k fault.Kind) {
	t.Helper()
	_, err := d.FindUser(ctx(t), key)
	wantKind(t, "find user by "+key.Attribute+" "+key.Value, err, k)
}

func groupNotFound(t *testing.T, d directory.Driver, key directory.Key, k fault.Kind) {
	t.Helper()
	_, err := d.FindGroup(ctx(t), key)
	wantKind(t, "find group by "+key.Attribute+" "+key.Value, err, k)
}

func userFound(t *testing.T, d directory.Driver) {
	addUsers(t, d, "u", 3)
	ann := addUser(t, d, full(d, "ann"))
	wantFound(t, d, key(directory.KeyUserName, "ann"), ann)
	wantFound(t, d, key(directory.KeyEmail, "ann@example.com"), ann)
}

func groupFound(t *testing.T, d directory.Driver) {
	addGroup(t, d, "other")
	staff := addGroup(t, d, "the staff")
	wantGroupFound(t, d, key(directory.KeyDisplayName, "the staff"), staff)
}

func foundWithoutCase(t *testing.T, d directory.Driver) {
	for what, pair := range sameNames {
		t.Log(what)
		u := User(pair[0])
		made, g := addUser(t, d, u), addGroup(t, d, pair[0]+" team")
		for _, name := range pair {
			wantFound(t, d, key(directory.KeyUserName, name), made)
			wantFound(t, d, key(directory.KeyEmail, name+"@EXAMPLE.com"), made)
			wantGroupFound(t, d, key(directory.KeyDisplayName, name+" TEAM"), g)
		}
		wantNone(t, "delete user", d.DeleteUser(ctx(t), made.ID, ""))
		wantNone(t, "delete group", d.DeleteGroup(ctx(t), g.ID, ""))
	}
}

func foundByExternalID(t *testing.T, d directory.Driver) {
	if _, ok := able[directory.ExternalIDSetter](t, d); !ok {
		return
	}
	one := keepable(d, eid("hr", "7"), eid("corp", "1"))
	ann := addUser(t, d, userWith("ann", one...))
	ben := addUser(t, d, userWith("ben", keepable(d, eid("corp", "2"))...))
	g := addGroupWith(t, d, groupWith("staff", keepable(d, eid("corp", "1"))...))
	for _, issuer := range []string{one[len(one)-1].Issuer, ""} {
		wantFound(t, d, externalKey(issuer, "1"), ann)
		wantFound(t, d, externalKey(issuer, "2"), ben)
		wantGroupFound(t, d, externalKey(issuer, "1"), g)
		groupNotFound(t, d, externalKey(issuer, "2"), fault.NotFound)
	}
	if len(one) > 1 {
		wantFound(t, d, externalKey("", "7"), ann)
	}
	notFound(t, d, externalKey("corp", "7"), fault.NotFound)
	notFound(t, d, externalKey("CORP", "1"), fault.NotFound)
}

func externalIDAmbiguous(t *testing.T, d directory.Driver) {
	if _, ok := able[directory.ExternalIDSetter](t, d); !ok {
		return
	}
	if directory.LimitsOf(d).Issuer != "" {
		t.Log("nothing to hold: this directory keeps external ids of one issuer")
		return
	}
	ann := addUser(t, d, userWith("ann", eid("corp", "1"), eid("hr", "1"))) // both hers
	wantFound(t, d, externalKey("", "1"), ann)
	ben := addUser(t, d, userWith("ben", eid("club", "1")))
	notFound(t, d, externalKey("", "1"), fault.Conflict)
	wantFound(t, d, externalKey("hr", "1"), ann)
	wantFound(t, d, externalKey("club", "1"), ben)
}

func nobodyFound(t *testing.T, d directory.Driver) {
	addUser(t, d, User("ann"))
	addGroup(t, d, "staff")
	for _, value := range []string{"an", "ann ann", "ann%", "a_n", "*", "ann@example.com"} {
		notFound(t, d, key(directory.KeyUserName, value), fault.NotFound)
	}
	notFound(t, d, key(directory.KeyEmail, "ann"), fault.NotFound)
	groupNotFound(t, d, key(directory.KeyDisplayName, "ann"), fault.NotFound)
	if _, ok := d.(directory.ExternalIDSetter); ok {
		notFound(t, d, externalKey("", "1"), fault.NotFound)
		notFound(t, d, externalKey("corp", "1"), fault.NotFound)
		groupNotFound(t, d, externalKey("corp", "1"), fault.NotFound)
	}
}

func formerNames(t *testing.T, d directory.Driver) {
	ann, staff := addUser(t, d, User("ann")), addGroup(t, d, "staff")
	ann = updateUser(t, d, ann.ID, set(t, "userName", "anna"), set(t, "emails", mail(d, "anna@example.com", "")))
	staff = updateGroup(t, d, staff.ID, set(t, "displayName", "people"))
	notFound(t, d, key(directory.KeyUserName, "ann"), fault.NotFound)
	notFound(t, d, key(directory.KeyEmail, "ann@example.com"), fault.NotFound)
	groupNotFound(t, d, key(directory.KeyDisplayName, "staff"), fault.NotFound)
	wantFound(t, d, key(directory.KeyUserName, "anna"), ann)
	wantFound(t, d, key(directory.KeyEmail, "anna@example.com"), ann)
	wantGroupFound(t, d, key(directory.KeyDisplayName, "people"), staff)
}

func onlyUniqueFind(t *testing.T, d directory.Driver) {
	addUser(t, d, User("ann"))
	addGroup(t, d, "staff")
	for _, attribute := range []string{"", "displayName", "title", "emails", "id"} {
		notFound(t, d, key(attribute, "User ann"), fault.Invalid)
	}
	for _, attribute := range []string{"", "userName", "emails.value", "description"} {
		groupNotFound(t, d, key(attribute, "staff"), fault.Invalid)
	}
	notFound(t, d, key(directory.KeyUserName, ""), fault.Invalid)
	notFound(t, d, key(directory.KeyEmail, ""), fault.Invalid)
	groupNotFound(t, d, key(directory.KeyDisplayName, ""), fault.Invalid)
}
