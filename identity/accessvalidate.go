package identity

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Limits of the access side (aws-contract 4.2 and 8), in characters unless
// they say otherwise.
const (
	MaxPermissionSetName  = 32
	MaxPermissionSetText  = 700
	MaxRelayState         = 240
	MaxSessionText        = 100
	MinSession            = time.Hour
	MaxSession            = 12 * time.Hour
	MaxInlinePolicyBytes  = 32768
	MaxInlinePolicyDense  = 10240 // characters that are no white space
	MaxPolicies           = 20    // AWS's own and the customer's together, in one permission set
	MaxPolicyARN          = 2048
	MaxPolicyName         = 128
	MaxPolicyPath         = 512
	MaxTags               = 75
	MaxTagKey             = 128
	MaxTagValue           = 256
	MaxInstanceName       = 255
	MaxApplicationName    = 100
	MaxApplicationText    = 128
	MaxOutstandingCreates = 15 // assignments being made at one time
)

var (
	iamName       = regexp.MustCompile(`^[A-Za-z0-9_+=,.@-]+$`)
	relayState    = regexp.MustCompile(`^[a-zA-Z0-9&$@#\\/%?=~\-_'"|!:,.;*+\[\] (){}]+$`)
	awsPolicyARN  = regexp.MustCompile(`^arn:aws(-[a-z]{1,5}){0,3}:iam::aws:policy(/[A-Za-z0-9.,+@=_-]+)*/[A-Za-z0-9.,+=@_-]+$`)
	policyPath    = regexp.MustCompile(`^(/[A-Za-z0-9.,+@=_-]+)*/$`)
	sessionLength = regexp.MustCompile(`^P(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,4})M)?(?:(\d{1,6})S)?)?$`)
)

// Validate reports everything wrong with s at once, as fault.Invalid around
// [Problems]. An empty SessionDuration is right: it means [DefaultSession].
func (s *PermissionSet) Validate() error {
	var p Problems
	p.add("name", limited(s.Name, MaxPermissionSetName, iamName, "letters, digits and any of _ + = , . @ -"))
	if s.Description != "" {
		p.add("description", checkText(s.Description, MaxPermissionSetText, latin))
	}
	if s.RelayState != "" {
		p.add("relayState", limited(s.RelayState, MaxRelayState, relayState, "what a URL is made of"))
	}
	if s.SessionDuration != "" {
		_, problem := readSession(s.SessionDuration)
		p.add("sessionDuration", problem)
	}
	return p.fault("check permission set", "")
}

// Session is how long a session of s lasts; an hour if nothing readable says.
func (s *PermissionSet) Session() time.Duration {
	if d, problem := readSession(s.SessionDuration); problem == "" {
		return d
	}
	return MinSession
}

// readSession reads an ISO 8601 duration of days, hours, minutes and seconds
// that is one to twelve hours long.
func readSession(text string) (d time.Duration, problem string) {
	const want = `want an ISO 8601 duration between PT1H and PT12H`
	parts := sessionLength.FindStringSubmatch(text)
	if parts == nil || len(text) > MaxSessionText || strings.HasSuffix(text, "T") {
		return 0, want
	}
	for i, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second} {
		n := 0
		for _, digit := range parts[i+1] {
			n = 10*n + int(digit-'0')
		}
		d += time.Duration(n) * unit
	}
	if d < MinSession || d > MaxSession {
		return 0, want
	}
	return d, ""
}

// Validate reports what is wrong with a reference to a policy, as
// fault.Invalid around [Problems].
func (r Policy) Validate() error {
	var p Problems
	switch {
	case r.ARN == "" && r.Name == "":
		p.add("policy", "want the ARN of a policy of AWS's, or the name of one of the customer's")
	case r.ARN != "" && (r.Name != "" || r.Path != ""):
		p.add("policy", "an ARN and a name at once; want the one or the other")
	case r.ARN != "":
		p.add("policy.arn", limited(r.ARN, MaxPolicyARN, awsPolicyARN, "the ARN of a policy of AWS's: arn:aws:iam::aws:policy/…"))
	default:
		p.add("policy.name", limited(r.Name, MaxPolicyName, iamName, "letters, digits and any of _ + = , . @ -"))
		if r.Path != "" {
			p.add("policy.path", limited(r.Path, MaxPolicyPath, policyPath, "a path that begins and ends with a slash"))
		}
	}
	return p.fault("check policy", "")
}

// Managed reports whether r is one of AWS's own.
func (r Policy) Managed() bool { return r.ARN != "" }

// CheckInlinePolicy reports what is wrong with an inline policy document, as
// fault.Invalid around [Problems]. That it is a JSON object is all it asks of
// its meaning.
func CheckInlinePolicy(document string) error {
	var p Problems
	dense := 0
	for _, r := range document {
		if !unicode.IsSpace(r) {
			dense++
		}
	}
	var object map[string]json.RawMessage
	switch {
	case document == "":
		p.add("inlinePolicy", "required, and not set")
	case len(document) > MaxInlinePolicyBytes:
		p.add("inlinePolicy", fmt.Sprintf("%d bytes, at most %d", len(document), MaxInlinePolicyBytes))
	case dense > MaxInlinePolicyDense:
		p.add("inlinePolicy", fmt.Sprintf("%d characters that are no white space, at most %d", dense, MaxInlinePolicyDense))
	case !utf8.ValidString(document) || json.Unmarshal([]byte(document), &object) != nil || object == nil:
		p.add("inlinePolicy", "want a JSON object")
	}
	return p.fault("check inline policy", "")
}

// CheckTags reports what is wrong with tags to be set together, as
// fault.Invalid around [Problems].
func CheckTags(tags []Tag) error {
	var p Problems
	if len(tags) > MaxTags {
		p.add("tags", fmt.Sprintf("%d items, at most %d", len(tags), MaxTags))
	}
	seen := map[string]bool{}
	for _, t := range tags {
		p.add("tags.key", checkText(t.Key, MaxTagKey, tagRune))
		if t.Value != "" {
			p.add("tags.value", checkText(t.Value, MaxTagValue, tagRune))
		}
		if seen[t.Key] {
			p.add("tags.key", "the list names one key twice")
		}
		seen[t.Key] = true
	}
	return p.fault("check tags", "")
}

// Validate reports everything wrong with a at once, as fault.Invalid around
// [Problems].
func (a *Application) Validate() error {
	var p Problems
	p.add("name", checkText(a.Name, MaxApplicationName, printable))
	if a.Description != "" {
		p.add("description", checkText(a.Description, MaxApplicationText, printable))
	}
	p.add("provider", formProblem(a.Provider, providerPattern, "the ARN of an application provider"))
	if a.Portal != "" && !json.Valid([]byte(a.Portal)) {
		p.add("portal", "want JSON")
	}
	return p.fault("check application", "")
}

// CheckInstanceName reports what is wrong with the name of an instance; empty
// takes it away.
func CheckInstanceName(name string) error {
	var p Problems
	if name != "" {
		p.add("name", limited(name, MaxInstanceName, iamName, "letters, digits and any of _ + = , . @ -"))
	}
	return p.fault("check instance", "")
}

// limited says what is wrong with a required text of a fixed alphabet, or "".
func limited(s string, limit int, pattern *regexp.Regexp, form string) string {
	if n := utf8.RuneCountInString(s); n > limit {
		return fmt.Sprintf("%d characters, at most %d", n, limit)
	}
	return formProblem(s, pattern, form)
}

// latin is what a permission set's description may hold: printable Latin-1.
func latin(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= ' ' && r <= '~' || r >= '\u00a1' && r <= '\u00ff'
}

func printable(r rune) bool { return r == ' ' || graphic(r) }

func tagRune(r rune) bool {
	return strings.ContainsRune("_.:/=+-@", r) || unicode.In(r, unicode.L, unicode.Z, unicode.N)
}
