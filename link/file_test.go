package link_test

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"rollcall/fault"
	"rollcall/identity"
	"rollcall/link"
	"rollcall/sqldb"
	"rollcall/sqldb/sqldbtest"
)

func (s state) export(t testing.TB, directory string) string {
	t.Helper()
	var out bytes.Buffer
	ok(t, s.Export(context.Background(), directory, &out))
	return out.String()
}

// take imports a file into a directory.
func (s state) take(file, directory string) (link.Added, error) {
	f, err := link.ReadFile(strings.NewReader(file))
	if err != nil {
		return link.Added{}, err
	}
	var n link.Added
	return n, s.db.Write(context.Background(), func(tx *sqldb.Tx) (err error) {
		n, err = f.Import(tx, directory)
		return err
	})
}

// empty is a new state whose directory means a store.
func empty(t *testing.T, directory string, store identity.StoreID) state {
	t.Helper()
	s := open(t, sqldbtest.SQLite(t))
	ok(t, s.Bind(context.Background(), directory, store))
	return s
}

const store = identity.StoreID("d-1111111111")

func heldPerson(n int) link.Hold {
	return link.Hold{Source: "corp", Anchor: identity.Anchor(fmt.Sprint("E", n)), Name: "Ü", Reason: "left", By: "ann", Since: monday}
}

func TestExportedLinksComeBackUnderAnyName(t *testing.T) {
	each(t, func(t *testing.T, s state) {
		ctx := context.Background()
		group := person(3)
		group.Record.Kind, group.Origin, group.Name = identity.KindGroup, link.Adopted, "Crew <ü>"
		elsewhere := person(1)
		elsewhere.Directory = "aws"
		ok(t, s.put(person(1), person(2), group, elsewhere))
		ok(t, s.Bind(ctx, "local", store))
		ok(t, s.Hold(ctx, heldPerson(2)))
		ok(t, s.Hold(ctx, heldPerson(9)))
		file := s.export(t, "local")

		other := empty(t, "prod", store)
		f, err := link.ReadFile(strings.NewReader(file))
		ok(t, err)
		news, err := other.Compare(ctx, f, "prod")
		ok(t, err)
		if len(news.Links) != 3 || len(news.Holds) != 2 || len(other.all(t, "prod")) != 0 {
			t.Errorf("compared: %+v", news)
		}
		n, err := other.take(file, "prod")
		ok(t, err)
		again := strings.Replace(other.export(t, "prod"), `"directory":"prod"`, `"directory":"local"`, 1)
		if n != (link.Added{Links: 3, Holds: 2}) || again != file {
			t.Errorf("%+v new; exported again:\n%s", n, again)
		}
		holds, err := other.Holds(ctx)
		ok(t, err)
		if want, err := s.Holds(ctx); err != nil || !reflect.DeepEqual(holds, want) {
			t.Errorf("holds %+v, want %+v, %v", holds, want, err)
		}
		if n, err := other.take(file, "prod"); n != (link.Added{}) || err != nil {
			t.Errorf("a second time: %+v, %v", n, err)
		}
	})
}

func TestAnImportThatContradictsChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, s state) {
		ctx := context.Background()
		ok(t, s.put(person(5), person(1), person(2)))
		ok(t, s.Bind(ctx, "local", store))
		ok(t, s.Hold(ctx, heldPerson(1)))
		file := s.export(t, "local")
		cases := map[string]struct {
			store   identity.StoreID
			prepare func(state)
			says    string
		}{
			"a record with another object": {store, func(o state) { l := person(2); l.Object = id(7); ok(t, o.put(l)) }, "line 3"},
			"an object of another record":  {store, func(o state) { l := person(7); l.Object = id(2); ok(t, o.put(l)) }, "line 3"},
			"another store":                {"d-2222222222", func(state) {}, "--directory"},
		}
		for name, c := range cases {
			t.Run(name, func(t *testing.T) {
				other := empty(t, "local", c.store)
				c.prepare(other)
				before := other.export(t, "local")
				n, err := other.take(file, "local")
				if n != (link.Added{}) || !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), c.says) {
					t.Errorf("%+v, %v", n, err)
				}
				f, err := link.ReadFile(strings.NewReader(file))
				ok(t, err)
				if _, compared := other.Compare(ctx, f, "local"); !fault.Is(compared, fault.Conflict) {
					t.Errorf("compared: %v", compared)
				}
				if after := other.export(t, "local"); after != before {
					t.Errorf("changed to\n%s", after)
				}
			})
		}
	})
}

func TestAFileThatIsNotWholeIsRefused(t *testing.T) {
	s := empty(t, "local", store)
	ok(t, s.put(person(1), person(2)))
	ok(t, s.Hold(context.Background(), heldPerson(1)))
	good := s.export(t, "local")
	lines := strings.SplitAfter(good, "\n")
	cases := map[string]struct{ file, says string }{
		"empty":                   {"", "empty"},
		"another format":          {strings.Replace(good, "links/1", "links/2", 1), "line 1"},
		"no store":                {strings.Replace(good, string(store), "", 1), "line 1"},
		"not JSON":                {"links\n", "line 1"},
		"cut inside a line":       {good[:len(good)-9], "line 4"},
		"cut at a line's end":     {lines[0] + lines[1], "the file has 1 links and 0 holds"},
		"cut before the holds":    {lines[0] + lines[1] + lines[2], "the file has 2 links and 0 holds"},
		"a hold too many":         {good + strings.Replace(lines[3], "E1", "E3", 1), "the file has 2 links and 2 holds"},
		"a line twice":            {lines[0] + lines[1] + lines[1], "line 3"},
		"an object twice":         {lines[0] + lines[1] + strings.Replace(lines[1], "E1", "E7", 1), "line 3"},
		"a hold twice":            {good + lines[3], "line 5"},
		"a hold without a reason": {strings.Replace(good, `"reason":"left"`, `"reason":""`, 1), "line 4"},
		"an unknown key":          {strings.Replace(good, `"anchor"`, `"ancor"`, 1), "line 2"},
		"a second value":          {strings.Replace(good, "}\n{\"kind\"", "} {}\n{\"kind\"", 1), "line 1"},
		"an empty line":           {lines[0] + "\n" + lines[1] + lines[2], "line 2"},
		"a bad time":              {strings.Replace(good, "2026-03-02T", "secret", 1), "line 2"},
		"a link without object":   {strings.Replace(good, string(id(2)), "", 1), "line 3"},
		"a header with a trailer": {strings.Replace(good, `"links":2`, `"links":2,"x":1`, 1), "line 1"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			other := empty(t, "local", store)
			n, err := other.take(c.file, "local")
			if n != (link.Added{}) || !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("%+v, %v; want it to say %q", n, err, c.says)
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
	s := empty(t, "local", store)
	ok(t, s.put(person(1)))
	good := s.export(t, "local")
	line := len(good) - strings.Index(good, "\n") - 1
	for size, fine := range map[int]bool{1 << 20: true, 1<<20 + 1: false} {
		file := strings.Replace(good, `"user1"`, `"user1`+strings.Repeat("x", size-line)+`"`, 1)
		_, err := empty(t, "local", store).take(file, "local")
		if (err == nil) != fine {
			t.Errorf("a line of %d bytes: %v", size, err)
		}
	}
}
