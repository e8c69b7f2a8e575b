package cli

import (
	"context"
	"net/http"
	"strings"

	"rollcall/assignment/awsassignment"
	"rollcall/config"
	"rollcall/directory"
	"rollcall/directory/awsdir"
)

// awsDirectory opens a real Identity Center. Nobody is asked unless the
// configuration leaves out which store it is.
func (h *house) awsDirectory(ctx context.Context, name string, settings config.Directory) (*directory.Directory, error) {
	c, err := h.cloud(ctx, name, settings)
	if err != nil {
		return nil, err
	}
	o := awsdir.Options{
		Store:  directory.Store{ID: settings.Store, Instance: settings.Instance},
		Issuer: settings.Issuer, HTTP: c.http, Line: c.line,
	}
	if settings.UsesAPI() {
		o.AWS = &c.config
	}
	if settings.UsesAPI() && (o.Store.ID == "" || c.config.Region == "") {
		if o.Store, err = c.find(ctx); err != nil {
			return nil, err
		}
	}
	if !settings.SCIM.IsZero() {
		o.SCIM, o.HTTP = h.scim(name, c)
	}
	driver, err := awsdir.New(o)
	if err != nil {
		return nil, configError{err}
	}
	return directory.New(name, driver), nil
}

// scim is the SCIM side of a directory, with the client that takes its second
// token when the first is refused.
func (h *house) scim(name string, c *cloud) (*awsdir.SCIM, *http.Client) {
	s := c.settings.SCIM
	tokens := &scimTokens{secrets: c.secrets, list: []config.Secret{s.Token}, alert: func(f string, args ...any) { say(h.app.err, f, args...) }}
	if !s.NextToken.IsZero() {
		tokens.list = append(tokens.list, s.NextToken)
	}
	client := *c.http
	client.Transport = retoken{c.http.Transport, tokens}
	return &awsdir.SCIM{URL: scimURL(s), Token: tokens.token, Alert: func(cause error) {
		say(h.app.err, "Warning: no SCIM token of directory %s works, %s. Enabling, disabling and external ids wait until there is one that it takes; all else goes on by the API. %s",
			name, tokens.last(), cause)
	}}, &client
}

// scimURL is where the endpoint is: the URL as it stands, or with the tenant
// behind it where it lacks that.
func scimURL(s config.SCIM) string {
	tenant := strings.Trim(s.Tenant, "/")
	if tenant == "" {
		return s.URL
	}
	base := strings.TrimRight(strings.TrimSuffix(strings.TrimRight(s.URL, "/"), "/scim/v2"), "/")
	if strings.HasSuffix(base, "/"+tenant) {
		return base
	}
	return base + "/" + tenant
}

// located is an instance that AWS was asked for, and the region where it is at
// home.
type located struct {
	directory.Store
	region string
}

// findOnce is find for a configured directory, whose access side is opened many
// times: which instance it is stays as it is, and looking again would take the
// calls that a leaver waits for. Its store is held to what the links are of.
func (h *house) findOnce(ctx context.Context, name string, c *cloud) (directory.Store, error) {
	h.finding.Lock()
	defer h.finding.Unlock()
	if known, ok := h.located[name]; ok {
		c.config.Region = known.region
		return known.Store, nil
	}
	found, err := c.find(ctx)
	if err != nil {
		return found, err
	}
	if h.located == nil {
		h.located = map[string]located{}
	}
	h.located[name] = located{found, c.config.Region}
	return found, nil
}

// find asks AWS which instance there is, and goes to where it is at home: its
// store is served there, whatever region is configured.
func (c *cloud) find(ctx context.Context) (directory.Store, error) {
	found, err := awsassignment.Find(ctx, awsassignment.Options{
		Instance: c.settings.Instance, Store: c.settings.Store, AWS: &c.config, HTTP: c.http, Line: c.line,
	})
	if err != nil {
		return directory.Store{}, err
	}
	for _, r := range found.Regions {
		if r.Primary {
			c.config.Region = r.Name
		}
	}
	if c.config.Region == "" {
		return directory.Store{}, usage("AWS does not say in which region instance %s is; set region: in the configuration, or AWS_REGION", found.ARN)
	}
	return directory.Store{ID: found.Store, Instance: found.ARN}, nil
}
