package awsdoor

import (
	"errors"
	"strings"

	"rollcall/awsjson"
	"rollcall/directory"
	"rollcall/fault"
)

// keyOf turns an alternate identifier into a key; paths are the unique
// attributes of the kind, which callers write in either case.
func keyOf(a *awsjson.AlternateIdentifier, paths ...string) (directory.Key, error) {
	if e := a.ExternalID; e != nil {
		return directory.Key{Attribute: directory.KeyExternalID, Issuer: *e.Issuer, Value: *e.ID}, nil
	}
	value, ok := a.UniqueAttribute.Text()
	if !ok {
		return directory.Key{}, required("attribute value cannot be empty or null for attribute path")
	}
	for _, path := range paths {
		if strings.EqualFold(path, *a.UniqueAttribute.AttributePath) {
			return directory.Key{Attribute: path, Value: value}, nil
		}
	}
	return directory.Key{}, required("The attribute " + *a.UniqueAttribute.AttributePath + " is not a unique attribute")
}

// filter returns the value of the one filter there may be, on the one path
// there is for it.
func filter(filters []awsjson.Filter, p *awsjson.Page, path string) (value string, filtered bool, err error) {
	switch {
	case len(filters) == 0:
		return "", false, nil
	case !strings.EqualFold(*filters[0].AttributePath, path):
		return "", false, awsjson.Invalid("filters.1.member.attributePath", "Member must satisfy enum value set: ["+path+"]")
	case p.NextToken != nil:
		// What a filter finds is one object, so it never gave out a token.
		return "", false, awsjson.Invalid("nextToken", "Member must be a token that this listing has given out")
	}
	return *filters[0].AttributeValue, true, nil
}

// atMostOne makes a listing of what was looked up.
func atMostOne[T any](found T, err error) ([]T, error) {
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return []T{found}, err
}

// badToken names the token as the one thing that can be invalid in a checked
// request for a page.
func badToken(err error) error {
	if _, ready := errors.AsType[*awsjson.Exception](err); fault.Is(err, fault.Invalid) && !ready {
		return awsjson.Invalid("nextToken", "Member must be a token that this listing has given out")
	}
	return err
}
