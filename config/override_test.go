package config

import (
	"strings"
	"testing"

	"rollcall/fault"
)

func TestFlagsGoOverTheFileForEveryDirectoryOfKindAWS(t *testing.T) {
	c := good(t, "default_directory: a\ndirectories:\n  a: {kind: aws, region: eu-west-1, profile: p}\n  b: {kind: aws}\n  c: {kind: embedded}\n")
	if err := c.Override(Override{Region: "us-east-1", Endpoint: "http://127.0.0.1:8480"}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][3]string{
		"a": {"us-east-1", "p", "http://127.0.0.1:8480"}, "b": {"us-east-1", "", "http://127.0.0.1:8480"}, "c": {},
	} {
		d := c.Directories[name]
		if got := [3]string{d.Region, d.Profile, d.Endpoint}; got != want {
			t.Errorf("%s has %q, want %q", name, got, want)
		}
	}
}

func TestFlagsThatTheFileCouldNotSayAreRefused(t *testing.T) {
	const keyed = "directories:\n  a: {kind: aws, access_key: {id: 'env:I', secret: 'env:S'}}\n"
	for name, c := range map[string]struct {
		file, want string
		o          Override
	}{
		"no region":         {awsDirectory, "--region: invalid: want the name of a region", Override{Region: "Dublin"}},
		"no URL":            {awsDirectory, "--endpoint-url: invalid: not a URL with a host", Override{Endpoint: "127.0.0.1"}},
		"a password":        {awsDirectory, "no user or password is written into a URL", Override{Endpoint: "http://a:b@c"}},
		"a key and profile": {keyed, "--profile: invalid: directory a has an access_key", Override{Profile: "audit"}},
		"nothing of AWS":    {"directories:\n  a: {kind: embedded}\n", "the configuration has none", Override{Profile: "audit"}},
	} {
		t.Run(name, func(t *testing.T) {
			if err := good(t, c.file).Override(c.o); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}
