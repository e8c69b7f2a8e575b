package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"rollcall/config"
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
		sids string
		has  string
	}{
		"all that is usual":  {store, policyOptions{}, "ReadDirectory ChangeDirectory", `"arn:aws:identitystore::*:identitystore/d-1234567890"`},
		"read only":          {store, policyOptions{readOnly: true}, "ReadDirectory", "identitystore:ListUsers"},
		"nothing said":       {"", policyOptions{}, "ReadDirectory ChangeDirectory FindInstance", "identitystore/*"},
		"assignments":        {store, policyOptions{assignments: true}, "ReadDirectory ChangeDirectory ReadAssignments ReadOrganization ChangeAssignments", "sso:CreateAccountAssignment"},
		"assignments, reads": {store, policyOptions{assignments: true, readOnly: true}, "ReadDirectory ReadAssignments ReadOrganization", "sso:ListInstances"},
		"a role's":           {store + role, policyOptions{}, "ReadDirectory ChangeDirectory", "arn:aws-cn:identitystore:::user/*"},
		"who takes the role": {store + role, policyOptions{taker: true}, "TakeTheRole", "arn:aws-cn:iam::111122223333:role/R"},
		"a secret": {
			store + scim("token: 'aws-sm:rollcall/scim#token', next_token: 'aws-sm:rollcall/scim#next'"),
			policyOptions{},
			"ReadDirectory ChangeDirectory ReadSecrets", `["arn:aws:secretsmanager:eu-west-1:*:secret:rollcall/scim-??????"]`,
		},
		"a secret's ARN": {
			store + scim("token: 'aws-sm:arn:aws:secretsmanager:eu-west-1:1:secret:x-AbCdEf'"),
			policyOptions{},
			"ReadDirectory ChangeDirectory ReadSecrets", `["arn:aws:secretsmanager:eu-west-1:1:secret:x-AbCdEf"]`,
		},
		"SCIM alone": {"api: none\n" + store + scim("token: 'aws-ssm:/a/b'"), policyOptions{}, "ReadParameters", "arn:aws:ssm:eu-west-1:*:parameter/a/b"},
	} {
		t.Run(name, func(t *testing.T) {
			p := policyFor(directoryOf(t, c.keys), c.o)
			var sids []string
			for _, s := range p.Statement {
				sids = append(sids, s.Sid)
			}
			text, err := json.Marshal(p)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(sids, " "); got != c.sids || !strings.Contains(string(text), c.has) {
				t.Errorf("%s\n%s\nwant %s and %s", got, text, c.sids, c.has)
			}
			if len(text) > 6144 { // a managed policy has no more characters
				t.Errorf("%d characters", len(text))
			}
		})
	}
}

// directoryOf is a directory of kind aws with these keys.
func directoryOf(t *testing.T, keys string) config.Directory {
	t.Helper()
	return away(t, keys).config.Directories["aws"]
}
