package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"rollcall/config"
	"rollcall/drift/sqsqueue"
)

// calledIn are the operations that a package's files call, by the function that
// says what each is for.
func calledIn(t *testing.T, folder, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", folder, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	var found []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || strings.HasSuffix(file, "probe.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(pattern).FindAllSubmatch(text, -1) {
			found = append(found, string(m[1]))
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func TestThePolicyHasWhatIsCalledAndNothingElse(t *testing.T) {
	calls := func(folder, pattern, prefix string) []string { return each(prefix, calledIn(t, folder, pattern)) }
	const dir, access = "directory/awsdir", "assignment/awsassignment"
	changes := slices.DeleteFunc(calls(dir, `\bwrite\("(\w+)"`, "identitystore:"), func(s string) bool { return strings.HasSuffix(s, ":UpdateIdentityStore") })
	for name, c := range map[string]struct{ got, want []string }{
		"reads of the directory":   {directoryActions(false), calls(dir, `\bread\("(\w+)"`, "identitystore:")},
		"changes of the directory": {directoryActions(true), changes},
		"reads of access":          {each("sso:", accessReads), calls(access, `\bread\("(\w+)"`, "sso:")},
		"changes of access":        {each("sso:", accessWrites), calls(access, `\bwrite\("(\w+)"`, "sso:")},
		"the queue of events":      {sqsqueue.Actions(), calls("drift/sqsqueue", `, "(\w+)", "`, "sqs:")},
		"the organization":         {each("organizations:", organizationReads), calls(access, `\blookup\(ctx, d, "(\w+)"`, "organizations:")},
	} {
		got := slices.Sorted(slices.Values(c.got))
		if !slices.Equal(got, c.want) {
			t.Errorf("%s:\nthe policy has %v\nthe code calls %v", name, got, c.want)
		}
	}
}

func TestThePolicyIsThatOfTheConfiguration(t *testing.T) {
	store, role := "region: eu-west-1\nstore: d-1234567890\n", "assume_role: {role: 'arn:aws-cn:iam::111122223333:role/R'}\n"
	scim := func(tokens string) string {
		return "scim: {url: 'https://scim.eu-west-1.amazonaws.com/t', " + tokens + "}\n"
	}
	for name, c := range map[string]struct {
		keys string
		o    policyOptions
	}{
		"usual":                {store, policyOptions{}},
		"read-only":            {store, policyOptions{readOnly: true}},
		"instance":             {store + "instance: 'arn:aws:sso:::instance/ssoins-1234567890abcdef'\n", policyOptions{}},
		"nothing-said":         {"", policyOptions{}},
		"assignments":          {store, policyOptions{assignments: true}},
		"assignments-read":     {store, policyOptions{assignments: true, readOnly: true}},
		"role":                 {store + role, policyOptions{}},
		"taker-of-the-role":    {store + role, policyOptions{taker: true}},
		"secret":               {store + scim("token: 'aws-sm:rollcall/scim#token', next_token: 'aws-sm:rollcall/scim#next'"), policyOptions{}},
		"secret-by-arn":        {store + scim("token: 'aws-sm:arn:aws:secretsmanager:eu-west-1:1:secret:x-AbCdEf'"), policyOptions{}},
		"scim-alone-parameter": {"api: none\n" + store + scim("token: 'aws-ssm:/a/b'"), policyOptions{}},
		"events":               {store + "events: {queue: 'https://sqs.eu-west-1.amazonaws.com/111122223333/rollcall-events'}\n", policyOptions{}},
		"government":           {"region: us-gov-west-1\nstore: d-1234567890\n", policyOptions{}},
	} {
		t.Run(name, func(t *testing.T) {
			out := new(bytes.Buffer)
			a := &app{out: out, output: "json"}
			p := policyFor(directoryOf(t, c.keys), c.o)
			if err := a.printValues(p); err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join("testdata", "iam-policy", name+".json"), out.String())
			if text, err := json.Marshal(p); err != nil || len(text) > 6144 { // a managed policy has no more characters
				t.Errorf("%d characters, %v", len(text), err)
			}
		})
	}
}

// A sync that takes assignments from leavers must be allowed to.
func TestThePolicyLetsASyncTakeWhatItIsToTake(t *testing.T) {
	for policy, want := range map[string]bool{"keep": false, "revoke": true} {
		file := filepath.Join(t.TempDir(), "rollcall.yaml")
		text := "directories:\n  aws: {kind: aws, store: d-1234567890}\nsources:\n  hr: {kind: csv, people: {path: p.csv, anchor: id}}\n" +
			"syncs:\n  hr: {source: hr, groups: ignore, mapping: {preset: csv}, leavers: {assignments: " + policy + "}}\n"
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		out := new(bytes.Buffer)
		a := &app{out: out, output: "json", configFile: file}
		c, err := a.loadConfig()
		if err != nil {
			t.Fatal(err)
		}
		if err := a.printPolicy(c, policyOptions{}); err != nil || strings.Contains(out.String(), "sso:DeleteAccountAssignment") != want {
			t.Errorf("%s: %v\n%s", policy, err, out)
		}
	}
}

// The template for AWS has the same policy, written out.
func TestTheTemplatesPolicyIsThePrintedOne(t *testing.T) {
	template, err := os.ReadFile("../deploy/cloudformation/ECSFargate.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range policyFor(directoryOf(t, ""), policyOptions{}).Statement {
		_, block, found := strings.Cut(string(template), "- Sid: "+s.Sid+"\n")
		block, _, _ = strings.Cut(block, "- Sid: ")
		block, _, _ = strings.Cut(block, "\n\n")
		got := regexp.MustCompile(`\b(?:identitystore|sso|organizations):[A-Z]\w+`).FindAllString(block, -1)
		if !found || !slices.Equal(got, s.Action) {
			t.Errorf("%s has %v, want %v", s.Sid, got, s.Action)
		}
	}
}

// golden compares a text with the file that says what it should be, which
// UPDATE=1 writes.
func golden(t *testing.T, file, text string) {
	t.Helper()
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want, err := os.ReadFile(file); err != nil || string(want) != text {
		t.Errorf("%v; UPDATE=1 writes %s, which has\n%s\nnow it is\n%s", err, file, want, text)
	}
}

// directoryOf is a directory of kind aws with these keys.
func directoryOf(t *testing.T, keys string) config.Directory {
	t.Helper()
	return away(t, keys).config.Directories["aws"]
}

// What is read by people is in the order in which it was thought: AWS's
// policies begin with their version.
func TestWhatIsPrintedIsInTheOrderOfItsNames(t *testing.T) {
	p := policy{Version: "2012-10-17"}
	p.allow("One", []string{"sso:ListInstances"}, "*")
	for output, want := range map[string]string{
		"json": `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "One",
      "Effect": "Allow",
      "Action": [
        "sso:ListInstances"
      ],
      "Resource": [
        "*"
      ]
    }
  ]
}
`,
		"yaml": `Version: "2012-10-17"
Statement:
- Sid: One
  Effect: Allow
  Action:
  - sso:ListInstances
  Resource:
  - "*"
`,
	} {
		out := new(bytes.Buffer)
		a := &app{out: out, output: output}
		if err := a.printValues(p); err != nil || out.String() != want {
			t.Errorf("%s: %v\n%s", output, err, out)
		}
	}
}
