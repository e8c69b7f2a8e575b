package icf_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/icf"
)

// The four tables of the connector's documentation, of which two have their
// directions put right, and nickname its usual spelling.
func TestMappingsAreThoseOfTheDocumentation(t *testing.T) {
	const both = "displayName timezone nickName title locale preferredLanguage profileUrl userType name phoneNumbers addresses emails"
	want := []string{
		"systemAwsiamAccount_managedUser: system/awsiam/__ACCOUNT__ → managed/user: _id __NAME__→userName " + both + " externalIds __GROUPS__→groups",
		"managedUser_systemAwsiamAccount: managed/user → system/awsiam/__ACCOUNT__: userName→__NAME__ " + both + " groups→__GROUPS__",
		"systemAwsiamGroup_managedGroup: system/awsiam/__GROUP__ → managed/group: _id __NAME__→groupName description externalIds",
		"managedGroup_systemAwsiamGroup: managed/group → system/awsiam/__GROUP__: groupName→__NAME__ description",
	}
	text, err := json.Marshal(icf.Mappings("awsiam"))
	if err != nil {
		t.Fatal(err)
	}
	var all []struct {
		Name, Source, Target string
		Properties           []struct{ Source, Target string }
	}
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range all {
		var pairs []string
		for _, p := range m.Properties {
			if p.Source == p.Target {
				pairs = append(pairs, p.Source)
				continue
			}
			pairs = append(pairs, p.Source+"→"+p.Target)
		}
		got = append(got, fmt.Sprintf("%s: %s → %s: %s", m.Name, m.Source, m.Target, strings.Join(pairs, " ")))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("mappings (-documented +got):\n%s", diff)
	}
}
