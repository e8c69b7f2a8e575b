package scimdoor_test

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"rollcall/directory"
	"rollcall/directory/memdir"
	"rollcall/door/scimdoor"
	"rollcall/identity"
)

// seed makes n users u0…, all of them in a group, by way of the directory.
func (s *site) seed(n int) (group string, users []string) {
	s.t.Helper()
	ctx := directory.WithActor(s.t.Context(), directory.Actor{Name: "test"})
	g, err := s.driver.CreateGroup(ctx, identity.Group{DisplayName: "all"})
	for i := 0; i < n && err == nil; i++ {
		var u identity.User
		u, err = s.driver.CreateUser(ctx, identity.User{
			UserName: fmt.Sprintf("u%d", i), DisplayName: "U", Name: identity.Name{GivenName: "G", FamilyName: "F"},
		})
		if err == nil {
			_, err = s.driver.AddMember(ctx, g.ID, u.ID)
		}
		users = append(users, string(u.ID))
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return string(g.ID), users
}

func filtered(path, filter string) string {
	return "GET " + path + "?filter=" + url.QueryEscape(filter)
}

func TestAPlainListingEndsAtAHundredAndSaysSo(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		group, _ := s.seed(101)
		for call, want := range map[string]int{
			"GET /Users": 100, "GET /Users?count=100": 100, "GET /Users?count=1": 1, "GET /Users?startIndex=50": 100,
			"GET /Users?attributes=userName&excludedAttributes=name": 100, "GET /Groups": 1, "GET /Groups?startIndex=2": 1,
			filtered("/Users", `groups.value eq "`+group+`"`): 100,
		} {
			r := s.must(200, call, "")
			if n := len(r.resources("id")); n != want || r.body["totalResults"] != float64(n) || r.body["itemsPerPage"] != float64(n) || r.body["startIndex"] != 1.0 {
				t.Errorf("%s: %d resources, %v %v %v; want %d", call, n, r.body["totalResults"], r.body["itemsPerPage"], r.body["startIndex"], want)
			}
			if _, ok := r.body["nextCursor"]; ok {
				t.Errorf("%s: a cursor nobody asked for", call)
			}
		}
		for _, call := range []string{"GET /Users?count=0", "GET /Users?count=101", "GET /Groups?count=-1", "GET /Users?count=", "GET /Users?count=ten", "GET /Users?filter=%zz"} {
			s.must(400, call, "")
		}
	})
}

func TestCursorsLeadThroughEverything(t *testing.T) {
	charset := regexp.MustCompile(`^[-a-zA-Z0-9+=/:_]+$`)
	each(t, func(t *testing.T, s *site) {
		group, users := s.seed(105)
		slices.Sort(users)
		for name, call := range map[string]string{
			"bare key": "GET /Users?count=50&cursor", "empty value": "GET /Users?cursor=&count=50",
			"by group": filtered("/Users", `groups.value eq "`+group+`"`) + "&count=50&cursor",
		} {
			var all []string
			next := ""
			for page := 1; ; page++ {
				if next != "" {
					call = regexp.MustCompile(`cursor(=[^&]*)?`).ReplaceAllString(call, "cursor="+url.QueryEscape(next))
				}
				r := s.must(200, call, "")
				for _, key := range []string{"totalResults", "startIndex"} {
					if _, ok := r.body[key]; ok {
						t.Errorf("%s: a page with %s", name, key)
					}
				}
				all = append(all, r.resources("id")...)
				next, _ = r.body["nextCursor"].(string)
				if next == "" {
					break
				}
				if !charset.MatchString(next) || page > 5 {
					t.Fatalf("%s: page %d with cursor %q", name, page, next)
				}
			}
			if slices.Sort(all); !slices.Equal(all, users) {
				t.Errorf("%s: %d users, want %d, each once", name, len(all), len(users))
			}
		}
	})
}

func TestACursorBelongsToItsListing(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		group, users := s.seed(3)
		next := s.must(200, "GET /Users?cursor&count=1", "").body["nextCursor"].(string)
		for _, call := range []string{
			"GET /Groups?cursor=" + next, filtered("/Users", `groups.value eq "`+group+`"`) + "&cursor=" + next,
			filtered("/Users", `userName eq "u1"`) + "&cursor=" + next, filtered("/Groups", `members.value eq "`+users[0]+`"`) + "&cursor=" + next,
			"GET /Users?cursor=" + next[:len(next)-2], "GET /Users?cursor=" + next + "AAAA", "GET /Users?cursor=!", "GET /Users?cursor=AAAA",
		} {
			s.must(400, call, "")
		}
		s.must(200, "GET /Users?count=2&cursor="+next, "") // another size is fine
	})
}

func TestFiltersFindExactly(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		const nobody = "1234567890-01234567-0123-0123-0123-012345678901"
		boss := s.user("boss")
		ann := s.must(201, "POST /Users", strings.Replace(person("ann"), "{", `{"externalId":"E1","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"`+boss+`"}},`, 1)).id()
		admins := s.must(201, "POST /Groups", `{"displayName":"Admins","externalId":"G1","members":[{"value":"`+ann+`"}]}`).id()
		empty := s.group("Empty")
		for filter, want := range map[string][]string{
			`userName eq "ann"`: {ann}, `userName eq "ANN"`: {ann}, `USERNAME EQ "ann"`: {ann}, `userName eq "none"`: {}, `userName eq ""`: {},
			`externalId eq "E1"`: {ann}, `externalId eq "e1"`: {}, `externalId eq "G1"`: {},
			`groups.value eq "` + admins + `"`: {ann}, `groups.value eq "` + empty + `"`: {}, `groups.value eq "` + nobody + `"`: {}, `groups.value eq "x"`: {}, `groups.value eq ""`: {},
			`id eq "` + ann + `"`: {ann}, `id eq "` + nobody + `"`: {},
			`id eq "` + ann + `" and manager eq "` + boss + `"`: {ann}, `manager eq "` + boss + `" and id eq "` + ann + `"`: {ann},
			`id eq "` + ann + `" and manager eq "x"`: {}, `id eq "` + boss + `" and manager eq "` + boss + `"`: {},
		} {
			if got := s.must(200, filtered("/Users", filter), "").resources("id"); !slices.Equal(got, want) {
				t.Errorf("users with %s: %v, want %v", filter, got, want)
			}
		}
		for filter, want := range map[string][]string{
			`displayName eq "admins"`: {admins}, `displayName eq "none"`: {}, `externalId eq "G1"`: {admins}, `externalId eq "E1"`: {},
			`members.value eq "` + ann + `"`: {admins}, `members.value eq "` + boss + `"`: {},
			`id eq "` + admins + `"`: {admins}, `id eq "` + nobody + `"`: {},
			`id eq "` + admins + `" and members eq "` + ann + `"`: {admins}, `members eq "` + ann + `" and id eq "` + admins + `"`: {admins},
			`id eq "` + empty + `" and members eq "` + ann + `"`: {}, `id eq "` + nobody + `" and members eq "` + ann + `"`: {},
		} {
			if got := s.must(200, filtered("/Groups", filter), "").resources("id"); !slices.Equal(got, want) {
				t.Errorf("groups with %s: %v, want %v", filter, got, want)
			}
		}
		for _, filter := range []string{`members.value eq "` + nobody + `"`, `members.value eq ""`, `id eq "` + admins + `" and members eq "` + nobody + `"`} {
			s.must(404, filtered("/Groups", filter), "")
		}
		if r := s.must(200, "GET /Groups", ""); strings.Count(r.raw, `"members":[]`) != 2 {
			t.Errorf("groups are read with members: %s", r.raw)
		}
	})
}

func TestOtherFiltersAreRefused(t *testing.T) {
	s := open(t, memdir.New(store), scimdoor.Options{})
	for path, filters := range map[string][]string{
		"/Users": {
			`userName sw "a"`, `userName pr`, `displayName eq "a"`, `members.value eq "a"`, `userName eq "a" or userName eq "b"`, `not (userName eq "a")`,
			`userName eq "a" and externalId eq "b"`, `id eq "a" and id eq "b"`, `id eq "a" and members eq "b"`, `emails.value eq "a"`, `emails[value eq "a"]`,
			`active eq true`, `userName eq a`, `userName eq 1`, `userName eq`, `userName`, `eq "a"`, `userName eq "a`, `(userName eq "a"`, `userName eq "a")`, `"`, ` `,
			`id eq "a" and manager eq "b" and id eq "c"`, `urn:ietf:params:scim:schemas:core:2.0:User:userName eq "a"`, strings.Repeat("(", 40) + `userName eq "a"` + strings.Repeat(")", 40),
		},
		"/Groups": {`userName eq "a"`, `groups.value eq "a"`, `id eq "a" and member eq "b"`, `members eq "a"`, `displayName co "a"`, `id eq "a" and manager eq "b"`},
	} {
		for _, filter := range filters {
			if r := s.must(400, filtered(path, filter), ""); !strings.HasPrefix(r.detail(), "Invalid Filter format") {
				t.Errorf("%s: %s", filter, r.detail())
			}
		}
	}
	s.must(200, filtered("/Users", `(userName eq "a")`), "") // the same filter
}

func TestWhoWentMeanwhileIsLeftOut(t *testing.T) {
	d := memdir.New(store)
	s := open(t, gone{d}, scimdoor.Options{})
	plain := open(t, d, scimdoor.Options{})
	group, users := plain.seed(2)
	if got := s.must(200, filtered("/Users", `groups.value eq "`+group+`"`), "").resources("id"); len(got) != 0 {
		t.Errorf("users are %v", got)
	}
	if got := plain.must(200, filtered("/Users", `groups.value eq "`+group+`"`), "").resources("id"); !slices.Equal(got, users) {
		t.Errorf("users are %v, want %v", got, users)
	}
}
