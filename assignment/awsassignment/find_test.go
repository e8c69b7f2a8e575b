package awsassignment_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"rollcall/assignment"
	"rollcall/assignment/awsassignment"
	"rollcall/fault"
	"rollcall/identitycentertest"
)

func TestTheInstanceIsFound(t *testing.T) {
	srv := identitycentertest.New(t)
	nowhere := srv.Config.Copy()
	nowhere.Region = ""
	for name, config := range map[string]aws.Config{"in its region": srv.Config, "in any": nowhere} {
		i, err := awsassignment.Find(t.Context(), awsassignment.Options{AWS: &config})
		ok(t, err)
		if i.ARN != srv.InstanceARN || string(i.Store) != srv.IdentityStoreID || len(i.Regions) != 1 || i.Regions[0].Name != identitycentertest.Region {
			t.Errorf("%s: found %+v", name, i)
		}
	}
}

func TestTheInstanceIsTheOnlyOne(t *testing.T) {
	one := func(n int, more string) string {
		return fmt.Sprintf(`{"InstanceArn":"arn:aws:sso:::instance/ssoins-123456789012345%d","IdentityStoreId":"d-123456789%d","OwnerAccountId":"111122223333","PrimaryRegion":"eu-west-%d"%s}`, n, n, n, more)
	}
	list := func(all ...string) string { return `{"Instances":[` + strings.Join(all, ",") + `]}` }
	for name, c := range map[string]struct {
		answers []string
		narrow  awsassignment.Options
		want    string // what the ARN ends in, or what the error says
		kind    fault.Kind
	}{
		"in the region":           {[]string{list(one(1, ""))}, awsassignment.Options{}, "1", 0},
		"in another":              {[]string{list(), list(one(2, ""))}, awsassignment.Options{}, "2", 0},
		"on the second page":      {[]string{`{"Instances":[],"NextToken":"a"}`, list(one(3, ""))}, awsassignment.Options{}, "3", 0},
		"by its store":            {[]string{list(one(1, ""), one(2, ""))}, awsassignment.Options{Store: "d-1234567892"}, "2", 0},
		"by its ARN":              {[]string{list(one(1, ""), one(2, ""))}, awsassignment.Options{Instance: "arn:aws:sso:::instance/ssoins-1234567890123451"}, "1", 0},
		"the other goes":          {[]string{list(one(1, `,"Status":"DELETE_IN_PROGRESS"`), one(2, `,"Status":"ACTIVE"`))}, awsassignment.Options{}, "2", 0},
		"one of two":              {[]string{list(one(1, ""), one(2, ""))}, awsassignment.Options{}, "there are 2; name one: arn:aws:sso:::instance/ssoins-1234567890123451 (store d-1234567891, eu-west-1, account 111122223333), arn:", fault.Invalid},
		"none":                    {[]string{list()}, awsassignment.Options{}, "in any region", fault.NotFound},
		"none of that store":      {[]string{list(one(1, ""))}, awsassignment.Options{Store: "d-1234567892"}, "no such instance", fault.NotFound},
		"of no store":             {[]string{`{"Instances":[{"InstanceArn":"x"}]}`}, awsassignment.Options{}, "without ARN or store", fault.Incomplete},
		"nobody may ask":          {[]string{`400 {"__type":"AccessDeniedException"}`}, awsassignment.Options{}, "delegated administrator", fault.Denied},
		"pages that do not go on": {[]string{`{"Instances":[],"NextToken":"a"}`}, awsassignment.Options{}, "does not go on", fault.Incomplete},
	} {
		t.Run(name, func(t *testing.T) {
			c.narrow.AWS = config(answering("ListInstances", c.answers...).serve(t))
			i, err := awsassignment.Find(t.Context(), c.narrow)
			switch {
			case c.kind == 0 && (err != nil || !strings.HasSuffix(i.ARN, c.want)):
				t.Errorf("found %+v, %v", i, err)
			case c.kind != 0 && (!fault.Is(err, c.kind) || !strings.Contains(err.Error(), c.want)):
				t.Errorf("%v, want %v: %s", err, c.kind, c.want)
			}
		})
	}
	_, err := awsassignment.Find(t.Context(), awsassignment.Options{})
	wantKind(t, "without AWS", err, fault.Invalid, false)
}

func TestOptionsThatCannotBeAreRefused(t *testing.T) {
	for name, o := range map[string]awsassignment.Options{
		"no instance":      {Store: "d-1234567890", AWS: &aws.Config{}},
		"a permission set": {Instance: setARN, Store: "d-1234567890", AWS: &aws.Config{}},
		"no store":         {Instance: instanceARN, AWS: &aws.Config{}},
		"no AWS":           {Instance: instanceARN, Store: "d-1234567890"},
	} {
		_, err := awsassignment.New(o)
		wantKind(t, name, err, fault.Invalid, false)
	}
}

// refusing notes where requests would go.
type refusing struct{ hosts *[]string }

func (r refusing) RoundTrip(q *http.Request) (*http.Response, error) {
	_, scope, _ := strings.Cut(q.Header.Get("Authorization"), "Credential=AKID/")
	*r.hosts = append(*r.hosts, q.URL.Host+" "+strings.Split(scope, "/")[1])
	return nil, errors.New("no way there")
}

// Organizations has one place in each partition.
func TestEachServiceIsAskedWhereItIs(t *testing.T) {
	for region, want := range map[string]string{
		"eu-central-1":  "sso.eu-central-1.amazonaws.com eu-central-1, organizations.us-east-1.amazonaws.com us-east-1",
		"cn-north-1":    "sso.cn-north-1.amazonaws.com.cn cn-north-1, organizations.cn-northwest-1.amazonaws.com.cn cn-northwest-1",
		"us-gov-east-1": "sso.us-gov-east-1.amazonaws.com us-gov-east-1, organizations.us-gov-west-1.amazonaws.com us-gov-west-1",
	} {
		var hosts []string
		d, err := awsassignment.New(awsassignment.Options{
			Instance: instanceARN, Store: "d-1234567890", HTTP: &http.Client{Transport: refusing{&hosts}},
			AWS: &aws.Config{Region: region, Credentials: credentials.NewStaticCredentialsProvider("AKID", "secret", "")},
		})
		ok(t, err)
		_, err = d.ListPermissionSets(t.Context(), assignment.PageRequest{})
		wantKind(t, region, err, fault.Unavailable, false)
		_, err = d.ListAccounts(t.Context(), "", assignment.PageRequest{})
		wantKind(t, region, err, fault.Unavailable, false)
		if got := strings.Join(hosts, ", "); got != want {
			t.Errorf("%s: asked %s, want %s", region, got, want)
		}
	}
}

func TestWithoutCredentialsTheErrorSaysSo(t *testing.T) {
	failing := aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{}, errors.New("the session has ended")
	})
	s := new(script)
	d := elsewhere(t, s.serve(t), func(o *awsassignment.Options) { o.AWS.Credentials = failing })
	wantKind(t, "rename", d.RenameInstance(t.Context(), "main"), fault.Unauthenticated, false)
	_, err := d.ListAccounts(t.Context(), "", assignment.PageRequest{})
	wantKind(t, "list accounts", err, fault.Unauthenticated, false)
	if asked := s.requests(); len(asked) > 0 {
		t.Errorf("asked %q", asked)
	}
}
