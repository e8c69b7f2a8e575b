package awsjson_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"rollcall/awsjson"
)

const (
	storeID = `d-906771b2aa`
	id      = `906771b2aa-0f000000-0000-4000-8000-000000000001`
	bareID  = `0f000000-0000-4000-8000-000000000001`
)

// refusal returns what is wrong with a request, empty if nothing is.
func refusal(t *testing.T, in awsjson.Input, body string) string {
	t.Helper()
	err := awsjson.DecodeInput([]byte(body), in)
	e := (*awsjson.Exception)(nil)
	if err != nil && (!errors.As(err, &e) || e.Type != awsjson.TypeValidation) {
		t.Fatalf("%v, want a validation error or none", err)
	}
	if e == nil {
		return ""
	}
	return e.Message
}

// with writes a JSON object of a store and more members.
func with(members string) string { return `{"IdentityStoreId":"` + storeID + `",` + members + `}` }

// long is a text of n characters of four bytes each.
func long(n int) string { return strings.Repeat("𐐷", n) }

// limit is one constraint: the values just inside it and just outside, as
// JSON, and where and what is said of the latter.
type limit struct {
	inside, outside []string
	at, says        string
}

const (
	tooLong  = "Member must have length less than or equal to "
	tooShort = "Member must have length greater than or equal to 1"
	pattern  = "Member must satisfy regular expression pattern: "
	missing  = "Member must not be null"
)

func quoted(values ...string) []string {
	out := make([]string, len(values))
	for i, v := range values {
		raw, _ := json.Marshal(v)
		out[i] = string(raw)
	}
	return out
}

func listOf(item string, counts ...int) []string {
	var out []string
	for _, n := range counts {
		out = append(out, "["+strings.Join(slices.Repeat([]string{item}, n), ",")+"]")
	}
	return out
}

func numbered(n int, format string) string {
	items := make([]string, n)
	for i := range items {
		items[i] = fmt.Sprintf(format, i)
	}
	return strings.Join(items, ",")
}

// check holds a constraint on the member that body writes with %s.
func check(t *testing.T, in func() awsjson.Input, body string, limits map[string]limit) {
	t.Helper()
	for name, l := range limits {
		for _, v := range l.inside {
			if said := refusal(t, in(), fmt.Sprintf(body, v)); said != "" {
				t.Errorf("%s: %.60s is refused: %s", name, v, said)
			}
		}
		for _, v := range l.outside {
			want := "at '" + l.at + "' failed to satisfy constraint: " + l.says
			if said := refusal(t, in(), fmt.Sprintf(body, v)); !strings.Contains(said, want) {
				t.Errorf("%s: %.60s: %q, want %q", name, v, said, want)
			}
		}
	}
}

func createUser() awsjson.Input   { return &awsjson.CreateUserInput{} }
func createGroup() awsjson.Input  { return &awsjson.CreateGroupInput{} }
func describeUser() awsjson.Input { return &awsjson.DescribeUserInput{} }
func listUsers() awsjson.Input    { return &awsjson.ListUsersInput{} }
func updateUser() awsjson.Input   { return &awsjson.UpdateUserInput{} }
func getUserID() awsjson.Input    { return &awsjson.GetUserIDInput{} }
func isMember() awsjson.Input     { return &awsjson.IsMemberInGroupsInput{} }
func updateStore() awsjson.Input  { return &awsjson.UpdateIdentityStoreInput{} }

func TestUserNamesHaveOneTo128CharactersAndNoWhiteSpace(t *testing.T) {
	check(t, createUser, with(`"UserName":%s`), map[string]limit{
		"length":   {quoted("a", long(128)), quoted(long(129)), "userName", tooLong + "128"},
		"none":     {nil, quoted(""), "userName", tooShort},
		"pattern":  {quoted("ada+x@example.com", "é", "山田", "e\u0301"), quoted("a b", "a\tb", "a\u00a0b", "a\u200bb", "a\x00"), "userName", pattern},
		"left out": {[]string{"null"}, nil, "", ""},
	})
}

func TestTextsHaveOneTo1024Characters(t *testing.T) {
	for member, at := range map[string]string{
		`"DisplayName":%s`: "displayName", `"NickName":%s`: "nickName", `"ProfileUrl":%s`: "profileUrl", `"UserType":%s`: "userType", `"Title":%s`: "title",
		`"PreferredLanguage":%s`: "preferredLanguage", `"Locale":%s`: "locale", `"Timezone":%s`: "timezone", `"Website":%s`: "website", `"Birthdate":%s`: "birthdate",
		`"Name":{"Formatted":%s}`: "name.formatted", `"Name":{"FamilyName":%s}`: "name.familyName", `"Name":{"GivenName":%s}`: "name.givenName", `"Name":{"MiddleName":%s}`: "name.middleName",
		`"Name":{"HonorificPrefix":%s}`: "name.honorificPrefix", `"Name":{"HonorificSuffix":%s}`: "name.honorificSuffix",
		`"Emails":[{"Value":%s}]`: "emails.1.member.value", `"Emails":[{"Type":%s}]`: "emails.1.member.type",
		`"PhoneNumbers":[{"Value":%s}]`: "phoneNumbers.1.member.value", `"PhoneNumbers":[{"Type":%s}]`: "phoneNumbers.1.member.type",
		`"Roles":[{"Value":%s}]`: "roles.1.member.value", `"Roles":[{"Type":%s}]`: "roles.1.member.type",
		`"Photos":[{"Value":%s}]`: "photos.1.member.value", `"Photos":[{"Value":"x","Type":%s}]`: "photos.1.member.type", `"Photos":[{"Value":"x","Display":%s}]`: "photos.1.member.display",
		`"Addresses":[{"StreetAddress":%s}]`: "addresses.1.member.streetAddress", `"Addresses":[{"Locality":%s}]`: "addresses.1.member.locality", `"Addresses":[{"Region":%s}]`: "addresses.1.member.region",
		`"Addresses":[{"PostalCode":%s}]`: "addresses.1.member.postalCode", `"Addresses":[{"Country":%s}]`: "addresses.1.member.country", `"Addresses":[{"Formatted":%s}]`: "addresses.1.member.formatted",
		`"Addresses":[{"Type":%s}]`: "addresses.1.member.type",
	} {
		check(t, createUser, with(member), map[string]limit{
			at + " length":  {quoted("a", long(1024)), quoted(long(1025)), at, tooLong + "1024"},
			at + " none":    {nil, quoted(""), at, tooShort},
			at + " pattern": {quoted("a b\tc\r\nd\u00a0e\u3000f"), quoted("a\u200bb", "a\x01"), at, pattern},
		})
	}
	check(t, createGroup, with(`"Description":%s`), map[string]limit{
		"description": {quoted("a", long(1024), "a\u3000b"), quoted(long(1025)), "description", tooLong + "1024"},
	})
	check(t, createGroup, with(`"DisplayName":%s`), map[string]limit{
		"group name":         {quoted("a", long(1024), "a b\u00a0c"), quoted(long(1025)), "displayName", tooLong + "1024"},
		"group name, none":   {nil, quoted(""), "displayName", tooShort},
		"group name, spaces": {nil, quoted("a\u3000b"), "displayName", pattern},
	})
}

func TestListsHaveTheirLengths(t *testing.T) {
	for member, at := range map[string]string{"Emails": "emails", "Addresses": "addresses", "PhoneNumbers": "phoneNumbers", "Roles": "roles"} {
		check(t, createUser, with(`"`+member+`":%s`), map[string]limit{
			member:            {append(listOf("{}", 1), "null"), listOf("{}", 2), at, tooLong + "1"},
			member + ", none": {nil, []string{"[]"}, at, tooShort},
		})
	}
	check(t, createUser, with(`"Photos":%s`), map[string]limit{
		"photos":       {listOf(`{"Value":"x"}`, 1, 3), listOf(`{"Value":"x"}`, 4), "photos", tooLong + "3"},
		"no photos":    {nil, []string{"[]"}, "photos", tooShort},
		"an empty one": {nil, []string{"[{}]"}, "photos.1.member.value", missing},
	})
	check(t, listUsers, with(`"Filters":%s`), map[string]limit{
		"filters":   {append(listOf(`{"AttributePath":"UserName","AttributeValue":"x"}`, 0, 1), "null"), listOf(`{"AttributePath":"UserName","AttributeValue":"x"}`, 2), "filters", tooLong + "1"},
		"no path":   {nil, []string{`[{"AttributeValue":"x"}]`}, "filters.1.member.attributePath", missing},
		"no value":  {nil, []string{`[{"AttributePath":"UserName"}]`}, "filters.1.member.attributeValue", missing},
		"the value": {nil, []string{`[{"AttributePath":"UserName","AttributeValue":""}]`}, "filters.1.member.attributeValue", tooShort},
	})
	check(t, isMember, with(`"MemberId":{"UserId":"`+id+`"},"GroupIds":%s`), map[string]limit{
		"groups":    {listOf(`"`+id+`"`, 1, 100), listOf(`"`+id+`"`, 101), "groupIds", tooLong + "100"},
		"no groups": {nil, []string{"[]"}, "groupIds", tooShort},
		"none said": {nil, []string{"null"}, "groupIds", missing},
		"no id":     {nil, []string{`["` + id + `","x"]`}, "groupIds.2.member", pattern},
	})
	check(t, updateUser, with(`"UserId":"`+id+`","Operations":%s`), map[string]limit{
		"operations": {listOf(`{"AttributePath":"title"}`, 1, 100), listOf(`{"AttributePath":"title"}`, 101), "operations", tooLong + "100"},
		"none":       {nil, []string{"[]"}, "operations", tooShort},
		"none said":  {nil, []string{"null"}, "operations", missing},
		"no path":    {nil, []string{`[{"AttributeValue":1}]`}, "operations.1.member.attributePath", missing},
	})
}

func TestIDsComeInBothFormsAndAsARNs(t *testing.T) {
	check(t, describeUser, with(`"UserId":%s`), map[string]limit{
		"forms":     {quoted(id, bareID, strings.ToUpper(bareID), "arn:aws:identitystore:::user/"+id, "arn:aws:identitystore:::user/"+bareID), quoted("ada", "x"+bareID, bareID[1:]), "userId", pattern},
		"length":    {nil, quoted(id+"0", storeID+"/"+bareID), "userId", tooLong + "47"},
		"none":      {nil, quoted(""), "userId", tooShort},
		"none said": {nil, []string{"null"}, "userId", missing},
		"an ARN":    {nil, quoted("arn:aws:identitystore:::group/"+id, "arn:aws:identitystore:::user/x", "arn:"), "userId", "Member must be the id or the ARN of a user"},
	})
	check(t, listUsers, `{"IdentityStoreId":%s}`, map[string]limit{
		"forms":     {quoted(storeID, storeID+"123456", bareID, "arn:aws:identitystore::111122223333:identitystore/"+storeID), quoted(storeID+"1234567", "d-906771b2a", "d-906771B2AA", "x", strings.ToUpper(bareID)), "identityStoreId", pattern},
		"length":    {nil, quoted(bareID + "0"), "identityStoreId", tooLong + "36"},
		"none said": {nil, []string{"null"}, "identityStoreId", missing},
		"an ARN":    {nil, quoted("arn:aws:identitystore:::identitystore/"+storeID, "arn:aws:identitystore::111122223333:identitystore/x"), "identityStoreId", "Member must be the id or the ARN of an identity store"},
	})
	check(t, isMember, with(`"GroupIds":["`+id+`"],"MemberId":%s`), map[string]limit{
		"member":    {[]string{`{"UserId":"` + id + `"}`}, []string{`{}`, `{"GroupId":"` + id + `"}`}, "memberId", "Member must have exactly one of its members set"},
		"none said": {nil, []string{"null"}, "memberId", missing},
	})
}

func TestPagesExtensionsAndRevisionsHaveTheirLimits(t *testing.T) {
	check(t, listUsers, with(`"MaxResults":%s`), map[string]limit{
		"most":  {[]string{"1", "100", "null"}, []string{"101"}, "maxResults", "Member must have value less than or equal to 100"},
		"least": {nil, []string{"0", "-1"}, "maxResults", "Member must have value greater than or equal to 1"},
	})
	check(t, listUsers, with(`"NextToken":%s`), map[string]limit{
		"characters": {quoted("aA0+=/:_-", strings.Repeat("a", 65535)), quoted("a b", "é"), "nextToken", pattern},
		"length":     {nil, quoted(strings.Repeat("a", 65536)), "nextToken", tooLong + "65535"},
		"none":       {nil, quoted(""), "nextToken", tooShort},
	})
	check(t, listUsers, with(`"Extensions":%s`), map[string]limit{
		"how many": {listOf(`"aws:identitystore:enterprise"`, 1, 10), listOf(`"aws:identitystore:enterprise"`, 11), "extensions", tooLong + "10"},
		"none":     {nil, []string{"[]"}, "extensions", tooShort},
		"form":     {[]string{`["aws:identitystore:` + strings.Repeat("a", 20) + `"]`}, []string{`["aws:identitystore:` + strings.Repeat("a", 21) + `"]`, `["enterprise"]`}, "extensions.1.member", pattern},
	})
	check(t, updateUser, with(`"UserId":"`+id+`","Operations":[{"AttributePath":"title"}],"Revision":%s`), map[string]limit{
		"length": {quoted("r", strings.Repeat("r", 64)), quoted(strings.Repeat("r", 65)), "revision", tooLong + "64"},
		"none":   {nil, quoted(""), "revision", tooShort},
	})
	check(t, updateUser, with(`"UserId":"`+id+`","Operations":[{"AttributePath":%s}]`), map[string]limit{
		"form":   {quoted("title", "name.givenName", "a.b.c", "aws:identitystore:enterprise.manager.value", strings.Repeat("a", 255)), quoted("a.b.c.d", "title ", "a[0]", "a:b", "a:b:c.d.e.f.g"), "operations.1.member.attributePath", pattern},
		"length": {nil, quoted(strings.Repeat("a", 256)), "operations.1.member.attributePath", tooLong + "255"},
		"none":   {nil, quoted(""), "operations.1.member.attributePath", tooShort},
	})
	check(t, createUser, with(`"Extensions":%s`), map[string]limit{
		"documents":  {[]string{`{"aws:identitystore:enterprise":{"costCenter":"1","manager":{"value":"x"}}}`, `{"aws:identitystore:enterprise":null}`}, []string{`{"aws:identitystore:enterprise":{"cost":"1"}}`, `{"aws:identitystore:enterprise":{"costCenter":""}}`, `{"aws:identitystore:enterprise":[]}`, `{"aws:identitystore:enterprise":{"manager":{"display":"x"}}}`}, "extensions", "Member must be an object"},
		"none":       {nil, []string{`{}`}, "extensions", tooShort},
		"which":      {nil, []string{`{"aws:identitystore:payroll":{}}`}, "extensions.key", "Member must satisfy enum value set: [aws:identitystore:enterprise]"},
		"the form":   {nil, []string{`{"enterprise":{}}`}, "extensions.key", pattern},
		"how many":   {nil, []string{"{" + numbered(11, `"aws:identitystore:%d":{}`) + "}"}, "extensions", tooLong + "10"},
		"long texts": {[]string{`{"aws:identitystore:enterprise":{"costCenter":"` + long(1024) + `"}}`}, []string{`{"aws:identitystore:enterprise":{"costCenter":"` + long(1025) + `"}}`}, "extensions", "Member must be an object whose texts"},
	})
}

func TestAnObjectIsNamedInExactlyOneWay(t *testing.T) {
	external := func(issuer, id string) string {
		return `{"ExternalId":{"Issuer":"` + issuer + `","Id":"` + id + `"}}`
	}
	check(t, getUserID, with(`"AlternateIdentifier":%s`), map[string]limit{
		"one way":    {[]string{external("i", "1"), `{"UniqueAttribute":{"AttributePath":"userName","AttributeValue":"x"}}`}, []string{`{}`, `{"Other":1}`, `{"ExternalId":{"Issuer":"i","Id":"1"},"UniqueAttribute":{"AttributePath":"userName","AttributeValue":"x"}}`}, "alternateIdentifier", "Member must have exactly one of its members set"},
		"none said":  {nil, []string{"null"}, "alternateIdentifier", missing},
		"issuer":     {[]string{external(long(256), "1")}, []string{external(long(257), "1")}, "alternateIdentifier.externalId.issuer", tooLong + "256"},
		"id":         {[]string{external("i", long(256))}, []string{external("i", long(257))}, "alternateIdentifier.externalId.id", tooLong + "256"},
		"white":      {nil, []string{external("i", "a b")}, "alternateIdentifier.externalId.id", pattern},
		"no id":      {nil, []string{external("i", "")}, "alternateIdentifier.externalId.id", tooShort},
		"no issuer":  {nil, []string{external("", "1")}, "alternateIdentifier.externalId.issuer", tooShort},
		"of no form": {nil, []string{external("a\\tb", "1")}, "alternateIdentifier.externalId.issuer", pattern},
		"half of it": {nil, []string{`{"ExternalId":{"Id":"1"}}`}, "alternateIdentifier.externalId.issuer", missing},
		"no path":    {nil, []string{`{"UniqueAttribute":{"AttributeValue":"x"}}`}, "alternateIdentifier.uniqueAttribute.attributePath", missing},
	})
}

func TestNetworkSettingsHaveTheirLimits(t *testing.T) {
	settings := with(`"NetworkConfiguration":{"VpceAccessRequired":true,%s}`)
	const at = "networkConfiguration"
	check(t, updateStore, settings, map[string]limit{
		"ranges":        {[]string{`"ApiAllowSourceIps":` + listOf(`"0.0.0.0/0"`, 50)[0], `"ScimAllowSourceIps":["2001:db8::/32"]`}, []string{`"ApiAllowSourceIps":` + listOf(`"0.0.0.0/0"`, 51)[0]}, at + ".apiAllowSourceIps", tooLong + "50"},
		"no ranges":     {nil, []string{`"ScimAllowSourceIps":[]`}, at + ".scimAllowSourceIps", tooShort},
		"no range":      {nil, []string{`"ApiAllowSourceIps":["10.0.0.0/33"]`}, at + ".apiAllowSourceIps.1.member", "Member must be a range"},
		"no form":       {nil, []string{`"ApiAllowSourceIps":["10.0.0.0"]`}, at + ".apiAllowSourceIps.1.member", pattern},
		"VPCs":          {[]string{`"ApiRestrictSourceVpcs":["vpc-01234567","vpc-0123456789abcdef0"]`}, []string{`"ApiRestrictSourceVpcs":["vpc-0123456"]`, `"ApiRestrictSourceVpcs":["vpc-012345678"]`}, at + ".apiRestrictSourceVpcs.1.member", pattern},
		"too many VPCs": {nil, []string{`"ApiRestrictSourceVpcs":` + listOf(`"vpc-01234567"`, 51)[0]}, at + ".apiRestrictSourceVpcs", tooLong + "50"},
	})
	check(t, updateStore, with(`"NetworkConfiguration":%s`), map[string]limit{
		"what must be said": {[]string{`{"VpceAccessRequired":false}`, "null"}, []string{`{}`}, at + ".vpceAccessRequired", missing},
		"lists for nothing": {nil, []string{`{"VpceAccessRequired":false,"ScimAllowSourceIps":["0.0.0.0/0"]}`}, at, "Member must have no source lists"},
	})
}

func TestEverythingWrongIsSaidAtOnce(t *testing.T) {
	const want = "3 validation errors detected: Value at 'identityStoreId' failed to satisfy constraint: Member must not be null; " +
		"Value at 'userName' failed to satisfy constraint: Member must have length less than or equal to 128; " +
		"Value at 'emails' failed to satisfy constraint: Member must have length greater than or equal to 1"
	if got := refusal(t, createUser(), `{"UserName":"`+long(129)+`","Emails":[]}`); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// As AWS does: what the model calls sensitive is never repeated, everything
// else is, and the pattern comes before the length.
func TestAMessageRepeatsWhatIsNotSensitive(t *testing.T) {
	const (
		at    = " failed to satisfy constraint: "
		uuids = "([0-9a-f]{10}-|)[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}"
		store = "d-[0-9a-f]{10}$|^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
	)
	for body, want := range map[string]string{
		with(`"MemberId":{"UserId":""},"GroupIds":["` + id + `"]`):                                "2 validation errors detected: Value '' at 'memberId.userId'" + at + pattern + uuids + "; Value '' at 'memberId.userId'" + at + tooShort,
		`{"IdentityStoreId":"null","MemberId":{"UserId":"` + id + `"},"GroupIds":["` + id + `"]}`: "1 validation error detected: Value 'null' at 'identityStoreId'" + at + pattern + store,
	} {
		if got := refusal(t, isMember(), body); got != want {
			t.Errorf("%s\ngives %s\nwant  %s", body, got, want)
		}
	}
	if got, want := refusal(t, listUsers(), with(`"MaxResults":101`)), "1 validation error detected: Value '101' at 'maxResults'"+at+"Member must have value less than or equal to 100"; got != want {
		t.Errorf("gives %s\nwant  %s", got, want)
	}
	for member, format := range map[string]string{
		"userName": `"UserName":%q`, "displayName": `"DisplayName":%q`, "name.givenName": `"Name":{"GivenName":%q}`, "emails.1.member.value": `"Emails":[{"Value":%q}]`,
	} {
		const given = "Ada\u200b"
		if got, want := refusal(t, createUser(), with(fmt.Sprintf(format, given))), "1 validation error detected: Value at '"+member+"'"+at; !strings.HasPrefix(got, want) || strings.Contains(got, given) {
			t.Errorf("%s: %s", member, got)
		}
	}
}

func TestAMessageRepeatsNoMoreThanTwoKibibytes(t *testing.T) {
	for n, repeated := range map[int]bool{2048: true, 2049: false} {
		if got := refusal(t, listUsers(), with(`"NextToken":"`+strings.Repeat("!", n)+`"`)); strings.Contains(got, "!!") != repeated {
			t.Errorf("%d characters: %.80s", n, got)
		}
	}
}
