package cli

import (
	"bytes"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rollcall/config"
)

// sampleSettings are what the sample's template makes.
var sampleSettings = map[string]string{
	sampleURI: "https://scim.us-east-2.amazonaws.com/t/scim/v2/", sampleGroup: "aws-users", samplePrefix: "aws-*",
	sampleBase: "OU=AWS,DC=corp,DC=test", sampleController: "dc1.corp.test",
	sampleToken: `{"SCIM-API-Token":"hunter2"}`, sampleReader: `{"userName":"reader@corp.test","userPassword":"hunter3"}`,
}

func fromSample(t *testing.T, settings map[string]string) (text string, err error) {
	t.Helper()
	s := httptest.NewServer(&vault{texts: settings, next: http.NotFoundHandler()})
	t.Cleanup(s.Close)
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": s.URL, "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "x", "AWS_EC2_METADATA_DISABLED": "true",
	} {
		t.Setenv(name, value)
	}
	var out bytes.Buffer
	h := &house{app: &app{out: &out}, config: config.Default()}
	return h.fromSSM(t.Context(), sampleRegion)
}

func TestTheSettingsOfTheSampleBecomeAConfiguration(t *testing.T) {
	for _, key := range []string{"userName", "username"} {
		settings := maps.Clone(sampleSettings)
		settings[sampleReader] = strings.Replace(settings[sampleReader], "userName", key, 1)
		text, err := fromSample(t, settings)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(text, "hunter") {
			t.Errorf("a secret is in it:\n%s", text)
		}
		file := filepath.Join(t.TempDir(), "rollcall.yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := config.Load(file)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		src, sync := c.Sources["corp"], c.Syncs["corp"]
		if src.Base != "OU=AWS,DC=corp,DC=test" || !slices.Equal(src.Servers, config.Strings{"ldaps://dc1.corp.test"}) ||
			src.Bind.User != "reader@corp.test" || src.Bind.Password.String() != "aws-sm:IAM-IDC/AD-RO-UserCreds#userPassword" {
			t.Errorf("%+v", src)
		}
		if names := sync.Names(); !slices.Equal(names.MembersOf, []string{"aws-users"}) || !slices.Equal(names.IncludeGroups, []string{"aws-*"}) || sync.Mapping.Preset != "seed-002" {
			t.Errorf("%+v", sync)
		}
	}
}

func TestASettingOfTheSampleThatIsMissingIsNamed(t *testing.T) {
	for _, name := range []string{sampleURI, sampleGroup, samplePrefix, sampleBase, sampleController, sampleReader} {
		settings := maps.Clone(sampleSettings)
		delete(settings, name)
		if _, err := fromSample(t, settings); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s is missing: %v", name, err)
		}
	}
}
