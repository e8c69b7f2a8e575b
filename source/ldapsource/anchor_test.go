package ldapsource

import (
	"testing"

	"rollcall/source/ldapsource/ldaptest"
)

// schema389 is what 389 Directory Server and FreeIPA know people by, in a
// server that keeps what it is given.
const schema389 = `attributetype ( 2.16.840.1.113730.3.1.542 NAME 'nsUniqueId' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 2.16.840.1.113730.3.8.3.1 NAME 'ipaUniqueID' EQUALITY caseExactMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
objectclass ( 2.16.840.1.113730.3.8.4.1 NAME 'ipaObject' SUP top AUXILIARY MAY ( nsUniqueId $ ipaUniqueID ) )`

func TestPeopleOf389AndFreeIPAAreKnownByTheirOwnAnchors(t *testing.T) {
	s := ldaptest.StartSlapd(t, ldaptest.SlapdOptions{Schema: schema389})
	s.Add(t, "dn: uid=ann,"+s.Suffix+"\nobjectClass: inetOrgPerson\nobjectClass: ipaObject\nuid: ann\ncn: Ann\nsn: Lee\n"+
		"nsUniqueId: 66446001-1dd211b2-80b6d9f7-f9aa0000\nipaUniqueID: 8d5d0c6e-f1a2-11ef-8a3c-525400c0ffee\n\n"+
		"dn: cn=dev,"+s.Suffix+"\nobjectClass: groupOfUniqueNames\nobjectClass: ipaObject\ncn: dev\nuniqueMember: uid=ann,"+s.Suffix+"\n"+
		"nsUniqueId: 66446002-1dd211b2-80b6d9f7-f9aa0000\nipaUniqueID: 8d5d0c6e-f1a2-11ef-8a3c-525400c0ffef\n")
	for name, c := range map[string]struct {
		dialect Dialect
		anchor  string // attribute
		want    string
	}{
		"389":                   {DS389, "", "66446001-1dd211b2-80b6d9f7-f9aa0000"},
		"FreeIPA":               {FreeIPA, "", "66446001-1dd211b2-80b6d9f7-f9aa0000"},
		"FreeIPA's own":         {FreeIPA, "ipaUniqueID", "8d5d0c6e-f1a2-11ef-8a3c-525400c0ffee"},
		"entryUUID where it is": {DS389, "entryUUID", ""},
	} {
		o := plain(s)
		o.Dialect, o.Rules.PersonAnchor, o.Rules.GroupAnchor = c.dialect, c.anchor, c.anchor
		snap := snapshot(t, driver(t, o))
		if len(snap.People) != 1 || len(snap.Groups) != 1 || len(snap.Groups[0].Members) != 1 {
			t.Errorf("%s: %+v", name, snap)
			continue
		}
		if got := string(snap.People[0].Anchor); got == "" || c.want != "" && got != c.want {
			t.Errorf("%s: anchor %s, want %s", name, got, c.want)
		}
	}
}
