package emulate_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"rollcall/emulate"
	"rollcall/fault"
)

const plan = `# What goes wrong on Mondays.
seed: 7
faults:
  - {operation: CreateUser, fault: throttle, probability: 0.1, retry_after: 2s}
  - service: scim
    operation: "*"
    fault: slow
    delay: 250ms
    every: 10
  - {operation: List*, fault: short, page: 3, times: 4}
`

func TestAPlanIsYAMLOrJSON(t *testing.T) {
	want := emulate.FaultPlan{Seed: 7, Faults: []emulate.Fault{
		{Operation: "CreateUser", Kind: emulate.Throttle, Probability: 0.1, RetryAfter: emulate.Duration(2 * time.Second)},
		{Service: emulate.SCIM, Operation: "*", Kind: emulate.Slow, Delay: emulate.Duration(250 * time.Millisecond), Every: 10},
		{Operation: "List*", Kind: emulate.Short, Page: 3, Times: 4},
	}}
	file := filepath.Join(t.TempDir(), "faults.yaml")
	ok(t, os.WriteFile(file, []byte(plan), 0o600))
	got, err := emulate.LoadFaults(file)
	ok(t, err)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	text, err := json.Marshal(want)
	ok(t, err)
	if got, err = emulate.ParseFaults("faults.json", text); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %+v, %v", text, got, err)
	}
	var plain emulate.FaultPlan // as an endpoint reads it
	ok(t, json.Unmarshal(text, &plain))
	if !reflect.DeepEqual(plain, want) {
		t.Errorf("as JSON: %+v", plain)
	}
	_, err = emulate.LoadFaults(file + ".gone")
	is(t, err, fault.NotFound)
}

func TestWhatIsWrongWithAPlanIsSaidWithItsLine(t *testing.T) {
	line := func(fields string) string { return "faults:\n  - {operation: A, fault: error}\n  - {" + fields + "}\n" }
	for name, c := range map[string]struct{ text, says string }{
		"no YAML":            {"faults: [", "x.yaml"},
		"an unknown key":     {"fault: []", `unknown field "fault"`},
		"an unknown field":   {line("operation: A, fault: error, chance: 1"), `unknown field "chance"`},
		"no operation":       {line("fault: error"), "x.yaml:3: invalid: operation is missing"},
		"no fault":           {line("operation: A"), "x.yaml:3: invalid: fault is missing"},
		"a slip":             {line("operation: A, fault: throtle"), `there is no fault "throtle"; did you mean "throttle"?`},
		"an unknown service": {line("operation: A, fault: error, service: iam"), `there is no service "iam"`},
		"a bad pattern":      {line(`operation: "[", fault: error`), "no pattern"},
		"a slash":            {line(`operation: a/b, fault: error`), "no pattern"},
		"two ways":           {line("operation: A, fault: error, call: 1, every: 2"), "exclude each other"},
		"above one":          {line("operation: A, fault: error, probability: 1.01"), "between 0 and 1"},
		"below zero":         {line("operation: A, fault: error, probability: -0.01"), "between 0 and 1"},
		"no number":          {line("operation: A, fault: error, probability: .nan"), "between 0 and 1"},
		"a negative call":    {line("operation: A, fault: error, call: -1"), "negative"},
		"no delay":           {line("operation: A, fault: slow"), "delay is missing"},
		"a bad delay":        {line("operation: A, fault: slow, delay: soon"), "250ms"},
		"a negative delay":   {line("operation: A, fault: slow, delay: -1s"), "negative"},
		"another's delay":    {line("operation: A, fault: error, delay: 1s"), "belongs to the fault slow"},
		"another's wait":     {line("operation: A, fault: error, retry_after: 1s"), "belongs to the fault throttle"},
		"another's page":     {line("operation: A, fault: error, page: 1"), "belongs to the fault short"},
		"another's reason":   {line("operation: A, fault: error, reason: x"), "belongs to the fault fail"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := emulate.ParseFaults("x.yaml", []byte(c.text))
			is(t, err, fault.Invalid)
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v does not say %q", err, c.says)
			}
		})
	}
	for _, fine := range []string{"", "faults: []", line("operation: A, fault: error, probability: 1"), line("operation: A, fault: error, probability: 0")} {
		if _, err := emulate.ParseFaults("x.yaml", []byte(fine)); err != nil {
			t.Errorf("%q: %v", fine, err)
		}
	}
}

func FuzzParseFaults(f *testing.F) {
	f.Add(plan)
	f.Add(`{"faults":[{"operation":"*","fault":"drop","call":3}]}`)
	f.Add("faults:\n- {operation: '[', fault: slow, delay: 1h}")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 10_000 {
			return
		}
		p, err := emulate.ParseFaults("x", []byte(text))
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%v", err)
			}
			return
		}
		if _, err := emulate.New(emulate.Options{Faults: p}); err != nil {
			t.Errorf("read, but not taken: %v", err)
		}
		again, err := yaml.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		if q, err := emulate.ParseFaults("x", again); err != nil || len(q.Faults) != len(p.Faults) {
			t.Errorf("%s: %v", again, err)
		}
	})
}

// The page about fault plans shows one that works, and every kind.
func TestThePageOfFaultsIsRight(t *testing.T) {
	page, err := os.ReadFile("../docs/faults.md")
	ok(t, err)
	_, rest, _ := strings.Cut(string(page), "```yaml\n")
	example, _, found := strings.Cut(rest, "```")
	p, err := emulate.ParseFaults("faults.md", []byte(example))
	if !found || err != nil || len(p.Faults) != 4 {
		t.Errorf("%+v, %v", p, err)
	}
	for _, kind := range emulate.Kinds() {
		if !strings.Contains(string(page), "| `"+string(kind)+"` |") {
			t.Errorf("no row for %s", kind)
		}
	}
}
