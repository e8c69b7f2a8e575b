package icf

import "encoding/json"

// What the original connector is called.
const (
	BundleName    = "org.forgerock.openicf.connectors.awsiam-connector"
	BundleVersion = "1.5.20.33"
	ConnectorName = "org.forgerock.openicf.connectors.awsiam.AwsIamConnector"
	DisplayName   = "AWS IAM IC Connector"
	CatalogName   = "AWS IAM Identity Center Connector"
)

// ConnectorRef names the connector as a test's answer does.
func ConnectorRef() Object {
	return Object{{"bundleVersion", BundleVersion}, {"bundleName", BundleName}, {"connectorName", ConnectorName}}
}

// AvailableConnector names the connector as the catalogue does.
func AvailableConnector() Object {
	return Object{
		{"connectorName", ConnectorName},
		{"displayName", CatalogName},
		{"bundleName", BundleName},
		{"systemType", "provisioner.openicf"},
		{"bundleVersion", BundleVersion},
	}
}

var operations = []string{
	"CREATE", "UPDATE", "DELETE", "TEST", "SCRIPT_ON_CONNECTOR", "SCRIPT_ON_RESOURCE", "GET", "RESOLVEUSERNAME", "AUTHENTICATE", "SEARCH", "VALIDATE", "SYNC", "SCHEMA",
}

// CoreConfig is what a configuration of the connector begins with: everything
// but what only its author knows.
func CoreConfig() Object {
	timeouts, settings := Object{}, Object{}
	for _, name := range operations {
		timeouts = append(timeouts, Field{name, json.Number("-1")})
	}
	for _, p := range properties {
		if p.Name != PropertyDirectory && p.Name != PropertyEndpoint {
			settings = append(settings, Field{p.Name, p.Default})
		}
	}
	return Object{
		{"connectorRef", append(ConnectorRef(), Field{"systemType", "provisioner.openicf"})},
		{"poolConfigOption", Object{
			{"maxObjects", json.Number("10")},
			{"maxIdle", json.Number("10")},
			{"maxWait", json.Number("150000")},
			{"minEvictableIdleTimeMillis", json.Number("120000")},
			{"minIdle", json.Number("1")},
		}},
		{"resultsHandlerConfig", Object{
			{"enableNormalizingResultsHandler", false},
			{"enableFilteredResultsHandler", true},
			{"enableCaseInsensitiveFilter", false},
			{"enableAttributesToGetSearchResultsHandler", true},
		}},
		{"operationTimeout", timeouts},
		{"configurationProperties", settings},
	}
}

// ObjectTypes is the objectTypes of a full configuration.
func ObjectTypes() Object { return Object{{Account, Schema(Account)}, {Group, Schema(Group)}} }

// OperationOptions is the operationOptions of a full configuration: what the
// connector can do, and what it is asked although it cannot.
func OperationOptions() Object {
	options := Object{}
	for _, name := range []string{"CREATE", "DELETE", "GET", "SCHEMA", "SCRIPT_ON_CONNECTOR", "SEARCH", "TEST", "UPDATE"} {
		options = append(options, Field{name, Object{{"objectFeatures", Object{}}}})
	}
	return options
}

// Mappings are the mappings between the connector named and an identity
// management system's own objects, as its documentation gives them, with the
// directions put right that it has the wrong way round.
func Mappings(connector string) []Object {
	system := func(objectType string) string { return "system/" + connector + "/" + objectType }
	short := map[string]string{Account: "Account", Group: "Group"}
	mapping := func(objectType, managed string, inward bool, pairs ...string) Object {
		name, source, target := "system"+title(connector)+short[objectType]+"_managed"+title(managed), system(objectType), "managed/"+managed
		if !inward {
			name, source, target = "managed"+title(managed)+"_system"+title(connector)+short[objectType], target, source
		}
		var all []any
		for i := 0; i < len(pairs); i += 2 {
			all = append(all, Object{{"source", pairs[i]}, {"target", pairs[i+1]}})
		}
		return Object{{"name", name}, {"source", source}, {"target", target}, {"properties", all}}
	}
	var same []string
	for _, name := range []string{"displayName", "timezone", "nickName", "title", "locale", "preferredLanguage", "profileUrl", "userType", "name", "phoneNumbers", "addresses", "emails"} {
		same = append(same, name, name)
	}
	in := append([]string{AttrID, AttrID, AttrName, "userName"}, same...)
	out := append([]string{"userName", AttrName}, same...)
	return []Object{
		mapping(Account, "user", true, append(in, "externalIds", "externalIds", AttrGroups, "groups")...),
		mapping(Account, "user", false, append(out, "groups", AttrGroups)...),
		mapping(Group, "group", true, AttrID, AttrID, AttrName, "groupName", "description", "description", "externalIds", "externalIds"),
		mapping(Group, "group", false, "groupName", AttrName, "description", "description"),
	}
}

// title is a name with its first letter large.
func title(name string) string {
	if name == "" {
		return name
	}
	return string(name[0]&^0x20) + name[1:]
}
