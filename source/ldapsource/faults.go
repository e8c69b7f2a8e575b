package ldapsource

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"regexp"

	"github.com/go-ldap/ldap/v3"

	"rollcall/fault"
)

// refusals are the result codes (RFC 4511 section 4.1.9) that say more than
// that something failed.
var refusals = map[uint16]struct {
	kind fault.Kind
	says string
}{
	ldap.LDAPResultTimeLimitExceeded:           {fault.Incomplete, "the server's time limit cut the answer"},
	ldap.LDAPResultSizeLimitExceeded:           {fault.Incomplete, "the server's size limit cut the answer; allow the account more, or paged results without a limit"},
	ldap.LDAPResultAdminLimitExceeded:          {fault.Incomplete, "the server's administrative limit cut the answer; allow the account more"},
	ldap.LDAPResultStrongAuthRequired:          {fault.Denied, "the server wants encryption: use ldaps:// or StartTLS"},
	ldap.LDAPResultConfidentialityRequired:     {fault.Denied, "the server wants encryption: use ldaps:// or StartTLS"},
	ldap.LDAPResultReferral:                    {fault.Incomplete, "the server refers to another one for this base; name that one"},
	ldap.LDAPResultNoSuchObject:                {fault.Incomplete, "it is not there, or the account may not see it"},
	ldap.LDAPResultInvalidDNSyntax:             {fault.Invalid, "the server takes it for no name"},
	ldap.LDAPResultInappropriateAuthentication: {fault.Unauthenticated, "this user cannot bind in this way"},
	ldap.LDAPResultInvalidCredentials:          {fault.Unauthenticated, "the server does not take this user with this password"},
	ldap.LDAPResultAuthMethodNotSupported:      {fault.Unauthenticated, "the server does not take this way of binding"},
	ldap.LDAPResultInsufficientAccessRights:    {fault.Denied, "the account may not read it"},
	ldap.LDAPResultOperationsError:             {fault.Denied, "the server wants a user to bind first, or failed"},
	ldap.LDAPResultBusy:                        {fault.Unavailable, "the server is busy"},
	ldap.LDAPResultUnavailable:                 {fault.Unavailable, "the server is shutting down or starting"},
	ldap.LDAPResultUnwillingToPerform:          {fault.Unavailable, "the server is not willing"},
}

// adReasons are what AD says in words of its own about a refused bind: the
// Windows error behind "data".
var adReasons = map[string]string{
	"525": "there is no such user", "52e": "the password is wrong", "530": "this user may not log on at this time",
	"531": "this user may not log on from here", "532": "the password has expired", "533": "the account is disabled",
	"701": "the account has expired", "773": "the password must be changed first", "775": "the account is locked",
}

var adData = regexp.MustCompile(`\bdata ([0-9a-f]{3})\b`)

// fault translates what the library says of an operation on something.
func (c *conn) fault(ctx context.Context, op, on string, err error) error {
	if stopped := ctx.Err(); stopped != nil {
		return stopped
	}
	if told, ok := errors.AsType[*fault.Error](err); ok {
		return told
	}
	where := c.server
	if on != "" {
		where += ": " + on
	}
	if c.silent.Load() {
		return fault.Text(fault.Unavailable, op, where, fmt.Sprintf("the server was silent for %s", c.silence))
	}
	answer, ok := errors.AsType[*ldap.Error](err)
	if !ok || answer.ResultCode >= ldap.ErrorNetwork {
		return fault.New(fault.Unavailable, op, where, err)
	}
	known, ok := refusals[answer.ResultCode]
	if !ok {
		return fault.New(fault.Unavailable, op, where, err)
	}
	says := known.says
	if data := adData.FindStringSubmatch(answer.Error()); data != nil && adReasons[data[1]] != "" {
		says += ": " + adReasons[data[1]]
	}
	return fault.Text(known.kind, op, where, fmt.Sprintf("%s (%s)", says, ldap.LDAPResultCodeMap[answer.ResultCode]))
}

// handshakeFault says what is wrong with a certificate.
func handshakeFault(server string, err error) error {
	says := err.Error()
	switch {
	case isA[x509.UnknownAuthorityError](err):
		says = "its certificate is issued by nobody who is trusted; name the authority's certificate as ca"
	case isA[x509.HostnameError](err):
		says = "its certificate is for another name; use that name, or set server_name: " + says
	case isA[x509.CertificateInvalidError](err):
		invalid, _ := errors.AsType[x509.CertificateInvalidError](err)
		if says = "its certificate is not valid: " + invalid.Error(); invalid.Reason == x509.Expired {
			says = "its certificate has expired or is not valid yet: " + invalid.Detail
		}
	case isA[tls.RecordHeaderError](err), errors.Is(err, io.EOF):
		says = "it does not speak TLS there; is that the port of ldap:// with StartTLS?"
	}
	return fault.New(fault.Unavailable, "connect", server, handshakeError{says, err})
}

// handshakeError keeps the cause behind words of ours.
type handshakeError struct {
	says  string
	cause error
}

func (e handshakeError) Error() string { return e.says }
func (e handshakeError) Unwrap() error { return e.cause }

func isA[T error](err error) bool {
	_, ok := errors.AsType[T](err)
	return ok
}
