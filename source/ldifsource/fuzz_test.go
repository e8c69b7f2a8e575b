package ldifsource

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"rollcall/identity"
	"rollcall/source"
	"rollcall/source/ldapentry"
)

var seeds = []string{
	"",
	"version: 1\n\ndn: dc=x\nobjectClass: domain\n\n",
	"dn: dc=x\nobjectClass: domain\n\ndn: uid=ann,dc=x\r\nobjectClass: person\nuid: ann\ncn;lang-de: b\ncn:: w6k=\nuserPassword: p\n\n" +
		"dn: cn=g, dc=x\nobjectClass: groupOfNames\ncn: g\nmember: UID=ann,DC=x\nmember: cn=g,dc=x\nmember: cn=no,dc=x\n",
	"dn: dc=x\nobjectClass: posixGroup\ncn: g\nmemberUid: ann\n",
	"# c\n d\ndn:: Y249YQ==\na:\nb:: AA==\nc: a\n  b\n\n\n",
	"dn: cn=a\nchangetype: modify\nadd: cn\ncn: a\n-\n",
	"dn: cn=a\nphoto:< file:///a\nmember;range=0-1: a\n",
	"dn: cn=a\ncn: \xff\n",
}

// Whatever is taken means the same when it is written out anew.
func FuzzReader(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, ldif []byte) {
		r := newRecords(bytes.NewReader(ldif), "f")
		r.lines.limit, r.limit = 4096, 16384
		var out strings.Builder
		for {
			e, err := r.next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return
			}
			write(&out, e)
		}
		first := out.String()
		again, err := readAll(newRecords(strings.NewReader(first), "f"))
		if err != nil {
			t.Fatalf("%q was written as %q, which is refused: %v", ldif, first, err)
		}
		out.Reset()
		second := newRecords(strings.NewReader(first), "f")
		for range again {
			e, err := second.next()
			if err != nil {
				t.Fatal(err)
			}
			write(&out, e)
		}
		if out.String() != first {
			t.Fatalf("%q was written as %q, then %q", ldif, first, out.String())
		}
	})
}

// write writes an entry folded after every 20 bytes, with base64 where RFC
// 2849 asks for it.
func write(out *strings.Builder, e *ldapentry.Entry) {
	line := func(name, value string) {
		s := name + ": " + value
		if !isSafe(value) {
			s = name + ":: " + base64.StdEncoding.EncodeToString([]byte(value))
		}
		for ; len(s) > 20; s = s[20:] {
			fmt.Fprintf(out, "%s\n ", s[:20])
		}
		fmt.Fprintln(out, s)
	}
	line("dn", e.DN)
	for _, v := range e.Values {
		line(v.Attribute.Name, v.Text)
	}
	fmt.Fprintln(out)
}

func isSafe(s string) bool {
	for i := range len(s) {
		if c := s[i]; c == 0 || c == '\n' || c == '\r' || c >= 0x80 || i == 0 && strings.IndexByte(" :<", c) >= 0 {
			return false
		}
	}
	return !strings.HasSuffix(s, " ")
}

// Whatever the whole driver takes is a proven snapshot that does not depend on
// the order of the entries.
func FuzzDriver(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, ldif []byte) {
		snap, err := readBytes(t, ldif)
		if err != nil {
			return
		}
		var written []string
		for r := newRecords(bytes.NewReader(bytes.TrimPrefix(ldif, []byte("\ufeff"))), "f"); ; {
			e, err := r.next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			write(&out, e)
			written = append(written, out.String())
		}
		slices.Reverse(written)
		other, err := readBytes(t, []byte(strings.Join(written, "")))
		if err != nil {
			t.Fatalf("%q in reverse is refused: %v", ldif, err)
		}
		if a, b := digest(snap), digest(other); a != b {
			t.Fatalf("%q is\n%s, in reverse it is\n%s", ldif, a, b)
		}
	})
}

func readBytes(t *testing.T, ldif []byte) (*source.Snapshot, error) {
	d, err := New(Options{
		Paths: []string{"f"},
		Open:  func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(ldif)), nil },
		Rules: ldapentry.Rules{PersonAnchor: "uid", GroupAnchor: "cn", PersonAnchorForm: identity.AnchorText},
	})
	if err != nil {
		t.Fatal(err)
	}
	return source.New("fuzz", d).Read(t.Context())
}

// digest is everything in a snapshot that may not depend on the order.
func digest(s *source.Snapshot) string {
	var b strings.Builder
	fmt.Fprintln(&b, s.People, s.Report.Skipped, s.Report.Outside)
	for _, g := range s.Groups {
		fmt.Fprintln(&b, g.Anchor, g.Name, g.Attributes, g.Members, g.AddOnly, g.Outside)
	}
	return b.String()
}
