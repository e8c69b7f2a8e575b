package awsdir

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/document"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"

	"rollcall/awsjson"
	"rollcall/fault"
	"rollcall/identity"
)

// newUser writes u as CreateUser takes it.
func newUser(u *identity.User) (identitystore.CreateUserInput, error) {
	extensions, err := extensionsOf(u)
	return identitystore.CreateUserInput{
		UserName: text(u.UserName), DisplayName: text(u.DisplayName), NickName: text(u.NickName), ProfileUrl: text(u.ProfileURL),
		UserType: text(u.UserType), Title: text(u.Title), PreferredLanguage: text(u.PreferredLanguage), Locale: text(u.Locale),
		Timezone: text(u.Timezone), Website: text(u.Website), Birthdate: text(u.Birthdate), Extensions: extensions,
		Name: &types.Name{
			Formatted: text(u.Name.Formatted), FamilyName: text(u.Name.FamilyName), GivenName: text(u.Name.GivenName),
			MiddleName: text(u.Name.MiddleName), HonorificPrefix: text(u.Name.HonorificPrefix), HonorificSuffix: text(u.Name.HonorificSuffix),
		},
		Emails: each(u.Emails, func(e identity.Email) types.Email {
			return types.Email{Value: text(e.Value), Type: text(e.Type), Primary: e.Primary}
		}),
		PhoneNumbers: each(u.PhoneNumbers, func(p identity.PhoneNumber) types.PhoneNumber {
			return types.PhoneNumber{Value: text(p.Value), Type: text(p.Type), Primary: p.Primary}
		}),
		Roles: each(u.Roles, func(r identity.Role) types.Role {
			return types.Role{Value: text(r.Value), Type: text(r.Type), Primary: r.Primary}
		}),
		Photos: each(u.Photos, func(p identity.Photo) types.Photo {
			return types.Photo{Value: text(p.Value), Type: text(p.Type), Display: text(p.Display), Primary: p.Primary}
		}),
		Addresses: each(u.Addresses, func(a identity.Address) types.Address {
			return types.Address{
				StreetAddress: text(a.StreetAddress), Locality: text(a.Locality), Region: text(a.Region), PostalCode: text(a.PostalCode),
				Country: text(a.Country), Formatted: text(a.Formatted), Type: text(a.Type), Primary: a.Primary,
			}
		}),
	}, err
}

// each makes a list of a list, none of none: AWS refuses empty ones.
func each[From, To any](all []From, one func(From) To) []To {
	var out []To
	for _, item := range all {
		out = append(out, one(item))
	}
	return out
}

// extensionsOf is the enterprise extension as a document, none if it is empty.
func extensionsOf(u *identity.User) (map[string]document.Interface, error) {
	form, err := awsjson.AttributesOf(u, true)
	if err != nil || form.Extensions == nil {
		return nil, err
	}
	out := map[string]document.Interface{}
	for name, raw := range form.Extensions {
		var decoded any
		if err := json.Unmarshal(raw, &decoded); err != nil {
			return nil, fault.New(fault.Internal, "write user", "extension "+name, err)
		}
		out[name] = document.NewLazyDocument(decoded)
	}
	return out, nil
}

// enterprise reads the extension back.
func enterprise(extensions map[string]document.Interface) (identity.Enterprise, error) {
	d, ok := extensions[awsjson.EnterpriseExtension]
	if !ok || d == nil {
		return identity.Enterprise{}, nil
	}
	var decoded map[string]any
	if err := d.UnmarshalSmithyDocument(&decoded); err != nil {
		return identity.Enterprise{}, unreadable()
	}
	raw, err := json.Marshal(decoded)
	if err != nil {
		return identity.Enterprise{}, unreadable()
	}
	form := awsjson.Attributes{Extensions: map[string]json.RawMessage{awsjson.EnterpriseExtension: raw}}
	u, err := form.User()
	if err != nil {
		return identity.Enterprise{}, unreadable()
	}
	return u.Enterprise, nil
}

func unreadable() error {
	return fault.New(fault.Incomplete, "read user", "extension "+awsjson.EnterpriseExtension, errors.New("it has another form than the one documented"))
}

// described is DescribeUser's answer as ListUsers would give it.
func described(o *identitystore.DescribeUserOutput) *types.User {
	return &types.User{
		UserId: o.UserId, Revision: o.Revision, UserName: o.UserName, Name: o.Name, DisplayName: o.DisplayName, NickName: o.NickName,
		ProfileUrl: o.ProfileUrl, Emails: o.Emails, Addresses: o.Addresses, PhoneNumbers: o.PhoneNumbers, UserType: o.UserType,
		Title: o.Title, PreferredLanguage: o.PreferredLanguage, Locale: o.Locale, Timezone: o.Timezone, Photos: o.Photos,
		Website: o.Website, Birthdate: o.Birthdate, Roles: o.Roles, Extensions: o.Extensions, ExternalIds: o.ExternalIds,
		UserStatus: o.UserStatus, CreatedAt: o.CreatedAt, CreatedBy: o.CreatedBy, UpdatedAt: o.UpdatedAt, UpdatedBy: o.UpdatedBy,
	}
}

// user reads a user. One without a status is active: services that know none
// disable nobody.
func (d *api) user(w *types.User) (identity.User, error) {
	u := identity.User{
		ID: identity.ID(value(w.UserId)), UserName: value(w.UserName), DisplayName: value(w.DisplayName), NickName: value(w.NickName),
		ProfileURL: value(w.ProfileUrl), UserType: value(w.UserType), Title: value(w.Title), PreferredLanguage: value(w.PreferredLanguage),
		Locale: value(w.Locale), Timezone: value(w.Timezone), Website: value(w.Website), Birthdate: value(w.Birthdate),
		Active: w.UserStatus != types.UserStatusDisabled, ExternalIDs: d.externalIDs(w.ExternalIds),
		Emails: each(w.Emails, func(e types.Email) identity.Email {
			return identity.Email{Value: value(e.Value), Type: value(e.Type), Primary: e.Primary}
		}),
		PhoneNumbers: each(w.PhoneNumbers, func(p types.PhoneNumber) identity.PhoneNumber {
			return identity.PhoneNumber{Value: value(p.Value), Type: value(p.Type), Primary: p.Primary}
		}),
		Roles: each(w.Roles, func(r types.Role) identity.Role {
			return identity.Role{Value: value(r.Value), Type: value(r.Type), Primary: r.Primary}
		}),
		Photos: each(w.Photos, func(p types.Photo) identity.Photo {
			return identity.Photo{Value: value(p.Value), Type: value(p.Type), Display: value(p.Display), Primary: p.Primary}
		}),
		Addresses: each(w.Addresses, func(a types.Address) identity.Address {
			return identity.Address{
				StreetAddress: value(a.StreetAddress), Locality: value(a.Locality), Region: value(a.Region), PostalCode: value(a.PostalCode),
				Country: value(a.Country), Formatted: value(a.Formatted), Type: value(a.Type), Primary: a.Primary,
			}
		}),
		Meta: meta(w.Revision, w.CreatedAt, w.UpdatedAt, w.CreatedBy, w.UpdatedBy),
	}
	if n := w.Name; n != nil {
		u.Name = identity.Name{
			Formatted: value(n.Formatted), FamilyName: value(n.FamilyName), GivenName: value(n.GivenName),
			MiddleName: value(n.MiddleName), HonorificPrefix: value(n.HonorificPrefix), HonorificSuffix: value(n.HonorificSuffix),
		}
	}
	if u.ID == "" {
		return identity.User{}, nameless("user")
	}
	var err error
	u.Enterprise, err = enterprise(w.Extensions)
	return u, err
}

// nameless is an answer about something that has no id: whatever it is, it is
// no proof of anything.
func nameless(kind string) error {
	return fault.Text(fault.Incomplete, "read "+kind, "", "the answer has no id, or one of a kind that this release does not know")
}

func (d *api) group(w *types.Group) (identity.Group, error) {
	if value(w.GroupId) == "" {
		return identity.Group{}, nameless("group")
	}
	return identity.Group{
		ID: identity.ID(value(w.GroupId)), DisplayName: value(w.DisplayName), Description: value(w.Description),
		ExternalIDs: d.externalIDs(w.ExternalIds), Meta: meta(w.Revision, w.CreatedAt, w.UpdatedAt, w.CreatedBy, w.UpdatedBy),
	}, nil
}

func (d *api) externalIDs(ids []types.ExternalId) []identity.ExternalID {
	return each(ids, func(id types.ExternalId) identity.ExternalID {
		return identity.ExternalID{Issuer: d.names.read(value(id.Issuer)), ID: value(id.Id)}
	})
}

func membership(w *types.GroupMembership) (identity.Membership, error) {
	m := identity.Membership{
		ID: identity.ID(value(w.MembershipId)), GroupID: identity.ID(value(w.GroupId)),
		Meta: meta(nil, w.CreatedAt, w.UpdatedAt, w.CreatedBy, w.UpdatedBy),
	}
	user, ok := w.MemberId.(*types.MemberIdMemberUserId)
	if !ok || user.Value == "" || m.ID == "" || m.GroupID == "" {
		return identity.Membership{}, nameless("membership")
	}
	m.UserID = identity.ID(user.Value)
	return m, nil
}

func meta(revision *string, created, updated *time.Time, createdBy, updatedBy *string) identity.Meta {
	return identity.Meta{
		Revision: value(revision), CreatedAt: utc(created), UpdatedAt: utc(updated), CreatedBy: value(createdBy), UpdatedBy: value(updatedBy),
	}
}

func utc(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}
