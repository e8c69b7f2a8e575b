package awsquery_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"rollcall/awsjson"
	"rollcall/awsquery"
	"rollcall/fault"
)

func TestAFormIsReadWhateverItIsEncodedLike(t *testing.T) {
	f, err := awsquery.Parse([]byte("Action=AssumeRole&&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fa+b&Empty=&Bare&%41=1"))
	want := awsquery.Form{"Action": "AssumeRole", "RoleArn": "arn:aws:iam::1:role/a b", "Empty": "", "Bare": "", "A": "1"}
	if err != nil || fmt.Sprint(f) != fmt.Sprint(want) {
		t.Errorf("%v %v, want %v", f, err, want)
	}
}

func TestWhatIsNoFormIsRefused(t *testing.T) {
	for name, body := range map[string]string{
		"half an escape": "Action=%4", "no digits": "Action=%zz", "a bad name": "%=1",
		"twice": "Action=a&Action=b", "no name": "=secret", "not UTF-8": "Action=%ff", "a name that is not UTF-8": "%ff=1",
	} {
		f, err := awsquery.Parse([]byte(body))
		if !fault.Is(err, fault.Invalid) || f != nil {
			t.Errorf("%s: %v %v", name, f, err)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the message repeats a value: %v", name, err)
		}
	}
}

func TestOnlyAFormIsAForm(t *testing.T) {
	for header, want := range map[string]bool{
		"application/x-www-form-urlencoded": true, "application/x-www-form-urlencoded; charset=utf-8": true, "Application/X-WWW-Form-Urlencoded": true,
		"application/json": false, "application/x-amz-json-1.1": false, "": false, "application/x-www-form-urlencodedx": false,
	} {
		if got := awsquery.IsForm(header); got != want {
			t.Errorf("%q: %v", header, got)
		}
	}
}

// Whatever an SDK encodes is read back.
func TestParsingUndoesEncoding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.MapOf(rapid.StringN(1, 8, -1), rapid.String()).Draw(t, "form")
		values := url.Values{}
		for name, value := range want {
			values.Set(name, value)
		}
		got, err := awsquery.Parse([]byte(values.Encode()))
		if err != nil || fmt.Sprint(got) != fmt.Sprint(awsquery.Form(want)) {
			t.Fatalf("%v %v, want %v", got, err, want)
		}
	})
}

func TestListsAreReadInTheOrderOfTheirNumbers(t *testing.T) {
	form := awsquery.Form{
		"TransitiveTagKeys.member.10": "c", "TransitiveTagKeys.member.2": "b", "TransitiveTagKeys.member.1": "a",
		"TransitiveTagKeys.member.0": "x", "TransitiveTagKeys.member.x": "x", "TransitiveTagKeys": "",
		"Tags.member.1.Key": "k", "Tags.member.1.Value": "v", "PolicyArns.member.1.arn": "p",
		"ProvidedContexts.member.1.ProviderArn": "q", "ProvidedContexts.member.1.ContextAssertion": "r",
	}
	in := awsquery.ReadAssumeRole(form)
	var keys []string
	for _, k := range in.TransitiveTagKeys {
		keys = append(keys, *k)
	}
	if strings.Join(keys, "") != "abc" || len(in.Tags) != 1 || *in.Tags[0].Key != "k" || *in.Tags[0].Value != "v" || *in.PolicyARNs[0] != "p" {
		t.Errorf("%v %+v", keys, in)
	}
	if p := in.ProvidedContexts[0]; *p.ProviderARN != "q" || *p.Assertion != "r" {
		t.Errorf("%+v", p)
	}
}

// assume is a request that the model takes, changed.
func assume(change func(f awsquery.Form)) error {
	f := awsquery.Form{"RoleArn": "arn:aws:iam::111122223333:role/Admin", "RoleSessionName": "s1"}
	change(f)
	return awsjson.Check(awsquery.ReadAssumeRole(f))
}

func TestEachConstraintOfAssumeRoleHoldsFromItsLimitOn(t *testing.T) {
	text := func(n int) string { return strings.Repeat("a", n) }
	arn := func(n int) string { return "arn:" + text(n-4) }
	one := func(name string) func(v string) error {
		return func(v string) error { return assume(func(f awsquery.Form) { f[name] = v }) }
	}
	without := func(name string) func(v string) error {
		return func(v string) error { return assume(func(f awsquery.Form) { delete(f, v) }) }
	}
	// many is a list of so many items, each of these parameters.
	many := func(list string, below ...string) func(n string) error {
		return func(n string) error {
			return assume(func(f awsquery.Form) {
				for i := range len(n) {
					for b := range len(below) / 2 {
						f[fmt.Sprintf("%s.member.%d%s", list, i+1, below[2*b])] = below[2*b+1]
					}
				}
			})
		}
	}
	tag := func(name string) func(v string) error {
		return func(v string) error {
			return assume(func(f awsquery.Form) {
				f["Tags.member.1.Key"], f["Tags.member.1.Value"] = "k", "v"
				f["Tags.member.1."+name] = v
			})
		}
	}
	for name, c := range map[string]struct {
		ask             func(string) error
		inside, outside string
		at              string
	}{
		"shortest role":           {one("RoleArn"), arn(20), arn(19), "roleArn"},
		"longest role":            {one("RoleArn"), arn(2048), arn(2049), "roleArn"},
		"what a role may hold":    {one("RoleArn"), arn(20) + "\t\u00a0ü", arn(20) + "\x00", "roleArn"},
		"no role":                 {without(""), "x", "RoleArn", "roleArn"},
		"no name":                 {without(""), "x", "RoleSessionName", "roleSessionName"},
		"shortest name":           {one("RoleSessionName"), "ab", "a", "roleSessionName"},
		"longest name":            {one("RoleSessionName"), text(64), text(65), "roleSessionName"},
		"what a name may hold":    {one("RoleSessionName"), "a_+=,.@-9", "a b", "roleSessionName"},
		"shortest session":        {one("DurationSeconds"), "900", "899", "durationSeconds"},
		"longest session":         {one("DurationSeconds"), "43200", "43201", "durationSeconds"},
		"a number":                {one("DurationSeconds"), "1000", "1e3", "durationSeconds"},
		"shortest external id":    {one("ExternalId"), "ab", "a", "externalId"},
		"longest external id":     {one("ExternalId"), text(1224), text(1225), "externalId"},
		"an external id's form":   {one("ExternalId"), `a:/@`, `a\b`, "externalId"},
		"shortest source":         {one("SourceIdentity"), "ab", "a", "sourceIdentity"},
		"longest source":          {one("SourceIdentity"), text(64), text(65), "sourceIdentity"},
		"a reserved source":       {one("SourceIdentity"), "awsx", "aws:x", "sourceIdentity"},
		"shortest serial number":  {one("SerialNumber"), text(9), text(8), "serialNumber"},
		"longest serial number":   {one("SerialNumber"), text(256), text(257), "serialNumber"},
		"token code of six":       {one("TokenCode"), "123456", "12345", "tokenCode"},
		"token code of no more":   {one("TokenCode"), "123456", "1234567", "tokenCode"},
		"token code of digits":    {one("TokenCode"), "000000", "00000x", "tokenCode"},
		"a policy":                {one("Policy"), "{}", "", "policy"},
		"what a policy may hold":  {one("Policy"), "{\"ÿ\":\n\t1}", "{\"Ā\":1}", "policy"},
		"ten policies":            {many("PolicyArns", ".arn", arn(20)), text(10), text(11), "policyArns"},
		"a policy's ARN":          {one("PolicyArns.member.1.arn"), arn(20), arn(19), "policyArns.1.member.arn"},
		"fifty tags":              {many("Tags", ".Key", "k", ".Value", ""), text(50), text(51), "tags"},
		"longest key":             {tag("Key"), text(128), text(129), "tags.1.member.key"},
		"shortest key":            {tag("Key"), "ü", "", "tags.1.member.key"},
		"longest value":           {tag("Value"), text(256), text(257), "tags.1.member.value"},
		"what a value may hold":   {tag("Value"), "a b_.:/=+-@", "a\tb", "tags.1.member.value"},
		"fifty keys":              {many("TransitiveTagKeys", "", "k"), text(50), text(51), "transitiveTagKeys"},
		"a key that is passed on": {one("TransitiveTagKeys.member.1"), "k", "", "transitiveTagKeys.1.member"},
		"five contexts":           {many("ProvidedContexts", ".ContextAssertion", "abcd"), text(5), text(6), "providedContexts"},
		"shortest assertion":      {one("ProvidedContexts.member.1.ContextAssertion"), "abcd", "abc", "providedContexts.1.member.contextAssertion"},
		"longest assertion":       {one("ProvidedContexts.member.1.ContextAssertion"), text(2048), text(2049), "providedContexts.1.member.contextAssertion"},
		"shortest provider":       {one("ProvidedContexts.member.1.ProviderArn"), arn(20), arn(19), "providedContexts.1.member.providerArn"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := c.ask(c.inside); err != nil {
				t.Errorf("inside: %v", err)
			}
			err := c.ask(c.outside)
			var e *awsjson.Exception
			if !errors.As(err, &e) || e.Type != awsjson.TypeValidation || !strings.Contains(e.Message, "at '"+c.at+"' failed") {
				t.Errorf("outside: %v, want a problem at %s", err, c.at)
			}
		})
	}
}

func TestAPolicyIsPackedInPercentOfItsRoom(t *testing.T) {
	for name, c := range map[string]struct {
		form awsquery.Form
		want int
		ok   bool
	}{
		"none":        {awsquery.Form{}, 0, false},
		"little":      {awsquery.Form{"Policy": "{}"}, 1, true},
		"all":         {awsquery.Form{"Policy": strings.Repeat(" ", 2048)}, 100, true},
		"too much":    {awsquery.Form{"Policy": strings.Repeat(" ", 2048), "PolicyArns.member.1.arn": "x"}, 101, true},
		"only tagged": {awsquery.Form{"Tags.member.1.Key": "k"}, 0, true},
	} {
		if got, ok := awsquery.ReadAssumeRole(c.form).PackedSize(); got != c.want || ok != c.ok {
			t.Errorf("%s: %d %v", name, got, ok)
		}
	}
	for policy, want := range map[string]bool{` {"a":[]} `: true, "{": false, "[]": false, "1": false, "{}{}": false} {
		if got := awsquery.ReadAssumeRole(awsquery.Form{"Policy": policy}).PolicyIsJSON(); got != want {
			t.Errorf("%s: %v", policy, got)
		}
	}
}

// The documents are those of aws-contract 6.
func TestAnswersAreWrittenAsTheServiceDoes(t *testing.T) {
	got, err := awsquery.Encode("GetCallerIdentity", awsquery.GetCallerIdentityResult{
		Arn: "arn:aws:sts::123456789012:assumed-role/role/session", UserID: "AROAEXAMPLE:session", Account: "123456789012",
	}, "01234567-89ab-cdef-0123-456789abcdef")
	const want = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:sts::123456789012:assumed-role/role/session</Arn><UserId>AROAEXAMPLE:session</UserId><Account>123456789012</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId></ResponseMetadata></GetCallerIdentityResponse>`
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s\nwant\n%s", err, got, want)
	}
	got, err = awsquery.EncodeError(awsquery.Error{Type: awsquery.Sender, Code: "AccessDenied", Message: "a < b"}, "r1")
	const failed = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>a &lt; b</Message></Error><RequestId>r1</RequestId></ErrorResponse>`
	if err != nil || string(got) != failed {
		t.Errorf("%v\n%s\nwant\n%s", err, got, failed)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"Action=AssumeRole&Version=2011-06-15", "Tags.member.1.Key=a&Tags.member.99999999999999999999.Key=b", "a=%zz", "&&=", "%", "a=b=c", "PolicyArns.member.1.arn=x&PolicyArns.member.01.arn=y"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		form, err := awsquery.Parse(body)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("%v", err)
			}
			return
		}
		in := awsquery.ReadAssumeRole(form)
		_ = awsjson.Check(in)
		if n := len(in.Tags) + len(in.PolicyARNs) + len(in.TransitiveTagKeys) + len(in.ProvidedContexts); n > len(form) {
			t.Fatalf("%d items out of %d parameters", n, len(form))
		}
		// What is answered about it is one document again.
		out, err := awsquery.EncodeError(awsquery.Error{Type: awsquery.Sender, Code: "x", Message: form["Action"]}, "r")
		var any struct{}
		if err != nil || xml.Unmarshal(out, &any) != nil {
			t.Fatalf("%v: %q", err, out)
		}
	})
}
