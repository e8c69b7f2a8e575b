package identity_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"rollcall/fault"
	"rollcall/identity"
)

func TestADenialGoesBesideTheStatementsOfOthers(t *testing.T) {
	const ann, bob = identity.ID("94482488-3041-7026-18f3-be45837cd0e4"), identity.ID("1234567890-aaaa-bbbb")
	for name, others := range map[string][]string{
		"none":             {},
		"one":              {`{"Effect":"Allow","Action":"s3:*","Resource":"*"}`},
		"with odd spacing": {`{ "Effect" : "Allow",` + "\n\t" + `"Action":["s3:*" ], "Resource":"*"}`, `{"Sid":"x","Effect":"Deny","Action":"<&>","Resource":"*"}`},
	} {
		t.Run(name, func(t *testing.T) {
			document := ""
			if len(others) > 0 {
				document = `{"Version":"2012-10-17","Id":"theirs","Statement":[` + strings.Join(others, ",") + `]}`
			}
			one := mustPolicy(t)(identity.DenyUser(document, ann))
			both := mustPolicy(t)(identity.DenyUser(one, bob))
			again := mustPolicy(t)(identity.DenyUser(both, bob))
			for _, other := range others {
				if !strings.Contains(both, other) {
					t.Errorf("%s was altered: %s", other, both)
				}
			}
			if again != both || !identity.DeniesUser(both, ann) || !identity.DeniesUser(both, bob) || identity.DeniesUser(one, bob) {
				t.Errorf("%s\n%s", both, again)
			}
			back := mustPolicy(t)(identity.AllowUser(mustPolicy(t)(identity.AllowUser(both, ann)), bob))
			if back != document {
				t.Errorf("afterwards %s, before %s", back, document)
			}
		})
	}
}

func mustPolicy(t *testing.T) func(string, error) string {
	return func(text string, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		if text != "" && !json.Valid([]byte(text)) {
			t.Fatalf("no JSON: %s", text)
		}
		return text
	}
}

func TestAStatementAloneIsAListOfOne(t *testing.T) {
	got := mustPolicy(t)(identity.DenyUser(`{"Statement":{"Effect":"Allow"},"Version":"2012-10-17"}`, "u-1"))
	if want := `{"Statement":[{"Effect":"Allow"},{"Sid":"RollcallDenyu1",`; !strings.HasPrefix(got, want) {
		t.Errorf("%s", got)
	}
}

// Whoever weakens a denial has not denied; it is put right, and can be taken out.
func TestAWeakenedDenialDeniesNobody(t *testing.T) {
	weak := strings.Replace(identity.DenialPolicy("u-1"), `"Action":"*"`, `"Action":"s3:*"`, 1)
	if identity.DeniesUser(weak, "u-1") || !identity.HasDenial(weak, "u-1") {
		t.Errorf("%s", weak)
	}
	if right := mustPolicy(t)(identity.DenyUser(weak, "u-1")); right != identity.DenialPolicy("u-1") {
		t.Errorf("%s", right)
	}
	if gone := mustPolicy(t)(identity.AllowUser(weak, "u-1")); gone != "" {
		t.Errorf("%s", gone)
	}
}

func TestWhatIsNoPolicyIsNotMadeOne(t *testing.T) {
	for _, text := range []string{"x", "[]", `{"Statement":1}`, `{"Statement":[]`, `{"Statement":[]} x`, `{"Statement":[],"Statement":[]}`, `"a"`} {
		if got, err := identity.DenyUser(text, "u-1"); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q became %q, %v", text, got, err)
		}
		if identity.DeniesUser(text, "u-1") {
			t.Errorf("%q denies", text)
		}
	}
}

func TestTheStatementIsTheOneAWSDescribes(t *testing.T) {
	want := `{"Version":"2012-10-17","Statement":[{"Sid":"RollcallDeny90671234560a","Effect":"Deny","Action":"*","Resource":"*",` +
		`"Condition":{"StringEquals":{"identitystore:userId":"9067123456-0a"}}}]}`
	if got := identity.DenialPolicy("9067123456-0a"); got != want {
		t.Errorf("%s", got)
	}
	if err := identity.CheckInlinePolicy(want); err != nil {
		t.Error(err)
	}
}

// Whoever comes and goes in whatever order, the others stay as they are.
func TestDenialsComeAndGoInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		document, denied := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`, map[identity.ID]bool{}
		first := document
		for range rapid.IntRange(0, 20).Draw(t, "steps") {
			who := identity.ID(fmt.Sprint("9067123456-", rapid.IntRange(0, 5).Draw(t, "who")))
			var err error
			if denied[who] = rapid.Bool().Draw(t, "deny"); denied[who] {
				document, err = identity.DenyUser(document, who)
			} else {
				document, err = identity.AllowUser(document, who)
			}
			if err != nil {
				t.Fatal(err)
			}
			for one, is := range denied {
				if identity.DeniesUser(document, one) != is {
					t.Fatalf("%s: %v in %s", one, is, document)
				}
			}
		}
		for who := range denied {
			document, _ = identity.AllowUser(document, who)
		}
		if document != first {
			t.Errorf("afterwards %s", document)
		}
	})
}

func FuzzAPolicyOfOthersIsKept(f *testing.F) {
	f.Add(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`)
	f.Add(`{"Statement":{"Sid":"RollcallDenyu1"}}`)
	f.Fuzz(func(t *testing.T, document string) {
		denied, err := identity.DenyUser(document, "u-1")
		if err != nil {
			return
		}
		if !identity.DeniesUser(denied, "u-1") {
			t.Fatalf("%q became %q, which does not deny", document, denied)
		}
		again, err := identity.DenyUser(denied, "u-1")
		if err != nil || again != denied {
			t.Errorf("twice: %q, then %q, %v", denied, again, err)
		}
		if _, err := identity.AllowUser(denied, "u-1"); err != nil {
			t.Error(err)
		}
	})
}
