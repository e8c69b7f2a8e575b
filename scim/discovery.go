package scim

// Schema is a schema as /Schemas publishes it (RFC 7643 section 7).
type Schema struct {
	ID          string      `json:"id"`
	Meta        *Meta       `json:"meta,omitempty"`
	Schemas     []string    `json:"schemas"`
	Name        string      `json:"name"`
	Description string      `json:"description"`
	Attributes  []Attribute `json:"attributes"`
}

// Schemas are those of users, of groups and of the enterprise extension, with
// the attributes that AWS supports.
func Schemas() []Schema {
	schema := func(id, name, description string, attributes []Attribute) Schema {
		return Schema{
			ID: id, Meta: &Meta{ResourceType: "Schema"}, Schemas: []string{SchemaSchema},
			Name: name, Description: description, Attributes: attributes,
		}
	}
	return []Schema{
		schema(UserSchema, "User", "A user of the identity store.", userAttributes),
		schema(GroupSchema, "Group", "A group of users of the identity store.", groupAttributes),
		schema(EnterpriseSchema, "EnterpriseUser", "What an organisation notes about a user.", enterpriseAttributes),
	}
}

// ResourceType says where resources of one kind are (RFC 7643 section 6).
type ResourceType struct {
	ID               string            `json:"id"`
	Meta             *Meta             `json:"meta,omitempty"`
	Schemas          []string          `json:"schemas"`
	Name             string            `json:"name"`
	Description      string            `json:"description"`
	Endpoint         string            `json:"endpoint"`
	Schema           string            `json:"schema"`
	SchemaExtensions []SchemaExtension `json:"schemaExtensions,omitempty"`
}

// SchemaExtension names a schema that adds to a resource's own.
type SchemaExtension struct {
	Schema   string `json:"schema"`
	Required bool   `json:"required"`
}

// ResourceTypes are User and Group. The extension says that it is required, as
// in AWS's sample, although no user must have one (aws-contract 7.4).
func ResourceTypes() []ResourceType {
	kind := func(name, schema string, extensions ...SchemaExtension) ResourceType {
		return ResourceType{
			ID: name, Meta: &Meta{ResourceType: "ResourceType"}, Schemas: []string{ResourceTypeSchema},
			Name: name, Description: name + " resource", Endpoint: "/" + name + "s", Schema: schema, SchemaExtensions: extensions,
		}
	}
	return []ResourceType{
		kind("User", UserSchema, SchemaExtension{Schema: EnterpriseSchema, Required: true}),
		kind("Group", GroupSchema),
	}
}

// ServiceProviderConfig says what the server can do (RFC 7643 section 5).
type ServiceProviderConfig struct {
	Schemas               []string               `json:"schemas"`
	DocumentationURI      string                 `json:"documentationUri"`
	Patch                 Supported              `json:"patch"`
	Bulk                  Bulk                   `json:"bulk"`
	Filter                Filtering              `json:"filter"`
	ChangePassword        Supported              `json:"changePassword"`
	Sort                  Supported              `json:"sort"`
	ETag                  Supported              `json:"etag"`
	AuthenticationSchemes []AuthenticationScheme `json:"authenticationSchemes"`
}

// Supported is a feature that is there or not.
type Supported struct {
	Supported bool `json:"supported"`
}

// Bulk says how large a bulk request may be.
type Bulk struct {
	Supported      bool `json:"supported"`
	MaxOperations  int  `json:"maxOperations"`
	MaxPayloadSize int  `json:"maxPayloadSize"` // bytes
}

// Filtering says how many resources a filter may find.
type Filtering struct {
	Supported  bool `json:"supported"`
	MaxResults int  `json:"maxResults"`
}

// AuthenticationScheme is a way to say who is asking.
type AuthenticationScheme struct {
	Type             string `json:"type"`
	Name             string `json:"name"`
	Description      string `json:"description"`
	SpecURI          string `json:"specUri"`
	DocumentationURI string `json:"documentationUri"`
	Primary          bool   `json:"primary"`
}

// MaxBody is the largest body of a request, in bytes.
const MaxBody = 1 << 20

// NewServiceProviderConfig is AWS's own, with the 50 results it still names
// although a page holds [MaxResults] (aws-contract 7.4): a client must not take
// its page size from there.
func NewServiceProviderConfig() ServiceProviderConfig {
	const guide = "https://docs.aws.amazon.com/singlesignon/latest/userguide/provision-automatically.html"
	return ServiceProviderConfig{
		Schemas: []string{ServiceProviderConfigSchema}, DocumentationURI: guide,
		Patch: Supported{true}, Bulk: Bulk{MaxOperations: 1, MaxPayloadSize: MaxBody}, Filter: Filtering{Supported: true, MaxResults: 50},
		AuthenticationSchemes: []AuthenticationScheme{{
			Type: "oauthbearertoken", Name: "OAuth Bearer Token",
			Description: "Authentication by a bearer token of the identity store (RFC 6750).",
			SpecURI:     "https://www.rfc-editor.org/info/rfc6750", DocumentationURI: guide, Primary: true,
		}},
	}
}
