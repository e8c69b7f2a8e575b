package config

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"rollcall/fault"
)

func TestASecretIsAReferenceAndIsResolvedWhenAskedFor(t *testing.T) {
	t.Setenv("ROLLCALL_TEST_SECRET", "geheim")
	t.Setenv("ROLLCALL_TEST_EMPTY", "")
	folder := t.TempDir()
	for name, text := range map[string]string{"secret": "geheim\n", "crlf": "geheim\r\n", "blank": " geheim \n", "empty": "\n", "large": strings.Repeat("x", maxSecret+1), "largest": strings.Repeat("x", maxSecret)} {
		write(t, filepath.Join(folder, name), text)
	}
	for reference, test := range map[string]struct {
		want string
		kind fault.Kind
	}{
		"env:ROLLCALL_TEST_SECRET":    {want: "geheim"},
		"env:ROLLCALL_TEST_NOT_SET":   {kind: fault.Invalid},
		"env:ROLLCALL_TEST_EMPTY":     {kind: fault.Invalid},
		"file:" + folder + "/secret":  {want: "geheim"},
		"file:" + folder + "/crlf":    {want: "geheim"},
		"file:" + folder + "/blank":   {want: " geheim "},
		"file:" + folder + "/empty":   {kind: fault.Invalid},
		"file:" + folder + "/none":    {kind: fault.Invalid},
		"file:" + folder + "/large":   {kind: fault.Invalid},
		"file:" + folder + "/largest": {want: strings.Repeat("x", maxSecret)},
		"aws-sm:rollcall/scim#token":  {kind: fault.Unsupported},
		"aws-ssm:/rollcall/token":     {kind: fault.Unsupported},
	} {
		var s Secret
		if err := s.setText(reference); err != nil {
			t.Fatal(err)
		}
		got, err := s.Resolve()
		if test.want != "" && (err != nil || got != test.want) {
			t.Errorf("%s: %q, %v", reference, got, err)
		}
		if test.want == "" && (err == nil || fault.KindOf(err) != test.kind) {
			t.Errorf("%s: %v", reference, err)
		}
		if s.String() != reference {
			t.Errorf("%s prints as %s", reference, s)
		}
	}
}

func TestABareSecretIsRefusedAndNeverShown(t *testing.T) {
	for name, file := range map[string]string{
		"password":               "state: {url: 'postgres://u@h/d', password: geheim}\n",
		"password in quotes":     "state:\n  url: postgres://u@h/d\n  password: 'geheim geheim'\n",
		"password in a list":     "state: {url: 'postgres://u@h/d', password: [geheim]}\n",
		"password in a URL":      "state: postgres://u:geheim@h/d\n",
		"password with an @":     "state: postgres://u:ge@geheim@h/d\n",
		"password in a part URL": "state: {url: 'postgres://u:geheim@h/d'}\n",
		"unknown key":            "directories:\n  local: {kind: embedded, token: geheim}\n",
		"unknown kind":           "directories:\n  local: {kind: aws, scim: {token: geheim}}\n",
		"not YAML":               "directories: {local: {scim_token: geheim\n",
		"quoted key":             "directories:\n  local: {\"password\": \"geheim\", knd: x}\n",
		"expanded into a number": "state: {url: 'postgres://u@h/d', password: '${PW}'}\n",
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := parse([]byte(file), environment)
			if len(problems) == 0 {
				t.Fatal("it was taken")
			}
			text := (&Problems{File: "rollcall.yaml", List: problems}).Error()
			if strings.Contains(text, "geheim") {
				t.Errorf("it is shown:\n%s", text)
			}
		})
	}
}

func TestADatabaseNeverPrintsItsPassword(t *testing.T) {
	t.Setenv("ROLLCALL_TEST_SECRET", "ge:h@im")
	c := good(t, "state: 'postgres://u:${PW}@h/d?search_path=rollcall'\ndirectories:\n  local: {kind: embedded, database: {url: 'postgres://u@h/d', password: 'env:ROLLCALL_TEST_SECRET'}}\n")
	d := c.Directories["local"].Database
	if text := fmt.Sprintf("%v %+v %s", c, c, d); strings.Contains(text, "geheim") || strings.Contains(text, "h@im") {
		t.Error(text)
	}
	if got, err := c.State.URL("/state"); err != nil || got != "postgres://u:geheim@h/d?search_path=rollcall" {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := d.URL("/state"); err != nil || got != "postgres://u:ge%3Ah%40im@h/d" {
		t.Errorf("%q, %v", got, err)
	}
}
