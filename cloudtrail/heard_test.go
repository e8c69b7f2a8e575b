package cloudtrail_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/cloudtrail"
	"rollcall/fault"
	"rollcall/identity"
)

func delivered(t *testing.T, r cloudtrail.Record) []byte {
	t.Helper()
	text, err := json.Marshal(cloudtrail.EventBridge(r))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestAnEventOfOurOwnLogSaysWhereToLook(t *testing.T) {
	ann, team := cloudtrail.Object{Kind: identity.KindUser, ID: userID}, cloudtrail.Object{Kind: identity.KindGroup, ID: group}
	for name, want := range map[string]struct {
		objects []cloudtrail.Object
		by      string
		wrote   bool
	}{
		"api_create_user":       {[]cloudtrail.Object{ann}, "role Deploy of 444455556666", true},
		"api_update_user":       {[]cloudtrail.Object{ann}, "role Deploy of 444455556666", true},
		"api_create_membership": {[]cloudtrail.Object{team}, "role Deploy of 444455556666", true},
		"console_add_member":    {[]cloudtrail.Object{team}, "IAMUser of " + account, true},
		"scim_create_user":      {[]cloudtrail.Object{ann}, "SCIM token abcdefgh2345 of " + account, true},
		"scim_patch_user":       {[]cloudtrail.Object{ann}, "SCIM token abcdefgh2345 of " + account, true},
		"scim_delete_user":      {[]cloudtrail.Object{ann}, "SCIM token abcdefgh2345 of " + account, true},
		"scim_remove_member":    {[]cloudtrail.Object{team}, "SCIM token abcdefgh2345 of " + account, true},
		"access_assign":         {nil, "role Deploy of 444455556666", false},
		"key_create":            {nil, "IAMUser of " + account, false},
	} {
		h, err := cloudtrail.Hear(delivered(t, samples[name].record(t)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(want.objects, h.Objects); diff != "" || h.By != want.by || h.Wrote != want.wrote {
			t.Errorf("%s: %s, %q, wrote %v\n%s", name, h.Name, h.By, h.Wrote, diff)
		}
	}
}

// What AWS documents and what the console is seen to send differ in form.
func TestIDsAreFoundInEveryFormThatAWSWritesThem(t *testing.T) {
	const id = "906771b2aa-0f000000-0000-4000-8000-000000000009"
	event := func(source, name, request string) string {
		return fmt.Sprintf(`{"detail-type":%q,"detail":{"eventID":"e","eventSource":%q,"eventName":%q,"requestParameters":%s}}`, cloudtrail.DetailType, source, name, request)
	}
	user, team := cloudtrail.Object{Kind: identity.KindUser, ID: id}, cloudtrail.Object{Kind: identity.KindGroup, ID: id}
	for name, c := range map[string]struct {
		text  string
		want  []cloudtrail.Object
		wrote bool
	}{
		"a member as a text":       {event(cloudtrail.SourceDirectory, "AddMemberToGroup", `{"groupId":"`+id+`","memberId":"`+id+`"}`), []cloudtrail.Object{team}, true},
		"a member within a member": {event(cloudtrail.SourceDirectory, "AddMemberToGroup", `{"member":{"memberId":"`+id+`"}}`), []cloudtrail.Object{user}, true},
		"an ARN":                   {event(cloudtrail.SourceIdentityStore, "DeleteUser", `{"userId":"arn:aws:identitystore:::user/`+id+`"}`), []cloudtrail.Object{user}, true},
		"a membership's own id":    {event(cloudtrail.SourceIdentityStore, "DeleteGroupMembership", `{"membershipId":"`+id+`"}`), nil, true},
		"no parameters":            {event(cloudtrail.SourceDirectory, "UpdatePassword", `null`), nil, true},
		"an id that is none":       {event(cloudtrail.SourceIdentityStore, "DeleteUser", `{"userId":"../x"}`), nil, true},
		"a number for an id":       {event(cloudtrail.SourceIdentityStore, "DeleteUser", `{"userId":7}`), nil, true},
		"a read that does not say": {event(cloudtrail.SourceIdentityStore, "DescribeUser", `{"userId":"`+id+`"}`), []cloudtrail.Object{user}, false},
		"another service's":        {event("ec2.amazonaws.com", "RunInstances", `{}`), nil, false},
	} {
		h, err := cloudtrail.Hear([]byte(c.text))
		if err != nil || !cmp.Equal(h.Objects, c.want) || h.Wrote != c.wrote {
			t.Errorf("%s: %+v, %v", name, h, err)
		}
	}
}

func TestARefusedRequestChangedNothing(t *testing.T) {
	text := bytes.Replace(delivered(t, samples["api_update_user"].record(t)), []byte(`"eventID"`), []byte(`"errorCode":"AccessDenied","eventID"`), 1)
	if h, err := cloudtrail.Hear(text); err != nil || h.Wrote {
		t.Errorf("%+v, %v", h, err)
	}
}

func TestGarbageIsRefusedWithoutBeingRepeated(t *testing.T) {
	for name, text := range map[string]string{
		"nothing": "", "no JSON": "secret-17", "a list": `["secret-17"]`, "another sort of event": `{"detail-type":"secret-17","detail":{}}`,
		"no detail": `{"detail-type":"` + cloudtrail.DetailType + `","id":"secret-17"}`, "half an event": `{"detail-type":"` + cloudtrail.DetailType + `","detail":{"eventID":"secret-17"`,
		"a time that is none": `{"detail-type":"` + cloudtrail.DetailType + `","detail":{"eventID":"e","eventSource":"s","eventName":"n","eventTime":"secret-17"}}`,
	} {
		if _, err := cloudtrail.Hear([]byte(text)); !fault.Is(err, fault.Invalid) || bytes.Contains([]byte(err.Error()), []byte("secret-17")) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzHear(f *testing.F) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
		f.Add(fmt.Appendf(nil, `{"detail-type":%q,"detail":%s}`, cloudtrail.DetailType, text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		h, err := cloudtrail.Hear(text)
		if err != nil {
			return
		}
		for _, o := range h.Objects {
			if !identity.IsID(string(o.ID)) {
				t.Errorf("%q is no id", o.ID)
			}
		}
		if h.ID == "" || h.Name == "" {
			t.Errorf("%+v", h)
		}
	})
}
