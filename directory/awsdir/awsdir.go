// Package awsdir is a real AWS IAM Identity Center as a directory: by its
// Identity Store API, by its SCIM endpoint, or by both together, which is the
// usual.
//
// Each of the two can do what the other cannot. ways.go says which call serves
// which change; what cannot be done at all is an ability or a limit that the
// driver does not have (see [directory.Abilities], [directory.Limits]).
package awsdir

import (
	"context"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"

	"rollcall/awscall"
	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
	"rollcall/scim"
	"rollcall/scim/scimclient"
)

// Options say where the Identity Center is. Store must be given, and AWS or
// SCIM or both.
type Options struct {
	Store directory.Store // the store's id, and the instance's ARN if it is known

	// AWS is for the Identity Store API: region, credentials, perhaps another
	// endpoint. Its retries are not used. Nil does without the API.
	AWS *aws.Config
	// SCIM is the endpoint that provisions the store. Nil does without.
	SCIM *SCIM

	// Issuer is what external ids that come by SCIM have as their issuer here: 1
	// to 256 characters without white space. SCIM has no word for it, and what
	// the API calls it is not published (aws-contract 3.9). It must be given
	// with SCIM; empty shows issuers as the API lists them.
	Issuer string
	// WireIssuer is what the API calls Issuer, if that is known. Empty takes
	// every external id that the API lists for one of Issuer's: nothing but
	// SCIM sets any (aws-contract 3.1).
	WireIssuer string

	HTTP *http.Client // for both; nil is that of AWS, if it has one, and one of our own. Redirects are not followed
	Line awscall.Line // the pace of calls to both, and how long an answer may take
}

// SCIM says where the endpoint is, and what opens it.
type SCIM struct {
	URL   string                                // see [scimclient.ParseURL]
	Token func(context.Context) (string, error) // asked before every request

	// Alert is told that the token is refused, once until one is taken again; it
	// may be nil. With the API beside it the driver goes on: what only SCIM can
	// do is fault.Denied then, and objects are made without external ids.
	Alert func(cause error)
	Now   func() time.Time // nil is time.Now; a refused token is shown again after a minute
}

// New returns the driver of an Identity Center. It asks nobody. It fails with
// fault.Invalid for options that cannot be.
//
// The driver has the abilities and limits of what is configured, so that a type
// assertion tells them: without SCIM no [directory.StatusSetter],
// [directory.ExternalIDSetter] or [directory.MemberChanger]; without the API no
// [directory.Reviser] and no [directory.NetworkController]. It never keeps a
// [directory.Feeder]'s log.
func New(o Options) (directory.Driver, error) {
	if _, err := identity.ParseStoreID(string(o.Store.ID)); err != nil {
		return nil, err
	}
	names := issuers{o.Issuer, o.WireIssuer}
	var byAPI *api
	var bySCIM *endpoint
	if o.SCIM != nil {
		client, err := newSCIM(o)
		if err != nil {
			return nil, err
		}
		bySCIM = &endpoint{store: o.Store, client: client, dialect: scim.Dialect{Issuer: o.Issuer}}
	}
	if o.AWS != nil {
		byAPI = &api{store: o.Store, client: newAPI(o), line: o.Line, names: names}
	}
	switch {
	case byAPI != nil && bySCIM != nil:
		return both{byAPI, bySCIM, newLatch(o), new(spread)}, nil
	case byAPI != nil:
		return apiOnly{byAPI}, nil
	case bySCIM != nil:
		return scimOnly{bySCIM}, nil
	}
	return nil, fault.Text(fault.Invalid, "open directory", "store "+string(o.Store.ID), "neither the Identity Store API nor a SCIM endpoint is configured")
}

func newSCIM(o Options) (*scimclient.Client, error) {
	probe := identity.Group{DisplayName: "x", ExternalIDs: []identity.ExternalID{{Issuer: o.Issuer, ID: "x"}}}
	if err := probe.Validate(); err != nil {
		return nil, fault.Text(fault.Invalid, "open directory", "field issuer", "want 1 to 256 characters without white space")
	}
	return scimclient.New(scimclient.Options{URL: o.SCIM.URL, Token: o.SCIM.Token, HTTP: o.HTTP, Line: o.Line})
}

// newAPI makes the SDK's client. It never makes a request again: reads are
// repeated by the portable type, writes are settled by reading.
func newAPI(o Options) *identitystore.Client {
	return identitystore.NewFromConfig(*o.AWS, func(c *identitystore.Options) {
		c.Retryer, c.RetryMaxAttempts = aws.NopRetryer{}, 1
		c.Credentials = awscall.Credentials(c.Credentials)
		if o.HTTP != nil || o.AWS.HTTPClient == nil {
			c.HTTPClient = awscall.Direct(o.HTTP)
		}
	})
}
