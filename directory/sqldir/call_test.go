package sqldir_test

import (
	"reflect"
	"strings"
	"testing"

	"rollcall/directory"
	"rollcall/sqldb/sqldbtest"
)

// Every field comes back from where it was put, the last one added, too.
func TestEveryFieldOfARequestIsKept(t *testing.T) {
	d := openStore(t, openCenter(t, sqldbtest.SQLite(t)), store)
	fields := reflect.TypeFor[directory.Call]()
	for i := range fields.NumField() {
		var call directory.Call
		reflect.ValueOf(&call).Elem().Field(i).SetString("é " + fields.Field(i).Name)
		if _, err := d.CreateUser(directory.WithCall(t.Context(), call), person(i)); err != nil {
			t.Fatal(err)
		}
		got, err := d.Events(t.Context(), int64(i), 1)
		if err != nil || len(got) != 1 || got[0].Call != call {
			t.Errorf("%s: %+v, %v", fields.Field(i).Name, got, err)
		}
	}
}

func TestWhateverAHeaderHoldsIsStored(t *testing.T) {
	sqldbtest.Each(t, func(t *testing.T, url string) {
		d := openStore(t, openCenter(t, url), store)
		call := directory.Call{ID: "r", Agent: "a\nb\x00c\xff\xfed" + strings.Repeat("é", 100), Tenant: "t\n"}
		if _, err := d.CreateUser(directory.WithCall(t.Context(), call), person(1)); err != nil {
			t.Fatal(err)
		}
		got, err := d.Events(t.Context(), 0, 1)
		want := directory.Call{ID: "r", Agent: "a b c d" + strings.Repeat("é", 100), Tenant: "t "}
		if err != nil || len(got) != 1 || got[0].Call != want {
			t.Errorf("%+v, %v", got, err)
		}
	})
}
