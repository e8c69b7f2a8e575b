package xsoar_test

import (
	"slices"
	"strings"
	"testing"

	"rollcall/fault"
	"rollcall/xsoar"
)

func TestMembersComeInEveryFormSeenInTheWild(t *testing.T) {
	for given, want := range map[string]string{
		`"123456"`: "123456", `"123456,234567"`: "123456 234567", `" 1 , 2,,1 "`: "1 2", `["1","2","2"]`: "1 2", `"[\"1\", \"2\"]"`: "1 2",
		`123456`: "123456", `"[123456]"`: "123456", `[]`: "", `"[]"`: "", `""`: "", `null`: "",
	} {
		got, err := xsoar.ListOf(parse(t, `{"memberIdsToAdd":`+given+`}`), "memberIdsToAdd")
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%s is %q, %v; want %q", given, got, err, want)
		}
	}
	for _, given := range []string{`{"a":1}`, `[["1"]]`, `"[1"`, `true`, `[null]`} {
		if got, err := xsoar.ListOf(parse(t, `{"memberIdsToAdd":`+given+`}`), "memberIdsToAdd"); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s is %q, %v", given, got, err)
		}
	}
}

func TestSwitchesAreTextsOrBooleans(t *testing.T) {
	for given, want := range map[string]bool{`"true"`: true, `"False"`: false, `true`: true, `false`: false, `null`: true, `""`: true} {
		if got, err := xsoar.SwitchOf(parse(t, `{"allow-enable":`+given+`}`), "allow-enable", true); err != nil || got != want {
			t.Errorf("%s is %v, %v", given, got, err)
		}
	}
	if _, err := xsoar.SwitchOf(parse(t, `{"allow-enable":"yes"}`), "allow-enable", true); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
}

func TestProfilesAreObjectsOrTextsThatHoldThem(t *testing.T) {
	for _, given := range []string{`{"username":"ann"}`, `"{\"username\":\"ann\"}"`} {
		if got, err := xsoar.ObjectOf(parse(t, `{"user-profile":`+given+`}`), "user-profile"); err != nil || got.Get("username") != "ann" {
			t.Errorf("%s is %v, %v", given, got, err)
		}
	}
	for given, says := range map[string]string{`null`: "missing", `""`: "missing", `"{"`: "not JSON", `[]`: "not a JSON object", `"[]"`: "not a JSON object"} {
		if _, err := xsoar.ObjectOf(parse(t, `{"user-profile":`+given+`}`), "user-profile"); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", given, err)
		}
	}
}

func TestJSONIsReadStrictly(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	for _, text := range []string{deep(xsoar.MaxDepth), `{"a":1,"a":2}`, ` {} `} {
		if _, err := xsoar.Parse([]byte(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, text := range []string{deep(xsoar.MaxDepth + 2), `{,}`, `{} {}`, "\"\xff\"", `{"a":1,}`, ``} {
		if _, err := xsoar.Parse([]byte(text)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if o := parse(t, `{"a":1,"b":2,"a":3}`); xsoar.PythonText(o) != "{'a': 3, 'b': 2}" {
		t.Errorf("got %s", xsoar.PythonText(o))
	}
}

func FuzzArguments(f *testing.F) {
	for _, text := range []string{`{"memberIdsToAdd":"1,2"}`, `{"memberIdsToAdd":["1"],"scim":"{\"id\":\"x\"}","allow-enable":"true"}`, `{"user-profile":{"username":["a"]}}`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		args, err := xsoar.ReadArguments([]byte(text))
		if err != nil {
			return
		}
		if ids, err := xsoar.ListOf(args, "memberIdsToAdd"); err == nil && (slices.Contains(ids, "") || len(slices.Compact(slices.Sorted(slices.Values(ids)))) != len(ids)) {
			t.Errorf("ids are %q", ids)
		}
		profile, err := xsoar.ObjectOf(args, "user-profile")
		if err != nil {
			return
		}
		if user, err := xsoar.Out().ToSCIM(profile); err == nil {
			xsoar.In().ToProfile(user)
		}
	})
}
