package config

import (
	"strings"
	"testing"
	"time"

	"rollcall/governor"
)

const awsDirectory = `directories:
  aws:
    kind: aws
`

func TestARealIdentityCenterIsReachedAsTheFileSays(t *testing.T) {
	c := good(t, `directories:
  aws:
    kind: aws
    region: eu-west-1
    instance: arn:aws:sso:::instance/ssoins-1234567890abcdef
    store: d-1234567890
    profile: audit
    endpoint_url: http://127.0.0.1:8480
    assume_role: {role: 'arn:aws:iam::111122223333:role/path/Rollcall', external_id: x1, duration: 900s}
    scim: {url: 'https://scim.eu-west-1.amazonaws.com/abc/scim/v2/', token: 'env:ONE', next_token: 'file:/run/two'}
    network: {proxy: 'http://proxy:3128', proxy_user: me, proxy_password: 'env:PROXY', ca: ca.pem, request_timeout: 5s, connections: 8}
    rate: {limit: 40/sec, read: 10/sec, write: 300/min, share: 100}
sources:
  corp: {kind: ldif, path: people.ldif}
syncs:
  corp: {source: corp, mapping: {preset: ad}}
`)
	d := c.Directories["aws"]
	switch {
	case c.DefaultDirectory != "aws", c.Syncs["corp"].Directory != "aws":
		t.Errorf("it is not the default: %+v", c)
	case d.API != "use" || d.Issuer != "scim" || c.Syncs["corp"].Issuer != "scim":
		t.Errorf("defaults are %q, %q, %q", d.API, d.Issuer, c.Syncs["corp"].Issuer)
	case time.Duration(d.AssumeRole.Duration) != 15*time.Minute || d.Network.Connections != 8 || time.Duration(d.Network.RequestTimeout) != 5*time.Second:
		t.Errorf("%+v", d)
	case d.Rate.Limit != Rate{governor.PerSecond(40)} || d.Rate.Read != Rate{governor.PerSecond(10)} || d.Rate.Write != Rate{governor.PerMinute(300)} || d.Rate.Share != 100:
		t.Errorf("rates %+v", d.Rate)
	case d.Rate.Write.String() != "300/min" || d.Rate.Read.String() != "10/sec":
		t.Errorf("rates print as %s and %s", d.Rate.Read, d.Rate.Write)
	case d.SCIM.NextToken.String() != "file:/run/two":
		t.Errorf("token %s", d.SCIM.NextToken)
	}
	if bare := good(t, awsDirectory).Directories["aws"]; !bare.SCIM.IsZero() || !bare.AccessKey.IsZero() || bare.Rate.Share != 85 || bare.Network.Connections != 64 || !bare.Rate.Read.IsZero() {
		t.Errorf("nothing said: %+v", bare)
	}
}

func TestASessionLastsFromAQuarterOfAnHourToAnHour(t *testing.T) {
	for _, text := range []string{"900s", "15m", "3600s", "1h"} {
		good(t, awsDirectory+"    assume_role: {role: 'arn:aws:iam::111122223333:role/R', duration: "+text+"}\n")
	}
}

func TestARealIdentityCenterThatCannotBeReachedSoIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ keys, want string }{
		"database":               {"    database: 'sqlite:x.db'\n", `4:5 directories.aws.database: database is for directories of kind embedded, and this one is aws`},
		"leavers by SCIM alone":  {"    api: none\n    store: d-1234567890\n    scim: {url: 'https://x/scim/v2', token: 'env:T'}\nsources:\n  hr: {kind: csv, people: {path: p.csv, anchor: id}}\nsyncs:\n  hr: {source: hr, groups: ignore, mapping: {preset: csv}, leavers: {assignments: revoke}}\n", `10:83 syncs.hr.leavers.assignments: directory aws is reached by SCIM alone, which knows no assignments`},
		"a slip of such a key":   {"    databse: 'sqlite:x.db'\n", `4:5 directories.aws.databse: unknown key; there is kind, store, region, instance, profile, access_key, assume_role, endpoint_url, api, scim, issuer, network, rate or events`},
		"a slip of its own key":  {"    regoin: eu-west-1\n", `4:5 directories.aws.regoin: unknown key; did you mean "region"?`},
		"ids":                    {"    ids: bare\n", `4:5 directories.aws.ids: ids is for directories of kind embedded`},
		"bad region":             {"    region: Dublin\n", `4:13 directories.aws.region: want the name of a region, such as eu-west-1`},
		"bad instance":           {"    instance: ssoins-1\n", `4:15 directories.aws.instance: not an instance's ARN`},
		"bad endpoint":           {"    endpoint_url: 127.0.0.1\n", `4:19 directories.aws.endpoint_url: not a URL with a host`},
		"another scheme":         {"    endpoint_url: ftp://x\n", `4:19 directories.aws.endpoint_url: want a URL that begins with http:// or https://`},
		"a password in a URL":    {"    endpoint_url: http://a:b@x\n", `4:19 directories.aws.endpoint_url: no user or password is written into a URL here`},
		"half a key":             {"    access_key: {id: 'env:ID'}\n", `4:5 directories.aws.access_key: an access key has an id and a secret`},
		"a key and a profile":    {"    access_key: {id: 'env:ID', secret: 'env:S'}\n    profile: x\n", `5:5 directories.aws.profile: access_key says who signs`},
		"a token in the file":    {"    scim: {url: 'https://x', token: 'env:T', next_token: AKIAIOSFODNN7EXAMPLE}\n", `4:58 directories.aws.scim.next_token: a secret is named, not written here`},
		"no role":                {"    assume_role: {role: Rollcall}\n", `4:25 directories.aws.assume_role.role: want a role's ARN`},
		"session too short":      {"    assume_role: {role: 'arn:aws:iam::111122223333:role/R', duration: 899s}\n", `directories.aws.assume_role.duration: a session lasts 15m to 1h`},
		"session too long":       {"    assume_role: {role: 'arn:aws:iam::111122223333:role/R', duration: 3601s}\n", `directories.aws.assume_role.duration: a session lasts 15m to 1h`},
		"session name":           {"    assume_role: {role: 'arn:aws:iam::111122223333:role/R', session_name: x}\n", `directories.aws.assume_role.session_name: want 2 to 64 letters`},
		"external id":            {"    assume_role: {role: 'arn:aws:iam::111122223333:role/R', external_id: x}\n", `directories.aws.assume_role.external_id: want 2 to 1224 letters`},
		"scim without token":     {"    scim: {url: 'https://x/y'}\n", `4:5 directories.aws.scim: token is missing`},
		"scim without url":       {"    scim: {token: 'env:T'}\n", `4:5 directories.aws.scim: url is missing`},
		"nothing to reach it by": {"    api: none\n", `2:3 directories.aws: with api: none a directory is reached by SCIM alone, and scim is missing`},
		"nobody to ask":          {"    api: none\n    scim: {url: 'https://x', token: 'env:T'}\n", `2:3 directories.aws: with api: none nobody can be asked for the store's id`},
		"a proxy's user alone":   {"    network: {proxy: 'http://p', proxy_user: x}\n", `4:5 directories.aws.network: proxy_user and proxy_password go together`},
		"no proxy":               {"    network: {proxy_user: x, proxy_password: 'env:P'}\n", `4:5 directories.aws.network: proxy_user is said, and proxy is not`},
		"no connections":         {"    network: {connections: -1}\n", `4:28 directories.aws.network.connections: want 1 to 1000`},
		"too many connections":   {"    network: {connections: 1001}\n", `4:28 directories.aws.network.connections: want 1 to 1000`},
		"not a rate":             {"    rate: {read: ten}\n", `4:18 directories.aws.rate.read: read rate: "ten": invalid: it does not end with /sec or /min`},
		"no rate at all":         {"    rate: {read: 0/sec}\n", `4:18 directories.aws.rate.read: read rate: "0/sec": invalid: nothing could ever be called`},
		"too large a share":      {"    rate: {share: 101}\n", `4:19 directories.aws.rate.share: want 10 to 100`},
		"too small a share":      {"    rate: {share: 9}\n", `4:19 directories.aws.rate.share: want 10 to 100`},
		"another issuer": {
			"    issuer: hr\nsources:\n  corp: {kind: ldif, path: x}\nsyncs:\n  corp: {source: corp, issuer: x, mapping: {preset: ad}}\n",
			`8:32 syncs.corp.issuer: directory aws calls the issuer of external ids hr, for every sync`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := problemsOf(awsDirectory + c.keys)
			if len(got) != 1 || !strings.Contains(got[0], c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}
