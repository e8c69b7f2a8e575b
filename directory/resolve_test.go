package directory_test

import (
	"strings"
	"testing"

	"rollcall/directory"
	"rollcall/directory/directorytest"
	"rollcall/directory/memdir"
	"rollcall/fault"
	"rollcall/identity"
)

// named makes a user; empty parts are not set.
func named(t *testing.T, d directory.Driver, userName, email, externalID string) identity.User {
	t.Helper()
	u := directorytest.User(userName)
	u.Emails = nil
	if email != "" {
		u.Emails = []identity.Email{{Value: email}}
	}
	if externalID != "" {
		u.ExternalIDs = []identity.ExternalID{{Issuer: "corp", ID: externalID}}
	}
	made, err := d.CreateUser(t.Context(), u)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestAUserIsFoundByWhateverNamesIt(t *testing.T) {
	driver := memdir.New("d-1234567890")
	d := directory.New("test", driver)
	ann := named(t, driver, "ann", "ann@example.com", "000701984")
	mail := named(t, driver, "mail@example.com", "mail@example.com", "mail@example.com") // one user by three names
	twin := named(t, driver, "twin", "ann2@example.com", "urn:uuid:7")
	rival := named(t, driver, "ann2@example.com", "", "twin")
	thief := named(t, driver, "thief", "", string(ann.ID)) // an external id that is another's id
	group, err := driver.CreateGroup(t.Context(), directorytest.Group("ann"))
	if err != nil {
		t.Fatal(err)
	}
	for ref, want := range map[string]struct {
		user identity.User
		kind fault.Kind
	}{
		"ann":                                   {user: ann},
		"ANN":                                   {user: ann},
		"Ann@Example.com":                       {user: ann},
		"000701984":                             {user: ann},
		"id:" + string(ann.ID):                  {user: ann},
		identity.ARN(identity.KindUser, ann.ID): {user: ann},
		"id:" + identity.ARN("user", ann.ID):    {user: ann},
		string(twin.ID):                         {user: twin},
		"userName:ann":                          {user: ann},
		"email:ann@example.com":                 {user: ann},
		"externalId:000701984":                  {user: ann},
		"mail@example.com":                      {user: mail},
		"urn:uuid:7":                            {user: twin},
		"externalId:urn:uuid:7":                 {user: twin},
		"ann2@example.com":                      {kind: fault.Conflict},
		"userName:ann2@example.com":             {user: rival},
		"email:ann2@example.com":                {user: twin},
		"twin":                                  {kind: fault.Conflict},
		"externalId:twin":                       {user: rival},
		string(ann.ID):                          {kind: fault.Conflict},
		"externalId:" + string(ann.ID):          {user: thief},
		"":                                      {kind: fault.Invalid},
		"nobody":                                {kind: fault.NotFound},
		"userName:":                             {kind: fault.Invalid},
		"userName:ann@example.com":              {kind: fault.NotFound},
		"email:ann":                             {kind: fault.NotFound},
		"displayName:User ann":                  {kind: fault.NotFound},
		"id:ann":                                {kind: fault.Invalid},
		"id:00000000-0000-4000-8000-000000000000": {kind: fault.NotFound},
		"00000000-0000-4000-8000-000000000000":    {kind: fault.NotFound},
		identity.ARN("group", group.ID):           {kind: fault.Invalid},
		string(group.ID):                          {kind: fault.NotFound},
	} {
		got, err := d.ResolveUser(t.Context(), ref)
		switch {
		case want.user.ID == "" && (err == nil || fault.KindOf(err) != want.kind):
			t.Errorf("%q: %s, %v; want %v", ref, got.UserName, err, want.kind)
		case want.user.ID != "" && (err != nil || got.ID != want.user.ID):
			t.Errorf("%q: %s, %v; want %s", ref, got.UserName, err, want.user.UserName)
		}
	}
}

func TestAnAmbiguousNameShowsBothAndSaysHowToChoose(t *testing.T) {
	driver := memdir.New("d-1234567890")
	one := named(t, driver, "ann@example.com", "", "")
	other := named(t, driver, "ann", "ann@example.com", "")
	_, err := directory.New("test", driver).ResolveUser(t.Context(), "ann@example.com")
	for _, want := range []string{string(one.ID), string(other.ID), "userName:", "email:", "externalId:", "id:"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q: %v", want, err)
		}
	}
}

func TestAGroupIsFoundByWhateverNamesIt(t *testing.T) {
	driver := memdir.New("d-1234567890", memdir.BareIDs())
	d := directory.New("test", driver)
	var groups []identity.Group
	for _, g := range []identity.Group{
		{DisplayName: "AWS: Data Science", ExternalIDs: []identity.ExternalID{{Issuer: "corp", ID: "g1"}}},
		{DisplayName: "g1"},
		{DisplayName: "email:ann@example.com"},
	} {
		made, err := driver.CreateGroup(t.Context(), g)
		if err != nil {
			t.Fatal(err)
		}
		groups = append(groups, made)
	}
	for ref, want := range map[string]struct {
		group int
		kind  fault.Kind
	}{
		"aws: data science":                 {group: 0},
		"displayName:AWS: Data Science":     {group: 0},
		"externalId:g1":                     {group: 0},
		"displayName:g1":                    {group: 1},
		"g1":                                {kind: fault.Conflict},
		"email:ann@example.com":             {group: 2}, // no prefix: groups have no e-mail
		string(groups[0].ID):                {group: 0},
		"id:" + string(groups[1].ID):        {group: 1},
		identity.ARN("group", groups[1].ID): {group: 1},
		"arn:aws:identitystore:::user/" + string(groups[1].ID): {kind: fault.Invalid},
		"nothing": {kind: fault.NotFound},
	} {
		got, err := d.ResolveGroup(t.Context(), ref)
		if want.kind != 0 {
			if !fault.Is(err, want.kind) {
				t.Errorf("%q: %s, %v; want %v", ref, got.DisplayName, err, want.kind)
			}
		} else if err != nil || got.ID != groups[want.group].ID {
			t.Errorf("%q: %s, %v; want %s", ref, got.DisplayName, err, groups[want.group].DisplayName)
		}
	}
}

func TestAFailedLookUpIsNotAbsence(t *testing.T) {
	f := newFlaky(nil)
	named(t, f, "ann", "", "")
	f.fail = func(method string, call int) error {
		if method == "FindUser" && call == 2 { // the name was found; whether it is an e-mail, too, cannot be said
			return fault.New(fault.Denied, "find user", "", nil)
		}
		return nil
	}
	if _, err := directory.New("test", f).ResolveUser(t.Context(), "ann"); !fault.Is(err, fault.Denied) {
		t.Errorf("got %v, want the failure", err)
	}
}
