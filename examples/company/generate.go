//go:build ignore

// Generate writes the sample company, day1.ldif and day2.ldif, into the folder
// given as its argument. It reads nothing and leaves nothing to chance, so the
// same bytes come out every time.
//
//	go generate ./examples
package main

import (
	"bytes"
	"cmp"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const base = "dc=example,dc=com"

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: go run generate.go FOLDER")
	}
	c := firstDay()
	c.save(filepath.Join(os.Args[1], "day1.ldif"), "Monday 2 March 2026")
	c.nextDay()
	c.save(filepath.Join(os.Args[1], "day2.ldif"), "Tuesday 3 March 2026")
}

// nextDay makes the changes that README.md lists.
func (c *company) nextDay() {
	c.join(10251, "Thảo/Đặng/Đặng Phương Thảo", "vi", "Hanoi", "Software Engineer", "team-payments", "linux-build-hosts")
	c.join(10252, "Zeynep/Gündoğan", "tr", "Istanbul", "Support Specialist", "team-support-tier1")
	c.join(10253, "Matilda/Åkerblom", "sv", "Stockholm", "Product Designer", "team-design", "app-grafana-viewers")
	c.move("huong.nguyen", "team-support-tier1", "team-data", "Data Analyst")
	c.move("concepcion.rios", "team-sales-emea", "team-logística", "Analista de Logística")
	c.leave("jurgen.schafer")
	c.leave("michal.dabrowski")
	c.group("team-checkout").cn = "team-storefront"
}

// A company is everything in one export.
type company struct {
	departments []*department
	people      []*person
	groups      []*group
	phones      map[string]int // telephone numbers given out, by city
}

type department struct{ number, name string }

type person struct {
	number                          int
	uid, given, family, cn, display string
	lang, city, phone, title, kind  string
	mails                           []string
	department                      *department
	manager                         *person
	locked                          bool
}

type group struct {
	cn, anchor, class, description string
	groups                         []*group
	people                         []*person
	department                     *department // of a team
	lead                           *person     // of a team: the manager of whoever joins it
}

func (d *department) dn() string {
	return "ou=" + strings.ReplaceAll(d.name, ",", `\,`) + ",ou=people," + base
}
func (p *person) dn() string { return "uid=" + p.uid + "," + p.department.dn() }
func (g *group) dn() string  { return "cn=" + g.cn + ",ou=groups," + base }

func (c *company) group(cn string) *group {
	i := slices.IndexFunc(c.groups, func(g *group) bool { return g.cn == cn })
	if i < 0 {
		log.Fatalf("no group %s", cn)
	}
	return c.groups[i]
}

func (c *company) person(uid string) *person {
	i := slices.IndexFunc(c.people, func(p *person) bool { return p.uid == uid })
	if i < 0 {
		log.Fatalf("no person %s", uid)
	}
	return c.people[i]
}

// hire adds somebody; name is given/family, or given/family/name where the
// name is shown in another script or order.
func (c *company) hire(number int, name, lang, city, title string, d *department, manager *person) *person {
	parts := append(strings.Split(name, "/"), "")
	p := &person{
		number: number, given: parts[0], family: parts[1], display: parts[2], lang: lang, city: city,
		title: title, kind: "Employee", department: d, manager: manager,
	}
	p.uid = romanise(strings.Fields(p.given)[0] + "." + strings.ReplaceAll(p.family, " ", "-"))
	if slices.ContainsFunc(c.people, func(q *person) bool { return q.uid == p.uid }) {
		log.Fatalf("two people are called %s", p.uid)
	}
	p.mails = []string{p.uid + "@example.com"}
	if lang == "ja" { // in kanji throughout, uid and mail apart
		p.family, p.given, _ = strings.Cut(p.display, " ")
	}
	p.cn = p.given + " " + p.family
	if lang == "ja" {
		p.cn = p.display
	}
	p.display = cmp.Or(p.display, p.cn)
	if strings.HasSuffix(title, "Intern") {
		p.kind = "Intern"
	}
	p.phone = fmt.Sprintf(offices[city].phone, c.phones[city])
	c.phones[city]++
	c.people = append(c.people, p)
	return p
}

// join hires somebody into a team and further groups.
func (c *company) join(number int, name, lang, city, title, team string, more ...string) {
	g := c.group(team)
	p := c.hire(number, name, lang, city, title, g.department, g.lead)
	for _, cn := range append(more, team) {
		c.group(cn).people = append(c.group(cn).people, p)
	}
}

// move takes somebody from one team to another and so to its department.
func (c *company) move(uid, from, to, title string) {
	p, g := c.person(uid), c.group(to)
	p.title, p.department, p.manager = title, g.department, g.lead
	c.group(from).remove(p)
	g.people = append(g.people, p)
}

// leave takes somebody who manages nobody out of everything.
func (c *company) leave(uid string) {
	p := c.person(uid)
	for _, g := range c.groups {
		g.remove(p)
	}
	c.people = slices.DeleteFunc(c.people, func(q *person) bool { return q == p })
}

func (g *group) remove(p *person) {
	g.people = slices.DeleteFunc(g.people, func(q *person) bool { return q == p })
}

// firstDay staffs the departments and fills the groups.
func firstDay() *company {
	c := &company{phones: map[string]int{}}
	brazil, others := candidates()
	var boss *person
	for _, row := range chart {
		d, pool := &department{row.number, row.name}, &others
		if row.name == "Logística" {
			pool = &brazil
		}
		c.departments = append(c.departments, d)
		hire := func(title string, manager *person) *person {
			n := (*pool)[0]
			*pool = (*pool)[1:]
			return c.hire(10001+len(c.people)*61%250, n.name, n.lang, n.city, title, d, manager)
		}
		head := hire(row.head, boss)
		boss = cmp.Or(boss, head)
		for _, t := range row.teams {
			g := &group{cn: t.cn, description: t.description, department: d, lead: hire(t.lead, head)}
			g.people = []*person{g.lead}
			for i := range t.size - 1 {
				p := hire(t.titles[i%len(t.titles)], g.lead)
				if i%9 == 7 && p.kind == "Employee" {
					p.kind = "Contractor"
				}
				g.people = append(g.people, p)
			}
			if g.cn != "" {
				c.groups = append(c.groups, g)
			}
		}
	}
	for _, r := range circles {
		c.groups = append(c.groups, &group{cn: r.cn, class: r.class, description: r.description})
	}
	for _, r := range circles {
		g := c.group(r.cn)
		for cn := range strings.FieldsSeq(r.groups) {
			g.groups = append(g.groups, c.group(cn))
		}
		for uid := range strings.FieldsSeq(r.people) {
			g.people = append(g.people, c.person(uid))
		}
	}
	for _, g := range c.groups {
		g.anchor = uuid("group:" + g.cn)
	}
	c.person("winifred.cartwright").locked = true
	maria := c.person("maria.nowak") // kept the address from before her wedding
	maria.mails = append(maria.mails, "maria.zalewska@example.com")
	return c
}

type candidate struct{ name, lang, city string }

// candidates are the people the company can hire: the Brazilians for the
// logistics office, and everybody else well mixed. One in four lives away from
// the office where most speak their language.
func candidates() (brazil, others []candidate) {
	away := []string{"London", "Stockholm", "Berlin", "New York", "Paris", "Toronto"}
	for _, n := range names {
		for i, name := range strings.Split(strings.Join(strings.Fields(n.list), " "), ", ") {
			switch p := (candidate{name, n.lang, n.city}); {
			case n.lang == "pt-BR":
				brazil = append(brazil, p)
			case i%4 == 3:
				p.city = away[len(others)/4%len(away)]
				others = append(others, p)
			default:
				others = append(others, p)
			}
		}
	}
	mixed := make([]candidate, len(others))
	for i := range mixed { // 89 has no factor in common with their number, so each comes once
		mixed[i] = others[i*89%len(others)]
	}
	return brazil, mixed
}

// uuid makes the anchor of a thing: a UUID by name, RFC 9562 section 5.5, in
// the DNS namespace.
func uuid(name string) string {
	dns := []byte("\x6b\xa7\xb8\x10\x9d\xad\x11\xd1\x80\xb4\x00\xc0\x4f\xd4\x30\xc8")
	b := sha1.Sum(append(dns, name+".example.com"...))
	b[6], b[8] = b[6]&0x0f|0x50, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:16])
}

// save writes the company as a directory server exports it: parents first, then by name.
func (c *company) save(file, day string) {
	var w ldif
	w.line("version: 1")
	w.line("# Example Company, nightly export of " + day)
	w.line("# The company is made up; README.md says what is in this file and where it is meant to be awkward.")
	w.line("")
	w.entry(base, "dcObject organization", "dc", "example", "o", "Example Company")
	w.entry("ou=people,"+base, "organizationalUnit", "ou", "people")
	w.entry("ou=groups,"+base, "organizationalUnit", "ou", "groups")
	for _, d := range c.departments {
		w.entry(d.dn(), "organizationalUnit", "ou", d.name, "description", "Cost centre "+d.number)
	}
	slices.SortFunc(c.people, func(a, b *person) int {
		return cmp.Or(cmp.Compare(a.department.number, b.department.number), cmp.Compare(a.uid, b.uid))
	})
	for _, p := range c.people {
		w.person(p)
	}
	slices.SortFunc(c.groups, func(a, b *group) int { return cmp.Compare(a.cn, b.cn) })
	for _, g := range c.groups {
		w.group(g)
	}
	w.line(fmt.Sprintf("# numEntries: %d", w.entries))
	if err := os.WriteFile(file, w.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
}

// ldif is a file being written by the rules of RFC 2849.
type ldif struct {
	bytes.Buffer
	entries int
}

func (w *ldif) person(p *person) {
	fields := []string{
		"uid", p.uid, "cn", p.cn, "sn", p.family, "givenName", p.given, "displayName", p.display,
		"title", p.title, "employeeNumber", fmt.Sprint(p.number), "employeeType", p.kind,
		"departmentNumber", p.department.number, "ou", p.department.name,
		"l", p.city, "c", offices[p.city].code, "co", offices[p.city].country,
		"telephoneNumber", p.phone, "preferredLanguage", p.lang,
	}
	for _, m := range p.mails {
		fields = append(fields, "mail", m)
	}
	if p.manager != nil {
		fields = append(fields, "manager", p.manager.dn())
	}
	if p.locked {
		fields = append(fields, "nsAccountLock", "TRUE")
	}
	fields = append(fields, "entryUUID", uuid(fmt.Sprint("person:", p.number)))
	w.entry(p.dn(), "person organizationalPerson inetOrgPerson", fields...)
}

func (w *ldif) group(g *group) {
	class, attr, value := cmp.Or(g.class, "groupOfNames"), "member", (*person).dn
	fields := []string{"cn", g.cn}
	switch class {
	case "groupOfUniqueNames":
		attr = "uniqueMember"
	case "posixGroup":
		attr, value = "memberUid", func(p *person) string { return p.uid }
		fields = append(fields, "gidNumber", "20040")
	}
	if g.description != "" {
		fields = append(fields, "description", g.description)
	}
	var members []string
	for _, m := range g.groups {
		members = append(members, m.dn())
	}
	for _, p := range g.people {
		members = append(members, value(p))
	}
	slices.Sort(members)
	for _, m := range members {
		fields = append(fields, attr, m)
	}
	w.entry(g.dn(), class, append(fields, "entryUUID", g.anchor)...)
}

func (w *ldif) entry(dn, classes string, fields ...string) {
	w.attr("dn", dn)
	for class := range strings.FieldsSeq("top " + classes) {
		w.attr("objectClass", class)
	}
	for pair := range slices.Chunk(fields, 2) {
		w.attr(pair[0], pair[1])
	}
	w.line("")
	w.entries++
}

// attr writes one value, in base64 where it must be; what base64 hides is said
// in a comment above, as in the examples of the RFC.
func (w *ldif) attr(name, value string) {
	unsafe := func(r rune) bool { return r < ' ' || r > '~' }
	if !strings.ContainsFunc(value, unsafe) {
		w.line(name + ": " + value)
		return
	}
	for line := range strings.SplitSeq(value, "\n") {
		w.WriteString("# " + name + ": " + line + "\n")
	}
	w.line(name + ":: " + base64.StdEncoding.EncodeToString([]byte(value)))
}

// line writes one line, folded after 76 characters.
func (w *ldif) line(s string) {
	for len(s) > 76 {
		w.WriteString(s[:76] + "\n")
		s = " " + s[76:]
	}
	w.WriteString(s + "\n")
}
