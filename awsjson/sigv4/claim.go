package sigv4

import (
	"crypto/hmac"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Claim is what a request says of who signed it. Nothing of it is true until
// [Claim.Verify] says so.
type Claim struct {
	Authorization
	At           time.Time
	SessionToken string // empty for a long-lived key

	request *http.Request
	date    string        // At as it was written
	life    time.Duration // how long it holds from then on, if it is in the query
}

// Read finds the signature of r: in its header, or in the query of a URL that
// was signed beforehand. It fails with fault.Unauthenticated if there is none,
// it cannot be read, or it leaves out what it must cover: the host and every
// x-amz- header.
func Read(r *http.Request) (*Claim, error) {
	if r.URL.RawQuery != "" {
		if query := r.URL.Query(); inQuery(query) {
			return readQuery(r, query)
		}
	}
	a, err := ParseAuthorization(r.Header.Get(HeaderAuthorization))
	if err != nil {
		return nil, err
	}
	for _, name := range []string{HeaderAuthorization, HeaderDate, HeaderToken, HeaderContent} {
		if len(r.Header.Values(name)) > 1 {
			return nil, Refuse(CodeIncomplete, "the header '"+strings.ToLower(name)+"' is there more than once")
		}
	}
	c := &Claim{Authorization: a, SessionToken: r.Header.Get(HeaderToken), request: r, date: r.Header.Get(HeaderDate)}
	return c, c.dated("Authorization header requires existence of an 'X-Amz-Date' header of the form " + timeFormat)
}

// dated reads the claim's date, which otherwise is what undated says.
func (c *Claim) dated(undated string) (err error) {
	if c.At, err = time.Parse(timeFormat, c.date); err != nil {
		return Refuse(CodeIncomplete, undated)
	}
	if c.At.Format(dateFormat) != c.Scope.Date {
		return Refuse(CodeInvalid, "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP")
	}
	return c.covers()
}

func amzHeaders(h http.Header) []string {
	var names []string
	for name := range h {
		if strings.HasPrefix(strings.ToLower(name), "x-amz-") {
			names = append(names, name)
		}
	}
	return names
}

// covers holds that nobody on the way could have changed what decides.
func (c *Claim) covers() error {
	if !slices.Contains(c.SignedHeaders, "host") {
		return Refuse(CodeInvalid, "'Host' must be a 'SignedHeader' in the AWS Authorization.")
	}
	for _, name := range amzHeaders(c.request.Header) {
		if lower := strings.ToLower(name); !slices.Contains(c.SignedHeaders, lower) {
			return Refuse(CodeInvalid, "'"+lower+"' must be a 'SignedHeader' in the AWS Authorization.")
		}
	}
	return nil
}

// Policy is what a server takes.
type Policy struct {
	Region   string   // empty takes any
	Services []string // signing names; none takes any
	// UnsignedPayload takes requests whose signature leaves out the body. Only
	// S3 does, and only over TLS.
	UnsignedPayload bool
}

// Verify holds the signature against the key it claims and the body that came
// with it, at the time now. A failure is fault.Unauthenticated around a
// [Refusal]. Whoever does not know the access key calls it all the same, with
// a secret that nobody has, so that the answer takes as long.
func (c *Claim) Verify(body []byte, key Credentials, p Policy, now time.Time) error {
	content, err := c.content(body, p)
	if err != nil {
		return err
	}
	if err := c.fresh(now.UTC()); err != nil {
		return err
	}
	if p.Region != "" && c.Scope.Region != p.Region {
		return Refuse(CodeInvalid, "Credential should be scoped to a valid region, not '"+c.Scope.Region+"'.")
	}
	if len(p.Services) > 0 && !slices.Contains(p.Services, c.Scope.Service) {
		return Refuse(CodeInvalid, "Credential should be scoped to correct service: '"+strings.Join(p.Services, "' or '")+"'.")
	}
	want := signature(key.Secret, c.Scope, c.date, canonical(c.request, c.SignedHeaders, content))
	if !hmac.Equal([]byte(want), []byte(c.Signature)) {
		return Refuse(CodeInvalid, "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.")
	}
	if !hmac.Equal([]byte(key.SessionToken), []byte(c.SessionToken)) {
		return UnknownKey()
	}
	return nil
}

// UnknownKey is the refusal of an access key that does not exist.
func UnknownKey() error {
	return Refuse(CodeUnknown, "The security token included in the request is invalid.")
}

// content is the hash of the body that the signature must cover.
func (c *Claim) content(body []byte, p Policy) (string, error) {
	said, actual := c.request.Header.Get(HeaderContent), hash(body)
	switch {
	case said == UnsignedPayload && p.UnsignedPayload:
		return UnsignedPayload, nil
	case said == UnsignedPayload:
		return "", Refuse(CodeInvalid, "the signature must cover the body: "+UnsignedPayload+" is not taken here.")
	case said != "" && !hmac.Equal([]byte(strings.ToLower(said)), []byte(actual)):
		return "", Refuse(CodeInvalid, "The value passed in as x-amz-content-sha256 does not match the body.")
	}
	return actual, nil
}

func (c *Claim) fresh(now time.Time) error {
	at, nowText := c.At.Format(timeFormat), now.Format(timeFormat)
	if end := c.At.Add(c.life); c.life > 0 && now.After(end) {
		return Refuse(CodeInvalid, "Signature expired: "+end.Format(timeFormat)+" is now earlier than "+nowText)
	}
	if earliest := now.Add(-MaxSkew); c.life == 0 && c.At.Before(earliest.Truncate(time.Second)) {
		return Refuse(CodeInvalid, "Signature expired: "+at+" is now earlier than "+earliest.Format(timeFormat)+" ("+nowText+" - 5 min.)")
	}
	if latest := now.Add(MaxSkew); c.At.After(latest) {
		return Refuse(CodeInvalid, "Signature not yet current: "+at+" is still later than "+latest.Format(timeFormat)+" ("+nowText+" + 5 min.)")
	}
	return nil
}
