package scimdoor_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"rollcall/directory"
	"rollcall/directory/directorytest"
	"rollcall/directory/sqldir"
	"rollcall/door/scimdoor"
	"rollcall/identity"
	"rollcall/sqldb/sqldbtest"
)

// The door's own share and the directory's, without a network between.
func BenchmarkDoor(b *testing.B) {
	center, err := sqldir.Open(b.Context(), sqldbtest.SQLite(b))
	if err != nil {
		b.Fatal(err)
	}
	defer center.Close()
	d, err := center.Store(b.Context(), store, sqldir.Options{})
	if err != nil {
		b.Fatal(err)
	}
	ctx := directory.WithActor(b.Context(), directory.Actor{Name: "bench"})
	var ids []string
	for i := range 100 {
		u, err := d.CreateUser(ctx, directorytest.User("u"+strings.Repeat("x", i)))
		if err != nil {
			b.Fatal(err)
		}
		ids = append(ids, string(u.ID))
	}
	g, err := d.CreateGroup(ctx, identity.Group{DisplayName: "g"})
	if err != nil {
		b.Fatal(err)
	}
	door := scimdoor.New(directory.New("local", d), keys{}, scimdoor.Options{Log: slog.New(slog.DiscardHandler)})
	member := func(op string) string {
		return operations(`{"op":"` + op + `","path":"members","value":` + values(ids...) + `}`)
	}
	for name, calls := range map[string][]string{
		"filter":      {"GET /Users?filter=" + url.QueryEscape(`userName eq "uxx"`), ""},
		"page of 100": {"GET /Users?cursor", ""},
		"patch of 100": {
			"PATCH /Groups/" + string(g.ID), member("add"), "PATCH /Groups/" + string(g.ID), member("remove"),
		},
	} {
		b.Run(name, func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				at := i * 2 % len(calls)
				method, path, _ := strings.Cut(calls[at], " ")
				r := httptest.NewRequest(method, "/"+tenant+"/scim/v2"+path, strings.NewReader(calls[at+1]))
				r.Header.Set("Authorization", "Bearer "+secret)
				w := httptest.NewRecorder()
				if door.ServeHTTP(w, r); w.Code >= http.StatusBadRequest {
					b.Fatal(w.Body)
				}
			}
		})
	}
}
