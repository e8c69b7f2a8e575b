package ldapsource

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/fault"
	"rollcall/source"
	"rollcall/source/ldapentry"
	"rollcall/source/ldapsource/ldaptest"
)

// patience is how long a test waits for a change to be seen.
const patience = 30 * time.Second

// quick is a pace for tests, in which little is long ago.
var quick = pace{quiet: 50 * time.Millisecond, atMost: 500 * time.Millisecond, poll: 100 * time.Millisecond, sweep: 500 * time.Millisecond}

func follow(t *testing.T, d source.Driver) *source.Live {
	t.Helper()
	live, err := source.New("test", d).Follow(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(live.Close)
	return live
}

// catchUp takes changes in until the snapshot is what a read of the whole finds.
func catchUp(t *testing.T, live *source.Live, d source.Driver) {
	t.Helper()
	want := snapshot(t, d)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		diff := cmp.Diff([]any{want.People, want.Groups}, []any{live.Snapshot().People, live.Snapshot().Groups})
		if diff == "" {
			return
		}
		if _, err := live.Next(ctx); errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("it has not caught up (-whole +live):\n%s", diff)
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

const (
	unit    = "dn: ou=%,dc=example,dc=com\nobjectClass: organizationalUnit\nou: %\n\n"
	someone = "dn: uid=%,ou=people,dc=example,dc=com\nobjectClass: inetOrgPerson\nuid: %\ncn: %\nsn: %\nmail: %@example.com\n\n"
	anyone  = "dn: cn=%,ou=people,dc=example,dc=com\nobjectClass: groupOfNames\ncn: %\nmember: uid=ann,ou=people,dc=example,dc=com\nmember: uid=bob,ou=people,dc=example,dc=com\n\n"
)

func of(template, name string) string { return strings.ReplaceAll(template, "%", name) }

// smallOffice is three people in a group, and a unit outside of what is read.
func smallOffice() string {
	return of(unit, "people") + of(unit, "elsewhere") + of(someone, "ann") + of(someone, "bob") + of(someone, "carol") + of(anyone, "team")
}

// day is what happens at an office, step by step.
var day = map[string]string{
	"1 a joiner":             "dn: uid=dave,ou=people,dc=example,dc=com\nchangetype: add\nobjectClass: inetOrgPerson\nuid: dave\ncn: Dave\nsn: D\n",
	"2 a title":              "dn: uid=ann,ou=people,dc=example,dc=com\nchangetype: modify\nreplace: title\ntitle: Lead\n",
	"3 a new member":         "dn: cn=team,ou=people,dc=example,dc=com\nchangetype: modify\nadd: member\nmember: uid=dave,ou=people,dc=example,dc=com\n",
	"4 a person is renamed":  "dn: uid=dave,ou=people,dc=example,dc=com\nchangetype: modrdn\nnewrdn: uid=david\ndeleteoldrdn: 1\n",
	"5 a person is deleted":  "dn: uid=bob,ou=people,dc=example,dc=com\nchangetype: delete\n",
	"6 somebody is moved":    "dn: uid=ann,ou=people,dc=example,dc=com\nchangetype: modrdn\nnewrdn: uid=ann\ndeleteoldrdn: 1\nnewsuperior: ou=elsewhere,dc=example,dc=com\n",
	"7 and is moved back":    "dn: uid=ann,ou=elsewhere,dc=example,dc=com\nchangetype: modrdn\nnewrdn: uid=ann\ndeleteoldrdn: 1\nnewsuperior: ou=people,dc=example,dc=com\n",
	"8 a burst":              "dn: uid=carol,ou=people,dc=example,dc=com\nchangetype: modify\nreplace: title\ntitle: A\n\ndn: uid=ann,ou=people,dc=example,dc=com\nchangetype: modify\nreplace: title\ntitle: B\n\ndn: uid=carol,ou=people,dc=example,dc=com\nchangetype: modify\nreplace: title\ntitle: C\n",
	"9 a group with a group": "dn: cn=all,ou=people,dc=example,dc=com\nchangetype: add\nobjectClass: groupOfNames\ncn: all\nmember: cn=team,ou=people,dc=example,dc=com\n",
}

// Whatever changes, what is followed is what a read of the whole finds.
func TestFollowedIsAsGoodAsRead(t *testing.T) {
	pushing := ldaptest.StartSlapd(t, ldaptest.SlapdOptions{})
	silent := ldaptest.StartSlapd(t, ldaptest.SlapdOptions{NoSync: true})
	for name, c := range map[string]struct {
		s    *ldaptest.Slapd
		edit func(*Options)
	}{
		"pushed by the server":          {pushing, func(*Options) {}},
		"asked for by modifyTimestamp":  {silent, func(*Options) {}},
		"with a filter":                 {pushing, func(o *Options) { o.Filter = "(!(title=Lead))" }},
		"with some attributes":          {pushing, func(o *Options) { o.Attributes = []string{"uid", "title", "memberOf"} }},
		"with a filter on memberships":  {pushing, func(o *Options) { o.Filter = "(|(memberOf=cn=team,ou=people,dc=example,dc=com)(cn=team)(ou=people))" }},
		"by somebody with a size limit": {pushing, func(o *Options) { o.Bind.User, o.PageSize = "uid=root,dc=example,dc=com", 2 }},
	} {
		t.Run(name, func(t *testing.T) {
			c.s.Add(t, smallOffice()+"dn: uid=root,dc=example,dc=com\nobjectClass: account\nobjectClass: simpleSecurityObject\nuid: root\nuserPassword: secret\n")
			t.Cleanup(func() { c.s.DeleteAll(t) })
			o := plain(c.s)
			o.Rules = ldapentry.Rules{Base: c.s.Suffix, Within: []string{"ou=people,dc=example,dc=com"}}
			c.edit(&o)
			d := driver(t, o)
			d.pace = quick
			live := follow(t, d)
			for _, step := range slices.Sorted(maps.Keys(day)) {
				c.s.Modify(t, day[step])
				t.Log(step)
				catchUp(t, live, d)
			}
		})
	}
}

// A connection that is cut costs nothing but time: what changed meanwhile is
// found when the server is back.
func TestACutConnectionIsGoneOnWith(t *testing.T) {
	s := ldaptest.StartSlapd(t, ldaptest.SlapdOptions{})
	s.Add(t, smallOffice())
	proxy := ldaptest.NewProxy(t, s.URL, ldaptest.Fault{})
	o := plain(s)
	o.Servers = []string{proxy.URL}
	d := driver(t, o)
	d.pace = quick
	live := follow(t, d)
	proxy.Cut()
	s.Modify(t, day["2 a title"])
	s.Modify(t, day["5 a person is deleted"])
	if _, err := live.Next(t.Context()); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("after the cut: %v", err)
	}
	catchUp(t, live, d)
	proxy.Cut()
	if _, err := live.Next(t.Context()); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("after the second cut: %v", err)
	}
	if what, err := live.Next(t.Context()); what != "" || err != nil {
		t.Errorf("it answers again, and nothing has changed: %q, %v", what, err)
	}
	s.Restart(t)
	s.Modify(t, day["8 a burst"])
	if _, err := live.Next(t.Context()); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("after the restart: %v", err)
	}
	catchUp(t, live, d)
}

// Whatever may not be right is not believed.
func TestDoubtIsNotBelieved(t *testing.T) {
	s := ldaptest.StartSlapd(t, ldaptest.SlapdOptions{})
	for name, c := range map[string]struct {
		change string
		why    string
	}{
		"a unit gets another name": {"dn: ou=people,dc=example,dc=com\nchangetype: modrdn\nnewrdn: ou=staff\ndeleteoldrdn: 1\n", "others lie below"},
		"a canary goes":            {"dn: uid=carol,ou=people,dc=example,dc=com\nchangetype: delete\n", "every read must come across"},
	} {
		t.Run(name, func(t *testing.T) {
			s.Add(t, smallOffice())
			t.Cleanup(func() { s.DeleteAll(t) })
			o := plain(s)
			o.Canaries = []string{"uid=carol,ou=people,dc=example,dc=com"}
			live := follow(t, driver(t, o))
			s.Modify(t, c.change)
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			if what, err := live.Next(ctx); !fault.Is(err, fault.Stale) || !strings.Contains(err.Error(), c.why) {
				t.Errorf("%q, %v", what, err)
			}
		})
	}
}

func TestACursorThatIsRefusedIsStale(t *testing.T) {
	s := ldaptest.StartSlapd(t, ldaptest.SlapdOptions{})
	s.Add(t, smallOffice())
	f, err := driver(t, plain(s)).Follow(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	own := f.(*followed)
	for id := range own.replica.Marks {
		own.replica.Marks[id] = "20991122100000.000000Z#000000#001#000000" // of changes that the server never had
	}
	own.Close()
	if _, err := f.Next(t.Context()); !fault.Is(err, fault.Stale) {
		t.Errorf("%v", err)
	}
}
