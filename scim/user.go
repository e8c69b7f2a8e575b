package scim

import (
	"encoding/json"
	"time"

	"rollcall/fault"
	"rollcall/identity"
)

// User is a user on the wire (aws-contract 7.3, 7.4). Its lists have the
// identity package's own shapes, whose JSON keys are SCIM's.
type User struct {
	ID                string                 `json:"id,omitempty"`
	ExternalID        string                 `json:"externalId,omitempty"`
	Meta              *Meta                  `json:"meta,omitempty"`
	Schemas           []string               `json:"schemas"`
	UserName          string                 `json:"userName,omitempty"`
	Name              *identity.Name         `json:"name,omitempty"`
	DisplayName       string                 `json:"displayName,omitempty"`
	NickName          string                 `json:"nickName,omitempty"`
	ProfileURL        string                 `json:"profileUrl,omitempty"`
	Title             string                 `json:"title,omitempty"`
	UserType          string                 `json:"userType,omitempty"`
	PreferredLanguage string                 `json:"preferredLanguage,omitempty"`
	Locale            string                 `json:"locale,omitempty"`
	Timezone          string                 `json:"timezone,omitempty"`
	Active            Bool                   `json:"active"`
	Emails            []identity.Email       `json:"emails,omitempty"`
	Addresses         []identity.Address     `json:"addresses,omitempty"`
	PhoneNumbers      []identity.PhoneNumber `json:"phoneNumbers,omitempty"`
	Roles             []identity.Role        `json:"roles,omitempty"`
	Enterprise        *Enterprise            `json:"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User,omitempty"`
}

// Meta is what the server notes about a resource. AWS gives no location and no
// version, and times in whole seconds of UTC.
type Meta struct {
	ResourceType string    `json:"resourceType"` // User, Group
	Created      time.Time `json:"created,omitzero"`
	LastModified time.Time `json:"lastModified,omitzero"`
}

// Enterprise is the enterprise extension (RFC 7643 section 4.3).
type Enterprise struct {
	EmployeeNumber string   `json:"employeeNumber,omitempty"`
	CostCenter     string   `json:"costCenter,omitempty"`
	Organization   string   `json:"organization,omitempty"`
	Division       string   `json:"division,omitempty"`
	Department     string   `json:"department,omitempty"`
	Manager        *Manager `json:"manager,omitempty"`
}

// Manager names a user's manager. AWS keeps only the value.
type Manager struct {
	Value string `json:"value,omitempty"`
}

// Bool is a boolean that may come as the string "true" or "false", whatever
// its case, and is written as a boolean (aws-contract 7.7).
type Bool bool

// UnmarshalJSON reads either form; null is false.
func (b *Bool) UnmarshalJSON(raw []byte) error {
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return err
	}
	value, ok := boolean(v)
	if !ok && v != nil {
		return fault.Text(fault.Invalid, "read boolean", "", `want true or false, or "true" or "false"`)
	}
	*b = Bool(value)
	return nil
}

// WriteUser is how u looks on the wire.
func (d Dialect) WriteUser(u *identity.User) User {
	out := User{
		ID: string(u.ID), ExternalID: d.externalID(u.ExternalIDs), Meta: meta("User", u.Meta),
		Schemas: []string{UserSchema}, UserName: u.UserName, DisplayName: u.DisplayName, NickName: u.NickName,
		ProfileURL: u.ProfileURL, Title: u.Title, UserType: u.UserType, PreferredLanguage: u.PreferredLanguage,
		Locale: u.Locale, Timezone: u.Timezone, Active: Bool(u.Active), Emails: u.Emails, Addresses: u.Addresses,
		PhoneNumbers: u.PhoneNumbers, Roles: u.Roles,
	}
	if u.Name != (identity.Name{}) {
		out.Name = &u.Name
	}
	if e := u.Enterprise; e != (identity.Enterprise{}) {
		out.Schemas = append(out.Schemas, EnterpriseSchema)
		out.Enterprise = &Enterprise{
			EmployeeNumber: e.EmployeeNumber, CostCenter: e.CostCenter, Organization: e.Organization,
			Division: e.Division, Department: e.Department,
		}
		if e.Manager != "" {
			out.Enterprise.Manager = &Manager{e.Manager}
		}
	}
	return out
}

// User is the user that a resource describes. It is not validated.
func (d Dialect) User(r *User) identity.User {
	u := identity.User{
		ID: identity.ID(r.ID), UserName: r.UserName, DisplayName: r.DisplayName, NickName: r.NickName,
		ProfileURL: r.ProfileURL, Title: r.Title, UserType: r.UserType, PreferredLanguage: r.PreferredLanguage,
		Locale: r.Locale, Timezone: r.Timezone, Active: bool(r.Active), Emails: r.Emails, Addresses: r.Addresses,
		PhoneNumbers: r.PhoneNumbers, Roles: r.Roles, ExternalIDs: d.externalIDs(nil, r.ExternalID), Meta: r.Meta.identity(),
	}
	if r.Name != nil {
		u.Name = *r.Name
	}
	if e := r.Enterprise; e != nil {
		u.Enterprise = identity.Enterprise{
			EmployeeNumber: e.EmployeeNumber, CostCenter: e.CostCenter, Organization: e.Organization,
			Division: e.Division, Department: e.Department,
		}
		if e.Manager != nil {
			u.Enterprise.Manager = e.Manager.Value
		}
	}
	return u
}

// ReadUser reads the body of a POST or PUT. The user has the body's id if it
// names one, and is valid but for what only the directory knows. It fails with
// fault.Invalid, around [identity.Problems] where attributes are at fault.
func (d Dialect) ReadUser(body []byte) (identity.User, error) {
	const op = "read user"
	in, err := parseObject(op, body)
	if err != nil {
		return identity.User{}, err
	}
	r := reader{Dialect: d}
	t := r.resource(in, userAttributes, enterpriseAttributes)
	if _, said := t["active"]; !said {
		t["active"] = d.ActiveByDefault
	}
	r.id(in, t)
	return d.userOf(op, &r, t)
}

// id takes over the body's id, if there is one.
func (r *reader) id(in object, t tree) {
	for _, m := range in {
		if _, isText := m.value.(string); m.value != nil && !isText && contains(readOnly[:1], m.name) {
			r.refuse("id", "want a string")
		} else if isText && contains(readOnly[:1], m.name) {
			t["id"] = m.value
		}
	}
}

func (d Dialect) userOf(op string, r *reader, t tree) (identity.User, error) {
	if err := r.err(op); err != nil {
		return identity.User{}, err
	}
	var resource User
	if err := into(t, &resource); err != nil {
		return identity.User{}, err
	}
	u := d.User(&resource)
	return u, u.Validate()
}

// ReplaceUser is what a PUT of fresh leaves of stored: what SCIM cannot see of
// it stays, everything else is as fresh has it (aws-contract 7.6).
func (d Dialect) ReplaceUser(stored, fresh identity.User) identity.User {
	fresh.ID, fresh.Meta = stored.ID, stored.Meta
	fresh.Photos, fresh.Website, fresh.Birthdate = stored.Photos, stored.Website, stored.Birthdate
	fresh.ExternalIDs = d.externalIDs(stored.ExternalIDs, d.externalID(fresh.ExternalIDs))
	return fresh
}

// externalID is the id that this dialect's issuer gave.
func (d Dialect) externalID(ids []identity.ExternalID) string {
	for _, id := range ids {
		if id.Issuer == d.Issuer {
			return id.ID
		}
	}
	return ""
}

// externalIDs is had with this dialect's own id set, or taken out if it is
// empty.
func (d Dialect) externalIDs(had []identity.ExternalID, id string) []identity.ExternalID {
	var all []identity.ExternalID
	fresh := id != "" && d.Issuer != ""
	for _, one := range had {
		if one.Issuer != d.Issuer {
			all = append(all, one)
		} else if fresh {
			all = append(all, identity.ExternalID{Issuer: d.Issuer, ID: id})
			fresh = false
		}
	}
	if fresh {
		all = append(all, identity.ExternalID{Issuer: d.Issuer, ID: id})
	}
	return all
}

func meta(kind string, m identity.Meta) *Meta {
	return &Meta{
		ResourceType: kind, Created: m.CreatedAt.UTC().Truncate(time.Second), LastModified: m.UpdatedAt.UTC().Truncate(time.Second),
	}
}

func (m *Meta) identity() identity.Meta {
	if m == nil {
		return identity.Meta{}
	}
	return identity.Meta{CreatedAt: m.Created, UpdatedAt: m.LastModified}
}
