package cli

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The golden is what Python's own argparse said: see the script beside it.
func TestTheScriptsCommandLineIsReadAsArgparseReadsIt(t *testing.T) {
	text, err := os.ReadFile("testdata/compat/argparse_golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Argv     []string
		Status   int
		Out, Err string
		Values   map[string]string
	}
	if err := json.Unmarshal(text, &cases); err != nil || len(cases) < 30 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	for _, c := range cases {
		t.Run(strings.Join(c.Argv, " "), func(t *testing.T) {
			call, err := parseScript(operations, c.Argv)
			stop, stopped := errors.AsType[*scriptStop](err)
			if !stopped {
				call.values["command"] = call.command
				if diff := cmp.Diff(c.Values, call.values); diff != "" || c.Status != 0 {
					t.Errorf("status 0 (want %d), values (-want +got):\n%s", c.Status, diff)
				}
				return
			}
			if diff := cmp.Diff(c.Out+c.Err, stop.text); diff != "" {
				t.Errorf("text (-argparse +got):\n%s", diff)
			}
			if stop.asked != (c.Status == 0) {
				t.Errorf("asked for is %v, argparse ends with status %d", stop.asked, c.Status)
			}
		})
	}
}

func TestTheScriptsOwnHelpIsKeptLineForLine(t *testing.T) {
	const readme = `usage: identitystore_operations.py [-h]
                                   {create_user,create_group,adduser_to_group,delete_group,list_members,list_membership}
                                   ...

positional arguments:
  {create_user,create_group,adduser_to_group,delete_group,list_members,list_membership}

options:
  -h, --help            show this help message and exit
`
	for _, dash := range []string{"-h", "—h", "–h", "−h", "--help", "—help"} {
		_, err := parseScript(operations, []string{dash})
		if stop, ok := errors.AsType[*scriptStop](err); !ok || !stop.asked || stop.text != readme {
			t.Errorf("%s: %v", dash, err)
		}
	}
}

func TestOurOwnFlagsTakeNoPrefixFromTheScript(t *testing.T) {
	for name, c := range map[string]struct{ argv, flag, want string }{
		"spelled out":          {"delete_group --i D --g G --force", "force", "true"},
		"with a value":         {"list_members --i D --g G --output json", "output", "json"},
		"after an equals sign": {"list_members --i D --g G --output=json", "output", "json"},
		"f is the family name": {"create_user --i D --u u --gi g --f f", "familyname", "f"},
		"d is the description": {"create_group --i D --g G --d d", "description", "d"},
		"a long dash":          {"create_group —i D —groupname G —description d", "groupname", "G"},
	} {
		t.Run(name, func(t *testing.T) {
			call, err := parseScript(operations, strings.Fields(c.argv))
			if err != nil || call.values[c.flag] != c.want {
				t.Errorf("%v, %v; want %s", call.values, err, c.want)
			}
		})
	}
	for _, argv := range []string{"delete_group --i D --g G --for", "delete_group --i D --g G --force=yes", "list_members --i D --g G --output"} {
		if _, err := parseScript(operations, strings.Fields(argv)); !errors.As(err, new(*scriptStop)) {
			t.Errorf("%s: %v", argv, err)
		}
	}
}

func FuzzParseScript(f *testing.F) {
	f.Add("create_user --ident d --user u --given g --fam f")
	f.Add("—h")
	f.Fuzz(func(t *testing.T, line string) {
		argv := strings.Fields(line)
		call, err := parseScript(operations, argv)
		if err != nil {
			if !errors.As(err, new(*scriptStop)) {
				t.Errorf("%v", err)
			}
			return
		}
		for _, c := range operations {
			if c.name == call.command && len(c.missing(call)) > 0 {
				t.Errorf("%v lacks what is required: %v", argv, call.values)
			}
		}
	})
}
