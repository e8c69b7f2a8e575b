package sigv4

import (
	"slices"
	"strings"
)

// Authorization is the header that carries a signature.
type Authorization struct {
	AccessKey     string
	Scope         Scope
	SignedHeaders []string // lower case, in the order given
	Signature     string   // 64 hex digits
}

func (a Authorization) String() string {
	return Algorithm + " Credential=" + a.AccessKey + "/" + a.Scope.String() +
		", SignedHeaders=" + strings.Join(a.SignedHeaders, ";") + ", Signature=" + a.Signature
}

// ParseAuthorization reads the value of an Authorization header. What is
// missing or malformed is fault.Unauthenticated with [CodeIncomplete].
func ParseAuthorization(header string) (Authorization, error) {
	var a Authorization
	if header == "" {
		return a, Refuse(CodeMissing, "Missing Authentication Token")
	}
	rest, ok := strings.CutPrefix(header, Algorithm)
	if !ok || rest == "" || !isBlank(rest[0]) {
		return a, Refuse(CodeIncomplete, "Authorization header must begin with '"+Algorithm+"' and a space")
	}
	parts, err := parameters(rest)
	if err != nil {
		return a, err
	}
	return authorization(parts["Credential"], parts["SignedHeaders"], parts["Signature"])
}

// authorization reads the parts of a signature, wherever they are.
func authorization(credential, signedHeaders, signature string) (a Authorization, err error) {
	if err := a.credential(credential); err != nil {
		return a, err
	}
	a.SignedHeaders = strings.Split(signedHeaders, ";")
	for _, name := range a.SignedHeaders {
		if name == "" || name != strings.ToLower(name) || strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return a, Refuse(CodeIncomplete, "malformed 'SignedHeaders': want lower-case header names between semicolons")
		}
	}
	a.Signature = signature
	if len(a.Signature) != 64 || strings.Trim(a.Signature, "0123456789abcdef") != "" {
		return a, Refuse(CodeIncomplete, "malformed 'Signature': want 64 lower-case hex digits")
	}
	return a, nil
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// parameters reads "Credential=…, SignedHeaders=…, Signature=…", in any order,
// each exactly once.
func parameters(text string) (map[string]string, error) {
	want := []string{"Credential", "SignedHeaders", "Signature"}
	found := map[string]string{}
	for part := range strings.SplitSeq(text, ",") {
		name, value, _ := strings.Cut(strings.Trim(part, " \t"), "=")
		if _, twice := found[name]; twice || !slices.Contains(want, name) {
			return nil, Refuse(CodeIncomplete, "Authorization header must have 'Credential', 'SignedHeaders' and 'Signature' once each, and nothing else")
		}
		found[name] = value
	}
	for _, name := range want {
		if found[name] == "" {
			return nil, Refuse(CodeIncomplete, "Authorization header requires '"+name+"' parameter.")
		}
	}
	return found, nil
}

func (a *Authorization) credential(text string) error {
	parts := strings.Split(text, "/")
	if len(parts) != 5 || slices.Contains(parts, "") || parts[4] != terminator {
		return Refuse(CodeIncomplete, "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/"+terminator)
	}
	if len(parts[1]) != len(dateFormat) || strings.Trim(parts[1], "0123456789") != "" {
		return Refuse(CodeIncomplete, "Date in Credential scope must have the form "+dateFormat)
	}
	a.AccessKey = parts[0]
	a.Scope = Scope{parts[1], parts[2], parts[3]}
	return nil
}
