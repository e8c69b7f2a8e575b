package config

import (
	"strings"
	"testing"
	"time"
)

func TestWhatTheServiceNeedsIsChecked(t *testing.T) {
	for name, test := range map[string]struct {
		file string
		want string // the start of the only problem; empty: there is none
	}{
		"an interval":             {with("    schedule: 15m\n"), ""},
		"a cron expression":       {with("    schedule: '0 */2 * * *'\n"), ""},
		"all keys":                {with("    schedule: {cron: '@daily', time_zone: Europe/Berlin, jitter: 5m, catch_up: skip}\n    stale_after: 2h\n"), ""},
		"too often":               {with("    schedule: {every: 9s}\n"), `7:23 syncs.corp.schedule.every: an interval is 10s to 366 days`},
		"too often, in short":     {with("    schedule: 9s\n"), `7:15 syncs.corp.schedule: an interval is 10s to 366 days`},
		"no cron expression":      {with("    schedule: {cron: often}\n"), `7:22 syncs.corp.schedule.cron: not a cron expression of five fields`},
		"no cron, in short":       {with("    schedule: often\n"), `7:15 syncs.corp.schedule: not a cron expression of five fields`},
		"no unit":                 {with("    schedule: 15\n"), `7:15 syncs.corp.schedule: a number alone is no length of time; write a unit behind it, such as 15m; or write a cron`},
		"no unit of a length":     {with("    stale_after: 20\n"), `7:18 syncs.corp.stale_after: a number alone is no length of time`},
		"no unit, in quotes":      {with("    stale_after: '20'\n"), `7:18 syncs.corp.stale_after: a number alone is no length of time`},
		"nothing of a length":     {with("    grace: 0\n"), ""},
		"no zone":                 {with("    schedule: {cron: '@daily', time_zone: Berlin}\n"), `7:22 syncs.corp.schedule.cron: no time zone is called "Berlin"`},
		"a zone of an interval":   {with("    schedule: {every: 15m, time_zone: Europe/Berlin}\n"), `7:28 syncs.corp.schedule.time_zone: time_zone is for cron`},
		"both":                    {with("    schedule: {every: 15m, cron: '@daily'}\n"), `7:16 syncs.corp.schedule: a schedule has every or cron`},
		"jitter of nothing":       {with("    schedule: {jitter: 15m}\n"), `7:16 syncs.corp.schedule: a schedule has every or cron`},
		"no way to catch up":      {with("    schedule: {every: 15m, catch_up: all}\n"), `7:38 syncs.corp.schedule.catch_up: "all" is no catch_up here; there is once or skip`},
		"a watch of a file":       {with("    watch: 6h\n"), `7:12 syncs.corp.watch: only a source of kind ldap`},
		"the state's database":    {"state: sqlite:a.db\nwork: sqlite:a.db\n", `2:7 work: the state has this database`},
		"a receiver":              {"notify:\n  ops: {kind: webhook, url: env:URL, secret: env:SECRET, about: [run_failed]}\n", ""},
		"slack":                   {"notify:\n  ops: {kind: slack, url: env:URL}\n", ""},
		"no kind":                 {"notify:\n  ops: {url: env:URL}\n", `2:3 notify.ops: kind is missing`},
		"another kind":            {"notify:\n  ops: {kind: mail, url: env:URL}\n", `2:15 notify.ops.kind: kind "mail" is not in this version, which has webhook, slack or teams`},
		"a URL in the file":       {"notify:\n  ops: {kind: slack, url: 'https://hooks.slack.com/services/T0/B0/x'}\n", `2:27 notify.ops.url: a secret is named, not written here`},
		"nowhere":                 {"notify:\n  ops: {kind: teams}\n", `2:3 notify.ops.url: url is missing`},
		"not signed":              {"notify:\n  ops: {kind: webhook, url: env:URL}\n", `2:3 notify.ops.secret: secret is missing`},
		"signed for slack":        {"notify:\n  ops: {kind: slack, url: env:URL, secret: env:X}\n", `2:36 notify.ops.secret: slack takes no signature`},
		"about nothing we know":   {"notify:\n  ops: {kind: slack, url: env:URL, about: run_faild}\n", `2:43 notify.ops.about.0: "run_faild" is no`},
		"a secret that is in AWS": {"notify:\n  ops: {kind: slack, url: 'aws-sm:x'}\n", `2:27 notify.ops.url: a secret of AWS cannot be used here`},
		"a token's end":           {"directories:\n  aws: {kind: aws, scim: {url: 'https://x/scim/v2', token: env:T, token_expires: 2027-03-31}}\n", ""},
		"an end that is no day":   {"directories:\n  aws: {kind: aws, scim: {url: 'https://x/scim/v2', token: env:T, token_expires: March}}\n", `2:82 directories.aws.scim.token_expires: not a date`},
	} {
		t.Run(name, func(t *testing.T) {
			switch got := problemsOf(test.file); {
			case test.want == "" && len(got) > 0:
				t.Errorf("got %q, want none", got)
			case test.want != "" && (len(got) != 1 || !strings.HasPrefix(got[0], test.want)):
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

func TestAWatchIsCheckedToo(t *testing.T) {
	head := "sources:\n  corp: {kind: ldap, servers: 'ldaps://dc1', base: 'DC=corp,DC=test'}\nsyncs:\n  corp:\n    source: corp\n    mapping: {preset: ad}\n"
	for text, want := range map[string]string{
		"    watch: 6h\n": "", "    watch: {full: 1m}\n": "", "    watch: {full: 30d}\n": "",
		"    watch: 59s\n":         "7:12 syncs.corp.watch: full is 1m to 30d",
		"    watch: {full: 31d}\n": "7:19 syncs.corp.watch.full: full is 1m to 30d",
		"    watch: often\n":       "7:12 syncs.corp.watch",
	} {
		got := problemsOf(head + text)
		if want == "" && len(got) > 0 || want != "" && (len(got) != 1 || !strings.HasPrefix(got[0], want)) {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestTheQueueStandsBesideTheState(t *testing.T) {
	for state, want := range map[string]string{
		"":                                      "sqlite:work.db",
		"sqlite:/var/lib/rollcall/state.db":     "sqlite:work.db",
		"postgres://u@h/d":                      "postgres://u@h/d?search_path=work",
		"postgres://u@h/d?search_path=rollcall": "postgres://u@h/d?search_path=rollcall_work",
	} {
		text := ""
		if state != "" {
			text = "state: '" + state + "'\n"
		}
		c, problems := parse([]byte(text), environment)
		if len(problems) > 0 || c.Work.url != want {
			t.Errorf("%s: %q, %v; want %q", state, c.Work.url, problems, want)
		}
	}
}

func TestASchedulesShortFormIsTheLongOne(t *testing.T) {
	for short, long := range map[string]Schedule{
		"15m": {Every: Duration(15 * time.Minute)}, "7d": {Every: Duration(7 * 24 * time.Hour)}, "'0 6 * * 1-5'": {Cron: "0 6 * * 1-5"},
	} {
		c, problems := parse([]byte(with("    schedule: "+short+"\n")), environment)
		if len(problems) > 0 || c.Syncs["corp"].Schedule != long {
			t.Errorf("%s: %+v, %v", short, c.Syncs["corp"].Schedule, problems)
		}
	}
}
