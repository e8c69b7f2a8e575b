package awsdoor_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"

	"rollcall/awsjson/sigv4"
	"rollcall/awsquery"
	"rollcall/caller"
	"rollcall/door/awsdoor"
	"rollcall/fault"
)

const auditor = "arn:aws:iam::222222222222:role/team/Auditor"

func (s *site) sts(k sigv4.Credentials) *sts.Client {
	return sts.New(sts.Options{
		BaseEndpoint: aws.String(s.url), Region: region, Retryer: aws.NopRetryer{},
		Credentials: credentials.NewStaticCredentialsProvider(k.AccessKey, k.Secret, k.SessionToken),
	})
}

// assume begins a session in the auditor's role.
func (s *site) assume(c *sts.Client, seconds int32) (sigv4.Credentials, *sts.AssumeRoleOutput, error) {
	made, err := c.AssumeRole(s.t.Context(), &sts.AssumeRoleInput{RoleArn: aws.String(auditor), RoleSessionName: aws.String("nightly"), DurationSeconds: &seconds})
	if err != nil {
		return sigv4.Credentials{}, nil, err
	}
	k := made.Credentials
	return sigv4.Credentials{AccessKey: *k.AccessKeyId, Secret: *k.SecretAccessKey, SessionToken: *k.SessionToken}, made, nil
}

func TestEverybodyLearnsWhoTheyAre(t *testing.T) {
	s := start(t, nil)
	for name, c := range map[string]struct {
		key  sigv4.Credentials
		want string
	}{
		"a key": {s.key, "Tester/tester"}, "a read-only key": {s.reader, "Tester/reader"}, "a session": {s.session, "Tester/session"},
	} {
		got := must[*sts.GetCallerIdentityOutput](t, name)(s.sts(c.key).GetCallerIdentity(t.Context(), nil))
		_, session, _ := strings.Cut(c.want, "/")
		if *got.Account != account || *got.Arn != "arn:aws:sts::"+account+":assumed-role/"+c.want || *got.UserId != caller.RoleID(account, "Tester")+":"+session {
			t.Errorf("%s: %s %s %s", name, *got.Account, *got.Arn, *got.UserId)
		}
	}
}

func TestASessionIsGoodForTheNextCall(t *testing.T) {
	s := start(t, nil)
	session, made, err := s.assume(s.sts(s.key), 900)
	if err != nil {
		t.Fatal(err)
	}
	if u := made.AssumedRoleUser; *u.Arn != "arn:aws:sts::222222222222:assumed-role/Auditor/nightly" || *u.AssumedRoleId != caller.RoleID("222222222222", "Auditor")+":nightly" {
		t.Errorf("%s %s", *u.Arn, *u.AssumedRoleId)
	}
	if left := time.Until(*made.Credentials.Expiration); left > 15*time.Minute || left < 14*time.Minute {
		t.Errorf("%v left, want a quarter of an hour", left)
	}
	if made.PackedPolicySize != nil || made.SourceIdentity != nil {
		t.Errorf("%+v", made)
	}
	who := must[*sts.GetCallerIdentityOutput](t, "who")(s.sts(session).GetCallerIdentity(t.Context(), nil))
	if *who.Arn != *made.AssumedRoleUser.Arn || *who.UserId != *made.AssumedRoleUser.AssumedRoleId || *who.Account != "222222222222" {
		t.Errorf("%s %s %s", *who.Arn, *who.UserId, *who.Account)
	}
	if err := listUsers(s, session); err != nil {
		t.Errorf("the Identity Store: %v", err)
	}
	chained, _, err := s.assume(s.sts(session), 3600)
	if err != nil || listUsers(s, chained) != nil {
		t.Errorf("a session of a session: %v", err)
	}
	if err := s.keys.Delete(t.Context(), s.key.AccessKey); err != nil {
		t.Fatal(err)
	}
	for _, k := range []sigv4.Credentials{session, chained} {
		refused(t, "a session whose key is gone", listUsers(s, k), "UnrecognizedClientException")
		refused(t, "a session whose key is gone", second(s.sts(k).GetCallerIdentity(t.Context(), nil)), "InvalidClientTokenId")
	}
}

func TestAReadOnlyKeyBeginsReadOnlySessions(t *testing.T) {
	s := start(t, nil)
	session, _, err := s.assume(s.sts(s.reader), 900)
	if err != nil {
		t.Fatal(err)
	}
	if err := listUsers(s, session); err != nil {
		t.Errorf("reading: %v", err)
	}
	refused(t, "writing", second(s.as(session).CreateUser(t.Context(), ada("ada"))), "AccessDeniedException")
}

// What a session is begun with is answered as far as the service does; there
// are no policies here for it to count in.
func TestPoliciesAndTagsOfASessionAreTaken(t *testing.T) {
	s := start(t, nil)
	in := sts.AssumeRoleInput{
		RoleArn: aws.String(auditor), RoleSessionName: aws.String("nightly"), ExternalId: aws.String("partner:1"), SourceIdentity: aws.String("ada"),
		Policy: aws.String(`{"Version":"2012-10-17","Statement":[]}`), PolicyArns: []ststypes.PolicyDescriptorType{{Arn: aws.String("arn:aws:iam::aws:policy/ReadOnlyAccess")}},
		Tags: []ststypes.Tag{{Key: aws.String("team"), Value: aws.String("")}}, TransitiveTagKeys: []string{"team"},
		SerialNumber: aws.String("arn:aws:iam::222222222222:mfa/ada"), TokenCode: aws.String("123456"),
	}
	made := must[*sts.AssumeRoleOutput](t, "assume role")(s.sts(s.key).AssumeRole(t.Context(), &in))
	if *made.SourceIdentity != "ada" || *made.PackedPolicySize != 4 {
		t.Errorf("%s %d", *made.SourceIdentity, *made.PackedPolicySize)
	}
	in.Policy = aws.String("{")
	if e := (*ststypes.MalformedPolicyDocumentException)(nil); !errors.As(second(s.sts(s.key).AssumeRole(t.Context(), &in)), &e) {
		t.Error("half a policy was taken")
	}
	in.Policy = aws.String("{" + strings.Repeat(" ", 2047) + "}")
	if e := (*ststypes.PackedPolicyTooLargeException)(nil); !errors.As(second(s.sts(s.key).AssumeRole(t.Context(), &in)), &e) {
		t.Error("too much of a policy was taken")
	}
}

// form is a request of the AWS query protocol, signed with a key.
func (s *site) form(k sigv4.Credentials, body string) answer {
	s.t.Helper()
	r := s.request(http.MethodPost, "/", body)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	sigv4.Sign(r, []byte(body), k, region, awsquery.SigningName, time.Now())
	return s.do(r)
}

// failure is an error as STS writes it.
type failure struct {
	XMLName   xml.Name `xml:"https://sts.amazonaws.com/doc/2011-06-15/ ErrorResponse"`
	Type      string   `xml:"Error>Type"`
	Code      string   `xml:"Error>Code"`
	Message   string   `xml:"Error>Message"`
	RequestID string   `xml:"RequestId"`
}

// failed holds that a form is answered with an error.
func failed(t *testing.T, what string, got answer, code string, status int) failure {
	t.Helper()
	var e failure
	if err := xml.Unmarshal([]byte(got.raw), &e); err != nil {
		t.Fatalf("%s: %v: %d %s", what, err, got.status, got.raw)
	}
	kind := map[bool]string{true: "Receiver", false: "Sender"}[status >= 500]
	if e.Code != code || got.status != status || e.Type != kind || e.Message == "" || e.RequestID != got.header.Get("X-Amzn-Requestid") || e.RequestID == "" {
		t.Errorf("%s: %d %s, want %d %s", what, got.status, got.raw, status, code)
	}
	return e
}

const version = "&Version=" + awsquery.Version

// formFailure is a form that is refused with a code.
type formFailure struct {
	key    sigv4.Credentials
	body   string
	code   string
	status int
}

// formFailures are what a form can be refused for.
func (s *site) formFailures() map[string]formFailure {
	assumed := "Action=AssumeRole" + version + "&RoleSessionName=s1&RoleArn=" + url.QueryEscape(auditor)
	return map[string]formFailure{
		"another's secret":       {sigv4.Credentials{AccessKey: s.key.AccessKey, Secret: "x"}, "Action=GetCallerIdentity" + version, "SignatureDoesNotMatch", 403},
		"no such key":            {sigv4.Credentials{AccessKey: "AKIAAAAAAAAAAAAAAAAA", Secret: "x"}, "Action=GetCallerIdentity" + version, "InvalidClientTokenId", 403},
		"an ended session":       {s.ended, "Action=GetCallerIdentity" + version, "ExpiredToken", 403},
		"no action":              {s.key, "Version=2011-06-15", "MissingAction", 400},
		"a strange action":       {s.key, "Action=%3Cb%3E" + version, "InvalidAction", 400},
		"no version":             {s.key, "Action=GetCallerIdentity", "InvalidAction", 400},
		"another version":        {s.key, "Action=GetCallerIdentity&Version=2010-05-08", "InvalidAction", 400},
		"another action":         {s.key, "Action=GetSessionToken" + version, "InvalidAction", 400},
		"with SAML":              {s.key, "Action=AssumeRoleWithSAML" + version, "InvalidAction", 400},
		"with a web identity":    {s.key, "Action=AssumeRoleWithWebIdentity" + version, "InvalidAction", 400},
		"no form":                {s.key, "Action=%zz", "MalformedQueryString", 404},
		"nothing":                {s.key, "", "MissingAction", 400},
		"no role":                {s.key, "Action=AssumeRole" + version + "&RoleSessionName=s1", "ValidationError", 400},
		"a user":                 {s.key, "Action=AssumeRole" + version + "&RoleSessionName=s1&RoleArn=arn:aws:iam::222222222222:user/ada", "ValidationError", 400},
		"too long":               {s.key, assumed + "&DurationSeconds=43201", "ValidationError", 400},
		"too long for a session": {s.session, assumed + "&DurationSeconds=3601", "ValidationError", 400},
		"half a policy":          {s.key, assumed + "&Policy=%7B", "MalformedPolicyDocument", 400},
		"too large a policy":     {s.key, assumed + "&Policy=%7B" + strings.Repeat("+", 2047) + "%7D", "PackedPolicyTooLarge", 400},
		"too large a body":       {s.key, "x=" + strings.Repeat("x", 1<<20), "RequestEntityTooLarge", 413},
	}
}

func TestEveryFailureOfSTSHasItsCode(t *testing.T) {
	s := start(t, nil)
	codes := map[string]bool{}
	for what, c := range s.formFailures() {
		failed(t, what, s.form(c.key, c.body), c.code, c.status)
		codes[c.code] = true
	}
	for operation, failures := range modelled()[awsquery.SigningName] {
		for _, failure := range failures {
			if !codes[failure] && never[failure] == "" {
				t.Errorf("%s: nothing is refused with %s, which its model lists", operation, failure)
			}
		}
	}
}

func TestASignatureThatIsNoneHasItsCodeAtSTS(t *testing.T) {
	s := start(t, nil)
	for what, c := range map[string]struct {
		header string
		code   string
		status int
	}{
		"no signature":   {"", "MissingAuthenticationToken", 403},
		"half a one":     {"AWS4-HMAC-SHA256 Credential=x", "IncompleteSignature", 400},
		"another scheme": {"Bearer x", "IncompleteSignature", 400},
	} {
		r := s.request(http.MethodPost, "/", "Action=GetCallerIdentity"+version)
		r.Header.Set("Content-Type", awsquery.FormType)
		if c.header != "" {
			r.Header.Set("Authorization", c.header)
		}
		failed(t, what, s.do(r), c.code, c.status)
	}
	// Signed for another service, and right otherwise.
	body := "Action=GetCallerIdentity" + version
	r := s.request(http.MethodPost, "/", body)
	r.Header.Set("Content-Type", awsquery.FormType)
	failed(t, "for another service", s.send(r, body), "SignatureDoesNotMatch", 403)
}

// IAM and others speak the same protocol; whoever tries them is told what is
// here, and not that the signature is wrong. A wrong one stays wrong.
func TestAServiceThatIsAskedLikeSTSAndIsNotHereIsUnknown(t *testing.T) {
	s := start(t, func(o *awsdoor.Options) { o.Region = "eu-west-1" })
	ask := func(k sigv4.Credentials) answer {
		const body = "Action=ListUsers&Version=2010-05-08"
		r := s.request(http.MethodPost, "/", body)
		r.Header.Set("Content-Type", awsquery.FormType)
		sigv4.Sign(r, []byte(body), k, "us-east-1", "iam", time.Now())
		return s.do(r)
	}
	e := failed(t, "IAM", ask(s.key), "InvalidAction", 400)
	if want := "Could not find operation ListUsers for version 2010-05-08; of the services that are asked so, only STS is here"; !strings.HasPrefix(e.Message, want) {
		t.Errorf("the message is %q, want %q", e.Message, want)
	}
	failed(t, "IAM, with another secret", ask(sigv4.Credentials{AccessKey: s.key.AccessKey, Secret: "x"}), "SignatureDoesNotMatch", 403)
}

func TestEveryKindOfFailureHasACodeOfSTS(t *testing.T) {
	for _, kind := range fault.Kinds() {
		want, ok := map[fault.Kind]struct {
			code   string
			status int
		}{
			fault.Internal: {"InternalFailure", 500}, fault.Invalid: {"ValidationError", 400}, fault.NotFound: {"NoSuchEntity", 400},
			fault.Conflict: {"Conflict", 400}, fault.Stale: {"Conflict", 400}, fault.Unauthenticated: {"InvalidClientTokenId", 403},
			fault.Denied: {"AccessDenied", 403}, fault.Unsupported: {"ValidationError", 400}, fault.Throttled: {"Throttling", 400},
			fault.Quota: {"LimitExceeded", 400}, fault.Unavailable: {"InternalFailure", 500}, fault.Incomplete: {"InternalFailure", 500},
		}[kind]
		if !ok {
			t.Fatalf("%v has no code here", kind)
		}
		s := start(t, func(o *awsdoor.Options) { o.Admit = admit(fault.Text(kind, "ask", "somebody", "a cause")) })
		e := failed(t, kind.String(), s.form(s.key, "Action=GetCallerIdentity"+version), want.code, want.status)
		if want.status >= 500 && strings.Contains(e.Message, "a cause") {
			t.Errorf("%v: the caller is told %q", kind, e.Message)
		}
	}
}

func TestWithoutSessionsThereIsNoAssumeRole(t *testing.T) {
	s := start(t, func(o *awsdoor.Options) { o.Sessions = nil })
	failed(t, "assume role", s.form(s.key, "Action=AssumeRole"+version), "InvalidAction", 400)
	if got := s.form(s.key, "Action=GetCallerIdentity"+version); got.status != http.StatusOK {
		t.Errorf("%d %s", got.status, got.raw)
	}
}

// The documents are those of aws-contract 6: the same elements in the same
// order, and times in the same form.
func TestTheExamplesOfSTS(t *testing.T) {
	s := start(t, nil)
	const head, id = `xmlns="https://sts.amazonaws.com/doc/2011-06-15/"`, `<ResponseMetadata><RequestId>[0-9a-f-]{36}</RequestId></ResponseMetadata>`
	for body, want := range map[string]string{
		"Action=GetCallerIdentity" + version: `<GetCallerIdentityResponse ` + head + `><GetCallerIdentityResult><Arn>arn:aws:sts::\d{12}:assumed-role/\w+/\w+</Arn><UserId>AROA\w{17}:\w+</UserId><Account>\d{12}</Account></GetCallerIdentityResult>` + id + `</GetCallerIdentityResponse>`,
		"Action=AssumeRole" + version + "&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fdemo&RoleSessionName=ss": `<AssumeRoleResponse ` + head + `><AssumeRoleResult><AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/demo/ss</Arn><AssumedRoleId>AROA\w{17}:ss</AssumedRoleId></AssumedRoleUser>` +
			`<Credentials><AccessKeyId>ASIA\w{16}</AccessKeyId><SecretAccessKey>[\w-]{40}</SecretAccessKey><SessionToken>[\w-]+</SessionToken><Expiration>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ</Expiration></Credentials></AssumeRoleResult>` + id + `</AssumeRoleResponse>`,
	} {
		got := s.form(s.key, body)
		if got.status != http.StatusOK || !regexp.MustCompile(`^`+want+`$`).MatchString(got.raw) {
			t.Errorf("%d %s\nwant %s", got.status, got.raw, want)
		}
		if got.header.Get("Content-Type") != "text/xml" || got.header.Get("X-Amzn-Requestid") == "" {
			t.Errorf("headers %v", got.header)
		}
	}
}

// What goes wrong with sessions is logged, and nothing that opens a door.
func TestSecretsAreInNoLog(t *testing.T) {
	var log bytes.Buffer
	var begun caller.Session
	var broken error
	s := start(t, func(o *awsdoor.Options) {
		begin := o.Sessions
		o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		o.Sessions = func(ctx context.Context, by caller.Caller, r caller.AssumeRole) (_ caller.Session, err error) {
			begun, err = begin(ctx, by, r)
			return begun, errors.Join(broken, err)
		}
	})
	body := "Action=AssumeRole" + version + "&RoleSessionName=s1&TokenCode=987654&ExternalId=sesame&RoleArn=" + url.QueryEscape(auditor)
	if got := s.form(s.key, body); got.status != http.StatusOK || !strings.Contains(got.raw, begun.Secret) {
		t.Errorf("%d %s", got.status, got.raw)
	}
	broken = fault.Text(fault.Internal, "begin session", "key", "the ring is broken")
	got := s.form(s.key, body)
	failed(t, "broken", got, "InternalFailure", 500)
	if !strings.Contains(log.String(), "the ring is broken") {
		t.Errorf("the log does not say what broke: %s", log.String())
	}
	for _, secret := range []string{begun.Secret, begun.Token, s.key.Secret, "987654", "sesame"} {
		if strings.Contains(log.String(), secret) || strings.Contains(got.raw, secret) {
			t.Errorf("%q is in the log or the answer: %s %s", secret, log.String(), got.raw)
		}
	}
}
