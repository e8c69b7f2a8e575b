package ldaptest_test

import (
	"testing"

	"rollcall/source/ldapsource/ldaptest"
)

func TestSambaIsADomainController(t *testing.T) {
	s := ldaptest.StartSamba(t, "dn: OU=AWS,DC=corp,DC=test\nobjectClass: organizationalUnit\n")
	s.Modify(t, "dn: CN=Ann,OU=AWS,"+s.Base+"\nchangetype: add\nobjectClass: user\nsAMAccountName: ann\n")
}
