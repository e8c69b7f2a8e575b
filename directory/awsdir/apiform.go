package awsdir

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/document"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"

	"rollcall/awscall"
	"rollcall/awsjson"
	"rollcall/fault"
	"rollcall/identity"
)

// newUser writes u as CreateUser takes it.
func newUser(u *identity.User) (identitystore.CreateUserInput, error) {
	extensions, err := extensionsOf(u)
	return identitystore.CreateUserInput{
		UserName: awscall.Text(u.UserName), DisplayName: awscall.Text(u.DisplayName), NickName: awscall.Text(u.NickName), ProfileUrl: awscall.Text(u.ProfileURL),
		UserType: awscall.Text(u.UserType), Title: awscall.Text(u.Title), PreferredLanguage: awscall.Text(u.PreferredLanguage), Locale: awscall.Text(u.Locale),
		Timezone: awscall.Text(u.Timezone), Website: awscall.Text(u.Website), Birthdate: awscall.Text(u.Birthdate), Extensions: extensions,
		Name: &types.Name{
			Formatted: awscall.Text(u.Name.Formatted), FamilyName: awscall.Text(u.Name.FamilyName), GivenName: awscall.Text(u.Name.GivenName),
			MiddleName: awscall.Text(u.Name.MiddleName), HonorificPrefix: awscall.Text(u.Name.HonorificPrefix), HonorificSuffix: awscall.Text(u.Name.HonorificSuffix),
		},
		Emails: each(u.Emails, func(e identity.Email) types.Email {
			return types.Email{Value: awscall.Text(e.Value), Type: awscall.Text(e.Type), Primary: e.Primary}
		}),
		PhoneNumbers: each(u.PhoneNumbers, func(p identity.PhoneNumber) types.PhoneNumber {
			return types.PhoneNumber{Value: awscall.Text(p.Value), Type: awscall.Text(p.Type), Primary: p.Primary}
		}),
		Roles: each(u.Roles, func(r identity.Role) types.Role {
			return types.Role{Value: awscall.Text(r.Value), Type: awscall.Text(r.Type), Primary: r.Primary}
		}),
		Photos: each(u.Photos, func(p identity.Photo) types.Photo {
			return types.Photo{Value: awscall.Text(p.Value), Type: awscall.Text(p.Type), Display: awscall.Text(p.Display), Primary: p.Primary}
		}),
		Addresses: each(u.Addresses, func(a identity.Address) types.Address {
			return types.Address{
				StreetAddress: awscall.Text(a.StreetAddress), Locality: awscall.Text(a.Locality), Region: awscall.Text(a.Region), PostalCode: awscall.Text(a.PostalCode),
				Country: awscall.Text(a.Country), Formatted: awscall.Text(a.Formatted), Type: awscall.Text(a.Type), Primary: a.Primary,
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
		ID: identity.ID(aws.ToString(w.UserId)), UserName: aws.ToString(w.UserName), DisplayName: aws.ToString(w.DisplayName), NickName: aws.ToString(w.NickName),
		ProfileURL: aws.ToString(w.ProfileUrl), UserType: aws.ToString(w.UserType), Title: aws.ToString(w.Title), PreferredLanguage: aws.ToString(w.PreferredLanguage),
		Locale: aws.ToString(w.Locale), Timezone: aws.ToString(w.Timezone), Website: aws.ToString(w.Website), Birthdate: aws.ToString(w.Birthdate),
		Active: w.UserStatus != types.UserStatusDisabled, ExternalIDs: d.externalIDs(w.ExternalIds),
		Emails: each(w.Emails, func(e types.Email) identity.Email {
			return identity.Email{Value: aws.ToString(e.Value), Type: aws.ToString(e.Type), Primary: e.Primary}
		}),
		PhoneNumbers: each(w.PhoneNumbers, func(p types.PhoneNumber) identity.PhoneNumber {
			return identity.PhoneNumber{Value: aws.ToString(p.Value), Type: aws.ToString(p.Type), Primary: p.Primary}
		}),
		Roles: each(w.Roles, func(r types.Role) identity.Role {
			return identity.Role{Value: aws.ToString(r.Value), Type: aws.ToString(r.Type), Primary: r.Primary}
		}),
		Photos: each(w.Photos, func(p types.Photo) identity.Photo {
			return identity.Photo{Value: aws.ToString(p.Value), Type: aws.ToString(p.Type), Display: aws.ToString(p.Display), Primary: p.Primary}
		}),
		Addresses: each(w.Addresses, func(a types.Address) identity.Address {
			return identity.Address{
				StreetAddress: aws.ToString(a.StreetAddress), Locality: aws.ToString(a.Locality), Region: aws.ToString(a.Region), PostalCode: aws.ToString(a.PostalCode),
				Country: aws.ToString(a.Country), Formatted: aws.ToString(a.Formatted), Type: aws.ToString(a.Type), Primary: a.Primary,
			}
		}),
		Meta: meta(w.Revision, w.CreatedAt, w.UpdatedAt, w.CreatedBy, w.UpdatedBy),
	}
	if n := w.Name; n != nil {
		u.Name = identity.Name{
			Formatted: aws.ToString(n.Formatted), FamilyName: aws.ToString(n.FamilyName), GivenName: aws.ToString(n.GivenName),
			MiddleName: aws.ToString(n.MiddleName), HonorificPrefix: aws.ToString(n.HonorificPrefix), HonorificSuffix: aws.ToString(n.HonorificSuffix),
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
	if aws.ToString(w.GroupId) == "" {
		return identity.Group{}, nameless("group")
	}
	return identity.Group{
		ID: identity.ID(aws.ToString(w.GroupId)), DisplayName: aws.ToString(w.DisplayName), Description: aws.ToString(w.Description),
		ExternalIDs: d.externalIDs(w.ExternalIds), Meta: meta(w.Revision, w.CreatedAt, w.UpdatedAt, w.CreatedBy, w.UpdatedBy),
	}, nil
}

func (d *api) externalIDs(ids []types.ExternalId) []identity.ExternalID {
	return each(ids, func(id types.ExternalId) identity.ExternalID {
		return identity.ExternalID{Issuer: d.names.read(aws.ToString(id.Issuer)), ID: aws.ToString(id.Id)}
	})
}

func membership(w *types.GroupMembership) (identity.Membership, error) {
	m := identity.Membership{
		ID: identity.ID(aws.ToString(w.MembershipId)), GroupID: identity.ID(aws.ToString(w.GroupId)),
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
		Revision: aws.ToString(revision), CreatedAt: awscall.Moment(created), UpdatedAt: awscall.Moment(updated), CreatedBy: aws.ToString(createdBy), UpdatedBy: aws.ToString(updatedBy),
	}
}
