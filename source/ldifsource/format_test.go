package ldifsource

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"rollcall/fault"
	"rollcall/source/ldapentry"
)

// readAll returns the entries as "line dn|attribute=value|…".
func readAll(r *records) ([]string, error) {
	var all []string
	for {
		e, err := r.next()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		s := fmt.Sprintf("%d %s", e.Place.Line, e.DN)
		for _, v := range e.Values {
			s += "|" + v.Attribute.Name + "=" + v.Text
		}
		all = append(all, s)
	}
}

func TestEntriesAreReadAsWritten(t *testing.T) {
	for name, c := range map[string]struct {
		ldif string
		want []string
	}{
		"plain":                        {"dn: cn=a\ncn: a\n\ndn: cn=b\ncn: b\n\n", []string{"1 cn=a|cn=a", "4 cn=b|cn=b"}},
		"carriage returns":             {"dn: cn=a\r\ncn: a\r\n\r\ndn: cn=b\r\ncn: b\r\n", []string{"1 cn=a|cn=a", "4 cn=b|cn=b"}},
		"version":                      {"version: 1\ndn: cn=a\ncn: a\n", []string{"2 cn=a|cn=a"}},
		"version again, files joined":  {"version: 1\n\ndn: cn=a\ncn: a\n\nVersion:1\n\ndn: cn=b\n", []string{"3 cn=a|cn=a", "8 cn=b"}},
		"an attribute called version":  {"dn: cn=a\nversion: 7\n", []string{"1 cn=a|version=7"}},
		"folded":                       {"dn: cn=a,d\n c=x\ncn: one\n  two\n  \n three\n", []string{"1 cn=a,dc=x|cn=one two three"}},
		"folded inside a character":    {"dn: cn=a\ncn: \xc3\n \xa9\n", []string{"1 cn=a|cn=é"}},
		"folded base64":                {"dn: cn=a\ncn:: w\n 6\n k=\n", []string{"1 cn=a|cn=é"}},
		"folded with carriage returns": {"dn: cn=a\r\ncn: on\r\n e\r\n", []string{"1 cn=a|cn=one"}},
		"comments":                     {"# one\n two\n#\ndn: cn=a\n# three:\n  four\ncn: a\n\n# five\n", []string{"4 cn=a|cn=a"}},
		"a comment in Latin-1":         {"# caf\xe9\ndn: cn=a\n", []string{"2 cn=a"}},
		"base64 dn":                    {"dn:: Y249w6k=\ncn: a\n", []string{"1 cn=é|cn=a"}},
		"base64 with spaces round it":  {"dn: cn=a\ncn::  YQ== \n", []string{"1 cn=a|cn=a"}},
		"empty values":                 {"dn: cn=a\na:\nb: \nc::\n", []string{"1 cn=a|a=|b=|c="}},
		"spaces in front":              {"dn:   cn=a\ncn:    a b  \n", []string{"1 cn=a|cn=a b  "}},
		"no space in front":            {"dn:cn=a\ncn:a:b\n", []string{"1 cn=a|cn=a:b"}},
		"tabs":                         {"dn: cn=a\ncn:\ta\tb\n", []string{"1 cn=a|cn=\ta\tb"}},
		"utf-8 as it is":               {"dn: cn=é\ncn: 浩\n", []string{"1 cn=é|cn=浩"}},
		"options":                      {"dn: cn=a\nCN;lang-DE: b\ncn: a\nx;binary: c\n", []string{"1 cn=a|cn;lang-de=b|cn=a|x=c"}},
		"several empty lines":          {"\n\n\ndn: cn=a\n\n\n\ndn: cn=b\n\n\n", []string{"4 cn=a", "8 cn=b"}},
		"passwords and pictures":       {"dn: cn=a\nuserPassword:: c2VjcmV0\njpegPhoto:: /9j/\nuserCertificate;binary:: MIIB\nmslaps-Password: p\nkrbPrincipalKey: k\ncn: a\n", []string{"1 cn=a|cn=a"}},
		"nothing":                      {"# nothing\n\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := readAll(newRecords(strings.NewReader(c.ldif), "f"))
			if err != nil || strings.Join(got, "\n") != strings.Join(c.want, "\n") {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

func TestWhatIsWrongIsNamedWithItsLine(t *testing.T) {
	const changes = "this is a file of changes"
	for name, c := range map[string]struct {
		ldif string
		kind fault.Kind
		says string
	}{
		"cut in a line":               {"dn: cn=a\ncn: a", fault.Incomplete, "f:2: incomplete: the file ends in the middle of this line"},
		"cut in a dn":                 {"dn: cn=a\n\ndn: c", fault.Incomplete, "f:3: incomplete: the file ends in the middle"},
		"cut in base64":               {"dn: cn=a\ncn:: Y2Fmw6kgY2\n", fault.Incomplete, "f:2: incomplete: cn is not base64"},
		"cut in folded base64":        {"dn: cn=a\ncn:: Y2Fm\n w6", fault.Incomplete, "f:3: incomplete: the file ends in the middle"},
		"cut after the folding":       {"dn: cn=a\ncn: a\n ", fault.Incomplete, "f:3: incomplete: the file ends in the middle"},
		"cut in a name":               {"dn: cn=a\ngivenN\n", fault.Incomplete, "f:2: incomplete: this line has no colon"},
		"cut between CR and LF":       {"dn: cn=a\r\ncn: a\r", fault.Incomplete, "f:2: incomplete: the file ends"},
		"cut in a comment":            {"dn: cn=a\n\n# en", fault.Incomplete, "f:3: incomplete: the file ends"},
		"value by URL":                {"dn: cn=a\njpegPhoto:< file:///a.jpg\n", fault.Unsupported, "f:2: unsupported: jpegphoto is given by URL"},
		"dn by URL":                   {"dn:< file:///a\n", fault.Unsupported, "f:1: unsupported: dn is given by URL"},
		"change":                      {"dn: cn=a\nchangetype: modify\nadd: cn\ncn: a\n-\n", fault.Unsupported, "f:2: unsupported: " + changes},
		"change in capitals":          {"dn: cn=a\nChangeType: delete\n", fault.Unsupported, "f:2: unsupported: " + changes},
		"ldifde":                      {"dn: cn=a\nchangetype: add\ncn: a\n", fault.Unsupported, "take out its lines \"changetype: add\""},
		"change without its type":     {"dn: cn=a\nadd: cn\ncn: a\n", fault.Unsupported, "f:2: unsupported: " + changes},
		"control":                     {"dn: cn=a\ncontrol: 1.2.840.113556.1.4.805 true\nchangetype: delete\n", fault.Unsupported, "f:2: unsupported: " + changes},
		"end of a change":             {"dn: cn=a\ncn: a\n-\n", fault.Unsupported, "f:3: unsupported: " + changes},
		"other version":               {"version: 2\ndn: cn=a\n", fault.Unsupported, "f:1: unsupported: LDIF version"},
		"ldapsearch without -LLL":     {"dn: cn=a\ncn: a\n\nsearch: 2\nresult: 0 Success\n", fault.Unsupported, "f:4: unsupported: this is ldapsearch's own format"},
		"referral":                    {"dn: cn=a\n\nref: ldap://other/dc=x\n", fault.Incomplete, "f:3: incomplete: the server referred"},
		"no dn":                       {"cn: a\n", fault.Incomplete, "f:1: incomplete: an entry begins with dn:"},
		"empty line in an entry":      {"dn: cn=a\n\nsn: a\n", fault.Incomplete, "f:3: incomplete: an entry begins with dn:"},
		"second dn":                   {"dn: cn=a\ncn: a\n \ndn: cn=b\n", fault.Incomplete, "f:4: incomplete: a second dn"},
		"space at the beginning":      {" dn: cn=a\n", fault.Incomplete, "f:1: incomplete: this line begins with a space"},
		"space after an empty line":   {"dn: cn=a\n\n b\n", fault.Incomplete, "f:3: incomplete: this line begins with a space"},
		"folded by a tab":             {"dn: cn=a\ncn: a\n\tb: c\n", fault.Incomplete, "f:3: incomplete: this line begins with a tab"},
		"zero byte":                   {"dn: cn=a\ncn: a\x00b\n", fault.Incomplete, "f:2: incomplete: there is a zero byte"},
		"carriage return in a line":   {"dn: cn=a\ncn: a\rb\n", fault.Incomplete, "f:2: incomplete: there is a carriage return"},
		"Latin-1":                     {"dn: cn=a\ncn: caf\xe9\n", fault.Incomplete, "f:2: incomplete: this line is not UTF-8"},
		"dn that is no text":          {"dn:: /w==\n", fault.Incomplete, "f:1: incomplete: the dn is not UTF-8"},
		"dn with a zero byte":         {"dn:: Y249AA==\n", fault.Incomplete, "f:1: incomplete: the dn is not UTF-8"},
		"bad base64 in a password":    {"dn: cn=a\nuserPassword:: ***\n", fault.Incomplete, "f:2: incomplete: userpassword is not base64"},
		"bad name":                    {"dn: cn=a\nc n: a\n", fault.Incomplete, "f:2: incomplete: \"c n\" is no attribute name"},
		"bad option":                  {"dn: cn=a\ncn;: a\n", fault.Incomplete, "f:2: incomplete: \"cn;\" has an option"},
		"lines are counted as cut up": {"# a\n b\n\ndn: cn=a\n ,dc=x\ncn: a\n b\nbad\n", fault.Incomplete, "f:8: incomplete: this line has no colon"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := readAll(newRecords(strings.NewReader(c.ldif), "f"))
			if !fault.Is(err, c.kind) || !strings.Contains(fmt.Sprint(err), c.says) {
				t.Errorf("got %q, %v\nwant %v: %s", got, err, c.kind, c.says)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	const limit = 1000
	long := strings.Repeat("x", limit-len("cn: "))
	folded := "cn: " + strings.Repeat(strings.Repeat("x", 99)+"\n ", 9) + strings.Repeat("x", limit-len("cn: ")-9*99)
	values := strings.Repeat("a: 567890\n", (limit-len("cn=a"))/(spanBytes+len("567890")))
	for name, c := range map[string]struct {
		inside, outside string
	}{
		"line":                    {"dn: cn=a\ncn: " + long + "\n", "dn: cn=a\ncn: " + long + "x\n"},
		"line with CR LF":         {"dn: cn=a\r\ncn: " + long + "\r\n", "dn: cn=a\r\ncn: " + long + "x\r\n"},
		"folded line":             {"dn: cn=a\n" + folded + "\n", "dn: cn=a\n" + folded + "\n x\n"},
		"comment":                 {"#" + long + "\ndn: cn=a\n", "#   x" + long + "\ndn: cn=a\n"},
		"values of an entry":      {"dn: cn=a\n" + values, "dn: cn=a\n" + values + "a: 567890\n"},
		"what is kept of a value": {"dn: cn=a\n" + strings.Repeat("jpegPhoto: 1234567890\n", 500), "dn: cn=a\n" + strings.Repeat("photo2: 1234567890\n", 500)},
	} {
		t.Run(name, func(t *testing.T) {
			for ldif, refused := range map[string]bool{c.inside: false, c.outside: true} {
				r := newRecords(strings.NewReader(ldif), "f")
				r.lines.limit = limit
				if strings.Contains(name, "value") {
					r.limit = limit
				}
				if _, err := readAll(r); fault.Is(err, fault.Incomplete) != refused || !refused && err != nil {
					t.Errorf("%d bytes: %v, want it refused: %v", len(ldif), err, refused)
				}
			}
		})
	}
}

// A line longer than any buffer is one line all the same.
func TestALargePhotoPassesThrough(t *testing.T) {
	photo := strings.Repeat(strings.Repeat("A", 76)+"\n ", 40_000) + "AAAA"
	got, err := readAll(newRecords(strings.NewReader("dn: cn=a\njpegPhoto:: "+photo+"\ncn: a\n"), "f"))
	if err != nil || len(got) != 1 || got[0] != "1 cn=a|cn=a" {
		t.Errorf("got %.100q, %v", got, err)
	}
	one := "dn: cn=a\nphoto: " + strings.Repeat("x", maxLine-len("photo: "))
	if _, err := readAll(newRecords(strings.NewReader(one+"\n"), "f")); err != nil {
		t.Errorf("a line of the greatest length: %v", err)
	}
	if _, err := readAll(newRecords(strings.NewReader(one+"x\n"), "f")); !fault.Is(err, fault.Incomplete) {
		t.Errorf("a line longer than that: %v", err)
	}
}

// Entries given out stay as they are while others are read.
func TestTextsHold(t *testing.T) {
	r := newRecords(strings.NewReader("dn: cn=a\ncn: a\n\ndn: cn=b\ncn: b\n"), "f")
	e, err := r.next()
	if err != nil {
		t.Fatal(err)
	}
	name, value := e.DN, e.Values[0]
	if _, err := r.next(); err != nil {
		t.Fatal(err)
	}
	if (name != "cn=a" || value != ldapentry.Value{Attribute: value.Attribute, Text: "a"}) {
		t.Errorf("they became %q and %q", name, value.Text)
	}
}
