package ssoadmin

import (
	"encoding/json"

	"rollcall/awsjson"
	"rollcall/fault"
	"rollcall/identity"
)

// Application is an application as it is described and listed.
type Application struct {
	ApplicationArn         string
	ApplicationProviderArn string
	Name                   string
	ApplicationAccount     string
	InstanceArn            string
	IdentityStoreArn       string
	Status                 string         // ENABLED or DISABLED
	PortalOptions          *PortalOptions `json:",omitempty"`
	Description            string         `json:",omitempty"`
	CreatedDate            *awsjson.Time  `json:",omitempty"`
	CreatedFrom            string         `json:",omitempty"` // the region
}

// The operations on applications.
type (
	// CreateApplicationInput is what CreateApplication takes.
	CreateApplicationInput struct {
		InInstance
		ApplicationProviderArn *string        `json:",omitempty"`
		Name                   *string        `json:",omitempty"`
		Description            *string        `json:",omitempty"`
		PortalOptions          *PortalOptions `json:",omitempty"`
		Status                 *string        `json:",omitempty"`
		Tags                   []Tag          `json:",omitempty"`
		ClientToken            *string        `json:",omitempty"`
	}
	// CreateApplicationOutput is what CreateApplication answers.
	CreateApplicationOutput struct{ ApplicationArn, InstanceArn, IdentityStoreArn string }
	// ApplicationInput is what DescribeApplication, DeleteApplication and
	// GetApplicationAssignmentConfiguration take.
	ApplicationInput struct {
		ApplicationArn *string `json:",omitempty"`
	}
	// UpdateApplicationInput is what UpdateApplication takes; it answers
	// nothing.
	UpdateApplicationInput struct {
		ApplicationInput
		Name        *string `json:",omitempty"`
		Description *string `json:",omitempty"`
		Status      *string `json:",omitempty"`
		// PortalOptions has no Visibility: that is set for good when the
		// application is made.
		PortalOptions *PortalOptions `json:",omitempty"`
	}
	// PortalOptions says how the access portal shows an application.
	PortalOptions struct {
		SignInOptions *SignInOptions `json:",omitempty"`
		Visibility    *string        `json:",omitempty"` // ENABLED or DISABLED
	}
	// SignInOptions says where the portal sends somebody.
	SignInOptions struct {
		Origin         *string `json:",omitempty"` // IDENTITY_CENTER, or APPLICATION with a URL
		ApplicationURL *string `json:"ApplicationUrl,omitempty"`
	}
	// ListApplicationsInput is what ListApplications takes.
	ListApplicationsInput struct {
		InInstance
		Filter *ApplicationFilter `json:",omitempty"`
		Page
	}
	// ApplicationFilter leaves the applications of one account, of one
	// provider, or both.
	ApplicationFilter struct {
		ApplicationAccount  *string `json:",omitempty"`
		ApplicationProvider *string `json:",omitempty"`
	}
	// ListApplicationsOutput is what ListApplications answers.
	ListApplicationsOutput struct {
		Applications []Application
		NextToken    string `json:",omitempty"`
	}
)

// MaxApplications is the most that a page of applications may have, whatever
// is asked for (aws-contract 4.5).
const MaxApplications = 50

func (in *CreateApplicationInput) Constrain(c *awsjson.Checker) {
	in.InInstance.Constrain(c)
	c.Needed("applicationProviderArn", in.ApplicationProviderArn, providerRule)
	c.Needed("name", in.Name, applicationNameRule)
	c.Text("description", in.Description, descriptionRule)
	in.PortalOptions.constrain(c)
	applicationStatus(c, in.Status)
	tags(c, in.Tags)
	c.Text("clientToken", in.ClientToken, clientRule)
}

func (in *ApplicationInput) Constrain(c *awsjson.Checker) {
	c.Needed("applicationArn", in.ApplicationArn, applicationRule)
}

// Instance is the ARN of the instance that a checked input is about.
func (in *ApplicationInput) Instance() string { return InstanceOf(text(in.ApplicationArn)) }

func (in *UpdateApplicationInput) Constrain(c *awsjson.Checker) {
	in.ApplicationInput.Constrain(c)
	c.Text("name", in.Name, applicationNameRule)
	c.Text("description", in.Description, descriptionRule)
	applicationStatus(c, in.Status)
	if in.PortalOptions != nil {
		in.PortalOptions.Visibility = nil // a member that the model does not have
		in.PortalOptions.constrain(c)
	}
}

func (in *ListApplicationsInput) Constrain(c *awsjson.Checker) {
	in.InInstance.Constrain(c)
	if in.Filter != nil {
		c.Text("filter.applicationAccount", in.Filter.ApplicationAccount, accountRule)
		c.Text("filter.applicationProvider", in.Filter.ApplicationProvider, providerRule)
	}
	in.Page.constrain(c)
}

func applicationStatus(c *awsjson.Checker, status *string) {
	c.Enum("status", status, enabled, disabled)
}

const (
	enabled  = "ENABLED"
	disabled = "DISABLED"
)

func (p *PortalOptions) constrain(c *awsjson.Checker) {
	if p == nil {
		return
	}
	const at = "portalOptions"
	c.Enum(at+".visibility", p.Visibility, enabled, disabled)
	s := p.SignInOptions
	if s == nil {
		return
	}
	const origin, application = at + ".signInOptions.origin", "APPLICATION"
	if c.Required(origin, s.Origin != nil) {
		c.Enum(origin, s.Origin, "IDENTITY_CENTER", application)
		if *s.Origin == application && s.ApplicationURL == nil {
			c.Refuse(at+".signInOptions.applicationUrl", "Member must not be null when origin is "+application)
		}
	}
	c.Text(at+".signInOptions.applicationUrl", s.ApplicationURL, urlRule)
}

// Application is the application that a checked input describes.
func (in *CreateApplicationInput) Application() (identity.Application, error) {
	portal, err := in.PortalOptions.document()
	return identity.Application{
		Provider: text(in.ApplicationProviderArn), Name: text(in.Name), Description: text(in.Description),
		Enabled: text(in.Status) != disabled, AssignmentRequired: true, Portal: portal,
	}, err
}

// Enabled is what a checked input makes of an application's status; nil leaves
// it as is.
func (in *UpdateApplicationInput) Enabled() *bool {
	if in.Status == nil {
		return nil
	}
	on := *in.Status == enabled
	return &on
}

// Portal is what a checked input makes of an application's portal options; nil
// leaves them as they are.
func (in *UpdateApplicationInput) Portal(had string) (*string, error) {
	if in.PortalOptions == nil || in.PortalOptions.SignInOptions == nil {
		return nil, nil
	}
	options, err := portalOf(had)
	if err != nil {
		return nil, err
	}
	if options == nil {
		options = new(PortalOptions)
	}
	options.SignInOptions = in.PortalOptions.SignInOptions
	document, err := options.document()
	return &document, err
}

func (p *PortalOptions) document() (string, error) {
	if p == nil {
		return "", nil
	}
	document, err := awsjson.Encode(p)
	return string(document), err
}

func portalOf(document string) (*PortalOptions, error) {
	if document == "" {
		return nil, nil
	}
	var p PortalOptions
	if err := json.Unmarshal([]byte(document), &p); err != nil {
		return nil, fault.New(fault.Internal, "read portal options", "", err)
	}
	return &p, nil
}

// Account is the account that a checked input is narrowed to; empty for all.
func (in *ListApplicationsInput) Account() string {
	if in.Filter == nil {
		return ""
	}
	return text(in.Filter.ApplicationAccount)
}

// Provider is the provider that a checked input is narrowed to; empty for all.
func (in *ListApplicationsInput) Provider() string {
	if in.Filter == nil {
		return ""
	}
	return text(in.Filter.ApplicationProvider)
}

// ApplicationOf writes a, which is one of i. It is said to come from where the
// instance is written to.
func ApplicationOf(i *identity.Instance, a *identity.Application) (Application, error) {
	portal, err := portalOf(a.Portal)
	status := disabled
	if a.Enabled {
		status = enabled
	}
	return Application{
		ApplicationArn: a.ARN, ApplicationProviderArn: a.Provider, Name: a.Name, ApplicationAccount: a.Account,
		InstanceArn: i.ARN, IdentityStoreArn: awsjson.StoreARN(i.Owner, i.Store), Status: status, PortalOptions: portal,
		Description: a.Description, CreatedDate: awsjson.TimeOf(a.CreatedAt), CreatedFrom: primary(i.Regions),
	}, err
}

func primary(regions []identity.Region) string {
	for _, r := range regions {
		if r.Primary {
			return r.Name
		}
	}
	return ""
}
