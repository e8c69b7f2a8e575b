package ldaptest_test

import (
	"strings"
	"testing"

	"rollcall/source/ldapsource/ldaptest"
)

func TestSlapdKeepsMemberOf(t *testing.T) {
	s := ldaptest.StartSlapd(t, ldaptest.SlapdOptions{})
	s.Add(t, "dn: uid=ann,"+s.Suffix+"\nobjectClass: inetOrgPerson\nuid: ann\ncn: Ann\nsn: Example\nuserPassword: secret\n\n"+
		"dn: cn=dev,"+s.Suffix+"\nobjectClass: groupOfNames\ncn: dev\nmember: uid=ann,"+s.Suffix+"\n")
	if text := s.Slapcat(t); !strings.Contains(text, "memberOf: cn=dev,"+s.Suffix) || !strings.Contains(text, "contextCSN: ") {
		t.Errorf("it holds\n%s", text)
	}
}
