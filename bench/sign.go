package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"rollcall/awsjson"
	"rollcall/awsjson/sigv4"
	"rollcall/awsjson/ssoadmin"
)

// client is whom a server knows: it makes requests as they go over the wire,
// signed and ready to be sent. A signature is good for five minutes.
type client struct {
	address  string // of the server
	region   string
	key      sigv4.Credentials
	scimPath string
	token    string
}

// clientOf reads the file that the server wrote for its clients.
func clientOf(env map[string]string) (*client, error) {
	at, err := url.Parse(env["AWS_ENDPOINT_URL"])
	if err != nil {
		return nil, err
	}
	scim, err := url.Parse(env["ROLLCALL_SCIM_URL"])
	if err != nil {
		return nil, err
	}
	return &client{
		address: at.Host, region: env["AWS_REGION"], scimPath: strings.TrimSuffix(scim.Path, "/"), token: env["ROLLCALL_SCIM_TOKEN"],
		key: sigv4.Credentials{AccessKey: env["AWS_ACCESS_KEY_ID"], Secret: env["AWS_SECRET_ACCESS_KEY"]},
	}, nil
}

// aws is a call of the Identity Store.
func (c *client) aws(operation, format string, values ...any) []byte {
	return c.signed(awsjson.SigningName, "AWSIdentityStore."+operation, format, values...)
}

// sso is a call of sso-admin.
func (c *client) sso(operation, format string, values ...any) []byte {
	return c.signed(ssoadmin.SigningName, ssoadmin.Service+"."+operation, format, values...)
}

func (c *client) signed(service, target, format string, values ...any) []byte {
	body := fmt.Appendf(nil, format, values...)
	r := &http.Request{Method: http.MethodPost, URL: &url.URL{Path: "/"}, Host: c.address, ContentLength: int64(len(body)), Header: http.Header{
		"Content-Type":       {awsjson.ContentType},
		awsjson.HeaderTarget: {target},
	}}
	sigv4.Sign(r, body, c.key, c.region, service, time.Now())
	return serialise(r, body)
}

// scim is a call of the SCIM endpoint.
func (c *client) scim(method, path string, body []byte) []byte {
	return serialise(&http.Request{Method: method, URL: &url.URL{Opaque: c.scimPath + path}, Host: c.address, Header: http.Header{
		"Content-Type": {"application/scim+json"}, "Authorization": {"Bearer " + c.token},
	}}, body)
}

func serialise(r *http.Request, body []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n", r.Method, r.URL.RequestURI(), r.Host, len(body))
	_ = r.Header.Write(&b) // into memory
	b.WriteString("\r\n")
	b.Write(body)
	return b.Bytes()
}
