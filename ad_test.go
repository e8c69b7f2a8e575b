package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/identitystore"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/document"
	"github.com/aws/aws-sdk-go-v2/service/identitystore/types"

	"rollcall/source/ldapsource/ldaptest"
)

// domain is an Active Directory, and the office that keeps an Identity Center
// in line with it, which is looked at as any program does: by AWS's SDK.
type domain struct {
	*office
	ad     *ldaptest.Samba
	server *served
	store  *string
	ids    map[string]string // of people, by userName

	reader, password string // who reads it; an administrator, if not said
}

const adPeople, adGroups, adLarge = 5200, 200, 5001

// adName is what the n-th person is called. Some names have to be escaped.
func adName(n int) string {
	switch n % 50 {
	case 1:
		return fmt.Sprintf("Đorđe Lučić %d", n)
	case 2:
		return fmt.Sprintf(`Comma\, Ann %d`, n)
	case 3:
		return fmt.Sprintf(`Quote \22Q\22 %d`, n)
	case 4:
		return fmt.Sprintf(`Slash/Back\\slash %d`, n)
	case 5:
		return fmt.Sprintf(`山田 太郎 %d`, n)
	}
	return fmt.Sprintf("Person %d", n)
}

func adDN(n int) string {
	return fmt.Sprintf("CN=%s,OU=Unit %d,OU=AWS,DC=corp,DC=test", adName(n), n%26)
}

func adGroupDN(n int) string { return fmt.Sprintf("CN=aws-g%d,OU=Groups,OU=AWS,DC=corp,DC=test", n) }

// adStatus says how the n-th person is: every 100th is disabled, every 100th
// has expired, and the others may log on.
func adStatus(n int) (attributes string, active bool) {
	switch n % 100 {
	case 10:
		return "userAccountControl: 546\n", false
	case 20:
		return "userAccountControl: 544\naccountExpires: 129067776000000000\n", false // 2010
	}
	return "userAccountControl: 544\naccountExpires: 0\n", true
}

// adNested are the groups in the n-th group: chains of four, and two groups
// that contain each other.
func adNested(n int) []int {
	switch {
	case n == 0:
		return nil // the large one
	case n == 1:
		return []int{2}
	case n == 2:
		return []int{1}
	case n < 160 && n%4 != 0:
		return []int{n + 1}
	}
	return nil
}

// adDirect are the people directly in the n-th group.
func adDirect(n int) []int {
	var all []int
	if n == 0 {
		for i := range adLarge {
			all = append(all, i)
		}
		return all
	}
	for i := range 10 {
		all = append(all, (n*17+i*31)%adPeople)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// adMembers are the people in a group in the end.
func adMembers(n int) map[int]bool {
	all, seen := map[int]bool{}, map[int]bool{}
	for queue := []int{n}; len(queue) > 0; queue = queue[1:] {
		if seen[queue[0]] {
			continue
		}
		seen[queue[0]] = true
		for _, p := range adDirect(queue[0]) {
			all[p] = true
		}
		queue = append(queue, adNested(queue[0])...)
	}
	return all
}

// adCompany is the whole company in LDIF.
func adCompany() string {
	var b strings.Builder
	unit := func(dn string) { fmt.Fprintf(&b, "dn: %s\nobjectClass: organizationalUnit\n\n", dn) }
	unit("OU=AWS,DC=corp,DC=test")
	unit("OU=Groups,OU=AWS,DC=corp,DC=test")
	unit("OU=Gone,DC=corp,DC=test")
	for n := range 26 {
		unit(fmt.Sprintf("OU=Unit %d,OU=AWS,DC=corp,DC=test", n))
	}
	for n := range adPeople {
		status, _ := adStatus(n)
		fmt.Fprintf(&b, "dn: %s\nobjectClass: user\nsAMAccountName: p%d\nuserPrincipalName: p%[2]d@corp.test\nsn: Example\ngivenName: P%[2]d\n%[3]s\n", adDN(n), n, status)
	}
	for n := adGroups - 1; n >= 0; n-- {
		fmt.Fprintf(&b, "dn: %s\nobjectClass: group\nsAMAccountName: aws-g%d\n", adGroupDN(n), n)
		for _, p := range adDirect(n) {
			fmt.Fprintf(&b, "member: %s\n", adDN(p))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// adNesting puts groups into groups, once all are there.
func adNesting() string {
	var b strings.Builder
	for n := range adGroups {
		for _, inner := range adNested(n) {
			fmt.Fprintf(&b, "dn: %s\nchangetype: modify\nadd: member\nmember: %s\n\n", adGroupDN(n), adGroupDN(inner))
		}
	}
	return b.String()
}

const adConfig = `sources:
  corp:
    kind: ldap
    servers: %s
    base: OU=AWS,DC=corp,DC=test
    bind: {user: %s, password: "file:%s"}
    tls: {ca: %s}
    anchor: %s
syncs:
  corp:
    source: corp
    mapping: {preset: ad}
    brakes: {users_off: {floor: 5}}
`

// newDomain starts a domain with these entries and an office for it.
func newDomain(t *testing.T, ldif string) *domain {
	t.Helper()
	d := &domain{ad: ldaptest.StartSamba(t, ldif), office: newOffice(t)}
	d.configure(d.ad.LDAPS, "")
	return d
}

// configure has the sync read a domain from some servers; more is keys of the
// sync.
func (d *domain) configure(servers, more string) {
	d.t.Helper()
	secret := filepath.Join(d.folder, "password")
	config := fmt.Sprintf(adConfig, servers, cmp.Or(d.reader, d.ad.Admin), secret, d.ad.CA, "objectGUID") + more
	for name, text := range map[string]string{secret: cmp.Or(d.password, d.ad.Password), filepath.Join(d.folder, "rollcall.yaml"): config} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			d.t.Fatal(err)
		}
	}
}

// alter replaces a part of the configuration.
func (d *domain) alter(from, to string) {
	d.t.Helper()
	name := filepath.Join(d.folder, "rollcall.yaml")
	text, err := os.ReadFile(name)
	if err == nil {
		err = os.WriteFile(name, []byte(strings.Replace(string(text), from, strings.TrimLeft(to, " "), 1)), 0o600)
	}
	if err != nil {
		d.t.Fatal(err)
	}
}

// writes are how many events the Identity Center has: each write leaves one.
func (d *domain) writes() int {
	d.t.Helper()
	return strings.Count(d.must("directory", "events").out, "\n")
}

// adStaff are n people beside Ann, and more members of her group, as changes:
// so many that one leaver is a few per cent.
func adStaff(n int) string {
	text := "dn: OU=Gone,DC=corp,DC=test\nchangetype: add\nobjectClass: organizationalUnit\n\n" + adEntry("Ann") + "modify\nadd: sn\nsn: Lee\n-\nadd: givenName\ngivenName: Ann\n\n"
	for i := range n {
		text += adJoiner(fmt.Sprintf("p%d", i))
	}
	return text + adEntry("dev") + "modify\nadd: member\nmember: CN=p1,OU=AWS,DC=corp,DC=test\nmember: CN=p2,OU=AWS,DC=corp,DC=test\n\n"
}

// adEntry begins a change of an entry.
func adEntry(name string) string { return "dn: CN=" + name + ",OU=AWS,DC=corp,DC=test\nchangetype: " }

func adJoiner(name string) string {
	return adEntry(name) + fmt.Sprintf("add\nobjectClass: user\nsAMAccountName: %s\nuserPrincipalName: %[1]s@corp.test\nsn: Example\ngivenName: %[1]s\nuserAccountControl: 544\n\n", name)
}

func adTitle(name, title string) string {
	return adEntry(name) + "modify\nreplace: title\ntitle: " + title + "\n\n"
}

func adLeaver(name string) string { return adEntry(name) + "delete\n\n" }

// off reports whether somebody has an account that is disabled.
func (d *domain) off(name string) bool { return d.isOff(name + "@corp.test") }

func (d *domain) person(name string) account { return d.office.user(name + "@corp.test") }

// open serves the Identity Center beside the commands.
func (d *domain) open() {
	d.t.Helper()
	d.server = d.serve()
	d.store = aws.String(d.server.env["ROLLCALL_IDENTITY_STORE_ID"])
}

// nothingLeft says that the Identity Center is as the domain is.
func (d *domain) nothingLeft() {
	d.t.Helper()
	if r := d.run("sync", "run", "corp", "--dry-run", "--exit-code"); r.status != 0 {
		d.t.Errorf("something is left to do, status %d:\n%s%s", r.status, r.out, r.errors)
	}
}

// user is somebody as the SDK sees them, by userName.
func (d *domain) user(name string) *identitystore.DescribeUserOutput {
	d.t.Helper()
	client, ctx := d.server.client(), context.Background()
	found, err := client.GetUserId(ctx, &identitystore.GetUserIdInput{
		IdentityStoreId: d.store, AlternateIdentifier: &types.AlternateIdentifierMemberUniqueAttribute{Value: types.UniqueAttribute{
			AttributePath: aws.String("userName"), AttributeValue: document.NewLazyDocument(name),
		}},
	}, readAgain)
	if err != nil {
		d.t.Fatalf("%s: %v", name, err)
	}
	u, err := client.DescribeUser(ctx, &identitystore.DescribeUserInput{IdentityStoreId: d.store, UserId: found.UserId}, readAgain)
	if err != nil {
		d.t.Fatal(err)
	}
	return u
}
