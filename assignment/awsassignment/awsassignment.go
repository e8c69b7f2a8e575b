// Package awsassignment is the access side of a real AWS IAM Identity Center: by
// its sso-admin API, and by that of AWS Organizations for the accounts.
//
// A method is one call of AWS's unless it says otherwise, and no call is made
// twice. What AWS does not do is a limit: see [Driver.Limits].
package awsassignment

import (
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin"

	"rollcall/assignment"
	"rollcall/awscall"
	"rollcall/fault"
	"rollcall/identity"
)

// Options say where the Identity Center is, and who asks. All but HTTP and Line
// must be given; [Find] finds out Instance and Store.
type Options struct {
	Instance string           // its ARN
	Store    identity.StoreID // the store whose users and groups are given access

	// AWS is for both services: the instance's primary region, credentials,
	// perhaps another endpoint. Its retries are not used. Organizations is asked
	// where its partition has it, whatever the region, unless the endpoint is
	// another.
	AWS *aws.Config

	HTTP *http.Client // nil is that of AWS, if it has one, and one of our own. Redirects are not followed
	Line awscall.Line // the pace of calls to both, and how long an answer may take
}

// Driver is the access side of one instance. It is safe for concurrent use.
type Driver struct {
	arn      string
	store    identity.StoreID
	sso      *ssoadmin.Client
	accounts *organizations.Client
	line     awscall.Line
}

var (
	_ assignment.Driver              = (*Driver)(nil)
	_ assignment.PermissionSetEditor = (*Driver)(nil)
	_ assignment.PolicyEditor        = (*Driver)(nil)
	_ assignment.Tagger              = (*Driver)(nil)
	_ assignment.InstanceEditor      = (*Driver)(nil)
	_ assignment.ApplicationAssigner = (*Driver)(nil)
	_ assignment.ApplicationEditor   = (*Driver)(nil)
	_ assignment.OrganizationReader  = (*Driver)(nil)
	_ assignment.Limiter             = (*Driver)(nil)
)

// New returns the driver of an instance. It asks nobody. It fails with
// fault.Invalid for options that cannot be.
func New(o Options) (*Driver, error) {
	const op = "open instance"
	if !identity.IsInstanceARN(o.Instance) {
		return nil, fault.Text(fault.Invalid, op, "field instance", "want the ARN of an instance: arn:aws:sso:::instance/ssoins-…")
	}
	if _, err := identity.ParseStoreID(string(o.Store)); err != nil {
		return nil, err
	}
	if o.AWS == nil {
		return nil, fault.Text(fault.Invalid, op, "instance "+o.Instance, "it is not configured how to reach AWS")
	}
	return open(o), nil
}

// open makes the SDK's clients. They never make a request again: reads are
// repeated by the portable type, writes are settled by reading.
func open(o Options) *Driver {
	d := &Driver{arn: o.Instance, store: o.Store, line: o.Line}
	own := o.HTTP != nil || o.AWS.HTTPClient == nil
	direct := awscall.Direct(o.HTTP)
	d.sso = ssoadmin.NewFromConfig(*o.AWS, func(c *ssoadmin.Options) {
		c.Retryer, c.RetryMaxAttempts = aws.NopRetryer{}, 1
		c.Credentials = awscall.Credentials(c.Credentials)
		if own {
			c.HTTPClient = direct
		}
	})
	d.accounts = organizations.NewFromConfig(*o.AWS, func(c *organizations.Options) {
		c.Retryer, c.RetryMaxAttempts = aws.NopRetryer{}, 1
		c.Credentials = awscall.Credentials(c.Credentials)
		if own {
			c.HTTPClient = direct
		}
	})
	return d
}

// Limits are those of AWS.
func (d *Driver) Limits() assignment.Limits {
	return assignment.Limits{Terse: true, Unordered: true, KeepsDescription: true, FixedPortal: true, FirstLook: time.Second}
}
