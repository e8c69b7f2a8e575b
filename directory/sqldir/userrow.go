package sqldir

import (
	"database/sql"
	"encoding/json"
	"slices"

	"rollcall/directory"
	"rollcall/fault"
	"rollcall/identity"
)

// userRest holds the attributes of a user that have no column of their own, as
// the column "rest" keeps them: JSON with what is not set left out.
type userRest struct {
	Name              identity.Name          `json:"name,omitzero"`
	NickName          string                 `json:"nickName,omitempty"`
	ProfileURL        string                 `json:"profileUrl,omitempty"`
	Emails            []identity.Email       `json:"emails,omitempty"`
	Addresses         []identity.Address     `json:"addresses,omitempty"`
	PhoneNumbers      []identity.PhoneNumber `json:"phoneNumbers,omitempty"`
	UserType          string                 `json:"userType,omitempty"`
	Title             string                 `json:"title,omitempty"`
	PreferredLanguage string                 `json:"preferredLanguage,omitempty"`
	Locale            string                 `json:"locale,omitempty"`
	Timezone          string                 `json:"timezone,omitempty"`
	Photos            []identity.Photo       `json:"photos,omitempty"`
	Website           string                 `json:"website,omitempty"`
	Birthdate         string                 `json:"birthdate,omitempty"`
	Roles             []identity.Role        `json:"roles,omitempty"`
	Enterprise        enterprise             `json:"enterprise,omitzero"`
	ExternalIDs       []identity.ExternalID  `json:"externalIds,omitempty"`
}

type enterprise struct {
	EmployeeNumber string `json:"employeeNumber,omitempty"`
	CostCenter     string `json:"costCenter,omitempty"`
	Organization   string `json:"organization,omitempty"`
	Division       string `json:"division,omitempty"`
	Department     string `json:"department,omitempty"`
	Manager        string `json:"manager,omitempty"`
}

func restOf(u *identity.User) userRest {
	return userRest{
		Name: u.Name, NickName: u.NickName, ProfileURL: u.ProfileURL,
		Emails: u.Emails, Addresses: u.Addresses, PhoneNumbers: u.PhoneNumbers,
		UserType: u.UserType, Title: u.Title, PreferredLanguage: u.PreferredLanguage, Locale: u.Locale, Timezone: u.Timezone,
		Photos: u.Photos, Website: u.Website, Birthdate: u.Birthdate, Roles: u.Roles, Enterprise: enterprise(u.Enterprise),
		ExternalIDs: u.ExternalIDs,
	}
}

func (r *userRest) fill(u *identity.User) {
	given, family := u.Name.GivenName, u.Name.FamilyName
	u.Name = r.Name
	u.Name.GivenName, u.Name.FamilyName = given, family
	u.NickName, u.ProfileURL = r.NickName, r.ProfileURL
	u.Emails, u.Addresses, u.PhoneNumbers = r.Emails, r.Addresses, r.PhoneNumbers
	u.UserType, u.Title = r.UserType, r.Title
	u.PreferredLanguage, u.Locale, u.Timezone = r.PreferredLanguage, r.Locale, r.Timezone
	u.Photos, u.Website, u.Birthdate, u.Roles = r.Photos, r.Website, r.Birthdate, r.Roles
	u.Enterprise, u.ExternalIDs = identity.Enterprise(r.Enterprise), r.ExternalIDs
}

// restColumn is the column "rest" of u: the names with columns left out.
func restColumn(u *identity.User) (string, error) {
	rest := restOf(u)
	rest.Name.GivenName, rest.Name.FamilyName = "", ""
	text, err := json.Marshal(rest)
	if err != nil {
		return "", fault.New(fault.Internal, "encode user", named(identity.KindUser, u.ID), err)
	}
	return string(text), nil
}

// emailColumn is the column "email_fold" of u: nil without an e-mail.
func emailColumn(u *identity.User) any {
	if u.Email() == "" {
		return nil
	}
	return foldKey(u.Email())
}

// normal gives what is not set its one form, that of a user read back.
func normal(u *identity.User) {
	u.Emails, u.Addresses, u.PhoneNumbers = orNil(u.Emails), orNil(u.Addresses), orNil(u.PhoneNumbers)
	u.Photos, u.Roles, u.ExternalIDs = orNil(u.Photos), orNil(u.Roles), orNil(u.ExternalIDs)
}

// orNil copies a list, so that callers share no memory with what they gave.
func orNil[E any](list []E) []E {
	if len(list) == 0 {
		return nil
	}
	return slices.Clone(list)
}

func scanUser(scan func(...any) error) (r row[identity.User], err error) {
	var created, updated int64
	var rest sql.RawBytes
	u := &r.item
	if err := scan(&r.key, (*string)(&u.ID), &r.revision, &u.Active, &u.UserName, &u.DisplayName, &u.Name.GivenName, &u.Name.FamilyName,
		&rest, &created, &updated, &u.CreatedBy, &u.UpdatedBy); err != nil {
		return r, err
	}
	u.Revision, u.CreatedAt, u.UpdatedAt = revisionText(r.revision), timeOf(created), timeOf(updated)
	var decoded userRest
	if err := json.Unmarshal(rest, &decoded); err != nil {
		return r, fault.New(fault.Internal, "decode user", named(identity.KindUser, u.ID), err)
	}
	decoded.fill(u)
	return r, nil
}

const (
	selectUser = `SELECT key, id, revision, active, user_name, display_name, given_name, family_name, rest,
		created_at, updated_at, created_by, updated_by FROM users WHERE store = $1 AND `
	selectUserByID = selectUser + `id = $2`
	selectUsers    = selectUser + `key > $2 ORDER BY key ` + limit3
	selectUserKey  = `SELECT key FROM users WHERE store = $1 AND id = $2`

	insertUser = `INSERT INTO users (store, id, revision, active, user_name, user_name_fold, email_fold,
		display_name, given_name, family_name, rest, created_at, updated_at, created_by, updated_by)
		VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12, $12) RETURNING key`
	updateUser = `UPDATE users SET revision = revision + 1, active = $3, user_name = $4, user_name_fold = $5, email_fold = $6,
		display_name = $7, given_name = $8, family_name = $9, rest = $10, updated_at = $11, updated_by = $12
		WHERE key = $1 AND revision = $2`
	deleteUser = `DELETE FROM users WHERE key = $1 AND revision = $2`
)

var userQueries = queries{
	name: map[string]string{
		directory.KeyUserName: selectUser + `user_name_fold = $2`,
		directory.KeyEmail:    selectUser + `email_fold = $2`,
	},
	external: selectUser + `key IN (SELECT DISTINCT owner FROM user_external_ids WHERE store = $1 AND id = $2 LIMIT 2)`,
	issued:   selectUser + `key = (SELECT owner FROM user_external_ids WHERE store = $1 AND id = $2 AND issuer = $3)`,
}
