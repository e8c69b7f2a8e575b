package ldapsource

import (
	"fmt"
	"strings"
	"testing"

	"rollcall/fault"
	"rollcall/source"
	"rollcall/source/ldapsource/ldaptest"
)

func referralTo(name, suffix, to string) string {
	return fmt.Sprintf("dn: ou=%[1]s,%[2]s\nobjectClass: referral\nobjectClass: extensibleObject\nou: %[1]s\nref: %[3]s\n\n", name, suffix, to)
}

// A server that refers to others is read, what they have is not, and the report
// says so; a part of the tree that is only a referral is not taken for hidden.
func TestReferralsAreNotFollowedAndAreReported(t *testing.T) {
	s := ldaptest.StartSlapd(t, ldaptest.SlapdOptions{})
	s.Add(t, awkward(s.Suffix)+"\ndn: ou=branch,"+s.Suffix+"\nobjectClass: organizationalUnit\nou: branch\n\n"+
		referralTo("paris", "ou=branch,"+s.Suffix, "ldap://paris.example.com/dc=paris,dc=example,dc=com??sub")+
		referralTo("tokyo", s.Suffix, "ldap://127.0.0.1:1/ou=tokyo,"+s.Suffix))
	snap := snapshot(t, driver(t, plain(s)))
	if len(snap.People) != 5 {
		t.Errorf("%d people", len(snap.People))
	}
	report := strings.Join(snap.Report.Warnings, "\n")
	for _, want := range []string{"2 other places", "ldap://paris.example.com", "ldap://127.0.0.1:1/", "below ou=branch," + s.Suffix} {
		if !strings.Contains(report, want) {
			t.Errorf("the report does not say %s:\n%s", want, report)
		}
	}
	o := plain(s)
	o.Rules.Within = []string{"ou=paris,ou=branch," + s.Suffix}
	if got := found(t, o); !strings.Contains(got["base"], "refers to another one") {
		t.Errorf("a base that is a referral: %v", got)
	}
	if _, err := source.New("test", driver(t, o)).Read(t.Context()); !fault.Is(err, fault.Incomplete) || !strings.Contains(err.Error(), "refers to another one") {
		t.Errorf("a base that is a referral: %v", err)
	}
}

// A container that hides people beside no referral is still refused.
func TestAHiddenPartIsNotTakenForAReferral(t *testing.T) {
	s := ldaptest.StartSlapd(t, ldaptest.SlapdOptions{Access: "access to dn.children=\"ou=people,dc=example,dc=com\" by * none\naccess to attrs=userPassword by anonymous auth\naccess to * by users read by anonymous auth"})
	s.Add(t, awkward(s.Suffix)+"\ndn: cn=reader,"+s.Suffix+"\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: reader\nuserPassword: read\n")
	o := plain(s)
	o.Bind = Bind{User: "cn=reader," + s.Suffix, Password: password("read")}
	if _, err := source.New("test", driver(t, o)).Read(t.Context()); !fault.Is(err, fault.Incomplete) || !strings.Contains(err.Error(), "none can be read") {
		t.Errorf("%v", err)
	}
}
