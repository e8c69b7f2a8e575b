package awsquery

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"rollcall/awsjson"
)

// AssumeRoleInput is what AssumeRole takes.
type AssumeRoleInput struct {
	RoleARN           *string
	RoleSessionName   *string
	DurationSeconds   *string // a number, once it is checked
	ExternalID        *string
	SourceIdentity    *string
	SerialNumber      *string
	TokenCode         *string
	Policy            *string
	PolicyARNs        []*string
	Tags              []Tag
	TransitiveTagKeys []*string
	ProvidedContexts  []ProvidedContext
}

// Tag is a tag of a session.
type Tag struct{ Key, Value *string }

// ProvidedContext is an assertion by somebody the service trusts.
type ProvidedContext struct{ ProviderARN, Assertion *string }

// ReadAssumeRole finds the input in a request. Parameters that the model does
// not have are passed over.
func ReadAssumeRole(f Form) *AssumeRoleInput {
	in := &AssumeRoleInput{
		RoleARN: f.text("RoleArn"), RoleSessionName: f.text("RoleSessionName"), DurationSeconds: f.text("DurationSeconds"),
		ExternalID: f.text("ExternalId"), SourceIdentity: f.text("SourceIdentity"),
		SerialNumber: f.text("SerialNumber"), TokenCode: f.text("TokenCode"), Policy: f.text("Policy"),
	}
	for _, item := range f.list("PolicyArns") {
		in.PolicyARNs = append(in.PolicyARNs, item.text("arn"))
	}
	for _, item := range f.list("Tags") {
		in.Tags = append(in.Tags, Tag{item.text("Key"), item.text("Value")})
	}
	for _, item := range f.list("TransitiveTagKeys") {
		in.TransitiveTagKeys = append(in.TransitiveTagKeys, item.text(""))
	}
	for _, item := range f.list("ProvidedContexts") {
		in.ProvidedContexts = append(in.ProvidedContexts, ProvidedContext{item.text("ProviderArn"), item.text("ContextAssertion")})
	}
	return in
}

// Limits of AssumeRole.
const (
	MinSeconds  = 900
	MaxSeconds  = 43200
	maxTags     = 50
	maxContexts = 5
	maxPolicies = 10
	// maxPolicyText is how much a session's policies may be before they are
	// packed.
	maxPolicyText = 2048
)

// The patterns of the model, and their ranges of characters as Go reads them.
var (
	arnRule     = awsjson.NewRule(20, 2048, `[\t\n\r\x20-\x7E\x{85}\x{A0}-\x{D7FF}\x{E000}-\x{FFFD}\x{10000}-\x{10FFFF}]+`).Shown(`[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+`)
	policyRule  = awsjson.NewRule(1, largest, `[\t\n\r\x20-\x{FF}]+`).Shown(`[\u0009\u000A\u000D\u0020-\u00FF]+`).Sensitive()
	sessionRule = awsjson.NewRule(2, 64, `[\w+=,.@-]*`).Sensitive()
	outsideRule = awsjson.NewRule(2, 1224, `[\w+=,.@:\/-]*`).Sensitive()
	serialRule  = awsjson.NewRule(9, 256, `[\w+=/:,.@-]*`).Sensitive()
	codeRule    = awsjson.NewRule(6, 6, `[\d]*`).Sensitive()
	keyRule     = awsjson.NewRule(1, 128, `[\p{L}\p{Z}\p{N}_.:/=+\-@]+`).Sensitive()
	valueRule   = awsjson.NewRule(0, 256, `[\p{L}\p{Z}\p{N}_.:/=+\-@]*`).Sensitive()
	assertRule  = awsjson.NewRule(4, 2048, `(?s:.*)`).Sensitive()
)

// largest stands for no limit: a body has fewer characters.
const largest = 1 << 30

// Constrain tells c what the model refuses.
func (in *AssumeRoleInput) Constrain(c *awsjson.Checker) {
	c.Needed("roleArn", in.RoleARN, arnRule)
	c.Needed("roleSessionName", in.RoleSessionName, sessionRule)
	if in.DurationSeconds != nil {
		n, err := strconv.Atoi(*in.DurationSeconds)
		if err != nil {
			c.Refuse("durationSeconds", "Member must be a number")
		} else {
			c.Number("durationSeconds", &n, MinSeconds, MaxSeconds)
		}
	}
	c.Text("externalId", in.ExternalID, outsideRule)
	c.Text("sourceIdentity", in.SourceIdentity, sessionRule)
	if in.SourceIdentity != nil && strings.HasPrefix(*in.SourceIdentity, "aws:") {
		c.Refuse("sourceIdentity", "Member must not begin with 'aws:'")
	}
	c.Text("serialNumber", in.SerialNumber, serialRule)
	c.Text("tokenCode", in.TokenCode, codeRule)
	c.Text("policy", in.Policy, policyRule)
	in.lists(c)
}

func (in *AssumeRoleInput) lists(c *awsjson.Checker) {
	atMost(c, "policyArns", len(in.PolicyARNs), maxPolicies)
	for i, arn := range in.PolicyARNs {
		c.Needed(item("policyArns", i)+".arn", arn, arnRule)
	}
	atMost(c, "tags", len(in.Tags), maxTags)
	for i, t := range in.Tags {
		c.Needed(item("tags", i)+".key", t.Key, keyRule)
		c.Needed(item("tags", i)+".value", t.Value, valueRule)
	}
	atMost(c, "transitiveTagKeys", len(in.TransitiveTagKeys), maxTags)
	for i, key := range in.TransitiveTagKeys {
		c.Needed(item("transitiveTagKeys", i), key, keyRule)
	}
	atMost(c, "providedContexts", len(in.ProvidedContexts), maxContexts)
	for i, p := range in.ProvidedContexts {
		c.Text(item("providedContexts", i)+".providerArn", p.ProviderARN, arnRule)
		c.Text(item("providedContexts", i)+".contextAssertion", p.Assertion, assertRule)
	}
}

// atMost checks a list that may be empty: a form cannot tell that from none.
func atMost(c *awsjson.Checker, at string, n, limit int) {
	if n > 0 {
		c.Length(at, n, limit)
	}
}

func item(list string, i int) string { return list + "." + strconv.Itoa(i+1) + ".member" }

// Seconds is how long the session is to last, 0 if the request does not say.
func (in *AssumeRoleInput) Seconds() int {
	if in.DurationSeconds == nil {
		return 0
	}
	n, err := strconv.Atoi(*in.DurationSeconds)
	if err != nil {
		return 0 // it is not checked
	}
	return n
}

// PolicyIsJSON is false for a session policy that cannot be one.
func (in *AssumeRoleInput) PolicyIsJSON() bool {
	return in.Policy == nil || strings.HasPrefix(strings.TrimSpace(*in.Policy), "{") && json.Valid([]byte(*in.Policy))
}

// PackedSize is how much of the room for policies and tags a session takes, in
// percent; ok is false if it has none. Above 100 it is too much.
func (in *AssumeRoleInput) PackedSize() (percent int, ok bool) {
	size := 0
	count := func(s *string) {
		if s != nil {
			size, ok = size+utf8.RuneCountInString(*s), true
		}
	}
	count(in.Policy)
	for _, arn := range in.PolicyARNs {
		count(arn)
	}
	return (size*100 + maxPolicyText - 1) / maxPolicyText, ok || len(in.Tags) > 0
}

// AssumeRoleResult is what AssumeRole answers.
type AssumeRoleResult struct {
	AssumedRoleUser  AssumedRoleUser
	Credentials      Credentials
	PackedPolicySize *int    `xml:",omitempty"`
	SourceIdentity   *string `xml:",omitempty"`
}

// AssumedRoleUser is who a session acts as.
type AssumedRoleUser struct {
	Arn           string
	AssumedRoleID string `xml:"AssumedRoleId"`
}

// Credentials are those of a session.
type Credentials struct {
	AccessKeyID     string `xml:"AccessKeyId"`
	SecretAccessKey string
	SessionToken    string
	Expiration      string // 2030-01-01T00:00:00Z
}

// GetCallerIdentityResult is what GetCallerIdentity answers.
type GetCallerIdentityResult struct {
	Arn     string
	UserID  string `xml:"UserId"`
	Account string
}
