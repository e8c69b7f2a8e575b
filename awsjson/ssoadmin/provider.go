package ssoadmin

import "rollcall/awsjson"

// CustomProvider is what an application of one's own is an instance of; no
// other can be made by this API.
const CustomProvider = "arn:aws:sso::aws:applicationProvider/custom"

// ApplicationProvider is what applications are instances of.
type ApplicationProvider struct {
	ApplicationProviderArn string
	FederationProtocol     string       // OAUTH or SAML
	DisplayData            *DisplayData `json:",omitempty"`
}

// DisplayData says how the portal shows a provider.
type DisplayData struct{ DisplayName, Description string }

// The operations on application providers.
type (
	// ListProvidersInput is what ListApplicationProviders takes.
	ListProvidersInput struct{ Page }
	// ListProvidersOutput is what ListApplicationProviders answers.
	ListProvidersOutput struct {
		ApplicationProviders []ApplicationProvider
		NextToken            string `json:",omitempty"`
	}
	// ProviderInput is what DescribeApplicationProvider takes; it answers an
	// [ApplicationProvider].
	ProviderInput struct {
		ApplicationProviderArn *string `json:",omitempty"`
	}
)

func (in *ListProvidersInput) Constrain(c *awsjson.Checker) { in.Page.constrain(c) }

func (in *ProviderInput) Constrain(c *awsjson.Checker) {
	c.Needed("applicationProviderArn", in.ApplicationProviderArn, providerRule)
}

// Providers are those that every instance has, by ARN.
func Providers() []ApplicationProvider {
	return []ApplicationProvider{
		{CustomProvider, "OAUTH", &DisplayData{"Custom application", "An application of your own that uses OAuth 2.0"}},
		{CustomProvider + "-saml", "SAML", &DisplayData{"Custom SAML 2.0 application", "An application of your own that uses SAML 2.0"}},
	}
}
