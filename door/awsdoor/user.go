package awsdoor

import (
	"context"
	"slices"
	"strings"

	"rollcall/awsjson"
	"rollcall/directory"
	"rollcall/identity"
)

// userNames is what AWS calls a user's unique values when one is taken.
var userNames = map[string]string{"userName": "UserName", "emails.value": "Email"}

func createUser(ctx context.Context, s *store, in *awsjson.CreateUserInput) (any, error) {
	u, err := in.User()
	if err != nil {
		return nil, err
	}
	if err := complete(&u); err != nil {
		return nil, err
	}
	u.Active = true
	made, err := s.writer().CreateUser(ctx, u)
	if err != nil {
		return nil, taken(err, userNames)
	}
	return awsjson.CreateUserOutput{UserRevision: awsjson.UserRevisionOf(s.id, &made)}, nil
}

// complete holds what the service demands beyond its model, in its words
// (aws-contract 3.6).
func complete(u *identity.User) error {
	if u.UserName == "" {
		return required("userName is a required attribute")
	}
	var lack []string
	if u.DisplayName == "" {
		lack = append(lack, "displayname")
	}
	switch {
	case u.Name == identity.Name{}:
		lack = append(lack, "name")
	default:
		if u.Name.GivenName == "" {
			lack = append(lack, "givenname")
		}
		if u.Name.FamilyName == "" {
			lack = append(lack, "familyname")
		}
	}
	return lacking(lack)
}

func lacking(attributes []string) error {
	if len(attributes) == 0 {
		return nil
	}
	texts := make([]string, len(attributes))
	for i, a := range attributes {
		texts[i] = a + ": The attribute " + a + " is required"
	}
	return required(strings.Join(texts, ", "))
}

func required(message string) error {
	return &awsjson.Exception{Type: awsjson.TypeValidation, Message: message}
}

func describeUser(ctx context.Context, s *store, in *awsjson.DescribeUserInput) (any, error) {
	id, err := idOf(identity.KindUser, in.UserID)
	if err != nil {
		return nil, err
	}
	u, err := s.User(ctx, id)
	if err != nil {
		return nil, about(err, awsjson.ResourceUser, id)
	}
	return awsjson.UserOf(s.id, &u, wantsEnterprise(in.Extensions))
}

func wantsEnterprise(extensions []string) bool {
	return slices.Contains(extensions, awsjson.EnterpriseExtension)
}

func listUsers(ctx context.Context, s *store, in *awsjson.ListUsersInput) (any, error) {
	var found directory.Page[identity.User]
	value, filtered, err := filter(in.Filters, &in.Page, "UserName")
	switch {
	case err != nil:
		return nil, err
	case filtered:
		found.Items, err = atMostOne(s.FindUser(ctx, directory.Key{Attribute: directory.KeyUserName, Value: value}))
	default:
		found, err = s.ListUsers(ctx, page(&in.Page))
	}
	if err != nil {
		return nil, badToken(err)
	}
	out := awsjson.ListUsersOutput{Users: make([]awsjson.User, len(found.Items)), NextToken: found.Next}
	for i := range found.Items {
		if out.Users[i], err = awsjson.UserOf(s.id, &found.Items[i], wantsEnterprise(in.Extensions)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// neededPaths are the attributes that a user cannot be without, with the names
// by which the service asks for them.
var neededPaths = map[string]string{
	"userName": "username", "displayName": "displayname", "name.givenName": "givenname", "name.familyName": "familyname",
}

func updateUser(ctx context.Context, s *store, in *awsjson.UpdateUserInput) (any, error) {
	id, err := idOf(identity.KindUser, in.UserID)
	if err != nil {
		return nil, err
	}
	edits, err := awsjson.UserEdits(in.Operations)
	if err != nil {
		return nil, err
	}
	var lack []string
	for _, e := range edits {
		if name, ok := neededPaths[e.Path]; ok && e.New == nil {
			lack = append(lack, name)
		}
	}
	if err := lacking(lack); err != nil {
		return nil, err
	}
	u, err := s.writer().UpdateUser(ctx, id, text(in.Revision), edits)
	if err != nil {
		return nil, about(taken(err, userNames), awsjson.ResourceUser, id)
	}
	return awsjson.UpdateUserOutput{UserRevision: awsjson.UserRevisionOf(s.id, &u)}, nil
}

func deleteUser(ctx context.Context, s *store, in *awsjson.DeleteUserInput) (any, error) {
	id, err := idOf(identity.KindUser, in.UserID)
	if err != nil {
		return nil, err
	}
	return s.gone(about(s.writer().DeleteUser(ctx, id, text(in.Revision)), awsjson.ResourceUser, id))
}

func getUserID(ctx context.Context, s *store, in *awsjson.GetUserIDInput) (any, error) {
	key, err := keyOf(in.AlternateIdentifier, directory.KeyUserName, directory.KeyEmail)
	if err != nil {
		return nil, err
	}
	u, err := s.FindUser(ctx, key)
	if err != nil {
		return nil, about(err, awsjson.ResourceUser, "")
	}
	return awsjson.GetUserIDOutput{UserRef: awsjson.UserRefOf(s.id, u.ID)}, nil
}
