package ldapsource

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"

	"rollcall/fault"
)

// startTLSName is the operation's (RFC 4511 section 4.14).
const startTLSName = "1.3.6.1.4.1.1466.20037"

// startTLS asks for encryption and begins it. The library can do that too, but
// then nobody else gets at the connection that it makes.
func (c *conn) startTLS(ctx context.Context, settings *tls.Config) (net.Conn, error) {
	defer c.watch()()
	request := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
	request.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, 1, ""))
	operation := ber.Encode(ber.ClassApplication, ber.TypeConstructed, ldap.ApplicationExtendedRequest, nil, "")
	operation.AppendChild(ber.NewString(ber.ClassContext, ber.TypePrimitive, 0, startTLSName, ""))
	request.AppendChild(operation)
	_, err := c.raw.Write(request.Bytes())
	var answer *ber.Packet
	if err == nil {
		answer, err = ber.ReadPacket(c.raw)
	}
	if err == nil {
		err = ldap.GetLDAPError(answer)
	}
	if err != nil {
		return nil, c.startTLSFault(err)
	}
	secure := tls.Client(c.raw, settings)
	switch err := secure.HandshakeContext(ctx); {
	case err == nil:
		return secure, nil
	case c.silent.Load():
		return nil, c.startTLSFault(err)
	default:
		return nil, handshakeFault(c.server, err)
	}
}

func (c *conn) startTLSFault(err error) error {
	says := err.Error()
	switch {
	case c.silent.Load():
		says = fmt.Sprintf("the server was silent for %s", c.silence)
	case ldap.IsErrorAnyOf(err, ldap.LDAPResultProtocolError, ldap.LDAPResultUnwillingToPerform, ldap.LDAPResultUnavailable):
		says = "it does not offer StartTLS; use ldaps://"
	}
	return fault.Text(fault.Unavailable, "start TLS", c.server, says)
}
