package ldaptest

import (
	_ "embed"
	"path/filepath"
	"strings"
	"testing"
)

//go:embed right.py
var righter string

// Modify carries out changes in LDIF (RFC 2849), as the admin.
func (s *Samba) Modify(t testing.TB, ldif string) {
	t.Helper()
	cmd := []string{"-x", "-H", s.LDAPS, "-D", s.Admin, "-w", s.Password}
	if _, err := command(ldif, "env", append([]string{"LDAPTLS_CACERT=" + s.CA, "ldapmodify"}, cmd...)...); err != nil {
		t.Fatal(err)
	}
}

// Reset deletes an entry with all that is below it, and adds entries (LDIF,
// without changetype) in its place: quicker than a domain controller for each
// test.
func (s *Samba) Reset(t testing.TB, base, ldif string) {
	t.Helper()
	who := []string{"LDAPTLS_CACERT=" + s.CA, "ldapmodify", "-x", "-H", s.LDAPS, "-D", s.Admin, "-w", s.Password}
	const treeDelete = "!1.2.840.113556.1.4.805" // MS-ADTS 3.1.1.3.4.1.15
	if _, err := command("dn: "+base+"\nchangetype: delete\n", "env", append(who, "-e", treeDelete)...); err != nil {
		t.Fatal(err)
	}
	if _, err := command(ldif, "env", append(who, "-a")...); err != nil {
		t.Fatal(err)
	}
}

// Restore brings a deleted person back under a name they had, as AD's recycle
// bin does: the tombstone is found by the number in its sAMAccountName.
func (s *Samba) Restore(t testing.TB, number, dn string) {
	t.Helper()
	search := []string{
		"LDAPTLS_CACERT=" + s.CA, "ldapsearch", "-LLL", "-o", "ldif-wrap=no", "-x", "-H", s.LDAPS, "-D", s.Admin, "-w", s.Password,
		"-E", "!1.2.840.113556.1.4.417", "-b", s.Base, "(&(isDeleted=TRUE)(sAMAccountName=p" + number + "))", "1.1",
	}
	out, err := command("", "env", search...)
	if err != nil {
		t.Fatal(err)
	}
	name, _, _ := strings.Cut(out, "\n")
	if name == "" {
		t.Fatalf("no tombstone of p%s", number)
	}
	ldif := name + "\nchangetype: modify\ndelete: isDeleted\n-\nreplace: distinguishedName\ndistinguishedName: " + dn + "\n"
	if _, err := command(ldif, "env", "LDAPTLS_CACERT="+s.CA, "ldapmodify", "-e", "!1.2.840.113556.1.4.417", "-x", "-H", s.LDAPS, "-D", s.Admin, "-w", s.Password); err != nil {
		t.Fatal(err)
	}
}

// SetPassword gives somebody a password, by their sAMAccountName.
func (s *Samba) SetPassword(t testing.TB, name, password string) {
	t.Helper()
	_, err := command("", "samba-tool", "user", "setpassword", name, "--newpassword="+password,
		"-H", filepath.Join(s.Dir, "private/sam.ldb"), "-s", filepath.Join(s.Dir, "smb.conf"))
	if err != nil {
		t.Fatal(err)
	}
}

// Keytab writes the keys of somebody, by their sAMAccountName, into a file.
func (s *Samba) Keytab(t testing.TB, name string) string {
	t.Helper()
	file := filepath.Join(s.Dir, name+".keytab")
	if _, err := command("", "samba-tool", "domain", "exportkeytab", file, "--principal="+name, "-s", filepath.Join(s.Dir, "smb.conf")); err != nil {
		t.Fatal(err)
	}
	return file
}

// Right puts an entry in front of an object's access list, in SDDL with %s for
// the account: "(A;;LCRP;;;%s)" lets it list and read, "(D;;LC;;;%s)" hides
// what is below.
func (s *Samba) Right(t testing.TB, object, account, entry string) {
	t.Helper()
	_, err := command("", "/usr/bin/python3", "-c", righter, filepath.Join(s.Dir, "private/sam.ldb"), filepath.Join(s.Dir, "smb.conf"), object, account, entry)
	if err != nil {
		t.Fatal(err)
	}
}
