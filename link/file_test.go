package link_test

import (
	"bytes"
	"context"
	"reflect"
	"strings"
	"testing"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/link"
	"rollcall/sqldb/sqldbtest"
)

func (s state) export(t testing.TB) string {
	t.Helper()
	var out bytes.Buffer
	ok(t, s.Export(context.Background(), &out))
	return out.String()
}

func TestExportedLinksComeBack(t *testing.T) {
	each(t, func(t *testing.T, s state) {
		ctx := context.Background()
		group := person(3)
		group.Record.Kind, group.Origin, group.Name = identity.KindGroup, link.Adopted, "Crew <ü>"
		elsewhere := person(1)
		elsewhere.Directory = "aws"
		ok(t, s.put(person(1), person(2), group, elsewhere))
		ok(t, s.Bind(ctx, "local", "d-1111111111"))
		file := s.export(t)

		other := open(t, sqldbtest.SQLite(t))
		n, err := other.Import(ctx, strings.NewReader(file))
		ok(t, err)
		if n != 4 || other.export(t) != file {
			t.Errorf("%d new; exported again:\n%s", n, other.export(t))
		}
		if !reflect.DeepEqual(other.all(t, "local"), s.all(t, "local")) {
			t.Errorf("%+v", other.all(t, "local"))
		}
		if n, err := other.Import(ctx, strings.NewReader(file)); n != 0 || err != nil {
			t.Errorf("a second time: %d, %v", n, err)
		}
		if err := other.Bind(ctx, "local", "d-2222222222"); !fault.Is(err, fault.Stale) {
			t.Errorf("the store did not come along: %v", err)
		}
	})
}

func TestAnImportThatContradictsChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, s state) {
		ctx := context.Background()
		ok(t, s.put(person(5), person(1), person(2)))
		ok(t, s.Bind(ctx, "local", "d-1111111111"))
		file := s.export(t)
		cases := map[string]func(state){
			"a record with another object": func(o state) { l := person(2); l.Object = id(7); ok(t, o.put(l)) },
			"an object of another record":  func(o state) { l := person(7); l.Object = id(2); ok(t, o.put(l)) },
			"another store":                func(o state) { ok(t, o.Bind(ctx, "local", "d-2222222222")) },
		}
		for name, prepare := range cases {
			t.Run(name, func(t *testing.T) {
				other := open(t, sqldbtest.SQLite(t))
				prepare(other)
				before := other.export(t)
				n, err := other.Import(ctx, strings.NewReader(file))
				if n != 0 || !fault.Is(err, fault.Conflict) {
					t.Errorf("%d, %v", n, err)
				}
				if strings.Contains(name, "object") && !strings.Contains(err.Error(), "line 3") {
					t.Errorf("%v does not name line 3", err)
				}
				if after := other.export(t); after != before {
					t.Errorf("changed to\n%s", after)
				}
			})
		}
	})
}

func TestAFileThatIsNotWholeIsRefused(t *testing.T) {
	ctx := context.Background()
	s := open(t, sqldbtest.SQLite(t))
	ok(t, s.put(person(1), person(2)))
	good := s.export(t)
	lines := strings.SplitAfter(good, "\n")
	cases := map[string]struct{ file, says string }{
		"empty":                   {"", "empty"},
		"another format":          {strings.Replace(good, "links/1", "links/2", 1), "line 1"},
		"not JSON":                {"links\n", "line 1"},
		"cut inside a line":       {good[:len(good)-9], "line 3"},
		"cut at a line's end":     {lines[0] + lines[1], "the file has 1 links"},
		"one too many":            {good + strings.Replace(lines[2], "E2", "E3", 1), "the file has 3 links"},
		"a line twice":            {lines[0] + lines[1] + lines[1], "line 3"},
		"an unknown key":          {strings.Replace(good, `"anchor"`, `"ancor"`, 1), "line 2"},
		"a second value":          {strings.Replace(good, "}\n{\"directory\"", "} {}\n{\"directory\"", 1), "line 1"},
		"an empty line":           {lines[0] + "\n" + lines[1] + lines[2], "line 2"},
		"a bad time":              {strings.Replace(good, "2026-03-02T", "secret", 1), "line 2"},
		"a link without object":   {strings.Replace(good, string(id(2)), "", 1), "line 3"},
		"a header with a trailer": {strings.Replace(good, `"links":2`, `"links":2,"x":1`, 1), "line 1"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			other := open(t, sqldbtest.SQLite(t))
			n, err := other.Import(ctx, strings.NewReader(c.file))
			if n != 0 || !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("%d, %v; want it to say %q", n, err, c.says)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("it quotes a value: %v", err)
			}
			if left := other.all(t, "local"); len(left) != 0 {
				t.Errorf("left %+v", left)
			}
		})
	}
}

func TestALineMayBeLongButNotEndless(t *testing.T) {
	ctx := context.Background()
	s := open(t, sqldbtest.SQLite(t))
	l := person(1)
	ok(t, s.put(l))
	good := s.export(t)
	line := len(good) - strings.Index(good, "\n") - 1
	for size, fine := range map[int]bool{1 << 20: true, 1<<20 + 1: false} {
		file := strings.Replace(good, `"user1"`, `"user1`+strings.Repeat("x", size-line)+`"`, 1)
		_, err := open(t, sqldbtest.SQLite(t)).Import(ctx, strings.NewReader(file))
		if (err == nil) != fine {
			t.Errorf("a line of %d bytes: %v", size, err)
		}
	}
}
