package lifecycle_test

import (
	"strings"
	"testing"

	"rollcall/fault"
	"rollcall/lifecycle"
)

func TestAPlaceIsWrittenAsPeopleSayIt(t *testing.T) {
	for text, want := range map[string]lifecycle.Place{
		"Admin in prod":                  {PermissionSet: "Admin", Account: "prod"},
		" Admin in Work in Progress ":    {PermissionSet: "Admin", Account: "Work in Progress"},
		"a@b in ops@example.com":         {PermissionSet: "a@b", Account: "ops@example.com"},
		"Reader in ou:Workloads/Prod":    {PermissionSet: "Reader", Unit: "Workloads/Prod"},
		"Reader in *":                    {PermissionSet: "Reader", Everywhere: true},
		"application:The Wiki":           {Application: "The Wiki"},
		"arn:aws:sso:::ps/x in 22223333": {PermissionSet: "arn:aws:sso:::ps/x", Account: "22223333"},
	} {
		got, err := lifecycle.ParsePlace(text)
		if err != nil || got != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

func TestWhatIsNoPlaceIsRefused(t *testing.T) {
	for _, text := range []string{"", "Admin", "Admin in ", " in prod", "Two Words in prod", "Admin in ou:", "application: ", "Admin@prod"} {
		_, err := lifecycle.ParsePlace(text)
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), "'Admin in prod'") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzParsePlace(f *testing.F) {
	f.Add("Admin in prod")
	f.Add("application:Wiki")
	f.Add("Reader in ou:a/b")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := lifecycle.ParsePlace(text)
		if err != nil {
			return
		}
		places := 0
		for _, said := range []bool{p.Account != "", p.Unit != "", p.Everywhere, p.Application != ""} {
			if said {
				places++
			}
		}
		if places != 1 || (p.PermissionSet == "") != (p.Application != "") {
			t.Errorf("%q: %+v", text, p)
		}
	})
}
