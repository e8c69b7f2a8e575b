package ldapsource

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rollcall/fault"
	"rollcall/source/ldapsource/ldaptest"
)

// crowd is n people and a group of them all.
func crowd(suffix string, n int) string {
	var b, group strings.Builder
	fmt.Fprintf(&b, "dn: ou=people,%[1]s\nobjectClass: organizationalUnit\nou: people\n\ndn: ou=contractors,%[1]s\nobjectClass: organizationalUnit\nou: contractors\n\n", suffix)
	fmt.Fprintf(&b, "dn: uid=canary,ou=contractors,%s\nobjectClass: inetOrgPerson\nuid: canary\ncn: Canary\nsn: Canary\n\n", suffix)
	fmt.Fprintf(&b, "dn: uid=other,ou=contractors,%s\nobjectClass: inetOrgPerson\nuid: other\ncn: Other\nsn: Other\n\n", suffix)
	for i := range n {
		fmt.Fprintf(&b, "dn: uid=p%d,ou=people,%s\nobjectClass: inetOrgPerson\nuid: p%[1]d\ncn: P %[1]d\nsn: Example\ngivenName: P\nmail: p%[1]d@example.com\n\n", i, suffix)
		fmt.Fprintf(&group, "member: uid=p%d,ou=people,%s\n", i, suffix)
	}
	fmt.Fprintf(&b, "dn: cn=all,%s\nobjectClass: groupOfNames\ncn: all\n%s\n", suffix, group.String())
	return b.String()
}

// An answer that is short for any reason is an error with that reason.
func TestAShortAnswerIsNeverTakenForTheWhole(t *testing.T) {
	s := ldaptest.StartSlapd(t, ldaptest.SlapdOptions{})
	s.Add(t, crowd(s.Suffix, 60))
	for name, c := range map[string]struct {
		fault ldaptest.Fault
		kind  fault.Kind
		why   string
	}{
		"cut in the middle of a page":   {ldaptest.Fault{CutAfter: 30}, fault.Incomplete, "the answer broke off after"},
		"a page without its end":        {ldaptest.Fault{Unclosed: true}, fault.Incomplete, "the answer broke off after"},
		"a size limit":                  {ldaptest.Fault{SizeLimit: true}, fault.Incomplete, "size limit cut the answer"},
		"a range that is lost":          {ldaptest.Fault{MaxValues: 15, LoseRange: true}, fault.Incomplete, "the values from 15 on"},
		"a part that may not be read":   {ldaptest.Fault{Hide: ",ou=people,"}, fault.Incomplete, "check rights: ou=people"},
		"a canary that may not be read": {ldaptest.Fault{Hide: "uid=canary,"}, fault.Incomplete, "uid=canary"},
	} {
		t.Run(name, func(t *testing.T) {
			o := plain(s)
			o.Servers, o.PageSize = []string{ldaptest.NewProxy(t, s.URL, c.fault).URL}, 20
			o.Canaries = []string{"uid=canary,ou=contractors," + s.Suffix}
			failing(t, o, c.kind, c.why)
		})
	}
	t.Run("no fault", func(t *testing.T) {
		o := plain(s)
		o.Servers, o.PageSize = []string{ldaptest.NewProxy(t, s.URL, ldaptest.Fault{}).URL}, 20
		o.Canaries = []string{"uid=canary,ou=contractors," + s.Suffix}
		if snap := snapshot(t, driver(t, o)); len(snap.People) != 62 || len(snap.Groups[0].Members) != 60 {
			t.Errorf("%d people", len(snap.People))
		}
	})
}

// A group that the server gives in ranges is read whole, at every size round
// the limit.
func TestRangesAreReadToTheirEnd(t *testing.T) {
	s := ldaptest.StartSlapd(t, ldaptest.SlapdOptions{})
	s.Add(t, crowd(s.Suffix, 45))
	whole := snapshot(t, driver(t, plain(s)))
	for _, limit := range []int{1, 7, 14, 15, 44, 45, 46} {
		o := plain(s)
		o.Servers = []string{ldaptest.NewProxy(t, s.URL, ldaptest.Fault{MaxValues: limit}).URL}
		snap := snapshot(t, driver(t, o))
		if diff := cmp.Diff(whole.Groups, snap.Groups); diff != "" {
			t.Errorf("%d values at once, - whole + ranges:\n%s", limit, diff)
		}
	}
}

// What a real server does when it is set up in the wrong way.
func TestAServerThatHidesIsNotEmpty(t *testing.T) {
	for name, c := range map[string]struct {
		options ldaptest.SlapdOptions
		alter   func(*Options)
		kind    fault.Kind
		why     string
	}{
		"an account that sees nothing": {
			ldaptest.SlapdOptions{Access: "access to attrs=userPassword by anonymous auth\naccess to * by * none"}, asReader, fault.Incomplete, "the account may not read it",
		},
		"an account that sees the base alone": {
			ldaptest.SlapdOptions{Access: "access to attrs=userPassword by anonymous auth\naccess to dn.base=dc=example,dc=com by users read\naccess to dn.base=\"\" by * read\naccess to * by * none"}, asReader, fault.Incomplete, "check rights: dc=example,dc=com",
		},
		"an account that does not see the people": {
			ldaptest.SlapdOptions{Access: "access to attrs=userPassword by anonymous auth\naccess to dn.children=ou=people,dc=example,dc=com by * none\naccess to * by users read"}, asReader, fault.Incomplete, "check rights: ou=people,dc=example,dc=com",
		},
		"nobody in particular": {
			ldaptest.SlapdOptions{}, func(o *Options) { o.Bind = Bind{} }, fault.Incomplete, "the account may not read it",
		},
		"an account whose pages are limited": {
			ldaptest.SlapdOptions{SizeLimit: "size.soft=20 size.hard=20 size.pr=none size.prtotal=20"}, asReader, fault.Incomplete, "limit cut the answer",
		},
		"a base that is not there": {
			ldaptest.SlapdOptions{}, func(o *Options) { o.Rules.Base = "ou=nowhere,dc=example,dc=com" }, fault.Incomplete, "it is not there",
		},
		"an OU that is not there": {
			ldaptest.SlapdOptions{}, func(o *Options) {
				o.Rules.Within = []string{"ou=people,dc=example,dc=com", "ou=gone,dc=example,dc=com"}
			}, fault.Incomplete, "ou=gone",
		},
		"an anchor that was renamed": {
			ldaptest.SlapdOptions{}, func(o *Options) { o.Rules.PersonAnchor = "employeeNumber" }, fault.Incomplete, "it has no employeenumber",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := ldaptest.StartSlapd(t, c.options)
			s.Add(t, crowd(s.Suffix, 30)+"dn: cn=reader,dc=example,dc=com\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: reader\nuserPassword: secret\n")
			o := plain(s)
			o.PageSize = 10
			c.alter(&o)
			failing(t, o, c.kind, c.why)
		})
	}
}

func asReader(o *Options) { o.Bind.User = "cn=reader,dc=example,dc=com" }

// People and groups are read from the subtrees and by the filter alone, and no
// group loses what is known to be elsewhere.
func TestTheScopeIsKept(t *testing.T) {
	s := ldaptest.StartSlapd(t, ldaptest.SlapdOptions{})
	s.Add(t, awkward(s.Suffix))
	for name, c := range map[string]struct {
		alter  func(*Options)
		people int
		groups map[string]int // name → members, or -1 where members could not be read
	}{
		"everything":       {func(*Options) {}, 5, map[string]int{"outer": 3, "inner": 3, "unique": 1, "posix": 2, "broken": -1}},
		"the OU of people": {func(o *Options) { o.Rules.Within = []string{"ou=people," + s.Suffix} }, 4, map[string]int{}},
		"two OUs": {func(o *Options) { o.Rules.Within = []string{"ou=people," + s.Suffix, "ou=groups," + s.Suffix} }, 4, map[string]int{
			"outer": 3, "inner": 3, "unique": 1, "posix": -1, "broken": -1,
		}},
		"a filter":         {func(o *Options) { o.Filter = "(|(uid=ann)(uid=eve)(cn=outer)(cn=broken))" }, 2, map[string]int{"outer": 1, "broken": -1}},
		"a few attributes": {func(o *Options) { o.Attributes = []string{"mail"} }, 5, map[string]int{"outer": 3, "inner": 3, "unique": 1, "posix": 2, "broken": -1}},
	} {
		t.Run(name, func(t *testing.T) {
			o := plain(s)
			c.alter(&o)
			snap := snapshot(t, driver(t, o))
			got := map[string]int{}
			for _, g := range snap.Groups {
				name := strings.TrimPrefix(strings.SplitN(g.Name, ",", 2)[0], "cn=")
				if got[name] = len(g.Members); g.AddOnly {
					got[name] = -1
				}
			}
			if diff := cmp.Diff(c.groups, got); len(snap.People) != c.people || diff != "" {
				t.Errorf("%d people, want %d; groups:\n%s", len(snap.People), c.people, diff)
			}
			for _, p := range snap.People {
				if len(o.Attributes) > 0 && p.Attributes.First("sn")+p.Attributes.First("entrycsn") != "" {
					t.Errorf("more was read than was asked for: %v", p.Attributes)
				}
			}
		})
	}
}
