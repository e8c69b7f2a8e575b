package awscall

import (
	"errors"
	"fmt"
	"regexp"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"

	"rollcall/fault"
)

// advice says what can be done about a refusal, where the service does not.
var advice = map[fault.Kind]string{
	fault.Unauthenticated: "the AWS credentials%s are wrong or have expired, or the clock of this machine is off: renew them (aws sso login, new keys, or the role's session)",
	fault.Denied:          "the credentials may not do this, or the identity store's network configuration keeps this address out (describe-identity-store shows it)",
	fault.Quota:           "the account that owns the identity store, whose credentials these are%s, has to ask AWS for more (Service Quotas, AWS IAM Identity Center)",
}

// denied is what [fault.Denied] means where the identity store's network
// configuration has no say.
var denied = map[Family]string{
	SSOAdmin:      "the credentials may not do this, or their account is neither the organization's management account nor its delegated administrator for IAM Identity Center",
	Organizations: "only the organization's management account and its delegated administrators may ask this: use the credentials of one",
	SQS:           "the credentials may not use the queue: rollcall iam-policy prints what they need, and a queue with a key of its own takes kms:Decrypt, too",
	STS:           "the credentials may not do this, or the role does not trust them",
}

// hinted is a cause with what can be done about it.
type hinted struct {
	cause  error
	advice string
}

func (a *hinted) Error() string { return a.cause.Error() + "; " + a.advice }

func (a *hinted) Unwrap() error { return a.cause }

func advised(c Call, k fault.Kind, cause, answer error) error {
	text, ok := advice[k]
	if k == fault.Unauthenticated || k == fault.Quota {
		text = fmt.Sprintf(text, signer(answer))
	}
	if own, other := denied[c.Family]; other && k == fault.Denied {
		text = own
	}
	if !ok {
		return cause
	}
	return &hinted{cause, text}
}

var credential = regexp.MustCompile(`Credential=(\w+)/`)

// signer names the access key that a refused request was signed with, which is
// no secret: AWS's own logs have it.
func signer(answer error) string {
	r, ok := errors.AsType[*awshttp.ResponseError](answer)
	if !ok || r.Response == nil || r.Response.Response == nil || r.Response.Request == nil {
		return ""
	}
	found := credential.FindStringSubmatch(r.Response.Request.Header.Get("Authorization"))
	if found == nil {
		return ""
	}
	return " (access key " + found[1] + ")"
}
