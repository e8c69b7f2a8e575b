package identity_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"rollcall/fault"
	"rollcall/identity"
)

// valid is a user with only what is required.
func valid() identity.User {
	return identity.User{UserName: "ann", DisplayName: "Ann", Name: identity.Name{GivenName: "Ann", FamilyName: "Lee"}}
}

// problems returns what is wrong with fields, or fails if err is not of that
// form.
func problems(t *testing.T, err error) map[string]string {
	t.Helper()
	found := map[string]string{}
	if err == nil {
		return found
	}
	all, ok := errors.AsType[identity.Problems](err)
	if !ok || !fault.Is(err, fault.Invalid) || len(all) == 0 {
		t.Fatalf("%v; want fault.Invalid around Problems", err)
	}
	for _, p := range all {
		found[p.Field] = p.Problem
	}
	return found
}

// texts sets every text of a user, whatever list it is in, by the name of the
// field in a Problem.
func texts() map[string]func(*identity.User, string) {
	all := map[string]func(*identity.User, string){}
	for _, path := range identity.UserPaths() {
		if at, ok := identity.UserText(path); ok && path != "userName" {
			all[path] = func(u *identity.User, s string) { *at(u) = s }
		}
	}
	address := func(at func(*identity.Address) *string) func(*identity.User, string) {
		return func(u *identity.User, s string) {
			u.Addresses = []identity.Address{{}}
			*at(&u.Addresses[0]) = s
		}
	}
	all["emails.value"] = func(u *identity.User, s string) { u.Emails = []identity.Email{{Value: s}} }
	all["emails.type"] = func(u *identity.User, s string) { u.Emails = []identity.Email{{Value: "x", Type: s}} }
	all["phoneNumbers.value"] = func(u *identity.User, s string) { u.PhoneNumbers = []identity.PhoneNumber{{Value: s}} }
	all["phoneNumbers.type"] = func(u *identity.User, s string) { u.PhoneNumbers = []identity.PhoneNumber{{Type: s}} }
	all["roles.value"] = func(u *identity.User, s string) { u.Roles = []identity.Role{{Value: s}} }
	all["roles.type"] = func(u *identity.User, s string) { u.Roles = []identity.Role{{Type: s}} }
	all["photos.value"] = func(u *identity.User, s string) { u.Photos = []identity.Photo{{Value: s}} }
	all["photos.type"] = func(u *identity.User, s string) { u.Photos = []identity.Photo{{Value: "x", Type: s}} }
	all["photos.display"] = func(u *identity.User, s string) { u.Photos = []identity.Photo{{Value: "x", Display: s}} }
	all["addresses.streetAddress"] = address(func(a *identity.Address) *string { return &a.StreetAddress })
	all["addresses.locality"] = address(func(a *identity.Address) *string { return &a.Locality })
	all["addresses.region"] = address(func(a *identity.Address) *string { return &a.Region })
	all["addresses.postalCode"] = address(func(a *identity.Address) *string { return &a.PostalCode })
	all["addresses.country"] = address(func(a *identity.Address) *string { return &a.Country })
	all["addresses.formatted"] = address(func(a *identity.Address) *string { return &a.Formatted })
	all["addresses.type"] = address(func(a *identity.Address) *string { return &a.Type })
	return all
}

func TestEveryTextHasItsLimit(t *testing.T) {
	for field, set := range texts() {
		u := valid()
		set(&u, strings.Repeat("ü", 1024)) // characters, not bytes
		if found := problems(t, u.Validate()); len(found) > 0 {
			t.Errorf("%s of 1024 characters: %v", field, found)
		}
		set(&u, strings.Repeat("ü", 1025))
		found := problems(t, u.Validate())
		if len(found) != 1 || !strings.Contains(found[field], "1024") || strings.Contains(found[field], "ü") {
			t.Errorf("%s of 1025 characters: %v; want the limit named, and not the value", field, found)
		}
	}
}

func TestUserNameAndExternalIDsHaveTheirLimits(t *testing.T) {
	eid := func(issuer, id int) []identity.ExternalID {
		return []identity.ExternalID{{Issuer: strings.Repeat("ü", issuer), ID: strings.Repeat("ü", id)}}
	}
	for name, tt := range map[string]struct {
		set   func(*identity.User)
		field string
		limit string
	}{
		"the longest userName":      {func(u *identity.User) { u.UserName = strings.Repeat("ü", 128) }, "", ""},
		"a longer userName":         {func(u *identity.User) { u.UserName = strings.Repeat("ü", 129) }, "userName", "128"},
		"the longest external id":   {func(u *identity.User) { u.ExternalIDs = eid(256, 256) }, "", ""},
		"a longer external id":      {func(u *identity.User) { u.ExternalIDs = eid(256, 257) }, "externalIds.id", "256"},
		"a longer issuer":           {func(u *identity.User) { u.ExternalIDs = eid(257, 256) }, "externalIds.issuer", "256"},
		"an external id of no id":   {func(u *identity.User) { u.ExternalIDs = eid(1, 0) }, "externalIds.id", "required"},
		"an external id of nobody":  {func(u *identity.User) { u.ExternalIDs = eid(0, 1) }, "externalIds.issuer", "required"},
		"one external id twice":     {func(u *identity.User) { u.ExternalIDs = append(eid(1, 1), eid(1, 1)...) }, "externalIds", "once"},
		"one id of two issuers":     {func(u *identity.User) { u.ExternalIDs = append(eid(1, 1), eid(2, 1)...) }, "", ""},
		"no white space in a name":  {func(u *identity.User) { u.UserName = "a b" }, "userName", "white space"},
		"nor in an external id":     {func(u *identity.User) { u.ExternalIDs = []identity.ExternalID{{Issuer: "i", ID: "1\u00a02"}} }, "externalIds.id", "white space"},
		"nor a line end":            {func(u *identity.User) { u.UserName = "a\n" }, "userName", "white space"},
		"a userName that is not":    {func(u *identity.User) { u.UserName = "" }, "userName", "required"},
		"letters of all scripts":    {func(u *identity.User) { u.UserName = "Zoë.Łódź-山田_ю+1@x'№€̈" }, "", ""},
		"a displayName that is not": {func(u *identity.User) { u.DisplayName = "" }, "displayName", "required"},
		"no given name":             {func(u *identity.User) { u.Name.GivenName = "" }, "name.givenName", "required"},
		"no family name":            {func(u *identity.User) { u.Name.FamilyName = "" }, "name.familyName", "required"},
	} {
		u := valid()
		tt.set(&u)
		found := problems(t, u.Validate())
		if tt.field == "" && len(found) > 0 {
			t.Errorf("%s: %v", name, found)
		}
		if tt.field != "" && (len(found) != 1 || !strings.Contains(found[tt.field], tt.limit)) {
			t.Errorf("%s: %v; want %s to say %q", name, found, tt.field, tt.limit)
		}
	}
}

func TestListsHaveTheirLimits(t *testing.T) {
	for field, tt := range map[string]struct {
		set   func(u *identity.User, n int)
		limit int
	}{
		"emails":       {func(u *identity.User, n int) { u.Emails = slices.Repeat([]identity.Email{{Value: "x"}}, n) }, 1},
		"addresses":    {func(u *identity.User, n int) { u.Addresses = make([]identity.Address, n) }, 1},
		"phoneNumbers": {func(u *identity.User, n int) { u.PhoneNumbers = make([]identity.PhoneNumber, n) }, 1},
		"roles":        {func(u *identity.User, n int) { u.Roles = make([]identity.Role, n) }, 1},
		"photos":       {func(u *identity.User, n int) { u.Photos = slices.Repeat([]identity.Photo{{Value: "x"}}, n) }, 3},
		"externalIds": {func(u *identity.User, n int) {
			u.ExternalIDs = nil
			for i := range n {
				u.ExternalIDs = append(u.ExternalIDs, identity.ExternalID{Issuer: "i", ID: string(rune('a' + i))})
			}
		}, 10},
	} {
		u := valid()
		tt.set(&u, tt.limit)
		if found := problems(t, u.Validate()); len(found) > 0 {
			t.Errorf("%d %s: %v", tt.limit, field, found)
		}
		tt.set(&u, tt.limit+1)
		if found := problems(t, u.Validate()); len(found) != 1 || !strings.Contains(found[field], "at most") {
			t.Errorf("%d %s: %v", tt.limit+1, field, found)
		}
	}
}

func TestItemsOfListsHaveWhatTheyMust(t *testing.T) {
	u := valid()
	u.Emails, u.Photos = []identity.Email{{Type: "work"}}, []identity.Photo{{Type: "photo"}}
	found := problems(t, u.Validate())
	if len(found) != 2 || found["emails.value"] == "" || found["photos.value"] == "" {
		t.Errorf("got %v, want both values asked for", found)
	}
}

func TestCharactersAreThoseThatAWSTakes(t *testing.T) {
	const inText, inGroupName, inUserName = 1, 2, 4
	for name, tt := range map[string]struct {
		r  string
		in int
	}{
		"letter":               {"é", inText | inGroupName | inUserName},
		"combining mark":       {"\u0301", inText | inGroupName | inUserName},
		"number":               {"½", inText | inGroupName | inUserName},
		"symbol":               {"€", inText | inGroupName | inUserName},
		"punctuation":          {"–", inText | inGroupName | inUserName},
		"emoji":                {"😀", inText | inGroupName | inUserName},
		"replacement":          {"\uFFFD", inText | inGroupName | inUserName},
		"space":                {" ", inText | inGroupName},
		"tab":                  {"\t", inText | inGroupName},
		"line feed":            {"\n", inText | inGroupName},
		"carriage return":      {"\r", inText | inGroupName},
		"no-break space":       {"\u00a0", inText | inGroupName},
		"ideographic space":    {"\u3000", inText},
		"thin space":           {"\u2009", 0},
		"line separator":       {"\u2028", 0},
		"zero-width space":     {"\u200b", 0},
		"zero-width joiner":    {"\u200d", 0},
		"byte order mark":      {"\ufeff", 0},
		"soft hyphen":          {"\u00ad", 0},
		"right-to-left mark":   {"\u200f", 0},
		"NUL":                  {"\x00", 0},
		"escape":               {"\x1b", 0},
		"vertical tab":         {"\v", 0},
		"next line":            {"\u0085", 0},
		"private use":          {"\ue000", 0},
		"unassigned":           {"\u0378", 0},
		"bytes that are none":  {"\xff", 0},
		"half of a character":  {"\xc3", 0},
		"an encoded surrogate": {"\xed\xa0\x80", 0},
		"semicolon":            {";", inText | inGroupName},
		"colon":                {":", inText | inGroupName},
		"less than":            {"<", inText | inGroupName},
		"greater than":         {">", inText | inGroupName},
		"percent":              {"%", inText | inGroupName},
	} {
		u, g := valid(), identity.Group{DisplayName: "a" + tt.r + "b"}
		u.Title = "a" + tt.r + "b"
		if err := u.Validate(); (err == nil) != (tt.in&inText != 0) {
			t.Errorf("%s in a title: %v", name, err)
		}
		if err := g.Validate(); (err == nil) != (tt.in&inGroupName != 0) {
			t.Errorf("%s in a group's displayName: %v", name, err)
		}
		u.Title, u.UserName = "", "a"+tt.r+"b"
		if err := u.Validate(); (err == nil) != (tt.in&inUserName != 0) {
			t.Errorf("%s in a userName: %v", name, err)
		}
	}
}

func TestReservedNamesAreRefused(t *testing.T) {
	for _, name := range []string{"Administrator", "administrator", "AWSAdministrators", "awsadministratorS"} {
		u, g := valid(), identity.Group{DisplayName: name}
		u.UserName = name
		if found := problems(t, u.Validate()); len(found) != 1 || !strings.Contains(found["userName"], "AWS") {
			t.Errorf("user %s: %v", name, found)
		}
		if found := problems(t, g.Validate()); len(found) != 1 || !strings.Contains(found["displayName"], "AWS") {
			t.Errorf("group %s: %v", name, found)
		}
	}
	if g := (identity.Group{DisplayName: " Administrator "}); g.Validate() == nil {
		t.Error("white space around makes a reserved name another one")
	}
	for _, name := range []string{"Administrators", "AWSAdministrator", "admin", "Administrator1"} {
		u, g := valid(), identity.Group{DisplayName: name}
		u.UserName, u.DisplayName = name, "Administrator" // a person may be called so
		if err := errors.Join(u.Validate(), g.Validate()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAGroupHasItsLimits(t *testing.T) {
	long := strings.Repeat("ü", 1024)
	for name, tt := range map[string]struct {
		group identity.Group
		field string
	}{
		"the longest":          {identity.Group{DisplayName: long, Description: long}, ""},
		"no name":              {identity.Group{Description: "x"}, "displayName"},
		"a longer name":        {identity.Group{DisplayName: long + "x"}, "displayName"},
		"a longer description": {identity.Group{DisplayName: "x", Description: long + "x"}, "description"},
		"eleven external ids":  {identity.Group{DisplayName: "x", ExternalIDs: make([]identity.ExternalID, 11)}, "externalIds"},
	} {
		found := problems(t, tt.group.Validate())
		if tt.field == "" && len(found) > 0 || tt.field != "" && found[tt.field] == "" {
			t.Errorf("%s: %v", name, found)
		}
	}
}

func TestEveryProblemIsReportedAtOnceWithoutValues(t *testing.T) {
	u := identity.User{
		UserName: "secret person", Title: "secret\u200b", Emails: []identity.Email{{Value: "secret@\x00"}, {Value: "secret"}},
		ExternalIDs: []identity.ExternalID{{Issuer: "secret", ID: "secret id"}},
	}
	err := u.Validate()
	found := problems(t, err)
	for _, field := range []string{"userName", "displayName", "name.givenName", "name.familyName", "title", "emails", "emails.value", "externalIds.id"} {
		if found[field] == "" {
			t.Errorf("%s is not reported", field)
		}
		if !strings.Contains(err.Error(), field+": ") {
			t.Errorf("%s is not in the text: %v", field, err)
		}
	}
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("the text quotes a value: %v", err)
	}
}

func TestEmailIsTheFirst(t *testing.T) {
	u := valid()
	if got := u.Email(); got != "" {
		t.Errorf("no e-mail gives %q", got)
	}
	u.Emails = []identity.Email{{Value: "a"}, {Value: "b", Primary: true}}
	if got := u.Email(); got != "a" {
		t.Errorf("got %q, want a", got)
	}
}
