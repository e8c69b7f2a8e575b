package icf_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"rollcall/fault"
	"rollcall/icf"
)

func TestEveryPropertyHasItsRange(t *testing.T) {
	least := map[string]any{
		"accessKey": "AKIAIOSFODNN7EXAMPLE", "secretKey": "s", "roleArn": "arn:aws:iam::111122223333:role/R",
		"roleSessionName": "ab", "region": "us-east-1", "identityStoreId": "d-1234567890",
	}
	for name, c := range map[string]struct {
		change map[string]any
		wrong  string // empty: nothing is
	}{
		"the least":                  {nil, ""},
		"shortest session":           {map[string]any{"sessionExpirationTime": json.Number("900")}, ""},
		"longest session, as a text": {map[string]any{"sessionExpirationTime": "3600"}, ""},
		"session too short":          {map[string]any{"sessionExpirationTime": json.Number("899")}, "sessionExpirationTime: want 900 to 3600"},
		"session too long":           {map[string]any{"sessionExpirationTime": json.Number("3601")}, "sessionExpirationTime: want 900 to 3600"},
		"no number":                  {map[string]any{"maxConnections": "many"}, "maxConnections: want 1 to 1000"},
		"rates":                      {map[string]any{"readRateLimit": "30/sec", "writeRateLimit": "100/min"}, ""},
		"no rate":                    {map[string]any{"readRateLimit": "30/hour"}, "readRateLimit: want N/sec or N/min"},
		"rate of none":               {map[string]any{"writeRateLimit": "0/sec"}, "writeRateLimit: want"},
		"proxy":                      {map[string]any{"proxyHost": "proxy.example.com", "proxyPort": json.Number("65535")}, ""},
		"port too high":              {map[string]any{"proxyHost": "h", "proxyPort": "65536"}, "proxyPort: want 1 to 65535"},
		"port without host":          {map[string]any{"proxyPort": "1"}, "proxyHost: it is missing"},
		"user without password":      {map[string]any{"proxyHost": "h", "proxyUsername": "u"}, "proxyUsername: it goes together"},
		"no key":                     {map[string]any{"accessKey": nil}, "accessKey: it is missing"},
		"no role":                    {map[string]any{"roleArn": "admin"}, "roleArn: want a role's ARN"},
		"no store":                   {map[string]any{"identityStoreId": "x"}, "identityStoreId: want"},
		"session name too short":     {map[string]any{"roleSessionName": "a"}, "roleSessionName: want 2 to 64"},
		"an unknown one":             {map[string]any{"colour": "red"}, "colour: there is no such property"},
		"a directory, and no more":   {map[string]any{"accessKey": nil, "secretKey": nil, "directory": "local"}, ""},
		"a list":                     {map[string]any{"region": []any{"a"}}, "region: want a text or a number"},
	} {
		t.Run(name, func(t *testing.T) {
			given := maps.Clone(least)
			maps.Copy(given, c.change)
			_, err := icf.ReadProperties(given)
			if c.wrong == "" && err != nil || c.wrong != "" && (!fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.wrong)) {
				t.Errorf("got %v, want %q", err, c.wrong)
			}
		})
	}
}
