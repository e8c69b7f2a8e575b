package awsjson

import (
	"encoding/json"

	"rollcall/identity"
)

func (in *CreateUserInput) Constrain(c *Checker) {
	in.InStore.Constrain(c)
	in.Attributes.Constrain(c)
}

func (in *DescribeUserInput) Constrain(c *Checker) {
	in.InStore.Constrain(c)
	c.id("userId", in.UserID, identity.KindUser)
	c.extensions(in.Extensions)
}

func (in *ListUsersInput) Constrain(c *Checker) {
	in.InStore.Constrain(c)
	c.page(&in.Page)
	c.extensions(in.Extensions)
	c.filters(in.Filters)
}

func (in *UpdateUserInput) Constrain(c *Checker) {
	in.InStore.Constrain(c)
	c.id("userId", in.UserID, identity.KindUser)
	c.operations(in.Operations)
	c.Text("revision", in.Revision, revisionRule)
}

func (in *DeleteUserInput) Constrain(c *Checker) {
	in.InStore.Constrain(c)
	c.id("userId", in.UserID, identity.KindUser)
	c.Text("revision", in.Revision, revisionRule)
}

func (in *GetUserIDInput) Constrain(c *Checker) {
	in.InStore.Constrain(c)
	c.alternate(in.AlternateIdentifier)
}

func (a *Attributes) Constrain(c *Checker) {
	c.Text("userName", a.UserName, userNameRule)
	if n := a.Name; n != nil {
		c.sensitive("name.formatted", n.Formatted)
		c.sensitive("name.familyName", n.FamilyName)
		c.sensitive("name.givenName", n.GivenName)
		c.sensitive("name.middleName", n.MiddleName)
		c.sensitive("name.honorificPrefix", n.HonorificPrefix)
		c.sensitive("name.honorificSuffix", n.HonorificSuffix)
	}
	c.sensitive("displayName", a.DisplayName)
	c.sensitive("nickName", a.NickName)
	c.sensitive("profileUrl", a.ProfileURL)
	c.sensitive("userType", a.UserType)
	c.sensitive("title", a.Title)
	c.sensitive("preferredLanguage", a.PreferredLanguage)
	c.sensitive("locale", a.Locale)
	c.sensitive("timezone", a.Timezone)
	c.sensitive("website", a.Website)
	c.sensitive("birthdate", a.Birthdate)
	a.constrainLists(c)
	c.documents(a.Extensions)
}

func (a *Attributes) constrainLists(c *Checker) {
	list(c, "emails", a.Emails, 1, func(at string, e *Email) { c.typed(at, e) })
	list(c, "addresses", a.Addresses, 1, c.address)
	list(c, "phoneNumbers", a.PhoneNumbers, 1, func(at string, p *PhoneNumber) { c.typed(at, (*Email)(p)) })
	list(c, "photos", a.Photos, identity.MaxPhotos, c.photo)
	list(c, "roles", a.Roles, 1, func(at string, r *Role) { c.typed(at, (*Email)(r)) })
}

// list checks a list that may be left out, and its items if they are not too
// many.
func list[T any](c *Checker, at string, items []T, limit int, check func(at string, item *T)) {
	if items == nil {
		return
	}
	c.Length(at, len(items), limit)
	for i := range items[:min(len(items), limit)] {
		check(Member(at, i), &items[i])
	}
}

func (c *Checker) sensitive(at string, s *string) { c.Text(at, s, sensitiveRule) }

func (c *Checker) typed(at string, e *Email) {
	c.sensitive(at+".value", e.Value)
	c.sensitive(at+".type", e.Type)
}

func (c *Checker) photo(at string, p *Photo) {
	c.Needed(at+".value", p.Value, sensitiveRule)
	c.sensitive(at+".type", p.Type)
	c.sensitive(at+".display", p.Display)
}

func (c *Checker) address(at string, a *Address) {
	c.sensitive(at+".streetAddress", a.StreetAddress)
	c.sensitive(at+".locality", a.Locality)
	c.sensitive(at+".region", a.Region)
	c.sensitive(at+".postalCode", a.PostalCode)
	c.sensitive(at+".country", a.Country)
	c.sensitive(at+".formatted", a.Formatted)
	c.sensitive(at+".type", a.Type)
}

const mostExtensions = 10

// extensions checks the names of extensions asked for.
func (c *Checker) extensions(names []string) {
	list(c, "extensions", names, mostExtensions, func(at string, name *string) { c.Text(at, name, extensionRule) })
}

func (c *Checker) documents(extensions map[string]json.RawMessage) {
	const at = "extensions"
	if extensions == nil {
		return
	}
	c.Length(at, len(extensions), mostExtensions)
	for name, document := range extensions {
		switch {
		case !extensionRule.compile().MatchString(name):
			c.Text(at+".key", &name, extensionRule)
		case name != EnterpriseExtension:
			c.Refuse(at+".key", "Member must satisfy enum value set: ["+EnterpriseExtension+"]")
		default:
			_, err := enterpriseEdits(document)
			c.because(at, err)
		}
	}
}

// because notes a value that could not be read.
func (c *Checker) because(at string, err error) {
	if err != nil {
		c.Refuse(at, "Member must be "+err.Error())
	}
}

func (c *Checker) filters(filters []Filter) {
	if len(filters) == 0 {
		return // the model allows an empty list here
	}
	list(c, "filters", filters, 1, func(at string, f *Filter) {
		c.Needed(at+".attributePath", f.AttributePath, pathRule)
		c.Needed(at+".attributeValue", f.AttributeValue, sensitiveRule)
	})
}
