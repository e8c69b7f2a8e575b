package xsoar_test

import (
	"slices"
	"testing"

	"rollcall/fault"
	"rollcall/xsoar"
)

func TestTheShippedMappers(t *testing.T) {
	user, err := xsoar.Out().ToSCIM(parse(t, `{"username":"ann","displayname":"Ann Lee","givenname":"Ann","surname":"Lee","email":"ann@example.com","mobilephone":"+1","title":"Lead",
		"employeetype":"staff","employeeid":"7","employeenumber":8,"department":"R&D","division":"D","costcentercode":"C","streetaddress":"S 1","city":"B","locationregion":"BE",
		"zipcode":"10115","country":"DE","shoe":"42","peoplemanagerflag":true}`))
	const want = `{"externalId":"7","userName":"ann","name":{"familyName":"Lee","givenName":"Ann"},"displayName":"Ann Lee","title":"Lead","userType":"staff",` +
		`"emails":[{"value":"ann@example.com","type":"work","primary":true}],` +
		`"addresses":[{"type":"work","primary":true,"streetAddress":"S 1","locality":"B","region":"BE","postalCode":"10115","country":"DE"}],` +
		`"phoneNumbers":[{"value":"+1","type":"work"}],` +
		`"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"8","costCenter":"C","division":"D","department":"R&D"}}`
	text, _ := user.MarshalJSON()
	if err != nil || string(text) != want {
		t.Errorf("got  %s, %v\nwant %s", text, err, want)
	}
	profile, _ := xsoar.In().ToProfile(user).MarshalJSON()
	if want := `{"Cost Center Code":"C","Department":"R&D","Division":"D","Email":"ann@example.com","Employee ID":"7","Employee Number":"8","Given Name":"Ann",` +
		`"Mobile Phone":"+1","Surname":"Lee","Title":"Lead","User Type":"staff","Username":"ann"}`; string(profile) != want {
		t.Errorf("got  %s\nwant %s", profile, want)
	}
}

func TestWhatAProfileDoesNotSayIsNotMapped(t *testing.T) {
	for profile, want := range map[string]string{
		`{"username":"ann"}`: `{"userName":"ann"}`, `{"username":"ann","email":null,"mobilephone":"","title":[]}`: `{"userName":"ann"}`,
		`{"Username":"ann","Given Name":"Ann"}`: `{"userName":"ann","name":{"givenName":"Ann"}}`, `{"username":["ann"]}`: `{"userName":"ann"}`, `{}`: `{}`,
	} {
		user, err := xsoar.Out().ToSCIM(parse(t, profile))
		if text, _ := user.MarshalJSON(); err != nil || string(text) != want {
			t.Errorf("%s is %s, %v; want %s", profile, text, err, want)
		}
	}
	for _, profile := range []string{`{"username":["a","b"]}`, `{"username":{"a":1}}`} {
		if _, err := xsoar.Out().ToSCIM(parse(t, profile)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", profile, err)
		}
	}
}

func TestMappersOfOnesOwn(t *testing.T) {
	m, err := xsoar.Out().With(map[string]string{
		"title": "jobtitle", "MOBILE": "", "nickname": "callname", "emails.value": "",
		"urn:scim:schemas:extension:enterprise:1.0:organization": "company", "enterprise.manager.value": "boss",
	})
	if !fault.Is(err, fault.Invalid) || m != nil {
		t.Errorf("an attribute that there is not: %v", err)
	}
	m, err = xsoar.Out().With(map[string]string{
		"title": "jobtitle", "nickname": "callname", "emails.value": "", "urn:scim:schemas:extension:enterprise:1.0:organization": "company", "enterprise.manager.value": "boss",
	})
	if err != nil {
		t.Fatal(err)
	}
	user, err := m.ToSCIM(parse(t, `{"username":"ann","title":"no","jobtitle":"Lead","callname":"A","email":"a@example.com","company":"X","boss":"id-1"}`))
	const want = `{"userName":"ann","title":"Lead","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"id-1"},"organization":"X"},"nickName":"A"}`
	if text, _ := user.MarshalJSON(); err != nil || string(text) != want {
		t.Errorf("got  %s, %v\nwant %s", text, err, want)
	}
	back, err := xsoar.In().With(map[string]string{"enterprise.manager.value": "Boss", "title": ""})
	if text, _ := back.ToProfile(user).MarshalJSON(); err != nil || string(text) != `{"Boss":"id-1","Username":"ann"}` {
		t.Errorf("got %s, %v", text, err)
	}
}

func TestEveryShippedPathIsOne(t *testing.T) {
	for _, pair := range slices.Concat(xsoar.Out(), xsoar.In()) {
		if path, err := xsoar.Canonical(pair.Path); err != nil || path != pair.Path {
			t.Errorf("%s is %s, %v", pair.Path, path, err)
		}
	}
}
