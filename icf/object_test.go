package icf_test

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"rollcall/fault"
	"rollcall/icf"
	"rollcall/identity"
)

// changed is the account that a body makes of nobody.
func changed(t *testing.T, body string) (identity.User, icf.Change, error) {
	t.Helper()
	o, err := icf.ReadBody([]byte(body))
	if err != nil {
		return identity.User{}, icf.Change{}, err
	}
	c, err := icf.ReadChange(icf.Account, o)
	var u identity.User
	if err == nil {
		err = u.Apply(c.Edits)
	}
	return u, c, err
}

func text(t *testing.T, v any) string {
	t.Helper()
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestEverySpellingIsReadAndOneIsWritten(t *testing.T) {
	want := `{"_id":"","__NAME__":"ann","nickName":"A","timezone":"UTC","name":{"givenName":"Ann","honorificSuffix":"PhD"},"addresses":[{"type":"home","country":"SE","primary":false}],` +
		`"emails":[{"type":"home","value":"a@example.com","primary":true}],"phoneNumbers":[],"externalIds":[]}`
	for name, body := range map[string]string{
		"as it is written": want,
		"bare objects":     `{"__NAME__":"ann","nickName":"A","timezone":"UTC","name":{"givenName":"Ann","honorificSuffix":"PhD"},"addresses":{"type":"home","country":"SE"},"emails":{"type":"home","value":"a@example.com","primary":true}}`,
		"documented slips": `{"__NAME__":"ann","nickname":"A","timeZone":"UTC","name":{"givenName":"Ann","honorificSufix":"PhD"},"addresses":{"type":"home","Country":"SE","primary":"False"},"emails":{"type":"home","value":"a@example.com","primary":"true"}}`,
		"wrapped texts":    `{"__NAME__":["ann"],"nickName":["A"],"timezone":"UTC","name":[{"givenName":["Ann"],"honorificSuffix":"PhD"}],"addresses":[{"type":"home","country":"SE"}],"emails":[{"type":"home","value":"a@example.com","primary":true}],"title":[],"locale":null,"profileUrl":""}`,
		"what is nobody's": `{"_id":"x","_rev":"3","_other":1,"__NAME__":"ann","nickName":"A","timezone":"UTC","name":{"givenName":"Ann","honorificSuffix":"PhD"},"addresses":{"type":"home","country":"SE"},"emails":{"type":"home","value":"a@example.com","primary":true}}`,
	} {
		t.Run(name, func(t *testing.T) {
			u, _, err := changed(t, body)
			if err != nil {
				t.Fatal(err)
			}
			if got := text(t, icf.Style{}.Account(&u, nil)); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestBodiesThatCannotBe(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"no JSON":              {`{`, "not a valid JSON object"},
		"a list":               {`[]`, "not a valid JSON object"},
		"null":                 {`null`, "not a valid JSON object"},
		"two objects":          {`{}{}`, "not a valid JSON object"},
		"unknown attribute":    {`{"foo":1}`, "Target does not support attribute foo"},
		"unknown part":         {`{"emails":{"kind":"x"}}`, "Target does not support attribute emails/kind"},
		"two values":           {`{"title":["a","b"]}`, "title takes one value, and 2 are given"},
		"a number":             {`{"title":1}`, "title takes a text"},
		"a text for an object": {`{"name":"Ann"}`, "name takes an object"},
		"no flag":              {`{"emails":{"value":"a@example.com","primary":"yes"}}`, "emails/primary is true or false"},
		"both spellings":       {`{"name":{"honorificSufix":"a","honorificSuffix":"b"}}`, "given twice"},
		"twice without case":   {`{"nickName":"a","nickname":"b"}`, "given twice"},
		"groups that are none": {`{"__GROUPS__":[1]}`, "takes the ids of groups"},
		"primary external id":  {`{"externalIds":[{"issuer":"a","id":"b","primary":true}]}`, "externalIds/primary"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := changed(t, c.body); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestWhatATypeMustHave(t *testing.T) {
	whole := `{"__NAME__":"ann","displayName":"Ann","name":{"givenName":"Ann","familyName":"Ek"}}`
	for missing, body := range map[string]string{
		"":            whole,
		"__NAME__":    strings.Replace(whole, `"ann"`, "null", 1),
		"displayName": strings.Replace(whole, `"Ann"`, `""`, 1),
		"name":        `{"__NAME__":"ann","displayName":"Ann"}`,
	} {
		o, err := icf.ReadBody([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		err = icf.CheckRequired(icf.Account, o)
		if missing == "" && err != nil || missing != "" && (err == nil || !strings.Contains(err.Error(), "Required attribute '"+missing+"' value is null")) {
			t.Errorf("without %q: %v", missing, err)
		}
	}
}

func TestGroupsAreSaidOrNot(t *testing.T) {
	for body, want := range map[string]string{
		`{}`: `null`, `{"__GROUPS__":[]}`: `[]`, `{"__GROUPS__":null}`: `[]`, `{"__GROUPS__":"g"}`: `["g"]`, `{"__GROUPS__":["g","h","g"]}`: `["g","h"]`,
	} {
		_, c, err := changed(t, body)
		if got := text(t, c.Groups); err != nil || got != want {
			t.Errorf("%s: %s, %v; want %s", body, got, err, want)
		}
	}
}

func TestProjectionsKeepTheID(t *testing.T) {
	u := identity.User{ID: "1", UserName: "ann", Title: "Lead", Name: identity.Name{GivenName: "Ann", FamilyName: "Ek"}, Meta: identity.Meta{Revision: "2"}}
	o := icf.Style{}.Account(&u, []identity.ID{"g"})
	for fields, want := range map[string]string{
		"title":                  `{"_id":"1","_rev":"2","title":"Lead"}`,
		"/title,__NAME__":        `{"_id":"1","_rev":"2","__NAME__":"ann","title":"Lead"}`,
		"name/givenName":         `{"_id":"1","_rev":"2","name":{"givenName":"Ann"}}`,
		"nothing":                `{"_id":"1","_rev":"2"}`,
		"_id":                    `{"_id":"1","_rev":"2"}`,
		"__GROUPS__, nickName, ": `{"_id":"1","_rev":"2","__GROUPS__":["g"]}`,
		"*":                      text(t, o),
		"":                       text(t, o),
	} {
		p, err := icf.ParseFields(fields)
		if got := text(t, o.Project(p)); err != nil || got != want {
			t.Errorf("%q: %s, %v; want %s", fields, got, err, want)
		}
	}
}

func TestStyles(t *testing.T) {
	u := identity.User{ID: "1", Emails: []identity.Email{{Value: "a@b"}}, Meta: identity.Meta{Revision: "2"}}
	if got, want := text(t, icf.Style{SingleObjects: true, NoRevision: true}.Account(&u, nil)), `{"_id":"1","name":{},"emails":{"value":"a@b","primary":false},"externalIds":[]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	g := identity.Group{ID: "g", DisplayName: "a<b", ExternalIDs: []identity.ExternalID{{Issuer: "i", ID: "x"}}}
	if got, want := text(t, icf.Style{}.Group(&g)), `{"_id":"g","__NAME__":"a\u003cb","externalIds":[{"issuer":"i","id":"x"}]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestPatches(t *testing.T) {
	u := identity.User{
		ID: "1", UserName: "ann", Title: "Lead", NickName: "A", Name: identity.Name{GivenName: "Ann", FamilyName: "Ek"}, Emails: []identity.Email{{Value: "a@example.com", Primary: true}},
	}
	o := icf.Style{}.Account(&u, []identity.ID{"g1", "g2"})
	for ops, want := range map[string]string{
		`[{"operation":"replace","field":"/displayName","value":"X"}]`:                             `{"displayName":"X"}`,
		`[{"operation":"REPLACE","field":"displayName","value":"X"}]`:                              `{"displayName":"X"}`,
		`[{"operation":"add","field":"title","value":"X"}]`:                                        `{"title":"X"}`,
		`[{"operation":"remove","field":"/title"}]`:                                                `{"title":null}`,
		`[{"operation":"remove","field":"/title","value":"Lead"}]`:                                 `{"title":null}`,
		`[{"operation":"remove","field":"/title","value":"Other"}]`:                                `{"title":"Lead"}`,
		`[{"operation":"add","field":"/__GROUPS__/-","value":"g3"}]`:                               `{"__GROUPS__":["g1","g2","g3"]}`,
		`[{"operation":"add","field":"__GROUPS__","value":["g2","g3"]}]`:                           `{"__GROUPS__":["g1","g2","g3"]}`,
		`[{"operation":"replace","field":"__GROUPS__","value":["g3"]}]`:                            `{"__GROUPS__":["g3"]}`,
		`[{"operation":"remove","field":"__GROUPS__","value":["g1"]}]`:                             `{"__GROUPS__":["g2"]}`,
		`[{"operation":"remove","field":"__GROUPS__"}]`:                                            `{"__GROUPS__":null}`,
		`[{"operation":"replace","field":"/name/givenName","value":"Anna"}]`:                       `{"name":{"familyName":"Ek","givenName":"Anna"}}`,
		`[{"operation":"move","from":"/title","field":"/nickName"}]`:                               `{"nickName":"Lead","title":null}`,
		`[{"operation":"copy","from":"/title","field":"/nickName"}]`:                               `{"nickName":"Lead"}`,
		`[{"operation":"copy","from":"/locale","field":"/nickName"}]`:                              `{"nickName":null}`,
		`[{"operation":"transform","field":"/title","value":"!"}]`:                                 `{"title":"Lead!"}`,
		`[{"operation":"add","field":"title","value":"1"},{"operation":"remove","field":"title"}]`: `{"title":null}`,
		`[]`: `{}`,
	} {
		read, err := icf.ReadPatch([]byte(ops))
		if err != nil {
			t.Fatal(ops, err)
		}
		body, err := icf.ApplyPatch(icf.Account, o, read, func(script, old any) (any, error) { return old.(string) + script.(string), nil })
		if got := text(t, body); err != nil || got != want {
			t.Errorf("%s: %s, %v; want %s", ops, got, err, want)
		}
	}
	for ops, want := range map[string]string{
		`[{"operation":"test","field":"title"}]`:                                    "there is no operation",
		`[{"operation":"add","field":"title"}]`:                                     "add wants a value",
		`[{"operation":"replace","field":"title"}]`:                                 "replace wants a value",
		`[{"operation":"increment","field":"title","value":1}]`:                     "increment is for numbers",
		`[{"operation":"replace","field":"/emails/0","value":1}]`:                   "cannot be addressed",
		`[{"operation":"replace","field":"/title/-","value":1}]`:                    "cannot be addressed",
		`[{"operation":"replace","field":"/foo","value":1}]`:                        "Target does not support attribute foo",
		`[{"operation":"replace","field":"","value":1}]`:                            "is no attribute",
		`[{"operation":"move","field":"title"}]`:                                    "move wants from",
		`[{"operation":"add","field":"title","value":"1"},{"operation":"nothing"}]`: "Patch operation 2",
	} {
		read, err := icf.ReadPatch([]byte(ops))
		if err != nil {
			t.Fatal(ops, err)
		}
		if _, err = icf.ApplyPatch(icf.Account, o, read, nil); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", ops, err, want)
		}
	}
	if _, err := icf.ReadPatch([]byte(`{}`)); !fault.Is(err, fault.Invalid) {
		t.Errorf("an object is no patch: %v", err)
	}
}

func TestCookiesBelongToTheirQuery(t *testing.T) {
	q := icf.QueryOf("a", "b")
	c := icf.Cookie{Type: icf.Group, Page: "tok/en", Skip: 3, Query: q}
	if got, err := icf.ParseCookie(c.String(), q); err != nil || got != c {
		t.Errorf("got %v, %v", got, err)
	}
	for name, text := range map[string]string{"another query's": icf.Cookie{Query: icf.QueryOf("ab")}.String(), "none": "!", "no JSON": "YQ", "negative": icf.Cookie{Skip: -1, Query: q}.String()} {
		if _, err := icf.ParseCookie(text, q); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSorting(t *testing.T) {
	all := people()
	order := func(keys string) string {
		k, err := icf.ParseSortKeys(keys, icf.Account)
		if err != nil {
			t.Fatal(err)
		}
		list := []icf.Object{all["c"], all["b"], all["a"], all["e"], all["d"]}
		icf.Sort(list, k)
		got := ""
		for _, o := range list {
			got += o.ID()
		}
		return got
	}
	for keys, want := range map[string]string{"__NAME__": "12345", "-__NAME__": "54321", "+_id": "12345", " _id": "12345", "title": "35412", "-title,-_id": "21453", "name/familyName,-_id": "34152"} {
		if got := order(keys); got != want {
			t.Errorf("%s: %s, want %s", keys, got, want)
		}
	}
	for _, keys := range []string{"", "-", "foo", "title,,", "a~2"} {
		if _, err := icf.ParseSortKeys(keys, icf.Account); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", keys, err)
		}
	}
}

// What is written is read back as the same user, whoever it is.
func TestAnAccountReadsAsItIsWritten(t *testing.T) {
	word := rapid.StringMatching(`[a-zA-Zé<>&"\\ ]{1,12}`)
	rapid.Check(t, func(t *rapid.T) {
		u := identity.User{
			UserName: word.Draw(t, "userName"), DisplayName: word.Draw(t, "displayName"), Title: word.Draw(t, "title"),
			Name:   identity.Name{GivenName: word.Draw(t, "given"), HonorificSuffix: word.Draw(t, "suffix")},
			Emails: []identity.Email{{Value: word.Draw(t, "email"), Primary: rapid.Bool().Draw(t, "primary")}},
		}
		style := icf.Style{SingleObjects: rapid.Bool().Draw(t, "single")}
		out, err := json.Marshal(style.Account(&u, nil))
		if err != nil {
			t.Fatal(err)
		}
		body, err := icf.ReadBody(out)
		if err != nil {
			t.Fatal(err)
		}
		c, err := icf.ReadChange(icf.Account, body)
		if err != nil {
			t.Fatal(err)
		}
		var back identity.User
		if err := back.Apply(c.Edits); err != nil {
			t.Fatal(err)
		}
		if differ, err := identity.UserEdits(&u, &back, nil); err != nil || len(differ) > 0 {
			t.Errorf("%s differs by %v, %v", out, differ, err)
		}
	})
}
