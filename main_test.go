package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"rollcall/cli"
)

func TestMain(m *testing.M) {
	run := func() { os.Exit(cli.Main()) }
	testscript.Main(m, map[string]func(){"rollcall": run, "identitystore_operations": run})
}

// Each script in testdata/script is a session an operator could have typed.
// UPDATE=1 rewrites what they expect to see.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", UpdateScripts: os.Getenv("UPDATE") != "", RequireUniqueNames: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("TZ", "UTC")
			return nil
		},
		Cmds: scriptCommands(),
	})
}

func scriptCommands() map[string]func(ts *testscript.TestScript, neg bool, args []string) {
	return map[string]func(ts *testscript.TestScript, neg bool, args []string){
		"status": wantStatus, "people": writePeople, "normalise": normalise, "cut": cutFile, "alter": alterText, "capture": captureText, "query": runSQL,
		"permissionsets": makePermissionSets,
	}
}
