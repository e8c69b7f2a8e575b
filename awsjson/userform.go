package awsjson

import (
	"encoding/json"

	"rollcall/identity"
)

// AttributesOf writes the attributes of u, what is not set left out. The
// enterprise extension is among them only if asked for.
func AttributesOf(u *identity.User, extensions bool) (Attributes, error) {
	a := Attributes{
		UserName: set(u.UserName), Name: nameOf(u.Name), DisplayName: set(u.DisplayName), NickName: set(u.NickName),
		ProfileURL: set(u.ProfileURL), UserType: set(u.UserType), Title: set(u.Title),
		PreferredLanguage: set(u.PreferredLanguage), Locale: set(u.Locale), Timezone: set(u.Timezone),
		Website: set(u.Website), Birthdate: set(u.Birthdate),
	}
	for _, e := range u.Emails {
		a.Emails = append(a.Emails, Email{set(e.Value), set(e.Type), e.Primary})
	}
	for _, p := range u.PhoneNumbers {
		a.PhoneNumbers = append(a.PhoneNumbers, PhoneNumber{set(p.Value), set(p.Type), p.Primary})
	}
	for _, r := range u.Roles {
		a.Roles = append(a.Roles, Role{set(r.Value), set(r.Type), r.Primary})
	}
	for _, p := range u.Photos {
		a.Photos = append(a.Photos, Photo{set(p.Value), set(p.Type), set(p.Display), p.Primary})
	}
	for _, d := range u.Addresses {
		a.Addresses = append(a.Addresses, Address{
			set(d.StreetAddress), set(d.Locality), set(d.Region), set(d.PostalCode), set(d.Country), set(d.Formatted), set(d.Type), d.Primary,
		})
	}
	if !extensions || u.Enterprise == (identity.Enterprise{}) {
		return a, nil
	}
	document, err := enterpriseDocument(u)
	a.Extensions = map[string]json.RawMessage{EnterpriseExtension: document}
	return a, err
}

func nameOf(n identity.Name) *Name {
	if n == (identity.Name{}) {
		return nil
	}
	return &Name{
		set(n.Formatted), set(n.FamilyName), set(n.GivenName), set(n.MiddleName), set(n.HonorificPrefix), set(n.HonorificSuffix),
	}
}

// User reads the attributes into a user; it is the inverse of [AttributesOf].
// It fails with an [Exception] for an extension that is none.
func (a *Attributes) User() (identity.User, error) {
	u := identity.User{
		UserName: get(a.UserName), DisplayName: get(a.DisplayName), NickName: get(a.NickName), ProfileURL: get(a.ProfileURL),
		UserType: get(a.UserType), Title: get(a.Title), PreferredLanguage: get(a.PreferredLanguage), Locale: get(a.Locale),
		Timezone: get(a.Timezone), Website: get(a.Website), Birthdate: get(a.Birthdate),
	}
	if n := a.Name; n != nil {
		u.Name = identity.Name{
			Formatted: get(n.Formatted), FamilyName: get(n.FamilyName), GivenName: get(n.GivenName),
			MiddleName: get(n.MiddleName), HonorificPrefix: get(n.HonorificPrefix), HonorificSuffix: get(n.HonorificSuffix),
		}
	}
	for _, e := range a.Emails {
		u.Emails = append(u.Emails, identity.Email{Value: get(e.Value), Type: get(e.Type), Primary: e.Primary})
	}
	for _, p := range a.PhoneNumbers {
		u.PhoneNumbers = append(u.PhoneNumbers, identity.PhoneNumber{Value: get(p.Value), Type: get(p.Type), Primary: p.Primary})
	}
	for _, r := range a.Roles {
		u.Roles = append(u.Roles, identity.Role{Value: get(r.Value), Type: get(r.Type), Primary: r.Primary})
	}
	for _, p := range a.Photos {
		u.Photos = append(u.Photos, identity.Photo{Value: get(p.Value), Type: get(p.Type), Display: get(p.Display), Primary: p.Primary})
	}
	for _, d := range a.Addresses {
		u.Addresses = append(u.Addresses, identity.Address{
			StreetAddress: get(d.StreetAddress), Locality: get(d.Locality), Region: get(d.Region), PostalCode: get(d.PostalCode),
			Country: get(d.Country), Formatted: get(d.Formatted), Type: get(d.Type), Primary: d.Primary,
		})
	}
	return u, a.extend(&u)
}

func (a *Attributes) extend(u *identity.User) error {
	document, ok := a.Extensions[EnterpriseExtension]
	if !ok {
		return nil
	}
	edits, err := enterpriseEdits(document)
	if err == nil {
		err = u.Apply(edits)
	}
	if err != nil {
		return Invalid("extensions", "Member must be a document of "+EnterpriseExtension)
	}
	return nil
}

const (
	statusEnabled  = "ENABLED"
	statusDisabled = "DISABLED"
)

// UserOf writes u as a user of store, the enterprise extension only if asked
// for.
func UserOf(store identity.StoreID, u *identity.User, extensions bool) (User, error) {
	attributes, err := AttributesOf(u, extensions)
	out := User{
		UserRevision: UserRevisionOf(store, u), Attributes: attributes, ExternalIDs: externalIDsOf(u.ExternalIDs),
		UserStatus: statusDisabled, Written: writtenOf(&u.Meta),
	}
	if u.Active {
		out.UserStatus = statusEnabled
	}
	return out, err
}

// Identity reads the user back; it is the inverse of [UserOf].
func (u *User) Identity() (identity.User, error) {
	out, err := u.Attributes.User()
	out.ID = identity.ID(u.UserID)
	out.Active = u.UserStatus == statusEnabled
	out.ExternalIDs = externalIDs(u.ExternalIDs)
	out.Meta = u.Written.meta(u.Revision)
	return out, err
}

// UserRefOf names a user of store.
func UserRefOf(store identity.StoreID, id identity.ID) UserRef {
	return UserRef{string(store), string(id), identity.ARN(identity.KindUser, id)}
}

// UserRevisionOf names u and its revision.
func UserRevisionOf(store identity.StoreID, u *identity.User) UserRevision {
	return UserRevision{UserRefOf(store, u.ID), u.Revision}
}

func externalIDsOf(ids []identity.ExternalID) []ExternalID {
	var out []ExternalID
	for _, id := range ids {
		out = append(out, ExternalID{Issuer: &id.Issuer, ID: &id.ID})
	}
	return out
}

func externalIDs(ids []ExternalID) []identity.ExternalID {
	var out []identity.ExternalID
	for _, id := range ids {
		out = append(out, identity.ExternalID{Issuer: get(id.Issuer), ID: get(id.ID)})
	}
	return out
}

func writtenOf(m *identity.Meta) Written {
	return Written{TimeOf(m.CreatedAt), m.CreatedBy, TimeOf(m.UpdatedAt), m.UpdatedBy}
}

func (w *Written) meta(revision string) identity.Meta {
	return identity.Meta{
		Revision: revision, CreatedAt: w.CreatedAt.UTC(), CreatedBy: w.CreatedBy, UpdatedAt: w.UpdatedAt.UTC(), UpdatedBy: w.UpdatedBy,
	}
}

// set returns where s is, nil if it is empty: AWS has no empty texts.
func set(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func get(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
