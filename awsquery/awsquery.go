// Package awsquery speaks the AWS query protocol, in which STS is asked: a form
// goes in, XML comes out. It reads forms, writes answers and errors, and has
// the shapes of AssumeRole and GetCallerIdentity with their constraints
// (aws-contract section 6).
//
// It does no I/O and begins no session: what a constraint of the model refuses
// is refused here, the rest by the service.
package awsquery

import (
	"bytes"
	"encoding/xml"
	"mime"
)

const (
	// FormType is the content type of every request.
	FormType = "application/x-www-form-urlencoded"
	// ContentType is that of every answer and error.
	ContentType = "text/xml"
	// SigningName is the service's name in signatures.
	SigningName = "sts"
	// Version is the one version of the service that there is.
	Version = "2011-06-15"

	namespace = "https://sts.amazonaws.com/doc/" + Version + "/"
)

// IsForm reports whether a request with that Content-Type header carries a form.
func IsForm(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	return err == nil && kind == FormType
}

// Who a failure is to be looked for with, as an [Error] says it.
const (
	Sender   = "Sender"
	Receiver = "Receiver"
)

// Error is what went wrong. Its code decides.
type Error struct {
	Type    string // [Sender] or [Receiver]
	Code    string
	Message string
}

// EncodeError writes an error.
func EncodeError(e Error, requestID string) ([]byte, error) {
	return document("ErrorResponse", func(to *xml.Encoder) error {
		if err := to.EncodeElement(e, element("Error")); err != nil {
			return err
		}
		return to.EncodeElement(requestID, element("RequestId"))
	})
}

// Encode writes the answer to an action: a result, whose members are elements.
func Encode(action string, result any, requestID string) ([]byte, error) {
	return document(action+"Response", func(to *xml.Encoder) error {
		if err := to.EncodeElement(result, element(action+"Result")); err != nil {
			return err
		}
		return to.EncodeElement(struct {
			RequestID string `xml:"RequestId"`
		}{requestID}, element("ResponseMetadata"))
	})
}

func element(name string) xml.StartElement { return xml.StartElement{Name: xml.Name{Local: name}} }

func document(name string, write func(*xml.Encoder) error) ([]byte, error) {
	var out bytes.Buffer
	to := xml.NewEncoder(&out)
	start := element(name)
	start.Attr = []xml.Attr{{Name: xml.Name{Local: "xmlns"}, Value: namespace}}
	if err := to.EncodeToken(start); err != nil {
		return nil, err
	}
	if err := write(to); err != nil {
		return nil, err
	}
	if err := to.EncodeToken(start.End()); err != nil {
		return nil, err
	}
	if err := to.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
