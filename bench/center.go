package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"rollcall/awscall"
	"rollcall/caller"
	"rollcall/directory"
	"rollcall/directory/awsdir"
	"rollcall/directory/sqldir"
	"rollcall/emulate"
	"rollcall/identitycenter"
	"rollcall/keyring"
)

// center is an Identity Center in this process.
type center struct {
	db      *identitycenter.Database
	handler http.Handler
	aws     aws.Config
	scim    awsdir.SCIM
}

func openCenter(ctx context.Context, dir string, e emulate.Options) (c *center, err error) {
	ring, err := keyring.Open(filepath.Join(dir, "center-key"))
	if err != nil {
		return nil, err
	}
	c = new(center)
	if c.db, err = identitycenter.Open(ctx, "sqlite:"+filepath.Join(dir, "center.db"), ring); err != nil {
		return nil, err
	}
	if _, err = c.db.Store(ctx, benchStore, sqldir.Options{}); err != nil {
		return nil, errors.Join(err, c.db.Close())
	}
	c.handler, err = identitycenter.New(identitycenter.Options{
		Databases: []*identitycenter.Database{c.db}, Emulate: e, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err == nil {
		err = c.admit(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, c.db.Close())
	}
	return c, nil
}

// admit makes what opens it.
func (c *center) admit(ctx context.Context) error {
	key, secret, err := c.db.Keys.Create(ctx, caller.Key{Name: "bench", Account: caller.DefaultAccount, Role: caller.DefaultRole, CreatedBy: "bench"})
	if err != nil {
		return err
	}
	token, text, err := c.db.Tokens.Create(ctx, benchStore, "bench")
	if err != nil {
		return err
	}
	const url = "http://127.0.0.1"
	c.aws = aws.Config{Region: "us-east-1", BaseEndpoint: aws.String(url), Credentials: credentials.NewStaticCredentialsProvider(key.ID, secret, "")}
	c.scim = awsdir.SCIM{URL: url + "/" + token.Tenant + "/scim/v2/", Token: func(context.Context) (string, error) { return text, nil }}
	return nil
}

// driver reaches the center by the API, and by SCIM too unless told not to.
func (c *center) driver(line awscall.Line, alone bool) (directory.Driver, error) {
	o := awsdir.Options{
		Store: directory.Store{ID: benchStore}, AWS: &c.aws, SCIM: &c.scim, Issuer: benchIssuer, Line: line, HTTP: &http.Client{Transport: c},
	}
	if alone {
		o.SCIM, o.Issuer = nil, ""
	}
	return awsdir.New(o)
}

// RoundTrip asks the center, without a network between.
func (c *center) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close() // as a RoundTripper must
	}
	answer := httptest.NewRecorder()
	r = r.Clone(r.Context())
	// What a network would have made of it.
	r.RemoteAddr, r.RequestURI, r.Host = "127.0.0.1:1", r.URL.RequestURI(), r.URL.Host
	if r.ContentLength > 0 {
		r.Header.Set("Content-Length", strconv.FormatInt(r.ContentLength, 10))
	}
	c.handler.ServeHTTP(answer, r)
	return answer.Result(), nil
}
