package javascript_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"rollcall/fault"
	"rollcall/javascript"
)

// lasting is an engine whose scripts may run for that long: so long that a busy
// machine makes no difference, where time is not the matter.
func lasting(d time.Duration) *javascript.Engine {
	l := javascript.DefaultLimits()
	l.Time = d
	return javascript.New(l)
}

func patient() *javascript.Engine { return lasting(20 * time.Second) }

func TestScriptsComputeFromWhatTheyAreGiven(t *testing.T) {
	variables := map[string]any{"arguments": map[string]any{"name": "Ann", "n": 2}, "connector": map[string]any{"name": "awsiam"}}
	for source, want := range map[string]string{
		`arguments.name + " of " + connector.name`: `"Ann of awsiam"`,
		`arguments.n + 1`:                          `3`,
		`({a: [1, "x", null, true]})`:              `{"a":[1,"x",null,true]}`,
		`var x = 1; for (;x < 5;) x *= 2; x`:       `8`,
		`let f = () => 7; f()`:                     `7`,
		`undefined`:                                `null`,
		``:                                         `null`,
		`log.info("a", {b: 1}); log.warn(2)`:       `null`,
		`"</script>\u2028é"`:                       `"\u003c/script\u003e\u2028é"`,
		`JSON = null; String = null; "still"`:      `"still"`,
	} {
		got, _, err := patient().Run(t.Context(), source, variables)
		if text, _ := json.Marshal(got); err != nil || string(text) != want {
			t.Errorf("%s: %s, %v; want %s", source, text, err, want)
		}
	}
	if _, log, err := patient().Run(t.Context(), `log.info("a", {b: 1}); log.error(2)`, nil); err != nil || strings.Join(log, "|") != `info: a {"b":1}|error: 2` {
		t.Errorf("logged %q, %v", log, err)
	}
}

func TestScriptsThatDoHarmAreStopped(t *testing.T) {
	for name, c := range map[string]struct{ source, want string }{
		"an endless loop":            {`for (;;) {}`, "ran longer than 100ms"},
		"one that catches":           {`for (;;) { try { for (;;) {} } catch (e) {} }`, "ran longer than 100ms"},
		"one in the result":          {`({toJSON() { for (;;) {} }})`, "ran longer than 100ms"},
		"a slow pattern":             {`/^(a+)+$/.test("a".repeat(40) + "b")`, "ran longer than 100ms"},
		"a list that grows":          {`let a = []; for (;;) a.push("x".repeat(1 << 16) + a.length)`, "too much memory"},
		"a buffer of gigabytes":      {`new ArrayBuffer(3e9)`, "memory"},
		"a text of gigabytes":        {`"x".repeat(1.5e9).length`, "memory"},
		"recursion":                  {`(function f() { f() })()`, "nested too deep"},
		"a result that is too large": {`"x".repeat(2 << 20)`, "too large"},
		"what it throws":             {`throw new Error("no such user")`, "no such user"},
		"a slip":                     {`let = `, "SyntaxError"},
		"a circle":                   {`let o = {}; o.o = o; o`, "circular"},
		"a function":                 {`(() => 1)()(2)`, "not a function"},
		"a module of the system":     {`import("std")`, ""},
		"files":                      {`std.loadFile("/etc/passwd")`, "std"},
		"processes":                  {`os.exec(["id"])`, "os"},
		"a required module":          {`require("fs")`, "require"},
		"the network":                {`fetch("http://127.0.0.1/")`, "fetch"},
		"an old way to the network":  {`new XMLHttpRequest()`, "XMLHttpRequest"},
		"a worker":                   {`new Worker("x")`, "Worker"},
		"loading":                    {`load("/etc/passwd")`, "load"},
		"the process":                {`process.env`, "process"},
	} {
		t.Run(name, func(t *testing.T) {
			e := patient()
			if strings.Contains(c.want, "ran longer") {
				e = lasting(100 * time.Millisecond)
			}
			result, _, err := e.Run(t.Context(), c.source, nil)
			if c.want == "" { // it is answered with nothing
				if text, _ := json.Marshal(result); err == nil && string(text) != "{}" {
					t.Errorf("got %s", text)
				}
			} else if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, %v; want %q", result, err, c.want)
			}
			if after, _, err := patient().Run(t.Context(), `1 + 1`, nil); err != nil || after != 2.0 {
				t.Errorf("the next script: %v, %v", after, err)
			}
		})
	}
}

func TestNothingIsLeftForTheNextScript(t *testing.T) {
	e := patient()
	if _, _, err := e.Run(t.Context(), `globalThis.left = 1; Object.prototype.evil = 1; left`, nil); err != nil {
		t.Fatal(err)
	}
	if got, _, err := e.Run(t.Context(), `typeof left + typeof ({}).evil`, nil); err != nil || got != "undefinedundefined" {
		t.Errorf("got %v, %v", got, err)
	}
}
