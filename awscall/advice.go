package awscall

import "rollcall/fault"

// advice says what can be done about a refusal, where the service does not.
var advice = map[fault.Kind]string{
	fault.Unauthenticated: "the AWS credentials are wrong or have expired, or the clock of this machine is off: renew them (aws sso login, new keys, or the role's session)",
	fault.Denied:          "the credentials may not do this, or the identity store's network configuration keeps this address out (describe-identity-store shows it)",
	fault.Quota:           "the account that owns the identity store has to ask AWS for more",
}

// denied is what [fault.Denied] means where the identity store's network
// configuration has no say.
var denied = map[Family]string{
	SSOAdmin:      "the credentials may not do this, or their account is neither the organization's management account nor its delegated administrator for IAM Identity Center",
	Organizations: "only the organization's management account and its delegated administrators may ask this: use the credentials of one",
	STS:           "the credentials may not do this, or the role does not trust them",
}

// hinted is a cause with what can be done about it.
type hinted struct {
	cause  error
	advice string
}

func (a *hinted) Error() string { return a.cause.Error() + "; " + a.advice }

func (a *hinted) Unwrap() error { return a.cause }

func advised(c Call, k fault.Kind, cause error) error {
	text, ok := advice[k]
	if own, other := denied[c.Family]; other && k == fault.Denied {
		text = own
	}
	if !ok {
		return cause
	}
	return &hinted{cause, text}
}
