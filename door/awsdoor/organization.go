package awsdoor

import (
	"context"
	"net/http"
	"slices"

	"rollcall/assignment"
	"rollcall/awsjson"
	"rollcall/awsjson/organizations"
	"rollcall/fault"
	"rollcall/identity"
)

// organizationReads is every operation of Organizations that is served
// (aws-contract 5).
var organizationReads = map[string]operation{
	"DescribeOrganization":                onOrganization(describeOrganization),
	"ListAWSServiceAccessForOrganization": managed(listServiceAccess),
	"ListDelegatedAdministrators":         managed(listAdministrators),
	"ListTagsForResource":                 managed(listResourceTags),
	"ListAccounts":                        managed(listAccounts),
	"ListAccountsForParent":               managed(listAccountsIn),
	"DescribeAccount":                     managed(describeAccount),
	"ListRoots":                           managed(listRoots),
	"ListOrganizationalUnitsForParent":    managed(listUnitsIn),
	"DescribeOrganizationalUnit":          managed(describeUnit),
	"ListChildren":                        managed(listChildren),
	"ListParents":                         managed(listParents),
}

// organization is the one that a request is about: that of the instance.
type organization struct {
	*assignment.Instance
	identity.Organization
	member bool // the caller's account is in it, and does not manage it
}

// organizationInput is what an operation of Organizations takes.
type organizationInput[In any] interface {
	*In
	organizations.Input
}

// onOrganization makes an operation of a function that answers any account of
// the organization.
func onOrganization[In any, P organizationInput[In]](fn func(ctx context.Context, o *organization, in P) (any, error)) operation {
	return func(ctx context.Context, s *Server, c call, body []byte) (any, error) {
		in := P(new(In))
		if err := organizations.Decode(body, in); err != nil {
			return nil, err
		}
		o, err := s.organization(ctx, c)
		if err != nil {
			return nil, err
		}
		return fn(ctx, o, in)
	}
}

// managed is onOrganization for what only the management account may ask.
func managed[In any, P organizationInput[In]](fn func(ctx context.Context, o *organization, in P) (any, error)) operation {
	return onOrganization(func(ctx context.Context, o *organization, in P) (any, error) {
		if o.member {
			return nil, &awsjson.Exception{Type: organizations.TypeAccessDenied, Message: "You don't have permissions to access this resource: ask from the organization's management account."}
		}
		return fn(ctx, o, in)
	})
}

// notInUse is what an account without an organization is told.
func notInUse() error {
	return &awsjson.Exception{Type: organizations.TypeNotInUse, Message: "Your account is not a member of an organization."}
}

// organization opens the organization of the first instance there is, by ARN:
// who has several has one for each, and the service cannot be told which.
func (s *Server) organization(ctx context.Context, c call) (*organization, error) {
	if s.Instances == nil {
		return nil, notInUse()
	}
	all, err := s.Instances.List(ctx)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, notInUse()
	}
	instance, err := s.Instances.Open(ctx, slices.Min(all))
	if err != nil {
		return nil, err
	}
	o := &organization{Instance: instance}
	if o.Organization, err = instance.Organization(ctx); fault.Is(err, fault.Unsupported) {
		return nil, notInUse()
	}
	if err != nil || s.AnyCredentials || c.Account == o.Management {
		return o, err // whoever lets anybody in does not ask where from
	}
	if _, err := instance.Account(ctx, c.Account); err != nil {
		return nil, instead(err, notInUse())
	}
	o.member = true
	return o, nil
}

// instead is err, or told if err is fault.NotFound.
func instead(err, told error) error {
	if fault.Is(err, fault.NotFound) {
		return told
	}
	return err
}

// absent names what err, if it is fault.NotFound, did not find.
func absent(err error, code, what string) error {
	return instead(err, &awsjson.Exception{Type: code, Message: "You specified " + what + " that doesn't exist."})
}

// noParent is absent for the root or unit that a listing is of. Whatever else
// a checked request got wrong is its token.
func noParent(err error) error {
	return absent(strangeToken(err), organizations.TypeParentNotFound, "a parent")
}

func strangeToken(err error) error {
	if fault.Is(err, fault.Invalid) {
		return organizations.Refuse(organizations.ReasonToken, "NextToken", "must be a token that this listing has given out")
	}
	return err
}

// organizationTypes are what Organizations calls the errors that have another
// name at the Identity Store.
var organizationTypes = map[string]string{
	awsjson.TypeInternal:   organizations.TypeService,
	awsjson.TypeThrottling: organizations.TypeTooManyRequests,
	awsjson.TypeValidation: organizations.TypeInvalidInput,
	awsjson.TypeNotFound:   organizations.TypeTargetNotFound,
	awsjson.TypeConflict:   organizations.TypeConcurrent,
	awsjson.TypeQuota:      organizations.TypeConstraint,
}

// organizationSays puts a failure into the words of Organizations, whose errors
// say neither when to come again nor which request they answer.
func organizationSays(_ error, e *awsjson.Exception) {
	if e.Type == awsjson.TypeInternal {
		e.HTTP = http.StatusInternalServerError
	}
	if own, ok := organizationTypes[e.Type]; ok {
		e.Type, e.Reason = own, "" // what is reason there is none here
	}
	e.RequestID, e.RetryAfterSeconds, e.ResourceID, e.ResourceType = "", 0, "", ""
	if e.HTTP == 0 {
		e.HTTP = http.StatusBadRequest // the model names no other
	}
}
