package ssoadmin_test

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"rollcall/awsjson"
	"rollcall/awsjson/ssoadmin"
	"rollcall/identity"
)

const instance = "arn:aws:sso:::instance/ssoins-1234567890abcdef"

func TestAResourceSaysWhichInstanceItIsIn(t *testing.T) {
	for arn, want := range map[string]string{
		instance: instance,
		identity.PermissionSetARN(instance, "ps-1234567890abcdef"):                                                      instance,
		identity.PermissionSetARN(instance, "ps-12345678/0abcde"):                                                       instance,
		identity.ApplicationARN(instance, "111122223333", "apl-1234567890abcdef"):                                       instance,
		"arn:aws-cn:sso::111122223333:application/ins-1234567890abcdef/apl-1234567890abcdef":                            "arn:aws-cn:sso:::instance/ins-1234567890abcdef",
		"arn:aws:sso::111122223333:trustedTokenIssuer/ssoins-1234567890abcdef/tti-00000000-0000-4000-8000-000000000000": instance,
		"": "", "x": "", "a:b:c:d:e:f": "",
	} {
		if got := ssoadmin.InstanceOf(arn); got != want {
			t.Errorf("%s is in %s, want %s", arn, got, want)
		}
	}
}

// The model's pattern looks ahead, which Go's does not: the one used instead
// must take the same texts, here as two patterns one after the other.
func TestADurationIsWhatTheModelSays(t *testing.T) {
	start := regexp.MustCompile(`^-?P(?:\d|T\d)`)
	rest := regexp.MustCompile(`^(-?)P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)([DW]))?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$`)
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.SampledFrom([]string{"P", "-", "T", "1", "20", "Y", "M", "D", "W", "H", "S", ".5", "."}), 1, 8).Draw(t, "parts")
		text := rapid.SampledFrom([]string{"P", "PT", "-P", ""}).Draw(t, "start") + strings.Join(parts, "")
		in := ssoadmin.UpdatePermissionSetInput{}
		in.InstanceArn, in.PermissionSetArn = new(string), new(string)
		*in.InstanceArn, *in.PermissionSetArn = instance, identity.PermissionSetARN(instance, "ps-1234567890abcdef")
		in.SessionDuration = &text
		err := awsjson.Check(&in)
		if want := start.MatchString(text) && rest.MatchString(text); (err == nil) != want {
			t.Fatalf("%q: %v, want it right: %v", text, err, want)
		}
	})
}

// Only where somebody is sent can be changed, and what is there stays.
func TestPortalOptionsAreChangedInPart(t *testing.T) {
	read := func(body string) *ssoadmin.UpdateApplicationInput {
		t.Helper()
		in := new(ssoadmin.UpdateApplicationInput)
		body = `{"ApplicationArn":"` + identity.ApplicationARN(instance, "111122223333", "apl-1234567890abcdef") + `"` + body + `}`
		if err := awsjson.DecodeInput([]byte(body), in); err != nil {
			t.Fatal(err)
		}
		return in
	}
	const signIn = `"SignInOptions":{"Origin":"IDENTITY_CENTER"}`
	for what, c := range map[string]struct{ had, body, want string }{
		"nothing said":           {`{"Visibility":"ENABLED"}`, ``, "as it is"},
		"nothing in it":          {`{"Visibility":"ENABLED"}`, `,"PortalOptions":{}`, "as it is"},
		"what cannot be changed": {`{"Visibility":"ENABLED"}`, `,"PortalOptions":{"Visibility":"DISABLED"}`, "as it is"},
		"sign-in":                {`{"Visibility":"ENABLED"}`, `,"PortalOptions":{` + signIn + `}`, `{` + signIn + `,"Visibility":"ENABLED"}`},
		"both":                   {``, `,"PortalOptions":{"Visibility":"DISABLED",` + signIn + `}`, `{` + signIn + `}`},
	} {
		got, err := read(c.body).Portal(c.had)
		text := "as it is"
		if got != nil {
			text = *got
		}
		if err != nil || text != c.want {
			t.Errorf("%s: %s, %v; want %s", what, text, err, c.want)
		}
	}
	if _, err := read(`,"PortalOptions":{` + signIn + `}`).Portal(`{`); err == nil {
		t.Error("options that nobody can read are changed")
	}
}

// Whatever is sent, reading it either works or is refused in AWS's words.
func FuzzInput(f *testing.F) {
	f.Add(`{"InstanceArn":"` + instance + `","Name":"two words","Tags":[{"Key":"k","Value":null},null],"SessionDuration":"P"}`)
	f.Add(`{"PortalOptions":{"SignInOptions":{"Origin":"APPLICATION"}},"Filter":{"Status":1},"MaxResults":1e3}`)
	f.Add(`{"TargetType":null,"PermissionsBoundary":{},"CustomerManagedPolicyReference":{"Name":""},"TagKeys":[null]}`)
	f.Fuzz(func(t *testing.T, body string) {
		for _, in := range []awsjson.Input{
			new(ssoadmin.CreatePermissionSetInput), new(ssoadmin.PutBoundaryInput), new(ssoadmin.CustomerPolicyInput), new(ssoadmin.AssignmentInput),
			new(ssoadmin.ProvisionInput), new(ssoadmin.ListStatusInput), new(ssoadmin.CreateApplicationInput), new(ssoadmin.UpdateInstanceInput),
			new(ssoadmin.TagResourceInput), new(ssoadmin.UntagResourceInput), new(ssoadmin.ListAssignmentsForInput), new(ssoadmin.ListInstancesInput),
		} {
			err := awsjson.DecodeInput([]byte(body), in)
			if err == nil {
				if _, err := json.Marshal(in); err != nil {
					t.Fatalf("%T cannot be written again: %v", in, err)
				}
				continue
			}
			e, ok := errors.AsType[*awsjson.Exception](err)
			if !ok || e.Type != awsjson.TypeValidation && e.Type != awsjson.TypeSerialization || e.Message == "" {
				t.Fatalf("%T: %v", in, err)
			}
		}
	})
}
