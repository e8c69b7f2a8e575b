package awsjson

import "encoding/json"

// AlternateIdentifier names an object by something else than its id: exactly
// one of its members is set.
type AlternateIdentifier struct {
	ExternalID      *ExternalID      `json:"ExternalId,omitempty"`
	UniqueAttribute *UniqueAttribute `json:"UniqueAttribute,omitempty"`
}

// UniqueAttribute is an attribute that no two objects share, and its value.
type UniqueAttribute struct {
	AttributePath  *string         `json:"AttributePath"`
	AttributeValue json.RawMessage `json:"AttributeValue"` // a document: a string
}

func (c *Checker) alternate(a *AlternateIdentifier) {
	const at = "alternateIdentifier"
	switch {
	case !c.Required(at, a != nil):
	case (a.ExternalID == nil) == (a.UniqueAttribute == nil):
		c.Refuse(at, "Member must have exactly one of its members set: [ExternalId, UniqueAttribute]")
	case a.ExternalID != nil:
		c.Needed(at+".externalId.issuer", a.ExternalID.Issuer, externalRule)
		c.Needed(at+".externalId.id", a.ExternalID.ID, externalRule)
	default:
		c.Needed(at+".uniqueAttribute.attributePath", a.UniqueAttribute.AttributePath, pathRule)
	}
}

// Text is the value as the string it must be; ok is false if it is none, or
// empty.
func (u *UniqueAttribute) Text() (text string, ok bool) {
	err := json.Unmarshal(u.AttributeValue, &text)
	return text, err == nil && text != ""
}

// ByAttribute names an object by a unique attribute.
func ByAttribute(path, value string) (*AlternateIdentifier, error) {
	document, err := Encode(value)
	return &AlternateIdentifier{UniqueAttribute: &UniqueAttribute{AttributePath: &path, AttributeValue: document}}, err
}

// ByExternalID names an object by its external id.
func ByExternalID(issuer, id string) *AlternateIdentifier {
	return &AlternateIdentifier{ExternalID: &ExternalID{Issuer: &issuer, ID: &id}}
}
