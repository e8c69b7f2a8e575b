package xsoar_test

import (
	"strings"
	"testing"

	"rollcall/xsoar"
)

func parse(t testing.TB, text string) xsoar.Object {
	t.Helper()
	v, err := xsoar.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	o, _ := v.(xsoar.Object)
	return o
}

// john is the user of the integration's documentation.
const john = `{"id":"123456","meta":{"resourceType":"User","created":"2021-08-23T12:53:51Z","lastModified":"2021-08-23T12:53:51Z"},` +
	`"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"test","name":{"familyName":"test","givenName":"test"},"displayName":"test",` +
	`"active":false,"emails":[{"value":"john.doe@example.com","type":"work","primary":true}]}`

// The lines of the cell are those of the integration's documentation.
func TestAUserIsShownAsTheIntegrationShowsIt(t *testing.T) {
	no := false
	r := xsoar.UserResult{
		Instance: "AWS-ILM_instance_1", Action: "create", Profile: parse(t, `{"email":"john.doe@example.com","username":"test"}`),
		Active: &no, ID: "123456", Name: "test", Email: "john.doe@example.com", Details: parse(t, john),
	}
	const want = `### Create User Results (AWS-ILM)
|brand|instanceName|success|active|id|username|email|details|
|---|---|---|---|---|---|---|---|
| AWS-ILM | AWS-ILM_instance_1 | true | false | 123456 | test | john.doe@example.com | id: 123456<br>meta: {"resourceType": "User", "created": "2021-08-23T12:53:51Z", "lastModified": "2021-08-23T12:53:51Z"}<br>schemas: urn:ietf:params:scim:schemas:core:2.0:User<br>userName: test<br>name: {"familyName": "test", "givenName": "test"}<br>displayName: test<br>active: false<br>emails: {'value': 'john.doe@example.com', 'type': 'work', 'primary': True} |
`
	e := r.Entry()
	if e.HumanReadable != want {
		t.Errorf("got\n%swant\n%s", e.HumanReadable, want)
	}
	context, err := e.EntryContext.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	const wanted = `{"IAM.UserProfile(val.email && val.email == obj.email)":{"email":"john.doe@example.com","username":"test"},` +
		`"IAM.Vendor(val.instanceName && val.instanceName == obj.instanceName && val.email && val.email == obj.email)":{"brand":"AWS-ILM","instanceName":"AWS-ILM_instance_1",` +
		`"action":"create","success":true,"active":false,"id":"123456","username":"test","email":"john.doe@example.com","errorCode":null,"errorMessage":"","details":` + john + `,"skipped":false,"reason":""}}`
	if string(context) != wanted {
		t.Errorf("got\n%s\nwant\n%s", context, wanted)
	}
}

func TestAGroupIsShownAsTheIntegrationShowsIt(t *testing.T) {
	const team = `{"id":"121212","meta":{"resourceType":"Group","created":"2021-08-23T12:41:43Z","lastModified":"2021-08-23T12:41:43Z"},` +
		`"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"The best group","members":[]}`
	e := xsoar.GroupResult{Instance: "AWS-ILM_instance_1", Action: "Get", ID: "121212", Name: "The best group", Details: parse(t, team)}.Entry()
	const want = `### AWS Get Group:
|brand|details|displayName|id|instanceName|success|
|---|---|---|---|---|---|
| AWS-ILM | id: 121212<br>meta: {"resourceType": "Group", "created": "2021-08-23T12:41:43Z", "lastModified": "2021-08-23T12:41:43Z"}<br>schemas: urn:ietf:params:scim:schemas:core:2.0:Group<br>displayName: The best group<br>members:  | The best group | 121212 | AWS-ILM_instance_1 | true |
`
	if e.HumanReadable != want {
		t.Errorf("got\n%swant\n%s", e.HumanReadable, want)
	}
	context, err := e.EntryContext.MarshalJSON()
	const wanted = `{"GetGroup(val.id && val.id == obj.id)":{"brand":"AWS-ILM","instanceName":"AWS-ILM_instance_1","success":true,"active":null,"id":"121212",` +
		`"username":null,"email":null,"errorCode":null,"errorMessage":null,"details":` + team + `,"displayName":"The best group","members":null}}`
	if err != nil || string(context) != wanted {
		t.Errorf("got\n%s, %v\nwant\n%s", context, err, wanted)
	}
}

func TestWhatIsSkippedOrFailedHasColumnsOfItsOwn(t *testing.T) {
	skipped := xsoar.UserResult{Instance: "i", Action: "update", Skipped: true, Reason: "User does not exist"}.Entry().HumanReadable
	if want := "### Update User Results (AWS-ILM)\n|brand|instanceName|skipped|reason|\n|---|---|---|---|\n| AWS-ILM | i | true | User does not exist |\n"; skipped != want {
		t.Errorf("got\n%s", skipped)
	}
	failed := xsoar.UserResult{Instance: "i", Action: "get", Failed: true, Code: 404, Message: "User | `does` not\nexist"}.Entry()
	if want := "### Get User Results (AWS-ILM)\n|brand|instanceName|success|errorCode|errorMessage|\n|---|---|---|---|---|\n| AWS-ILM | i | false | 404 | User \\| \\`does\\` not<br>exist |\n"; failed.HumanReadable != want || failed.Success {
		t.Errorf("got\n%s", failed.HumanReadable)
	}
}

func TestTextsOfPython(t *testing.T) {
	for text, want := range map[string]string{
		`null`: "None", `true`: "True", `"it's"`: "it's", `["it's", "say \"x\"", "both ' and \""]`: `["it's", 'say "x"', 'both \' and "']`,
		`{"a":[1,2.50,{"b":null}]}`: `{'a': [1, 2.50, {'b': None}]}`, `["ü\n\t\u0001\u200b\u00a0\ud83d\ude00\\"]`: `['ü\n\t\x01\u200b\xa0😀\\']`,
	} {
		v, err := xsoar.Parse([]byte(text))
		if got := xsoar.PythonText(v); err != nil || got != want {
			t.Errorf("%s is %s, %v; want %s", text, got, err, want)
		}
	}
}

func FuzzJSON(f *testing.F) {
	for _, text := range []string{john, `[]`, `{"a":1,"a":2}`, `"`, strings.Repeat("[", 40), `1e400`, `{"a":{"b":[null,true,"x"]}}`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := xsoar.Parse([]byte(text))
		if err != nil {
			return
		}
		o := xsoar.Object{{Name: "v", Value: v}}
		written, err := o.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		again := parse(t, string(written))
		if a, b := xsoar.PythonText(o), xsoar.PythonText(again); a != b {
			t.Errorf("%s is read again as %s", a, b)
		}
		if table := xsoar.Table("x", o, []string{"v"}); strings.Count(table, "\n") != 4 {
			t.Errorf("the table is %q", table)
		}
	})
}
