package main

import (
	"bytes"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// stand is what a foreign client is tried at: a calm server, which answers as
// AWS does, and a rough one, which fails as clients/faults.yaml says and has a
// key that may only read.
type stand struct {
	calm, rough *served
	env         map[string]string
}

func newStand(t *testing.T, binary string) *stand {
	t.Helper()
	here, err := filepath.Abs("clients")
	if err != nil {
		t.Fatal(err)
	}
	calm, rough := &office{t: t, binary: binary, folder: t.TempDir()}, &office{t: t, binary: binary, folder: t.TempDir()}
	s := &stand{calm: calm.serve("--ephemeral", "--organization", filepath.Join(here, "organization.yaml")), rough: rough.serve("--faults", filepath.Join(here, "faults.yaml"))}
	s.env = maps.Clone(s.calm.env)
	delete(s.env, "PWD") // that is the shell's
	for name, value := range s.rough.env {
		s.env["ROUGH_"+name] = value
	}
	var key struct{ ID, Secret string }
	rough.ask(&key, "access-key", "create", "--name", "reader", "--read-only")
	s.env["READER_ACCESS_KEY_ID"], s.env["READER_SECRET_ACCESS_KEY"] = key.ID, key.Secret
	return s
}

// run lets a client program at the servers, with nothing of this process's
// environment but what the servers gave.
func (s *stand) run(t *testing.T, program string, args ...string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), program, args...)
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "PYTHONDONTWRITEBYTECODE=1"}
	for name, value := range s.env {
		c.Env = append(c.Env, name+"="+value)
	}
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	err := c.Run()
	if err != nil || regexp.MustCompile(`(Ran|# tests) 0\b`).Match(out.Bytes()) {
		t.Errorf("%s %s: %v\n%s", program, strings.Join(args, " "), err, &out)
	}
}

// installed is a program that scripts/install-test-deps installs.
func installed(t *testing.T, program string, probe ...string) string {
	t.Helper()
	if strings.Contains(program, "/") {
		var err error
		if program, err = filepath.Abs(program); err != nil {
			t.Fatal(err)
		}
	}
	c := exec.CommandContext(t.Context(), program, probe...)
	c.Dir = "clients/js"
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s is not here or lacks packages; mend: scripts/install-test-deps\n%v\n%s", program, err, out)
	}
	return program
}

// Clients that others made do what they do with AWS: users, groups,
// memberships, permission sets and assignments from creation to deletion, and
// every error that they have a class for.
func TestForeignClientsCannotTellItFromAWS(t *testing.T) {
	binary := newOffice(t).binary
	for name, try := range map[string]func(*testing.T, *stand){
		"boto3": boto3, "the SDK for JavaScript": javaScript, "the AWS CLI": awsCLI,
		"the SDK for Go": goSDK, "Terraform's provider": func(t *testing.T, s *stand) { terraform(t, s.calm) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			try(t, newStand(t, binary))
		})
	}
}

func boto3(t *testing.T, s *stand) {
	python := installed(t, "bin/py-venv/bin/python", "-c", "import boto3")
	s.run(t, python, "-m", "unittest", "discover", "--start-directory", "clients/python", "--pattern", "*_test.py")
}

func javaScript(t *testing.T, s *stand) {
	node := installed(t, "node", "--eval", `require("@aws-sdk/client-identitystore"), require("@aws-sdk/client-sso-admin")`)
	s.run(t, node, "--test", "clients/js/")
}

// awsCLI plays the scripts in clients/awscli: each is a session that somebody
// could have typed after sourcing the file that the server wrote.
func awsCLI(t *testing.T, s *stand) {
	aws := installed(t, "bin/py-venv/bin/aws", "--version")
	testscript.Run(t, testscript.Params{
		Dir: "clients/awscli",
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", filepath.Dir(aws)+string(filepath.ListSeparator)+env.Getenv("PATH"))
			env.Setenv("HOME", env.WorkDir)
			for name, value := range s.env {
				env.Setenv(name, value)
			}
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){"status": wantStatus, "capture": captureText},
	})
}
