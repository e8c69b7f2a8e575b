package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"

	"rollcall/awscall"
	"rollcall/caller"
	"rollcall/config"
	"rollcall/directory"
	"rollcall/directory/awsdir"
	"rollcall/fault"
	"rollcall/scim/scimclient"
)

// checkAWS goes the way to a real Identity Center step by step, so that what is
// found is the first thing that is wrong.
func (d *doctor) checkAWS(ctx context.Context, name string, settings config.Directory) {
	c, err := d.house.cloud(ctx, name, settings)
	if err != nil {
		d.fail("credentials", name, err)
		return
	}
	if settings.UsesAPI() && !d.checkAPI(ctx, name, c) {
		return
	}
	if settings.SCIM.IsZero() {
		d.warn("SCIM token", name, "no SCIM endpoint is configured: nobody can be enabled or disabled, and no external id can be set")
	}
	d.checkEvents(ctx, name, c)
	client := d.checkSCIM(ctx, name, c)
	opened, err := d.house.openDirectory(ctx, name)
	if err != nil {
		d.fail("directory", name, err)
		return
	}
	d.checkStore(ctx, opened)
	if settings.UsesAPI() && client != nil {
		d.checkSameStore(ctx, opened, client)
	}
	if settings.UsesAPI() {
		d.checkControls(ctx, opened)
		d.checkAccess(ctx, opened)
	}
}

// checkAPI looks at the API: the way there, who signs, and what they may do.
func (d *doctor) checkAPI(ctx context.Context, name string, c *cloud) bool {
	if !d.checkCredentials(ctx, name, c) {
		return false
	}
	store := directory.Store{ID: c.settings.Store, Instance: c.settings.Instance}
	if c.config.Region == "" || store.ID == "" {
		found, err := c.find(ctx)
		if err != nil {
			d.fail("instance", name, err)
			return false
		}
		store = found
		d.ok("instance", name, fmt.Sprintf("found %s, identity store %s in %s", found.Instance, found.ID, c.config.Region))
	}
	address, err := c.api(ctx)
	if err != nil {
		d.fail("DNS", name, err)
		return false
	}
	if !d.checkWay(ctx, name, c, address) || !d.checkCaller(ctx, name, c) {
		return false
	}
	d.checkActions(ctx, name, awsdir.Options{Store: store, AWS: &c.config, HTTP: c.http, Line: c.line})
	return true
}

// api is where the Identity Store API is.
func (c *cloud) api(ctx context.Context) (string, error) {
	if c.config.BaseEndpoint != nil {
		return *c.config.BaseEndpoint, nil
	}
	at, err := identitystore.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx, identitystore.EndpointParameters{Region: aws.String(c.config.Region)})
	if err != nil {
		return "", fault.New(fault.Invalid, "find endpoint", "region "+c.config.Region, err)
	}
	return at.URI.String(), nil
}

func (d *doctor) checkCredentials(ctx context.Context, name string, c *cloud) bool {
	ctx, cancel := context.WithTimeout(ctx, awscall.DefaultTimeout)
	defer cancel()
	if c.config.Credentials == nil {
		d.fail("credentials", name, fault.Text(fault.Unauthenticated, "read credentials", "directory "+name, "there are none; set access_key or profile, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"))
		return false
	}
	got, err := awscall.Credentials(c.config.Credentials).Retrieve(ctx)
	if err != nil {
		d.fail("credentials", name, awscall.Fault(awscall.Call{Family: awscall.STS, Op: "read credentials", On: "directory " + name}, err, nil))
		return false
	}
	says := "from " + got.Source
	if got.CanExpire {
		says += ", good until " + clock(got.Expires)
		if left := got.Expires.Sub(d.now()); left < renewBefore && c.settings.AssumeRole.Role == "" {
			d.warn("credentials", name, says+": less than "+renewBefore.String()+" from now; renew them (aws sso login, new keys, or the role's session)")
			return true
		}
	}
	d.ok("credentials", name, says)
	return true
}

// checkCaller asks who the credentials are.
func (d *doctor) checkCaller(ctx context.Context, name string, c *cloud) bool {
	who, err := c.caller(ctx)
	if err != nil {
		d.fail("caller", name, err)
		return false
	}
	d.ok("caller", name, aws.ToString(who.Arn)+", account "+aws.ToString(who.Account))
	return true
}

// checkActions tries every action that the policy of rollcall iam-policy names.
func (d *doctor) checkActions(ctx context.Context, name string, o awsdir.Options) {
	var missing, unknown []string
	tried := 0
	for op, err := range awsdir.Probe(ctx, o, awsdir.Operations()) {
		tried++
		switch {
		case fault.Is(err, fault.Denied):
			missing = append(missing, "identitystore:"+op.Name)
		case fault.Is(err, fault.Unsupported):
			unknown = append(unknown, op.Name)
		case err != nil:
			d.fail("IAM actions", name, err)
			return
		}
	}
	switch {
	case len(missing) == tried:
		d.fail("IAM actions", name, fault.Text(fault.Denied, "try actions", "directory "+name,
			"none is allowed: the policy is missing (rollcall iam-policy prints it), or the store's network configuration keeps this address out"))
	case len(missing) > 0:
		d.fail("IAM actions", name, fault.Text(fault.Denied, "try actions", "directory "+name,
			"the credentials lack "+strings.Join(missing, ", ")+"; rollcall iam-policy prints a policy that has them"))
	default:
		d.ok("IAM actions", name, fmt.Sprintf("all %d are allowed", tried))
	}
	if len(unknown) > 0 {
		d.warn("identity source", name, "the service does not know "+strings.Join(unknown, ", ")+
			": it may be a directory of Active Directory's, whose users and groups are not made here; see Settings, Identity source in the console")
	}
}

// tokenEnds says how long a token is good that opens the endpoint: as long as
// the configuration says, since AWS does not.
func (d *doctor) tokenEnds(on string, end time.Time) {
	const opens = "it opens the endpoint"
	left := caller.Token{ExpiresAt: end}.DaysLeft(d.now())
	switch day := end.Format(time.DateOnly); {
	case end.IsZero():
		d.ok("SCIM token", on, opens+"; AWS does not say how long it is good for: a year from when it was made (the console shows the day; scim.token_expires has it watched)")
	case !d.now().Before(end):
		d.warn("SCIM token", on, opens+", and by scim.token_expires it has ended on "+day+"; set the day that the console shows")
	case left < caller.NoticeDays:
		d.warn("SCIM token", on, fmt.Sprintf("%s, and ends in %s, on %s; make the second token in the console, and put it where scim.next_token points", opens, count(left, "day"), day))
	default:
		d.ok("SCIM token", on, opens+"; "+count(left, "day")+" left")
	}
}

// checkSCIM tries each token. It returns a client with one that opens the
// endpoint, or nil.
func (d *doctor) checkSCIM(ctx context.Context, name string, c *cloud) (opens *scimclient.Client) {
	s := c.settings.SCIM
	if s.IsZero() || !d.checkWay(ctx, name+" SCIM", c, s.URL) {
		return nil
	}
	for _, ref := range []config.Secret{s.Token, s.NextToken} {
		if ref.IsZero() {
			continue
		}
		on := name + " " + ref.String()
		client, err := scimclient.New(scimclient.Options{
			URL: scimURL(s), HTTP: c.http, Line: c.line,
			Token: func(ctx context.Context) (string, error) { return c.secrets.read(ctx, ref) },
		})
		if err == nil {
			_, err = client.ListUsers(ctx, scimclient.Page{Count: 1})
		}
		switch {
		case err != nil && ref == s.NextToken:
			d.warn("SCIM token", on, "the second token is of no use: "+err.Error())
		case err != nil:
			d.fail("SCIM token", on, err)
		default:
			end := s.TokenExpires.Time
			if ref != s.Token {
				end = time.Time{}
			}
			d.tokenEnds(on, end)
			opens = client
		}
	}
	if opens != nil {
		d.ok("identity source", name, "the endpoint answers, so the store is provisioned by SCIM")
	}
	return opens
}

// checkControls shows from where the store may be reached.
func (d *doctor) checkControls(ctx context.Context, opened *directory.Directory) {
	n, err := opened.Network(ctx)
	switch {
	case fault.Is(err, fault.Unsupported) || err == nil && n == nil:
		d.ok("network controls", opened.Name(), "none: it can be reached from everywhere")
	case err != nil:
		d.fail("network controls", opened.Name(), err)
	case !n.VPCERequired && len(n.SCIMSources) == 0:
		d.ok("network controls", opened.Name(), "they let everybody in")
	default:
		d.warn("network controls", opened.Name(), fmt.Sprintf("they keep some out (VPC endpoint needed: %t; API from %v and VPCs %v; SCIM from %v): whoever runs Rollcall elsewhere is refused with 403",
			n.VPCERequired, n.APISources, n.APIVPCs, n.SCIMSources))
	}
}

const (
	skewAllowed = 5 * time.Minute // a signature from further away is refused
	skewNoticed = time.Minute
	certNotice  = 14 * 24 * time.Hour
)
