package awsassignment

import (
	"encoding/json"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssoadmin/types"

	"rollcall/awscall"
	"rollcall/awsjson"
	shapes "rollcall/awsjson/ssoadmin"
	"rollcall/fault"
)

// portalOptions reads portal options, which must be JSON, as AWS takes them; nil
// from no text. What AWS has no word for is fault.Invalid: it would be lost.
func portalOptions(op, document string) (*types.PortalOptions, error) {
	if document == "" {
		return nil, nil
	}
	var form shapes.PortalOptions
	d := json.NewDecoder(strings.NewReader(document))
	d.DisallowUnknownFields()
	if err := d.Decode(&form); err != nil {
		return nil, fault.Text(fault.Invalid, op, "field portal",
			`want {"SignInOptions": {"Origin": …, "ApplicationUrl": …}, "Visibility": …} in JSON, and nothing else`)
	}
	out := &types.PortalOptions{Visibility: types.ApplicationVisibility(aws.ToString(form.Visibility))}
	if s := form.SignInOptions; s != nil {
		out.SignInOptions = &types.SignInOptions{Origin: types.SignInOrigin(aws.ToString(s.Origin)), ApplicationUrl: s.ApplicationURL}
	}
	return out, nil
}

// portalText writes them in their one form.
func portalText(w *types.PortalOptions) (string, error) {
	if w == nil {
		return "", nil
	}
	form := shapes.PortalOptions{Visibility: awscall.Text(string(w.Visibility))}
	if s := w.SignInOptions; s != nil {
		form.SignInOptions = &shapes.SignInOptions{Origin: awscall.Text(string(s.Origin)), ApplicationURL: s.ApplicationUrl}
	}
	document, err := awsjson.Encode(form)
	if err != nil {
		return "", fault.New(fault.Internal, "read portal options", "", err)
	}
	return string(document), nil
}
