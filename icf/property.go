package icf

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"rollcall/identity"
)

// Property is one of a connector's configuration properties.
type Property struct {
	Name         string
	Type         string // String, Integer or GuardedString
	Default      any    // nil is none
	Confidential bool
	Required     bool
	Doc          string
	check        func(text string) string // what is wrong with a value that is given
}

// The names of the properties that this connector has beyond the original's.
const (
	PropertyDirectory = "directory"
	PropertyEndpoint  = "endpointUrl"
)

// properties are the original's, in its order, and then our own.
var properties = []Property{
	{Name: "accessKey", Type: "String", Required: true, Doc: "The id of the access key.", check: matching(`^\w{16,128}$`, "16 to 128 letters and digits")},
	{Name: "secretKey", Type: "GuardedString", Confidential: true, Required: true, Doc: "Its secret.", check: length(1, 512)},
	{Name: "roleArn", Type: "String", Required: true, Doc: "The role to work in.", check: matching(`^arn:[a-z-]{3,20}:iam::\d{12}:role/[\w+=,.@/-]{1,512}$`, "a role's ARN, such as arn:aws:iam::111122223333:role/Rollcall")},
	{Name: "roleSessionName", Type: "String", Required: true, Doc: "What CloudTrail calls the session.", check: matching(`^[\w+=,.@-]{2,64}$`, "2 to 64 letters, digits and _+=,.@-")},
	{Name: "region", Type: "String", Required: true, Doc: "The region of the Identity Center.", check: region},
	{Name: "identityStoreId", Type: "String", Required: true, Doc: "The identity store.", check: store},
	{Name: "sessionExpirationTime", Type: "Integer", Default: 3600, Doc: "How long a session lasts, in seconds.", check: wholeNumber(900, 3600)},
	{Name: "proxyHost", Type: "String", Doc: "The HTTP proxy.", check: matching(`^[A-Za-z0-9.:_-]{1,255}$`, "the name or address of a host")},
	{Name: "proxyPort", Type: "String", Doc: "Its port.", check: wholeNumber(1, 65535)},
	{Name: "proxyUsername", Type: "String", Doc: "The user at the proxy.", check: length(1, 255)},
	{Name: "proxyPassword", Type: "GuardedString", Confidential: true, Doc: "The user's password.", check: length(1, 512)},
	{Name: "connectionTimeout", Type: "Integer", Doc: "How long a connection may take to be there, in seconds.", check: wholeNumber(1, 3600)},
	{Name: "maxConnections", Type: "Integer", Doc: "How many connections may be open at one time.", check: wholeNumber(1, 1000)},
	{Name: "readRateLimit", Type: "String", Default: "20/sec", Doc: "The most reads, in a second or minute.", check: rate},
	{Name: "writeRateLimit", Type: "String", Default: "10/sec", Doc: "The most writes, in a second or minute.", check: rate},
	{Name: PropertyDirectory, Type: "String", Doc: "A directory of rollcall.yaml, instead of all the above.", check: length(1, 63)},
	{Name: PropertyEndpoint, Type: "String", Doc: "Where AWS's API is instead of at AWS.", check: matching(`^https?://[^\s@]+$`, "an http or https URL without user and password")},
}

// Properties lists the configuration properties: the original's in its order,
// and then those that this connector adds.
func Properties() []Property { return slices.Clone(properties) }

func matching(pattern, want string) func(string) string {
	p := regexp.MustCompile(pattern)
	return func(text string) string {
		if p.MatchString(text) {
			return ""
		}
		return "want " + want
	}
}

func length(least, most int) func(string) string {
	return func(text string) string {
		if n := len(text); n >= least && n <= most {
			return ""
		}
		return fmt.Sprintf("want %d to %d characters", least, most)
	}
}

func wholeNumber(least, most int) func(string) string {
	return func(text string) string {
		if n, err := strconv.Atoi(text); err == nil && n >= least && n <= most {
			return ""
		}
		return fmt.Sprintf("want %d to %d", least, most)
	}
}

func region(text string) string {
	if identity.IsRegion(text) {
		return ""
	}
	return "want the name of a region, such as us-east-2"
}

func store(text string) string {
	if _, err := identity.ParseStoreID(text); err == nil {
		return ""
	}
	return `want an identity store's id: "d-" and ten hex digits, or a UUID`
}

var rateForm = regexp.MustCompile(`^[1-9]\d{0,5}/(sec|min)$`)

func rate(text string) string {
	if rateForm.MatchString(text) {
		return ""
	}
	return "want N/sec or N/min, such as 20/sec"
}

// Settings are configuration properties, checked, by name and in text.
// Confidential ones are in the clear: they are never printed.
type Settings map[string]string

// ReadProperties checks the configurationProperties of a configuration, and
// fills in defaults. Numbers may be texts. With [PropertyDirectory] nothing
// else is required. It fails with fault.Invalid, naming every property that is
// wrong and never its value.
func ReadProperties(given map[string]any) (Settings, error) {
	s := Settings{}
	var wrong []string
	for name := range given {
		if !slices.ContainsFunc(properties, func(p Property) bool { return p.Name == name }) {
			wrong = append(wrong, name+": there is no such property")
		}
	}
	bound := given[PropertyDirectory] != nil && given[PropertyDirectory] != ""
	for _, p := range properties {
		text, problem := p.text(given[p.Name])
		switch {
		case problem != "":
			wrong = append(wrong, p.Name+": "+problem)
		case text != "":
			s[p.Name] = text
		case p.Required && !bound:
			wrong = append(wrong, p.Name+": it is missing")
		case p.Default != nil:
			s[p.Name] = fmt.Sprint(p.Default)
		}
	}
	if s["proxyHost"] == "" && (s["proxyPort"] != "" || s["proxyUsername"] != "") {
		wrong = append(wrong, "proxyHost: it is missing, and something else of the proxy is said")
	}
	if (s["proxyUsername"] == "") != (s["proxyPassword"] == "") {
		wrong = append(wrong, "proxyUsername: it goes together with proxyPassword")
	}
	if len(wrong) > 0 {
		slices.Sort(wrong)
		return nil, refusedf("The configuration is not valid. %s", strings.Join(wrong, "; "))
	}
	return s, nil
}

// text reads a property's value.
func (p Property) text(v any) (text, problem string) {
	switch v := v.(type) {
	case nil:
		return "", ""
	case string:
		text = v
	case json.Number:
		text = v.String()
	default:
		return "", "want a text or a number"
	}
	if text == "" {
		return "", ""
	}
	return text, p.check(text)
}
