package awsjson

import (
	"encoding/json"

	"rollcall/identity"
)

func (in *CreateUserInput) constrain(c *checker) {
	in.InStore.constrain(c)
	in.Attributes.constrain(c)
}

func (in *DescribeUserInput) constrain(c *checker) {
	in.InStore.constrain(c)
	c.id("userId", in.UserID, identity.KindUser)
	c.extensions(in.Extensions)
}

func (in *ListUsersInput) constrain(c *checker) {
	in.InStore.constrain(c)
	c.page(&in.Page)
	c.extensions(in.Extensions)
	c.filters(in.Filters)
}

func (in *UpdateUserInput) constrain(c *checker) {
	in.InStore.constrain(c)
	c.id("userId", in.UserID, identity.KindUser)
	c.operations(in.Operations)
	c.text("revision", in.Revision, revisionRule)
}

func (in *DeleteUserInput) constrain(c *checker) {
	in.InStore.constrain(c)
	c.id("userId", in.UserID, identity.KindUser)
	c.text("revision", in.Revision, revisionRule)
}

func (in *GetUserIDInput) constrain(c *checker) {
	in.InStore.constrain(c)
	c.alternate(in.AlternateIdentifier)
}

func (a *Attributes) constrain(c *checker) {
	c.text("userName", a.UserName, userNameRule)
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

func (a *Attributes) constrainLists(c *checker) {
	list(c, "emails", a.Emails, 1, func(at string, e *Email) { c.typed(at, e) })
	list(c, "addresses", a.Addresses, 1, c.address)
	list(c, "phoneNumbers", a.PhoneNumbers, 1, func(at string, p *PhoneNumber) { c.typed(at, (*Email)(p)) })
	list(c, "photos", a.Photos, identity.MaxPhotos, c.photo)
	list(c, "roles", a.Roles, 1, func(at string, r *Role) { c.typed(at, (*Email)(r)) })
}

// list checks a list that may be left out, and its items if they are not too
// many.
func list[T any](c *checker, at string, items []T, limit int, check func(at string, item *T)) {
	if items == nil {
		return
	}
	c.length(at, len(items), limit)
	for i := range items[:min(len(items), limit)] {
		check(member(at, i), &items[i])
	}
}

func (c *checker) sensitive(at string, s *string) { c.text(at, s, sensitiveRule) }

func (c *checker) typed(at string, e *Email) {
	c.sensitive(at+".value", e.Value)
	c.sensitive(at+".type", e.Type)
}

func (c *checker) photo(at string, p *Photo) {
	c.needed(at+".value", p.Value, sensitiveRule)
	c.sensitive(at+".type", p.Type)
	c.sensitive(at+".display", p.Display)
}

func (c *checker) address(at string, a *Address) {
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
func (c *checker) extensions(names []string) {
	list(c, "extensions", names, mostExtensions, func(at string, name *string) { c.text(at, name, extensionRule) })
}

func (c *checker) documents(extensions map[string]json.RawMessage) {
	const at = "extensions"
	if extensions == nil {
		return
	}
	c.length(at, len(extensions), mostExtensions)
	for name, document := range extensions {
		switch {
		case !extensionRule.compile.MatchString(name):
			c.text(at+".key", &name, extensionRule)
		case name != EnterpriseExtension:
			c.refuse(at+".key", "Member must satisfy enum value set: ["+EnterpriseExtension+"]")
		default:
			_, err := enterpriseEdits(document)
			c.because(at, err)
		}
	}
}

// because notes a value that could not be read.
func (c *checker) because(at string, err error) {
	if err != nil {
		c.refuse(at, "Member must be "+err.Error())
	}
}

func (c *checker) filters(filters []Filter) {
	if len(filters) == 0 {
		return // the model allows an empty list here
	}
	list(c, "filters", filters, 1, func(at string, f *Filter) {
		c.needed(at+".attributePath", f.AttributePath, pathRule)
		c.needed(at+".attributeValue", f.AttributeValue, sensitiveRule)
	})
}
