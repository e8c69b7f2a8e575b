package main

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"rollcall/door/xsoardoor"
	"rollcall/xsoar"
)

const xsoarIntegration = "deploy/xsoar/AWSILMRollcall"

// The integration for XSOAR is run as XSOAR runs it, against a server; another
// server has a certificate that nobody vouches for.
func TestTheIntegrationForXSOARWorks(t *testing.T) {
	t.Parallel()
	python := installed(t, "bin/py-venv/bin/python", "-c", "")
	o := newOffice(t)
	o.write("rollcall.yaml", "directories:\n  local: {kind: embedded}\n")
	s := o.serve()
	tls := &office{t: t, binary: o.binary, folder: t.TempDir()}
	tls.certificate()
	other := tls.serve("--ephemeral", "--tls-cert", filepath.Join(tls.folder, "cert.pem"), "--tls-key", filepath.Join(tls.folder, "key.pem"))
	file, err := filepath.Abs(xsoarIntegration + ".py")
	if err != nil {
		t.Fatal(err)
	}
	(&stand{env: map[string]string{
		"ROLLCALL_URL": s.env["ROLLCALL_URL"], "OPERATOR_TOKEN": o.operatorToken(s.env["ROLLCALL_OPERATOR"]), "TLS_URL": other.env["ROLLCALL_URL"], "INTEGRATION": file,
	}}).run(t, python, "-m", "unittest", "discover", "--start-directory", "clients/xsoar", "--pattern", "*_test.py")
}

// The integration can be uploaded as it is: its script, its commands and its
// parameters are there.
func TestTheIntegrationForXSOARIsWhole(t *testing.T) {
	raw, err := os.ReadFile(xsoarIntegration + ".yml")
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile(xsoarIntegration + ".py")
	if err != nil {
		t.Fatal(err)
	}
	var integration struct {
		Configuration []struct{ Name, Display string }
		Script        struct {
			Script   string
			Commands []struct {
				Name      string
				Arguments []struct{ Name string }
			}
		}
	}
	if err := yaml.Unmarshal(raw, &integration); err != nil {
		t.Fatal(err)
	}
	if integration.Script.Script != string(script) {
		t.Errorf("the script in %s.yml is not %[1]s.py", xsoarIntegration)
	}
	var parameters []string
	for _, p := range integration.Configuration {
		parameters = append(parameters, p.Name)
	}
	want := strings.Fields("url credentials create_user_enabled update_user_enabled enable_user_enabled disable_user_enabled create_if_not_exists mapper_in mapper_out insecure proxy")
	if !slices.Equal(parameters, want) {
		t.Errorf("the parameters are %v", parameters)
	}
	commands := map[string][]string{"test-module": nil} // the platform's own, which no integration lists
	for _, c := range integration.Script.Commands {
		var arguments []string
		for _, a := range c.Arguments {
			arguments = append(arguments, a.Name)
		}
		if commands[c.Name] = arguments; !slices.Equal(arguments, xsoardoor.Arguments(c.Name)) {
			t.Errorf("%s has the arguments %v", c.Name, arguments)
		}
	}
	if names, all := slices.Sorted(maps.Keys(commands)), slices.Sorted(slices.Values(xsoar.Commands())); !slices.Equal(names, all) {
		t.Errorf("the commands are %v", names)
	}
}

// Texts are written as Python itself writes them.
func TestPythonWritesTheSameTexts(t *testing.T) {
	t.Parallel()
	python := installed(t, "bin/py-venv/bin/python", "-c", "")
	values := []string{
		`null`, `true`, `12`, `-1.5`, `"it's"`, `"say \"x\""`, `"both ' and \""`, `"\\ \n \t \r \u0000 \u001b \u007f \u0085 \u00ad \u2028 \u200b \u3000 \ue000 \ud83d\ude00 ü ß"`,
		`[1,[2,"x"],{"a":null}]`, `{"a":{"b":[true,false]},"c":"d|e` + "`" + `"}`, `{}`, `[]`, `[""]`, `{"k":"<&>"}`,
	}
	c := exec.CommandContext(t.Context(), python, "-c", `
import json, sys
def flat(v):
    if isinstance(v, str): return v
    if isinstance(v, list): return ",\n".join(str(d) for d in v)
    return json.dumps(v, ensure_ascii=False)
def cell(v):
    if isinstance(v, dict): return "\n".join("{}: {}".format(k, flat(x)) for k, x in v.items())
    return flat(v)
def escaped(s):
    for c in ("\r\n", "\r", "\n"): s = s.replace(c, "<br>")
    for c in ("|", "`+"`"+`"): s = s.replace(c, "\\" + c)
    return s
values = [json.loads(line) for line in json.load(sys.stdin)]
print(json.dumps([[str(v), escaped(cell({"v": v}))] for v in values]))`)
	in, err := json.Marshal(values)
	if err != nil {
		t.Fatal(err)
	}
	c.Stdin = strings.NewReader(string(in))
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	var want [][2]string
	if err := json.Unmarshal(out, &want); err != nil {
		t.Fatal(err)
	}
	for i, text := range values {
		v, err := xsoar.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if got := xsoar.PythonText(v); got != want[i][0] {
			t.Errorf("str of %s is %q; Python writes %q", text, got, want[i][0])
		}
		table := xsoar.Table("x", xsoar.Object{{Name: "c", Value: xsoar.Object{{Name: "v", Value: v}}}}, []string{"c"})
		if line := "| " + want[i][1] + " |\n"; !strings.HasSuffix(table, line) {
			t.Errorf("the cell of %s is %q; Python writes %q", text, table, line)
		}
	}
}
