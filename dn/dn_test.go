package dn

import (
	"strings"
	"testing"

	"rollcall/fault"
)

func TestOneNameHasOneForm(t *testing.T) {
	for name, writings := range map[string][]string{
		"case and spaces": {"uid=ann,ou=People,dc=example,dc=com", "UID=Ann, OU=people , DC = Example,dc=COM", "  uid = ann , ou=people,dc=example,dc=com  "},
		"escaped comma":   {`cn=Wong\, Amy,dc=x`, `cn=Wong\2c Amy,dc=x`, `CN=wong\2C  amy,dc=x`},
		"other specials":  {`cn=a\+b\"c\\d\<e\>f\;g\=h,dc=x`, `cn=a\2bb\22c\5cd\3ce\3ef\3bg=h,dc=x`},
		"hash in front":   {`cn=\#1,dc=x`, `cn=\231,dc=x`, `cn=\ #1,dc=x`},
		"utf-8 by bytes":  {"cn=Lučić", `cn=Lu\C4\8Di\C4\87`, "cn=LUČIĆ", "cn=Luc\u030cic\u0301"},
		"folded letters":  {"cn=Straße", "cn=STRASSE"},
		"multi-valued":    {"cn=Amy Wong+sn=Kroker,dc=x", "sn=kroker + cn=amy wong,dc=x", "SN=Kroker+CN=Amy  Wong, dc=x"},
		"hexadecimal":     {"cn=Hi,dc=x", "cn=#04024869,dc=x", "cn=#0c024869 ,dc=x", "cn=#048200024869,dc=x"},
		"oid":             {"cn=a,dc=x", "2.5.4.3=a,0.9.2342.19200300.100.1.25=x", "OID.2.5.4.3=a,DomainComponent=x"},
		"white space":     {"cn=a b,dc=x", `cn=a\09b\0a,dc=x`, "cn=a\u00a0\u3000b,dc=x"},
		"outer spaces":    {"cn=a", `cn=\ a\ `, "cn= a "},
		"root":            {"", "   "},
	} {
		t.Run(name, func(t *testing.T) {
			want := parsed(t, writings[0])
			for _, w := range writings[1:] {
				if got := parsed(t, w); got != want {
					t.Errorf("%q is %q, %q is %q", writings[0], want, w, got)
				}
			}
		})
	}
}

func TestDifferentNamesDiffer(t *testing.T) {
	seen := map[DN]string{}
	for _, s := range []string{
		"", "cn=a", "cn=b", "sn=a", "cn=a,dc=x", "cn=a+dc=x", `cn=a\,dc=x`, `cn=a\+dc=x`, "cn=a\\01,dc=x", "cn=#0500", `cn=\#0500`, "cn=",
		"cn=a,cn=a", "cn=a b", "cn=ab", "cn=é", "cn=e",
	} {
		d := parsed(t, s)
		if other, ok := seen[d]; ok {
			t.Errorf("%q and %q are both %q", s, other, d)
		}
		seen[d] = s
	}
}

func TestBadNamesAreRefused(t *testing.T) {
	for name, s := range map[string]string{
		"no type":            "=ann,dc=x",
		"no equals sign":     "ann,dc=x",
		"only a comma":       ",",
		"ends in a comma":    "cn=a,",
		"ends in a plus":     "cn=a+",
		"two commas":         "cn=a,,dc=x",
		"lone backslash":     `cn=a\`,
		"half an escape":     `cn=a\4`,
		"escape cut":         `cn=a\4,dc=x`,
		"escape of a letter": `cn=a\zz`,
		"quotes":             `cn="a, b",dc=x`,
		"semicolon":          "cn=a;dc=x",
		"half a hex pair":    "cn=#040",
		"empty hex":          "cn=#",
		"not utf-8":          "cn=\xff",
		"not utf-8, escaped": `cn=\ff`,
		"zero byte":          "cn=a\x00",
		"type with a space":  "c n=a",
		"a byte too long":    "cn=" + strings.Repeat("a", maxBytes-2),
	} {
		t.Run(name, func(t *testing.T) {
			if d, err := Parse(s); !fault.Is(err, fault.Invalid) {
				t.Errorf("%q, %v; want it refused as invalid", d, err)
			}
		})
	}
	if _, err := Parse("cn=" + strings.Repeat("a", maxBytes-3)); err != nil {
		t.Errorf("a name of the greatest length: %v", err)
	}
}

func TestErrorsKeepTheNameToThemselves(t *testing.T) {
	for _, s := range []string{"secretperson", `cn=secretperson\zz`, `cn="secretperson"`, "cn=#secretperson"} {
		if _, err := Parse(s); err == nil || strings.Contains(err.Error(), "secretperson") {
			t.Errorf("the error is %v", err)
		}
	}
}

func TestUnder(t *testing.T) {
	for name, c := range map[string]struct {
		d, base string
		want    bool
	}{
		"itself":                  {"dc=x", "DC=X", true},
		"a child":                 {"ou=a,dc=x", "dc=x", true},
		"a grandchild":            {"cn=b,ou=a,dc=x", "dc=x", true},
		"the root's":              {"cn=b", "", true},
		"the parent":              {"dc=x", "ou=a,dc=x", false},
		"a longer last part":      {"ou=a,adc=x", "dc=x", false},
		"an escaped comma":        {`cn=a\,dc=x`, "dc=x", false},
		"part of a multi-valued":  {"cn=a+dc=x", "dc=x", false},
		"the root below anything": {"", "dc=x", false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := parsed(t, c.d).Under(parsed(t, c.base)); got != c.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestCommon(t *testing.T) {
	for _, c := range [][3]string{
		{"ou=a,dc=x", "ou=b,dc=x", "dc=x"},
		{"ou=a,dc=x", "dc=x", "dc=x"},
		{"dc=x", "cn=c,ou=a,dc=x", "dc=x"},
		{"ou=a,dc=x", "ou=a,dc=x", "ou=a,dc=x"},
		{"dc=x", "dc=y", ""},
	} {
		if got := Common(parsed(t, c[0]), parsed(t, c[1])); got != parsed(t, c[2]) {
			t.Errorf("%q and %q have %q in common", c[0], c[1], got)
		}
	}
}

func parsed(t *testing.T, s string) DN {
	t.Helper()
	d, err := Parse(s)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return d
}

// Whatever is taken has a form that is taken again and stays as it is.
func FuzzDN(f *testing.F) {
	for _, s := range []string{
		"", "uid=ann, ou=people", `cn=Wong\, Amy+sn=K,dc=x`, "cn=#04024869", `cn=\C3\A9\ `, "2.5.4.3=a", `cn=a\0ADEL:1,dc=x`, "cn=ᾳΐ",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := Parse(s)
		if err != nil {
			return
		}
		again, err := Parse(string(d))
		if err != nil || again != d {
			t.Fatalf("%q is %q, and that is %q, %v", s, d, again, err)
		}
		if !d.Under("") || !d.Under(d) || !d.Under(d.Parent()) {
			t.Fatalf("%q is not under its parents", d)
		}
	})
}
