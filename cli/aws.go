package cli

import (
	"context"
	"crypto/x509"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/logging"

	"rollcall/awscall"
	"rollcall/config"
	"rollcall/fault"
	"rollcall/governor"
)

// cloud is what a directory of kind aws is reached by.
type cloud struct {
	config   aws.Config
	http     *http.Client
	line     awscall.Line
	secrets  *secrets
	settings config.Directory
}

// cloud puts together credentials, connections and the budget of a directory
// of kind aws. It asks nobody but the files and the environment.
func (h *house) cloud(ctx context.Context, name string, d config.Directory) (*cloud, error) {
	client, err := httpClient(h.config, d.Network)
	if err != nil {
		return nil, err
	}
	c, err := awsConfig(ctx, client, d)
	if err != nil {
		return nil, fault.New(fault.Unauthenticated, "read AWS configuration", "directory "+name, err)
	}
	pace, err := h.pace(name, d)
	if err != nil {
		return nil, err
	}
	line := awscall.Line{Pace: pace, Timeout: time.Duration(d.Network.RequestTimeout)}
	if made, ok := c.HTTPClient.(*awshttp.BuildableClient); ok { // with the certificates of AWS_CA_BUNDLE
		client = made
	}
	return &cloud{config: c, http: &http.Client{Transport: client.GetTransport()}, line: line, secrets: newSecrets(c, line.Timeout), settings: d}, nil
}

// awsConfig is AWS's own configuration with what the directory says on top.
func awsConfig(ctx context.Context, client *awshttp.BuildableClient, d config.Directory) (aws.Config, error) {
	with := []func(*awsconfig.LoadOptions) error{
		awsconfig.WithHTTPClient(client),
		awsconfig.WithRetryer(func() aws.Retryer { return aws.NopRetryer{} }),
		awsconfig.WithLogger(logging.Nop{}), // what it warns of is in the error, too
	}
	if d.Region != "" {
		with = append(with, awsconfig.WithRegion(d.Region))
	}
	if d.Profile != "" {
		with = append(with, awsconfig.WithSharedConfigProfile(d.Profile))
	}
	if d.Endpoint != "" {
		with = append(with, awsconfig.WithBaseEndpoint(d.Endpoint))
	}
	if !d.AccessKey.IsZero() {
		provider, err := staticKey(d.AccessKey)
		if err != nil {
			return aws.Config{}, err
		}
		with = append(with, awsconfig.WithCredentialsProvider(provider))
	}
	c, err := awsconfig.LoadDefaultConfig(ctx, with...)
	if err != nil || d.AssumeRole.Role == "" {
		return c, err
	}
	asked := c.Copy()
	if asked.Region == "" {
		asked.Region = anyRegion
	}
	role := stscreds.NewAssumeRoleProvider(sts.NewFromConfig(asked), d.AssumeRole.Role, func(o *stscreds.AssumeRoleOptions) {
		o.RoleSessionName = "rollcall"
		if d.AssumeRole.SessionName != "" {
			o.RoleSessionName = d.AssumeRole.SessionName
		}
		if d.AssumeRole.ExternalID != "" {
			o.ExternalID = &d.AssumeRole.ExternalID
		}
		o.Duration = time.Duration(d.AssumeRole.Duration)
		if o.Duration == 0 {
			o.Duration = time.Hour
		}
	})
	// A session is renewed while it is still good: a call that is signed just
	// before the end would arrive after it.
	c.Credentials = aws.NewCredentialsCache(role, func(o *aws.CredentialsCacheOptions) { o.ExpiryWindow = renewBefore })
	return c, nil
}

const (
	renewBefore = 5 * time.Minute
	// anyRegion is where a role is asked for when the instance is yet to be
	// found: sessions are good in every region of a partition.
	anyRegion = "us-east-1"
)

func staticKey(k config.AccessKey) (aws.CredentialsProvider, error) {
	var texts [3]string
	for i, s := range []config.Secret{k.ID, k.Secret, k.SessionToken} {
		if s.IsZero() {
			continue
		}
		var err error
		if texts[i], err = s.Resolve(); err != nil {
			return nil, err
		}
	}
	return credentials.NewStaticCredentialsProvider(texts[0], texts[1], texts[2]), nil
}

// httpClient makes connections as the configuration says. It is of the SDK's
// own kind, to which the SDK adds what AWS_CA_BUNDLE names.
func httpClient(c *config.Config, n config.Network) (*awshttp.BuildableClient, error) {
	var proxy *url.URL
	if n.Proxy != "" {
		var err error
		if proxy, err = proxyOf(n); err != nil {
			return nil, err
		}
	}
	var roots *x509.CertPool
	if n.CA != "" {
		var err error
		if roots, err = trusted(c.File(n.CA)); err != nil {
			return nil, err
		}
	}
	connect := 10 * time.Second
	if n.ConnectTimeout > 0 {
		connect = time.Duration(n.ConnectTimeout)
	}
	return awshttp.NewBuildableClient().
		WithDialerOptions(func(d *net.Dialer) { d.Timeout = connect }).
		WithTransportOptions(func(t *http.Transport) {
			t.MaxIdleConns, t.MaxIdleConnsPerHost, t.MaxConnsPerHost = 2*n.Connections, n.Connections, n.Connections
			t.TLSHandshakeTimeout = connect
			if proxy != nil {
				t.Proxy = http.ProxyURL(proxy)
			}
			if roots != nil {
				t.TLSClientConfig.RootCAs = roots
			}
		}), nil
}

func proxyOf(n config.Network) (*url.URL, error) {
	proxy, err := url.Parse(n.Proxy)
	if err != nil || n.ProxyUser == "" {
		return proxy, err
	}
	password, err := n.ProxyPassword.Resolve()
	if err != nil {
		return nil, err
	}
	proxy.User = url.UserPassword(n.ProxyUser, password)
	return proxy, nil
}

// trusted is the system's certificates and those of a file.
func trusted(file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fault.New(fault.Invalid, "read certificates", file, err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fault.Text(fault.Invalid, "read certificates", file, "no certificate in it (PEM)")
	}
	return pool, nil
}

// pace is the budget of a directory's calls, shared with every process of this
// state.
func (h *house) pace(name string, d config.Directory) (awscall.Pace, error) {
	limits := governor.DefaultLimits()
	if !d.Rate.Limit.IsZero() {
		limits.Service = d.Rate.Limit.Rate
	}
	limits.Reads, limits.Writes, limits.Reserve = d.Rate.Read.Rate, d.Rate.Write.Rate, 100-d.Rate.Share
	g, err := governor.New(h.state, "directory "+name, limits)
	if err != nil {
		return nil, err
	}
	return h.app.watched(g.Pace(func(err error) { say(h.app.err, "The shared budget could not be told of a throttled call: %s", err) })), nil
}
