package identity_test

import (
	"pgregory.net/rapid"

	"rollcall/identity"
)

// few makes equal values likely, text makes every character possible.
var (
	few  = rapid.SampledFrom([]string{"", "a", "A", "é", "<&>", "\u2028\"\\\n"})
	text = rapid.OneOf(few, few, rapid.String())
)

func listOf[T any](item func(*rapid.T) T, most int) *rapid.Generator[[]T] {
	return rapid.SliceOfN(rapid.Custom(item), 0, most)
}

// randomUser draws users that need not be valid, often with equal attributes.
var randomUser = rapid.Custom(func(t *rapid.T) identity.User {
	one := func(label string) string { return text.Draw(t, label) }
	yes := func(t *rapid.T) bool { return rapid.Bool().Draw(t, "yes") }
	return identity.User{
		UserName: one("userName"), DisplayName: one("displayName"), NickName: one("nickName"), ProfileURL: one("profileUrl"),
		UserType: one("userType"), Title: one("title"), PreferredLanguage: one("language"), Locale: one("locale"),
		Timezone: one("timezone"), Website: one("website"), Birthdate: one("birthdate"),
		Name: identity.Name{
			Formatted: one("formatted"), FamilyName: one("family"), GivenName: one("given"),
			MiddleName: one("middle"), HonorificPrefix: one("prefix"), HonorificSuffix: one("suffix"),
		},
		Enterprise: identity.Enterprise{
			EmployeeNumber: one("number"), CostCenter: one("costCenter"), Organization: one("organization"),
			Division: one("division"), Department: one("department"), Manager: one("manager"),
		},
		Emails: listOf(func(t *rapid.T) identity.Email {
			return identity.Email{Value: text.Draw(t, "value"), Type: few.Draw(t, "type"), Primary: yes(t)}
		}, 2).Draw(t, "emails"),
		Addresses: listOf(func(t *rapid.T) identity.Address {
			return identity.Address{StreetAddress: text.Draw(t, "street"), Country: few.Draw(t, "country"), Primary: yes(t)}
		}, 2).Draw(t, "addresses"),
		PhoneNumbers: listOf(func(t *rapid.T) identity.PhoneNumber {
			return identity.PhoneNumber{Value: text.Draw(t, "value"), Primary: yes(t)}
		}, 2).Draw(t, "phoneNumbers"),
		Photos: listOf(func(t *rapid.T) identity.Photo {
			return identity.Photo{Value: text.Draw(t, "value"), Display: few.Draw(t, "display")}
		}, 4).Draw(t, "photos"),
		Roles: listOf(func(t *rapid.T) identity.Role {
			return identity.Role{Value: few.Draw(t, "value"), Type: few.Draw(t, "type")}
		}, 2).Draw(t, "roles"),
		Active: rapid.Bool().Draw(t, "active"),
		ExternalIDs: listOf(func(t *rapid.T) identity.ExternalID {
			return identity.ExternalID{Issuer: few.Draw(t, "issuer"), ID: text.Draw(t, "id")}
		}, 3).Draw(t, "externalIds"),
	}
})

var randomGroup = rapid.Custom(func(t *rapid.T) identity.Group {
	return identity.Group{
		DisplayName: text.Draw(t, "displayName"), Description: text.Draw(t, "description"),
		ExternalIDs: listOf(func(t *rapid.T) identity.ExternalID {
			return identity.ExternalID{Issuer: few.Draw(t, "issuer"), ID: few.Draw(t, "id")}
		}, 3).Draw(t, "externalIds"),
	}
})

// managed draws the attributes that a sync manages: nil for all of them.
func managed(paths []string) *rapid.Generator[[]string] {
	return rapid.OneOf(rapid.Just([]string(nil)), rapid.SliceOfDistinct(rapid.SampledFrom(paths), rapid.ID[string]))
}
